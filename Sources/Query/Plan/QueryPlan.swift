package import RoadblockCore

/// A query whose commands are in the order in which they act.
package struct QueryPlan: Sendable {
    package let text: String
    /// Each but the last ends with a command after which there are other rows.
    var stages: [StageSyntax]
    var limit: LimitSyntax?
    package private(set) var notices: [QueryNotice]
    /// True where the query asks what it would read, and for no rows.
    package private(set) var isEstimate = false
    /// Where its rows come from, as the query says.
    private(set) var sources: [SourceSyntax] = []
    /// What is read before its own rows: the queries inside of it, and the right side of its `join`.
    package private(set) var inner: [InnerPlan] = []
    var purpose: Purpose = .rows
    /// Filters that stand behind the only `stats` and act before it.
    var moved: [MovedFilter] = []

    /// Rows without a `limit`.
    package static let defaultLimit = 10_000

    /// What the rows are for.
    enum Purpose: Sendable {
        case rows
        /// The values of an only column, for `in` at a place in the text.
        case values(SourceSpan)
        /// The right side of a `join`: rows by a key.
        case side(key: NameSyntax, fields: [NameSyntax])
    }

    /// One part of the pipeline: what makes columns and drops rows, in the order of the text; then what makes other rows
    /// of them, or the order and the columns of the result.
    struct StageSyntax: Sendable {
        var steps: [CommandSyntax] = []
        var stats: CommandSyntax?
        /// What makes several rows of one.
        var expansion: CommandSyntax?
        /// What works from row to row.
        var rows: CommandSyntax?
        /// What looks at all rows and makes others of them.
        var analysis: CommandSyntax?
        /// `anomaly`, `diff` or `logcompare` behind such a `pattern`.
        var follower: CommandSyntax?
        var sorts: [[SortKeySyntax]] = []
        var dedup: [NameSyntax]?
    }

    /// Puts the commands of a query in the order in which they act.
    ///
    /// - Throws: `Failure` for a command that this version does not run.
    package init(_ query: QuerySyntax) throws(Failure) {
        do {
            try self.init(checking: query)
        } catch {
            throw error.failure(in: query.text)
        }
    }

    private init(checking query: QuerySyntax) throws(QueryError) {
        try self.init(query.text, query.commands, query.notices)
        for subquery in query.subqueries {
            var plan = try QueryPlan(text, subquery.commands, [])
            if plan.sources.isEmpty { plan.sources = sources }
            switch subquery.purpose {
            case .values: plan.purpose = .values(subquery.span)
            case .columns(let limit, _):
                let own = plan.limit
                plan.limit = LimitSyntax(
                    word: own?.word ?? .limit,
                    count: min(own?.count ?? limit, limit),
                    span: own?.span ?? subquery.span
                )
            }
            notices += plan.notices
            inner.append(InnerPlan(plan: plan, span: subquery.span))
        }
        for case .join(let join) in query.commands.map(\.kind) {
            var plan = try QueryPlan(text, [], [])
            plan.sources = [join.source]
            plan.purpose = .side(key: join.rightKey, fields: [])
            inner.append(InnerPlan(plan: plan, span: join.span))
        }
    }

    private init(_ text: String, _ commands: [CommandSyntax], _ notices: [QueryNotice]) throws(QueryError) {
        self.text = text
        self.notices = notices
        stages = [StageSyntax()]
        let last = commands.lastIndex { if case .stats = $0.kind { true } else { false } }
        let statsCount = commands.count { if case .stats = $0.kind { true } else { false } }
        for (index, command) in commands.enumerated() {
            switch command.kind {
            case .parse(let syntax) where syntax.isMulti: expand(command)
            case .unnest, .expand, .join: expand(command)
            case .source(let source): sources.append(source)
            case .rows(.countFrequent(let names)): count(names, command)
            case .rows, .appendcols:
                stages[stages.count - 1].rows = command
                stages.append(StageSyntax())
            case .fields, .filter, .parse, .lookup: stages[stages.count - 1].steps.append(command)
            case .display:
                // Before a `stats` nothing is shown: it only gives names.
                stages[stages.count - 1].steps.append(command)
            case .stats:
                stages[stages.count - 1].stats = command
                stages.append(StageSyntax())
            case .sort(let keys):
                let isUsed = commands[index...].prefix { $0.kind.isStats == false }.contains { $0.kind.isRows }
                if let last, index < last, !isUsed {
                    self.notices.append(.init(message: "`sort` before `stats` orders nothing", span: command.span))
                } else {
                    stages[stages.count - 1].sorts.insert(keys, at: 0)
                }
            case .limit(let limit):
                self.limit = self.limit.map { $0.count < limit.count ? $0 : limit } ?? limit
            case .dedup(let names): stages[stages.count - 1].dedup = names
            case .analysis(let analysis): analyze(analysis, command)
            case .unsupported(let name):
                throw QueryError(.unsupported, "`\(name)` is not supported yet", command.span)
            }
        }
        for index in stages.indices where stages[index].expansion != nil {
            stages[index + 1].sorts += stages[index].sorts
            stages[index].sorts = []
        }
        if statsCount == 1 { moveEventFilters() }
    }

    /// `countFrequent` is a `stats` with an order of its own.
    private mutating func count(_ names: [NameSyntax], _ command: CommandSyntax) {
        let name = NameSyntax(name: "_approxcount", span: command.word)
        let call = ExpressionSyntax.call(NameSyntax(name: "count", span: command.word), [], isStar: true, command.word)
        let count = NamedExpression(expression: call, alias: name, text: name.name)
        let groups = names.map { NamedExpression(expression: .field($0), alias: nil, text: $0.name) }
        stages[stages.count - 1].stats = CommandSyntax(
            kind: .stats(aggregates: [count], groups: groups, offset: nil),
            word: command.word,
            span: command.span
        )
        let key = SortKeySyntax(expression: .field(name), text: name.name, isDescending: true)
        stages.append(StageSyntax(sorts: [[key]]))
    }

    private mutating func analyze(_ analysis: AnalysisSyntax, _ command: CommandSyntax) {
        if case .estimate = analysis {
            isEstimate = true
            return
        }
        switch analysis {
        case .anomaly, .diff, .logcompare:
            // What stands between does the same before and behind: it only knows the columns of patterns.
            if let index = stages.lastIndex(where: { $0.analysis != nil }) {
                stages[index].follower = command
                return
            }
        default: break
        }
        if !stages[stages.count - 1].sorts.isEmpty {
            notices.append(.init(message: "`sort` before `\(analysis.word)` orders nothing", span: command.word))
            stages[stages.count - 1].sorts = []
        }
        stages[stages.count - 1].analysis = command
        stages.append(StageSyntax())
    }

    private mutating func expand(_ command: CommandSyntax) {
        stages[stages.count - 1].expansion = command
        stages.append(StageSyntax())
    }

    /// True where commands behind a stage say which columns are shown.
    func choosesColumns(behind stage: Int) -> Bool {
        stages[(stage + 1)...].contains { later in
            later.stats != nil || later.expansion != nil
                || later.steps.contains { step in
                    switch step.kind {
                    case .fields, .display, .parse, .lookup: true
                    default: false
                    }
                }
        }
    }

    /// Expressions of all commands, with their parts.
    var expressionCount: Int {
        func count(_ expression: ExpressionSyntax) -> Int { expression.parts.reduce(1) { $0 + count($1) } }
        let commands = stages.flatMap { $0.steps + [$0.stats].compactMap(\.self) }
        return commands.flatMap(\.kind.expressions).reduce(0) { $0 + count($1) }
    }

    /// True where values are put in an order: `sort`, `min`, `max`.
    package var ranks: Bool {
        stages.contains { stage in
            if !stage.sorts.isEmpty { return true }
            guard case .stats(let aggregates, _, _)? = stage.stats?.kind else { return false }
            return aggregates.contains { item in
                guard case .call(let name, _, _, _) = item.expression else { return false }
                return ["min", "max"].contains(name.name.lowercased())
            }
        }
    }
}
