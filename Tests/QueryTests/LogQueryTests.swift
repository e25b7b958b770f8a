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
}
