import Query
import RoadblockCore
import Testing

struct SavedQueryTests {
    private static func saved() throws -> SavedQueries {
        var saved = SavedQueries()
        try saved.add(
            "Errors",
            "# what went wrong\n# param level = ERROR\n# param n = 20\nfilter l = {{level}} | limit {{n}}"
        )
        try saved.add("By App", "stats count(*) by {{app}}")
        try saved.add("Outer", "$Errors()")
        try saved.add("Inside", "fields a | $Errors()")
        try saved.add("Comment", "filter a = 1 # one")
        return saved
    }

    @Test(arguments: [
        ("$Errors()", #"filter l = "ERROR" | limit 20"#),
        (#"fields a | $Errors(level = "WARN", n=5) | limit 3"#, #"fields a | filter l = "WARN" | limit 5 | limit 3"#),
        ("$`By App`(app = app)", "stats count(*) by app"), (" | $Errors( n = 1 )", #" | filter l = "ERROR" | limit 1"#),
        (#"filter m like "| $Errors()" # | $Errors()"#, #"filter m like "| $Errors()" # | $Errors()"#),
        (#"$Errors(level = "a, b) c")"#, #"filter l = "a, b) c" | limit 20"#), ("fields a", "fields a"),
        (#"$Errors(level = "{{n}}")"#, #"filter l = "{{n}}" | limit 20"#),
        ("$Comment() | fields a", "filter a = 1 # one\n | fields a"),
    ])
    func `puts saved queries in the place of their calls`(_ row: (query: String, expanded: String)) throws {
        #expect(try Self.saved().expanded(row.query) == row.expanded)
    }

    @Test(arguments: [
        ("$Eror()", "there is no saved query `Eror`"), ("$`By App`()", "needs a value for `app`"),
        ("$Errors(levl = 1)", "no placeholder {{levl}}"), ("$Errors(n = 1, n = 2)", "given twice"),
        ("$Outer()", "cannot be called"), ("$Errors(n = ", "the value of `n` is missing"),
        ("$Inside()", "cannot be called"), ("$Errors(n = 1,)", "nothing follows"),
        ("$Errors(n = 1 level = 2)", "a `,` is missing"), ("$Errors(n 1)", "`=` and a value"),
        ("fields a | $Errors(n = 1", "not closed"),
    ])
    func `points at mistakes in calls`(_ row: (query: String, words: String)) throws {
        let saved = try Self.saved()
        let failure = #expect(throws: Failure.self) { try saved.expanded(row.query) }
        #expect(failure?.message.contains(row.words) == true, "\(failure?.message ?? "")")
        #expect(failure?.place != nil)
    }

    @Test
    func `a query has its placeholders, and at most twenty`() {
        var saved = SavedQueries()
        #expect(throws: Failure.self) { try saved.add("a", "# param x = 1\nfields a") }
        let many = (0...20).map { "{{p\($0)}}" }.joined(separator: ", ")
        #expect(throws: Failure.self) { try saved.add("b", "fields \(many)") }
    }
}
