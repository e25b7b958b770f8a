extension TimeChart {
    /// A panel for each series, all on one scale: columns that are filled, or a line.
    func panels(_ range: ClosedRange<Int64>, _ paper: ChartPaper, isLine: Bool) -> [String] {
        let scale = PanelScale(series.flatMap(\.numbers), height: series.count == 1 ? 10 : series.count == 2 ? 6 : 4)
        let axis = ColumnAxis(range, width: paper.width - scale.labelWidth - 2)
        var lines: [String] = []
        for (place, one) in series.enumerated() {
            if series.count > 1 {
                var facts = isSum ? ["total \(numberText(one.numbers.reduce(0, +)))"] : []
                facts += extremes(of: one, paper)
                if place > 0 { lines.append("") }
                let text = paper.shown(one.name) + (facts.isEmpty ? "" : ": ") + facts.joined(separator: ", ")
                lines += wrapped(text, to: paper.width).map { paper.paint($0, .title) }
            }
            let columns = axis.columns(one)
            let isOnly = series.count == 1
            let body =
                isLine
                ? scale.lineRows(columns, cells: axis.cells, paper, hatched: isOnly)
                : scale.filledRows(columns, cells: axis.cells, paper, hatched: isOnly)
            for row in (0..<scale.height).reversed() {
                lines.append(scale.label(row, paper) + paper.paintAround(trimmed(body[row]), .series(place)))
            }
            lines.append(scale.foot(paper) + axis.base(columns, paper))
        }
        lines.append(scale.indent + axis.labels(self, paper))
        return lines + footnotes(series, axis, paper)
    }

    /// All series on each other in one panel; for sums without negative values.
    func stackedLines(_ range: ClosedRange<Int64>, _ paper: ChartPaper) -> [String] {
        var sums: [Int64: Double?] = [:]
        for (index, value) in series.flatMap(\.values) {
            sums[index] = .some((sums[index].flatMap(\.self) ?? 0) + (value ?? 0))
        }
        let whole = Series(name: "", values: sums)
        let scale = PanelScale(whole.numbers, height: 12)
        let axis = ColumnAxis(range, width: paper.width - scale.labelWidth - 2)
        let columns = axis.columns(whole)
        // A folded column shows its highest bin, all parts of it from that one bin.
        var shown: [Int: Int64] = [:]
        for (index, value) in sums where value == columns[axis.column(of: index)].value {
            shown[axis.column(of: index)] = min(index, shown[axis.column(of: index)] ?? .max)
        }
        var rows = Array(repeating: "", count: scale.height)
        for place in columns.indices {
            let values = series.map { one in shown[place].flatMap { one.values[$0] ?? nil } ?? 0 }
            for row in rows.indices {
                let level = (Double(row) + 0.5) * scale.step
                var sum = 0.0
                let owner = values.firstIndex { value in
                    sum += value
                    return sum >= level
                }
                let mark = owner.map { paper.paint(String(repeating: paper.fills[$0], count: axis.cells), .series($0)) }
                rows[row] += mark ?? String(repeating: " ", count: axis.cells)
            }
        }
        var lines = series.enumerated().map { place, one in
            let total = "total \(numberText(one.numbers.reduce(0, +)))"
            return "\(paper.paint(paper.fills[place], .series(place))) \(paper.shown(one.name)): \(total)"
        }
        lines.append("")
        for row in rows.indices.reversed() { lines.append(scale.label(row, paper) + trimmed(rows[row])) }
        lines.append(scale.foot(paper) + axis.base(columns, paper))
        lines.append(scale.indent + axis.labels(self, paper))
        return lines + footnotes([whole], axis, paper)
    }

    /// What columns and axes mean, where it is not plain to see.
    private func footnotes(_ series: [Series], _ axis: ColumnAxis, _ paper: ChartPaper) -> [String] {
        var notes: [String] = []
        if axis.fold > 1 {
            let isSigned = series.contains { $0.numbers.contains { $0 < 0 } }
            notes.append(
                "each column is \(grouped(axis.fold)) bins (\(bin.text(times: axis.fold))) and shows "
                    + (isSigned ? "the one that is farthest from zero" : "the highest of them")
            )
        }
        let marks = paper.hasUnicode ? ("─", "┄") : ("-", ".")
        if axis.fold > 1, series.contains(where: { $0.values.count < binCount }) {
            notes.append("the axis: \(marks.0) rows in each bin, \(marks.1) in some, \(paper.gap) in none")
        } else if series.contains(where: { $0.values.count < binCount }), series.count > 1 {
            notes.append("the axes: \(marks.0) rows, \(paper.gap) no rows")
        }
        return notes.isEmpty ? [] : [""] + notes.flatMap { wrapped($0, to: paper.width) }
    }

    private func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
