import Columns
import RoadblockCore

/// More groups than fit into memory.
///
/// The groups that are there stay and go on counting. Rows of other groups wait in a temporary file, in parts by the hash
/// of their keys: what the keys and the arguments of the aggregates were for them. When all rows were read, the parts are
/// grouped one after the other, each as if it were all.
extension Aggregation {
    /// What is written of a row: the keys first.
    var spilledNodes: [Node] { keys + arguments }

    /// True once the groups take as much memory as they may.
    var isFull: Bool {
        guard !keys.isEmpty else { return false }
        let states = aggregates.reduce(0) { $0 + table.count * 40 + $1.byteCount }
        return table.byteCount + states + frame.pool.keptBytes > frame.settings.workerMemory
            || table.count >= Aggregation.groupLimit
    }

    /// Groups that are numbered at once.
    private static let groupLimit = 1 << 28

    /// Rows of a part that are grouped at once: fewer where there is little memory.
    private var batchSize: Int { min(4096, max(64, frame.settings.workerMemory >> 10)) }
    private static let batchBytes = 16 << 20

    /// Adds the selected rows of groups that are there, and writes the others.
    ///
    /// - Throws: `Failure` when the disk is full, or the aggregates hold more values than they may.
    func add(_ rows: RowSelection, _ firstOrdinal: UInt64, beyond overflow: SpilledRows) throws(Failure) {
        try addKnown(rows, firstOrdinal)
        let columns = spilledNodes.map { $0.evaluate(frame, rows) }
        var cells = Array(repeating: Cell.missing, count: columns.count)
        for index in 0..<unknown.count {
            let row = unknown[index]
            for column in columns.indices { cells[column] = columns[column][row] }
            try overflow.append(frame.ordinal(of: row, firstOrdinal), cells, frame.pool)
        }
    }

    /// Adds the selected rows of groups that are there; the others are `unknown` then.
    private func addKnown(_ rows: RowSelection, _ firstOrdinal: UInt64) throws(Failure) {
        let columns = keys.map { $0.evaluate(frame, rows) }
        // All of the selected rows now, since a node is asked for no more rows later.
        for node in arguments { _ = node.evaluate(frame, rows) }
        if groups.count < rows.count { groups = Array(repeating: 0, count: rows.count * 2) }
        known.copy(rows)
        unknown.copy(rows)
        var count = 0
        known.keep { row in
            guard let group = self.group(of: row, columns) else { return false }
            groups[count] = Int32(truncatingIfNeeded: group)
            count += 1
            return true
        }
        var next = 0
        unknown.keep { row in
            guard next < known.count, known[next] == row else { return true }
            next += 1
            return false
        }
        guard known.count > 0 else { return }
        for aggregate in aggregates {
            try aggregate.add(frame, known, groups, firstOrdinal)
            try account(for: aggregate)
        }
    }

    private func group(of row: Int, _ columns: [CellColumn]) -> Int? {
        for key in columns.indices {
            guard let cell = frame.pool.find(columns[key][row], from: frame.pool) else { return nil }
            tuple[key] = cell.bits
        }
        return table.find(tuple)
    }

    /// The rows that wait in files, to be grouped part by part; none of them is held here afterwards.
    ///
    /// - Throws: `Failure` when the disk is full.
    func takeOverflow() throws(Failure) -> [SpilledRows] {
        let all = others + (overflow.map { [$0] } ?? [])
        others = []
        overflow = nil
        for rows in all { try rows.flush() }
        return all
    }

    /// Groups the rows of a part: those whose group is here, here, the others in another aggregation of the same query.
    ///
    /// - Throws: `Failure` when reading or writing fails, or the aggregates hold more values than they may.
    func regroup(_ rows: SpilledRows, _ part: Int, into rest: Aggregation) throws(Failure) {
        let nodes = spilledNodes
        let theirs = rest.spilledNodes
        let batch = SpilledBatch(width: nodes.count)
        let source = TextPool()
        try rows.read(part, source) { (ordinal, cells) throws(Failure) in
            batch.add(ordinal, cells)
            guard batch.count == batchSize || source.scratchBytes > Aggregation.batchBytes else { return }
            try regroup(batch, source, nodes, rest, theirs)
        }
        try regroup(batch, source, nodes, rest, theirs)
    }

    private func regroup(
        _ batch: SpilledBatch,
        _ source: TextPool,
        _ nodes: [Node],
        _ rest: Aggregation,
        _ theirs: [Node]
    ) throws(Failure) {
        batch.begin(frame, nodes, source)
        let rows = RowSelection()
        rows.selectAll(batch.count)
        try addKnown(rows, 0)
        batch.begin(rest.frame, theirs, source)
        rows.copy(unknown)
        try rest.add(rows, firstOrdinal: 0)
        frame.spilledOrdinals = []
        rest.frame.spilledOrdinals = []
        batch.removeAll()
        source.forgetScratch()
    }
}

/// Rows from a temporary file that are grouped at once; no field of theirs can be asked for, since all values are known.
private final class SpilledBatch: RowCursor {
    private var columns: [[Cell]]
    private var ordinals: [UInt64] = []

    init(width: Int) { columns = Array(repeating: [], count: width) }

    var count: Int { ordinals.count }

    func add(_ ordinal: UInt64, _ cells: [Cell]) {
        ordinals.append(ordinal)
        for index in columns.indices { columns[index].append(cells[index]) }
    }

    func removeAll() {
        ordinals.removeAll(keepingCapacity: true)
        for index in columns.indices { columns[index].removeAll(keepingCapacity: true) }
    }

    /// Makes the rows the current batch of a frame: its nodes have the values that they had before.
    func begin(_ frame: Frame, _ nodes: [Node], _ source: TextPool) {
        frame.pool.forgetScratch()
        frame.cursor = self
        frame.spilledOrdinals = ordinals
        frame.begin(rows: count)
        for (index, node) in nodes.enumerated() where node.constant == nil {
            let column = node.preset(frame)
            for row in 0..<count { column[row] = frame.pool.borrow(columns[index][row], from: source) }
        }
    }

    func next() throws(Failure) -> Bool { false }

    var rowCount: Int { count }
    var firstOrdinal: UInt64 { 0 }

    func fill(_ field: Int, _ rows: RowSelection, into column: CellColumn) {
        assertionFailure("an aggregate reads what was not written")
        for index in 0..<rows.count { column[rows[index]] = .missing }
    }
}
