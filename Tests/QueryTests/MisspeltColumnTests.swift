import Query
import RoadblockCore
import Testing

/// Names behind the only `stats` that are nearly those of its columns.
struct MisspeltColumnTests {
    private func notes(_ query: String, isOpen: Bool, isStrict: Bool = false) throws -> [String] {
        var settings = QuerySettings(now: 0)
        settings.isStrict = isStrict
        let fields = TableFields(known: ["srcAddr", "action", "bytes"], isOpen: isOpen)
        return try QueryRun.check(QueryPlan(QuerySyntax(parsing: query)), fields, settings).map(\.message)
    }

    @Test(arguments: [
        ("stats count(*) as cnt by srcAddr | filter cont > 500", "cont", "did you mean `cnt`?"),
        ("stats count(*) by srcAddr | filter 5 < count", "count", "did you mean `count(*)`?"),
    ])
    func `a filter on a misspelt column is an error where no row can have the field`(
        _ query: String,
        _ name: String,
        _ suggestion: String
    ) throws {
        let failure = #expect(throws: Failure.self) { try self.notes(query, isOpen: false) }
        #expect(failure?.suggestion == suggestion)
        let bytes = Array(query.utf8)
        let place = try #require(failure?.place)
        #expect(String(decoding: bytes[place.span.start..<place.span.end], as: UTF8.self) == name)
        // Where some row may have it, it is said.
        let notes = try notes(query, isOpen: true)
        #expect(notes.contains("names fields of events, so it acts before `stats`: \(suggestion)"))
    }

    @Test
    func `the case of a column counts in strict mode alone`() throws {
        let query = "stats count(*) as cnt by srcAddr | filter Cnt > 500"
        #expect(try notes(query, isOpen: false) == ["there is no `Cnt` here: read as `cnt`"])
        let failure = #expect(throws: Failure.self) { try self.notes(query, isOpen: false, isStrict: true) }
        #expect(failure?.suggestion == "did you mean `cnt`?")
        let sort = "stats count(*) as cnt by srcAddr | sort Cnt desc"
        #expect(try notes(sort, isOpen: false) == ["there is no `Cnt` here: read as `cnt`"])
        let note = "`Cnt` is no column of the `stats` before, so it orders nothing: did you mean `cnt`?"
        #expect(try notes(sort, isOpen: false, isStrict: true) == [note])
    }

    @Test(arguments: [
        "stats count(*) as n by srcAddr | filter action = 'REJECT'",
        "fields bytes * 2 as b | stats count(*) by srcAddr | filter b > 5",
    ])
    func `a filter on fields of events acts before`(_ query: String) throws {
        #expect(try notes(query, isOpen: false) == ["names fields of events, so it acts before `stats`"])
    }
}
