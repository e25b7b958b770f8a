import Columns

/// One of several values that rows have of a field.
final class ValueNode: Node {
    let field: Int
    /// Counted from 0.
    var value = 0

    init(_ field: Int) { self.field = field }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        frame.cursor?.fill(field, value: value, rows, into: column)
    }
}

/// A test that holds where it does for any of a field's values, or, negated, where it does for none.
///
/// Where it gives nothing for all of them, nothing is the outcome.
final class AnyValueNode: Node {
    private let value: ValueNode
    private let test: Node
    private let isNegated: Bool
    private let limit: Int
    private let left = RowSelection()

    /// `test` is built over `value`; values behind the first `limit` do not count.
    init(_ value: ValueNode, _ test: Node, isNegated: Bool, limit: Int) {
        self.value = value
        self.test = test
        self.isNegated = isNegated
        self.limit = limit
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        for index in 0..<rows.count { column[rows[index]] = .missing }
        left.copy(rows)
        let count = min(limit, frame.cursor?.valueCount(value.field) ?? 1)
        var number = 0
        while number < count, left.count > 0 {
            value.value = number
            frame.anew { take(frame, isFirst: number == 0) }
            number += 1
        }
        guard isNegated else { return }
        for index in 0..<rows.count {
            let row = rows[index]
            if !column[row].isMissing { column[row] = Cell(frame.values.truth(column[row]) != true) }
        }
    }

    /// Tests the next value of the rows that are left; those that pass, and those without further values, leave.
    private func take(_ frame: Frame, isFirst: Bool) {
        if !isFirst {
            let own = value.evaluate(frame, left)
            left.keep { !own[$0].isMissing }
        }
        let outcome = test.evaluate(frame, left)
        for index in 0..<left.count {
            let row = left[index]
            if let holds = frame.values.truth(outcome[row]) { column[row] = Cell(holds) }
        }
        let found = column
        left.keep { frame.values.truth(found[$0]) != true }
    }
}
