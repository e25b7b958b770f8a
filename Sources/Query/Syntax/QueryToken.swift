import RoadblockCore

/// A piece of a query's text and its place.
struct QueryToken: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case word(Word)
        case number(Double)
        /// Without its quotes and escapes.
        case string(String)
        /// Between its slashes, as written.
        case regex(String)
        case symbol(Symbol)
        /// What begins nothing in the language.
        case stray(String)
        case end
    }

    /// A name with its dotted parts; whether it is a keyword is decided by where it stands.
    struct Word: Hashable, Sendable {
        /// Without backticks.
        var parts: [String]
        var hasBackticks = false

        var name: String { parts.joined(separator: ".") }

        /// The word in lower case if it may be a keyword or a function.
        var plain: String? { parts.count == 1 && !hasBackticks ? parts[0].lowercased() : nil }
    }

    enum Symbol: String, CaseIterable, Sendable {
        case leftParenthesis = "("
        case rightParenthesis = ")"
        case leftBracket = "["
        case rightBracket = "]"
        case comma = ","
        case pipe = "|"
        case dot = "."
        case star = "*"
        case plus = "+"
        case minus = "-"
        case slash = "/"
        case remainder = "%"
        case power = "^"
        case equal = "="
        case doubleEqual = "=="
        case notEqual = "!="
        case lessOrEqual = "<="
        case less = "<"
        case greaterOrEqual = ">="
        case greater = ">"
        case matches = "=~"
        case not = "!"
        case dollar = "$"

        /// Longest first, so that `<=` is not read as `<` and `=`.
        static let byLength = allCases.sorted { $0.rawValue.utf8.count > $1.rawValue.utf8.count }
    }

    var kind: Kind
    var span: SourceSpan

    /// The word as a keyword, in lower case.
    var keyword: String? {
        guard case .word(let word) = kind else { return nil }
        return word.plain
    }

    /// The token as an error message names it.
    var described: String {
        switch kind {
        case .word(let word): word.name.utf8.count <= 60 ? "`\(word.name)`" : "a name"
        case .number(let value): Int(exactly: value).map { "`\($0)`" } ?? "a number"
        case .string: "a quoted string"
        case .regex: "a regular expression"
        case .symbol(let symbol): "`\(symbol.rawValue)`"
        case .stray(let text): "`\(text)`"
        case .end: "the end of the query"
        }
    }
}
