import RoadblockCore

extension QueryParser {
    /// A part of an expression, with its place (parentheses included) and how deep its tree is.
    struct Parsed {
        var expression: ExpressionSyntax
        var span: SourceSpan
        var height: Int
    }

    /// Words that are no names unless they stand in backticks.
    static let reserved: Set = ["and", "or", "not", "in", "like", "as", "by"]

    mutating func expression() throws(QueryError) -> ExpressionSyntax { try or().expression }

    mutating func or() throws(QueryError) -> Parsed {
        var operands = [try and()]
        while isWord("or") {
            try advance()
            operands.append(try and())
        }
        return try balanced(.or, operands[...])
    }

    private mutating func and() throws(QueryError) -> Parsed {
        var operands = [try not()]
        while isWord("and") {
            try advance()
            operands.append(try not())
        }
        return try balanced(.and, operands[...])
    }

    /// A tree of few levels for an operator that may be grouped in any way.
    private func balanced(_ operation: BinaryOperator, _ operands: ArraySlice<Parsed>) throws(QueryError) -> Parsed {
        if operands.count == 1, let operand = operands.first { return operand }
        let middle = operands.startIndex + (operands.count + 1) / 2
        let left = try balanced(operation, operands[..<middle])
        return try joined(operation, left, try balanced(operation, operands[middle...]))
    }

    private func joined(_ operation: BinaryOperator, _ left: Parsed, _ right: Parsed) throws(QueryError) -> Parsed {
        let span = left.span.joined(right.span)
        return try parsed(.binary(operation, left.expression, right.expression, span), span, over: [left, right])
    }

    /// A new node over its parts, unless the tree gets too deep.
    func parsed(
        _ expression: ExpressionSyntax,
        _ span: SourceSpan,
        over parts: [Parsed]
    ) throws(QueryError) -> Parsed {
        let height = 1 + (parts.map(\.height).max() ?? 0)
        guard height <= QueryParser.heightLimit else {
            throw QueryError(
                .syntax,
                "the expression is more than \(QueryParser.heightLimit) operators deep",
                SourceSpan(span.start, span.start + 1),
                suggestion: "give a part a name with `fields … as name`"
            )
        }
        return Parsed(expression: expression, span: span, height: height)
    }

    /// Collected in a loop, not by recursion: a query may begin with thousands of them.
    private mutating func not() throws(QueryError) -> Parsed {
        var words: [SourceSpan] = []
        while isWord("not") {
            words.append(token.span)
            try advance()
        }
        var result = try comparison()
        for word in words.reversed() {
            let span = word.joined(result.span)
            result = try parsed(.unary(.not, result.expression, span), span, over: [result])
        }
        return result
    }

    private mutating func comparison() throws(QueryError) -> Parsed {
        let left = try sum()
        guard let result = try comparison(of: left) else { return left }
        if comparisonOperator != nil || isSymbol(.matches) || isWord("like") || isWord("in") {
            throw QueryError(
                .syntax,
                "comparisons do not chain",
                token.span,
                suggestion: "join two comparisons with `and`, as in `1 < a and a < 5`"
            )
        }
        return result
    }

    /// The comparison that begins behind its left side; `nil` if none does.
    private mutating func comparison(of left: Parsed) throws(QueryError) -> Parsed? {
        if let operation = comparisonOperator {
            try advance()
            let right = try sum()
            noteBooleans(left, right)
            return try joined(operation, left, right)
        }
        if isSymbol(.matches) { return try match(left) }
        let isNegated = isWord("not") && ["like", "in"].contains(ahead().keyword)
        if isNegated { try advance() }
        if isWord("like") {
            try advance()
            return try like(left, isNegated)
        }
        if isWord("in") {
            try advance()
            return try membership(left, isNegated)
        }
        return nil
    }

    private var comparisonOperator: BinaryOperator? {
        switch token.kind {
        case .symbol(.equal), .symbol(.doubleEqual): .equal
        case .symbol(.notEqual): .notEqual
        case .symbol(.less): .less
        case .symbol(.lessOrEqual): .lessOrEqual
        case .symbol(.greater): .greater
        case .symbol(.greaterOrEqual): .greaterOrEqual
        default: nil
        }
    }

    private mutating func noteBooleans(_ left: Parsed, _ right: Parsed) {
        for side in [left, right] {
            guard case .boolean(let value, let span) = side.expression else { continue }
            let message = "`\(value)` is read as \(value ? 1 : 0), which is what Logs Insights writes for it"
            notices.append(QueryNotice(message: message, span: span))
        }
    }

    private mutating func match(_ left: Parsed) throws(QueryError) -> Parsed {
        try advance()
        if isSymbol(.slash) { try readRegex() }
        switch token.kind {
        case .regex(let text), .string(let text):
            let regex = Parsed(expression: .regex(text, token.span), span: token.span, height: 1)
            try advance()
            return try liked(left, regex, false)
        default: throw unexpected("a regular expression, /…/, after `=~`")
        }
    }

    private mutating func like(_ left: Parsed, _ isNegated: Bool) throws(QueryError) -> Parsed {
        if isSymbol(.slash) {
            try readRegex()
            return try liked(left, try primary(), isNegated)
        }
        if case .string(let text) = token.kind, text.hasPrefix("%") || text.hasSuffix("%") {
            let message = "`like` finds its text anywhere in the field; `%` stands for itself"
            notices.append(QueryNotice(message: message, span: token.span))
        }
        return try liked(left, try sum(), isNegated)
    }

    private func liked(_ left: Parsed, _ right: Parsed, _ isNegated: Bool) throws(QueryError) -> Parsed {
        let span = left.span.joined(right.span)
        return try parsed(
            .like(left.expression, right.expression, isNegated: isNegated, span),
            span,
            over: [left, right]
        )
    }

    /// Reads the slash that is the current token as the beginning of a regular expression.
    mutating func readRegex() throws(QueryError) {
        let start = token.span.start
        try replace { (lexer) throws(QueryError) in try lexer.regex(at: start) }
    }

    mutating func sum() throws(QueryError) -> Parsed {
        var left = try product()
        while isSymbol(.plus) || isSymbol(.minus) {
            let operation: BinaryOperator = isSymbol(.plus) ? .add : .subtract
            try advance()
            left = try joined(operation, left, try product())
        }
        return left
    }

    private mutating func product() throws(QueryError) -> Parsed {
        var left = try power()
        while true {
            let operation: BinaryOperator
            switch token.kind {
            case .symbol(.star): operation = .multiply
            case .symbol(.slash): operation = .divide
            case .symbol(.remainder): operation = .remainder
            default: return left
            }
            try advance()
            left = try joined(operation, left, try power())
        }
    }

    /// `a ^ b ^ c` is `a ^ (b ^ c)`.
    private mutating func power() throws(QueryError) -> Parsed {
        var operands = [try unary()]
        while isSymbol(.power) {
            try advance()
            operands.append(try unary())
        }
        var result = operands.removeLast()
        while let left = operands.popLast() { result = try joined(.power, left, result) }
        return result
    }

    private mutating func unary() throws(QueryError) -> Parsed {
        var signs: [(operation: UnaryOperator, span: SourceSpan)] = []
        while isSymbol(.minus) || isSymbol(.not) {
            signs.append((isSymbol(.minus) ? .negate : .not, token.span))
            try advance()
        }
        var result = try operand()
        while let sign = signs.popLast() {
            let span = sign.span.joined(result.span)
            result = try parsed(.unary(sign.operation, result.expression, span), span, over: [result])
        }
        return result
    }
}
