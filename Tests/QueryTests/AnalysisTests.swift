import Columns
import LogFormats
import Query
import RoadblockCore
import Testing

/// `diff`, `logcompare`, `anomaly`, `relevantfields` and `estimate`, with known answers.
struct AnalysisTests {
    private static let day: Int64 = 86_400_000
    private static let start: Int64 = 1_704_067_200_000

    private static func line(_ time: Int64, _ message: String) -> String {
        #"{"timestamp": \#(time), "message": "\#(message)"}"#
    }

    /// Two hours of messages, the second with more of one kind, none of another, and some of a third.
    private static let hours: [String] =
        (0..<60).map { line(start + $0 * 60_000, "read \($0)") }
        + (0..<10).map { line(start + $0 * 60_000, "old kind here") }
        + (60..<120).flatMap { [line(start + $0 * 60_000, "read \($0)"), line(start + $0 * 60_000 + 1, "read x 1")] }
        + (60..<65).map { line(start + $0 * 60_000, "Error of new kind") }

    private func log(_ lines: [String], workers: Int = 1, start: Int64? = nil, end: Int64? = nil) -> LogText {
        LogText(lines: lines, choice: .given(.json), workers: workers, start: start, end: end)
    }

    @Test
    func `two ranges that are given are compared`() throws {
        let range = (start: Self.start + 3_600_000, end: Self.start + 7_199_999)
        let expected = [
            "read x <Number-1> | 60 | 60 | new | INFO", "old kind here | 0 | -10 | gone | INFO",
            "Error of new kind | 5 | 5 | new | ERROR", "read <Number-1> | 60 | 0 | same | INFO",
        ]
        for query in [
            "fields message | pattern message | diff", "pattern message | logcompare timeshift 1h",
            "filter message like / / | pattern message | diff",
        ] {
            let log = log(Self.hours, start: range.start, end: range.end)
            #expect(try log.rows(query) == expected)
            let note = try log.result(query).notes.first
            let ranges = "2024-01-01 01:00:00.000 to 2024-01-01 01:59:59.999 with 2024-01-01 00:00:00.000 to"
            #expect(note?.contains(ranges) == true, "\(note ?? "")")
        }
    }

    @Test(arguments: [
        ("diff previousDay", 1.0), ("diff previousWeek", 7), ("diff previousMonth", 31), ("logcompare timeshift 2d", 2),
    ])
    func `a range is compared with the same one of another time`(_ row: (command: String, days: Double)) throws {
        let past = Self.start - Int64(row.days) * Self.day
        let lines =
            [
                Self.line(past - 1, "a 1"), Self.line(past, "a 2"), Self.line(past + 999, "a 3"),
                Self.line(past + 1000, "a 4"),
            ]
            + (0..<3).map { Self.line(Self.start + $0, "a \($0)") } + [Self.line(Self.start - 5000, "a 9")]
        let log = log(lines, start: Self.start, end: Self.start + 999)
        #expect(try log.rows("pattern message | \(row.command)") == ["a <Number-1> | 3 | 1 | 50% more | INFO"])
    }

    @Test
    func `without a range the newer half of the data is compared with the older one`() throws {
        let rows = try log(Self.hours).rows("pattern message | diff")
        #expect(rows.contains { $0.hasPrefix("old kind here | 0 | -10 | gone") })
        #expect(rows.contains { $0.hasPrefix("read x <Number-1> | ") && $0.contains(" | new | ") })
        let result = try log(Self.hours).result("pattern message | diff previousDay")
        #expect(result.notes.first?.contains("not that old") == true)
        #expect(try log([#"{"message": "a"}"#]).rows("pattern message | diff").isEmpty)
        let failure = #expect(throws: Failure.self) {
            try log(Self.hours).rows("pattern message | logcompare timeshift 1s")
        }
        #expect(failure?.suggestion?.contains("--start") == true)
    }

    @Test
    func `each message is in one of the halves`() throws {
        for count in [4, 5, 600] {
            let lines = (0..<count).map { Self.line(Self.start + Int64($0) * 1000, "kind \($0)") }
            let rows = try log(lines).rows("pattern message | diff")
            let numbers = rows[0].split(separator: " | ").compactMap { Int($0) }
            #expect(rows.count == 1 && 2 * numbers[0] - numbers[1] == count, "\(rows)")
        }
    }

    @Test
    func `the day before is found in the data`() throws {
        let lines = (0..<96).map { Self.line(Self.start + $0 * 1_800_000, $0 < 48 ? "early 1" : "late kind 1") }
        let rows = try log(lines).rows("pattern message | diff previousDay")
        #expect(rows.allSatisfy { $0.hasPrefix("late kind <Number-1> | 4") || $0.hasPrefix("early <Number-1> | ") })
        #expect(rows.count == 2)
    }

    /// A message a minute for two hours, and what else is said.
    private static func steady(_ more: [String]) -> [String] {
        (0..<128).flatMap { minute in
            (0..<5).map {
                line(
                    start + Int64(minute) * 60_000 + Int64($0),
                    "request \(minute) took \(20 + $0) ms status 200 by alice"
                )
            }
        } + more
    }

    @Test(
        arguments: [
            ([], []),
            (
                (0..<60).map { line(start + 90 * 60_000 + $0, "request \($0) took 21 ms status 200 by alice") },
                ["Pattern frequency"]
            ),
            ((0..<3).map { line(start + 126 * 60_000 + $0, "disk \($0) is full") }, ["New pattern"]),
            ([line(start + 90 * 60_000, "request 7 took 90000 ms status 200 by alice")], ["Numeric token"]),
            (
                (0..<6).map { line(start + 90 * 60_000 + $0, "request 7 took 21 ms status 503 by alice") },
                ["HTTP error code"]
            ),
            (
                (100..<109).map { line(start + $0 * 60_000, "request 7 took 21 ms status 200 by mallory") },
                ["Token variation"]
            ),
        ] as [([String], [String])]
    )
    func `finds the five kinds of anomalies`(_ row: (more: [String], kinds: [String])) throws {
        let query = "pattern message | anomaly | display @anomalyType"
        let lines = Self.steady(row.more)
        #expect(Set(try log(lines).rows(query)) == Set(row.kinds))
        for workers in [2, 4] {
            let everything = "pattern message | anomaly"
            #expect(try log(lines, workers: workers).rows(everything) == log(lines).rows(everything))
        }
    }

    @Test
    func `an anomaly keeps its pattern's columns and says how it was found`() throws {
        let burst = (0..<60).map { Self.line(Self.start + 90 * 60_000 + $0, "Error \($0)") }
        let result = try log(Self.steady(burst)).result("pattern message | anomaly | sort @priorityScore desc")
        #expect(
            result.columns == [
                "@pattern", "@ratio", "@sampleCount", "@severityLabel", "@anomalyType", "@priority", "@priorityScore",
                "@description",
            ]
        )
        let cells = result.rows[0].map { CellText(result.pool).shown($0) ?? "" }
        #expect(cells[0] == "Error <Number-1>" && cells[2] == "60" && cells[5] == "HIGH")
        #expect(result.notes.first?.contains("Iglewicz and Hoaglin 1993") == true)
        let short = try log([Self.line(0, "a")]).result("pattern message | anomaly")
        #expect(short.rows.isEmpty && short.notes.contains { $0.contains("at least 8") })
    }

    private static let actions = (0..<100).map { index in
        let isRejected = index % 4 == 0
        return #"{"action": "\#(isRejected ? "REJECT" : "ACCEPT")", "port": "\#(isRejected ? "p22" : "p443")", "#
            + #""bytes": \#(isRejected ? 40 : 1000 + index), "id": "x\#(index)", "same": 1}"#
    }

    @Test
    func `fields that tell rows apart are found`() throws {
        let query = "relevantfields where action = 'REJECT'"
        let expected = [
            "bytes | 1 |  | 40 | 1050", "port | 1 | p22: 100% instead of 0% |  | ", "id | 0 |  |  | ",
            "same | 0 |  | 1 | 1",
        ]
        #expect(try log(Self.actions).rows(query) == expected)
        #expect(try log(Self.actions, workers: 4).rows(query) == expected)
        #expect(try log(Self.actions).rows("relevantfields port, action where bytes < 500").count == 2)
        let none = try log(Self.actions).result("relevantfields port where bytes < 0")
        #expect(none.rows[0][1].number == 0 && none.notes.contains { $0.contains("holds for no row") })
    }

    @Test
    func `half of the difference is half of the score`() throws {
        // Of two values, one in all matching rows and in half of the others: 0.3113 bits (Lin 1991).
        let lines = (0..<400).map { #"{"m": \#($0 % 2), "v": "\#($0 % 2 == 1 || $0 % 4 == 0 ? "a" : "b")"}"# }
        #expect(try log(lines).rows("relevantfields v where m = 1") == ["v | 0.311 | a: 100% instead of 50% |  | "])
    }

    @Test
    func `many values of a field are bounded, in any order`() throws {
        let lines = (0..<12_000).map { #"{"n": \#($0), "t": "v\#($0)", "m": \#($0 >= 6000 ? 1 : 0)}"# }
        let query = "relevantfields n, t where m = 1"
        let rows = try log(lines).rows(query)
        #expect(try log(lines, workers: 4).rows(query) == rows)
        #expect(try log(lines.reversed()).rows(query) == rows)
        let cells = rows[0].split(separator: "|").map { Double($0.filter { $0 != " " }) ?? 0 }
        #expect(rows[0].hasPrefix("n | 0.9") && abs(cells[3] - 9000) < 180 && abs(cells[4] - 3000) < 60)
    }

    @Test(arguments: [
        ("fields a | estimate | limit 1", "malformed.order", "`estimate` is the last command"),
        ("sort a desc | pattern message", "malformed.order", "`pattern` may not follow `sort`"),
        ("fields a | anomaly", "malformed.order", "`anomaly` stands behind `pattern`"),
        ("pattern message | stats count(*) as n | anomaly", "malformed.order", "`anomaly` stands behind `pattern`"),
        ("diff | limit 1", "malformed.order", "`diff` is the last command"),
        ("stats count(*) as n by message | diff", "malformed.order", "`stats` leaves none"),
        ("pattern message | anomaly | logcompare timeshift 1d", "malformed.order", "`anomaly` leaves none"),
        ("pattern message | relevantfields where a = 1", "malformed.order", "`pattern` leaves none"),
        ("dedup a | pattern message", "malformed.order", "only `limit` may follow `dedup`"),
        ("diff yesterday", "malformed.syntax", "previousDay"), ("logcompare 1d", "malformed.syntax", "`timeshift`"),
        ("logcompare timeshift 1", "malformed.semantic", "no unit"), ("pattern", "malformed.syntax", "expected"),
        ("logcompare timeshift 1mo", "malformed.semantic", "whose length is fixed"),
        ("relevantfields a", "malformed.syntax", "`where`"), ("pattern count(a)", "malformed.semantic", "`stats` only"),
        ("pattern message as x", "malformed.syntax", "did not expect `as`"),
        ("estimate 5", "malformed.syntax", "did not expect `5`"),
        ("pattern message | fields nosuch", "malformed.semantic", "`pattern` left no column `nosuch`"),
        ("stats topk(1, n) by a", "malformed.semantic", "stands alone"),
        ("stats topk(1, n), count(*)", "malformed.semantic", "stands alone"),
        ("stats histogram(n, 0)", "malformed.semantic", "from 1 to 1000"),
        ("stats histogram(n, b)", "malformed.semantic", "written out"),
        ("stats rate(n)", "malformed.semantic", "2 arg"),
        ("stats rate(n, 1mo)", "malformed.semantic", "fixed"), ("fields sha1(n)", "malformed.semantic", "no function"),
        ("pattern lenght(message)", "malformed.semantic", "no function"),
    ])
    func `mistakes are pointed at`(_ row: (query: String, code: String, words: String)) {
        let failure = #expect(throws: Failure.self) { try log(Self.actions).rows(row.query) }
        #expect(failure?.code == row.code && failure?.place != nil)
        #expect(failure?.message.contains(row.words) == true, "\(failure?.message ?? "")")
    }

    @Test
    func `an estimate is no query`() throws {
        let plan = { (query: String) in try QueryPlan(QuerySyntax(parsing: query)) }
        #expect(try plan("fields a | estimate").isEstimate)
        #expect(try !plan("fields a").isEstimate)
        #expect(try plan("sort a desc | diff").explanation.contains("2. limit 10000 (nothing else is asked for)"))
    }

    @Test(arguments: [
        ("stats rate(n, 1m) as r", ["r: 4"]), ("stats rate(n, 30s) as r", ["r: 2"]),
        ("stats rate(n, 1h) as r", ["r: 240"]),
        ("filter n = 0 | stats rate(n, 1m) as r", [""]), ("stats rate(nosuch, 1m) as r", [""]),
        (
            "stats countOverTime(n) as c, sum_over_time(n) as s by bin(2m) as t | display c, s",
            ["c: 2, s: 4", "c: 1, s: 8"]
        ),
        ("stats count_over_time(n, 5m) as c", ["c: 3"]),
        ("stats histogram(n, 2) as h", [#"h: {"0..4":1,"4..8":2}"#]),
        ("stats histogram(n, 1) as h", [#"h: {"0..8":3}"#]), ("stats histogram(7, 3) as h", [#"h: {"7..7":3}"#]),
        ("stats histogram(nosuch, 3) as h", [""]),
        ("stats values(n) as v | unnest v into x | display x", ["x: 0", "x: 4", "x: 8"]),
        ("stats topk(2, if(n > 0, 'some', 'none')) as k", [#"k: ["some","none"]"#]),
        ("fields md5('') as a | limit 1 | display a", ["a: d41d8cd98f00b204e9800998ecf8427e"]),
        ("fields md5('message digest') as a | limit 1 | display a", ["a: f96b697d7cb7938d525a2f31aaf161d0"]),
        (
            "fields sha256('abc') as a | limit 1 | display a",
            ["a: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"]
        ),
        (
            "fields sha256(n) as a | filter n = 4 | display a",
            ["a: 4b227777d4dd1fc61c6f884f48641d02b4d121d3fd328cb08b5531fcacdabf8a"]
        ),
        ("fields md5(nosuch) as a | limit 1 | display a", [""]),
    ])
    func `time series and digests`(_ row: (query: String, rows: [String])) throws {
        let lines = (0..<3).map { #"{"timestamp": \#(Self.start + Int64($0) * 60_000), "n": \#($0 * 4)}"# }
        for workers in [1, 3] {
            let result = try log(lines, workers: workers).result(row.query)
            let values = CellText(result.pool)
            let found = result.rows.map { cells in
                zip(result.columns, cells).compactMap { name, cell in values.shown(cell).map { "\(name): \($0)" } }
                    .joined(separator: ", ")
            }
            #expect(found == row.rows)
        }
    }
}
