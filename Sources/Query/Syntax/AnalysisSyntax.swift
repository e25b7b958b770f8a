/// A command that looks at all rows and makes others of them.
package enum AnalysisSyntax: Sendable {
    /// What messages have in common.
    case pattern(ExpressionSyntax)
    /// What is unusual about the patterns before.
    case anomaly
    /// `diff`: patterns now and in the range before, or a day, a week or a month ago.
    case diff(DiffRange)
    /// `logcompare timeshift 1d`
    case logcompare(PeriodSyntax)
    /// Which fields tell the rows that match from the others; no fields stand for all.
    case relevantfields([NameSyntax], where: ExpressionSyntax)
    /// What the query would read, instead of its rows.
    case estimate

    package enum DiffRange: String, Sendable, CaseIterable {
        case before, previousDay, previousWeek, previousMonth
    }

    /// The command's word as the documentation spells it.
    package var word: String {
        switch self {
        case .pattern: "pattern"
        case .anomaly: "anomaly"
        case .diff: "diff"
        case .logcompare: "logcompare"
        case .relevantfields: "relevantfields"
        case .estimate: "estimate"
        }
    }
}

/// The commands that look at all rows.
extension QueryParser {
    mutating func analysis(_ word: String) throws(QueryError) -> AnalysisSyntax? {
        switch word {
        case "pattern":
            try advance()
            return .pattern(try expression())
        case "anomaly":
            try advance()
            return .anomaly
        case "diff": return .diff(try diffRange())
        case "logcompare":
            try advance()
            guard isWord("timeshift") else { throw unexpected("`timeshift` and a period, `timeshift 1d`") }
            try advance()
            if isSymbol(.equal) { try advance() }
            return .logcompare(try period(of: "timeshift"))
        case "relevantfields": return try relevantFields()
        case "estimate":
            try advance()
            return .estimate
        default: return nil
        }
    }

    private mutating func diffRange() throws(QueryError) -> AnalysisSyntax.DiffRange {
        try advance()
        if let word = token.keyword,
            let range = AnalysisSyntax.DiffRange.allCases.first(where: { $0.rawValue.lowercased() == word }),
            range != .before
        {
            try advance()
            return range
        }
        guard token.kind == .end || isSymbol(.pipe) else {
            throw unexpected("`previousDay`, `previousWeek` or `previousMonth`")
        }
        return .before
    }

    private mutating func relevantFields() throws(QueryError) -> AnalysisSyntax {
        try advance()
        let fields = isWord("where") ? [] : try names()
        guard isWord("where") else { throw unexpected("`where` and a condition") }
        try advance()
        return .relevantfields(fields, where: try expression())
    }
}
