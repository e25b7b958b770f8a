import Columns
import RoadblockCore

/// The rows of one worker, folded into groups.
///
/// Where they need more memory than they may have, rows of further groups go to a temporary file: see
/// `Aggregation+Spilling.swift`.
final class Aggregation {
    let frame: Frame
    let table: GroupTable
    let aggregates: [Aggregate]
    let keys: [Node]
    /// What the aggregates read of each row.
    let arguments: [Node]
    var groups: [Int32] = []
    var tuple: [UInt64]
    /// Where rows of groups that are not in the table go, once there is no room for more.
    var overflow: SpilledRows?
    /// Rows that other workers could not keep.
    var others: [SpilledRows] = []
    /// How often the rows were spread over files before.
    var level = 0
    /// Rows of groups that are in the table, and the others.
    let known = RowSelection()
    let unknown = RowSelection()

    init(_ frame: Frame, keys: [Node], aggregates: [Aggregate], arguments: [Node]) {
        self.frame = frame
        self.keys = keys
        self.aggregates = aggregates
        self.arguments = arguments
        table = GroupTable(keyCount: keys.count)
        tuple = Array(repeating: 0, count: keys.count)
    }

    /// Adds the selected rows of the current batch.
    ///
    /// - Throws: `Failure` where the aggregates hold more values than they may, or the disk is full.
    func add(_ rows: RowSelection, firstOrdinal: UInt64) throws(Failure) {
        guard rows.count > 0 else { return }
        if let overflow { return try add(rows, firstOrdinal, beyond: overflow) }
        let columns = keys.map { $0.evaluate(frame, rows) }
        if groups.count < rows.count { groups = Array(repeating: 0, count: rows.count * 2) }
        let pool = frame.pool
        switch columns.count {
        case 0:
            if table.count == 0 { _ = table.group([]) }
            for index in 0..<rows.count { groups[index] = 0 }
        case 1:
            let first = columns[0]
            for index in 0..<rows.count {
                groups[index] = Int32(truncatingIfNeeded: table.group(pool.keep(first[rows[index]]).bits))
            }
        case 2:
            let first = columns[0]
            let second = columns[1]
            for index in 0..<rows.count {
                let row = rows[index]
                groups[index] = Int32(
                    truncatingIfNeeded: table.group(pool.keep(first[row]).bits, pool.keep(second[row]).bits)
                )
            }
        default:
            for index in 0..<rows.count {
                let row = rows[index]
                for key in 0..<columns.count { tuple[key] = pool.keep(columns[key][row]).bits }
                groups[index] = Int32(truncatingIfNeeded: table.group(tuple))
            }
        }
        for aggregate in aggregates {
            aggregate.grow(to: table.count)
            try aggregate.add(frame, rows, groups, firstOrdinal)
            try account(for: aggregate)
        }
        if isFull { overflow = SpilledRows(width: spilledNodes.count, keyCount: keys.count, level: level) }
    }

    /// Counts what an aggregate holds among what all of the query do.
    ///
    /// - Throws: `Failure` where they hold more values than they may.
    func account(for aggregate: Aggregate) throws(Failure) {
        let held = aggregate.held
        guard held != aggregate.counted else { return }
        let change = held - aggregate.counted
        aggregate.counted = held
        try frame.settings.held.change(by: change)
    }

    deinit { frame.settings.held.release(aggregates.reduce(0) { $0 + $1.counted }) }

    /// Takes over the groups of another worker.
    ///
    /// - Throws: `Failure` where the aggregates hold more values than they may.
    func merge(_ other: Aggregation) throws(Failure) {
        var map = Array(repeating: Int32(0), count: other.table.count)
        for group in 0..<other.table.count {
            for key in 0..<keys.count {
                tuple[key] = frame.pool.take(other.table.key(key, of: group), from: other.frame.pool).bits
            }
            map[group] = Int32(truncatingIfNeeded: table.group(tuple))
        }
        for (mine, theirs) in zip(aggregates, other.aggregates) {
            mine.grow(to: table.count)
            mine.merge(theirs, map, frame, other.frame)
            // What was taken over counts once.
            frame.settings.held.release(theirs.counted)
            theirs.counted = 0
            try account(for: mine)
        }
        others += other.others
        if let more = other.overflow { others.append(more) }
    }
}
