import Columns

/// Finds which of many values a value equals, as `=` compares them, without looking at each.
///
/// A number equals a text that reads as it, so that one value may equal several: `7` both `"7"` and `"007"`.
struct EqualityIndex {
    /// Texts and addresses.
    private var exact: [UInt64: Int32] = [:]
    /// Numbers and times, by the number that they are.
    private var numbers: [UInt64: [Int32]] = [:]
    /// Texts that read as a number.
    private var numericTexts: [UInt64: [Int32]] = [:]
    private let values: CellText
    private let pool: TextPool

    /// An index over values of another pool, which are told by their places.
    init(_ set: ValueSet, _ frame: Frame) {
        self.init(set.cells.lazy.map { frame.pool.take($0, from: set.pool) }, frame)
    }

    /// An index over values of the frame's pool.
    init(_ cells: some Sequence<Cell>, _ frame: Frame) {
        values = frame.values
        pool = frame.pool
        for (place, own) in cells.enumerated() {
            let place = Int32(truncatingIfNeeded: place)
            if own.isAddress || own.isText { exact[own.bits] = place }
            guard let number = values.number(own) else { continue }
            let bits = Cell(number: number).bits
            if own.isText {
                numericTexts[bits, default: []].append(place)
            } else {
                numbers[bits, default: []].append(place)
            }
        }
    }

    /// Gives the places of the values that a value equals.
    @inline(__always)
    func find(_ cell: Cell, _ take: (Int) -> Void) {
        if cell.isText {
            if let kept = pool.find(cell), let place = exact[kept.bits] { take(Int(place)) }
            guard !numbers.isEmpty, let number = values.number(cell) else { return }
            for place in numbers[Cell(number: number).bits] ?? [] { take(Int(place)) }
        } else if cell.isAddress {
            if let place = exact[cell.bits] { take(Int(place)) }
        } else if let number = values.number(cell) {
            let bits = Cell(number: number).bits
            for place in numbers[bits] ?? [] { take(Int(place)) }
            for place in numericTexts[bits] ?? [] { take(Int(place)) }
        }
    }

    func contains(_ cell: Cell) -> Bool {
        var isFound = false
        find(cell) { _ in isFound = true }
        return isFound
    }
}

/// `in (query)` and `not in (query)`.
final class InQueryNode: Node {
    private let operand: Node
    /// `nil` where a query is only checked.
    private let index: EqualityIndex?
    private let isNegated: Bool

    init(_ operand: Node, _ index: EqualityIndex?, isNegated: Bool) {
        self.operand = operand
        self.index = index
        self.isNegated = isNegated
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        guard let index else { return }
        let source = operand.evaluate(frame, rows)
        for number in 0..<rows.count {
            let row = rows[number]
            let cell = source[row]
            if cell.isMissing {
                column[row] = .missing
            } else {
                column[row] = Cell(!cell.isStructure && index.contains(cell) != isNegated)
            }
        }
    }
}
