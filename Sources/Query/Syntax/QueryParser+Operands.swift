import RoadblockCore

extension QueryParser {
    /// A literal, field, call or parenthesis, and the steps into it.
    mutating func operand() throws(QueryError) -> Parsed {
        let base = try primary()
        switch base.expression {
        case .field, .call, .path: return try steps(into: base)
        default: return base
        }
    }

    private mutating func steps(into base: Parsed) throws(QueryError) -> Parsed {
        var steps: [PathStep] = []
        while true {
            if isSymbol(.leftBracket) {
                steps.append(try index())
            } else if isSymbol(.dot), lexer.isPartStart(token.span.end), token.span.start == previous?.span.end {
                let start = token.span.end
                try advance()
                try replace { (lexer) throws(QueryError) in try lexer.word(at: start) }
                guard case .word(let word) = token.kind else { throw unexpected("a key after `.`") }
                steps += word.parts.map(PathStep.key)
                try advance()
            } else {
                break
            }
        }
        guard !steps.isEmpty else { return base }
        let span = base.span.joined(previous?.span ?? base.span)
        return try parsed(.path(base.expression, steps, span), span, over: [base])
    }

    /// `[3]`, with the bracket as the current token.
    private mutating func index() throws(QueryError) -> PathStep {
        try openBracket()
        guard case .number(let value) = token.kind, let index = Int(exactly: value), index <= 1_000_000 else {
            throw unexpected("the number of an element, from 0 on")
        }
        try advance()
        guard isSymbol(.rightBracket) else { throw unexpected("`]`") }
        try closeBracket(.rightBracket)
        return .index(index)
    }

    mutating func primary() throws(QueryError) -> Parsed {
        let span = token.span
        let expression: ExpressionSyntax
        switch token.kind {
        case .number(let value): expression = .number(value, span)
        case .string(let text): expression = .string(text, span)
        case .regex(let text): expression = .regex(text, span)
        case .symbol(.leftParenthesis): return try parenthesis()
        case .word(let word) where !QueryParser.reserved.contains(word.plain ?? ""):
            if word.plain != nil, ahead().kind == .symbol(.leftParenthesis) { return try call(word) }
            switch word.plain {
            case "true": expression = .boolean(true, span)
            case "false": expression = .boolean(false, span)
            default: expression = .field(NameSyntax(parts: word.parts, span: span))
            }
        default: throw unexpected(wanted)
        }
        try advance()
        return Parsed(expression: expression, span: span, height: 1)
    }

    private mutating func parenthesis() throws(QueryError) -> Parsed {
        let start = token.span
        try openBracket()
        var inner = try or()
        guard isSymbol(.rightParenthesis) else { throw unexpected("`)`") }
        inner.span = start.joined(token.span)
        try closeBracket(.rightParenthesis)
        return inner
    }

    private mutating func call(_ word: QueryToken.Word) throws(QueryError) -> Parsed {
        let name = NameSyntax(parts: word.parts, span: token.span)
        let function = FunctionCatalogue.function(named: name.name)
        try advance()
        try openBracket()
        var arguments: [Parsed] = []
        let isStar = isSymbol(.star) && ahead().kind == .symbol(.rightParenthesis)
        if isStar {
            try advance()
        } else if !isSymbol(.rightParenthesis) {
            arguments.append(try argument(0, of: function, name.name))
            while isSymbol(.comma) {
                try advance()
                arguments.append(try argument(arguments.count, of: function, name.name))
            }
        }
        let span = name.span.joined(token.span)
        try closeBracket(.rightParenthesis)
        return try parsed(
            .call(name, arguments.map(\.expression), isStar: isStar, span),
            span,
            over: arguments
        )
    }

    /// An argument; those of unknown functions may be of any kind, so that the name is what the error is about.
    private mutating func argument(
        _ index: Int,
        of function: QueryFunction?,
        _ name: String
    ) throws(QueryError) -> Parsed {
        if function?.periodArgument == index || function == nil && isPeriod {
            let period = try period(of: function?.name ?? name)
            return Parsed(expression: .period(period), span: period.span, height: 1)
        }
        if isSymbol(.slash), function == nil || function?.regexArgument == index { try readRegex() }
        return try or()
    }

    /// The list or query behind `in`.
    mutating func membership(_ left: Parsed, _ isNegated: Bool) throws(QueryError) -> Parsed {
        if isSymbol(.leftParenthesis) { throw parenthesisedList() }
        guard isSymbol(.leftBracket) else { throw unexpected("a list in brackets, `[1, 2]`, after `in`") }
        let start = token.span
        try openBracket()
        var elements: [ExpressionSyntax] = []
        if !isSymbol(.rightBracket) {
            elements.append(try element())
            while isSymbol(.comma) {
                try advance()
                elements.append(try element())
            }
        }
        let span = left.span.joined(start).joined(token.span)
        try closeBracket(.rightBracket)
        return try parsed(.inList(left.expression, elements, isNegated: isNegated, span), span, over: [left])
    }

    private func parenthesisedList() -> QueryError {
        let next = ahead()
        if let word = next.keyword, QueryParser.isCommand(word) {
            return QueryError(
                .unsupported,
                "a query inside `in ( … )` is not supported yet",
                token.span.joined(next.span)
            )
        }
        return QueryError(
            .syntax,
            "a list stands in brackets, not in parentheses",
            token.span,
            suggestion: "write `in [\"a\", \"b\"]`"
        )
    }

    private mutating func element() throws(QueryError) -> ExpressionSyntax {
        let sign = isSymbol(.minus) ? token : nil
        if sign != nil { try advance() }
        let span = token.span.joined(sign?.span ?? token.span)
        let element: ExpressionSyntax
        switch (token.kind, sign) {
        case (.number(let value), _): element = .number(sign == nil ? value : -value, span)
        case (.string(let text), nil): element = .string(text, span)
        case (.word(let word), nil) where word.plain == "true" || word.plain == "false":
            element = .boolean(word.plain == "true", span)
        case (.word(let word), nil):
            throw QueryError(
                .syntax,
                "a list holds texts and numbers, no fields",
                span,
                suggestion: "a text needs quotes: `\"\(word.name)\"`"
            )
        default: throw unexpected("a text or a number")
        }
        try advance()
        return element
    }
}

extension QueryParser {
    /// True if a number with a unit stands here.
    private var isPeriod: Bool {
        guard case .number = token.kind, let unit = ahead().keyword else { return false }
        return PeriodSyntax.Unit(spelling: unit) != nil
    }

    /// A number and a unit, which something with a name takes.
    mutating func period(of owner: String) throws(QueryError) -> PeriodSyntax {
        let number = token
        guard case .number(let value) = token.kind else { throw noPeriod(owner) }
        try advance()
        guard case .word(let word) = token.kind else {
            let written = lexer.text(number.span)
            throw QueryError(
                .semantic,
                "the period has no unit",
                number.span,
                suggestion: "write `\(written)m` for minutes; others are `ms`, `s`, `h`, `d`, `w`, `mo`, `q`, `y`"
            )
        }
        guard let unit = word.plain.flatMap(PeriodSyntax.Unit.init(spelling:)) else {
            throw QueryError(
                .semantic,
                "`\(word.name)` is no unit of time",
                token.span,
                suggestion: "units are `ms`, `s`, `m`, `h`, `d`, `w`, `mo`, `q` and `y`"
            )
        }
        let span = number.span.joined(token.span)
        guard let count = Int(exactly: value), (1...1_000_000).contains(count) else {
            throw QueryError(
                .semantic,
                value > 1_000_000 ? "the period is too long" : "a period is a whole number of units, from 1 on",
                span,
                suggestion: value > 1_000_000 || value < 1 ? nil : "use a smaller unit"
            )
        }
        if word.name != word.plain {
            let message = "units are written in lower case; this is read as \(count) \(unit)\(count == 1 ? "" : "s")"
            notices.append(QueryNotice(message: message, span: span))
        }
        try advance()
        return PeriodSyntax(count: count, unit: unit, span: span)
    }

    private func noPeriod(_ owner: String) -> QueryError {
        var suggestion: String?
        switch token.kind {
        case .string(let text) where text.first?.isNumber == true: suggestion = "without quotes: `\(text)`"
        case .word where owner == "bin":
            suggestion = "`bin` always reads @timestamp: `bin(5m)`; for another field there is `datefloor(field, 5m)`"
        case .symbol(.rightParenthesis) where owner == "bin": suggestion = "write `bin(5m)`"
        default: break
        }
        if open.isEmpty || token.kind != .end && !isSymbol(.pipe) {
            return QueryError(
                .semantic,
                "`\(owner)` takes a period such as `5m`, found \(token.described)",
                token.span,
                suggestion: suggestion
            )
        }
        return unexpected("a period such as `5m`")
    }
}

extension PeriodSyntax.Unit {
    private static let spellings: [(unit: PeriodSyntax.Unit, words: [String])] = [
        (.millisecond, ["ms", "msec", "millisecond"]), (.second, ["s", "sec", "second"]),
        (.minute, ["m", "min", "minute"]), (.hour, ["h", "hr", "hour"]), (.day, ["d", "day"]), (.week, ["w", "week"]),
        (.month, ["mo", "mon", "month"]), (.quarter, ["q", "qtr", "quarter"]), (.year, ["y", "yr", "year"]),
    ]

    /// The unit of a word in lower case; a plural's `s` may follow every spelling longer than one letter.
    init?(spelling: String) {
        let match = PeriodSyntax.Unit.spellings.first { entry in
            entry.words.contains { $0 == spelling || $0.utf8.count > 1 && $0 + "s" == spelling }
        }
        guard let match else { return nil }
        self = match.unit
    }
}
