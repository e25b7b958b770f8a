import RoadblockCore

/// Reads what is written like a column of the `stats` before as that column: `stats sum(a) by b | filter sum(a) > 5`.
///
/// Blanks do not count. Of a later `stats` only keys and what stands inside its aggregates are read so: in
/// `stats count(*) by a | stats count(*)` the second one counts again.
struct ColumnTexts {
    private let bytes: [UInt8]
    /// The names of the columns without alias by their text without blanks.
    private var columns: [[UInt8]: String] = [:]

    static func resolve(_ commands: inout [CommandSyntax], in text: String) {
        var texts = ColumnTexts(bytes: Array(text.utf8))
        for index in commands.indices { texts.resolve(&commands[index].kind) }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func resolve(_ command: inout CommandSyntax.Kind) {
        switch command {
        case .fields(let columns): command = .fields(resolved(columns))
        case .display(let columns): command = .display(resolved(columns))
        case .filter(let condition): command = .filter(resolved(condition))
        case .sort(let keys):
            command = .sort(
                keys.map { key in
                    var key = key
                    key.expression = resolved(key.expression)
                    return key
                }
            )
        case .stats(let aggregates, let groups, let offset):
            let inner = aggregates.map { column in
                var column = column
                column.expression = resolvedInAggregates(column.expression)
                return column
            }
            command = .stats(aggregates: inner, groups: resolved(groups), offset: offset)
            let pairs = (aggregates + groups).filter { $0.alias == nil }.map { (withoutBlanks($0.text.utf8), $0.text) }
            columns = Dictionary(pairs) { first, _ in first }
        case .parse(var parse):
            parse.source = parse.source.map(resolved)
            command = .parse(parse)
        case .limit, .dedup, .unsupported: break
        }
    }

    private func withoutBlanks(_ text: some Sequence<UInt8>) -> [UInt8] { text.filter { $0 > 32 } }

    private func resolved(_ columns: [NamedExpression]) -> [NamedExpression] {
        columns.map { column in
            var column = column
            column.expression = resolved(column.expression)
            return column
        }
    }

    private func resolved(_ expression: ExpressionSyntax) -> ExpressionSyntax {
        if columns.isEmpty { return expression }
        let span = expression.span
        if !expression.parts.isEmpty || expression.isCall,
            let name = columns[withoutBlanks(bytes[span.start..<span.end])]
        {
            return .field(NameSyntax(parts: [name], span: span))
        }
        return expression.mapParts(resolved)
    }

    private func resolvedInAggregates(_ expression: ExpressionSyntax) -> ExpressionSyntax {
        if case .call(let name, _, _, _) = expression,
            FunctionCatalogue.function(named: name.name)?.kind == .aggregate
        {
            return expression.mapParts(resolved)
        }
        return expression.mapParts(resolvedInAggregates)
    }
}

extension ExpressionSyntax {
    fileprivate var isCall: Bool { if case .call = self { true } else { false } }

    /// The expressions that this one is made of, in the order of the text.
    package var parts: [ExpressionSyntax] {
        switch self {
        case .number, .string, .boolean, .field, .period, .regex: []
        case .path(let base, _, _): [base]
        case .call(_, let arguments, _, _): arguments
        case .unary(_, let operand, _): [operand]
        case .binary(_, let left, let right, _), .like(let left, let right, _, _): [left, right]
        case .inList(let operand, let elements, _, _): [operand] + elements
        }
    }

    /// The same expression made of other parts.
    package func mapParts(_ change: (ExpressionSyntax) -> ExpressionSyntax) -> ExpressionSyntax {
        switch self {
        case .number, .string, .boolean, .field, .period, .regex: self
        case .path(let base, let steps, let span): .path(change(base), steps, span)
        case .call(let name, let arguments, let isStar, let span):
            .call(name, arguments.map(change), isStar: isStar, span)
        case .unary(let operation, let operand, let span): .unary(operation, change(operand), span)
        case .binary(let operation, let left, let right, let span):
            .binary(operation, change(left), change(right), span)
        case .like(let left, let right, let isNegated, let span):
            .like(change(left), change(right), isNegated: isNegated, span)
        case .inList(let operand, let elements, let isNegated, let span):
            .inList(change(operand), elements.map(change), isNegated: isNegated, span)
        }
    }
}
