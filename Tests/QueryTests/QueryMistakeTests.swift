import Query
import RoadblockCore
import Testing

/// What is printed for the mistakes that people make.
struct QueryMistakeTests {
    /// A block of the table: the code, and the lines as printed, of which the second is the query.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var code: String
        var lines: [String]

        var query: String { String(lines[1].dropFirst(2)) }
        var testDescription: String { query }

        static let all = read("queries/mistakes.txt")
        /// Queries as users of SQL, Splunk and Kusto type them.
        static let habits = read("queries/foreign-habits.txt")

        private static func read(_ name: String) -> [Mistake] {
            ConformanceCase.lines(name).split(separator: "").map { block in
                Mistake(code: block.first ?? "", lines: Array(block.dropFirst()))
            }
        }
    }

    @Test(arguments: Mistake.all + Mistake.habits)
    func `points at the mistake and says what to write`(_ mistake: Mistake) {
        let failure = #expect(throws: Failure.self) { try QuerySyntax(parsing: mistake.query) }
        #expect(failure?.code == mistake.code)
        #expect(failure?.rendered.split(separator: "\n").map(String.init) == mistake.lines)
    }

    @Test
    func `the table is whole`() {
        #expect(Mistake.all.count > 150)
        #expect(Mistake.habits.count > 90)
    }

    @Test(arguments: Mistake.habits)
    func `what is suggested as a query is one`(_ mistake: Mistake) throws {
        let hint = try #require(mistake.lines.last)
        let isQuoted = hint.hasPrefix("  write `") && hint.hasSuffix("`") && hint.contains(" ")
        guard isQuoted || hint.hasPrefix("  write: ") else { return }
        let text = isQuoted ? String(hint.dropFirst(9).dropLast()) : String(hint.dropFirst(9))
        // Others are parts of one.
        guard let word = text.split(separator: " ").first, LanguageEntry.commandWords.contains(String(word)) else {
            return
        }
        _ = try QuerySyntax(parsing: text)
    }

    @Test(arguments: ["", " \n\t", "# only a comment"])
    func `an empty query says how to begin`(_ query: String) {
        let failure = #expect(throws: Failure.self) { try QuerySyntax(parsing: query) }
        #expect(failure?.message == "the query is empty")
        #expect(failure?.suggestion == "to begin with: `fields @timestamp, @message | limit 20`")
    }

    @Test
    func `a mistake in a later line shows that line`() {
        let failure = #expect(throws: Failure.self) {
            try QuerySyntax(parsing: "fields a # first\n| filter a = 'x'\n| fitler b\r\n| limit 1")
        }
        let lines = ["`fitler` is not a command", "  | fitler b", "    ^^^^^^", "  did you mean `filter`?"]
        #expect(failure?.rendered.split(separator: "\n").map(String.init) == lines)
    }
}
