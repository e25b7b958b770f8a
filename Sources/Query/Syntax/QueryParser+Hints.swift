import RoadblockCore

extension QueryParser {
    func unclosed(_ bracket: QueryToken) -> QueryError {
        let close = bracket.kind == .symbol(.leftBracket) ? "]" : bracket.kind == .symbol(.leftParenthesis) ? ")" : "}"
        return QueryError(
            .syntax,
            "the \(bracket.described) that opens here is not closed",
            bracket.span,
            suggestion: "close it with `\(close)`"
        )
    }

    /// The error for the current token, which nothing in the grammar allows here.
    func unexpected(_ wanted: String? = nil) -> QueryError {
        if token.kind == .end || isSymbol(.pipe) && open.count > outerBrackets, let bracket = open.last {
            return unclosed(bracket)
        }
        if let bracket = open.last, isSymbol(.star) ? isEndAhead : command == "stats" && token.keyword == "by" {
            return unclosed(bracket)
        }
        if open.isEmpty, isSymbol(.rightParenthesis) || isSymbol(.rightBracket) {
            return QueryError(.syntax, "this \(token.described) closes nothing", token.span)
        }
        if let error = bareAddress() ?? hyphenatedName() { return error }
        return QueryError(
            .syntax,
            (wanted.map { "expected \($0), found " } ?? "did not expect ") + token.described,
            token.span,
            suggestion: hint(besides: wanted == nil || wanted?.first == "`")
        )
    }

    /// True where the command ends behind the current token.
    private var isEndAhead: Bool {
        let next = ahead()
        return next.kind == .end || next.kind == .symbol(.pipe)
    }

    /// What an expression is wanted for at the current token.
    var wanted: String {
        switch previous?.kind {
        case .symbol(.leftParenthesis): return "a value"
        case .symbol(.comma) where !open.isEmpty: return "a value"
        case .symbol(let symbol) where symbol != .comma: return "a value after `\(symbol.rawValue)`"
        case .word(let word) where ["and", "or", "not", "like"].contains(word.plain):
            return "\(word.plain == "like" ? "a text or /regex/" : "a condition") after `\(word.name)`"
        default: break
        }
        switch command {
        case "fields", "display": return "a column"
        case "stats": return hasTaken("by") ? "a key" : "an aggregate such as `count(*)`"
        case "sort", "order": return "a key"
        case "parse": return "a field or a pattern"
        default: return "a condition"
        }
    }

    /// An address without quotes, which was cut into numbers and signs.
    private func bareAddress() -> QueryError? {
        var start = token.span.start
        if let previous, previous.span.end == start {
            switch previous.kind {
            case .number, .word: start = previous.span.start
            default: break
            }
        }
        var end = start
        while "0123456789abcdefABCDEF.:/".utf8.contains(lexer.byte(end)) { end += 1 }
        let text = lexer.text(start, end)
        guard end > start, text.utf8.count(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }) > 1,
            IPPrefix(parsing: text) != nil
        else { return nil }
        return QueryError(
            .syntax,
            "an address needs quotes",
            SourceSpan(start, end),
            suggestion: "write `\(blockTest(text, before: start) ?? "'\(text)'")`"
        )
    }

    /// The address at the current token.
    var addressHere: String? {
        let start = token.span.start
        var end = start
        while "0123456789abcdefABCDEF.:".utf8.contains(lexer.byte(end)) { end += 1 }
        let text = lexer.text(start, end)
        return IPAddress(parsing: text) == nil ? nil : text
    }

    /// `isIpInSubnet(a, '10.0.0.0/8')` for `a = 10.0.0.0/8`, whose address begins at a byte.
    private func blockTest(_ block: String, before start: Int) -> String? {
        let before = taken.filter { $0.end <= start }.suffix(2).map { lexer.text($0) }
        guard block.contains("/"), before.count == 2, ["=", "==", "!="].contains(before[1]) else { return nil }
        return "\(before[1] == "!=" ? "not " : "")isIpInSubnet(\(before[0]), '\(block)')"
    }

    /// A new name with a hyphen, which is a minus sign here.
    private func hyphenatedName() -> QueryError? {
        guard isSymbol(.minus), let previous, case .word = previous.kind, previous.span.end == token.span.start,
            beforePrevious == "as" || command == "parse" && hasTaken("as") || command == "dedup"
        else { return nil }
        var end = token.span.end
        while lexer.byte(end) == UInt8(ascii: "-") || lexer.byte(end) != UInt8(ascii: "`") && lexer.isPartStart(end) {
            end += 1
        }
        let span = SourceSpan(previous.span.start, end)
        return QueryError(
            .syntax,
            "a name with a hyphen needs backticks",
            span,
            suggestion: "write `` `\(lexer.text(span))` ``"
        )
    }

    /// What was probably meant; `isBeside` says that something complete stands before the current token.
    private func hint(besides isBeside: Bool) -> String? {
        switch token.kind {
        case .stray("||") where QueryParser.isCommand(ahead().keyword ?? ""): "commands are separated by one `|`"
        case .stray(let text): strayHint(text)
        case .symbol(let symbol): symbolHint(symbol)
        case .word where previous?.keyword == "join":
            "the whole is `join left=a right=b where a.id = b.id (SOURCE 'log-group')`"
        case .word(let word): wordHint(word) ?? (isBeside ? separatorHint() : nil)
        case .string(let key) where open.last?.kind == .symbol(.leftBracket) && command != "source" && !isBeside:
            "a key stands behind a point: `.\(CanonicalText.name(NameSyntax(parts: [key], span: token.span)))`"
        case .string where previous?.keyword == "as": "a name stands bare or in backticks, not in quotes"
        case .number where previous?.keyword == "as": "a name that begins with a digit needs backticks"
        case .number where ["bin", "datefloor", "dateceil"].contains(previous?.keyword):
            "a period stands in parentheses, as in `bin(5m)`"
        case .number, .string: isBeside ? separatorHint() : nil
        case .end where command == "parse" && !hasTaken("as"): "write `as` and a name for each part: `… as user`"
        case .regex, .end: nil
        }
    }

    private func strayHint(_ text: String) -> String? {
        switch text {
        case "&&", "&": "write `and`"
        case "||": "write `or`"
        case "<>", "!==", "≠": "write `!=`"
        case "===": "write `=`"
        case "≤": "write `<=`"
        case "≥": "write `>=`"
        case "!~": "write `not like /…/`"
        case "~": "write `like` or `=~`"
        case "?": "write `if(condition, a, b)`"
        case ";": "a query needs no mark at its end"
        case "{", "}": "parameters, `{{name}}`, are filled in only where a saved query is called"
        case ":": "text with `:` in it needs quotes"
        case "“", "”", "„", "‟", "«", "»", "‘", "’", "‚", "‛", "´": "use straight quotes, \" or '"
        case "–", "—", "−", "‐", "‑": "use the plain hyphen, -"
        default: nil
        }
    }

    private func symbolHint(_ symbol: QueryToken.Symbol) -> String? {
        let next = lexer.byte(token.span.end)
        switch symbol {
        case .slash where next == UInt8(ascii: "/") || next == UInt8(ascii: "*") || previous?.kind == token.kind:
            return "a comment starts with `#`"
        case .slash: return "a regular expression stands behind `like`, `=~` or `parse`"
        case .star where command == "fields" || command == "display":
            return "columns are named one by one; a query without `fields` shows @timestamp and @message"
        case .star: return "a lone `*` stands in `count(*)` only"
        case .equal where command == "limit": return "write `limit 10`"
        case .greater where previous?.kind == .symbol(.equal): return "write `>=`"
        case .less where previous?.kind == .symbol(.equal): return "write `<=`"
        case .dollar: return "there are no variables; write the value itself"
        case .dot where next == UInt8(ascii: ".") && open.last?.kind == .symbol(.leftBracket): return rangeHint
        case .dot where isDigit(lexer.byte(token.span.end)): return "write a digit before the point, as in `0.5`"
        case .comma where command == "limit": return "no rows can be skipped: take more, or sort the other way round"
        case .comma where ["filter", "where", "filterindex"].contains(command) && open.isEmpty:
            return "join conditions with `and` or `or`"
        case .leftParenthesis:
            if case .word(let word)? = previous?.kind, word.plain == nil { return "`\(word.name)` is no function" }
            return nil
        default: return nil
        }
    }

    /// `in [80..90]`, with the first point as the current token.
    private var rangeHint: String {
        let start = token.span.end + 1
        var end = start
        while isDigit(lexer.byte(end)) { end += 1 }
        let before = taken.suffix(4).map { lexer.text($0) }
        guard end > start, before.count == 4, before[1].lowercased() == "in" else {
            return "a list has its values one by one; a range is two comparisons"
        }
        return "write `\(before[0]) >= \(before[3]) and \(before[0]) <= \(lexer.text(start, end))`"
    }

    private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private func wordHint(_ word: QueryToken.Word) -> String? {
        guard let plain = word.plain else { return nil }
        if case .number? = previous?.kind, previous?.span.end == token.span.start {
            return PeriodSyntax.Unit(spelling: plain) == nil
                ? "a name that begins with a digit needs backticks"
                : "a number has a unit in `bin` and the like only; elsewhere write the number alone"
        }
        if plain == "by", command == "stats", previous?.keyword == "stats" { return "write `stats count(*) by`" }
        if ["in", "like"].contains(plain), ["and", "or", "not"].contains(previous?.keyword) {
            return "write the field again before `\(word.name)`"
        }
        if QueryParser.reserved.contains(plain), plain != "not", isOperandPlace {
            return "a field of this name needs backticks: `` `\(word.name)` ``"
        }
        let field = previous.flatMap { previous in
            if case .word(let name) = previous.kind { name.name } else { nil }
        }
        switch plain {
        case "is": return "write `\(ahead().keyword == "not" ? "" : "not ")ispresent(\(field ?? "field"))`"
        case "contains", "has", "matches", "match", "regexp", "rlike", "ilike", "startswith", "endswith":
            return "write `like \"text\"` or `like /regex/`"
        case "between":
            let (name, bounds) = (field ?? "field", boundsAhead())
            return "write `\(name) >= \(bounds?.low ?? "low") and \(name) <= \(bounds?.high ?? "high")`"
        case "eq", "equals": return "write `=`"
        case "ne": return "write `!=`"
        case "group" where ahead().keyword == "by": return "write `by` alone"
        case "having": return "write `| filter` behind `stats`"
        case "offset" where command == "limit": return "no rows can be skipped: take more, or sort the other way round"
        case "descending": return "write `desc`"
        case "ascending": return "write `asc`"
        case "when", "then", "else": return "write `if(condition, a, b)` or `case(condition, a, …)`"
        case "from": return "where the rows come from is named on the command line"
        case "not":
            return "write `not` before a whole condition, or `not in`, `not like`"
        case "by": return "only `stats` has keys behind `by`"
        default: break
        }
        return QueryParser.isCommand(plain) ? "a `|` is missing before `\(word.name)`" : nil
    }

    /// The two numbers of `between 1 and 2`, as typed.
    private func boundsAhead() -> (low: String, high: String)? {
        var lexer = lexer
        var texts: [String] = []
        for place in 0..<3 {
            guard let token = try? lexer.next() else { return nil }
            switch token.kind {
            case .number where place != 1: texts.append(lexer.text(token.span))
            case .word where place == 1 && token.keyword == "and": break
            default: return nil
            }
        }
        return (texts[0], texts[1])
    }

    /// True where a value or a name should stand, not an operator.
    private var isOperandPlace: Bool {
        switch previous?.kind {
        case .symbol(let symbol): ![.rightParenthesis, .rightBracket, .star].contains(symbol)
        case .word(let word): QueryParser.reserved.contains(word.plain ?? "") || word.plain == command
        default: false
        }
    }

    /// For two things side by side: a keyword that was misspelt between them, or the sign that is missing.
    private func separatorHint() -> String? {
        if case .word(let word) = token.kind, let plain = word.plain, plain.utf8.count >= 3,
            let keyword = nearest(to: plain, among: keywordsHere), keyword != plain
        {
            return "did you mean `\(keyword)`?"
        }
        if open.last?.kind == .symbol(.leftBracket) { return "separate values with `,`" }
        guard open.isEmpty else { return "join conditions with `and` or `or`, arguments with `,`" }
        switch command {
        case "fields", "display": return "separate columns with `,`; a new name comes behind `as`"
        case "filter", "where", "filterindex": return "join conditions with `and` or `or`"
        case "stats" where beforePrevious == "as" && (hasTaken("by") || ahead().keyword == "by"):
            return "a name of several words needs backticks: `` `\(previousText) \(lexer.text(token.span))` ``"
        case "stats" where !hasTaken("by") && beforePrevious == "as": return "write `by` before the keys"
        case "stats" where !hasTaken("by"): return "write `by` before the keys, `as` before a name, `,` before more"
        case "stats", "dedup": return "separate with `,`"
        case "sort", "order": return "separate keys with `,`; a direction is `asc` or `desc`"
        case "parse" where hasTaken("as"): return "separate names with `,`"
        case "parse": return "write `as` before the names"
        default: return nil
        }
    }

    private var previousText: String { previous.map { lexer.text($0.span) } ?? "" }

    private var keywordsHere: [String] {
        switch command {
        case "filter", "where", "filterindex": ["and", "or", "not", "in", "like"]
        case "stats": ["as", "by", "offset"]
        case "sort", "order": ["desc", "asc"]
        default: []
        }
    }
}
