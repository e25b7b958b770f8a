import Columns
import LogFormats
import Patterns
import Query
import RoadblockCore
import Testing

/// Regular expressions that need more steps than any text is worth.
struct RegexCostTests {
    private static let slow = String(repeating: "a", count: 40) + "!"

    private func result(_ query: String, lines: Int, plain: Int = 0) throws -> ResultTable {
        let text = (0..<lines).map { "\(Self.slow) \($0)\n" }.joined() + String(repeating: "b\n", count: plain)
        return try AskedText(text: text).result(query)
    }

    private static let queries = [
        "filter @message like /(a+)+$/ | stats count(*) as n", "parse @message /(?<x>(a+)+)$/ | stats count(x) as n",
    ]

    @Test(arguments: queries)
    func `a few rows count as no match, and that is told`(_ query: String) throws {
        let result = try result(query, lines: 3, plain: 100)
        #expect(result.hitRegexLimit)
        #expect(result.rows == [[.zero]])
    }

    @Test(arguments: queries, [(1, 0), (3, 20), (300, 0), (100, 5000)])
    func `many rows, or a tenth of all, are an error`(_ query: String, _ rows: (slow: Int, plain: Int)) throws {
        let failure = #expect(throws: Failure.self) { try self.result(query, lines: rows.slow, plain: rows.plain) }
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

    @Test
    func `all matches in a long line are found in one pass`() throws {
        let text = String(repeating: "ab ", count: 400_000)
        let found = try AskedText(text: text).result("parse @message /(?<x>a)/ multi | stats count(x) as n")
        #expect(!found.hitRegexLimit && found.rows == [[Cell(number: 400_000)]])
        let replaced = try AskedText(text: text).result("stats max(strlen(regexReplace(@message, /a/, 'xy'))) as n")
        #expect(!replaced.hitRegexLimit && replaced.rows == [[Cell(number: 1_600_000)]])
    }

    @Test
    func `many matches in a long line that is not text are given up, and that is told`() throws {
        let bytes = Array(String(repeating: "ab ", count: 100_000).utf8) + [0xFF]
        let expression = try RegularExpression(Array("a".utf8), in: .text)
        var count = 0
        expression.forEachMatch(bytes.span) { _, _ in
            count += 1
            return true
        }
        #expect(expression.hitLimit && count > 100 && count < 100_000)
    }
}
