/// `SELECT … FROM … WHERE …` as commands.
extension HabitTranslation {
    private static let clauses = ["from", "where", "group", "having", "order", "limit"]

    static func select(_ rest: [Piece]) -> [[Piece]]? {
        var parts: [String: [Piece]] = [:]
        var word = "select"
        var index = 0
        var depth = 0
        while index < rest.count {
            let piece = rest[index]
            if piece.isSymbol(.leftParenthesis) { depth += 1 }
            if piece.isSymbol(.rightParenthesis) { depth -= 1 }
            if depth == 0, let keyword = piece.keyword, clauses.contains(keyword) {
                word = keyword
                if ["group", "order"].contains(keyword), index + 1 < rest.count, rest[index + 1].keyword == "by" {
                    index += 1
                }
            } else {
                parts[word, default: []].append(piece)
            }
            index += 1
        }
        return commands(parts)
    }

    private static func commands(_ clauses: [String: [Piece]]) -> [[Piece]]? {
        guard var columns = clauses["select"], !columns.isEmpty else { return nil }
        var commands: [[Piece]] = []
        if let condition = clauses["where"] { commands.append([Piece("filter")] + apart(expression(condition))) }
        let isDistinct = columns[0].keyword == "distinct"
        if isDistinct { columns.removeFirst() }
        let keys = clauses["group"].map { self.parts($0).map(expression) } ?? []
        let items = parts(columns).map(expression)
        if !keys.isEmpty || items.contains(where: isAggregate) {
            commands.append(statistics(items, keys))
        } else if isDistinct {
            commands.append([Piece("dedup")] + apart(joined(items)))
        } else if written(columns) != "*" {
            commands.append([Piece("fields")] + apart(joined(items)))
        }
        if let condition = clauses["having"] { commands.append([Piece("filter")] + apart(expression(condition))) }
        if let order = clauses["order"] {
            let sort = [Piece("sort")] + apart(order)
            if isDistinct, !commands.isEmpty {
                commands.insert(sort, at: commands.count - 1)
            } else {
                commands.append(sort)
            }
        }
        if let count = clauses["limit"], count.count == 1 { commands.append([Piece("limit")] + apart(count)) }
        return commands.isEmpty ? [pieces("fields @timestamp, @message")] : commands
    }

    /// Keys come from `group by`, with the names that the columns give them.
    private static func statistics(_ items: [[Piece]], _ keys: [[Piece]]) -> [Piece] {
        let aggregates = items.filter(isAggregate).map { apart(withAlias($0)) }
        let named = keys.map { key -> [Piece] in
            let same = items.first { item in
                guard let mark = index(of: ["as"], in: item) else { return false }
                return written(Array(item[..<mark])) == written(key)
                    || written(Array(item[(mark + 1)...])) == written(key)
            }
            return apart(same ?? key)
        }
        let list = aggregates.isEmpty ? [pieces("count(*)")] : aggregates
        return [Piece("stats")] + apart(joined(list)) + (named.isEmpty ? [] : [Piece("by")] + joined(named))
    }

    /// A new name without `as`, as SQL allows it.
    private static func withAlias(_ item: [Piece]) -> [Piece] {
        guard item.count >= 2, index(of: ["as"], in: item) == nil, let last = item.last, case .word = last.kind,
            item[item.count - 2].isSymbol(.rightParenthesis)
        else { return item }
        return item.dropLast() + [Piece("as"), last]
    }

    private static func isAggregate(_ item: [Piece]) -> Bool {
        item.indices.dropLast().contains { index in
            guard let word = item[index].keyword, item[index + 1].isSymbol(.leftParenthesis) else { return false }
            return FunctionCatalogue.function(named: word)?.kind == .aggregate
        }
    }
}
