import RoadblockCore

extension Pipeline {
    /// The keys of the order that was asked for, and of the one that rows have by themselves.
    func orderKeys(
        _ syntax: QueryPlan.StageSyntax,
        _ builder: NodeBuilder,
        _ order: RowOrder
    ) throws(QueryError) -> [RowCollector.Key] {
        var keys: [RowCollector.Key] = []
        for sort in syntax.sorts {
            for key in sort {
                guard let node = try sortNode(key, builder) else { continue }
                if key.isDescending == nil {
                    builder.scope.note(
                        "without `asc` or `desc` the order is ascending here; CloudWatch's is not documented",
                        key.expression.span
                    )
                }
                keys.append(.init(node: node, isDescending: key.isDescending ?? false))
            }
        }
        switch order {
        case .newestFirst: keys.append(.init(node: builder.scope.field("@timestamp"), isDescending: true))
        case .groups:
            // Groups have no order of their own: by their keys, so that two runs print the same.
            let count = stages.last?.aggregation?.table.keyCount ?? 0
            for key in 0..<count { keys.append(.init(node: FieldNode(key), isDescending: false)) }
        case .asGiven: break
        }
        return keys
    }

    /// A key of the order; behind a `stats`, one that is no column of it orders nothing.
    private func sortNode(_ key: SortKeySyntax, _ builder: NodeBuilder) throws(QueryError) -> Node? {
        if let node = builder.scope.column(text: key.text) { return node }
        do {
            return try builder.node(key.expression)
        } catch {
            guard builder.scope.table == nil, error.errorClass == .semantic else { throw error }
            builder.scope.note(
                "`\(key.text)` is no column of the `\(builder.scope.command)` before, so it orders nothing"
                    + (builder.scope.columnNames.first {
                        let name = $0.lowercased()
                        return name == key.text.lowercased() || name.hasPrefix("\(key.text.lowercased())(")
                    }
                    .map { ": did you mean `\($0)`?" } ?? ""),
                key.expression.span
            )
            return nil
        }
    }
}

/// In which order rows come without a `sort`.
enum RowOrder {
    case newestFirst
    /// By the keys of a `stats`.
    case groups
    /// As they are made.
    case asGiven
}
