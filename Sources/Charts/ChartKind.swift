import RoadblockCore

/// How a chart is drawn.
package enum ChartKind: String, Sendable, CaseIterable {
    case line, area, bar, pie
}

/// What a chart is drawn on.
package struct ChartPaper: Sendable {
    /// Columns of the terminal.
    package var width: Int
    /// False where only ASCII can be shown.
    package var hasUnicode: Bool
    package var hasColor: Bool
    package var zone: ChartZone

    package init(width: Int, hasUnicode: Bool = true, hasColor: Bool = false, zone: ChartZone = .utc) {
        self.width = min(max(width, 40), 400)
        self.hasUnicode = hasUnicode
        self.hasColor = hasColor
        self.zone = zone
    }

    /// What a mark stands for, which decides its colour.
    enum Ink {
        case title, faint, series(Int)
    }

    /// The colours of series, one after the other: cyan, yellow, magenta, green, blue, red.
    private static let colors = [36, 33, 35, 32, 34, 31]

    func paint(_ text: String, _ ink: Ink) -> String {
        guard hasColor, !text.isEmpty else { return text }
        let code =
            switch ink {
            case .title: 1
            case .faint: 2
            case .series(let index): ChartPaper.colors[index % ChartPaper.colors.count]
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    /// The text in a colour, apart from what stands for missing rows.
    func paintAround(_ text: String, _ ink: Ink) -> String {
        guard hasColor, let mark = gap.first else { return text }
        var result = ""
        var rest = text[...]
        while let first = rest.first {
            let run = rest.prefix { ($0 == mark) == (first == mark) }
            result += paint(String(run), first == mark ? .faint : ink)
            rest = rest[run.endIndex...]
        }
        return result
    }

    /// A name that neither moves the cursor nor needs characters that cannot be shown.
    func shown(_ name: String) -> String {
        let text = name.visible
        guard !hasUnicode else { return text }
        return text.unicodeScalars.map { $0.isASCII ? String($0) : "\\u{\(String($0.value, radix: 16))}" }.joined()
    }

    func fitted(_ name: String, to width: Int) -> String {
        Charts.fitted(name, to: width, mark: hasUnicode ? "…" : "~")
    }

    // MARK: marks

    /// What fills the place of a bin without rows.
    var gap: String { hasUnicode ? "░" : "/" }

    /// The marks of stacked series, one after the other.
    var fills: [String] { hasUnicode ? ["█", "▓", "▒", "◆", "●", "+"] : ["#", "=", "o", "x", "*", "+"] }

    /// A bar from its left end, to an eighth of a column; the shortest one that is not nothing can still be seen.
    func bar(_ length: Double) -> String {
        guard hasUnicode else { return String(repeating: "#", count: max(length > 0 ? 1 : 0, Int(length + 0.5))) }
        let eighths = max(length > 0 ? 1 : 0, Int(length * 8 + 0.5))
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    }

    /// One cell of a column that stands on its lower edge, filled from 0 to 1.
    func cell(_ part: Double) -> String {
        guard hasUnicode else { return part >= 0.5 ? "#" : part > 0 ? "." : " " }
        let parts = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        return parts[min(8, max(part > 0 ? 1 : 0, Int(part * 8 + 0.5)))]
    }
}
