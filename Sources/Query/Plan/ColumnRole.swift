/// What a column of a result is to a chart.
package enum ColumnRole: Hashable, Sendable {
    /// Times that were rounded to a period, as a group key.
    case bin(Period)
    /// Another group key.
    case group
    /// A value; `isSum` where the values of several rows may be added up, as those of `sum` and `count` may.
    case value(isSum: Bool)
}

extension QueryPlan {
    /// True where rows of the result stand for groups of rows.
    package var hasStats: Bool { stages.contains { $0.stats != nil } }

    /// The most rows that the result can have.
    package var rowLimit: Int { limit?.count ?? QueryPlan.defaultLimit }

    /// What each column of the result is, by its name.
    package func roles(of columns: [String]) -> [ColumnRole] {
        columns.map { role(named: $0, in: stages.count - 1) ?? .value(isSum: false) }
    }

    /// What a name means in a stage: what the stage itself calls so, or a column of the `stats` before.
    private func role(named name: String, in index: Int, _ depth: Int = 0) -> ColumnRole? {
        let text = ColumnText(name.utf8)
        func isNamed(_ item: NamedExpression) -> Bool { ColumnText(item.name.utf8) == text }
        let items = stages[index].steps.flatMap(\.kind.namedExpressions)
        let own = items.last { item in
            // A field that is only listed keeps its meaning.
            if case .field(let field) = item.expression, field.name == item.name { return false }
            return isNamed(item)
        }
        if let own { return role(of: own, in: index, isKey: false, depth) }
        if index > 0, stages[index - 1].analysis != nil {
            return name == "@pattern" || name == "@fieldName" ? .group : .value(isSum: name == "@sampleCount")
        }
        guard index > 0, case .stats(let aggregates, let groups, _)? = stages[index - 1].stats?.kind else { return nil }
        if let key = groups.first(where: isNamed) {
            return role(of: key, in: index - 1, isKey: true, depth)
        }
        guard let aggregate = aggregates.first(where: isNamed) else { return nil }
        guard case .call(let function, _, _, _) = aggregate.expression else { return .value(isSum: false) }
        let known = FunctionCatalogue.function(named: function.name)?.name
        return .value(isSum: known == "count" || known == "sum")
    }

    private func role(of item: NamedExpression, in index: Int, isKey: Bool, _ depth: Int) -> ColumnRole {
        let otherwise: ColumnRole = isKey ? .group : .value(isSum: false)
        switch item.expression {
        case .call(let function, let arguments, _, _):
            let known = FunctionCatalogue.function(named: function.name)
            guard known?.name == "bin" || known?.name == "datefloor" || known?.name == "dateceil" else {
                return otherwise
            }
            for case .period(let syntax) in arguments { return Period(syntax).map(ColumnRole.bin) ?? otherwise }
            return otherwise
        case .field(let field):
            // One name for another: a name that stands for itself by way of others has no meaning.
            guard depth < 8, let meaning = role(named: field.name, in: index, depth + 1) else {
                return otherwise
            }
            if isKey, case .value = meaning { return .group }
            return meaning
        default: return otherwise
        }
    }
}

extension CommandSyntax.Kind {
    /// The expressions that a `fields` or `display` names.
    fileprivate var namedExpressions: [NamedExpression] {
        switch self {
        case .fields(let list), .display(let list): list
        default: []
        }
    }
}
