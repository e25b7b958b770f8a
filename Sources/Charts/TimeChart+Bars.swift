extension TimeChart {
    /// A line for each bin and series: when, how much as a bar, how much as a number.
    func barLines(_ range: ClosedRange<Int64>, _ paper: ChartPaper) -> [String] {
        let times = range.map { paper.zone.text(bin.start(of: $0), bin) }
        let timeWidth = times.map { columns(of: $0) }.max() ?? 0
        let names = series.count > 1 ? series.map { paper.shown($0.name) } : [""]
        let nameWidth = min(names.map { columns(of: $0) }.max() ?? 0, 24)
        let numbers = series.flatMap(\.numbers)
        let numberWidth = numbers.map { numberText($0).utf8.count }.max() ?? 0
        let label = timeWidth + 2 + (nameWidth > 0 ? nameWidth + 2 : 0)
        let scale = BarScale(numbers, width: paper.width - label - numberWidth - 1)
        var lines: [String] = []
        for (index, time) in zip(range, times) {
            let isEmpty = series.allSatisfy { $0.values[index] == nil }
            for (place, one) in series.enumerated() {
                if isEmpty, place > 0 { break }
                var line = Charts.fitted(place == 0 ? time : "", to: timeWidth, mark: "") + "  "
                if nameWidth > 0 {
                    line += paper.fitted(isEmpty ? "" : names[place], to: nameWidth) + "  "
                }
                switch one.values[index] {
                case nil: line += paper.paint(String(repeating: paper.gap, count: 8) + " no rows", .faint)
                case .some(nil): line += paper.paint("no value", .faint)
                case .some(.some(let value)): line += scale.bar(value, paper, .series(place)) + numberText(value)
                }
                lines.append(line)
            }
        }
        return lines
    }
}

/// How long the bars of some values are, with room to the left of zero where some are negative.
struct BarScale {
    private let left: Int
    private let unit: Double

    init(_ values: [Double], width: Int) {
        let width = max(width, 8)
        let (low, high) = BarScale.ends(values)
        // Halved, so that the distance of two huge values is no infinity.
        let span = high / 2 - low / 2
        guard span > 0 else {
            left = 0
            unit = 0
            return
        }
        let share = low / 2 / span * -1
        left = low < 0 ? min(width - 1, max(1, Int(share * Double(width) + 0.5))) : 0
        let room = low < 0 ? width - 1 : width
        unit = Double(room) / 2 / span
    }

    /// The lowest and the highest of some values and zero; what is too small to divide by counts as zero.
    static func ends(_ values: [Double]) -> (low: Double, high: Double) {
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        return (low < -1e-290 ? low : 0, high > 1e-290 ? high : 0)
    }

    /// The bar of a value and what follows it up to its number.
    func bar(_ value: Double, _ paper: ChartPaper, _ ink: ChartPaper.Ink) -> String {
        let length = abs(value) * unit
        if left == 0 { return paper.paint(value == 0 ? "" : paper.bar(length), ink) + (value == 0 ? "" : " ") }
        let zero = paper.hasUnicode ? "│" : "|"
        if value >= 0 {
            let bar = value == 0 ? "" : paper.bar(length)
            return String(repeating: " ", count: left) + zero + paper.paint(bar, ink) + " "
        }
        let cells = min(left, max(1, Int(length + 0.5)))
        let block = paper.hasUnicode ? "█" : "#"
        return String(repeating: " ", count: left - cells) + paper.paint(String(repeating: block, count: cells), ink)
            + zero + " "
    }
}
