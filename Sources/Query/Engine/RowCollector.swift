import Columns
import RoadblockCore

/// The rows that a query returns: the first ones in the order that was asked for, and no more than are wanted.
final class RowCollector {
    /// A key of the order.
    struct Key {
        var node: Node
        var isDescending: Bool
    }

    private let keys: [Key]
    private let outputs: [Node]
    private let limit: Int
    private let ordering: RowOrdering
    /// The last rows are wanted, and kept as the first ones of the reverse order.
    private let takesLast: Bool
    /// The keys of `dedup`, and what is told apart by them; rows that lack one are all kept.
    private let distinctNodes: [Node]
    private let distinct: DistinctRows?
    private(set) var pool = TextPool()
    /// Keys, outputs, ordinal: one row after the other.
    private var cells: [UInt64] = []
    private var count = 0
    /// No row behind this one is among the first, in the cells of `pool`; empty as long as there are few rows.
    private var threshold: [UInt64] = []
    private let width: Int
    private var row: [Cell] = []
    /// The keys of a row that is compared with the threshold.
    private var candidate: [UInt64] = []
    /// Rows that passed all filters.
    private(set) var matched = 0

    /// Bytes of text that results may have.
    private static let textLimit = 256 << 20
    /// Values that they may have, the keys of their order included.
    private static let cellLimit = 64 << 20

    /// Collects first rows, or with `takesLast` the last ones.
    ///
    /// `distinct` are the keys of `dedup`; the rows that they tell apart may take `memory` bytes, the others wait in a file.
    init(
        keys: [Key],
        outputs: [Node],
        limit: Int,
        takesLast: Bool = false,
        isNewestFirst: Bool,
        distinct: [Node]? = nil,
        memory: Int = 0
    ) {
        self.keys = keys
        self.outputs = outputs
        self.limit = limit
        let ordering = RowOrdering(descends: keys.map(\.isDescending), isNewestFirst: isNewestFirst)
        let cells = keys.count + outputs.count
        self.takesLast = takesLast
        self.ordering = takesLast ? ordering.reversed : ordering
        distinctNodes = distinct ?? []
        width = cells + 1
        self.distinct = distinct.map { nodes in
            DistinctRows(keyCount: nodes.count, width: cells, ordering, memory: memory)
        }
    }

    /// True when rows that come later in the input cannot be wanted: there is no order, and enough are here.
    func isSatisfied(anyOrder: Bool) -> Bool { anyOrder && count + (distinct?.count ?? 0) >= limit }

    /// Adds the selected rows of the current batch.
    ///
    /// - Throws: `Failure` where the rows hold more text than is kept, or a disk is full.
    func add(_ frame: Frame, _ rows: RowSelection, _ cursor: any RowCursor) throws(Failure) {
        matched += rows.count
        let keyColumns = keys.map { $0.node.evaluate(frame, rows) }
        let outputColumns = outputs.map { $0.evaluate(frame, rows) }
        let distinctColumns = distinctNodes.map { $0.evaluate(frame, rows) }
        for index in 0..<rows.count {
            let row = rows[index]
            let ordinal = cursor.ordinal(of: row)
            if let distinct, !distinctColumns.contains(where: { $0[row].isMissing }) {
                self.row.removeAll(keepingCapacity: true)
                for column in distinctColumns { self.row.append(frame.values.identity(column[row])) }
                for column in keyColumns { self.row.append(column[row]) }
                for column in outputColumns { self.row.append(column[row]) }
                try distinct.take(self.row, ordinal, frame.pool)
                continue
            }
            if !threshold.isEmpty {
                candidate.removeAll(keepingCapacity: true)
                for column in keyColumns { candidate.append(pool.borrow(column[row], from: frame.pool).bits) }
                if !isAmongFirst(ordinal) { continue }
            }
            for column in keyColumns { cells.append(pool.take(column[row], from: frame.pool).bits) }
            for column in outputColumns { cells.append(pool.take(column[row], from: frame.pool).bits) }
            cells.append(ordinal)
            count += 1
        }
        try checkSize()
    }

    /// Forgets rows that are not wanted when there are too many.
    private func checkSize() throws(Failure) {
        let isWide = cells.count > RowCollector.cellLimit && count > limit
        if count > 2 * limit + 1024 || isWide || pool.keptBytes > RowCollector.textLimit { compact() }
        guard pool.keptBytes <= RowCollector.textLimit, cells.count <= RowCollector.cellLimit else {
            throw Failure(
                .usage,
                pool.keptBytes > RowCollector.textLimit
                    ? "the rows of the result hold more than \(RowCollector.textLimit >> 20) MiB of text"
                    : "the rows of the result have more than \(RowCollector.cellLimit >> 20) million values",
                code: "result-too-large",
                suggestion: "show fewer fields, or a smaller limit"
            )
        }
    }

    /// False for a candidate that others precede as many as are wanted.
    private func isAmongFirst(_ ordinal: UInt64) -> Bool {
        defer { pool.forgetScratch() }
        return ordering.precedes(
            candidate[...],
            ordinal,
            threshold[...],
            threshold[keys.count],
            NaturalOrder(pool)
        )
    }

    /// Keeps the first rows in their order, and only the texts that they need.
    private func compact() {
        let starts = sortedStarts().prefix(limit)
        let kept = TextPool()
        var fresh: [UInt64] = []
        fresh.reserveCapacity(starts.count * width)
        for start in starts {
            for index in 0..<(width - 1) {
                fresh.append(kept.take(Cell(bits: cells[start + index]), from: pool).bits)
            }
            fresh.append(cells[start + width - 1])
        }
        pool = kept
        cells = fresh
        count = starts.count
        if count == limit, count > 0 {
            let last = (count - 1) * width
            threshold = Array(cells[last..<(last + keys.count)]) + [cells[last + width - 1]]
        }
    }

    private func sortedStarts() -> [Int] {
        let order = NaturalOrder(pool)
        let last = width - 1
        return (0..<count).map { $0 * width }.sorted { a, b in
            ordering.precedes(cells[a...], cells[a + last], cells[b...], cells[b + last], order)
        }
    }

    /// Takes over the rows of another worker.
    ///
    /// - Throws: `Failure` where the rows hold more text than is kept.
    func merge(_ other: RowCollector) throws(Failure) {
        matched += other.matched
        for start in stride(from: 0, to: other.cells.count, by: width) {
            append(other.cells[start..<(start + width - 1)], other.cells[start + width - 1], other.pool)
        }
        if let distinct, let more = other.distinct { distinct.merge(more) }
        try checkSize()
    }

    private func append(_ row: ArraySlice<UInt64>, _ ordinal: UInt64, _ source: TextPool) {
        if !threshold.isEmpty {
            candidate.removeAll(keepingCapacity: true)
            for bits in row.prefix(keys.count) { candidate.append(pool.borrow(Cell(bits: bits), from: source).bits) }
            if !isAmongFirst(ordinal) { return }
        }
        for bits in row { cells.append(pool.take(Cell(bits: bits), from: source).bits) }
        cells.append(ordinal)
        count += 1
    }

    /// The rows in their order: the cells of the outputs.
    ///
    /// - Throws: `Failure` where the rows hold more text than is kept, or a temporary file cannot be read.
    func rows() throws(Failure) -> [[Cell]] {
        try distinct?.finish { (row, ordinal, source) throws(Failure) in
            append(row, ordinal, source)
            try checkSize()
        }
        let rows = sortedStarts().prefix(limit).map { start in
            outputs.indices.map { Cell(bits: cells[start + keys.count + $0]) }
        }
        return takesLast ? rows.reversed() : rows
    }
}
