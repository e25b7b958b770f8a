import Columns
import Patterns
import RoadblockCore

/// What makes other rows of each row, and hands them on.
protocol RowExpansion: AnyObject {
    /// The field of the new rows that has the values of a node of the old ones.
    func pass(_ node: Node) -> Int

    /// Hands on the rows that the selected ones become, some at a time, until `take` wants no more.
    func expand(
        _ frame: Frame,
        _ rows: RowSelection,
        firstOrdinal: UInt64,
        _ take: (any RowCursor) throws(Failure) -> Bool
    ) throws(Failure) -> Bool
}

/// Makes several rows of one: one for each item of a list, or for each match of a regular expression.
final class Expansion: RowExpansion {
    enum Source {
        /// The items of a list; what is no list is one item, and a missing list leaves the row without an item.
        case items(Node)
        /// The groups of every match; a text that does not match leaves the row without them.
        case matches(Node, RegularExpression, groups: [Int])

        var node: Node {
            switch self {
            case .items(let node), .matches(let node, _, _): node
            }
        }
    }

    private let source: Source
    /// Columns that the items fill.
    let partCount: Int
    /// What later parts of the query need of the rows as they were.
    private var passed: [Node] = []
    private let cursor = ExpandedCursor()

    /// Rows come newest first: the items of one row keep their order all the same.
    private let isNewestFirst: Bool
    /// The row of the table that rows were last made of, and how many.
    private var made: (origin: UInt64, count: UInt64) = (.max, 0)

    /// Rows that one row may become.
    private static let limit = 1 << 20
    /// Bits of a place that tell the rows apart that were made of one row of the table.
    private static let madeBits: UInt64 = 24
    /// Rows that are handed on at once.
    private static let batchSize = 4096

    init(_ source: Source, parts: Int, isNewestFirst: Bool) {
        self.source = source
        self.isNewestFirst = isNewestFirst
        partCount = parts
    }

    func pass(_ node: Node) -> Int {
        if let index = passed.firstIndex(where: { $0 === node }) { return partCount + index }
        passed.append(node)
        return partCount + passed.count - 1
    }

    func expand(
        _ frame: Frame,
        _ rows: RowSelection,
        firstOrdinal: UInt64,
        _ take: (any RowCursor) throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        let lists = source.node.evaluate(frame, rows)
        let columns = passed.map { $0.evaluate(frame, rows) }
        cursor.begin(parts: partCount, columns)
        let before = frame.cursor as? ExpandedCursor
        for index in 0..<rows.count {
            let row = rows[index]
            let origin = place(of: row, firstOrdinal, before)
            if made.origin != origin { made = (origin, 0) }
            for cells in items(frame, lists[row]).prefix(Expansion.limit) {
                if cursor.rowCount >= Expansion.batchSize {
                    if try take(cursor) { return true }
                    cursor.begin(parts: partCount, columns)
                }
                let mask: UInt64 = (1 << Expansion.madeBits) &- 1
                let number = isNewestFirst ? mask &- made.count & mask : made.count & mask
                cursor.add(origin: row, cells, ordinal: origin << Expansion.madeBits | number)
                made.count &+= 1
            }
        }
        return cursor.rowCount > 0 ? try take(cursor) : false
    }

    /// The place of the row of the table that a row is, or was made of.
    private func place(of row: Int, _ firstOrdinal: UInt64, _ before: ExpandedCursor?) -> UInt64 {
        before.map { $0.ordinal(of: row) >> Expansion.madeBits } ?? firstOrdinal &+ UInt64(row)
    }

    /// The new cells of each row that one becomes.
    private func items(_ frame: Frame, _ cell: Cell) -> [[Cell]] {
        switch source {
        case .items:
            guard cell.isStructure, let items = JSONText.items(frame, cell) else { return [[cell]] }
            return items.map { [$0] }
        case .matches(_, let regex, let groups):
            let none: [Cell] = groups.map { _ in .missing }
            guard let text = frame.values.text(cell) else { return [none] }
            let bytes = Array(text.utf8)
            var made: [[Cell]] = []
            regex.forEachMatch(bytes.span) { _, match in
                made.append(
                    groups.map { group in match[group].map { frame.pool.make(Array(bytes[$0])) } ?? .missing }
                )
                return made.count < Expansion.limit
            }
            if regex.hitLimit { frame.hitRegexLimit = true }
            return made.isEmpty ? [none] : made
        }
    }
}

/// The new rows of one batch.
private final class ExpandedCursor: RowCursor {
    private var parts: [[Cell]] = []
    private var origins: [Int] = []
    private var ordinals: [UInt64] = []
    private var passed: [CellColumn] = []

    func begin(parts count: Int, _ passed: [CellColumn]) {
        self.passed = passed
        parts = Array(repeating: [], count: count)
        origins.removeAll(keepingCapacity: true)
        ordinals.removeAll(keepingCapacity: true)
    }

    func add(origin row: Int, _ cells: [Cell], ordinal: UInt64) {
        for (part, cell) in cells.enumerated() { parts[part].append(cell) }
        origins.append(row)
        ordinals.append(ordinal)
    }

    func next() throws(Failure) -> Bool { false }

    var rowCount: Int { origins.count }
    var firstOrdinal: UInt64 { ordinals.first ?? 0 }
    func ordinal(of row: Int) -> UInt64 { ordinals[row] }

    func fill(_ field: Int, _ rows: RowSelection, into column: CellColumn) {
        for index in 0..<rows.count {
            let row = rows[index]
            column[row] = field < parts.count ? parts[field][row] : passed[field - parts.count][origins[row]]
        }
    }
}
