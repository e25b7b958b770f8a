import Patterns
import RoadblockCore

extension FilterChecker {
    /// `contains` and `matches`.
    mutating func search(
        _ quantifier: Quantifier?,
        _ left: OperandSyntax,
        _ operation: SearchOperator,
        _ right: OperandSyntax
    ) throws(FilterError) -> Predicate {
        if isLiteral(left) {
            if case .word(let word) = left, word.isNameLike { throw unknownField(word) }
            throw FilterError(.constantLeft, "a field or a function must stand on the left", left.span)
        }
        var text = try resolve(left)
        if text.type.isInteger, let labels = text.field?.labels, !labels.entries.isEmpty {
            let detail = FunctionDetail(type: text.type, labels: labels)
            text.expression = .call(.vals, [text.expression], detail)
            text.type = .string
            text.field = nil
        }
        guard text.type.isByteString else {
            let isAddress = text.type == .ipv4 || text.type == .ipv6
            throw FilterError(
                .operatorNotForType,
                "`\(operation.rawValue)` needs text or bytes on the left, not \(text.type.described)",
                text.span,
                suggestion: isAddress ? "blocks of addresses are written `ip.addr == 10.0.0.0/8`" : nil
            )
        }
        let emptyMatches = text.type == .bytes
        if case .field(var use) = text.expression {
            use.isRaw = text.type == .ethernet || use.isRaw
            use.reachesEnd = text.type == .protocol
            text.expression = .field(use)
        }
        if operation == .matches {
            let pattern = try pattern(right)
            return .general(.matches(text.expression, pattern, needsAll: quantifier == .all))
        }
        let part: Typed
        if isLiteral(right) {
            var expected = text.expectation
            expected.type = text.type == .string ? .string : .bytes
            expected.isSearch = true
            part = try literal(right, expected)
        } else {
            part = try unify(text, try resolve(right)).1
        }
        return .general(
            .contains(text.expression, part.expression, needsAll: quantifier == .all, emptyMatches: emptyMatches)
        )
    }

    /// The regular expression of a quoted string.
    private func pattern(_ operand: OperandSyntax) throws(FilterError) -> RegularExpression {
        guard case .string(let bytes, let span) = operand else {
            throw FilterError(
                .matchesNeedsQuotedString,
                "`matches` needs a regular expression in quotes",
                operand.span,
                suggestion: "write it as r\"…\""
            )
        }
        do {
            return try RegularExpression(bytes, in: .bytes)
        } catch {
            // Where the string has no escapes, its bytes lie one by one between the quotes.
            let prefix = span.end - span.start - bytes.count - 1
            let start = min(span.start + prefix + error.offset, span.end - 1)
            let place = prefix == 1 || prefix == 2 ? SourceSpan(start, start + 1) : span
            throw FilterError(.badRegularExpression, "the regular expression is not valid: \(error.message)", place)
        }
    }
}
