/// One value by time, for one series or several.
package struct TimeChart {
    /// A row of a result.
    package struct Row {
        package var time: Int64
        /// What tells series apart; empty where there is one only.
        package var series: String
        /// `nil` where the row has no value.
        package var value: Double?

        package init(time: Int64, series: String = "", value: Double?) {
            self.time = time
            self.series = series
            self.value = value.flatMap { $0.isFinite ? $0 : nil }
        }
    }

    /// The values of one series by the number of their bin; bins without rows are not there, and rows without a value
    /// are `.some(nil)`.
    struct Series {
        var name: String
        var values: [Int64: Double?] = [:]
        var isRest = false

        var numbers: [Double] { values.values.compactMap(\.self) }
    }

    let name: String
    let bin: BinLength
    /// True where values of several bins or series may be added up.
    let isSum: Bool
    /// By weight, the rest last.
    let series: [Series]
    /// Numbers of the first and the last bin with rows; `nil` without rows.
    let range: ClosedRange<Int64>?
    /// Numbers of the bins with rows, in their order.
    let present: [Int64]
    /// Rows whose time is missing or too far off.
    let timelessRows: Int
    /// Rows that share bin and series with another.
    let sharedRows: Int

    /// Series that are drawn on their own.
    private static let shownSeries = 5

    /// A chart of rows in any order.
    package init(name: String, bin: BinLength, isSum: Bool, rows: [Row], timelessRows: Int = 0) {
        self.name = name
        self.bin = bin
        self.isSum = isSum
        var all: [String: Series] = [:]
        var lost = timelessRows
        var shared = 0
        for row in rows {
            guard let index = bin.index(of: row.time) else {
                lost += 1
                continue
            }
            if all[row.series]?.values[index] != nil { shared += 1 }
            all[row.series, default: Series(name: row.series)].add(row.value, at: index, isSum: isSum)
        }
        let present = Set(all.values.flatMap(\.values.keys)).sorted()
        self.present = present
        range = present.first.flatMap { first in present.last.map { first...$0 } }
        self.timelessRows = lost
        self.sharedRows = shared
        series = TimeChart.ranked(Array(all.values), isSum: isSum)
    }

    /// A chart of how many rows there are, in bins of a usual length.
    package init(counting times: [Int64], intoAtMost limit: Int, timelessRows: Int) {
        let bin = BinLength.cutting(times, intoAtMost: limit)
        var counts: [Int64: Double] = [:]
        for time in times { counts[bin.index(of: time).map(bin.start) ?? time, default: 0] += 1 }
        let rows = counts.map { Row(time: $0, value: $1) }
        self.init(name: "rows", bin: bin, isSum: true, rows: rows, timelessRows: timelessRows)
    }

    /// The heaviest series by their total, or by their peak; the others as one.
    private static func ranked(_ all: [Series], isSum: Bool) -> [Series] {
        let weighed = all.map { series in
            (series, weight: isSum ? series.numbers.reduce(0, +) : series.numbers.max() ?? -.infinity)
        }
        let sorted = weighed.sorted { ($0.weight, $1.0.name) > ($1.weight, $0.0.name) }.map(\.0)
        // One that would be left over alone is drawn in the place of the rest.
        guard sorted.count > shownSeries + 1 else { return sorted }
        var rest = Series(
            name: (isSum ? "" : "highest of ") + counted(sorted.count - shownSeries, "other"),
            isRest: true
        )
        for series in sorted[shownSeries...] {
            for (index, value) in series.values { rest.add(value, at: index, isSum: isSum) }
        }
        return sorted[..<shownSeries] + [rest]
    }

    /// Bins from the first with rows to the last.
    var binCount: Int64 { range.map { $0.upperBound - $0.lowerBound + 1 } ?? 0 }
    var emptyCount: Int64 { binCount - Int64(present.count) }

    /// The stretches of empty bins: the first empty one, and the next with rows.
    var gaps: [(start: Int64, end: Int64)] {
        zip(present, present.dropFirst()).filter { $1 - $0 > 1 }.map { ($0 + 1, $1) }
    }
}

extension TimeChart.Series {
    /// Adds to what the bin has already: the sum, or the highest where values cannot be added up.
    fileprivate mutating func add(_ value: Double?, at index: Int64, isSum: Bool) {
        guard let old = values[index] ?? nil, let value else {
            values[index] = .some(value ?? values[index] ?? nil)
            return
        }
        let sum = isSum ? old + value : max(old, value)
        let greatest = Double.greatestFiniteMagnitude
        values[index] = .some(min(max(sum, -greatest), greatest))
    }

    /// The highest value, the earliest of equal ones.
    var highest: (index: Int64, value: Double)? { extreme { $0 > $1 } }
    var lowest: (index: Int64, value: Double)? { extreme { $0 < $1 } }

    private func extreme(_ isBetter: (Double, Double) -> Bool) -> (index: Int64, value: Double)? {
        var best: (index: Int64, value: Double)?
        for (index, value) in values {
            guard let value else { continue }
            guard let old = best else {
                best = (index, value)
                continue
            }
            if isBetter(value, old.value) || value == old.value && index < old.index { best = (index, value) }
        }
        return best
    }
}

// MARK: drawing

extension TimeChart {
    /// Bins that get a line each; more are drawn as columns.
    package static let mostLines: Int64 = 60

    /// The lines of the chart, ready to print; `nil` for the way that suits the rows best.
    package func lines(_ kind: ChartKind?, on paper: ChartPaper) -> [String] {
        guard let range else {
            return [paper.paint(paper.shown(name), .title)]
                + wrapped("no rows with a time: nothing to draw", to: paper.width)
        }
        var lines = heading(range, paper)
        let isSmall = binCount <= TimeChart.mostLines
        switch kind {
        case nil where series.count == 1 && isSmall, .bar where isSmall: lines += barLines(range, paper)
        case .area where isStackable: lines += stackedLines(range, paper)
        case .line: lines += panels(range, paper, isLine: true)
        default: lines += panels(range, paper, isLine: false)
        }
        return lines
    }

    /// Several series of one sum without negative values can stand on each other.
    private var isStackable: Bool {
        isSum && series.count > 1 && series.allSatisfy { $0.numbers.allSatisfy { $0 >= 0 } }
    }

    /// What the chart shows, in words: the numbers, the bins, the gaps, the zone.
    private func heading(_ range: ClosedRange<Int64>, _ paper: ChartPaper) -> [String] {
        func time(_ index: Int64) -> String { paper.zone.text(bin.start(of: index), bin) }
        var facts: [String] = []
        let numbers = series.flatMap(\.numbers)
        if isSum, !numbers.isEmpty { facts.append("total \(numberText(numbers.reduce(0, +)))") }
        if numbers.isEmpty { facts.append("no values") }
        let title = paper.shown(name) + (facts.isEmpty ? "" : ": ") + facts.joined(separator: ", ")
        var lines = wrapped(title, to: paper.width).map { paper.paint($0, .title) }
        if series.count == 1, let only = series.first {
            lines += wrapped(extremes(of: only, paper).joined(separator: ", "), to: paper.width).filter { !$0.isEmpty }
        }
        var bins = "\(binsText(binCount)) of \(bin.text())"
        bins +=
            binCount == 1
            ? ": \(time(range.lowerBound))" : ", first \(time(range.lowerBound)), last \(time(range.upperBound))"
        lines += wrapped(bins, to: paper.width)
        lines += wrapped(gapText(paper), to: paper.width).filter { !$0.isEmpty }
        let end = bin.start(of: range.upperBound + 1)
        let zone = paper.zone.description(from: bin.start(of: range.lowerBound), to: end)
        lines += wrapped(zone, to: paper.width)
        if timelessRows > 0 { lines.append("\(counted(timelessRows, "row")) without a time left out") }
        if sharedRows > 0 {
            let how = isSum ? "added up" : "drawn as the highest"
            lines += wrapped(
                "\(counted(sharedRows, "row")) in a bin that another row has already: \(how)",
                to: paper.width
            )
        }
        return lines + [""]
    }

    private func binsText(_ count: Int64) -> String { "\(grouped(count)) \(count == 1 ? "bin" : "bins")" }

    func extremes(of series: Series, _ paper: ChartPaper) -> [String] {
        guard let highest = series.highest, let lowest = series.lowest else { return [] }
        func text(_ word: String, _ extreme: (index: Int64, value: Double)) -> String {
            "\(word) \(numberText(extreme.value)) at \(paper.zone.text(bin.start(of: extreme.index), bin))"
        }
        if series.numbers.count == 1 { return [] }
        if highest.value == lowest.value { return ["always \(numberText(highest.value))"] }
        return [text("highest", highest), text("lowest", lowest)]
    }

    private static let namedGaps = 3

    private func gapText(_ paper: ChartPaper) -> String {
        guard emptyCount > 0 else { return binCount > 1 ? "every bin has rows" : "" }
        let gaps = gaps
        let longest = gaps.sorted { ($1.end - $1.start, $0.start) < ($0.end - $0.start, $1.start) }
        let named = longest.prefix(TimeChart.namedGaps).sorted { $0.start < $1.start }.map { gap in
            let (start, end) = (bin.start(of: gap.start), bin.start(of: gap.end))
            return "from \(paper.zone.text(start, bin)) to \(paper.zone.text(end, bin))"
        }
        let more = gaps.count - named.count
        let text = "\(grouped(emptyCount)) of them \(emptyCount == 1 ? "is" : "are") empty (\(paper.gap)): "
        let which = more > 0 ? "of \(counted(gaps.count, "gap")) the longest are " : ""
        return text + which + named.joined(separator: ", ")
    }
}
