import RoadblockCore

extension QueryParser {
    /// The command whose word, in lower case, is the current token; `nil` for any other word.
    mutating func command(_ word: String) throws(QueryError) -> CommandSyntax.Kind? {
        switch word {
        case "fields": return .fields(try columns())
        case "display": return .display(try columns())
        case "filter", "where", "filterindex": return try filter()
        case "stats": return try stats()
        case "sort", "order": return try sort()
        case "limit", "head", "tail": return try limit()
        case "parse": return try parse()
        case "dedup": return try dedup()
        case "unmask": return .fields(try columns())
        case "unnest": return try unnest()
        case "expand":
            try advance()
            return .expand(try name())
        case "json": return try json()
        case "lookup", "cidrlookup": return .lookup(try lookup(isOfBlocks: word == "cidrlookup"))
        case "source": return .source(try source())
        case "join": return .join(try join())
        case "appendcols": return .appendcols(try appendcols())
        default:
            if let syntax = try analysis(word) { return .analysis(syntax) }
            if let syntax = try rowCommand(word) { return .rows(syntax) }
            return nil
        }
    }

    /// True for the word, in lower case, that begins a command.
    static func isCommand(_ word: String) -> Bool { commandNames.contains { $0.lowercased() == word } }

    /// The commands as one writes them, for suggestions.
    static let commandNames =
        [
            "fields", "display", "filter", "where", "stats", "sort", "limit", "parse", "dedup", "diff", "filterIndex",
            "order", "head", "tail", "expand", "json", "unmask", "unnest", "accum", "addtotals", "appendcols",
            "autoregress", "cidrlookup", "countFrequent", "filldown", "fillmissing", "join", "lookup", "outlier",
            "sessionize", "SOURCE", "anomaly", "estimate", "logcompare", "pattern", "relevantfields",
        ]

    private mutating func columns() throws(QueryError) -> [NamedExpression] {
        try advance()
        return try namedExpressions()
    }

    private mutating func filter() throws(QueryError) -> CommandSyntax.Kind {
        let isIndexed = isWord("filterindex")
        try advance()
        let condition = try expression()
        if isIndexed, let part = condition.beyondIndexes {
            notices.append(
                QueryNotice(
                    message:
                        "`filterIndex` takes `field = value` and `field in […]`, joined by `and`: for others write `filter`",
                    span: part.span
                )
            )
        }
        return .filter(condition)
    }

    private mutating func stats() throws(QueryError) -> CommandSyntax.Kind {
        let aggregates = try columns()
        let groups = isWord("by") ? try columns() : []
        var offset: PeriodSyntax?
        if isWord("offset") {
            try advance()
            offset = try period(of: "offset")
        }
        return .stats(aggregates: aggregates, groups: groups, offset: offset)
    }

    private mutating func sort() throws(QueryError) -> CommandSyntax.Kind {
        try advance()
        if isWord("by") { try advance() }
        return .sort(
            try list { (parser) throws(QueryError) in
                let mark = parser.mark
                var key = SortKeySyntax(expression: try parser.expression(), text: parser.text(from: mark))
                if parser.isWord("asc") || parser.isWord("desc") {
                    key.isDescending = parser.isWord("desc")
                    try parser.advance()
                }
                return key
            }
        )
    }

    private mutating func limit() throws(QueryError) -> CommandSyntax.Kind {
        let start = token
        var word: LimitSyntax.Word = isWord("head") ? .head : isWord("tail") ? .tail : .limit
        if word != .limit {
            let instead = word == .tail ? "the other order, `sort @timestamp asc`, and `limit`" : "`limit`"
            notices.append(QueryNotice(message: "`\(command)` is outdated: write \(instead)", span: start.span))
        }
        try advance()
        if word == .limit, isWord("any") {
            word = .limitAny
            try advance()
        }
        let sign = isSymbol(.minus) ? token : nil
        if sign != nil { try advance() }
        // `head -n 5`, as in a shell.
        if sign != nil, isWord("n") { try advance() }
        guard case .number(let value) = token.kind else { throw unexpected("a number of rows") }
        let span = token.span.joined(sign?.span ?? token.span)
        let isWhole = sign == nil && value == value.rounded()
        guard isWhole, value >= 1 else {
            let hint = sign != nil && value >= 1 && value == value.rounded()
            throw QueryError(
                isWhole ? .semantic : .syntax,
                "`\(command)` takes a whole number from 1 on",
                span,
                suggestion: hint ? "write `\(command == "tail" ? command : "limit") \(CellText.render(value))`" : nil
            )
        }
        guard let count = Int(exactly: value), count <= 100_000 else {
            throw QueryError(
                .semantic,
                "`\(command)` takes at most 100,000 rows",
                span,
                suggestion: "for more rows ask for parts of the time range, or count them with `stats`"
            )
        }
        try advance()
        return .limit(LimitSyntax(word: word, count: count, span: span))
    }

    private mutating func dedup() throws(QueryError) -> CommandSyntax.Kind {
        try advance()
        return .dedup(try names())
    }

    private mutating func unnest() throws(QueryError) -> CommandSyntax.Kind {
        try advance()
        let list = try expression()
        guard isWord("into") else { throw unexpected("`into` and a name for each item") }
        try advance()
        return .unnest(list, into: try name())
    }

    /// `json field=source "a.b" as name`, which is a step into what `jsonParse(source)` gives.
    private mutating func json() throws(QueryError) -> CommandSyntax.Kind {
        let start = token.span
        try advance()
        var source = NameSyntax(name: "@message", span: start)
        if isWord("field") {
            try advance()
            guard isSymbol(.equal) else { throw unexpected("`=` and the field") }
            try advance()
            source = try name()
        }
        guard case .string(let path) = token.kind else { throw unexpected("the path in quotes, \"a.b\"") }
        let span = token.span
        try advance()
        guard isWord("as") else { throw unexpected("`as` and a name") }
        try advance()
        let call = ExpressionSyntax.call(
            NameSyntax(name: "jsonParse", span: start),
            [.field(source)],
            isStar: false,
            span
        )
        let steps = QueryParser.steps(of: path)
        guard !steps.isEmpty else { throw QueryError(.semantic, "the path leads nowhere", span) }
        let column = NamedExpression(expression: .path(call, steps, span), alias: try name(), text: path)
        return .fields([column])
    }

    /// The steps of a path in quotes: `a.0.b`, which `a[0].b` and `$.a[0].b` mean too.
    private static func steps(of path: String) -> [PathStep] {
        var steps: [PathStep] = []
        for part in path.split(separator: ".") where !(steps.isEmpty && part == "$") {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            if let name = pieces.first, !name.isEmpty, name != "$" { steps.append(.key(String(name))) }
            for piece in pieces.dropFirst() {
                let index = piece.hasSuffix("]") ? Int(piece.dropLast()) : nil
                steps.append(index.map { .index($0) } ?? .key("[\(piece)"))
            }
        }
        return steps
    }

    private mutating func namedExpressions() throws(QueryError) -> [NamedExpression] {
        try list { (parser) throws(QueryError) in
            let mark = parser.mark
            var column = NamedExpression(expression: try parser.expression(), text: parser.text(from: mark))
            if parser.isWord("as") {
                try parser.advance()
                column.alias = try parser.name()
            }
            return column
        }
    }

    /// Fields or new names with commas between them.
    mutating func names() throws(QueryError) -> [NameSyntax] {
        try list { (parser) throws(QueryError) in try parser.name() }
    }

    mutating func name() throws(QueryError) -> NameSyntax {
        guard case .word(let word) = token.kind, !QueryParser.reserved.contains(word.plain ?? "") else {
            throw unexpected("a name")
        }
        let name = NameSyntax(parts: word.parts, span: token.span)
        try advance()
        return name
    }

    /// Elements with commas between them.
    private mutating func list<Element>(
        _ element: (inout QueryParser) throws(QueryError) -> Element
    ) throws(QueryError) -> [Element] {
        var elements = [try element(&self)]
        while isSymbol(.comma) {
            let comma = token
            try advance()
            if isAtEnd {
                throw QueryError(
                    .syntax,
                    "nothing follows the last `,`",
                    comma.span,
                    suggestion: "remove the `,`"
                )
            }
            elements.append(try element(&self))
        }
        return elements
    }
}

extension ExpressionSyntax {
    /// The first part that no index of fields helps with; `nil` where every part names the values of a field.
    fileprivate var beyondIndexes: ExpressionSyntax? {
        switch self {
        case .binary(.and, let left, let right, _): left.beyondIndexes ?? right.beyondIndexes
        case .binary(.equal, .field, _, _), .inList(.field, _, isNegated: false, _): nil
        default: self
        }
    }
}
