import Columns
import RoadblockCore

/// Makes of each row one for each partner that it has on the right side of a `join`.
final class JoinExpansion: RowExpansion {
    /// Where a field of the new rows comes from.
    private enum Field {
        case passed(Int)
        case right(Int)
    }

    private let key: Node
    private let keepsAll: Bool
    /// `nil` where a query is only checked.
    private let partners: Partners?
    private var fields: [Field] = []
    private var passed: [Node] = []
    /// The fields that the right side is asked for.
    private(set) var rightFields: [NameSyntax] = []
    private let cursor = JoinedCursor()

    private static let batchSize = 4096

    /// The right side, as one worker looks into it.
    private struct Partners {
        var index: EqualityIndex
        var table: JoinTable
    }

    init(_ frame: Frame, key: Node, _ table: JoinTable?, keepsAll: Bool) {
        self.key = key
        self.keepsAll = keepsAll
        partners = table.map { Partners(index: EqualityIndex($0.values, frame), table: $0) }
    }

    func pass(_ node: Node) -> Int {
        if let index = passed.firstIndex(where: { $0 === node }) {
            for (field, source) in fields.enumerated() { if case .passed(index) = source { return field } }
        }
        passed.append(node)
        fields.append(.passed(passed.count - 1))
        return fields.count - 1
    }

    /// The field of the new rows that has a field of the right side.
    func right(_ name: NameSyntax) -> Int {
        if let index = rightFields.firstIndex(where: { $0.name == name.name }) {
            for (field, source) in fields.enumerated() { if case .right(index) = source { return field } }
        }
        rightFields.append(name)
        fields.append(.right(rightFields.count - 1))
        return fields.count - 1
    }

    func expand(
        _ frame: Frame,
        _ rows: RowSelection,
        firstOrdinal: UInt64,
        _ take: (any RowCursor) throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        guard let partners else { return true }
        let keys = key.evaluate(frame, rows)
        let columns = passed.map { $0.evaluate(frame, rows) }
        if cursor.columns.count < fields.count {
            cursor.columns = fields.map { field in
                switch field {
                case .passed(let index): .passed(index)
                case .right(let index): .right(TranslatedColumn(partners.table, index, frame.pool))
                }
            }
        }
        cursor.begin(columns)
        var found: [Range<Int>] = []
        for number in 0..<rows.count {
            let row = rows[number]
            // Newest first, as rows come, the partners of one row keep their order.
            let ordinal = (firstOrdinal &+ UInt64(row)) << 20
            var count: UInt64 = 0
            found.removeAll(keepingCapacity: true)
            partners.index.find(keys[row]) { found.append(partners.table.rows(of: $0)) }
            if found.isEmpty, keepsAll {
                if try isFull(take, columns) { return true }
                cursor.add(origin: row, partner: -1, ordinal: ordinal)
            }
            for range in found {
                for partner in range {
                    if try isFull(take, columns) { return true }
                    cursor.add(origin: row, partner: partner, ordinal: ordinal | (0xF_FFFF &- min(count, 0xF_FFFF)))
                    count += 1
                }
            }
        }
        return cursor.rowCount > 0 ? try take(cursor) : false
    }

    /// Hands a full batch on; true when no more rows are wanted.
    private func isFull(
        _ take: (any RowCursor) throws(Failure) -> Bool,
        _ columns: [CellColumn]
    ) throws(Failure) -> Bool {
        guard cursor.rowCount >= JoinExpansion.batchSize else { return false }
        if try take(cursor) { return true }
        cursor.begin(columns)
        return false
    }
}

/// A column of the right side in the pool of one worker, into which texts come as they are needed.
private final class TranslatedColumn {
    private let source: [Cell]
    private let from: TextPool
    private let pool: TextPool
    /// By row; nothing yet where the cell in `source` is a text.
    private var cells: [Cell]

    init(_ table: JoinTable, _ index: Int, _ pool: TextPool) {
        source = table.columns[index]
        from = table.values.pool
        self.pool = pool
        cells = source.map { $0.isText || $0.isStructure ? .missing : $0 }
    }

    @inline(__always)
    subscript(row: Int) -> Cell {
        let cell = cells[row]
        if !cell.isMissing { return cell }
        return translate(row)
    }

    private func translate(_ row: Int) -> Cell {
        let cell = pool.take(source[row], from: from)
        cells[row] = cell
        return cell
    }
}

/// Joined rows of one batch.
private final class JoinedCursor: RowCursor {
    enum Column {
        case passed(Int)
        case right(TranslatedColumn)
    }

    var columns: [Column] = []
    private var origins: [Int32] = []
    private var partners: [Int32] = []
    private var ordinals: [UInt64] = []
    private var passed: [CellColumn] = []

    func begin(_ passed: [CellColumn]) {
        self.passed = passed
        origins.removeAll(keepingCapacity: true)
        partners.removeAll(keepingCapacity: true)
        ordinals.removeAll(keepingCapacity: true)
    }

    func add(origin row: Int, partner: Int, ordinal: UInt64) {
        origins.append(Int32(truncatingIfNeeded: row))
        partners.append(Int32(truncatingIfNeeded: partner))
        ordinals.append(ordinal)
    }

    func next() throws(Failure) -> Bool { false }

    var rowCount: Int { origins.count }
    var firstOrdinal: UInt64 { ordinals.first ?? 0 }
    func ordinal(of row: Int) -> UInt64 { ordinals[row] }

    func fill(_ field: Int, _ rows: RowSelection, into target: CellColumn) {
        switch columns[field] {
        case .passed(let index):
            let source = passed[index]
            for number in 0..<rows.count {
                let row = rows[number]
                target[row] = source[Int(origins[row])]
            }
        case .right(let source):
            for number in 0..<rows.count {
                let row = rows[number]
                target[row] = partners[row] < 0 ? .missing : source[Int(partners[row])]
            }
        }
    }
}
