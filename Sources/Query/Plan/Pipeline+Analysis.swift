import Columns
import RoadblockCore

/// The commands that look at all rows.
extension Pipeline {
    /// The command that a part of the query ends with.
    func analysis(_ syntax: QueryPlan.StageSyntax, _ builder: NodeBuilder) throws(QueryError) -> Analysis {
        guard let command = syntax.analysis, case .analysis(let analysis) = command.kind else {
            throw QueryError(.unsupported, "no command looks at all rows", SourceSpan(0, 0))
        }
        switch analysis {
        case .pattern(let expression):
            return try patterns(try builder.node(expression), syntax.follower ?? command, builder)
        case .relevantfields(let names, let condition): return try relevance(names, condition, builder)
        case .anomaly, .diff, .logcompare, .estimate:
            let message = NameSyntax(name: "@message", span: command.word)
            return try patterns(try builder.scope.node(message), command, builder)
        }
    }

    private func patterns(
        _ argument: Node,
        _ command: CommandSyntax,
        _ builder: NodeBuilder
    ) throws(QueryError) -> Analysis {
        guard case .analysis(let analysis) = command.kind, let shift = try Pipeline.shift(analysis, builder) else {
            if case .analysis(.anomaly) = command.kind {
                return AnomalyAnalysis(argument, time: try time(command, builder))
            }
            return PatternAnalysis(argument)
        }
        return ComparisonAnalysis(
            analysis.word,
            argument,
            time: try time(command, builder),
            shift,
            try compared(shift, command.word)
        )
    }

    private func time(_ command: CommandSyntax, _ builder: NodeBuilder) throws(QueryError) -> Node {
        guard builder.scope.table != nil || builder.scope.has("@timestamp") else {
            throw QueryError(.semantic, "the rows have no `@timestamp` any more", command.word)
        }
        return try builder.scope.node(NameSyntax(name: "@timestamp", span: command.word))
    }

    /// How far back a command looks; `nil` for one that does not.
    static func shift(_ analysis: AnalysisSyntax, _ builder: NodeBuilder) throws(QueryError) -> ComparedRanges.Shift? {
        switch analysis {
        case .diff(.before): return .length
        case .diff(.previousDay): return .day
        case .diff(.previousWeek): return .week
        case .diff(.previousMonth): return .month
        case .logcompare(let syntax):
            guard let length = try builder.period(syntax).fixedMilliseconds else {
                throw QueryError(.semantic, "`timeshift` takes weeks or less, whose length is fixed", syntax.span)
            }
            return .by(length)
        default: return nil
        }
    }

    /// The start of the earlier range that the query compares with, where the run is given a range.
    func earliest(_ builder: NodeBuilder) throws(QueryError) -> Int64? {
        for stage in plan.stages {
            guard case .analysis(let analysis)? = (stage.follower ?? stage.analysis)?.kind,
                let shift = try Pipeline.shift(analysis, builder)
            else { continue }
            let word = (stage.follower ?? stage.analysis)?.word ?? SourceSpan(0, 0)
            return try compared(shift, word).map { min($0.past.lowerBound, $0.present.lowerBound) }
        }
        return nil
    }

    /// The ranges that are compared, where a range is told.
    private func compared(_ shift: ComparedRanges.Shift, _ word: SourceSpan) throws(QueryError) -> ComparedRanges? {
        guard let range = try timeRange() else {
            throw QueryError(.semantic, "this compares times of one range, and the sources have several", word)
        }
        var settings = frame.settings
        settings.start = range.lowerBound == .min ? nil : range.lowerBound
        settings.end = range.upperBound == .max ? nil : range.upperBound
        return ComparedRanges(settings, shift)
    }

    /// Fields that are compared where none are named.
    private static let fieldLimit = 200

    private func relevance(
        _ names: [NameSyntax],
        _ condition: ExpressionSyntax,
        _ builder: NodeBuilder
    ) throws(QueryError) -> Analysis {
        let test = try builder.node(condition)
        var fields: [(name: String, node: Node)] = []
        for name in names { fields.append((name.name, try builder.scope.node(name))) }
        var remark: String?
        if names.isEmpty {
            let own = condition.fieldNames
            var known = builder.scope.table?.known ?? []
            let others = builder.scope.aliases.keys.sorted().filter { !known.contains($0) }
            known += others
            known.removeAll { own.contains($0) || TableFields.system.contains($0) }
            for name in known.prefix(Pipeline.fieldLimit) {
                fields.append((name, try builder.scope.node(NameSyntax(name: name, span: condition.span))))
            }
            if known.count > Pipeline.fieldLimit {
                remark = "only the first \(Pipeline.fieldLimit) of \(known.count) fields are compared: name others"
            } else if builder.scope.table?.isOpen == true {
                remark = "fields that the first records do not have are compared only where they are named"
            }
        }
        return RelevanceAnalysis(fields, where: test, remark: remark)
    }
}
