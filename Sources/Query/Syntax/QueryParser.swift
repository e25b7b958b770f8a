package import RoadblockCore

/// Reads a query's text into a tree; knows the grammar, and of functions only what the grammar needs.
struct QueryParser {
    /// Parentheses, calls and brackets that may be open at one time; real queries have a handful.
    static let depthLimit = 100
    /// How deep an expression's tree may be.
    ///
    /// `and` and `or` are balanced, so that only arithmetic, `not` and nesting add to it: `a + b + c` is two deep.
    /// Whoever walks the tree may use recursion.
    static let heightLimit = 100
    /// Characters of text, as the service counts them.
    static let lengthLimit = 10_000

    var lexer: QueryLexer
    var token = QueryToken(kind: .end, span: SourceSpan(0, 0))
    /// The token before.
    var previous: QueryToken?
    /// The places of all tokens so far, from which texts are put together.
    private(set) var taken: [SourceSpan] = []
    /// Brackets that are open.
    private(set) var open: [QueryToken] = []
    var notices: [QueryNotice] = []
    /// The queries inside of this one, in the order in which they end.
    var subqueries: [SubquerySyntax] = []
    /// Brackets that were open where the inner query began that is being read; 0 outside of one.
    private(set) var outerBrackets = 0
    /// The word of the command that is being read, in lower case.
    private(set) var command = ""
    private var commandMark = 0

    /// The query that a text is, not checked yet.
    static func parse(_ text: String) throws(QueryError) -> QuerySyntax {
        if let limit = text.unicodeScalars.index(
            text.startIndex,
            offsetBy: lengthLimit,
            limitedBy: text.unicodeScalars.endIndex
        ), limit < text.endIndex {
            let offset = text.utf8.distance(from: text.startIndex, to: limit)
            throw QueryError(
                .syntax,
                "a query has at most 10,000 characters",
                SourceSpan(offset, offset)
            )
        }
        var parser = QueryParser(lexer: QueryLexer(text))
        try parser.begin()
        return QuerySyntax(
            text: text,
            commands: try parser.pipeline(),
            notices: parser.notices,
            subqueries: parser.subqueries
        )
    }

    init(lexer: QueryLexer) { self.lexer = lexer }

    private mutating func begin() throws(QueryError) {
        try advance()
        guard token.kind != .end else {
            throw QueryError(
                .syntax,
                "the query is empty",
                lexer.end,
                suggestion: "to begin with: `fields @timestamp, @message | limit 20`"
            )
        }
    }

    /// The commands up to the end, or to the parenthesis that ends an inner query.
    mutating func pipeline() throws(QueryError) -> [CommandSyntax] {
        if isSymbol(.pipe) {
            throw QueryError(
                .syntax,
                "a query begins with a command, not with `|`",
                token.span,
                suggestion: "remove the first `|`"
            )
        }
        var commands = [try nextCommand()]
        while isSymbol(.pipe) {
            let pipe = token
            try advance()
            if isAtEnd {
                throw QueryError(
                    .syntax,
                    !isSymbol(.pipe)
                        ? "a command is missing after the last `|`" : "a command is missing between two `|`",
                    pipe.span,
                    suggestion: "remove the `|` or write a command behind it"
                )
            }
            commands.append(try nextCommand())
        }
        return commands
    }

    private mutating func nextCommand() throws(QueryError) -> CommandSyntax {
        let start = token.span
        commandMark = mark
        if isSymbol(.dollar) {
            return CommandSyntax(kind: try savedCall(), word: start, span: start.joined(taken.last ?? start))
        }
        command = token.keyword ?? ""
        guard let kind = try command(command) else { throw unknownCommand() }
        guard isAtEnd else { throw unexpected() }
        return CommandSyntax(kind: kind, word: start, span: start.joined(taken.last ?? start))
    }

    mutating func advance() throws(QueryError) {
        if token.kind != .end { taken.append(token.span) }
        previous = token
        token = try lexer.next()
    }

    /// True where a command ends.
    var isAtEnd: Bool { token.kind == .end || isSymbol(.pipe) || isNested && isSymbol(.rightParenthesis) }

    /// True while a query inside of another one is read.
    var isNested: Bool { outerBrackets > 0 }

    /// Reads what stands in the parentheses that were opened last.
    mutating func nested<Part>(
        _ read: (inout QueryParser) throws(QueryError) -> Part
    ) throws(QueryError) -> Part {
        let outer = (command: command, mark: commandMark, brackets: outerBrackets)
        outerBrackets = open.count
        let part = try read(&self)
        (command, commandMark, outerBrackets) = outer
        return part
    }

    /// Puts a token in place of the current one, which was read without knowledge of the grammar.
    mutating func replace(_ read: (inout QueryLexer) throws(QueryError) -> QueryToken) throws(QueryError) {
        token = try read(&lexer)
    }

    /// The token behind the current one; of kind `end` where there is none that can be read.
    func ahead() -> QueryToken {
        var lexer = lexer
        return (try? lexer.next()) ?? QueryToken(kind: .end, span: lexer.end)
    }

    func isSymbol(_ symbol: QueryToken.Symbol) -> Bool { token.kind == .symbol(symbol) }

    func isWord(_ word: String) -> Bool { token.keyword == word }

    /// Takes a bracket that opens.
    mutating func openBracket() throws(QueryError) {
        open.append(token)
        guard open.count <= QueryParser.depthLimit else {
            throw QueryError(
                .syntax,
                "brackets are nested more than \(QueryParser.depthLimit) deep",
                token.span,
                suggestion: "give a part a name with `fields … as name`"
            )
        }
        try advance()
    }

    /// Takes the bracket that closes the last one opened.
    mutating func closeBracket(_ symbol: QueryToken.Symbol) throws(QueryError) {
        guard isSymbol(symbol) else { throw unexpected("`,` or `\(symbol.rawValue)`") }
        try closeInnermost()
    }

    /// Takes a token that closes the last bracket opened.
    mutating func closeInnermost() throws(QueryError) {
        open.removeLast()
        try advance()
    }

    /// How many tokens were taken: a mark for `text(from:)`.
    var mark: Int { taken.count }

    /// True if a keyword was read in this command.
    func hasTaken(_ word: String) -> Bool {
        taken[commandMark...].contains { lexer.text($0).lowercased() == word }
    }

    /// The text of the token before the previous one, in lower case.
    var beforePrevious: String { taken.count < 2 ? "" : lexer.text(taken[taken.count - 2]).lowercased() }

    /// The text of the tokens since a mark as typed, what stood between two of them reduced to one blank.
    func text(from mark: Int) -> String {
        var text = ""
        for index in taken.indices[mark...] {
            if index > mark, taken[index].start > taken[index - 1].end { text += " " }
            text += lexer.text(taken[index])
        }
        return text
    }
}

extension QuerySyntax {
    /// The commands of a query's text, checked as far as that is possible without knowing the fields.
    ///
    /// - Throws: a failure of kind `usage` whose code is one of `QueryErrorClass` and whose place points at the mistake.
    package init(parsing text: String) throws(Failure) {
        do {
            let query = try QueryParser.parse(text)
            try QueryCheck.check(query)
            self = query
        } catch {
            throw error.translated(in: text).failure(in: text)
        }
    }
}
