import TestSupport
import LogFormats
import Patterns
import Query
import RoadblockCore
import Testing

/// Queries over small logs in which values stand in unusual places.
struct LogQueryTests {
    /// The rows of a query, tab-separated.
    private func rows(_ query: String, _ text: String, columns: String) throws -> [String] {
        let layout = try FlowLogLayout(format: columns)
        let asked = AskedText(text: text, choice: .given(.flowLog(layout)), isOpen: false)
        return try asked.rows(query, separator: "\t")
    }

    @Test(
        "GetQueryResults points at the events of rows that are some",
        arguments: [
            ("filter a > 0", ["@timestamp", "@message", "@ptr"], true), ("fields a", ["a", "@ptr"], true),
            ("fields @ptr, a", ["@ptr", "a"], true), ("display a | sort a desc | limit 2", ["a", "@ptr"], true),
            ("parse @message '*' as x | dedup x", ["x", "@ptr"], true),
            ("stats count(*) by a", ["a", "count(*)"], false),
            ("stats max(a) by b | fields 1 as x", ["b", "max(a)", "x"], false),
            ("pattern @message", ["@pattern", "@ratio", "@sampleCount", "@severityLabel"], false),
            ("filter a in (fields a | display a) | fields a", ["a", "@ptr"], true),
        ]
    )
    func pointers(_ query: String, _ columns: [String], _ isPointed: Bool) throws {
        let text = Array("{\"a\":1,\"b\":1}\n{\"a\":2,\"b\":1}\n".utf8)
        @Sendable func source() throws -> RowSource {
            let table = LogTable([LogInput(name: "test") { MemorySource(text) }])
            return RowSource(TableFields(known: try table.describe().fields, isOpen: true), table, isSequential: false)
        }
        var settings = QuerySettings(now: 0)
        settings.pointsAtEvents = true
        settings.sources = QuerySources([]) { _ throws(Failure) in
            do { return try source() } catch { throw Failure(.badInput, "\(error)") }
        }
        let rows = try source()
        let plan = try QueryPlan(QuerySyntax(parsing: query))
        let result = try QueryRun.run(plan, rows.fields, rows.table, settings)
        #expect(result.columns == columns)
        let place = result.columns.firstIndex(of: "@ptr")
        #expect((place != nil) == isPointed)
        if let place {
            let values = CellText(result.pool)
            #expect(Set(result.rows.map { values.text($0[place]) }).count == 2)
        }
    }

    @Test(
        "says which condition left no row",
        arguments: [
            ("filter a = 5", "no row meets this condition", "a = 5"),
            (
                "filter a = 1 and b = 2 | stats count(*)", "1 row meets the conditions before, and none this one",
                "b = 2"
            ),
            (
                "filter b = 1 | filter a like 'x' | filter a = 1",
                "2 rows meet the conditions before, and none this one", "a like 'x'"
            ),
            ("filter a = 1 | fields a | limit 1", nil, ""), ("fields a", nil, ""), ("filter a > 0", nil, ""),
        ] as [(String, String?, String)]
    )
    func emptyResults(_ query: String, _ message: String?, _ part: String) throws {
        let text = Array("{\"a\":1,\"b\":1}\n{\"a\":2,\"b\":1}\n".utf8)
        let table = LogTable([LogInput(name: "test") { MemorySource(text) }])
        let fields = TableFields(known: try table.describe().fields, isOpen: true)
        let result = try QueryRun.run(QueryPlan(QuerySyntax(parsing: query)), fields, table, QuerySettings(now: 0))
        #expect(result.notices.first?.message == message)
        if let span = result.notices.first?.span {
            #expect(String(decoding: Array(query.utf8)[span.start..<span.end], as: UTF8.self) == part)
        }
    }

    @Test(arguments: ["1.2.3.4", "10.0.0.9", "10.0.0.100", "192.168.100.100", "010.0.0.1", "REJECT", "longer-than-8"])
    func `a word equals its literal, whatever it looks like`(_ word: String) throws {
        let text = "\(word) 1 2\nother 1 2\n\(word) 3 4\n"
        let query = "filter action = \"\(word)\" | stats count(*) by action"
        #expect(try rows(query, text, columns: "${action} ${start} ${end}") == ["\(word)\t2"])
    }

    @Test(arguments: [
        (#"\D"#, "é"), (#"\W"#, "é"), (#"^\D\D$"#, "éé"), (#"x\W+y"#, "x€€y"), (#"[^a]z"#, "éz"), (#"\S{3}"#, "aéb"),
    ])
    func `classes of characters match those of several bytes`(_ row: (pattern: String, subject: String)) throws {
        let expression = try RegularExpression(Array(row.pattern.utf8), in: .text)
        let isFound = expression.matches(Array(row.subject.utf8).span)
        #expect(isFound)
        // Also where the subject is not UTF-8 elsewhere.
        let bytes = Array(row.subject.utf8) + [10, 0xFF, 10]
        let lenient = try RegularExpression(Array(("(?m)" + row.pattern).utf8), in: .text)
        let isFoundAmongOthers = lenient.matches(bytes.span)
        #expect(isFoundAmongOthers)
    }

    @Test
    func `a hyphen among what is ranked is told`() throws {
        let columns = "${srcaddr} ${bytes} ${start} ${end} ${log-status}"
        let text = "10.0.0.1 5 1 2 OK\n- - 1 2 NODATA\n10.0.0.2 7 1 2 OK\n"
        #expect(try rows("fields bytes | sort bytes asc", text, columns: columns).first == "-")
        let plan = { (query: String) in try QueryPlan(QuerySyntax(parsing: query)) }
        #expect(try plan("fields a | sort a desc").ranks && plan("stats max(a) by b").ranks)
        #expect(try !plan("stats count(*) by a").ranks && !plan("filter a = 1").ranks)
    }

    @Test(arguments: [
        ("stats count(*) by srcaddr | stats count(*)", ["2"]), ("stats sum(bytes) by srcaddr | stats count(*)", ["2"]),
        ("stats count(*) by srcaddr | stats max(count(*))", ["2"]),
        ("stats count(*) as n by srcaddr | stats sum(n), count(*)", ["3\t2"]),
    ])
    func `a later stats counts the rows of the one before`(_ row: (query: String, wanted: [String])) throws {
        let text = "10.0.0.1 5 1 2\n10.0.0.2 6 1 2\n10.0.0.1 7 1 2\n"
        #expect(try rows(row.query, text, columns: "${srcaddr} ${bytes} ${start} ${end}") == row.wanted)
    }

    @Test
    func `a filter behind stats that names a column in another case stays there`() throws {
        let columns = "${srcaddr} ${bytes} ${start} ${end}"
        let text = "10.0.0.1 5 1 2\n10.0.0.2 6 1 2\n10.0.0.1 7 1 2\n"
        #expect(
            try rows("stats count(*) as many by srcaddr | filter Many > 1", text, columns: columns) == ["10.0.0.1\t2"]
        )
        // Any other name is a field of events.
        #expect(try rows("stats count(*) as many by srcaddr | filter mny > 1", text, columns: columns).isEmpty)
        #expect(try rows("stats count(*) as many by srcaddr | filter bytes > 5", text, columns: columns).count == 2)
    }

    @Test(arguments: [
        "stats bytes - min(bytes)", "stats (start) - min(bytes) - end", "stats count(*) + strlen(srcaddr) by bytes",
        "stats count(*) as n by srcaddr, bytes + 1 | stats (bytes + 1) * count(*)",
    ])
    func `a field beside aggregates is an error`(_ query: String) {
        let failure = #expect(throws: Failure.self) {
            try rows(query, "10.0.0.1 5 1 2\n", columns: "${srcaddr} ${bytes} ${start} ${end}")
        }
        #expect(failure?.code == "malformed.semantic")
        #expect(failure?.message.contains("stands in no aggregate") == true, "\(failure?.message ?? "")")
    }

    @Test
    func `a key beside aggregates is the group's`() throws {
        let text = "10.0.0.1 5 1 2\n10.0.0.2 5 1 2\n10.0.0.1 7 1 2\n"
        let query = "stats bytes * 100 + count(*) as x, x + 1 as y by bytes | sort x asc"
        #expect(
            try rows(query, text, columns: "${srcaddr} ${bytes} ${start} ${end}") == ["5\t502\t503", "7\t701\t702"]
        )
    }
}
