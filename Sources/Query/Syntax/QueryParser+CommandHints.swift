import RoadblockCore

extension QueryParser {
    /// The error for a current token that should be a command's word.
    func unknownCommand() -> QueryError {
        guard case .word(let word) = token.kind else {
            var suggestion: String?
            if isSymbol(.slash) || isSymbol(.minus) { suggestion = "a comment starts with `#`" }
            if case .stray(let text) = token.kind, text == "||" { suggestion = "commands are separated by one `|`" }
            return QueryError(
                .syntax,
                "expected a command, found \(token.described)",
                token.span,
                suggestion: suggestion
            )
        }
        return QueryError(
            .syntax,
            "`\(word.name)` is not a command",
            token.span,
            suggestion: commandHint(word.name)
        )
    }

    private func commandHint(_ name: String) -> String? {
        let next = ahead()
        switch next.kind {
        case .symbol(.equal), .symbol(.doubleEqual), .symbol(.notEqual), .symbol(.less), .symbol(.lessOrEqual),
            .symbol(.greater), .symbol(.greaterOrEqual), .symbol(.matches):
            return "a condition begins with `filter`"
        case .symbol(.leftParenthesis):
            guard let function = FunctionCatalogue.function(named: name) else { break }
            return function.kind == .aggregate
                ? "aggregates follow `stats`: `stats \(name)(…)`"
                : "a condition begins with `filter`, a column with `fields`"
        case .word(let word) where ["like", "in", "not"].contains(word.plain): return "a condition begins with `filter`"
        default: break
        }
        if let habit = QueryParser.habits[name.lowercased()] { return habit }
        return nearest(to: name, among: QueryParser.commandNames).map { "did you mean `\($0)`?" }
    }

    /// What to write for commands of other languages.
    private static let habits: [String: String] = {
        let hints: [(words: [String], hint: String)] = [
            (["select"], "columns come behind `fields`, conditions behind `filter`"),
            (["count", "sum", "avg", "min", "max", "aggregate"], "write `stats count(*)`"),
            (["group", "by", "groupby"], "write `stats count(*) by field`"),
            (["summarize", "summarise", "chart"], "write `stats count(*) by field`"),
            (["timechart", "timeseries", "timeslice"], "write `stats count(*) by bin(5m)`"),
            (["eval", "extend", "let", "set", "compute", "with"], "write `fields expression as name`"),
            (["table", "project", "keep", "cut", "print"], "write `display` and the columns"),
            (["search", "grep", "find", "match", "contains", "like"], "write `filter @message like \"text\"`"),
            (["top", "rare", "topk"], "write `stats count(*) as n by field | sort n desc | limit 10`"),
            (["rename"], "write `fields old as new`"), (["take", "first"], "write `limit` and a number"),
            (["distinct", "uniq", "unique"], "write `stats count(*) by field` or `dedup field`"),
            (["having", "and", "or", "not", "if"], "write `filter` and a condition"),
            (["rex", "extract", "regex", "grok", "dissect"], "write `parse @message /(?<name>…)/`"),
            (["from", "index", "logs"], "where the rows come from is named on the command line"),
            (["mvexpand", "explode", "flatten"], "write `unnest list into name`"),
            (["fillnull"], "write `fields coalesce(field, \"none\") as name`"), (["orderby"], "write `sort`"),
            (["spath"], "fields of JSON have dotted names: `fields user.id`"),
            (["remove", "drop"], "write `display` and the columns to keep"),
        ]
        let pairs = hints.flatMap { entry in entry.words.map { ($0, entry.hint) } }
        return Dictionary(pairs) { first, _ in first }
    }()
}
