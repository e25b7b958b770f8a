import RoadblockCore
import Testing

@testable import Charts

/// Times of 2026 in New York: summer time from 8 March, 07:00 UTC, to 1 November, 06:00 UTC.
private let newYork = ChartZone(name: "America/New_York") { instant in
    let seconds = instant.nanoseconds / 1_000_000_000
    return (1_772_953_200..<1_793_512_800).contains(seconds)
        ? .init(seconds: -14_400, name: "EDT") : .init(seconds: -18_000, name: "EST")
}

private func milliseconds(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int = 0) -> Int64 {
    (Instant(year: 2026, month: month, day: day, hour: hour, minute: minute)?.nanoseconds ?? 0) / 1_000_000
}

private func hourly(_ start: Int64, _ values: [Double?], hours: [Int]? = nil, series: String = "") -> [TimeChart.Row] {
    values.enumerated().map { index, value in
        .init(time: start + Int64(hours?[index] ?? index) * 3_600_000, series: series, value: value)
    }
}

private func drawn(_ chart: TimeChart, _ kind: ChartKind? = nil, _ paper: ChartPaper) -> String {
    chart.lines(kind, on: paper).joined(separator: "\n")
}

@Suite struct TimeChartTests {
    @Test func `a scan shows its begin, its rest and its end in local time`() {
        let start = milliseconds(11, 24, 1)
        let rows = [0: 39.0, 1: 119, 2: 120, 6: 122, 7: 83].map { place, value in
            TimeChart.Row(time: start + Int64(place) * 1_800_000, value: value)
        }
        let chart = TimeChart(name: "sum(packets)", bin: .milliseconds(1_800_000), isSum: true, rows: rows)
        #expect(
            drawn(chart, nil, ChartPaper(width: 60, zone: newYork)) == """
                sum(packets): total 483
                highest 122 at 2026-11-23 23:00 EST, lowest 39 at 2026-11-23
                  20:00 EST
                8 bins of 30 min, first 2026-11-23 20:00 EST, last
                  2026-11-23 23:30 EST
                3 of them are empty (░): from 2026-11-23 21:30 EST to
                  2026-11-23 23:00 EST
                bins are cut in UTC; times in America/New_York: EST
                  (UTC-05:00)

                2026-11-23 20:00 EST  ██████████▉ 39
                2026-11-23 20:30 EST  █████████████████████████████████▏ 119
                2026-11-23 21:00 EST  █████████████████████████████████▌ 120
                2026-11-23 21:30 EST  ░░░░░░░░ no rows
                2026-11-23 22:00 EST  ░░░░░░░░ no rows
                2026-11-23 22:30 EST  ░░░░░░░░ no rows
                2026-11-23 23:00 EST  ██████████████████████████████████ 122
                2026-11-23 23:30 EST  ███████████████████████▏ 83
                """
        )
    }

    @Test(
        arguments: [
            (
                milliseconds(11, 1, 4),
                ["2026-11-01 00:00 EDT", "2026-11-01 01:00 EDT", "2026-11-01 01:00 EST", "2026-11-01 02:00 EST"],
                "times in America/New_York: EDT (UTC-04:00), then EST (UTC-05:00) from 2026-11-01 01:00 on"
            ),
            (
                milliseconds(3, 8, 5),
                ["2026-03-08 00:00 EST", "2026-03-08 01:00 EST", "2026-03-08 03:00 EDT", "2026-03-08 04:00 EDT"],
                "times in America/New_York: EST (UTC-05:00), then EDT (UTC-04:00) from 2026-03-08 03:00 on"
            ),
        ]
    )
    func `local times are right on both sides of a change`(start: Int64, times: [String], words: String) {
        let chart = TimeChart(
            name: "n",
            bin: .milliseconds(3_600_000),
            isSum: true,
            rows: hourly(start, [1, 2, 3, 4])
        )
        let lines = chart.lines(nil, on: ChartPaper(width: 200, zone: newYork))
        #expect(lines.suffix(4).map { String($0.prefix(20)) } == times)
        #expect(lines.contains { $0.hasSuffix(words) })
    }

    @Test func `a whole year names both changes`() {
        let words = newYork.description(from: milliseconds(1, 1, 0), to: milliseconds(12, 31, 0))
        #expect(words.hasSuffix("from 2026-03-08 03:00 on, then EST (UTC-05:00) from 2026-11-01 01:00 on"))
    }

    @Test func `zero, no value and no rows look different`() {
        let rows = hourly(0, [0, nil, 2], hours: [0, 1, 3])
        let chart = TimeChart(name: "avg(x)", bin: .milliseconds(3_600_000), isSum: false, rows: rows)
        let bars = chart.lines(nil, on: ChartPaper(width: 60)).suffix(4)
        #expect(bars.map { String($0.dropFirst(22).prefix(16)) }.dropLast() == ["0", "no value", "░░░░░░░░ no rows"])
        #expect(
            chart.lines(.area, on: ChartPaper(width: 60)).suffix(12) == [
                "2 ┤            ░░░░░░██████", "  │            ░░░░░░██████", "  │            ░░░░░░██████",
                "  │            ░░░░░░██████", "  │            ░░░░░░██████", "1 ┤            ░░░░░░██████",
                "  │            ░░░░░░██████", "  │            ░░░░░░██████", "  │            ░░░░░░██████",
                "  │______      ░░░░░░██████", "0 └────────────░░░░░░──────",
                "   1970-01-01 00:00 UTC ... 1970-01-01 03:00 UTC",
            ]
        )
    }

    @Test func `a line breaks at a gap`() {
        let rows = hourly(0, [4, 4, 1], hours: [0, 1, 3])
        let chart = TimeChart(name: "n", bin: .milliseconds(3_600_000), isSum: true, rows: rows)
        let lines = chart.lines(.line, on: ChartPaper(width: 60, hasUnicode: false)).suffix(12)
        #expect(lines.first == "4 |************//////")
        #expect(lines.contains("  |            //////******"))
        #expect(lines.dropLast().last == "0 +------------//////------")
    }

    @Test func `folded columns keep the peak and show where bins are empty`() {
        // 300 hours: all of the first 200 but one have rows, then nothing up to the last.
        let hours = Array(0..<70) + Array(71..<200) + [299]
        let rows = hourly(0, hours.map { $0 == 133 ? 50 : 1 }, hours: hours)
        let chart = TimeChart(name: "n", bin: .milliseconds(3_600_000), isSum: true, rows: rows)
        let lines = chart.lines(nil, on: ChartPaper(width: 80))
        #expect(lines.contains("each column is 4 bins (4 h) and shows the highest of them"))
        #expect(lines.contains("the axis: ─ rows in each bin, ┄ in some, ░ in none"))
        #expect(lines.contains { $0.hasPrefix("100 of them are empty (░): from 1970-01-03 22:00 UTC") })
        let peak = lines.first { $0.hasPrefix("50 ┤") }?.dropFirst(4) ?? ""
        #expect(peak.prefix { $0 == " " }.count == 33)
        let base = lines.first { $0.hasPrefix(" 0 └") } ?? ""
        let gaps = String(repeating: "░", count: 24)
        #expect(
            base == " 0 └" + String(repeating: "─", count: 17) + "┄" + String(repeating: "─", count: 32) + gaps + "┄"
        )
    }

    @Test func `five series are drawn, the others as their sum`() throws {
        let rows = (1...8).flatMap { weight in
            hourly(0, [Double(weight), Double(weight * 10)], series: "s\(weight)")
        }
        let chart = TimeChart(name: "n", bin: .milliseconds(3_600_000), isSum: true, rows: rows)
        #expect(chart.series.map(\.name) == ["s8", "s7", "s6", "s5", "s4", "3 others"])
        let rest = try #require(chart.series.last)
        #expect(rest.values == [0: 6, 1: 60])
        #expect(chart.series.flatMap(\.numbers).reduce(0, +) == rows.compactMap(\.value).reduce(0, +))
        let peaks = TimeChart(name: "n", bin: .milliseconds(3_600_000), isSum: false, rows: rows)
        #expect(peaks.series.last?.name == "highest of 3 others")
        #expect(peaks.series.last?.values == [0: 3, 1: 30])
    }

    @Test func `areas stand on each other`() {
        let rows = hourly(0, [6, 6, 6], series: "a") + hourly(0, [3, 6], series: "b")
        let chart = TimeChart(name: "n", bin: .milliseconds(3_600_000), isSum: true, rows: rows)
        let lines = chart.lines(.area, on: ChartPaper(width: 60))
        #expect(lines.contains("█ a: total 18"))
        #expect(lines.contains("▓ b: total 9"))
        #expect(lines.contains("12 ┤      ▓▓▓▓▓▓"))
        #expect(lines.contains(" 6 ┤██████████████████"))
    }

    @Test func `bins of months follow the calendar`() {
        let rows = [milliseconds(1, 31, 0), milliseconds(4, 1, 0)].map { TimeChart.Row(time: $0, value: 1) }
        let chart = TimeChart(name: "n", bin: .months(1), isSum: true, rows: rows)
        #expect(
            chart.lines(nil, on: ChartPaper(width: 40)).suffix(4).map { String($0.prefix(14)) }
                == ["2026-01-01 UTC", "2026-02-01 UTC", "2026-03-01 UTC", "2026-04-01 UTC"]
        )
    }

    @Test(
        arguments: [
            ([0, 59], BinLength.milliseconds(2), 30), ([0, 86_399_999], .milliseconds(1_800_000), 48),
            ([5, 5], .milliseconds(1), 1), ([0, 9_000_000_000_000], .months(120), 29),
        ] as [([Int64], BinLength, Int)]
    )
    func `rows are counted in usual bins`(times: [Int64], bin: BinLength, bins: Int) {
        let chart = TimeChart(counting: times, intoAtMost: 48, timelessRows: 0)
        #expect(chart.bin == bin)
        #expect(chart.binCount == Int64(bins))
        #expect(chart.series.flatMap(\.numbers).reduce(0, +) == 2)
        #expect(chart.sharedRows == 0)
    }

    /// Values at the ends of what there is.
    private static let extremes: [[Double?]] = [
        [], [nil], [0], [0, 0], [-1], [-3, 5], [1e308, -1e308], [1.7e308, 1.7e308],
        [.leastNonzeroMagnitude, -.leastNonzeroMagnitude], [.infinity, 1],
        [.nan], [930_000_000_000_000.5, 1], [0.0001, 1e-9, 3], [123_456_789, 7],
    ]

    @Test(arguments: extremes, [nil, .line, .area, .bar] as [ChartKind?])
    func `no values and no kind break the frame`(values: [Double?], kind: ChartKind?) {
        let times: [Int64] = [-9_100_000_000_000, 0, 3_600_000, 9_100_000_000_000, .max, .min]
        for bin in [
            BinLength.milliseconds(1), .milliseconds(3_600_000), .milliseconds(60_480_000_000_000), .months(1),
            .months(1_200_000),
        ] {
            for shared in [false, true] {
                let rows = times.flatMap { time in
                    values.enumerated().map { index, value in
                        TimeChart.Row(time: time, series: shared ? "" : "\u{1B}[2J漢字 \(index)", value: value)
                    }
                }
                for hasUnicode in [false, true] {
                    let chart = TimeChart(name: "n\u{7}", bin: bin, isSum: shared, rows: rows)
                    for line in chart.lines(kind, on: ChartPaper(width: 90, hasUnicode: hasUnicode)) {
                        #expect(columns(of: line) <= 90, "\(line)")
                        #expect(!line.utf8.contains { $0 < 32 })
                        #expect(hasUnicode || line.utf8.allSatisfy { $0 < 128 })
                    }
                }
            }
        }
    }

    @Test func `colour is only around marks and titles`() {
        let chart = TimeChart(
            name: "n",
            bin: .milliseconds(3_600_000),
            isSum: true,
            rows: hourly(0, [1, 2], hours: [0, 2])
        )
        for kind in [nil, .line, .area] as [ChartKind?] {
            let plain = drawn(chart, kind, ChartPaper(width: 80))
            let colored = drawn(chart, kind, ChartPaper(width: 80, hasColor: true))
            #expect(!plain.contains("\u{1B}"))
            let parts = colored.split(separator: "\u{1B}", omittingEmptySubsequences: false)
            #expect(parts.count > 3)
            #expect(parts.dropFirst().allSatisfy { $0.hasPrefix("[") })
            #expect(([parts[0]] + parts.dropFirst().map { $0.drop { $0 != "m" }.dropFirst() }).joined() == plain)
        }
    }
}
