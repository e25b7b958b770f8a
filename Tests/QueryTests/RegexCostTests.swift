import Columns
import LogFormats
import Query
import RoadblockCore
import Testing

/// Regular expressions that need more steps than any text is worth.
struct RegexCostTests {
    private static let slow = String(repeating: "a", count: 40) + "!"

    private func result(_ query: String, lines: Int) throws -> ResultTable {
        let text = (0..<lines).map { "\(Self.slow) \($0)\n" }.joined()
        return try AskedText(text: text).result(query)
    }

    private static let queries = [
        "filter @message like /(a+)+$/ | stats count(*) as n", "parse @message /(?<x>(a+)+)$/ | stats count(x) as n",
    ]

    @Test(arguments: queries)
    func `a few rows count as no match, and that is told`(_ query: String) throws {
        let result = try result(query, lines: 3)
        #expect(result.hitRegexLimit)
        #expect(result.rows == [[.zero]])
    }

    @Test(arguments: queries)
    func `many rows are an error`(_ query: String) throws {
        let failure = #expect(throws: Failure.self) { try self.result(query, lines: 300) }
        #expect(failure?.code == "regex-limit")
    }

    @Test(arguments: ["((a{1000}){1000}){1000}", "(?:a{60000}){60000}", "(a|(b)"])
    func `a pattern that is too large is a clear error`(_ pattern: String) {
        let failure = #expect(throws: Failure.self) { try self.result("filter a like /\(pattern)/", lines: 1) }
        #expect(
            failure?.message.hasPrefix("the regular expression is not valid: ") == true,
            "\(failure?.message ?? "")"
        )
    }
}
