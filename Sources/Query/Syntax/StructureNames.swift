import RoadblockCore

/// Names that stand for maps and lists, as far as a query's text says.
///
/// Such values cannot be sorted, grouped, counted or told apart (CloudWatch Logs User Guide, structures).
struct StructureNames {
    private var names: Set<String> = []

    /// Functions whose value is a map or a list, in lower case.
    private static let makers: Set = ["jsonparse", "split", "values", "collect_values", "topk", "histogram"]

    /// Checks the values that a command works with, and takes note of the names that it gives.
    mutating func check(_ command: CommandSyntax) throws(QueryError) {
        switch command.kind {
        case .fields(let columns), .display(let columns):
            for column in columns {
                guard let alias = column.alias else { continue }
                give(alias, isStructure: isStructure(column.expression))
            }
        case .parse(let parse):
            let isMap = if case .logfmt = parse.pattern { true } else { false }
            for name in parse.names { give(name, isStructure: isMap) }
        case .unnest(_, into: let name), .expand(let name): give(name, isStructure: false)
        case .lookup(let lookup): for output in lookup.outputs { give(output.name, isStructure: false) }
        case .stats(let aggregates, let groups, _):
            for group in groups { try refuse(group.expression, "be a key of `stats`") }
            for column in aggregates { try checkArguments(column.expression) }
            let lists = aggregates.filter { isStructure($0.expression) }.compactMap { $0.alias?.name }
            names = Set(lists)
        case .sort(let keys): for key in keys { try refuse(key.expression, "be sorted") }
        case .dedup(let fields): for field in fields { try refuse(.field(field), "be a key of `dedup`") }
        case .analysis(.pattern(let text)): try refuse(text, "have patterns")
        case .rows(let syntax): for name in syntax.given { give(name, isStructure: false) }
        case .filter, .limit, .analysis, .source, .join, .appendcols, .unsupported: break
        }
    }

    private mutating func give(_ name: NameSyntax, isStructure: Bool) {
        if isStructure { names.insert(name.name) } else { names.remove(name.name) }
    }

    private func isStructure(_ expression: ExpressionSyntax) -> Bool {
        if case .field(let name) = expression { return names.contains(name.name) }
        return StructureNames.makes(expression)
    }

    /// True for a call whose value is a map or a list.
    static func makes(_ expression: ExpressionSyntax) -> Bool {
        guard case .call(let name, _, _, _) = expression else { return false }
        return makers.contains(name.name.lowercased())
    }

    /// Checks what the aggregates of an expression are computed from.
    private func checkArguments(_ expression: ExpressionSyntax) throws(QueryError) {
        if case .call(let name, let arguments, _, _) = expression,
            let function = FunctionCatalogue.function(named: name.name), function.kind == .aggregate
        {
            for argument in arguments { try refuse(argument, "be an argument of `\(function.name)`") }
        }
        for part in expression.parts { try checkArguments(part) }
    }

    private func refuse(_ expression: ExpressionSyntax, _ what: String) throws(QueryError) {
        guard isStructure(expression) else { return }
        var suggestion = "take a value out of it, or its text with `jsonStringify(…)`"
        if case .field(let name) = expression {
            suggestion = "take a value out of it, `\(name.name).key`, or its text, `jsonStringify(\(name.name))`"
        }
        throw QueryError(.semantic, "a map or a list cannot \(what)", expression.span, suggestion: suggestion)
    }
}
