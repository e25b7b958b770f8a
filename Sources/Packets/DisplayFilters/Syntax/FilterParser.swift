import RoadblockCore

/// Reads a filter's text into a tree; knows the grammar and no names.
struct FilterParser {
    /// Parentheses, braces, `not` and operators that may be nested.
    static let depthLimit = 500
    /// Bytes of text.
    static let lengthLimit = 64 << 10

    var lexer: FilterLexer
    var token = FilterToken(kind: .end, span: SourceSpan(0, 0))
    /// The token before, for hints.
    var previous: FilterToken?
    /// Brackets that are open, for the message at an early end.
    var open: [FilterToken] = []
    private var depth = 0

    /// The tree of a text; `nil` for a blank one, which selects every packet.
    static func parse(_ text: String) throws(FilterError) -> TestSyntax? {
        guard text.utf8.count <= lengthLimit else {
            throw FilterError(
                .tooLong,
                "a filter has at most \(lengthLimit) bytes",
                SourceSpan(lengthLimit, text.utf8.count)
            )
        }
        var parser = FilterParser(lexer: FilterLexer(text))
        try parser.advance()
        guard parser.token.kind != .end else { return nil }
        let test = try parser.or()
        guard parser.token.kind == .end else { throw parser.unexpected() }
        return test
    }

    private init(lexer: FilterLexer) { self.lexer = lexer }

    mutating func advance() throws(FilterError) {
        previous = token
        token = try lexer.next()
    }

    mutating func descend() throws(FilterError) {
        depth += 1
        guard depth <= FilterParser.depthLimit else {
            throw FilterError(
                .tooDeep,
                "the filter is nested more than \(FilterParser.depthLimit) deep",
                token.span
            )
        }
    }

    mutating func ascend() { depth -= 1 }

    func isSymbol(_ symbol: FilterToken.Symbol) -> Bool { token.kind == .symbol(symbol) }

    func isKeyword(_ keyword: FilterToken.Keyword) -> Bool { token.kind == .keyword(keyword) }

    /// Takes a symbol that must come now.
    mutating func expect(_ symbol: FilterToken.Symbol) throws(FilterError) {
        guard isSymbol(symbol) else { throw unexpected("`\(symbol.rawValue)`") }
        try advance()
    }

    private mutating func or() throws(FilterError) -> TestSyntax {
        var tests = [try xor()]
        while isSymbol(.logicalOr) || isKeyword(.or) {
            try advance()
            tests.append(try xor())
        }
        return tests.count == 1 ? tests[0] : .or(tests)
    }

    private mutating func xor() throws(FilterError) -> TestSyntax {
        var tests = [try and()]
        while isSymbol(.logicalXor) || isKeyword(.xor) {
            try advance()
            tests.append(try and())
        }
        return tests.count == 1 ? tests[0] : .xor(tests)
    }

    private mutating func and() throws(FilterError) -> TestSyntax {
        var tests = [try not()]
        while isSymbol(.logicalAnd) || isKeyword(.and) {
            try advance()
            tests.append(try not())
        }
        return tests.count == 1 ? tests[0] : .and(tests)
    }

    private mutating func not() throws(FilterError) -> TestSyntax {
        if isSymbol(.not) || isKeyword(.not) {
            try advance()
            try descend()
            defer { ascend() }
            return .not(try not())
        }
        guard isSymbol(.leftParenthesis) else { return try test() }
        open.append(token)
        try advance()
        try descend()
        defer { ascend() }
        let inner = try or()
        try expect(.rightParenthesis)
        open.removeLast()
        return inner
    }

    private mutating func test() throws(FilterError) -> TestSyntax {
        var quantifier: Quantifier?
        if isKeyword(.any) || isKeyword(.all) {
            quantifier = isKeyword(.any) ? .any : .all
            try advance()
        }
        let left = try sum()
        if let comparison = comparison() { return try chain(quantifier, left, comparison) }
        if let search = search() {
            try advance()
            return .search(quantifier, left, search, try sum())
        }
        if isKeyword(.in) { return try membership(quantifier, left, isNegated: false) }
        if isSymbol(.not) || isKeyword(.not) {
            let negation = self
            try advance()
            if isKeyword(.in) { return try membership(quantifier, left, isNegated: true) }
            self = negation
            throw unexpected()
        }
        if quantifier != nil { throw unexpected("a comparison") }
        return .value(left)
    }

    private mutating func chain(
        _ quantifier: Quantifier?,
        _ first: OperandSyntax,
        _ comparison: ComparisonSyntax
    ) throws(FilterError) -> TestSyntax {
        var operands = [first]
        var operators: [ComparisonSyntax] = []
        var next: ComparisonSyntax? = comparison
        while let current = next {
            operators.append(current)
            try advance()
            operands.append(try sum())
            next = self.comparison()
        }
        return .comparison(quantifier, operands, operators)
    }

    /// The comparison operator that stands here.
    private func comparison() -> ComparisonSyntax? {
        let (relation, needsAll): (Relation, Bool)
        switch token.kind {
        case .symbol(.equal), .keyword(.eq), .keyword(.anyEqual): (relation, needsAll) = (.equal, false)
        case .symbol(.notEqual), .keyword(.ne), .keyword(.allNotEqual): (relation, needsAll) = (.notEqual, true)
        case .symbol(.allEqual), .keyword(.allEqual): (relation, needsAll) = (.equal, true)
        case .symbol(.anyNotEqual), .keyword(.anyNotEqual), .symbol(.tildeEqual):
            (relation, needsAll) = (.notEqual, false)
        case .symbol(.less), .keyword(.lt): (relation, needsAll) = (.less, false)
        case .symbol(.lessOrEqual), .keyword(.le): (relation, needsAll) = (.lessOrEqual, false)
        case .symbol(.greater), .keyword(.gt): (relation, needsAll) = (.greater, false)
        case .symbol(.greaterOrEqual), .keyword(.ge): (relation, needsAll) = (.greaterOrEqual, false)
        default: return nil
        }
        return ComparisonSyntax(relation: relation, needsAll: needsAll, span: token.span)
    }

    private func search() -> SearchOperator? {
        if isKeyword(.contains) { return .contains }
        return isKeyword(.matches) || isSymbol(.tilde) ? .matches : nil
    }

    private mutating func membership(
        _ quantifier: Quantifier?,
        _ left: OperandSyntax,
        isNegated: Bool
    ) throws(FilterError) -> TestSyntax {
        switch left {
        case .arithmetic, .negated: throw unexpected()
        default: break
        }
        try advance()
        guard isSymbol(.leftBrace) else { throw unexpected("a set in braces, `{1, 2, 5..9}`") }
        open.append(token)
        try advance()
        var elements: [SetElementSyntax] = []
        repeat {
            if !elements.isEmpty { try advance() }
            let low = try sum()
            var high: OperandSyntax?
            if isSymbol(.range) {
                try advance()
                high = try sum()
            }
            elements.append(SetElementSyntax(low: low, high: high))
        } while isSymbol(.comma)
        guard isSymbol(.rightBrace) else {
            let last = elements.last.map { $0.high ?? $0.low }
            throw unexpected("`,` or `}`", suggestion: last.flatMap(setHint))
        }
        open.removeLast()
        try advance()
        return .membership(quantifier, left, isNegated: isNegated, elements)
    }
}
