import RoadblockCore

extension QueryParser {
    /// The error for a current token that should be a command's word.
    func unknownCommand() -> QueryError {
        guard case .word(let word) = token.kind else {
            var suggestion: String?
            if case .string(let text) = token.kind { suggestion = QueryParser.search(text) }
            if case .number = token.kind, let address = addressHere { suggestion = QueryParser.search(address) }
            if isSymbol(.slash) || isSymbol(.minus) { suggestion = "a comment starts with `#`" }
            suggestion = fileHint ?? suggestion
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
            suggestion: fileHint ?? commandHint(word.name)
        )
    }

    /// What to say where the whole text is a file's name: `roadblock query flow.log.gz`.
    private var fileHint: String? {
        guard taken.isEmpty else { return nil }
        let name = lexer.text(0, lexer.bytes.count)
        guard name.utf8.count <= 200, !name.contains(where: { " \t\n|()\"'`=,".contains($0) }) else { return nil }
        let ending = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last?.lowercased() ?? ""
        let endings = ["log", "json", "jsonl", "ndjson", "gz", "zst", "csv", "txt", "pcap", "pcapng"]
        guard endings.contains(ending) || name.contains("/") && !name.hasPrefix("//") && !name.hasPrefix("/*") else {
            return nil
        }
        return "the query comes first, the files behind it: `roadblock query 'limit 20' \(name)`"
    }

    /// How a text is looked for that stands alone, as in other tools.
    private static func search(_ text: String) -> String? {
        guard text.count <= 60 else { return nil }
        let search = "filter @message like \(CanonicalText.quoted(text))"
        return search.contains("`") ? "write: \(search)" : "write `\(search)`"
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
        if let habit = CommandHabit.hint(for: name.lowercased()) { return habit }
        return nearest(to: name, among: QueryParser.commandNames).map { "did you mean `\($0)`?" }
    }
}
