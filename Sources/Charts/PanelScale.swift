/// The value axis of a panel: rows of equal height from the lowest value, or zero, to the highest.
struct PanelScale {
    let height: Int
    /// What one row stands for.
    let step: Double
    /// Rows below zero.
    private let below: Int
    private let labels: [Int: String]
    private let bottom: String
    let labelWidth: Int

    init(_ values: [Double], height: Int) {
        self.height = height
        let (low, high) = BarScale.ends(values)
        if low < 0, high > 0 {
            // Zero is the edge of a row, and both ends fit.
            let share = -low / 2 / (high / 2 - low / 2)
            below = min(height - 1, max(1, Int(share * Double(height) + 0.5)))
            step = max(-low / Double(below), high / Double(height - below))
        } else {
            below = low < 0 ? height : 0
            step = max(high, -low) / Double(height)
        }
        var labels: [Int: String] = [:]
        // At the top, in the middle, and at zero.
        if step > 0 {
            labels[height - 1] = axisText(Double(height - below) * step)
            if below == 0, height % 2 == 0 { labels[height / 2 - 1] = axisText(Double(height / 2) * step) }
            if below > 0, below < height { labels[below - 1] = "0" }
        }
        bottom = below == 0 ? "0" : axisText(-Double(below) * step)
        self.labels = labels
        labelWidth = (Array(labels.values) + [bottom]).map(\.utf8.count).max() ?? 1
    }

    /// Below the columns: as wide as the labels and the axis.
    var indent: String { String(repeating: " ", count: labelWidth + 2) }

    /// What stands before a row: the value at its upper edge, and the axis.
    func label(_ row: Int, _ paper: ChartPaper) -> String {
        right(labels[row] ?? "") + (paper.hasUnicode ? (labels[row] == nil ? " │" : " ┤") : " |")
    }

    /// What stands before the line below the rows.
    func foot(_ paper: ChartPaper) -> String { right(bottom) + (paper.hasUnicode ? " └" : " +") }

    private func right(_ text: String) -> String { String(repeating: " ", count: labelWidth - text.utf8.count) + text }

    /// Rows from the lowest to the highest, columns filled from zero to their values.
    ///
    /// Columns without rows are hatched where the panel is the only one, else in the line below only.
    func filledRows(
        _ columns: [ColumnAxis.Column],
        cells: Int,
        _ paper: ChartPaper,
        hatched: Bool
    ) -> [String] {
        (0..<height).map { row in
            columns.map { column in
                let isGap = hatched && column.filled == 0
                return String(repeating: isGap ? paper.gap : mark(column, row, paper), count: cells)
            }
            .joined()
        }
    }

    private func mark(_ column: ColumnAxis.Column, _ row: Int, _ paper: ChartPaper) -> String {
        guard let value = column.value else { return " " }
        guard step > 0, value != 0 else { return row == min(below, height - 1) ? "_" : " " }
        let level = value / step
        if value > 0 { return row < below ? " " : paper.cell(min(1, max(0, level - Double(row - below)))) }
        // Nothing hangs from the upper edge: whole cells only.
        let depth = -level - Double(below - row - 1)
        return row < below && (depth >= 0.5 || row == below - 1) ? (paper.hasUnicode ? "█" : "#") : " "
    }

    /// Rows from the lowest to the highest, with a line through the values that breaks where there are none.
    func lineRows(_ columns: [ColumnAxis.Column], cells: Int, _ paper: ChartPaper, hatched: Bool) -> [String] {
        let perCell = paper.hasUnicode ? (x: 2, y: 4) : (x: 1, y: 1)
        let width = columns.count * cells
        let dotsHigh = height * perCell.y
        var dots = Array(repeating: Array(repeating: false, count: width * perCell.x), count: dotsHigh)
        var last: Int?
        for (place, column) in columns.enumerated() {
            let start = place * cells * perCell.x
            guard let value = column.value else {
                last = nil
                continue
            }
            let level = step > 0 ? value / step + Double(below) : 0
            let y = min(dotsHigh - 1, max(0, Int(level * Double(perCell.y))))
            for x in start..<start + cells * perCell.x { dots[y][x] = true }
            if let last { for step in min(last, y)...max(last, y) { dots[step][start] = true } }
            last = y
        }
        return (0..<height).map { row in
            (0..<width).map { x in
                if hatched, columns[x / cells].filled == 0 { return paper.gap }
                guard paper.hasUnicode else { return dots[row][x] ? "*" : " " }
                return braille { dots[row * 4 + 3 - $1][x * 2 + $0] }
            }
            .joined()
        }
    }

    /// The character with the dots that are set, by column and row from the upper left.
    private func braille(_ isSet: (Int, Int) -> Bool) -> String {
        let bits: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        var pattern: UInt32 = 0
        for x in 0..<2 {
            for y in 0..<4 where isSet(x, y) { pattern |= bits[x][y] }
        }
        guard pattern > 0 else { return " " }
        return Unicode.Scalar(0x2800 + pattern).map { String($0) } ?? " "
    }
}
