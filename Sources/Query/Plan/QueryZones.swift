package import RoadblockCore

extension QuerySyntax {
    /// The time zones that functions name, those of a fixed offset left out.
    package var zones: [(name: String, span: SourceSpan)] {
        let commands = commands + subqueries.flatMap(\.commands)
        return commands.flatMap(\.kind.expressions).flatMap(QuerySyntax.zones)
    }

    private static func zones(of expression: ExpressionSyntax) -> [(name: String, span: SourceSpan)] {
        var found = expression.parts.flatMap(zones)
        if case .call(let name, let arguments, _, _) = expression, arguments.count > 2,
            case .string(let zone, let span) = arguments[2], DateFormats.offset(zone) == nil,
            ["formatDate", "parseDate"].contains(FunctionCatalogue.function(named: name.name)?.name)
        {
            found.append((zone, span))
        }
        return found
    }

    /// The error for a zone that the system does not know.
    package func unknownZone(_ span: SourceSpan, suggestion: String?) -> Failure {
        QueryError(.semantic, "there is no such time zone", span, suggestion: suggestion).failure(in: text)
    }
}

extension CommandSyntax.Kind {
    /// The expressions of a command, in the order of the text.
    var expressions: [ExpressionSyntax] {
        switch self {
        case .fields(let columns), .display(let columns): columns.map(\.expression)
        case .filter(let condition): [condition]
        case .stats(let aggregates, let groups, _): (aggregates + groups).map(\.expression)
        case .sort(let keys): keys.map(\.expression)
        case .parse(let parse): parse.source.map { [$0] } ?? []
        case .unnest(let list, _): [list]
        case .analysis(.pattern(let part)), .analysis(.relevantfields(_, where: let part)): [part]
        case .limit, .dedup, .expand, .rows, .analysis, .lookup, .source, .join, .appendcols, .unsupported: []
        }
    }
}
