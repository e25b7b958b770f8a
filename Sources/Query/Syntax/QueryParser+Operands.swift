import RoadblockCore

extension QueryParser {
    /// The next operand without its signs; `nil` where a bracket opened, whose content comes first.
    mutating func operand(_ levels: inout [Level]) throws(QueryError) -> Parsed? {
        let innermost = levels.count - 1
        if let argument = try specialArgument(levels[innermost]) { return argument }
        switch levels[innermost].opening {
        case .operand: break
        default: try prefixes(&levels[innermost])
        }
        switch token.kind {
        case .symbol(.leftParenthesis):
            levels.append(Level(opening: .parenthesis(token.span)))
            try openBracket()
            return nil
        case .word(let word) where word.plain != nil && ahead().kind == .symbol(.leftParenthesis) && !isReserved:
            return try call(word, &levels)
        default: return try literal()
        }
    }

    private var isReserved: Bool { QueryParser.reserved.contains(token.keyword ?? "") }

    private mutating func prefixes(_ level: inout Level) throws(QueryError) {
        while level.isAtCondition, isWord("not") {
            level.nots.append(token.span)
            try advance()
        }
        while isSymbol(.minus) || isSymbol(.not) {
            level.signs.append((isSymbol(.minus) ? .negate : .not, token.span))
            try advance()
        }
    }

    /// Steps into a map or list.
    mutating func steps(into base: Parsed) throws(QueryError) -> Parsed {
        switch base.expression {
        case .field, .call, .path: break
        default: return base
        }
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

    private mutating func literal() throws(QueryError) -> Parsed {
        let span = token.span
        let expression: ExpressionSyntax
        switch token.kind {
        case .number(let value): expression = .number(value, span)
        case .string(let text): expression = .string(text, span)
        case .word(let word) where !isReserved:
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

    /// A call without arguments; for any other a new level.
    private mutating func call(_ word: QueryToken.Word, _ levels: inout [Level]) throws(QueryError) -> Parsed? {
        let name = NameSyntax(parts: word.parts, span: token.span)
        try advance()
        try openBracket()
        let isStar = isSymbol(.star) && ahead().kind == .symbol(.rightParenthesis)
        if isStar { try advance() }
        if isSymbol(.rightParenthesis) { return try call(name, [], isStar: isStar) }
        levels.append(Level(opening: .call(name, FunctionCatalogue.function(named: name.name))))
        return nil
    }

    /// The call whose closing parenthesis is the current token.
    private mutating func call(
        _ name: NameSyntax,
        _ arguments: [Parsed],
        isStar: Bool
    ) throws(QueryError) -> Parsed {
        let span = name.span.joined(token.span)
        try closeBracket(.rightParenthesis)
        return try parsed(
            .call(name, arguments.map(\.expression), isStar: isStar, span),
            span,
            over: arguments
        )
    }

    /// What a level is as a whole once its content is read; `nil` where another argument follows.
    mutating func close(_ level: inout Level, _ content: Parsed) throws(QueryError) -> Parsed? {
        switch level.opening {
        case .expression, .operand: return content
        case .parenthesis(let start):
            guard isSymbol(.rightParenthesis) else { throw unexpected("`)`") }
            var inner = content
            inner.span = start.joined(token.span)
            try closeBracket(.rightParenthesis)
            return inner
        case .call(let name, _):
            level.arguments.append(content)
            guard isSymbol(.comma) else { return try call(name, level.arguments, isStar: false) }
            try advance()
            return nil
        }
    }

    /// An argument that is a period or a regular expression.
    ///
    /// Those of unknown functions may be of any kind, so that the name is what the error is about.
    private mutating func specialArgument(_ level: Level) throws(QueryError) -> Parsed? {
        guard case .call(let name, let function) = level.opening, level.isAtStart else { return nil }
        let index = level.arguments.count
        let argument: Parsed
        if function?.periodArgument == index || function == nil && isPeriod {
            let period = try period(of: function?.name ?? name.name)
            argument = Parsed(expression: .period(period), span: period.span, height: 1)
        } else if isSymbol(.slash), function == nil || function?.regexArgument == index {
            argument = try regex()
        } else {
            return nil
        }
        guard isSymbol(.comma) || isSymbol(.rightParenthesis) else { throw unexpected("`,` or `)`") }
        return argument
    }

    /// The list or query behind `in`.
    mutating func membership(_ left: Parsed, _ isNegated: Bool) throws(QueryError) -> Parsed {
        if isSymbol(.leftParenthesis) {
            guard QueryParser.isCommand(ahead().keyword ?? "") else {
                throw QueryError(
                    .syntax,
                    "a list stands in brackets, not in parentheses",
                    token.span,
                    suggestion: "write `in [\"a\", \"b\"]`"
                )
            }
            let query = try subquery(.values)
            let span = left.span.joined(query.span)
            return try parsed(.inQuery(left.expression, query, isNegated: isNegated, span), span, over: [left])
        }
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
