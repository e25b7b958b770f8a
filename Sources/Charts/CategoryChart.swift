/// One value for each of some groups, in their order.
package struct CategoryChart {
    package struct Row {
        /// Empty for the only row of values without groups.
        package var name: String
        /// `nil` where the row has no value.
        package var value: Double?

        package init(name: String, value: Double?) {
            self.name = name
            self.value = value.flatMap { $0.isFinite ? $0 : nil }
        }
    }

    let name: String
    let isSum: Bool
    let rows: [Row]

    /// Groups that are drawn on their own.
    package static let mostBars = 100

    package init(name: String, isSum: Bool, rows: [Row]) {
        self.name = name
        self.isSum = isSum
        self.rows = rows
    }

    /// True where values have shares: none is negative.
    package var hasShares: Bool { rows.allSatisfy { ($0.value ?? 0) >= 0 } }

    /// The lines of the chart, ready to print: bars with their values, and shares of the whole where they are wanted.
    package func lines(withShares: Bool, on paper: ChartPaper) -> [String] {
        if rows.count == 1, let only = rows.first, only.name.isEmpty {
            let text = only.value.map(numberText) ?? "no value"
            return wrapped("\(paper.shown(name)): \(text)", to: paper.width).map { paper.paint($0, .title) }
        }
        let values = rows.compactMap(\.value)
        let total = values.reduce(0, +)
        var facts: [String] = []
        if isSum || withShares, !values.isEmpty { facts.append("total \(numberText(total))") }
        facts.append(counted(rows.count, "group"))
        var lines = wrapped("\(paper.shown(name)): \(facts.joined(separator: ", "))", to: paper.width)
            .map { paper.paint($0, .title) }
        if withShares, !isSum {
            lines += wrapped("shares of values that are no parts of a whole: read them with care", to: paper.width)
        }
        if rows.isEmpty { return lines }
        lines.append("")
        let shown = self.shown
        let names = shown.map { paper.shown($0.row.name) }
        let nameWidth = min(names.map { columns(of: $0) }.max() ?? 0, paper.width * 2 / 5)
        let texts = shown.map { text($0.row.value, total, withShares) }
        let textWidth = texts.map(\.utf8.count).max() ?? 0
        let scale = BarScale(shown.compactMap(\.row.value), width: paper.width - nameWidth - textWidth - 3)
        for (index, entry) in shown.enumerated() {
            var line = paper.fitted(names[index], to: nameWidth) + "  "
            if let value = entry.row.value {
                line += scale.bar(value, paper, entry.isRest ? .faint : .series(0)) + texts[index]
            } else {
                line += paper.paint("no value", .faint)
            }
            lines.append(line)
        }
        return lines
    }

    private func text(_ value: Double?, _ total: Double, _ withShares: Bool) -> String {
        guard let value else { return "" }
        return withShares ? "\(percentText(value, of: total)) (\(numberText(value)))" : numberText(value)
    }

    /// The first rows, and the others as one: their sum, or the highest of them where they cannot be added up.
    private var shown: [(row: Row, isRest: Bool)] {
        guard rows.count > CategoryChart.mostBars + 1 else { return rows.map { ($0, false) } }
        let rest = rows[CategoryChart.mostBars...]
        let values = rest.compactMap(\.value)
        let name = (isSum ? "" : "highest of ") + counted(rest.count, "other")
        let value = values.isEmpty ? nil : isSum ? values.reduce(0, +) : values.max()
        return rows[..<CategoryChart.mostBars].map { ($0, false) } + [(Row(name: name, value: value), true)]
    }
}
