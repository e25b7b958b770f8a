import Query
import RoadblockCore
import Testing

/// Queries that nobody would write, the same ones in every run.
struct QuerySyntaxFuzzTests {
    /// A small generator of numbers (xorshift64).
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static let pieces = [
        "fields", "display", "filter", "where", "stats", "sort", "limit", "parse", "dedup", "pattern", "diff", "join",
        "appendcols", "in (", "in (SOURCE", "left=a", "right=b", "where a.x = b.x", "(SOURCE 'x')", "logGroups(",
        "namePrefix: ['x']", "start=-1d", "end=now", "override", "max=5",
        "SOURCE", "by", "as", "asc", "desc", "and", "or", "not", "in", "like", "any", "multi", "logfmt", "offset", "is",
        "count", "(", ")", "[", "]", "{", "}", ",", "|", "|", ".", "*", "+", "-", "/", "%", "^", "=", "==", "!=", "<",
        "<=", ">", ">=", "=~", "!", "$", ";", "&&", "||", "#", "\n", "\\", "'", "\"", "`", "“", "\u{A0}", "\u{1B}",
        "a", "@message", "@", "a.b", "`x y`", "1", "2.5", "1e3", "1e999", "5m", "10.0.0.1", "'t'", "\"a*b\"",
        "/(x)/", "/[/]/", "true", "bin(5m)", "bin(", "count(*)", "sum(a)", "isIpInSubnet(a, '10.0.0.0/8')", "é", "日本",
        "🙂",
        "\u{301}", "// x", "a-b", "not not", "((", "))", "- -", "? :", "datefloor(@t, 1", "mo", "ms",
    ]

    /// Parses a text; an error must be one of the query's own and point into it.
    private static func check(_ text: String) {
        do throws(Failure) {
            let query = try QuerySyntax(parsing: text)
            let end = text.utf8.count
            #expect(
                query.commands.allSatisfy { 0 <= $0.span.start && $0.span.start < $0.span.end && $0.span.end <= end }
            )
            #expect(query.notices.allSatisfy { 0 <= $0.span.start && $0.span.end <= end })
        } catch {
            guard let place = error.place, error.kind == .usage, !error.message.isEmpty, !error.message.hasSuffix("."),
                place.text == text, 0 <= place.span.start, place.span.end <= text.utf8.count,
                error.code.hasPrefix("malformed.") || error.code == "unsupported"
            else {
                Issue.record("\(error) for \(text)")
                return
            }
            #expect(!error.rendered.isEmpty)
        }
    }

    @Test(arguments: 1...20)
    func `soup of tokens fails with a place inside the text`(_ seed: UInt64) {
        var dice = Dice(state: seed &* 0x9E37_79B9_7F4A_7C15)
        for _ in 0..<500 {
            let words = (0..<Int.random(in: 1...24, using: &dice)).map { _ in
                Self.pieces.randomElement(using: &dice) ?? ""
            }
            Self.check(words.joined(separator: Bool.random(using: &dice) ? " " : ""))
        }
    }

    @Test(arguments: 1...20)
    func `changed queries fail with a place inside the text`(_ seed: UInt64) {
        var dice = Dice(state: seed &* 0xD134_2543_DE82_EF95)
        for _ in 0..<500 {
            var letters = Array(ConformanceCase.all.randomElement(using: &dice)?.query ?? "")
            for _ in 0..<Int.random(in: 1...4, using: &dice) {
                let place = Int.random(in: 0...letters.count, using: &dice)
                let end = min(letters.count, place + Int.random(in: 0...6, using: &dice))
                let piece = Bool.random(using: &dice) ? Self.pieces.randomElement(using: &dice) ?? "" : ""
                letters.replaceSubrange(place..<end, with: piece)
            }
            Self.check(String(letters))
        }
    }
}
