import Columns
import RoadblockCore

/// Rows that are all in memory, in their order: first the columns that are added, then those that were collected.
struct RowList {
    var rows: [[Cell]]
    let values: CellText

    /// Rows that a command may work on, from one to the next.
    static let limit = 1_000_000
    /// Values of all columns of these rows.
    static let cellLimit = 32_000_000
}

/// What a command makes of rows when all of them are there.
///
/// Columns are numbered as in `RowList`; the ones below `added` are filled here.
struct RowTransform {
    enum Kind {
        /// Running sums.
        case accum(Int)
        /// Values of rows before, one added column each.
        case autoregress(Int, nearest: Int)
        /// The last value of a column in place of none.
        case filldown([Int])
        /// Rows for the bins in which a group has none.
        case fillmissing(bin: Int, groups: [Int], Period, [(column: Int, value: Cell)])
        case addtotals([Int], ofRows: Bool, ofColumns: Bool)
        /// Numbers for runs of rows without a longer pause.
        case sessionize([Int], time: Int, Period)
        case outlier([Int], removes: Bool, factor: Double, usesLower: Bool, marks: Bool)
        /// The columns of other rows; for each the column that has its name already.
        case appendcols(AppendedRows?, existing: [Int?], replaces: Bool)
    }

    let kind: Kind
    let added: Int

    /// Fills the added columns, and adds or removes rows, which have `width` cells.
    ///
    /// - Throws: `Failure` where the rows become too many.
    func apply(_ list: inout RowList, width: Int) throws(Failure) {
        switch kind {
        case .accum(let source): accumulate(&list, source)
        case .autoregress(let source, let nearest):
            for row in list.rows.indices {
                for part in 0..<added where row >= nearest + part {
                    list.rows[row][part] = list.rows[row - nearest - part][source]
                }
            }
        case .filldown(let sources):
            for (target, source) in sources.enumerated() {
                var last = Cell.missing
                for row in list.rows.indices {
                    if !list.rows[row][source].isMissing { last = list.rows[row][source] }
                    list.rows[row][target] = last
                }
            }
        case .fillmissing(let bin, let groups, let period, let values):
            try fillBins(&list, bin, groups, period, values)
        case .addtotals(let sources, let ofRows, let ofColumns): addTotals(&list, sources, ofRows, ofColumns)
        case .sessionize(let keys, let time, let pause): number(&list, keys, time, pause)
        case .outlier(let sources, let removes, let factor, let usesLower, let marks):
            clip(&list, sources, removes, factor, usesLower, marks)
        case .appendcols(let other, let existing, let replaces):
            if let other { try append(other.result, existing, replaces: replaces, to: &list, width) }
        }
    }

    private func accumulate(_ list: inout RowList, _ source: Int) {
        var sum = 0.0
        for row in list.rows.indices {
            guard let value = list.values.number(list.rows[row][source]) else { continue }
            sum += value
            list.rows[row][0] = ScalarFunctions.finite(sum)
        }
    }

    private func addTotals(_ list: inout RowList, _ sources: [Int], _ ofRows: Bool, _ ofColumns: Bool) {
        func sum(_ cells: [Cell]) -> Cell {
            // A time is a number where one is wanted, and none to be summed.
            let numbers = cells.compactMap { $0.isTime ? nil : list.values.number($0) }
            return numbers.isEmpty ? .missing : ScalarFunctions.finite(numbers.reduce(0, +))
        }
        if ofRows {
            for row in list.rows.indices { list.rows[row][0] = sum(sources.map { list.rows[row][$0] }) }
        }
        guard ofColumns, let width = list.rows.first?.count else { return }
        var last = Array(repeating: Cell.missing, count: width)
        for column in sources { last[column] = sum(list.rows.map { $0[column] }) }
        if ofRows { last[0] = sum(list.rows.map { $0[0] }) }
        list.rows.append(last)
    }

    /// Sessions are numbered from 1 in the order in which they begin.
    private func number(_ list: inout RowList, _ keys: [Int], _ time: Int, _ pause: Period) {
        let order = list.rows.indices.filter { list.rows[$0][time].isTime }.sorted { a, b in
            let (first, second) = (list.rows[a][time].milliseconds, list.rows[b][time].milliseconds)
            return first == second ? a < b : first < second
        }
        var open: [[Cell]: (session: Int, last: Int64)] = [:]
        var count = 0
        for row in order {
            let key = keys.map { list.rows[row][$0] }
            guard !key.contains(where: \.isMissing) else { continue }
            let milliseconds = list.rows[row][time].milliseconds
            if let session = open[key], pause.holds(from: session.last, to: milliseconds) {
                open[key] = (session.session, milliseconds)
            } else {
                count += 1
                open[key] = (count, milliseconds)
            }
            list.rows[row][0] = Cell(number: Double(open[key]?.session ?? count))
        }
    }

    private func fillBins(
        _ list: inout RowList,
        _ bin: Int,
        _ groups: [Int],
        _ period: Period,
        _ values: [(column: Int, value: Cell)]
    ) throws(Failure) {
        let times = list.rows.compactMap { $0[bin].isTime ? $0[bin].milliseconds : nil }
        guard let first = times.min(), let last = times.max(), let width = list.rows.first?.count else { return }
        var order: [[Cell]] = []
        var known: [[Cell]: Set<Int64>] = [:]
        for row in list.rows where row[bin].isTime {
            let key = groups.map { row[$0] }
            if known[key] == nil { order.append(key) }
            known[key, default: []].insert(row[bin].milliseconds)
        }
        var time = first
        while time <= last {
            for key in order where known[key]?.contains(time) == false {
                var row = Array(repeating: Cell.missing, count: width)
                row[bin] = Cell(milliseconds: time)
                for (column, value) in zip(groups, key) { row[column] = value }
                for (column, value) in values { row[column] = value }
                list.rows.append(row)
                guard list.rows.count <= RowList.limit else {
                    throw Failure(
                        .usage,
                        "`fillmissing` makes no more than \(RowList.limit) rows",
                        code: "too-many-rows",
                        suggestion: "use longer bins"
                    )
                }
            }
            time = period.ceiling(time + 1)
        }
        let added = list.rows
        list.rows = added.indices.sorted {
            let (a, b) = (added[$0][bin], added[$1][bin])
            return a.bits == b.bits ? $0 < $1 : !a.isTime || b.isTime && a.milliseconds < b.milliseconds
        }.map { added[$0] }
    }

    /// Limits are the median and `factor` times the distance of the quartiles.
    private func clip(
        _ list: inout RowList,
        _ sources: [Int],
        _ removes: Bool,
        _ factor: Double,
        _ usesLower: Bool,
        _ marks: Bool
    ) {
        var isGone = Array(repeating: false, count: list.rows.count)
        for (target, source) in sources.enumerated() {
            for row in list.rows.indices { list.rows[row][target] = list.rows[row][source] }
            let numbers = list.rows.compactMap { list.values.number($0[source]) }.sorted()
            guard numbers.count > 1 else { continue }
            let reach = factor * (quantile(numbers, 0.75) - quantile(numbers, 0.25))
            let (lowest, highest) = (quantile(numbers, 0.5) - reach, quantile(numbers, 0.5) + reach)
            for row in list.rows.indices {
                guard let value = list.values.number(list.rows[row][source]) else { continue }
                let limit = value > highest ? highest : usesLower && value < lowest ? lowest : value
                guard limit != value else { continue }
                isGone[row] = true
                let text = marks ? list.values.pool.keep("000" + CellText.render(limit)) : Cell(number: limit)
                list.rows[row][target] = text
            }
        }
        if removes { list.rows = list.rows.indices.filter { !isGone[$0] }.map { list.rows[$0] } }
    }

    private func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place.rounded(.down))
        let rest = place - Double(below)
        return sorted[below] + (below + 1 < sorted.count ? rest * (sorted[below + 1] - sorted[below]) : 0)
    }
}

extension Period {
    /// True where a time is no later than this period behind another.
    fileprivate func holds(from start: Int64, to end: Int64) -> Bool {
        switch length {
        case .milliseconds(let count): end - start <= count
        case .months(let count): end - start <= count * 31 * 86_400_000
        }
    }
}

/// What a part of the query collects for a command that works from row to row.
final class RowGathering {
    let transform: RowTransform
    private(set) var nodes: [Node] = []
    let keys: [RowCollector.Key]
    let isNewestFirst: Bool
    let word: String

    init(_ transform: RowTransform, _ nodes: [Node], keys: [RowCollector.Key], isNewestFirst: Bool, word: String) {
        self.transform = transform
        self.nodes = nodes
        self.keys = keys
        self.isNewestFirst = isNewestFirst
        self.word = word
    }

    /// The column in which the values of a node come.
    func pass(_ node: Node) -> Int {
        if let index = nodes.firstIndex(where: { $0 === node }) { return transform.added + index }
        nodes.append(node)
        return transform.added + nodes.count - 1
    }

    /// Ends a run with too many rows.
    ///
    /// - Throws: `Failure` where there are too many.
    func check(_ collector: RowCollector) throws(Failure) {
        let limit = min(RowList.limit, RowList.cellLimit / max(1, transform.added + nodes.count))
        guard collector.matched <= limit else {
            throw Failure(
                .usage,
                "`\(word)` works on no more than \(limit) rows",
                code: "too-many-rows",
                suggestion: limit < RowList.limit
                    ? "show fewer fields" : "filter first, or let `stats` make fewer rows"
            )
        }
    }

    /// The rows of all workers, with what the command makes of them.
    ///
    /// - Throws: `Failure` where there are too many.
    func rows(_ collector: RowCollector) throws(Failure) -> RowList {
        try check(collector)
        let empty = Array(repeating: Cell.missing, count: transform.added)
        var list = RowList(rows: try collector.rows().map { empty + $0 }, values: CellText(collector.pool))
        try transform.apply(&list, width: transform.added + nodes.count)
        return list
    }
}

/// Rows in memory as the input of the next part of a query.
final class RowListCursor: RowCursor {
    private let list: RowList
    private let pool: TextPool
    private var start = 0
    private(set) var rowCount = 0

    private static let batchSize = 4096

    init(_ list: RowList, _ pool: TextPool) {
        self.list = list
        self.pool = pool
    }

    var firstOrdinal: UInt64 { UInt64(start) }

    func next() throws(Failure) -> Bool {
        start += rowCount
        rowCount = min(RowListCursor.batchSize, list.rows.count - start)
        return rowCount > 0
    }

    func fill(_ field: Int, _ rows: RowSelection, into column: CellColumn) {
        for index in 0..<rows.count {
            let row = rows[index]
            column[row] = pool.borrow(list.rows[start + row][field], from: list.values.pool)
        }
    }
}
