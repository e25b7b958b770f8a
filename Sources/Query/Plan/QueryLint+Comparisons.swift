import RoadblockCore

/// Comparisons with values that were written out.
extension QueryLint {
    mutating func look(
        atComparison operation: BinaryOperator,
        _ left: ExpressionSyntax,
        _ right: ExpressionSyntax,
        _ span: SourceSpan
    ) {
        switch (left, right) {
        case (.string(let name, _), .string), (.string(let name, _), .number):
            let isField = table.known.contains { $0.lowercased() == name.lowercased() }
            warn(
                "both sides are written out, so it is the same for every row"
                    + (isField ? ": a field stands without quotes, `\(name)`" : ""),
                span
            )
        case (_, .string), (_, .number): look(atValue: right, of: left, operation)
        case (.string, _), (.number, _): look(atValue: left, of: right, operation)
        case (_, .field(let name)): look(atNothing: name, left, operation)
        default: look(atSeconds: left, right, span)
        }
    }

    /// `@timestamp > now() - 3600`, which compares milliseconds with seconds.
    private mutating func look(atSeconds left: ExpressionSyntax, _ right: ExpressionSyntax, _ span: SourceSpan) {
        for (field, other) in [(left, right), (right, left)] {
            guard case .field(let name) = field, ["@timestamp", "@ingestionTime"].contains(name.name),
                isNow(other)
            else { continue }
            warn(
                "`\(name.name)` is in milliseconds and `now()` in seconds: write `(\(canonical.expression(other))) * 1000`, "
                    + "or choose the range with --start and --end",
                span
            )
            return
        }
    }

    /// True for `now()`, and for sums and differences with it.
    private func isNow(_ expression: ExpressionSyntax) -> Bool {
        switch expression {
        case .call(let name, _, _, _): name.name.lowercased() == "now"
        case .binary(.add, let left, let right, _), .binary(.subtract, let left, let right, _):
            isNow(left) || isNow(right)
        default: false
        }
    }

    /// What works here, but not in the engine that CloudWatch has.
    mutating func look(atRegex pattern: String, _ span: SourceSpan) {
        guard let part = RegexParts(pattern).first else { return }
        warn("CloudWatch's regular expressions know no \(part.rawValue): it may refuse this", span)
    }

    /// `= null`, where `null` is a field that nobody has.
    private mutating func look(atNothing name: NameSyntax, _ operand: ExpressionSyntax, _ operation: BinaryOperator) {
        guard ["null", "nil", "none", "undefined"].contains(name.name.lowercased()), !isKnown(name.name) else { return }
        explained.append(name.span)
        let test = "ispresent(\(canonical.expression(operand)))"
        warn("there is no word for what is missing: write `\(operation == .notEqual ? "" : "not ")\(test)`", name.span)
    }

    /// A literal that a field is compared with.
    mutating func look(
        atValue value: ExpressionSyntax,
        of operand: ExpressionSyntax,
        _ operation: BinaryOperator
    ) {
        guard case .field(let name) = operand else { return }
        let field = CanonicalText.name(name)
        let kind = isOverRows && !names.contains(name.name) ? table.kind(of: name.name) : nil
        let isEquality = operation == .equal || operation == .notEqual
        switch value {
        case .string(let text, let span):
            if LiteralShape.isPlaceholder(text) {
                warn("`\(text)` is a placeholder: put the value itself in its place", span)
            } else if name.name == "@timestamp" {
                warn(
                    "a time is not compared with a text: --start and --end choose the range, "
                        + "`toMillis(@timestamp)` is a number",
                    span
                )
            } else if isEquality, text.contains("/"), let prefix = IPPrefix(parsing: text), kind != .number {
                let function = prefix.address.isIPv4 ? "isIpv4InSubnet" : "isIpv6InSubnet"
                let test = "\(function)(\(field), \(CanonicalText.quoted(text)))"
                warn("a block is no address: write `\(operation == .equal ? "" : "not ")\(test)`", span)
            } else if isEquality, text.count > 1, text.hasSuffix("*") || text.hasSuffix("%") {
                let core = CanonicalText.quoted(String(text.dropLast()))
                let sign = text.last == "*" ? "*" : "%"
                warn(
                    "`\(operation.rawValue)` compares whole texts and `\(sign)` stands for itself: write "
                        + "`\(operation == .equal ? "" : "not ")startsWith(\(field), \(core))`",
                    span
                )
            } else {
                look(atText: text, span, field, name.name, kind, operation)
            }
        case .number(let number, let span) where kind == .address:
            warn("`\(field)` is an address, which a number never equals", span)
            _ = number
        case .number(let number, let span):
            guard case .choice(let values)? = kind else { return }
            let list = values.map(CanonicalText.quoted).joined(separator: ", ")
            warn("`\(field)` is a text, and \(CellText.render(number)) is none of \(list)", span)
        default: break
        }
    }

    private mutating func look(
        atText text: String,
        _ span: SourceSpan,
        _ field: String,
        _ name: String,
        _ kind: FieldKind?,
        _ operation: BinaryOperator
    ) {
        let outcome =
            switch operation {
            case .equal: "it is never equal"
            case .notEqual: "it is always different"
            default: "rows are dropped"
            }
        switch kind {
        case .number:
            guard CellText.number(Array(text.utf8).span) == nil else {
                return state("`\(field)` is a number: \(CanonicalText.quoted(text)) is compared as one")
            }
            guard text != "-" else { return }
            let number = (name == "protocol" ? LiteralShape.protocols : LiteralShape.ports)[text.lowercased()]
            let hint = number.map { ": \(text) is \($0)" } ?? ""
            warn("`\(field)` is a number, and \(CanonicalText.quoted(text)) is none, so \(outcome)\(hint)", span)
        case .address where operation == .equal || operation == .notEqual:
            guard IPAddress(parsing: text) == nil, text != "-" else { return }
            warn("`\(field)` is an address, and \(CanonicalText.quoted(text)) is none, so \(outcome)", span)
        case .choice(let values):
            guard !values.contains(text), text != "-" else { return }
            if let same = values.first(where: { $0.lowercased() == text.lowercased() }) {
                warn("texts are compared with their case: write \(CanonicalText.quoted(same))", span)
            } else {
                let list = values.map(CanonicalText.quoted).joined(separator: ", ")
                let meant = LiteralShape.verdicts[text.lowercased()].flatMap { values.contains($0) ? $0 : nil }
                let hint = meant.map { ": write \(CanonicalText.quoted($0))" } ?? ""
                warn("`\(field)` is one of \(list), so \(outcome)\(hint)", span)
            }
        default: break
        }
    }
}

extension ExpressionSyntax {
    /// What is to be said of rows for which this condition is neither true nor false, where its writer hardly expects
    /// that: a negated comparison with a field that rows may lack.
    func whereUndecided(in text: String) -> QueryNotice? {
        let (operand, word): (ExpressionSyntax, String)
        switch self {
        case .binary(.notEqual, let left, let right, _):
            (operand, word) = (left.isLiteralValue ? right : left, "!=")
        case .inList(let left, _, isNegated: true, _), .inQuery(let left, _, isNegated: true, _):
            (operand, word) = (left, "not in")
        case .like(let left, _, isNegated: true, _): (operand, word) = (left, "not like")
        default: return nil
        }
        guard case .field(let name) = operand else { return nil }
        let field = CanonicalText.name(name)
        let whole = CanonicalText(text).expression(self)
        return QueryNotice(
            message: "because `\(field)` is missing there, and `\(word)` is neither true nor false of it: "
                + "`not ispresent(\(field)) or \(whole)` keeps them",
            span: span
        )
    }

    /// True for what is true or false by its form.
    var isTest: Bool {
        switch self {
        case .like, .inList, .inQuery, .unary(.not, _, _): true
        case .binary(let operation, _, _, _):
            switch operation {
            case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or: true
            default: false
            }
        case .call(let name, _, _, _): FunctionCatalogue.isTest(name.name)
        default: false
        }
    }

    var isLiteralValue: Bool {
        switch self {
        case .number, .string, .boolean: true
        default: false
        }
    }
}
