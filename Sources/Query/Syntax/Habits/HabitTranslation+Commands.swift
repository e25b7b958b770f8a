/// Commands in the habit of other languages.
extension HabitTranslation {
    /// The commands that one is here, none where it says nothing that a query says.
    static func translate(_ pieces: [Piece]) -> [[Piece]] {
        var pieces = pieces
        while pieces.last?.isStray(";") == true { pieces.removeLast() }
        guard let first = pieces.first else { return [pieces] }
        let rest = Array(pieces.dropFirst())
        guard let word = first.keyword else { return [pieces] }
        if let known = known(word, first, rest) { return known }
        if let foreign = foreign(word, rest) { return foreign }
        // A word alone at the begin is a table's name.
        if rest.isEmpty, !QueryParser.isCommand(word) { return CommandHabit.hint(for: word) == nil ? [] : [pieces] }
        return [[first] + expression(rest)]
    }

    private static func command(_ word: String, _ pieces: [Piece]) -> [Piece] { [Piece(word)] + apart(pieces) }

    /// Commands of this language that are written otherwise elsewhere.
    private static func known(_ word: String, _ first: Piece, _ rest: [Piece]) -> [[Piece]]? {
        switch word {
        case "stats": return grouped(first, rest)
        case "filter", "where": return rest.isEmpty ? nil : [[first] + expression(listed(rest))]
        case "limit", "head":
            let numbers = rest.filter { if case .number = $0.kind { true } else { false } }
            let isAssigned = rest.count == 2 && rest[0].isSymbol(.equal)
            let isCalled = rest.count == 3 && rest[0].isSymbol(.leftParenthesis) && rest[2].isSymbol(.rightParenthesis)
            guard numbers.count == 1, isAssigned || isCalled else { return nil }
            return [command(word, apart(numbers))]
        case "sort", "order": return sort(first, rest)
        case "dedup":
            if let mark = index(of: ["sort"], in: rest), mark > 0, mark + 1 < rest.count,
                let sort = sort(Piece("sort"), keyed(Array(rest[(mark + 1)...]), by: Array(rest[..<mark])))
            {
                return sort + [command(word, Array(rest[..<mark]))]
            }
            let names = rest.filter { if case .word = $0.kind { true } else { false } }
            guard names.count == rest.count(where: { !$0.isSymbol(.comma) }), names.count > 1 else { return nil }
            return [command(word, joined(names.map { [$0] }))]
        case "fields", "display":
            // A command behind a column: the `|` between them is missing.
            let mark = rest.indices.dropFirst().first { place in
                rest[place].keyword.map(QueryParser.isCommand) == true && place + 1 < rest.count
                    && !rest[place - 1].isSymbol(.comma) && !rest[place + 1].isSymbol(.comma)
            }
            if let mark { return translate([first] + rest[..<mark]) + translate(Array(rest[mark...])) }
            guard index(of: ["as"], in: rest) == nil else { return nil }
            if rest.first?.keyword == "distinct", rest.count > 1 {
                return [command("dedup", joined(separated(Array(rest.dropFirst())).map { apart($0) }))]
            }
            return [[first] + joined(separated(unbracketed(rest)).map { apart(expression(concatenated($0))) })]
        case "parse":
            var rest = rest
            if rest.count > 3, rest[0].keyword == "field", rest[1].isSymbol(.equal) { rest.removeFirst(2) }
            if let mark = index(of: ["into"], in: rest) { rest[mark] = Piece("as") }
            if let mark = index(of: ["regex", "grok"], in: rest), mark + 1 < rest.count,
                let pattern = rest[mark + 1].string
            {
                rest[mark + 1] = Piece("/\(pattern.replacing("/", with: "\\/"))/")
                rest.removeSubrange((mark > 0 && rest[mark - 1].keyword == "with" ? mark - 1 : mark)...mark)
            }
            return [command(word, rest)]
        default: return nil
        }
    }

    /// A list without the brackets around it.
    private static func unbracketed(_ rest: [Piece]) -> [Piece] {
        guard let first = rest.first, first.isSymbol(.leftBracket) || first.isSymbol(.leftParenthesis),
            end(ofBracket: 0, rest) == rest.count
        else { return rest }
        return Array(rest.dropFirst().dropLast())
    }

    /// `a || b` and `a . b` as `concat(a, b)`.
    private static func concatenated(_ part: [Piece]) -> [Piece] {
        let parts = split(part) { $0.isStray("||") || $0.isSymbol(.dot) && $0.isApart }
        guard parts.count > 1, !parts.contains(where: \.isEmpty) else { return part }
        return pieces("concat(\(parts.map(written).joined(separator: ", ")))")
    }

    private static func foreign(_ word: String, _ rest: [Piece]) -> [[Piece]]? {
        switch word {
        case "select": return select(rest)
        case "count": return [command("stats", pieces("count(*)") + keys(rest))]
        case "group", "groupby":
            let keys = rest.first?.keyword == "by" ? Array(rest.dropFirst()) : rest
            return keys.isEmpty ? nil : [command("stats", pieces("count(*) by") + apart(keys))]
        case "summarize", "summarise", "aggregate", "chart": return grouped(Piece("stats"), rest)
        case "timechart", "timeseries", "timeslice": return timechart(rest)
        case "eval", "extend", "let", "compute": return assignments(rest).map { [command("fields", $0)] }
        case "project" where rest.count > 2 && rest[0].isSymbol(.minus):
            return rest[1].keyword == "rename" ? [command("fields", renamed(Array(rest.dropFirst(2))))] : nil
        case "project", "table", "keep", "print": return [command("display", columns(rest))]
        case "search", "grep", "find": return search(rest)
        case "top", "rare": return top(rest, isRare: word == "rare")
        case "rename": return [command("fields", renamed(rest))]
        case "take", "first": return rest.isEmpty ? nil : [command("limit", rest)]
        case "distinct", "uniq", "unique": return rest.isEmpty ? nil : [command("dedup", rest)]
        case "having": return [command("filter", expression(rest))]
        case "orderby": return sort(Piece("sort"), rest)
        case "rex": return rex(rest)
        case "mvexpand", "explode": return rest.count == 1 ? [command("expand", rest)] : nil
        case "mv" where rest.count == 3 && rest[1].keyword == "expand": return [command("expand", [rest[2]])]
        case "fillnull": return fillnull(rest)
        case "from", "use": return []
        case "index" where rest.count > 1 && rest[0].isSymbol(.equal):
            return rest.count == 2 ? [] : search(Array(rest.dropFirst(2)))
        default: return nil
        }
    }

    private static func keys(_ rest: [Piece]) -> [Piece] {
        guard rest.first?.keyword == "by", rest.count > 1 else { return [] }
        return [Piece("by")] + apart(expression(Array(rest.dropFirst())))
    }

    // MARK: stats

    /// `stats`, with what SQL says behind it as commands of their own.
    private static func grouped(_ first: Piece, _ rest: [Piece]) -> [[Piece]] {
        var end = rest.count
        var commands: [[Piece]] = []
        for word in ["limit", "order", "sort", "having"] {
            guard let mark = index(of: [word], in: rest), mark < end else { continue }
            let part = Array(rest[(mark + 1)..<end])
            switch word {
            case "limit": commands.insert(command("limit", part), at: 0)
            case "order", "sort":
                let values = Array(rest[..<(index(of: ["by"], in: rest) ?? mark)])
                commands.insert(contentsOf: sort(Piece("sort"), keyed(part, by: values)) ?? [], at: 0)
            default: commands.insert(command("filter", expression(part)), at: 0)
            }
            end = mark
        }
        return [[first] + statistics(Array(rest[..<end]))] + commands
    }

    /// The keys of an order; a direction alone is that of the first of some values.
    private static func keyed(_ part: [Piece], by values: [Piece]) -> [Piece] {
        let isDirection = part.count == 1 && ["asc", "desc"].contains(part[0].keyword)
        return isDirection ? (parts(values).first ?? []) + part : part
    }

    /// `port = 22, 443` as `port in [22, 443]`.
    private static func listed(_ rest: [Piece]) -> [Piece] {
        let parts = parts(rest)
        guard parts.count > 1, let head = parts.first, head.count >= 3, head[head.count - 2].isSymbol(.equal),
            parts.dropFirst().allSatisfy({ $0.count == 1 && $0[0].keyword == nil })
        else { return rest }
        var values = joined([[head[head.count - 1]]] + parts.dropFirst())
        values[0].isApart = false
        return Array(head.dropLast(2)) + [Piece("in"), Piece("[")] + values
            + [Piece("]", .symbol(.rightBracket), isApart: false)]
    }

    /// Aggregates and keys, of SPL with blanks between, of KQL with `name = …`.
    private static func statistics(_ rest: [Piece]) -> [Piece] {
        var rest = rest
        if let mark = index(of: ["group"], in: rest), mark + 1 < rest.count, rest[mark + 1].keyword == "by" {
            rest.remove(at: mark)
        }
        let mark = index(of: ["by"], in: rest)
        let aggregates = separated(Array(rest[..<(mark ?? rest.count)])).map { aggregate(named($0)) }
        var result = joined(aggregates.isEmpty && mark != nil ? [pieces("count(*)")] : aggregates)
        if let mark {
            let keys = separated(Array(rest[(mark + 1)...])).map { key in
                apart(bin(key) ?? expression(named(key)))
            }
            result += [Piece("by")] + joined(keys)
        }
        return apart(result)
    }

    /// `span=5m`, or a period alone, as `bin(5m)`.
    private static func bin(_ key: [Piece]) -> [Piece]? {
        let isNamed = key.count > 2 && ["span", "bin", "interval"].contains(key[0].keyword) && key[1].isSymbol(.equal)
        return period(isNamed ? Array(key[2...]) : key).map { pieces("bin(\($0))") }
    }

    /// The parts of a list that has commas, or only blanks, between them.
    private static func separated(_ pieces: [Piece]) -> [[Piece]] {
        parts(pieces).flatMap { part -> [[Piece]] in
            var result: [[Piece]] = [[]]
            var index = 0
            while index < part.count {
                let last = result[result.count - 1].last
                let follows = last.map { isOperand($0) } ?? false
                let isWord = part[index].keyword.map { !QueryParser.reserved.contains($0) } ?? false
                let isCommand =
                    ["sum", "avg", "min", "max"].contains(last?.keyword) && result[result.count - 1].count == 1
                let isUnit = last?.isNumber == true && !part[index].isApart
                if follows, isWord, !isCommand, !isUnit { result.append([]) }
                if index + 1 < part.count, part[index].keyword != nil, part[index + 1].isSymbol(.leftParenthesis),
                    let end = end(ofBracket: index + 1, part)
                {
                    result[result.count - 1] += part[index..<end]
                    index = end
                } else {
                    result[result.count - 1].append(part[index])
                    index += 1
                }
            }
            return result.filter { !$0.isEmpty }
        }
    }

    /// True for what ends an operand.
    static func isOperand(_ piece: Piece) -> Bool {
        switch piece.kind {
        case .word(let word): !QueryParser.reserved.contains(word.plain ?? "")
        case .number, .string, .symbol(.rightParenthesis), .symbol(.rightBracket): true
        default: false
        }
    }

    /// `name = expression` as `expression as name`.
    private static func named(_ part: [Piece]) -> [Piece] {
        guard part.count > 2, case .word = part[0].kind, part[1].isSymbol(.equal) else { return part }
        return apart(Array(part[2...])) + [Piece("as"), apart([part[0]])[0]]
    }

    /// One aggregate: `count` alone counts rows, `sum bytes` sums a field.
    private static func aggregate(_ part: [Piece]) -> [Piece] {
        var part = part
        if part.first?.keyword == "count", part.count == 1 || part[1].keyword == "as" {
            part = [Piece("count(*)", .stray(""))] + part.dropFirst()
        } else if part.count >= 2, let word = part[0].keyword, case .word(let field) = part[1].kind,
            field.plain != "as",
            FunctionCatalogue.function(named: word)?.kind == .aggregate
        {
            part = pieces("\(word)(\(part[1].text))") + part.dropFirst(2)
        }
        return apart(expression(part))
    }

    private static func timechart(_ rest: [Piece]) -> [[Piece]]? {
        var rest = rest
        var bin = "5m"
        if let mark = index(of: ["span"], in: rest), mark + 2 < rest.count, rest[mark + 1].isSymbol(.equal) {
            var end = mark + 3
            if end < rest.count, !rest[end].isApart { end += 1 }
            guard let period = period(Array(rest[(mark + 2)..<end])) else { return nil }
            bin = period
            rest.removeSubrange(mark..<end)
        }
        let keys = index(of: ["by"], in: rest).map { Array(rest[($0 + 1)...]) } ?? []
        let aggregates = statistics(Array(rest[..<(index(of: ["by"], in: rest) ?? rest.count)]))
        let list = joined([pieces("bin(\(bin))")] + separated(keys))
        return [command("stats", (aggregates.isEmpty ? pieces("count(*)") : aggregates) + [Piece("by")] + apart(list))]
    }

    // MARK: columns

    /// `a = x, b = y` as `x as a, y as b`.
    private static func assignments(_ rest: [Piece]) -> [Piece]? {
        let list = parts(rest)
        guard !list.isEmpty, list.allSatisfy({ $0.count > 2 && $0[1].isSymbol(.equal) }) else { return nil }
        return joined(list.map { apart(expression(named($0))) })
    }

    /// Columns with commas or blanks between them, some of them with new names.
    private static func columns(_ rest: [Piece]) -> [Piece] {
        joined(separated(rest).map { apart(expression(named($0))) })
    }

    private static func renamed(_ rest: [Piece]) -> [Piece] {
        joined(
            parts(rest).map { part in
                // PPL and KQL's `project-rename` have the new name first.
                part.count == 3 && part[1].isSymbol(.equal)
                    ? [apart([part[2]])[0], Piece("as"), apart([part[0]])[0]] : part
            }
        )
    }

    private static func fillnull(_ rest: [Piece]) -> [[Piece]]? {
        guard rest.count >= 4, rest[0].keyword == "value", rest[1].isSymbol(.equal) else { return nil }
        let value = rest[2].text
        let names = rest[3...].filter { !$0.isSymbol(.comma) }.map(\.text)
        return [pieces("fields " + names.map { "coalesce(\($0), \(value)) as \($0)OrNone" }.joined(separator: ", "))]
    }

    private static func rex(_ rest: [Piece]) -> [[Piece]]? {
        guard let pattern = rest.last?.string else { return nil }
        var field = "@message"
        if rest.count >= 4, rest[0].keyword == "field", rest[1].isSymbol(.equal), rest[2].text != "_raw" {
            field = rest[2].text
        }
        return [[Piece("parse"), Piece(field), Piece("/\(pattern.replacing("/", with: "\\/"))/")]]
    }

    // MARK: rows

    private static func sort(_ first: Piece, _ rest: [Piece]) -> [[Piece]]? {
        var rest = rest
        var limit: Piece?
        if rest.first?.keyword == "by" { rest.removeFirst() }
        if rest.count > 1, case .number = rest[0].kind { limit = rest.removeFirst() }
        let keys = parts(rest).map { key -> [Piece] in
            guard let head = key.first, let last = key.last else { return key }
            if key.count == 2, head.isSymbol(.minus) { return [apart([last])[0], Piece("desc")] }
            if key.count == 2, head.isSymbol(.plus) { return [apart([last])[0], Piece("asc")] }
            if key.count == 2, let word = head.keyword, ["asc", "desc"].contains(word) {
                return [apart([last])[0], Piece(word)]
            }
            let words = ["descending": "desc", "ascending": "asc"]
            if let word = last.keyword, let known = words[word] { return apart(Array(key.dropLast())) + [Piece(known)] }
            return apart(key)
        }
        guard !keys.isEmpty else { return nil }
        let sort = command("sort", joined(keys))
        return limit.map { [sort, command("limit", [apart([$0])[0]])] } ?? [sort]
    }

    /// `top 10 field`, or KQL's `top 10 by field desc`.
    private static func top(_ rest: [Piece], isRare: Bool) -> [[Piece]]? {
        var rest = rest
        var count = "10"
        if rest.count > 2, rest[0].keyword == "limit", rest[1].isSymbol(.equal) { rest.removeFirst(2) }
        if let first = rest.first, case .number = first.kind {
            count = first.text
            rest.removeFirst()
        }
        guard !rest.isEmpty else { return nil }
        if rest[0].keyword == "by" {
            var keys = Array(rest.dropFirst())
            let hasDirection = ["asc", "desc"].contains(keys.last?.keyword)
            if !hasDirection { keys.append(Piece("desc")) }
            return [command("sort", keys), pieces("limit \(count)")]
        }
        let names = separated(rest.filter { $0.keyword != "by" })
        let key = command("stats", pieces("count(*) as n by") + apart(joined(names)))
        return [key, pieces("sort n \(isRare ? "asc" : "desc")"), pieces("limit \(count)")]
    }

    /// Words that are looked for, and `field=value`.
    private static func search(_ rest: [Piece]) -> [[Piece]]? {
        guard !rest.isEmpty else { return nil }
        var conditions: [[Piece]] = []
        var index = 0
        while index < rest.count {
            let piece = rest[index]
            if index + 2 < rest.count, case .word = piece.kind, rest[index + 1].isSymbol(.equal) {
                let value = rest[index + 2]
                var text = value
                if case .word(let word) = value.kind { text = Piece("\"\(word.name)\"") }
                if !["index", "sourcetype", "source", "host"].contains(piece.keyword) {
                    conditions.append([apart([piece])[0], Piece("="), apart([text])[0]])
                }
                index += 3
                continue
            }
            switch piece.kind {
            case .word(let word) where ["and", "or", "not"].contains(word.plain): return nil
            case .word(let word): conditions.append(pieces("@message like \"\(word.name)\""))
            case .string: conditions.append(pieces("@message like \(piece.text)"))
            case .number: conditions.append(pieces("@message like \"\(piece.text)\""))
            default: return nil
            }
            index += 1
        }
        guard !conditions.isEmpty else { return [] }
        return [command("filter", conditions.enumerated().flatMap { $0 == 0 ? $1 : [Piece("and")] + apart($1) })]
    }
}
