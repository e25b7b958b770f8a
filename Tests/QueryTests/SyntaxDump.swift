import Query

/// A query's tree as one line, for comparison.
extension QuerySyntax {
    var dump: String { commands.map(\.dump).joined(separator: " | ") }
}

extension CommandSyntax {
    var dump: String {
        switch kind {
        case .fields(let columns): "fields \(Self.list(columns))"
        case .display(let columns): "display \(Self.list(columns))"
        case .filter(let condition): "filter \(condition.dump)"
        case .stats(let aggregates, let groups, let offset):
            "stats \(Self.list(aggregates))" + (groups.isEmpty ? "" : " by \(Self.list(groups))")
                + (offset.map { " offset \($0.dump)" } ?? "")
        case .sort(let keys):
            "sort "
                + keys.map { key in
                    "\(key.expression.dump)<\(key.text)>\(key.isDescending.map { $0 ? " desc" : " asc" } ?? "")"
                }.joined(separator: ", ")
        case .limit(let limit): "\(limit.word) \(limit.count)"
        case .parse(let parse): "parse \(parse.source?.dump ?? "-") \(parse.pattern.dump)"
        case .dedup(let names): "dedup \(names.map(\.name).joined(separator: ", "))"
        case .unnest(let list, let name): "unnest \(list.dump) into \(name.name)"
        case .expand(let name): "expand \(name.name)"
        case .rows(let syntax): "\(syntax.word) \(syntax.dump)"
        case .lookup(let lookup):
            (lookup.isOfBlocks ? "cidrlookup " : "lookup ") + lookup.table.name + " "
                + lookup.keys.map { "\($0.column.name)=\($0.field.name)" }.joined(separator: ", ")
                + (lookup.keepsValues ? " outputnew " : " output ")
                + lookup.outputs.map { "\($0.column.name) as \($0.name.name)" }.joined(separator: ", ")
        case .analysis(let analysis): analysis.dump
        case .source(let source): "source " + source.dump
        case .join(let join):
            "join \(join.keepsAll ? "left" : "inner") \(join.left.name) \(join.right.name) "
                + "\(join.leftKey.name)=\(join.rightKey.name) (\(join.source.dump))"
        case .appendcols(let query): "appendcols \(query.dump)"
        case .unsupported(let name): "unsupported \(name)"
        }
    }

    private static func list(_ columns: [NamedExpression]) -> String {
        columns.map { "\($0.expression.dump)<\($0.name)>" }.joined(separator: ", ")
    }
}

extension SourceSyntax {
    var dump: String {
        let items = items.map { item in
            switch item {
            case .name(let text): "'\(text.text)'"
            case .groups(let prefixes, let accounts, let classes, _):
                "groups \(prefixes.map(\.text)) \(accounts.map(\.text)) \(classes.map(\.text))"
            case .unknowable(let word, _): word
            }
        }
        let times = [("start", start), ("end", end)].compactMap { name, moment in moment.map { " \(name) \($0.kind)" } }
        return items.joined(separator: " ") + times.joined()
    }
}

extension SubquerySyntax {
    var dump: String { "\(purpose) (\(commands.map(\.dump).joined(separator: " | ")))" }
}

extension ParseSyntax.Pattern {
    var dump: String {
        switch self {
        case .glob(let glob, let names): "'\(glob)' as \(names.map(\.name).joined(separator: ", "))"
        case .expression(let regex, let names, let isMulti):
            "/\(regex)/\(isMulti ? " multi" : "") as \(names.map(\.name).joined(separator: ", "))"
        case .logfmt(let name): "logfmt as \(name.name)"
        case .csv(let names): "csv as \(names.map(\.name).joined(separator: ", "))"
        }
    }
}

extension AnalysisSyntax {
    var dump: String {
        switch self {
        case .pattern(let expression): "pattern \(expression.dump)"
        case .diff(let range): "diff \(range.rawValue)"
        case .logcompare(let period): "logcompare \(period.dump)"
        case .relevantfields(let names, where: let condition):
            "relevantfields \(names.map(\.name).joined(separator: ", ")) where \(condition.dump)"
        case .anomaly, .estimate: word
        }
    }
}

extension PeriodSyntax {
    var dump: String { "\(count) \(unit)" }
}

extension ExpressionSyntax {
    var dump: String {
        switch self {
        case .number(let value, _): "\(value)"
        case .string(let text, _): "'\(text)'"
        case .boolean(let value, _): "\(value)"
        case .field(let name): name.parts.joined(separator: "·")
        case .path(let base, let steps, _):
            base.dump
                + steps.map { step in
                    switch step {
                    case .key(let key): "→\(key)"
                    case .index(let index): "→\(index)"
                    }
                }.joined()
        case .period(let period): period.dump
        case .regex(let text, _): "/\(text)/"
        case .call(let name, let arguments, let isStar, _):
            "\(name.name)(\(isStar ? "*" : arguments.map(\.dump).joined(separator: ", ")))"
        case .unary(let operation, let operand, _): "(\(operation.rawValue) \(operand.dump))"
        case .binary(let operation, let left, let right, _): "(\(left.dump) \(operation.rawValue) \(right.dump))"
        case .like(let left, let right, let isNegated, _):
            "(\(left.dump) \(isNegated ? "not " : "")like \(right.dump))"
        case .inList(let operand, let elements, let isNegated, _):
            "(\(operand.dump) \(isNegated ? "not " : "")in [\(elements.map(\.dump).joined(separator: ", "))])"
        case .inQuery(let operand, let query, let isNegated, _):
            "(\(operand.dump) \(isNegated ? "not " : "")in \(query.dump))"
        }
    }

    /// How deep the tree is.
    var height: Int { 1 + (parts.map(\.height).max() ?? 0) }
}
