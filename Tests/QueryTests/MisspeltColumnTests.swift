import Query
import RoadblockCore
import Testing

/// Filters behind the only `stats`, and names behind it that are nearly those of its columns.
struct MisspeltColumnTests {
    private static let moved = "names fields of events, so it acts before `stats`"

    private func notes(_ query: String, isOpen: Bool, isStrict: Bool = false) throws -> [String] {
        try explanation(query, isOpen: isOpen, isStrict: isStrict).notices.map(\.message)
    }

    private func explanation(_ query: String, isOpen: Bool, isStrict: Bool = false) throws -> QueryExplanation {
        var settings = QuerySettings(now: 0)
        settings.isStrict = isStrict
        let fields = TableFields(known: ["srcAddr", "action", "bytes"], isOpen: isOpen)
        return try QueryRun.explain(QueryPlan(QuerySyntax(parsing: query)), fields, settings)
    }

    @Test(
        arguments: [
            ("stats count(*) as cnt by srcAddr | filter cont > 500", "cont", "cnt"),
            ("stats count(*) by srcAddr | filter 5 < count", "count", "count(*)"),
            ("stats count(*) by queryName | filter queryType = 'AAAA'", "queryType", "queryName"),
        ],
        [false, true]
    )
    func `a filter on a misspelt column is told, and is no error of any table`(
        _ row: (query: String, name: String, meant: String),
        _ isStrict: Bool
    ) throws {
        let notes = try notes(row.query, isOpen: false, isStrict: isStrict)
        #expect(notes.contains("\(Self.moved), and no row has `\(row.name)`: did you mean `\(row.meant)`?"))
        let open = try self.notes(row.query, isOpen: true, isStrict: isStrict)
        #expect(open.contains("\(Self.moved): did you mean `\(row.meant)`?"))
        // Each is said once.
        for list in [notes, open] { #expect(list.count { $0.contains("did you mean `\(row.meant)`?") } == 1) }
    }

    @Test
    func `the case of a column counts in strict mode, and where rows have such a field`() throws {
        let query = "stats count(*) as cnt by srcAddr | filter Cnt > 500"
        let lenient = try explanation(query, isOpen: false)
        #expect(lenient.notices.map(\.message) == ["there is no `Cnt` here: read as `cnt`"])
        #expect(lenient.steps.prefix(2) == ["1. stats count(*) as cnt by srcAddr", "2. filter Cnt > 500"])
        let strict = try explanation(query, isOpen: false, isStrict: true)
        #expect(strict.notices.map(\.message) == ["\(Self.moved), and no row has `Cnt`: did you mean `cnt`?"])
        #expect(strict.steps.first == "1. filter Cnt > 500")
        #expect(try explanation(query, isOpen: true).steps.first == "1. stats count(*) as cnt by srcAddr")
        let known = "stats count(*) as Action by srcAddr | filter action > 500"
        #expect(try explanation(known, isOpen: true).steps.first == "1. filter action > 500")
        let sort = "stats count(*) as cnt by srcAddr | sort Cnt desc"
        #expect(try notes(sort, isOpen: false) == ["there is no `Cnt` here: read as `cnt`"])
        let note = "`Cnt` is no column of the `stats` before, so it orders nothing: did you mean `cnt`?"
        #expect(try notes(sort, isOpen: false, isStrict: true) == [note])
    }

    @Test(
        arguments: [
            "stats count(*) as n by srcAddr | filter action = 'REJECT'",
            "fields bytes * 2 as b | stats count(*) by srcAddr | filter b > 5",
            // An alias in another case is another name.
            "stats sum(bytes) as Bytes by srcAddr | filter bytes > 5",
            "stats count(*) as Action by srcAddr | filter action = 'REJECT'",
            // A key is the same before as behind.
            "stats count(*) as n by srcAddr | filter action = 'REJECT' and srcAddr = '10.0.0.1'",
            "stats count(*) as n by bin(5m) | filter bytes > 5 or bin(5m) > 0",
        ],
        [false, true]
    )
    func `a filter on fields of events acts before`(_ query: String, _ isStrict: Bool) throws {
        let explanation = try explanation(query, isOpen: false, isStrict: isStrict)
        #expect(explanation.notices.map(\.message) == [Self.moved])
        let steps = explanation.steps.map { $0.drop { $0 != " " }.prefix(7) }
        #expect(try #require(steps.firstIndex(of: " filter")) < #require(steps.firstIndex(of: " stats ")))
    }

    @Test(
        arguments: [
            "stats sum(bytes) as `total b` by srcAddr | filter `total b` > 5",
            "stats sum(bytes) as s by srcAddr as `the key` | filter `the key` = '10.0.0.1' and s > 5",
            "stats max(bytes) - min(bytes) by srcAddr | filter `max(bytes)-min(bytes)` > 5",
            "stats max(bytes)-min(bytes) by srcAddr | filter MAX( bytes ) - min(bytes) > 5 and srcAddr = '10.0.0.1'",
            "stats count(*) as n by srcAddr | fields n * 2 as `d o` | filter `d o` > 2",
            "stats count(*) as n by action | parse action '*J*' as p, q | filter p = 'RE'",
        ],
        [false, true]
    )
    func `a filter on columns acts behind`(_ query: String, _ isStrict: Bool) throws {
        let explanation = try explanation(query, isOpen: false, isStrict: isStrict)
        #expect(explanation.notices.isEmpty)
        let steps = explanation.steps.map { $0.drop { $0 != " " }.prefix(7) }
        #expect(try #require(steps.firstIndex(of: " filter")) > #require(steps.firstIndex(of: " stats ")))
    }

    @Test
    func `a filter that mixes aggregates with fields of events is an error`() {
        let failure = #expect(throws: Failure.self) {
            try self.notes("stats sum(bytes) as s by srcAddr | filter bytes > 5 and s > 3", isOpen: false)
        }
        #expect(failure?.message == "`stats` left no column `bytes`")
        #expect(failure?.suggestion == "the columns are `s`, `srcAddr`")
    }

    @Test(arguments: ["start", "startTime", "end", "endTime"])
    func `strict mode tells of the two names of a flow log's time`(_ name: String) throws {
        var settings = QuerySettings(now: 0)
        var fields = TableFields(known: ["start", "end", "startTime", "endTime"], isOpen: false)
        fields.kinds = ["start": .number, "end": .number]
        let plan = try QueryPlan(QuerySyntax(parsing: "fields \(name)"))
        #expect(try QueryRun.check(plan, fields, settings).isEmpty)
        settings.isStrict = true
        let notes = try QueryRun.check(plan, fields, settings).map(\.message)
        #expect(notes.count == 1)
        #expect(notes.first?.contains("has both `") == true)
        // Other logs may have both as fields of their own.
        fields.kinds = [:]
        #expect(try QueryRun.check(plan, fields, settings).isEmpty)
    }
}
