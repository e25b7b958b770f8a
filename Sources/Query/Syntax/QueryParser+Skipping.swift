import RoadblockCore

extension QueryParser {
    /// Skips a command that is known by name only, up to the pipe that ends it.
    mutating func skip(_ name: String) throws(QueryError) -> CommandSyntax.Kind {
        var brackets: [QueryToken] = []
        var beforePrevious: QueryToken?
        while true {
            switch token.kind {
            case .end:
                if let bracket = brackets.last { throw unclosed(bracket) }
                return .unsupported(name)
            case .symbol(.pipe) where brackets.isEmpty: return .unsupported(name)
            case .symbol(.rightParenthesis) where brackets.isEmpty && isNested: return .unsupported(name)
            case .symbol(.leftParenthesis), .symbol(.leftBracket), .stray("{"): brackets.append(token)
            case .symbol(.rightParenthesis), .symbol(.rightBracket), .stray("}"):
                guard let bracket = brackets.popLast() else { throw unexpected() }
                guard QueryParser.isPair(bracket, token) else { throw unclosed(bracket) }
            case .symbol(.slash) where beginsRegex(beforePrevious): try readRegex()
            default: break
            }
            beforePrevious = previous
            try advance()
        }
    }

    static func isPair(_ opening: QueryToken, _ closing: QueryToken) -> Bool {
        switch (opening.kind, closing.kind) {
        case (.symbol(.leftParenthesis), .symbol(.rightParenthesis)), (.symbol(.leftBracket), .symbol(.rightBracket)),
            (.stray("{"), .stray("}")):
            true
        default: false
        }
    }

    /// True if the slash that is the current token is no division: behind an operator, `like`, `parse` or its field.
    private func beginsRegex(_ beforePrevious: QueryToken?) -> Bool {
        switch previous?.kind {
        case .word(let word): word.plain == "like" || word.plain == "parse" || beforePrevious?.keyword == "parse"
        case .number, .string, .symbol(.rightParenthesis), .symbol(.rightBracket): false
        default: true
        }
    }

    /// `$Name(…)`, with the dollar sign as the current token.
    mutating func savedCall() throws(QueryError) -> CommandSyntax.Kind {
        let dollar = token
        try advance()
        guard case .word(let word) = token.kind, token.span.start == dollar.span.end else {
            throw unexpected("the name of a saved query after `$`")
        }
        try advance()
        guard isSymbol(.leftParenthesis) else {
            throw QueryError(
                .syntax,
                "a saved query is called with parentheses",
                dollar.span.joined(previous?.span ?? dollar.span),
                suggestion: "write `$\(word.name)()`"
            )
        }
        return try skip("$\(word.name)")
    }
}
