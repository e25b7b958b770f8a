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
    /// Rows that are equal by all keys come in the order of the input, or the other way round.
    private let isNewestFirst: Bool
    private let distinct: DistinctRows?
    private(set) var pool = TextPool()
    /// Keys, outputs, ordinal: one row after the other.
    private var cells: [UInt64] = []
    private var count = 0
    /// No row behind this one is among the first, in the cells of `pool`; empty as long as there are few rows.
    private var threshold: [UInt64] = []
    private let width: Int
    /// Rows that passed all filters.
    private(set) var matched = 0

    /// Bytes of text that results may have.
    private static let textLimit = 256 << 20

    init(keys: [Key], outputs: [Node], limit: Int, isNewestFirst: Bool, distinct: [Node]?) {
        self.keys = keys
        self.outputs = outputs
        self.limit = limit
        self.isNewestFirst = isNewestFirst
        self.distinct = distinct.map { DistinctRows($0) }
        width = keys.count + outputs.count + 1
    }

    /// True when rows that come later in the input cannot be wanted: there is no order, and enough are here.
    func isSatisfied(anyOrder: Bool) -> Bool { anyOrder && count >= limit }

    /// Adds the selected rows of the current batch.
    ///
    /// - Throws: `Failure` where the rows hold more text than is kept.
    func add(_ frame: Frame, _ rows: RowSelection, _ cursor: any RowCursor) throws(Failure) {
        matched += rows.count
        let keyColumns = keys.map { $0.node.evaluate(frame, rows) }
        let outputColumns = outputs.map { $0.evaluate(frame, rows) }
        let distinctColumns = distinct?.nodes.map { $0.evaluate(frame, rows) }
        for index in 0..<rows.count {
            let row = rows[index]
            let start = cells.count
            for column in keyColumns { cells.append(pool.take(column[row], from: frame.pool).bits) }
            let ordinal = cursor.ordinal(of: row)
            if !threshold.isEmpty, !precedes(cells[start...], threshold[...], ordinal) {
                cells.removeSubrange(start...)
                continue
            }
            for column in outputColumns { cells.append(pool.take(column[row], from: frame.pool).bits) }
            cells.append(ordinal)
            count += 1
            if let distinct, let distinctColumns {
                let tuple = distinctColumns.map { pool.take($0[row], from: frame.pool) }
                if let old = try distinct.row(of: tuple, candidate: count - 1) { settle(old) }
            }
        }
        if distinct == nil, count > 2 * limit + 1024 || pool.keptBytes > RowCollector.textLimit { compact() }
        guard pool.keptBytes <= RowCollector.textLimit else {
            throw Failure(
                .usage,
                "the rows of the result hold more than \(RowCollector.textLimit >> 20) MiB of text",
                code: "result-too-large",
                suggestion: "show fewer fields, or a smaller limit"
            )
        }
    }

    /// Of the newest row and the one that has the same keys, keeps the one that comes first.
    private func settle(_ old: Int) {
        let newest = (count - 1) * width
        if isBefore(newest, old * width) {
            for index in 0..<width { cells[old * width + index] = cells[newest + index] }
        }
        cells.removeLast(width)
        count -= 1
    }

    /// Whether a row that is not complete yet comes before the threshold row.
    private func precedes(_ row: ArraySlice<UInt64>, _ other: ArraySlice<UInt64>, _ ordinal: UInt64) -> Bool {
        let order = NaturalOrder(pool)
        for index in 0..<keys.count {
            let step = order.compare(
                Cell(bits: row[row.startIndex + index]),
                Cell(bits: other[other.startIndex + index])
            )
            if step != 0 { return (step < 0) != keys[index].isDescending }
        }
        let last = other[other.startIndex + keys.count]
        return isNewestFirst ? ordinal > last : ordinal < last
    }

    private func isBefore(_ a: Int, _ b: Int) -> Bool {
        let order = NaturalOrder(pool)
        for index in 0..<keys.count {
            let step = order.compare(Cell(bits: cells[a + index]), Cell(bits: cells[b + index]))
            if step != 0 { return (step < 0) != keys[index].isDescending }
        }
        let first = cells[a + width - 1]
        let second = cells[b + width - 1]
        return isNewestFirst ? first > second : first < second
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
        (0..<count).map { $0 * width }.sorted { isBefore($0, $1) }
    }

    /// Takes over the rows of another worker.
    ///
    /// - Throws: `Failure` where there are more different rows than are kept.
    func merge(_ other: RowCollector) throws(Failure) {
        matched += other.matched
        for row in 0..<other.count {
            let start = row * width
            for index in 0..<(width - 1) {
                cells.append(pool.take(Cell(bits: other.cells[start + index]), from: other.pool).bits)
            }
            cells.append(other.cells[start + width - 1])
            count += 1
            if let distinct, let theirs = other.distinct?.tuple(of: row) {
                let tuple = theirs.map { pool.take($0, from: other.pool) }
                if let old = try distinct.row(of: tuple, candidate: count - 1) { settle(old) }
            }
        }
    }

    /// The rows in their order: the cells of the outputs.
    func rows() -> [[Cell]] {
        sortedStarts().prefix(limit).map { start in
            outputs.indices.map { Cell(bits: cells[start + keys.count + $0]) }
        }
    }
}

/// Which row stands for each combination of the keys of `dedup`.
private final class DistinctRows {
    let nodes: [Node]
    private var rows: [[Cell]: Int] = [:]
    private var tuples: [[Cell]] = []

    /// More rows are refused, so that memory stays bounded.
    private static let limit = 1_000_000

    init(_ nodes: [Node]) { self.nodes = nodes }

    /// The row that has the same keys already; `nil` where the candidate is the first, or has a key that is missing.
    func row(of tuple: [Cell], candidate: Int) throws(Failure) -> Int? {
        if !tuple.contains(where: \.isMissing) {
            if let old = rows[tuple] { return old }
            rows[tuple] = candidate
        }
        guard candidate < DistinctRows.limit else {
            throw Failure(
                .usage,
                "`dedup` keeps no more than \(DistinctRows.limit) rows apart",
                code: "too-many-rows",
                suggestion: "filter first"
            )
        }
        tuples.append(tuple)
        return nil
    }

    func tuple(of row: Int) -> [Cell]? { tuples.indices.contains(row) ? tuples[row] : nil }
}
