import Columns
import Patterns

/// Takes parts out of a text, as `parse` does; rows that do not match have none of the parts.
final class ParseNode: Node {
    enum Pattern {
        /// What stands before, between and behind the stars.
        case glob([[UInt8]])
        /// The groups that parts are taken from.
        case regex(RegularExpression, groups: [Int])
    }

    private let source: Node
    private let pattern: Pattern
    /// The columns of the parts, filled together.
    let parts: [CellColumn]

    init(_ source: Node, _ pattern: Pattern, parts: Int) {
        self.source = source
        self.pattern = pattern
        self.parts = (0..<parts).map { _ in CellColumn() }
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let texts = source.evaluate(frame, rows)
        for part in parts { part.reserve(frame.rowCount) }
        for index in 0..<rows.count {
            let row = rows[index]
            var cell = texts[row]
            if !cell.isText, let text = frame.values.text(cell) { cell = frame.pool.makePlain(text) }
            let ranges = cell.isText ? frame.pool.withBytes(of: cell) { find($0) } : nil
            for part in 0..<parts.count {
                guard let range = ranges?[part] else {
                    parts[part][row] = .missing
                    continue
                }
                parts[part][row] = frame.pool.part(of: cell, offset: range.lowerBound, length: range.count)
            }
        }
        if case .regex(let regex, _) = pattern, regex.hitLimit { frame.hitRegexLimit = true }
    }

    private func find(_ text: borrowing Span<UInt8>) -> [Range<Int>?]? {
        switch pattern {
        case .regex(let regex, let groups):
            guard let found = regex.search(text) else { return nil }
            return groups.map { found[$0] }
        case .glob(let literals):
            let first = literals[0]
            guard var offset = text.firstOffset(of: first.span) else { return nil }
            offset += first.count
            var ranges: [Range<Int>?] = []
            for index in 1..<literals.count {
                let literal = literals[index]
                // A star at the very end takes the rest; others take the shortest text.
                if index == literals.count - 1, literal.isEmpty {
                    ranges.append(offset..<text.count)
                    break
                }
                guard let end = text.firstOffset(of: literal.span, from: offset) else { return nil }
                ranges.append(offset..<end)
                offset = end + literal.count
            }
            return ranges
        }
    }
}

/// One part that a `parse` takes.
final class PartNode: Node {
    private let parse: ParseNode
    private let part: Int

    init(_ parse: ParseNode, _ part: Int) {
        self.parse = parse
        self.part = part
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        _ = parse.evaluate(frame, rows)
        for index in 0..<rows.count { column[rows[index]] = parse.parts[part][rows[index]] }
    }
}
