/// How bins share the columns of a chart: each column stands for as many bins as must be, or several for one bin.
struct ColumnAxis {
    let range: ClosedRange<Int64>
    /// Bins of one column.
    let fold: Int64
    /// Columns of the terminal for each column of the chart.
    let cells: Int
    /// Columns of the chart.
    let count: Int

    private static let widest = 6

    init(_ range: ClosedRange<Int64>, width: Int) {
        self.range = range
        let bins = range.upperBound - range.lowerBound + 1
        fold = (bins + Int64(width) - 1) / Int64(width)
        count = Int((bins + fold - 1) / fold)
        cells = max(1, min(ColumnAxis.widest, width / count))
    }

    /// What the bins of one column have.
    struct Column {
        var bins: Int64 = 0
        /// Bins with rows.
        var filled: Int64 = 0
        /// The value farthest from zero.
        var value: Double?
    }

    /// The columns of a series.
    func columns(_ series: TimeChart.Series) -> [Column] {
        var columns = Array(repeating: Column(bins: fold), count: count)
        let bins = range.upperBound - range.lowerBound + 1
        columns[count - 1].bins = bins - fold * Int64(count - 1)
        for (index, value) in series.values {
            let place = column(of: index)
            columns[place].filled += 1
            guard let value else { continue }
            if let old = columns[place].value, abs(old) > abs(value) || abs(old) == abs(value) && old > value {
                continue
            }
            columns[place].value = value
        }
        return columns
    }

    func column(of index: Int64) -> Int { Int((index - range.lowerBound) / fold) }

    /// The line that the columns stand on: it shows where rows are.
    func base(_ columns: [Column], _ paper: ChartPaper) -> String {
        columns.map { column in
            let mark: String
            if column.filled == column.bins {
                mark = paper.hasUnicode ? "─" : "-"
            } else if column.filled > 0 {
                mark = paper.hasUnicode ? "┄" : "."
            } else {
                mark = paper.gap
            }
            return String(repeating: mark, count: cells)
        }.joined()
    }

    /// First, middle and last bin's time below the columns they belong to.
    func labels(_ chart: TimeChart, _ paper: ChartPaper) -> String {
        let width = count * cells
        let first = paper.zone.text(chart.bin.start(of: range.lowerBound), chart.bin)
        guard count > 1 else { return first }
        let last = paper.zone.text(chart.bin.start(of: range.upperBound), chart.bin)
        let size = Charts.columns(of: first)
        // Too narrow for two: side by side is still in order.
        guard width >= size * 2 + 2 else { return "\(first) ... \(last)" }
        let middle = count / 2
        var name = paper.zone.plainText(chart.bin.start(of: range.lowerBound + Int64(middle) * fold), chart.bin)
        // The year goes without saying where both ends have the same.
        if first.prefix(5) == last.prefix(5) { name.removeFirst(5) }
        let mark = (paper.hasUnicode ? "↑" : "^") + name
        let start = middle * cells
        let lastStart = width - Charts.columns(of: last)
        var line = first
        if start > size + 1, start + Charts.columns(of: mark) + 1 < lastStart {
            line += String(repeating: " ", count: start - size) + mark
        }
        return line + String(repeating: " ", count: lastStart - Charts.columns(of: line)) + last
    }
}
