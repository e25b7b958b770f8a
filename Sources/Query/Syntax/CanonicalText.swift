import RoadblockCore

/// A query's parts in one spelling, with every precedence shown by parentheses and every default written out.
struct CanonicalText {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    /// True where a place begins with the second of two minus signs.
    func isSecondMinus(_ place: Int) -> Bool {
        place > 0 && place < bytes.count && bytes[place - 1] == UInt8(ascii: "-") && bytes[place] == bytes[place - 1]
    }

    // MARK: commands

    /// A command; one that has no form of its own here is as it was written, on one line.
    func command(_ command: CommandSyntax) -> String {
        switch command.kind {
        case .fields(let list): return "fields \(columns(list))"
        case .display(let list): return "display \(columns(list))"
        case .filter(let condition): return "filter \(expression(condition))"
        case .stats(let aggregates, let groups, let offset):
            let keys = groups.isEmpty ? "" : " by \(columns(groups))"
            return "stats \(columns(aggregates))\(keys)\(offset.map { " offset \(CanonicalText.period($0))" } ?? "")"
        case .sort(let keys): return "sort \(keys.map(key).joined(separator: ", "))"
        case .dedup(let names): return "dedup \(names.map(CanonicalText.name).joined(separator: ", "))"
        case .parse(let syntax): return parse(syntax)
        case .unnest(let list, let name): return "unnest \(expression(list)) into \(CanonicalText.name(name))"
        case .expand(let name): return "expand \(CanonicalText.name(name))"
        case .source(let syntax): return source(syntax)
        case .join(let syntax): return join(syntax)
        case .appendcols(let query):
            guard case .columns(let limit, let replaces) = query.purpose else { return "" }
            return "appendcols \(replaces ? "override " : "")max=\(limit) \(subquery(query))"
        default: return source(command.span)
        }
    }

    func key(_ key: SortKeySyntax) -> String {
        "\(expression(key.expression)) \(key.isDescending == true ? "desc" : "asc")"
    }

    private func columns(_ list: [NamedExpression]) -> String {
        list.map { item in
            expression(item.expression) + (item.alias.map { " as \(CanonicalText.name($0))" } ?? "")
        }.joined(separator: ", ")
    }

    private func parse(_ syntax: ParseSyntax) -> String {
        let source = syntax.source.map(expression) ?? "@message"
        func list(_ names: [NameSyntax]) -> String {
            names.isEmpty ? "" : " as \(names.map(CanonicalText.name).joined(separator: ", "))"
        }
        switch syntax.pattern {
        case .glob(let text, let names): return "parse \(source) \(CanonicalText.quoted(text))\(list(names))"
        case .expression(let text, let names, let isMulti):
            return "parse \(source) /\(text)/\(list(names))\(isMulti ? " multi" : "")"
        case .logfmt(let name): return "parse \(source) logfmt\(list([name]))"
        case .csv(let names): return "parse \(source) csv\(list(names))"
        }
    }

    /// `SOURCE`, with moments as they were written.
    func source(_ syntax: SourceSyntax) -> String {
        func list(_ key: String, _ texts: [TextSyntax]) -> String? {
            texts.isEmpty ? nil : "\(key): [\(texts.map { CanonicalText.quoted($0.text) }.joined(separator: ", "))]"
        }
        let items = syntax.items.map { item in
            switch item {
            case .name(let text): CanonicalText.quoted(text.text)
            case .groups(let prefixes, let accounts, let classes, _):
                "logGroups("
                    + [list("namePrefix", prefixes), list("accountIdentifiers", accounts), list("class", classes)]
                    .compactMap { $0 }.joined(separator: ", ") + ")"
            case .unknowable(_, let span): source(span)
            }
        }
        return (["SOURCE"] + items).joined(separator: " ")
            + (syntax.start.map { " start=\(source($0.span))" } ?? "")
            + (syntax.end.map { " end=\(source($0.span))" } ?? "")
    }

    private func join(_ syntax: JoinSyntax) -> String {
        let (left, right) = (CanonicalText.name(syntax.left), CanonicalText.name(syntax.right))
        return "join type=\(syntax.keepsAll ? "left" : "inner") left=\(left) right=\(right) "
            + "where \(left).\(CanonicalText.name(syntax.leftKey)) = \(right).\(CanonicalText.name(syntax.rightKey)) "
            + "(\(source(syntax.source)))"
    }

    /// A query inside of another one, in its parentheses.
    private func subquery(_ query: SubquerySyntax) -> String {
        "(\(query.commands.map(command).joined(separator: " | ")))"
    }

    /// A part of the query as it was written, on one line.
    private func source(_ span: SourceSpan) -> String {
        guard span.start >= 0, span.end <= bytes.count else { return "" }
        let part = String(decoding: bytes[span.start..<span.end], as: UTF8.self)
        return part.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    // MARK: expressions

    func expression(_ expression: ExpressionSyntax) -> String {
        switch expression {
        case .number(let value, _): CellText.render(value)
        case .string(let text, _): CanonicalText.quoted(text)
        case .boolean(let value, _): value ? "1" : "0"
        case .field(let name): CanonicalText.name(name)
        case .path(let base, let steps, _): self.expression(base) + steps.map(CanonicalText.step).joined()
        case .period(let period): CanonicalText.period(period)
        case .regex(let pattern, _): "/\(pattern)/"
        case .call(let name, let arguments, let isStar, _):
            (FunctionCatalogue.function(named: name.name)?.name ?? name.name) + "("
                + (isStar ? "*" : arguments.map(self.expression).joined(separator: ", ")) + ")"
        case .unary(.negate, let operand, _): "-\(part(operand, isGrouped: operand.isOperation))"
        case .unary(.not, let operand, _): "not \(part(operand, isGrouped: operand.isOperation))"
        case .binary(let operation, let left, let right, _): binary(operation, left, right)
        case .like(let operand, let pattern, let isNegated, _):
            "\(part(operand, isGrouped: operand.isOperation)) \(isNegated ? "not " : "")like "
                + part(pattern, isGrouped: pattern.isOperation)
        case .inList(let operand, let elements, let isNegated, _):
            "\(part(operand, isGrouped: operand.isOperation)) \(isNegated ? "not " : "")in "
                + "[\(elements.map(self.expression).joined(separator: ", "))]"
        case .inQuery(let operand, let query, let isNegated, _):
            "\(part(operand, isGrouped: operand.isOperation)) \(isNegated ? "not " : "")in \(subquery(query))"
        }
    }

    private func binary(_ operation: BinaryOperator, _ left: ExpressionSyntax, _ right: ExpressionSyntax) -> String {
        let isLogic = operation == .and || operation == .or
        func isGrouped(_ side: ExpressionSyntax, isLeft: Bool) -> Bool {
            guard side.isOperation else { return false }
            switch side {
            // What is of the same kind may be read in any way; a chain of arithmetic is read from the left.
            case .binary(operation, _, _, _): return !(isLogic || isLeft && [.add, .multiply].contains(operation))
            case .binary(let inner, _, _, _): return !isLogic || inner == .and || inner == .or
            case .unary(.not, _, _): return !isLogic
            case .unary: return true
            default: return !isLogic
            }
        }
        return "\(part(left, isGrouped: isGrouped(left, isLeft: true))) \(operation.rawValue) "
            + part(right, isGrouped: isGrouped(right, isLeft: false))
    }

    private func part(_ expression: ExpressionSyntax, isGrouped: Bool) -> String {
        isGrouped ? "(\(self.expression(expression)))" : self.expression(expression)
    }

    // MARK: names and literals

    static func name(_ name: NameSyntax) -> String { name.parts.map(CanonicalText.part).joined(separator: ".") }

    /// A part of a name, in backticks where it needs them.
    private static func part(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy(isNameByte)
        let isReserved =
            QueryParser.reserved.contains(text.lowercased()) || ["true", "false"].contains(text.lowercased())
        let isNumber = text.utf8.first.map { (48...57).contains($0) } ?? false
        return isPlain && !isReserved && !isNumber || isPlain && text.utf8.allSatisfy { (48...57).contains($0) }
            ? text : "`\(text)`"
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte >= 0x80
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "@")
    }

    private static func step(_ step: PathStep) -> String {
        switch step {
        case .key(let key): ".\(part(key))"
        case .index(let index): "[\(index)]"
        }
    }

    static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    static let units: [PeriodSyntax.Unit: String] = [
        .millisecond: "ms", .second: "s", .minute: "m", .hour: "h", .day: "d", .week: "w", .month: "mo", .quarter: "q",
        .year: "y",
    ]

    /// A period as it acts: above the cap of its unit, the cap.
    static func period(_ syntax: PeriodSyntax) -> String {
        "\(min(syntax.count, syntax.unit.cap))\(units[syntax.unit] ?? "")"
    }
}

extension PeriodSyntax.Unit {
    /// The most that a period has of this unit (Amazon CloudWatch Logs User Guide, "bin").
    var cap: Int {
        switch self {
        case .millisecond: 1000
        case .second, .minute: 60
        case .hour: 24
        default: 100_000
        }
    }
}

extension ExpressionSyntax {
    /// True for what is made of operands and an operator.
    fileprivate var isOperation: Bool {
        switch self {
        case .unary, .binary, .like, .inList, .inQuery: true
        default: false
        }
    }
}

extension PeriodSyntax {
    /// The same period in a unit that has no cap below it: `5m` for 300 seconds.
    var inLargerUnit: String? {
        let steps: [(from: Unit, count: Int, to: Unit)] = [
            (.millisecond, 1000, .second), (.second, 60, .minute), (.minute, 60, .hour), (.hour, 24, .day),
        ]
        guard let step = steps.first(where: { $0.from == unit }), count % step.count == 0 else { return nil }
        let larger = PeriodSyntax(count: count / step.count, unit: step.to, span: span)
        return larger.count <= step.to.cap ? CanonicalText.period(larger) : larger.inLargerUnit
    }
}
