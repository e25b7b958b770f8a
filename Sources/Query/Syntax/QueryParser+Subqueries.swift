import RoadblockCore

/// Queries inside of others, and `join`.
extension QueryParser {
    /// The query in parentheses whose opening one is the current token.
    mutating func subquery(_ purpose: SubquerySyntax.Purpose) throws(QueryError) -> SubquerySyntax {
        let start = token.span
        guard !isNested else {
            throw QueryError(
                .semantic,
                "a query inside of another one cannot hold a third",
                start,
                suggestion: "ask for the inner values first, and write them as a list"
            )
        }
        try openBracket()
        let commands = try nested { (parser) throws(QueryError) in
            let commands = try parser.pipeline()
            guard parser.isSymbol(.rightParenthesis) else { throw parser.unexpected() }
            return commands
        }
        let span = start.joined(token.span)
        try closeBracket(.rightParenthesis)
        let subquery = SubquerySyntax(purpose: purpose, commands: commands, span: span)
        subqueries.append(subquery)
        return subquery
    }

    /// `appendcols [override] [max=N] (query)`, with the command's word as the current token.
    mutating func appendcols() throws(QueryError) -> SubquerySyntax {
        try advance()
        var (limit, replaces) = (QueryPlan.defaultLimit, false)
        while !isSymbol(.leftParenthesis) {
            let start = token.span
            if try option("override") {
                replaces = try flag()
            } else if isWord("override") {
                replaces = true
                try advance()
            } else if try option("max") {
                guard case .number(let value) = token.kind, let count = Int(exactly: value),
                    (1...100_000).contains(count)
                else {
                    throw QueryError(.semantic, "`max` is a number of rows from 1 to 100,000", start.joined(token.span))
                }
                limit = count
                try advance()
            } else {
                throw unexpected("`(` and a query")
            }
        }
        return try subquery(.columns(limit: limit, replaces: replaces))
    }

    /// `join [type=…] left=a right=b where a.x = b.y (SOURCE …)`, with the command's word as the current token.
    mutating func join() throws(QueryError) -> JoinSyntax {
        let word = token.span
        try advance()
        var keepsAll = false
        var (left, right): (NameSyntax?, NameSyntax?)
        while !isWord("where"), token.keyword != nil {
            if try option("type") {
                guard isWord("inner") || isWord("left") else { throw unexpected("`inner` or `left`") }
                keepsAll = isWord("left")
                try advance()
            } else if try option("left") {
                left = try sideName()
            } else if try option("right") {
                right = try sideName()
            } else {
                throw unexpected("`type=`, `left=`, `right=` or `where`")
            }
        }
        guard let left, let right else {
            throw QueryError(
                .syntax,
                "`join` needs a name for each side, `left=` and `right=`",
                word,
                suggestion: "write `join left=a right=b where a.id = b.id (SOURCE 'name')`"
            )
        }
        guard left.name != right.name else {
            throw QueryError(.semantic, "both sides are named `\(left.name)`", right.span)
        }
        guard isWord("where") else { throw unexpected("`where` and the fields that are equal") }
        try advance()
        let keys = try equalFields(left, right)
        guard isSymbol(.leftParenthesis) else { throw unexpected("`(SOURCE 'name')`, the right side") }
        let start = token.span
        try openBracket()
        guard isWord("source") else { throw unexpected("`SOURCE`") }
        let source = try nested { (parser) throws(QueryError) in try parser.source() }
        if isSymbol(.pipe) {
            throw QueryError(
                .syntax,
                "the right side of a `join` is a SOURCE alone",
                token.span,
                suggestion: "filter behind the `join`: `filter \(right.name).field = …`"
            )
        }
        let span = start.joined(token.span)
        try closeBracket(.rightParenthesis)
        return JoinSyntax(
            keepsAll: keepsAll,
            left: left,
            right: right,
            leftKey: keys.left,
            rightKey: keys.right,
            source: source,
            span: span
        )
    }

    private mutating func sideName() throws(QueryError) -> NameSyntax {
        let name = try name()
        guard name.parts.count == 1 else {
            throw QueryError(.syntax, "the name of a side has no `.`", name.span)
        }
        return name
    }

    /// `a.x = b.y`, in either order.
    private mutating func equalFields(
        _ left: NameSyntax,
        _ right: NameSyntax
    ) throws(QueryError) -> (left: NameSyntax, right: NameSyntax) {
        let first = try name()
        switch token.kind {
        case .symbol(.equal), .symbol(.doubleEqual): break
        case .symbol(.notEqual), .symbol(.less), .symbol(.lessOrEqual), .symbol(.greater), .symbol(.greaterOrEqual),
            .symbol(.matches):
            throw QueryError(
                .syntax,
                "a `join` compares with `=` only",
                token.span,
                suggestion: "compare further fields with `filter` behind the `join`"
            )
        default: throw unexpected("`=` and the field of the other side")
        }
        try advance()
        let second = try name()
        if isWord("and") || isWord("or") || isSymbol(.comma) {
            throw QueryError(
                .syntax,
                "a `join` compares one pair of fields",
                token.span,
                suggestion: "compare further fields with `filter` behind the `join`"
            )
        }
        for field in [first, second] where ![left.name, right.name].contains(field.parts[0]) || field.parts.count < 2 {
            throw QueryError(
                .semantic,
                "`\(field.name)` does not say its side",
                field.span,
                suggestion: "write `\(left.name).\(field.name)` or `\(right.name).\(field.name)`"
            )
        }
        guard first.parts[0] != second.parts[0] else {
            throw QueryError(
                .semantic,
                "both fields are of `\(first.parts[0])`",
                first.span.joined(second.span),
                suggestion: "one is of `\(left.name)`, the other of `\(right.name)`"
            )
        }
        let fields = [first, second].map { NameSyntax(parts: Array($0.parts.dropFirst()), span: $0.span) }
        return first.parts[0] == left.name ? (fields[0], fields[1]) : (fields[1], fields[0])
    }
}
