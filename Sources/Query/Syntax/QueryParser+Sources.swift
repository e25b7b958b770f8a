import RoadblockCore

/// `SOURCE` in its forms.
extension QueryParser {
    /// Values that one argument of a source takes.
    private static let prefixLimit = 5
    private static let accountLimit = 20

    /// `SOURCE 'name' …`, `SOURCE logGroups(…)`, with the command's word as the current token.
    mutating func source() throws(QueryError) -> SourceSyntax {
        let start = token.span
        try advance()
        var source = SourceSyntax(span: start)
        while let item = try sourceItem() { source.items.append(item) }
        guard !source.items.isEmpty else { throw noSource() }
        while true {
            if isWord("start"), source.start == nil, try option("start") {
                source.start = try moment()
            } else if isWord("end"), source.end == nil, try option("end") {
                source.end = try moment()
            } else {
                break
            }
        }
        if isSymbol(.comma) {
            throw QueryError(
                .syntax,
                "several sources are several commands",
                token.span,
                suggestion: "write `SOURCE 'a' | SOURCE 'b'`"
            )
        }
        source.span = start.joined(previous?.span ?? start)
        return source
    }

    private mutating func sourceItem() throws(QueryError) -> SourceSyntax.Item? {
        if case .string(let text) = token.kind {
            let span = token.span
            guard !text.isEmpty else { throw QueryError(.semantic, "the name of the log group is empty", span) }
            try advance()
            return .name(TextSyntax(text: text, span: span))
        }
        guard ahead().kind == .symbol(.leftParenthesis) else { return nil }
        let word = token
        switch word.keyword {
        case "loggroups":
            try advance()
            return try logGroups(word.span)
        case "datasource", "loggrouptags":
            try advance()
            try skipBrackets()
            let name = word.keyword == "datasource" ? "dataSource" : "logGroupTags"
            return .unknowable(name, word.span.joined(previous?.span ?? word.span))
        default: return nil
        }
    }

    /// The arguments of `logGroups`, with the opening parenthesis as the current token.
    private mutating func logGroups(_ word: SourceSpan) throws(QueryError) -> SourceSyntax.Item {
        try openBracket()
        var (prefixes, accounts, classes): ([TextSyntax], [TextSyntax], [TextSyntax]) = ([], [], [])
        while !isSymbol(.rightParenthesis) {
            let key = token
            switch key.keyword {
            case "nameprefix":
                prefixes += try argument(limit: QueryParser.prefixLimit)
            case "accountidentifiers", "accountidentifier":
                accounts += try argument(limit: QueryParser.accountLimit)
            case "class", "loggroupclass":
                let values = try argument(limit: 2)
                for value in values where !["STANDARD", "INFREQUENT_ACCESS"].contains(value.text.uppercased()) {
                    throw QueryError(
                        .semantic,
                        "there is no class of log groups `\(value.text)`",
                        value.span,
                        suggestion: "the classes are `'STANDARD'` and `'INFREQUENT_ACCESS'`"
                    )
                }
                classes += values
            case _?: throw unknownArgument(key.span)
            case nil: throw unexpected("`namePrefix:`, `accountIdentifiers:` or `class:`")
            }
            guard isSymbol(.comma) else { break }
            try advance()
        }
        try closeBracket(.rightParenthesis)
        return .groups(
            prefixes: prefixes,
            accounts: accounts,
            classes: classes,
            word.joined(previous?.span ?? word)
        )
    }

    private func unknownArgument(_ span: SourceSpan) -> QueryError {
        let name = lexer.text(span)
        let names = ["namePrefix", "accountIdentifiers", "class"]
        return QueryError(
            .syntax,
            "`logGroups` has no argument `\(name)`",
            span,
            suggestion: nearest(to: name, among: names).map { "did you mean `\($0)`?" }
                ?? "its arguments are `namePrefix`, `accountIdentifiers` and `class`"
        )
    }

    /// `key: ['a', 'b']`, with the key as the current token.
    private mutating func argument(limit: Int) throws(QueryError) -> [TextSyntax] {
        let key = token
        try advance()
        guard token.kind == .stray(":") else { throw unexpected("`:` and a list of texts") }
        try advance()
        guard isSymbol(.leftBracket) else { throw unexpected("a list in brackets, `['a', 'b']`") }
        try openBracket()
        var texts: [TextSyntax] = []
        while case .string(let text) = token.kind {
            texts.append(TextSyntax(text: text, span: token.span))
            try advance()
            guard isSymbol(.comma) else { break }
            try advance()
        }
        if texts.isEmpty || previous?.kind == .symbol(.comma) { throw unexpected("a text in quotes") }
        try closeBracket(.rightBracket)
        guard texts.count <= limit else {
            throw QueryError(
                .semantic,
                "`\(lexer.text(key.span))` takes at most \(limit) values",
                key.span.joined(texts[limit].span)
            )
        }
        return texts
    }

    /// Passes over brackets and what they hold, the first of which is the current token.
    private mutating func skipBrackets() throws(QueryError) {
        let outer = open.count
        repeat {
            switch token.kind {
            case .symbol(.leftParenthesis), .symbol(.leftBracket), .stray("{"): try openBracket()
            case .symbol(.rightParenthesis), .symbol(.rightBracket), .stray("}"):
                guard let bracket = open.last, QueryParser.isPair(bracket, token) else {
                    throw open.last.map(unclosed) ?? unexpected()
                }
                try closeInnermost()
            case .end, .symbol(.pipe): throw open.last.map(unclosed) ?? unexpected()
            default: try advance()
            }
        } while open.count > outer
    }

    /// The error for a `SOURCE` that names none.
    private func noSource() -> QueryError {
        var end = token.span.end
        switch token.kind {
        case .word, .symbol(.slash):
            // A name without quotes goes on to the next blank.
            while end < lexer.bytes.count, !" \t\n\r|()\"'".utf8.contains(lexer.byte(end)) { end += 1 }
            let span = SourceSpan(token.span.start, end)
            return QueryError(
                .syntax,
                "the name of a log group stands in quotes",
                span,
                suggestion: "write `SOURCE '\(lexer.text(span))'`"
            )
        case .symbol(.equal):
            return QueryError(
                .syntax,
                "`source` has no `=` here",
                token.span,
                suggestion: "where the rows come from is named on the command line: begin with the next command"
            )
        default: return unexpected("the name of a log group in quotes, or `logGroups(…)`")
        }
    }

    // MARK: moments

    /// `now`, `-3h`, seconds or milliseconds since 1970, or a time in quotes.
    private mutating func moment() throws(QueryError) -> MomentSyntax {
        let start = token.span
        let kind: MomentSyntax.Kind
        switch token.kind {
        case .word(let word) where word.plain == "now":
            try advance()
            if isSymbol(.leftParenthesis), ahead().kind == .symbol(.rightParenthesis) {
                try advance()
                try advance()
            }
            kind = .beforeNow(isSymbol(.minus) ? try duration() : 0)
        case .symbol(.minus): kind = .beforeNow(try duration())
        case .number(let value):
            guard let number = Int64(exactly: value), number < 1 << 47 else {
                throw QueryError(.semantic, "the time is out of range", start)
            }
            try advance()
            kind = .at(start.end - start.start <= 11 ? number * 1000 : number)
        case .string(let text): kind = try moment(text, start)
        default: throw unexpected("a time such as `-3h` or `now`")
        }
        return MomentSyntax(kind: kind, span: start.joined(previous?.span ?? start))
    }

    /// A time in quotes: relative, as a number, or as ISO 8601 has it.
    private mutating func moment(_ text: String, _ span: SourceSpan) throws(QueryError) -> MomentSyntax.Kind {
        let isRelative = text.hasPrefix("-") || text.lowercased().hasPrefix("now")
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
        if isRelative || isNumber {
            var parser = QueryParser(lexer: QueryLexer(text))
            if (try? parser.advance()) != nil, let moment = try? parser.moment(), parser.token.kind == .end {
                try advance()
                return moment.kind
            }
        }
        let patterns = ["HH:mm:ssX", "HH:mm:ss.SSSX", "HH:mm:ss", "HH:mm:ss.SSS", "HH:mm"]
        let formats = ["yyyy-MM-dd"] + ["'T'", " "].flatMap { mark in patterns.map { "yyyy-MM-dd\(mark)\($0)" } }
        for format in formats {
            guard let time = DateFormats.parse(text, format, offsetSeconds: 0) else { continue }
            try advance()
            return .at(time)
        }
        throw QueryError(
            .semantic,
            "`\(text)` is no time",
            span,
            suggestion: "write `'2026-11-24T14:30:00Z'`, seconds since 1970, `-3h` or `now`"
        )
    }

    /// Milliseconds of `-3h`, with the sign as the current token.
    private mutating func duration() throws(QueryError) -> Int64 {
        try advance()
        let period = try period(of: "start")
        let lengths: [PeriodSyntax.Unit: Int64] = [
            .millisecond: 1, .second: 1000, .minute: 60_000, .hour: 3_600_000, .day: 86_400_000, .week: 604_800_000,
        ]
        guard let length = lengths[period.unit] else {
            throw QueryError(
                .semantic,
                "a time before now is given in weeks or less, whose length is fixed",
                period.span
            )
        }
        return Int64(period.count) * length
    }
}
