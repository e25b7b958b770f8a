import RoadblockCore

extension QueryCheck {
    /// `stats` commands that one query may have.
    private static let statsLimit = 10

    /// Checks that every command may stand where it stands.
    static func order(_ commands: [CommandSyntax]) throws(QueryError) {
        let stats = commands.indices.filter { commands[$0].isStats }
        if stats.count > statsLimit {
            throw QueryError(
                .semantic,
                "a query has at most \(statsLimit) `stats`",
                commands[stats[statsLimit]].word
            )
        }
        for index in commands.indices {
            let before = commands[..<index]
            if let error = misplaced(commands[index], before, isLast: index == commands.count - 1) { throw error }
            if stats.count > 1, let last = stats.last, index < last { try beforeStats(commands[index]) }
        }
    }

    private static func beforeStats(_ command: CommandSyntax) throws(QueryError) {
        switch command.kind {
        case .sort: throw order("of several `stats`, `sort` stands behind the last", command)
        case .limit: throw order("of several `stats`, `limit` stands behind the last", command)
        default: break
        }
    }

    private static func order(_ message: String, _ command: CommandSyntax, _ suggestion: String? = nil) -> QueryError {
        QueryError(.order, message, command.word, suggestion: suggestion)
    }

    /// The error for a command that may not stand behind the ones before it, or not before others.
    private static func misplaced(
        _ command: CommandSyntax,
        _ before: ArraySlice<CommandSyntax>,
        isLast: Bool
    ) -> QueryError? {
        if before.contains(where: \.isDedup), !command.isLimit {
            return order("only `limit` may follow `dedup`", command, "move `dedup` to the end")
        }
        if case .rows(.fillmissing) = command.kind, !before.contains(where: \.isStatsOverTime) {
            return order("`fillmissing` stands behind `stats … by bin(…)`", command)
        }
        switch command.kind {
        case .source where before.contains { !$0.isSource }:
            return order("`SOURCE` stands at the beginning of a query", command)
        case .join where before.contains(where: \.isJoin):
            return QueryError(.semantic, "a query has one `join` only", command.word)
        case .analysis(let analysis): return misplaced(analysis, command, before, isLast: isLast)
        default: return nil
        }
    }

    /// The error for a command that looks at all rows and may not stand behind the ones before it.
    private static func misplaced(
        _ analysis: AnalysisSyntax,
        _ command: CommandSyntax,
        _ before: ArraySlice<CommandSyntax>,
        isLast: Bool
    ) -> QueryError? {
        let last = before.last { $0.changesRows }
        switch analysis {
        case .pattern where before.contains(where: \.isSort):
            return order(
                "`pattern` may not follow `sort`",
                command,
                "sort its result: `pattern … | sort @sampleCount desc`"
            )
        case .anomaly:
            guard case .analysis(.pattern)? = last?.kind else {
                return order("`anomaly` stands behind `pattern`", command, "write `pattern @message | anomaly`")
            }
        case .estimate where !isLast, .diff where !isLast:
            return order("`\(analysis.word)` is the last command of a query", command)
        case .diff, .logcompare:
            switch last?.kind {
            case nil, .analysis(.pattern): return nil
            default:
                return order("`\(analysis.word)` compares messages, and `\(last?.name ?? "")` leaves none", command)
            }
        case .relevantfields:
            if case .analysis(let other)? = last?.kind {
                return order("`relevantfields` compares fields of events, and `\(other.word)` leaves none", command)
            }
        default: break
        }
        return nil
    }
}

extension CommandSyntax {
    fileprivate var isStats: Bool { if case .stats = kind { true } else { false } }
    fileprivate var isSort: Bool { if case .sort = kind { true } else { false } }
    fileprivate var isDedup: Bool { if case .dedup = kind { true } else { false } }
    fileprivate var isSource: Bool { if case .source = kind { true } else { false } }
    fileprivate var isJoin: Bool { if case .join = kind { true } else { false } }
    fileprivate var isLimit: Bool { if case .limit = kind { true } else { false } }

    /// True where other rows come out than go in.
    fileprivate var changesRows: Bool {
        switch kind {
        case .stats, .analysis, .rows(.countFrequent): true
        default: false
        }
    }

    /// The word of such a command.
    fileprivate var name: String {
        if case .analysis(let analysis) = kind { return analysis.word }
        return isStats ? "stats" : "countFrequent"
    }

    /// True for `stats … by bin(…)`.
    fileprivate var isStatsOverTime: Bool {
        guard case .stats(_, let groups, _) = kind else { return false }
        return groups.contains { group in
            if case .call(let name, _, _, _) = group.expression { name.name.lowercased() == "bin" } else { false }
        }
    }
}
