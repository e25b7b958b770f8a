import Columns
import RoadblockCore

/// The commands that work from row to row.
extension Pipeline {
    /// What a command collects and makes of it, and the names of the columns that it fills.
    func gathering(
        _ command: CommandSyntax,
        _ stage: Int,
        _ list: ColumnList,
        _ builder: NodeBuilder,
        _ keys: [RowCollector.Key],
        _ order: RowOrder
    ) throws(QueryError) -> (RowGathering, added: [String]) {
        switch command.kind {
        case .rows(let syntax): return try gathering(syntax, stage, list, builder, keys, order)
        case .appendcols(let query): return appended(query, list, keys, order)
        default: throw QueryError(.unsupported, "this does not work on rows", command.span)
        }
    }

    private func gathering(
        _ syntax: RowCommandSyntax,
        _ stage: Int,
        _ list: ColumnList,
        _ builder: NodeBuilder,
        _ keys: [RowCollector.Key],
        _ order: RowOrder
    ) throws(QueryError) -> (RowGathering, added: [String]) {
        var nodes: [Node] = []
        var added: [String] = []
        let kind: RowTransform.Kind
        /// The column of a node behind those that are added.
        func column(_ node: Node) -> Int {
            nodes.append(node)
            return added.count + nodes.count - 1
        }
        switch syntax {
        case .accum(let field, let name):
            added = [(name ?? field).name]
            kind = .accum(column(try builder.scope.node(field)))
        case .autoregress(let field, let name, let nearest, let farthest):
            added = name.map { [$0.name] } ?? (nearest...farthest).map { "\(field.name)_p\($0)" }
            kind = .autoregress(column(try builder.scope.node(field)), nearest: nearest)
        case .filldown(let patterns):
            var columns = list.columns.filter { column in
                patterns.isEmpty || patterns.contains { $0.matches(column.name) }
            }
            // Fields that are named and not shown yet; `*` alone is all that is shown.
            for pattern in patterns where pattern.text != "*" {
                let fields = (builder.scope.table?.known ?? []).filter(pattern.matches)
                    .map { NameSyntax(name: $0, span: pattern.span) }
                for field in pattern.name.map({ [$0] }) ?? fields
                where !columns.contains(where: { $0.name == field.name }) {
                    columns.append((field.name, try builder.scope.node(field)))
                }
            }
            added = columns.map(\.name)
            kind = .filldown(columns.map { column($0.node) })
        case .fillmissing(let values): kind = try fillmissing(values, stage, list, builder, column)
        case .addtotals(let fields, let name, let ofRows, let ofColumns):
            if ofRows { added = [name.name] }
            let columns = try Pipeline.columns(fields, list, builder)
            kind = .addtotals(columns.map { column($0.node) }, ofRows: ofRows, ofColumns: ofColumns)
        case .sessionize(let fields, let pause, let name):
            added = [name.name]
            var columns: [Int] = []
            for field in fields { columns.append(column(try builder.scope.node(field))) }
            let halfHour = PeriodSyntax(count: 30, unit: .minute, span: name.span)
            guard let period = Period(pause ?? halfHour) else {
                throw QueryError(.semantic, "a period is at least 1", (pause ?? halfHour).span)
            }
            let time = try builder.scope.node(NameSyntax(name: "@timestamp", span: name.span))
            kind = .sessionize(columns, time: column(time), period)
        case .outlier(let fields, let removes, let factor, let usesLower, let marks):
            let columns = try Pipeline.columns(fields, list, builder)
            added = columns.map(\.name)
            kind = .outlier(
                columns.map { column($0.node) },
                removes: removes,
                factor: factor,
                usesLower: usesLower,
                marks: marks
            )
        case .countFrequent:
            throw QueryError(.unsupported, "`countFrequent` groups rows", SourceSpan(0, 0))
        }
        let transform = RowTransform(kind: kind, added: added.count)
        let isNewestFirst = order == .newestFirst
        return (RowGathering(transform, nodes, keys: keys, isNewestFirst: isNewestFirst, word: syntax.word), added)
    }

    /// The columns that are named, or all that are shown.
    private static func columns(
        _ fields: [NameSyntax],
        _ list: ColumnList,
        _ builder: NodeBuilder
    ) throws(QueryError) -> [(name: String, node: Node)] {
        if fields.isEmpty { return list.columns }
        var columns: [(name: String, node: Node)] = []
        for field in fields {
            let node = try builder.scope.node(field)
            // A column keeps the name under which it is shown.
            let shown = list.columns.first { $0.name == field.name } ?? list.columns.first { $0.node === node }
            columns.append((shown?.name ?? field.name, node))
        }
        return columns
    }

    private func fillmissing(
        _ values: [(value: ExpressionSyntax, field: NameSyntax)],
        _ stage: Int,
        _ list: ColumnList,
        _ builder: NodeBuilder,
        _ column: (Node) -> Int
    ) throws(QueryError) -> RowTransform.Kind {
        let stats = plan.stages[..<stage].compactMap(\.stats).last
        guard case .stats(_, let groups, _)? = stats?.kind else { return .filldown([]) }
        var bin: (column: Int, period: Period)?
        var others: [Int] = []
        for group in groups {
            guard let node = builder.scope.column(text: group.name) else { continue }
            if case .call(let name, let arguments, _, _) = group.expression, name.name.lowercased() == "bin",
                case .period(let syntax)? = arguments.first, let period = Period(syntax), bin == nil
            {
                bin = (column(node), period)
            } else {
                others.append(column(node))
            }
        }
        var filled: [(column: Int, value: Cell)] = []
        for (value, field) in values {
            guard
                let node = list.columns.first(where: { ColumnText($0.name.utf8) == ColumnText(field.name.utf8) })?
                    .node
            else {
                throw QueryError(
                    .semantic,
                    "`stats` left no column `\(field.name)`",
                    field.span,
                    suggestion: nearest(to: field.name, among: list.columns.map(\.name)).map { "did you mean `\($0)`?" }
                )
            }
            filled.append((column(node), try builder.node(value).constant ?? .missing))
        }
        guard let bin else { return .filldown([]) }
        return .fillmissing(bin: bin.column, groups: others, bin.period, filled)
    }
}
