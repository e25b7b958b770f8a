import LogFormats
import Query
import RoadblockCore
import Testing

/// Values at the ends of what numbers, texts and lists can be.
struct ExtremeValueTests {
    private static func log(_ value: String) -> LogText {
        LogText(lines: ["{\"t\":\(value)}"], choice: .given(.json))
    }

    private static let times = [
        "9223372036854775000", "-9223372036854775808", "9223372036854774784", "1e30", "-1e300", "140737488355328",
        "-140737488355329",
    ]

    @Test(arguments: times)
    func `times that no cell can hold have no period`(value: String) throws {
        for period in ["5m", "7d", "1mo", "3q", "10y", "1ms"] {
            let calls =
                "fields dateceil(t, \(period)) as a, datefloor(t, \(period)) as b, dateceil(\(value), \(period)) as c"
            #expect(try Self.log(value).rows(calls) == [" |  | "], "\(period)")
        }
    }

    @Test
    func `the ends of what a cell can hold are rounded, or nothing`() throws {
        for value in ["140737488355327", "-140737488355328"] {
            for period in ["5m", "7d", "1mo", "10y"] {
                let rows = try Self.log(value).rows("fields dateceil(t, \(period)) as a, datefloor(t, \(period)) as b")
                #expect(rows.count == 1)
            }
        }
        #expect(try Self.log("140737488355327").rows("fields datefloor(t, 1ms) as a") == ["6429-10-17 02:45:55.327"])
    }

    @Test
    func `a range as long as no number is nothing`() throws {
        var log = LogText(lines: [#"{"timestamp":1704067200000}"#], choice: .given(.json))
        log.start = -2_208_988_800_000
        log.end = .max
        #expect(try log.rows("fields queryTimeRange() as r, queryEndTime() > 9e18 as e") == [" | 1"])
    }

    private static let texts: [(call: String, expected: String)] = [
        (#"regexReplace(t, /\s*/, "")"#, "naïvecafé"), ("regexReplace(t, /[aeiou]*/, \"\")", "nïv  cfé"),
        (#"regexReplace(t, /\b/, "|")"#, "|na|ï|ve|  |caf|é"),
        ("regexReplace(t, /x*/, \"-\")", "-n-a-ï-v-e- - -c-a-f-é-"),
        ("regexReplace(t, /é*$/, \"e\")", "naïve  cafee"),
    ]

    @Test(arguments: texts)
    func `a match of nothing goes on at the next character`(_ row: (call: String, expected: String)) throws {
        // More rows than a regular expression may be given up in.
        let log = LogText(lines: Array(repeating: #"{"t":"naïve  café"}"#, count: 150), choice: .given(.json))
        let result = try log.result("fields \(row.call) as r")
        #expect(!result.hitRegexLimit)
        #expect(Set(try log.rows("fields \(row.call) as r")) == [row.expected])
    }

    @Test
    func `several matches of nothing are rows each`() throws {
        let log = LogText(lines: Array(repeating: "éxxü", count: 120))
        let result = try log.result("parse @message /(?<a>x*)/ multi | stats count(*) as n by a")
        #expect(!result.hitRegexLimit)
        #expect(try log.rows("parse @message /(?<a>x*)/ multi | stats count(*) as n by a") == [" | 360", "xx | 120"])
    }

    @Test(arguments: [
        "5", "5.0", "\"5\"", "\"05\"", "\"x\"", "\"10.0.0.1\"", "7", "null", "\"\"", "true", "[5]", "\"5 \"", "-0",
    ])
    func `a long list finds what a short one does`(value: String) throws {
        let items = ["5", "\"x\"", "\"10.0.0.1\"", "\"007\"", "-3", "1.5", "0", "true"]
        let more = items + (100..<400).map { "\($0), \"y\($0)\"" }
        for word in ["in", "not in"] {
            let short = try Self.log(value).rows("fields t \(word) [\(items.joined(separator: ", "))] as r")
            #expect(try Self.log(value).rows("fields t \(word) [\(more.joined(separator: ", "))] as r") == short)
        }
    }

    private static let rounded: [(query: String, notices: Int, notes: Int)] = [
        ("filter id = 1234567890123456789 | fields @message", 1, 0), ("stats count(*) by id", 0, 0),
        ("filter id = 9007199254740993 | fields id", 1, 0), ("fields 9007199254740992 + 1 as x", 0, 1),
        ("filter id = 9007199254740992 | fields id", 0, 0), ("fields id + 1e300 as x", 0, 0),
        ("fields id + 1 as x", 0, 1),
        ("filter id in [1, 12345678901234567890] | fields @message", 1, 0), ("filter id > 1152921504606846976", 0, 0),
    ]

    @Test(arguments: rounded)
    func `whole numbers that lose digits are told`(_ row: (query: String, notices: Int, notes: Int)) throws {
        let lines = (788...790).map { "{\"id\":1234567890123456\($0)}" }
        let result = try LogText(lines: lines, choice: .given(.json)).result(row.query)
        let plan = try QueryPlan(QuerySyntax(parsing: row.query))
        let notices = try QueryRun.check(plan, TableFields(known: ["id"], isOpen: true), QuerySettings(now: 0))
        #expect(notices.filter { $0.message.contains("2^53") }.count == row.notices)
        #expect(result.notes.filter { $0.contains("2^53") }.count == row.notes)
    }
}
