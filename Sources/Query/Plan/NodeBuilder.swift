import Columns
import Patterns
import RoadblockCore

/// Turns expressions into nodes that evaluate them.
struct NodeBuilder {
    let frame: Frame
    let scope: Scope
    let text: String
    /// What calls of aggregates become: set while the outputs of a `stats` are built.
    var aggregates: AggregateList?
    /// By field of the rows: the node of one of its values, in a test that looks at several.
    var values: [Int: ValueNode] = [:]
    /// Milliseconds by which `offset` moves the bins.
    var binOffset: Int64 = 0

    func node(_ expression: ExpressionSyntax) throws(QueryError) -> Node {
        // In `stats count(*) by a | stats count(*)` the second one counts again.
        if scope.table == nil, aggregates == nil, let column = columnByText(expression) { return column }
        switch expression {
        case .number(let value, let span):
            noteRounding(of: source(span), to: value, span)
            return ConstantNode(Cell(number: value))
        case .string(let value, _): return ConstantNode(frame.pool.keep(value))
        case .boolean(let value, _): return ConstantNode(Cell(value))
        case .field(let name):
            if let aggregates {
                guard let node = aggregates.named(name.name) else { throw NodeBuilder.outside(name) }
                return node
            }
            let node = try scope.node(name)
            return (node as? FieldNode).flatMap { values[$0.field] } ?? node
        case .path(let base, let steps, _): return PathNode(try node(base), steps)
        case .period(let period):
            throw QueryError(.semantic, "a period can only stand in `bin`, `datefloor` and `dateceil`", period.span)
        case .regex(_, let span):
            throw QueryError(.semantic, "a regular expression can only stand behind `like` or `=~`", span)
        case .call(let name, let arguments, let isStar, let span):
            guard FunctionCatalogue.isTest(name.name) else { return try call(name, arguments, isStar, span) }
            return try test(arguments, isNegated: false) { (builder, _) throws(QueryError) in
                try builder.call(name, arguments, isStar, span)
            }
        case .unary(.negate, .number(let value, _), _): return ConstantNode(Cell(number: -value))
        case .unary(.negate, let operand, _): return NegateNode(try node(operand))
        case .unary(.not, let operand, _): return NotNode(try node(operand))
        case .binary(let op, let left, let right, _): return try binary(op, left, right)
        case .like(let operand, let pattern, let isNegated, _):
            return try test([operand, pattern], isNegated: isNegated) { (builder, isNegated) throws(QueryError) in
                LikeNode(try builder.node(operand), try builder.pattern(pattern), isNegated: isNegated)
            }
        case .inList(let operand, let elements, let isNegated, _):
            var cells: [Cell] = []
            for element in elements { cells.append(try node(element).constant ?? .missing) }
            return try test([operand], isNegated: isNegated) { (builder, isNegated) throws(QueryError) in
                let node = try builder.node(operand)
                guard cells.count > InListNode.limit else { return InListNode(node, cells, isNegated: isNegated) }
                return InQueryNode(node, EqualityIndex(cells, frame), isNegated: isNegated)
            }
        case .inQuery(let operand, let query, let isNegated, _):
            var index: EqualityIndex?
            if case .values(let set)? = frame.settings.inner[query.span.start] { index = EqualityIndex(set, frame) }
            return try test([operand], isNegated: isNegated) { (builder, isNegated) throws(QueryError) in
                InQueryNode(try builder.node(operand), index, isNegated: isNegated)
            }
        }
    }

    /// The text of a place in the query.
    private func source(_ span: SourceSpan) -> String {
        let bytes = Array(text.utf8)
        guard span.start >= 0, span.end <= bytes.count else { return "" }
        return String(decoding: bytes[span.start..<span.end], as: UTF8.self)
    }

    /// The error for a field of rows where a `stats` has groups.
    private static func outside(_ name: NameSyntax) -> QueryError {
        let field = CanonicalText.name(name)
        return QueryError(
            .semantic,
            "`\(field)` stands in no aggregate, and is no key of this `stats`",
            name.span,
            suggestion: "take one value of a group, as in `max(\(field))`, or write `by \(field)`"
        )
    }

    /// Behind a `stats`, an expression may be the name of one of its columns.
    private func columnByText(_ expression: ExpressionSyntax) -> Node? {
        expression.isComputed ? scope.column(text: source(expression.span)) : nil
    }

    private func binary(
        _ op: BinaryOperator,
        _ left: ExpressionSyntax,
        _ right: ExpressionSyntax
    ) throws(QueryError) -> Node {
        switch op {
        case .and, .or: LogicNode(isAnd: op == .and, try node(left), try node(right))
        case .add, .subtract, .multiply, .divide, .remainder, .power:
            ArithmeticNode(op, try node(left), try node(right))
        default:
            try test([left, right], isNegated: op == .notEqual) { (builder, isNegated) throws(QueryError) in
                let own = op == .notEqual && !isNegated ? .equal : op
                return builder.comparison(own, try builder.node(left), try builder.node(right))
            }
        }
    }

    /// A literal goes to the right, where it is prepared once.
    private func comparison(_ op: BinaryOperator, _ left: Node, _ right: Node) -> Node {
        guard left.constant != nil, right.constant == nil else { return ComparisonNode(op, left, right) }
        let turned: BinaryOperator =
            switch op {
            case .less: .greater
            case .lessOrEqual: .greaterOrEqual
            case .greater: .less
            case .greaterOrEqual: .lessOrEqual
            default: op
            }
        return ComparisonNode(turned, right, left)
    }

    private func pattern(_ expression: ExpressionSyntax) throws(QueryError) -> LikeNode.Pattern {
        guard case .regex(let pattern, let span) = expression else {
            return .text(try node(expression))
        }
        return .regex(try regex(pattern, span))
    }

    func regex(_ pattern: String, _ span: SourceSpan) throws(QueryError) -> RegularExpression {
        do {
            let regex = try RegularExpression(Array(pattern.utf8), in: .text)
            frame.regexes.append(regex)
            return regex
        } catch {
            // The literal's place is known; where its text holds no escapes, the place inside is as well.
            let start = span.start + 1 + error.offset
            let place = start < span.end ? SourceSpan(start, start + 1) : span
            throw QueryError(.syntax, "the regular expression is not valid: \(error.message)", place)
        }
    }

    private func call(
        _ name: NameSyntax,
        _ arguments: [ExpressionSyntax],
        _ isStar: Bool,
        _ span: SourceSpan
    ) throws(QueryError) -> Node {
        let function = try FunctionCatalogue.function(of: name)
        if function.kind == .aggregate {
            guard let aggregates else {
                throw QueryError(.semantic, "`\(function.name)` can only stand in `stats`", name.span)
            }
            return try aggregates.node(function, arguments, name, self)
        }
        guard let scalar = ScalarFunctions.all[function.name.lowercased()] else {
            throw QueryError(.unsupported, "`\(function.name)` is not supported yet", name.span)
        }
        var prepared = Prepared()
        var nodes: [Node] = []
        if function.name == "bin" {
            nodes.append(try timestamp(name.span))
            prepared.offset = binOffset
        }
        for (index, argument) in arguments.enumerated() {
            if index == function.periodArgument, case .period(let syntax) = argument {
                prepared.period = try period(syntax)
            } else if index == function.regexArgument {
                switch argument {
                case .regex(let pattern, let span), .string(let pattern, let span):
                    prepared.regex = try regex(pattern, span)
                    nodes.append(ConstantNode(frame.pool.keep(pattern)))
                default:
                    throw QueryError(.semantic, "the pattern has to be written out", argument.span)
                }
            } else {
                if index == function.prefixArgument, case .string(let text, let span) = argument {
                    prepared.prefix = try prefix(text, span)
                }
                nodes.append(try node(argument))
            }
        }
        return CallNode(scalar, nodes, prepared)
    }

    private func prefix(_ text: String, _ span: SourceSpan) throws(QueryError) -> IPPrefix {
        guard let prefix = IPPrefix(parsing: text) else {
            throw QueryError(
                .semantic,
                "`\(text)` is no block of addresses",
                span,
                suggestion: "write it as in `10.0.0.0/8` or `2001:db8::/32`"
            )
        }
        return prefix
    }

    /// The events' time, which `bin` rounds.
    private func timestamp(_ span: SourceSpan) throws(QueryError) -> Node {
        if scope.table == nil, !scope.has("@timestamp") {
            throw QueryError(
                .semantic,
                "`bin` needs `@timestamp`, which the `\(scope.command)` before does not give",
                span,
                suggestion: "name the first bin, `by bin(5m) as t`, and round it with `datefloor(t, 1h)`"
            )
        }
        return try scope.node(NameSyntax(name: "@timestamp", span: span))
    }

    func period(_ syntax: PeriodSyntax) throws(QueryError) -> Period {
        guard let period = Period(syntax) else { throw QueryError(.semantic, "a period is at least 1", syntax.span) }
        if period.isCapped {
            scope.note(
                "\(syntax.count) \(syntax.unit.rawValue)s are taken as \(syntax.unit.cap), the most of this unit, as "
                    + "CloudWatch does" + (syntax.inLargerUnit.map { ": write `\($0)`" } ?? ""),
                syntax.span
            )
        }
        return period
    }
}
