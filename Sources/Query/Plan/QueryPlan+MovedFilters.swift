import RoadblockCore

extension QueryPlan {
    /// A filter that names fields of events, and the columns that it may mean.
    struct MovedFilter: Sendable {
        var span: SourceSpan
        var names: Set<String>
        var columns: [String]
    }

    /// Puts filters behind the only `stats` that name fields of events before it, as CloudWatch's own samples mean it.
    ///
    /// Keys without a new name are the same before as behind, so they decide nothing. A name is a column's in its own
    /// case only.
    mutating func moveEventFilters() {
        guard let index = stages.firstIndex(where: { $0.stats != nil }),
            case .stats(let aggregates, let groups, _)? = stages[index].stats?.kind
        else { return }
        let query = Array(text.utf8)
        let keys = ColumnNames(groups.filter { $0.alias == nil })
        var columns = ColumnNames(aggregates + groups.filter { $0.alias != nil })
        var kept: [CommandSyntax] = []
        for command in stages[index + 1].steps {
            switch command.kind {
            case .filter(let condition):
                var use = NameUse(keys: keys, columns: columns, query: query)
                use.look(at: condition)
                if !use.hasColumn, !use.fields.isEmpty {
                    stages[index].steps.append(command)
                    let names = columns.names.union(keys.names).sorted()
                    moved.append(MovedFilter(span: command.span, names: use.fields, columns: names))
                    continue
                }
            case .fields(let list), .display(let list):
                for item in list where item.alias != nil || item.isNamedByText { columns.add(item) }
            case .parse(let syntax):
                let isMap = if case .logfmt = syntax.pattern { true } else { false }
                for name in syntax.names { columns.add(name, isStructure: isMap) }
            case .lookup(let syntax): for output in syntax.outputs { columns.add(output.name) }
            default: break
            }
            kept.append(command)
        }
        stages[index + 1].steps = kept
    }

    /// Lets a filter that was put before `stats` act where it was written.
    mutating func keep(_ filter: CommandSyntax) {
        guard let index = stages.firstIndex(where: { $0.stats != nil }) else { return }
        stages[index].steps.removeAll { $0.span == filter.span }
        let later = stages[index + 1].steps
        let place = later.firstIndex { $0.span.start > filter.span.start } ?? later.count
        stages[index + 1].steps.insert(filter, at: place)
        moved.removeAll { $0.span == filter.span }
    }
}

/// What the names of a condition behind `stats` stand for.
private struct NameUse {
    let keys: ColumnNames
    let columns: ColumnNames
    let query: [UInt8]
    /// Names that are no columns.
    private(set) var fields: Set<String> = []
    /// True where some part is known only behind `stats`.
    private(set) var hasColumn = false

    init(keys: ColumnNames, columns: ColumnNames, query: [UInt8]) {
        self.keys = keys
        self.columns = columns
        self.query = query
    }

    mutating func look(at expression: ExpressionSyntax) {
        if columns.contains(expression, in: query) {
            hasColumn = true
        } else if case .field(let name) = expression {
            if columns.contains(name) {
                hasColumn = true
            } else if !keys.contains(name) {
                fields.insert(name.name)
            }
        } else if !keys.contains(expression, in: query) {
            for part in expression.parts { look(at: part) }
        }
    }
}
