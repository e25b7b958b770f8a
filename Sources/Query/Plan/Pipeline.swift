import Columns
import Patterns
import RoadblockCore

/// One worker's own copy of a plan: nodes, groups, collected rows.
final class Pipeline {
    /// One part: conditions in their order, and what takes the rows that are left.
    struct Stage {
        var conditions: [Node] = []
        /// Conditions that drop rows for want of a field, by their place, where that is to be counted.
        var watched: [Int: QueryNotice] = [:]
        /// Where in the text conditions stand, by their place.
        var spans: [Int: SourceSpan] = [:]
        var expansion: (any RowExpansion)?
        var aggregation: Aggregation?
        /// What is to be done with the rows when all are there.
        var gathering: RowGathering?
        var analysis: Analysis?
        var collector: RowCollector?
        /// Values, or rows by their key, for another query.
        var keyed: KeyedRows?
        /// The first condition that asks for the time, and the count of rows that have none.
        var asksTime: Int?
        var timeWatch: TimeWatch?
    }

    private(set) var stages: [Stage] = []
    /// The first stage that holds on to what it is given, and does not hand it on row by row.
    var firstEnd: Int { stages.firstIndex { $0.expansion == nil } ?? 0 }
    /// The fields that rows are asked for.
    private(set) var fields: [String] = []
    /// The names of the result's columns.
    private(set) var columns: [String] = []
    var notices: [QueryNotice] = []
    /// What is known of inner queries, by their places: the fields of their rows, and their columns.
    var innerFields: [Int: TableFields] = [:]
    var innerColumns: [Int: [String]] = [:]
    /// The field of the right side that a `join` compares.
    var joinKey: NameSyntax?
    /// Names that were given with `as`.
    private var given: Set<String> = []
    private(set) var takesAnyOrder = false
    let frame: Frame
    /// The plan, in which a filter stands behind `stats` where the table decides that.
    var plan: QueryPlan
    let isStrict: Bool
    private var statsAliases: Set<String> = []
    private var time: Node?

    /// Builds the nodes of a plan over a table's fields.
    ///
    /// - Throws: `Failure` with the place of what cannot be resolved.
    init(_ plan: QueryPlan, _ table: TableFields, _ settings: QuerySettings) throws(Failure) {
        self.plan = plan
        isStrict = settings.isStrict
        frame = Frame(settings)
        try openInner()
        do {
            try build(table)
        } catch {
            throw error.failure(in: plan.text)
        }
        try checkSide()
    }

    private func build(_ table: TableFields) throws(QueryError) {
        var scope = Scope(table: table, isStrict: isStrict)
        var list = ColumnList([])
        var order = RowOrder.newestFirst
        let first = scope
        if case .side(let key, let wanted) = plan.purpose {
            stages.append(try buildSide(key, wanted, scope))
            fields = scope.fields
            return
        }
        for index in plan.stages.indices {
            let syntax = plan.stages[index]
            var stage = Stage()
            var builder = NodeBuilder(frame: frame, scope: scope, text: plan.text)
            if index == 0 { stage.conditions += try timeConditions(scope, from: try earliest(builder)) }
            let ranges = stage.conditions.count
            for command in syntax.steps { try add(command, to: &stage, &list, builder) }
            if index == 0 {
                stage.timeWatch = timeWatch(scope, ranges, asked: stage.asksTime ?? stage.conditions.count)
            }
            if case .stats(let aggregates, let groups, let offset)? = syntax.stats?.kind {
                if let offset {
                    guard let length = try builder.period(offset).fixedMilliseconds else {
                        throw QueryError(
                            .semantic,
                            "bins are moved by weeks or less, whose length is fixed",
                            offset.span
                        )
                    }
                    builder.binOffset = length
                }
                let columns = try self.stats(aggregates, groups, &stage, &builder)
                notices += scope.notices
                let texts = (groups + aggregates).filter(\.isNamedByText).map(\.text)
                scope = Scope(columns: columns, texts: texts, isStrict: isStrict)
                list = ColumnList(columns)
                order = .groups
            } else if let command = syntax.rows {
                if list.isEmpty, order == .newestFirst, !plan.choosesColumns(behind: index) { showEvents(&list, scope) }
                let keys = try orderKeys(syntax, builder, order)
                let (gathering, added) = try self.gathering(command, index, list, builder, keys, order)
                stage.gathering = gathering
                notices += scope.notices
                scope = Scope(of: scope) { gathering.pass($0) }
                list.map { scope.passed($0) }
                for (index, name) in added.enumerated() {
                    let node = FieldNode(index)
                    scope.replace(name, node)
                    list.show(name, node)
                }
                order = .asGiven
            } else if syntax.analysis != nil {
                let analysis = try self.analysis(syntax, builder)
                stage.analysis = analysis
                notices += scope.notices
                let columns = analysis.columns.enumerated().map { ($1, FieldNode($0) as Node) }
                scope = Scope(columns: columns, of: analysis.word, isStrict: isStrict)
                list = ColumnList(columns)
                order = .asGiven
            } else if let command = syntax.expansion, case .join(let join) = command.kind {
                let joined = try self.join(join, builder)
                stage.expansion = joined.rows
                notices += scope.notices
                scope = joined.scope
                list.map { scope.passed($0) }
            } else if let command = syntax.expansion {
                let expansion = try self.expansion(command, builder, order)
                stage.expansion = expansion.rows
                notices += scope.notices
                scope = Scope(of: scope) { expansion.rows.pass($0) }
                list.map { scope.passed($0) }
                for (index, name) in expansion.names.enumerated() {
                    let node = FieldNode(index)
                    scope.replace(name.name, node)
                    list.show(name.name, node)
                }
            } else {
                try finish(syntax, &stage, list, builder, order)
                notices += scope.notices
            }
            stages.append(stage)
        }
        for index in stages.indices {
            guard let gathering = stages[index].gathering else { continue }
            stages[index].collector = RowCollector(
                keys: gathering.keys,
                outputs: gathering.nodes,
                limit: RowList.limit,
                isNewestFirst: gathering.isNewestFirst
            )
        }
        fields = first.fields
    }

    private func showEvents(_ list: inout ColumnList, _ scope: Scope) {
        for name in ["@timestamp", "@message"] { list.show(name, scope.field(name)) }
    }

    private func add(
        _ command: CommandSyntax,
        to stage: inout Stage,
        _ list: inout ColumnList,
        _ builder: NodeBuilder
    ) throws(QueryError) {
        switch command.kind {
        case .filter(let condition):
            guard actsHere(command, builder.scope) else { return plan.keep(command) }
            try addConditions(condition, to: &stage, builder)
        case .fields(let expressions):
            for item in expressions { list.show(item.name, try define(item, builder, isDisplay: false)) }
        case .display(let expressions):
            list.restrict()
            for item in expressions { list.display(item.name, try define(item, builder, isDisplay: true)) }
        case .parse(let syntax):
            for (name, node) in try parse(syntax, builder) {
                try builder.scope.define(name, node)
                list.show(name.name, node)
            }
        case .lookup(let syntax): try lookUp(syntax, &list, builder)
        case .stats, .sort, .limit, .dedup, .unnest, .expand, .rows, .analysis, .source, .join, .appendcols,
            .unsupported:
            break
        }
    }

    private func define(
        _ item: NamedExpression,
        _ builder: NodeBuilder,
        isDisplay: Bool
    ) throws(QueryError) -> Node {
        let node = try builder.node(item.expression)
        if let alias = item.alias {
            try builder.scope.define(alias, node)
            given.insert(alias.name)
        } else if case .field(let name) = item.expression {
            // A field keeps its own name, but one that a `stats` gave with `as` was refused.
            if isStrict, builder.scope.command == "stats", statsAliases.contains(name.name), !isDisplay {
                throw QueryError(
                    .alias,
                    "`stats` shows `\(name.name)` already",
                    name.span,
                    suggestion: "leave it out, or choose columns with `display`"
                )
            }
        } else {
            builder.scope.define(text: item.text, node)
        }
        return node
    }

    /// The parts of an `and` are conditions of their own: the later ones see fewer rows.
    private func addConditions(
        _ condition: ExpressionSyntax,
        to stage: inout Stage,
        _ builder: NodeBuilder
    ) throws(QueryError) {
        if case .binary(.and, let left, let right, _) = condition {
            try addConditions(left, to: &stage, builder)
            try addConditions(right, to: &stage, builder)
        } else {
            if stage.asksTime == nil, TimeUse.asks(condition) { stage.asksTime = stage.conditions.count }
            if builder.scope.table?.isOpen == true, let notice = condition.whereUndecided(in: plan.text) {
                stage.watched[stage.conditions.count] = notice
            }
            stage.spans[stage.conditions.count] = condition.span
            stage.conditions.append(try builder.node(condition))
        }
    }

    private func stats(
        _ aggregates: [NamedExpression],
        _ groups: [NamedExpression],
        _ stage: inout Stage,
        _ builder: inout NodeBuilder
    ) throws(QueryError) -> [(name: String, node: Node)] {
        try checkAliases(aggregates + groups, builder.scope)
        var keys: [Node] = []
        for group in groups { keys.append(try builder.node(group.expression)) }
        let list = AggregateList(keyCount: keys.count, builder)
        var columns: [(name: String, node: Node)] = []
        for (index, group) in groups.enumerated() {
            let node = FieldNode(index)
            columns.append((group.name, node))
            list.define(group.name, node)
        }
        for alias in (groups + aggregates).compactMap(\.alias) where given.contains(alias.name) {
            try builder.scope.take(alias)
        }
        given.formUnion((groups + aggregates).compactMap { $0.alias?.name })
        builder.aggregates = list
        for item in aggregates {
            let before = list.aggregates.count
            let node = try builder.node(item.expression)
            let names = item.expression.fieldNames
            guard list.aggregates.count > before || (!names.isEmpty && names.allSatisfy { list.named($0) != nil })
            else {
                throw QueryError(
                    .semantic,
                    "`\(item.text)` is no aggregate",
                    item.expression.span,
                    suggestion: "fields go behind `by`: stats count(*) by \(item.text)"
                )
            }
            if let alias = item.alias, columns.contains(where: { $0.name == alias.name }) {
                throw QueryError(.alias, "the name `\(alias.name)` is given twice", alias.span)
            }
            columns.append((item.name, node))
            list.define(item.name, node)
        }
        list.shareMemory()
        stage.aggregation = Aggregation(
            frame,
            keys: keys,
            aggregates: list.aggregates,
            arguments: list.arguments
        )
        return columns
    }

    /// A later `stats` may not give a name that an earlier one gave.
    private func checkAliases(_ items: [NamedExpression], _ scope: Scope) throws(QueryError) {
        let aliases = items.compactMap(\.alias)
        for alias in aliases where statsAliases.contains(alias.name) {
            guard !isStrict else {
                throw QueryError(.alias, "an earlier `stats` has the name `\(alias.name)`", alias.span)
            }
            scope.note(
                "an earlier `stats` has the name `\(alias.name)`: CloudWatch refuses that, here the new meaning counts",
                alias.span
            )
        }
        statsAliases.formUnion(aliases.map(\.name))
    }

    private func finish(
        _ syntax: QueryPlan.StageSyntax,
        _ stage: inout Stage,
        _ list: ColumnList,
        _ builder: NodeBuilder,
        _ order: RowOrder
    ) throws(QueryError) {
        var list = list
        if list.isEmpty, order == .newestFirst { showEvents(&list, builder.scope) }
        if frame.settings.pointsAtEvents, builder.scope.table != nil,
            !list.columns.contains(where: { $0.name == "@ptr" })
        {
            list.display("@ptr", builder.scope.field("@ptr"))
        }
        let isAny = plan.limit?.word == .limitAny
        takesAnyOrder = isAny
        let keys = try orderKeys(syntax, builder, isAny && order == .newestFirst ? .asGiven : order)
        var distinct: [Node]?
        if let names = syntax.dedup {
            distinct = []
            for name in names { distinct?.append(try builder.scope.node(name)) }
        }
        columns = list.columns.map(\.name)
        if case .values(let span) = plan.purpose {
            guard let only = list.columns.first, list.columns.count == 1 else {
                throw QueryError(
                    .semantic,
                    "a query inside `in (…)` has one column, found \(list.columns.count)",
                    span,
                    suggestion: "end it with `display` and one field"
                )
            }
            if plan.limit == nil, distinct == nil {
                stage.keyed = KeyedRows(frame, key: only.node, outputs: nil, time: nil, .values)
                return
            }
        }
        stage.collector = RowCollector(
            keys: keys,
            outputs: list.columns.map(\.node),
            limit: plan.limit?.count ?? QueryPlan.defaultLimit,
            takesLast: plan.limit?.word == .tail,
            isNewestFirst: order == .newestFirst && !isAny,
            distinct: distinct,
            memory: frame.settings.workerMemory
        )
    }
}
