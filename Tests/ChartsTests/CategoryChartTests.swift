import Testing

@testable import Charts

@Suite struct CategoryChartTests {
    private func lines(
        _ rows: [(String, Double?)],
        isSum: Bool = true,
        withShares: Bool = false,
        _ paper: ChartPaper = ChartPaper(width: 40)
    ) -> [String] {
        CategoryChart(name: "n", isSum: isSum, rows: rows.map { .init(name: $0, value: $1) })
            .lines(withShares: withShares, on: paper)
    }

    @Test func `bars keep the order of their rows`() {
        #expect(
            lines([("10.0.1.5", 10), ("漢字", 1234), ("tab\t", nil), ("none", 0)]) == [
                "n: total 1,244, 4 groups", "",
                "10.0.1.5  ▎ 10",
                "漢字      ████████████████████████ 1,234",
                "tab\\t     no value",
                "none      0",
            ]
        )
    }

    @Test func `shares are parts of the whole`() {
        #expect(
            lines([("a", 3), ("b", 1), ("c", 0.0001)], withShares: true).suffix(3) == [
                "a  ██████████████████████ 75.0% (3)", "b  ███████▍ 25.0% (1)", "c  ▏ <0.1% (0.0001)",
            ]
        )
        #expect(!CategoryChart(name: "n", isSum: true, rows: [.init(name: "a", value: -1)]).hasShares)
    }

    @Test(arguments: [(true, "3 others", "6"), (false, "highest of 3 others", "3")])
    func `groups behind the first hundred are one bar`(isSum: Bool, name: String, value: String) {
        let rows = (0..<100).map { ("g\($0)", Double?(100)) } + [("x", 1), ("y", 2), ("z", 3)]
        let drawn = lines(rows, isSum: isSum, ChartPaper(width: 60))
        #expect(drawn.count == 103)
        #expect(drawn.last?.hasPrefix(name) == true)
        #expect(drawn.last?.hasSuffix(" " + value) == true)
    }

    @Test func `a single value is a number`() {
        #expect(lines([("", 1_234_567.891)]) == ["n: 1,234,567.891"])
        #expect(lines([("", nil)]) == ["n: no value"])
        #expect(lines([("a", 5)]).count == 3)
    }

    @Test(
        arguments: [
            (0, "0"), (999_999, "999,999"), (1_234_567, "1.23 M"), (-2.5e12, "-2.5 T"), (12.345, "12.35"),
            (1e30, "1.0e30"), (0.00012, "1.2e-4"), (1234.56, "1,235"),
        ]
    )
    func `numbers on an axis are short`(number: Double, text: String) {
        #expect(axisText(number) == text)
    }

    @Test(
        arguments: [
            (0, "0"), (-1234567, "-1,234,567"), (0.5, "0.5"), (1e16, "1e+16"), (2.00004, "2"), (1e-9, "1e-09"),
            (930_000_000_000_000.5, "930,000,000,000,001"),
        ]
    )
    func `numbers keep four digits`(number: Double, text: String) {
        #expect(numberText(number) == text)
    }

    @Test func `a long name is cut to its column`() {
        #expect(fitted("abcdef", to: 4, mark: "…") == "abc…")
        #expect(fitted("漢字漢", to: 4, mark: "…") == "漢… ")
        #expect(fitted("ab", to: 4, mark: "…") == "ab  ")
        #expect(columns(of: "e\u{301}👍🏽") == 3)
    }
}
