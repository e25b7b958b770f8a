import Columns
package import RoadblockCore

/// How a query was read, for `--explain`.
package struct QueryExplanation: Sendable {
    /// Commands in the order in which they act, in one spelling, with what nobody wrote in parentheses behind.
    package var steps: [String]
    /// The columns of the result.
    package var columns: [String]
    /// The fields that every row is read for.
    package var fields: [String]
    /// Values that are taken as another kind than they were written as.
    package var facts: [String]
    package var notices: [QueryNotice]
}

extension QueryRun {
    /// Says how a plan is read over a table's fields, without reading any row.
    ///
    /// - Throws: `Failure` with the place of what cannot be resolved.
    package static func explain(
        _ plan: QueryPlan,
        _ fields: TableFields,
        _ settings: QuerySettings
    ) throws(Failure) -> QueryExplanation {
        let pipeline = try Pipeline(plan, fields, settings)
        let lint = QueryLint(pipeline.plan, fields)
        return QueryExplanation(
            steps: pipeline.plan.explanation,
            columns: pipeline.columns,
            fields: pipeline.fields,
            facts: lint.facts,
            notices: lint.merged(with: plan.notices + pipeline.notices)
        )
    }
}

extension QueryPlan {
    /// The parts of the query in the order in which they act, one line each.
    package var explanation: [String] {
        let canonical = CanonicalText(text)
        var lines = sources.map(canonical.source)
        var hasColumns = false
        for (index, stage) in stages.enumerated() {
            lines += stage.steps.map(canonical.command)
            if stage.stats != nil || stage.expansion?.kind.namesColumns == true || stage.analysis != nil
                || stage.steps.contains(where: \.kind.namesColumns)
            {
                hasColumns = true
            }
            if !hasColumns, stage.rows != nil || index == stages.count - 1 {
                lines.append("fields @timestamp, @message (nothing else is asked for)")
                hasColumns = true
            }
            lines += sortLines(stage, index, canonical)
            for command in [stage.stats, stage.expansion, stage.rows, stage.analysis, stage.follower] {
                if let command { lines.append(canonical.command(command)) }
            }
            if let names = stage.dedup {
                lines.append("dedup \(names.map(CanonicalText.name).joined(separator: ", "))")
            }
        }
        switch limit {
        case let limit? where limit.word == .limitAny: lines.append("limit any \(limit.count)")
        case let limit? where limit.word == .tail: lines.append("the last \(limit.count) of these")
        case let limit?: lines.append("limit \(limit.count)")
        case nil: lines.append("limit \(QueryPlan.defaultLimit) (nothing else is asked for)")
        }
        return lines.enumerated().map { "\($0 + 1). \($1)" }
    }

    private func sortLines(_ stage: StageSyntax, _ index: Int, _ canonical: CanonicalText) -> [String] {
        let keys = stage.sorts.flatMap { $0 }
        if !keys.isEmpty {
            let isSilent = keys.contains { $0.isDescending == nil }
            return [
                "sort \(keys.map(canonical.key).joined(separator: ", "))"
                    + (isSilent ? " (ascending where nothing is said)" : "")
            ]
        }
        guard index == stages.count - 1, limit?.word != .limitAny else { return [] }
        if let before = stages[..<index].last(where: { $0.stats != nil || $0.rows != nil || $0.analysis != nil }) {
            guard before.rows == nil, case .stats(_, let groups, _)? = before.stats?.kind, !groups.isEmpty else {
                return []
            }
            let keys = groups.map { $0.alias.map(CanonicalText.name) ?? canonical.expression($0.expression) }
            return ["sort \(keys.map { "\($0) asc" }.joined(separator: ", ")) (CloudWatch promises no order)"]
        }
        return ["sort @timestamp desc (nothing else is asked for)"]
    }
}

extension CommandSyntax.Kind {
    fileprivate var namesColumns: Bool {
        switch self {
        case .filter, .join: false
        default: true
        }
    }
}
