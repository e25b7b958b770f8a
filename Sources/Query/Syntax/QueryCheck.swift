import RoadblockCore

/// Checks what a query means as far as that is possible without its fields: functions and the order of commands.
///
/// Names are not looked up: which columns a later `stats` may use is for the plan to say.
struct QueryCheck {
    private let bytes: [UInt8]
    /// The columns of the `stats` before.
    private var columns = ColumnNames()
    private var structures = StructureNames()

    static func check(_ query: QuerySyntax) throws(QueryError) {
        let bytes = Array(query.text.utf8)
        for commands in [query.commands] + query.subqueries.map(\.commands) {
            try order(commands)
            var check = QueryCheck(bytes: bytes)
            for command in commands {
                try check.check(command.kind)
                try check.structures.check(command)
            }
        }
        for command in query.subqueries.flatMap(\.commands) {
            let word: String
            switch command.kind {
            case .join: word = "join"
            case .analysis(.estimate): word = "estimate"
            default: continue
            }
            throw QueryError(.semantic, "`\(word)` stands in the query itself, not inside of another one", command.word)
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func check(_ command: CommandSyntax.Kind) throws(QueryError) {
        switch command {
        case .fields(let columns), .display(let columns):
            for column in columns { try check(column.expression, .row) }
        case .filter(let condition): try check(condition, .row)
        case .stats(let aggregates, let groups, _):
            var names: Set<String> = []
            for column in aggregates {
                try check(column.expression, .group)
                guard QueryCheck.hasAggregate(column.expression) || QueryCheck.isOver(column.expression, names) else {
                    throw QueryCheck.noAggregate(column)
                }
                names.insert(column.name)
            }
            try QueryCheck.aloneness(aggregates, groups)
            for group in groups { try check(group.expression, .key) }
            columns = ColumnNames(aggregates + groups)
        case .sort(let keys):
            for key in keys { try check(key.expression, .row) }
        case .parse(let parse):
            if let source = parse.source { try check(source, .row) }
        case .unnest(let list, _): try check(list, .row)
        case .analysis(.pattern(let part)), .analysis(.relevantfields(_, where: let part)): try check(part, .row)
        case .limit, .dedup, .expand, .rows, .analysis, .lookup, .source, .join, .appendcols, .unsupported: break
        }
    }

    /// `topk` is the only output of its `stats`, without keys, as CloudWatch has it.
    private static func aloneness(_ aggregates: [NamedExpression], _ groups: [NamedExpression]) throws(QueryError) {
        for column in aggregates where aggregates.count > 1 || !groups.isEmpty {
            guard case .call(let name, _, _, _) = column.expression, name.name.lowercased() == "topk" else { continue }
            throw QueryError(
                .semantic,
                "`topk` stands alone in `stats`, without other values and without `by`",
                name.span,
                suggestion: "for each group: `stats count(*) as n by group, field | sort n desc`"
            )
        }
    }

    private static func noAggregate(_ column: NamedExpression) -> QueryError {
        var suggestion = "write `count(…)`, `sum(…)` or the like around it, or move it behind `by`"
        if case .field(let name) = column.expression {
            suggestion = "for the rows of each value: `count(*) by \(name.name)`"
        }
        return QueryError(.semantic, "`stats` needs an aggregate here", column.expression.span, suggestion: suggestion)
    }

    /// What an expression is computed from.
    fileprivate enum Scope {
        case row
        /// A key of `stats`.
        case key
        /// The groups of `stats`, where aggregates may stand.
        case group
        case aggregate(String)
    }

    private func check(_ expression: ExpressionSyntax, _ scope: Scope) throws(QueryError) {
        // What is written like a column of the `stats` before is that column.
        if !scope.isGroup, columns.contains(expression, in: bytes) { return }
        guard case .call(let name, let arguments, let isStar, _) = expression else {
            for part in expression.parts { try check(part, scope) }
            return
        }
        let function = try QueryCheck.function(name, arguments, isStar)
        let inner = function.kind == .aggregate ? try scope.entering(function, name) : scope
        for argument in arguments { try check(argument, inner) }
        try QueryCheck.values(function, arguments)
    }

    /// The function of a call, which takes as many arguments.
    private static func function(
        _ name: NameSyntax,
        _ arguments: [ExpressionSyntax],
        _ isStar: Bool
    ) throws(QueryError) -> QueryFunction {
        let function = try FunctionCatalogue.function(of: name)
        if isStar, function.name != "count" {
            throw QueryError(
                .semantic,
                "only `count` takes `*`",
                name.span,
                suggestion: "the function is `\(function.signature)`"
            )
        }
        guard (function.minimumArity...function.maximumArity).contains(arguments.count) || isStar else {
            throw QueryError(
                .semantic,
                "`\(function.name)` takes \(function.arityText), found \(arguments.count)",
                name.span,
                suggestion: "the function is `\(function.signature)`"
            )
        }
        return function
    }

    /// Checks arguments that are literals.
    private static func values(_ function: QueryFunction, _ arguments: [ExpressionSyntax]) throws(QueryError) {
        if let index = function.prefixArgument, case .string(let text, let span) = arguments[index],
            !text.contains("/") || IPPrefix(parsing: text) == nil
        {
            throw QueryError(
                .semantic,
                "this is no block of addresses",
                span,
                suggestion: IPAddress(parsing: text).map { "a single address: `\"\(text)/\($0.isIPv4 ? 32 : 128)\"`" }
                    ?? "a block is written `\"10.0.0.0/8\"` or `\"fd00::/8\"`"
            )
        }
        if function.name == "pct", case .number(let percent, let span) = arguments[1], percent > 100 {
            throw QueryError(.semantic, "`pct` takes a percentage from 0 to 100", span)
        }
        if function.name == "topk", case .number(let count, let span) = arguments[0],
            !(1...10_000).contains(count) || count != count.rounded()
        {
            throw QueryError(.semantic, "`topk` takes a whole number from 1 to 10,000", span)
        }
    }

    private static func hasAggregate(_ expression: ExpressionSyntax) -> Bool {
        expression.isAggregate || expression.parts.contains(where: hasAggregate)
    }

    /// True if the expression uses one of the names.
    private static func isOver(_ expression: ExpressionSyntax, _ names: Set<String>) -> Bool {
        if case .field(let name) = expression { return names.contains(name.name) }
        return expression.parts.contains { isOver($0, names) }
    }
}

extension ExpressionSyntax {
    /// True for a call of an aggregate.
    var isAggregate: Bool {
        guard case .call(let name, _, _, _) = self else { return false }
        return FunctionCatalogue.function(named: name.name)?.kind == .aggregate
    }
}

extension QueryCheck.Scope {
    fileprivate var isGroup: Bool { if case .group = self { true } else { false } }

    /// The scope of an aggregate's arguments.
    fileprivate func entering(_ function: QueryFunction, _ name: NameSyntax) throws(QueryError) -> Self {
        switch self {
        case .group: return .aggregate(function.name)
        case .aggregate(let outer):
            throw QueryError(
                .semantic,
                "`\(function.name)` cannot stand inside `\(outer)`",
                name.span,
                suggestion: "aggregate twice: `stats … as x by … | stats \(outer)(x)`"
            )
        case .key:
            throw QueryError(
                .semantic,
                "`\(function.name)` cannot be a key: it is known only once there are groups",
                name.span
            )
        case .row:
            throw QueryError(
                .semantic,
                "`\(function.name)` works on many rows and stands in `stats` only",
                name.span,
                suggestion: "write `stats \(name.name)(…)`; behind `stats` use the name it was given with `as`"
            )
        }
    }
}

extension QueryFunction {
    fileprivate var arityText: String {
        if maximumArity == 0 { return "no arguments" }
        let most = "\(maximumArity) argument\(maximumArity == 1 ? "" : "s")"
        if minimumArity == maximumArity { return most }
        if maximumArity == .max { return "at least \(minimumArity) argument\(minimumArity == 1 ? "" : "s")" }
        return minimumArity == 0 ? "at most \(most)" : "\(minimumArity) to \(most)"
    }
}

extension ExpressionSyntax {
    /// The expressions that this one is made of, in the order of the text.
    package var parts: [ExpressionSyntax] {
        switch self {
        case .number, .string, .boolean, .field, .period, .regex: []
        case .path(let base, _, _): [base]
        case .call(_, let arguments, _, _): arguments
        case .unary(_, let operand, _): [operand]
        case .binary(_, let left, let right, _), .like(let left, let right, _, _): [left, right]
        case .inList(let operand, let elements, _, _): [operand] + elements
        case .inQuery(let operand, _, _, _): [operand]
        }
    }
}
