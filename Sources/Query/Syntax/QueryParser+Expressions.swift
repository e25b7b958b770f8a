import RoadblockCore

extension QueryParser {
    /// A part of an expression, with its place (parentheses included) and how deep its tree is.
    struct Parsed {
        var expression: ExpressionSyntax
        var span: SourceSpan
        var height: Int
    }

    /// What was read since a bracket opened, by how tightly it binds.
    ///
    /// Levels lie in an array, so that no query can exhaust the stack.
    struct Level {
        enum Opening {
            /// The whole expression.
            case expression
            /// The whole, but nothing more than an operand.
            case operand
            case parenthesis(SourceSpan)
            case call(NameSyntax, QueryFunction?)
        }

        enum Comparison {
            case binary(BinaryOperator, left: Parsed)
            case like(left: Parsed, isNegated: Bool)
        }

        var opening: Opening
        /// Of a call: those that are complete.
        var arguments: [Parsed] = []
        /// What `or` joins.
        var alternatives: [Parsed] = []
        /// What `and` joins.
        var conditions: [Parsed] = []
        var nots: [SourceSpan] = []
        /// The comparison whose right side is being read.
        var comparison: Comparison?
        var operands: [Parsed] = []
        var operators: [BinaryOperator] = []
        var signs: [(operation: UnaryOperator, span: SourceSpan)] = []

        /// True before the first operand of a condition, where `not` may stand.
        var isAtCondition: Bool { comparison == nil && operands.isEmpty }
        /// True before anything of an argument was read.
        var isAtStart: Bool { isAtCondition && alternatives.isEmpty && conditions.isEmpty }
    }

    /// Words that are no names unless they stand in backticks.
    static let reserved: Set = ["and", "or", "not", "in", "like", "as", "by"]

    mutating func expression() throws(QueryError) -> ExpressionSyntax { try read(.expression) }

    /// An expression without operators around it.
    mutating func operand() throws(QueryError) -> ExpressionSyntax { try read(.operand) }

    private mutating func read(_ opening: Level.Opening) throws(QueryError) -> ExpressionSyntax {
        var levels = [Level(opening: opening)]
        while true {
            guard var value = try operand(&levels) else { continue }
            while true {
                value = try steps(into: value)
                let innermost = levels.count - 1
                if case .operand = levels[innermost].opening { return value.expression }
                guard let whole = try take(value, &levels[innermost]) else { break }
                if case .expression = levels[innermost].opening { return whole.expression }
                guard let closed = try close(&levels[innermost], whole) else { break }
                levels.removeLast()
                value = closed
            }
        }
    }

    /// Adds an operand and what follows it; gives all of the level when nothing goes on, `nil` before another operand.
    private mutating func take(_ operand: Parsed, _ level: inout Level) throws(QueryError) -> Parsed? {
        var value = operand
        while let sign = level.signs.popLast() {
            let span = sign.span.joined(value.span)
            value = try parsed(.unary(sign.operation, value.expression, span), span, over: [value])
        }
        level.operands.append(value)
        if let operation = arithmeticOperator {
            level.operators.append(operation)
            try advance()
            return nil
        }
        value = try arithmetic(level.operands, level.operators)
        level.operands = []
        level.operators = []
        guard let condition = try compare(value, &level) else { return nil }
        value = condition
        while let word = level.nots.popLast() {
            let span = word.joined(value.span)
            value = try parsed(.unary(.not, value.expression, span), span, over: [value])
        }
        level.conditions.append(value)
        if isWord("and") {
            try advance()
            return nil
        }
        level.alternatives.append(try balanced(.and, level.conditions[...]))
        level.conditions = []
        if isWord("or") {
            try advance()
            return nil
        }
        let whole = try balanced(.or, level.alternatives[...])
        level.alternatives = []
        return whole
    }

    /// The condition that a side of a comparison completes or is alone; `nil` where the right side follows.
    private mutating func compare(_ value: Parsed, _ level: inout Level) throws(QueryError) -> Parsed? {
        let result: Parsed
        if let comparison = level.comparison {
            level.comparison = nil
            switch comparison {
            case .binary(let operation, let left):
                noteBooleans(left, value)
                result = try joined(operation, left, value)
            case .like(let left, let isNegated): result = try liked(left, value, isNegated)
            }
        } else if let operation = comparisonOperator {
            try advance()
            level.comparison = .binary(operation, left: value)
            return nil
        } else if isSymbol(.matches) {
            result = try match(value)
        } else {
            let isNegated = isWord("not") && ["like", "in"].contains(ahead().keyword)
            if isNegated { try advance() }
            if isWord("in") {
                try advance()
                result = try membership(value, isNegated)
            } else if isWord("like") {
                try advance()
                guard isSymbol(.slash) else {
                    level.comparison = .like(left: value, isNegated: isNegated)
                    return nil
                }
                result = try liked(value, try regex(), isNegated)
            } else {
                return value
            }
        }
        try refuseChain()
        return result
    }

    private func refuseChain() throws(QueryError) {
        guard comparisonOperator != nil || isSymbol(.matches) || isWord("like") || isWord("in") else { return }
        throw QueryError(
            .syntax,
            "comparisons do not chain",
            token.span,
            suggestion: "join two comparisons with `and`, as in `1 < a and a < 5`"
        )
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

    private var arithmeticOperator: BinaryOperator? {
        switch token.kind {
        case .symbol(.plus): .add
        case .symbol(.minus): .subtract
        case .symbol(.star): .multiply
        case .symbol(.slash): .divide
        case .symbol(.remainder): .remainder
        case .symbol(.power): .power
        default: nil
        }
    }

    /// The tree of operands with operators between them.
    private func arithmetic(_ operands: [Parsed], _ operators: [BinaryOperator]) throws(QueryError) -> Parsed {
        // `a ^ b ^ c` is `a ^ (b ^ c)`: from the right.
        var values: [Parsed] = []
        var left: [BinaryOperator] = []
        for index in operands.indices.reversed() {
            guard index < operators.count, operators[index] == .power, let right = values.popLast() else {
                values.append(operands[index])
                if index < operators.count { left.append(operators[index]) }
                continue
            }
            values.append(try joined(.power, operands[index], right))
        }
        values.reverse()
        left.reverse()
        for group: [BinaryOperator] in [[.multiply, .divide, .remainder], [.add, .subtract]] {
            var done = [values[0]]
            var rest: [BinaryOperator] = []
            for (operation, value) in zip(left, values.dropFirst()) {
                if group.contains(operation) {
                    done.append(try joined(operation, done.removeLast(), value))
                } else {
                    rest.append(operation)
                    done.append(value)
                }
            }
            (values, left) = (done, rest)
        }
        return values[0]
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

    /// The regular expression whose first slash is the current token.
    mutating func regex() throws(QueryError) -> Parsed {
        try readRegex()
        guard case .regex(let text) = token.kind else { throw unexpected() }
        let regex = Parsed(expression: .regex(text, token.span), span: token.span, height: 1)
        try advance()
        return regex
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
}
