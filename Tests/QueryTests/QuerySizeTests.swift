import Query
import RoadblockCore
import Testing

/// Queries as large and as deep as nobody writes them by hand.
struct QuerySizeTests {
    private static func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

    static let deep: [(query: String, message: String)] = [
        ("filter " + times(4_900, "(") + "a" + times(4_900, ")"), "brackets are nested more than 100 deep"),
        ("fields " + times(2_000, "abs(") + "a", "brackets are nested more than 100 deep"),
        ("filter " + times(2_000, "not ") + "a", "the expression is more than 100 operators deep"),
        ("filter " + times(4_000, "!") + "a", "the expression is more than 100 operators deep"),
        ("fields " + times(4_000, "-") + "a", "the expression is more than 100 operators deep"),
        ("fields a" + times(4_000, "^a"), "the expression is more than 100 operators deep"),
        ("fields a" + times(4_000, "+a"), "the expression is more than 100 operators deep"),
        ("fields a" + times(4_000, "/a"), "the expression is more than 100 operators deep"),
        ("SOURCE logGroupTags(" + times(4_000, "["), "brackets are nested more than 100 deep"),
        ("filter a in (" + times(1_000, "fields a|") + "fields a", "the `(` that opens here is not closed"),
    ]

    @Test(arguments: deep)
    func `too much is a clear error`(_ row: (query: String, message: String)) {
        let failure = #expect(throws: Failure.self) { try QuerySyntax(parsing: row.query) }
        #expect(failure?.message == row.message)
        #expect(failure?.code == "malformed.syntax")
    }

    static let large = [
        "filter a" + times(1_900, " or a"), "filter a" + times(1_600, " and a"),
        "filter " + times(1_200, "a=1 or ") + "b", "filter a in [" + times(4_000, "1,") + "1]",
        "filter " + times(95, "(not ") + "a" + times(95, ")"), "fields " + times(99, "abs(") + "a" + times(99, ")"),
        "fields a" + times(95, "+a"), "fields " + times(4_000, "a,") + "a", "limit 1" + times(1_000, "|limit 1"),
        "fields " + times(49, "(1 + ") + "a" + times(49, " + 1)"),
    ]

    @Test(arguments: large)
    func `large queries parse into trees of few levels`(_ query: String) throws {
        for command in try QuerySyntax(parsing: query).commands {
            switch command.kind {
            case .filter(let condition): #expect(condition.height <= 100)
            case .fields(let columns): #expect(columns.allSatisfy { $0.expression.height <= 100 })
            default: #expect(query.hasPrefix("limit"))
            }
        }
    }

    @Test
    func `the length counts characters, not bytes`() throws {
        let text = "fields a # " + Self.times(9_989, "é")
        #expect(try QuerySyntax(parsing: text).commands.count == 1)
        let failure = #expect(throws: Failure.self) { try QuerySyntax(parsing: text + "é") }
        #expect(failure?.place?.span.start == text.utf8.count)
        #expect(failure?.message == "a query has at most 10,000 characters")
        #expect(failure?.code == "malformed.semantic")
    }
}
