import Columns
import Patterns
import RoadblockCore

/// `+ - * / % ^` on numbers; nothing where an operand is no number or the result is none.
final class ArithmeticNode: Node {
    private let op: BinaryOperator
    private let left: Node
    private let right: Node

    init(_ op: BinaryOperator, _ left: Node, _ right: Node) {
        self.op = op
        self.left = left
        self.right = right
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let a = left.evaluate(frame, rows)
        let b = right.evaluate(frame, rows)
        let values = frame.values
        switch op {
        case .add: fill(a, b, rows, values) { $0 + $1 }
        case .subtract: fill(a, b, rows, values) { $0 - $1 }
        case .multiply: fill(a, b, rows, values) { $0 * $1 }
        case .divide: fill(a, b, rows, values) { $1 == 0 ? .nan : $0 / $1 }
        case .remainder: fill(a, b, rows, values) { $1 == 0 ? .nan : $0.truncatingRemainder(dividingBy: $1) }
        default: fill(a, b, rows, values) { power($0, $1) }
        }
    }

    @inline(__always)
    private func fill(
        _ a: CellColumn,
        _ b: CellColumn,
        _ rows: RowSelection,
        _ values: CellText,
        _ operation: (Double, Double) -> Double
    ) {
        for index in 0..<rows.count {
            let row = rows[index]
            guard let x = values.number(a[row]), let y = values.number(b[row]) else {
                column[row] = .missing
                continue
            }
            let result = operation(x, y)
            column[row] = result.isFinite ? Cell(number: result) : .missing
        }
    }
}

final class NegateNode: Node {
    private let operand: Node

    init(_ operand: Node) { self.operand = operand }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let source = operand.evaluate(frame, rows)
        for index in 0..<rows.count {
            let row = rows[index]
            column[row] = frame.values.number(source[row]).map { Cell(number: -$0) } ?? .missing
        }
    }
}

/// `not`: what is missing counts as false, so its negation is true.
final class NotNode: Node {
    private let operand: Node

    init(_ operand: Node) { self.operand = operand }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let source = operand.evaluate(frame, rows)
        for index in 0..<rows.count {
            let row = rows[index]
            column[row] = Cell(frame.values.truth(source[row]) != true)
        }
    }
}

/// `and`, `or` with three values.
final class LogicNode: Node {
    private let isAnd: Bool
    private let left: Node
    private let right: Node

    init(isAnd: Bool, _ left: Node, _ right: Node) {
        self.isAnd = isAnd
        self.left = left
        self.right = right
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let a = left.evaluate(frame, rows)
        let b = right.evaluate(frame, rows)
        for index in 0..<rows.count {
            let row = rows[index]
            let x = frame.values.truth(a[row])
            let y = frame.values.truth(b[row])
            if x == !isAnd || y == !isAnd {
                column[row] = Cell(!isAnd)
            } else {
                column[row] = x == nil || y == nil ? .missing : Cell(isAnd)
            }
        }
    }
}

/// `= != < <= > >=` between any two values.
final class ComparisonNode: Node {
    private let op: BinaryOperator
    private let left: Node
    private let right: Node

    init(_ op: BinaryOperator, _ left: Node, _ right: Node) {
        self.op = op
        self.left = left
        self.right = right
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let a = left.evaluate(frame, rows)
        if let literal = right.constant, op == .equal || op == .notEqual {
            let test = EqualityTest(literal, frame)
            for index in 0..<rows.count {
                let row = rows[index]
                let cell = a[row]
                if cell.isMissing || literal.isMissing {
                    column[row] = .missing
                } else {
                    // Whatever a map or a list is compared with, the outcome is false.
                    column[row] = Cell(!cell.isStructure && test.holds(cell) == (op == .equal))
                }
            }
            return
        }
        let b = right.evaluate(frame, rows)
        for index in 0..<rows.count {
            let row = rows[index]
            column[row] = compare(a[row], b[row], frame.values).map { Cell($0) } ?? .missing
        }
    }

    private func compare(_ a: Cell, _ b: Cell, _ values: CellText) -> Bool? {
        if a.isStructure || b.isStructure { return a.isMissing || b.isMissing ? nil : false }
        return switch op {
        case .equal: values.areEqual(a, b)
        case .notEqual: values.areEqual(a, b).map { !$0 }
        case .less: values.order(a, b).map { $0 < 0 }
        case .lessOrEqual: values.order(a, b).map { $0 <= 0 }
        case .greater: values.order(a, b).map { $0 > 0 }
        default: values.order(a, b).map { $0 >= 0 }
        }
    }
}

/// Equality with one literal, prepared: text in quotes that is a number matches numbers.
struct EqualityTest {
    private let literal: Cell
    private let number: Double?
    private let pool: TextPool
    private let values: CellText

    init(_ literal: Cell, _ frame: Frame) {
        self.literal = literal
        pool = frame.pool
        values = frame.values
        number = frame.values.number(literal)
    }

    @inline(__always)
    func holds(_ cell: Cell) -> Bool {
        if cell.bits == literal.bits { return true }
        if cell.isNumber { return number == cell.number }
        if cell.isText && literal.isText { return pool.areEqual(cell, literal) }
        if cell.isAddress || literal.isAddress { return false }
        guard let number, let other = values.number(cell) else { return false }
        return other == number
    }
}

/// `in [a, b]` and `not in`, of a few values.
final class InListNode: Node {
    /// Literals from which on an index is faster than a look at each.
    static let limit = 8

    private let operand: Node
    private let literals: [Cell]
    private let isNegated: Bool

    init(_ operand: Node, _ literals: [Cell], isNegated: Bool) {
        self.operand = operand
        self.literals = literals
        self.isNegated = isNegated
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let source = operand.evaluate(frame, rows)
        let tests = literals.map { EqualityTest($0, frame) }
        for index in 0..<rows.count {
            let row = rows[index]
            let cell = source[row]
            guard !cell.isMissing else {
                column[row] = .missing
                continue
            }
            column[row] = Cell(!cell.isStructure && tests.contains { $0.holds(cell) } != isNegated)
        }
    }
}

/// `like` and `=~`: a part of the text, or a regular expression that is found in it.
final class LikeNode: Node {
    /// What is looked for.
    enum Pattern {
        case regex(RegularExpression)
        case text(Node)
    }

    private let operand: Node
    private let pattern: Pattern
    private let isNegated: Bool

    init(_ operand: Node, _ pattern: Pattern, isNegated: Bool) {
        self.operand = operand
        self.pattern = pattern
        self.isNegated = isNegated
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let source = operand.evaluate(frame, rows)
        switch pattern {
        case .regex(let regex):
            for index in 0..<rows.count {
                let row = rows[index]
                column[row] = found(frame, source[row]) { regex.matches($0) }
            }
            if regex.hitLimit { frame.hitRegexLimit = true }
        case .text(let node):
            let part = node.evaluate(frame, rows)
            let literal = node.constant.map { Array((frame.values.text($0) ?? "").utf8) }
            for index in 0..<rows.count {
                let row = rows[index]
                if let literal {
                    column[row] = found(frame, source[row]) { $0.contains(literal.span) }
                } else if let text = frame.values.text(part[row]) {
                    let bytes = Array(text.utf8)
                    column[row] = found(frame, source[row]) { $0.contains(bytes.span) }
                } else {
                    column[row] = .missing
                }
            }
        }
    }

    /// The outcome for one value; values that are no texts are rendered first.
    @inline(__always)
    private func found(_ frame: Frame, _ cell: Cell, _ test: (borrowing Span<UInt8>) -> Bool) -> Cell {
        if cell.isText { return Cell(frame.pool.withBytes(of: cell, test) != isNegated) }
        guard let text = frame.values.text(cell) else { return .missing }
        return Cell(test(Array(text.utf8).span) != isNegated)
    }
}
