import RoadblockCore

extension FilterChecker {
    /// True for an operand without a field: its type comes from the other side.
    func isLiteral(_ operand: OperandSyntax) -> Bool {
        switch operand {
        case .word(let word): !word.isField && !FieldCatalogue.isKnown(word.text)
        case .string, .character: true
        case .slice: false
        case .negated(let inner, _, _): isLiteral(inner)
        case .arithmetic(_, let left, let right): isLiteral(left) && isLiteral(right)
        case .call(let name, _, let arguments, _):
            ["abs", "max", "min"].contains(name) && arguments.allSatisfy { isLiteral($0) }
                && FilterFunction(rawValue: name)?.arity.contains(arguments.count) ?? false
        }
    }

    /// The type of an operand with a field in it.
    mutating func resolve(_ operand: OperandSyntax) throws(FilterError) -> Typed {
        switch operand {
        case .word(let word): return try field(word)
        case .string, .character:
            throw FilterError(.constantLeft, "a field was expected here", operand.span)
        case .slice(let inner, let ranges, let span): return try slice(inner, ranges, span)
        case .negated(let inner, let isNegative, let span):
            var typed = try resolve(inner)
            guard typed.type.isInteger || typed.type == .real || typed.type == .relativeTime else {
                throw notForType(isNegative ? "-" : "+", typed)
            }
            if isNegative { typed.expression = .negated(typed.expression) }
            typed.span = span
            typed.field = nil
            return typed
        case .arithmetic(let operation, let left, let right): return try arithmetic(operation, left, right)
        case .call(let name, let nameSpan, let arguments, let span):
            return try call(name, nameSpan, arguments, span)
        }
    }

    private mutating func field(_ word: WordSyntax) throws(FilterError) -> Typed {
        guard let field = FieldCatalogue.field(word.text) else { throw unknownField(word) }
        note(field.source)
        var use = FieldUse(source: field.source, layers: word.layers.map { LayerSelection(ranges: $0) })
        var typed = Typed(
            expression: .field(use),
            type: field.type(in: profile),
            span: word.span,
            field: field
        )
        if word.isRaw {
            guard let raw = rawUse(of: typed) else {
                throw FilterError(.unsupported, "the bytes of `\(word.text)` cannot be asked for yet", word.span)
            }
            use = raw
            typed.expression = .field(use)
            typed.type = .bytes
            typed.isSlice = true
        }
        return typed
    }

    /// The same field as bytes; `nil` where it is not read from whole bytes of the packet.
    private func rawUse(of typed: Typed) -> FieldUse? {
        guard case .field(var use) = typed.expression else { return nil }
        switch use.source {
        case .bits, .pair, .wide, .widePair, .arpAddress: use.isRaw = true
        case .part: use.isRaw = true
        case .layer, .extensionLayer, .wholeFrame, .optionLayer, .content: break
        default: return nil
        }
        return use
    }

    private mutating func slice(
        _ inner: OperandSyntax,
        _ ranges: [IndexRange],
        _ span: SourceSpan
    ) throws(FilterError) -> Typed {
        var typed = try resolve(inner)
        var unit = ValueExpression.SliceUnit.bytes
        switch typed.type {
        case .string: unit = profile >= .v44 ? .characters : .bytes
        case .bytes, .protocol: typed.type = .bytes
        case .ipv4, .ipv6, .ethernet:
            guard let use = rawUse(of: typed) else { fallthrough }
            typed.expression = .field(use)
            typed.type = .bytes
        default:
            throw FilterError(
                .notSliceable,
                "\(typed.field.map { "`\($0.name)`" } ?? "this") is \(typed.type.described), not bytes",
                typed.span,
                suggestion: typed.field.map { "mask bits with `&`, or write `@\($0.name)[…]` for its bytes" }
            )
        }
        typed.expression = .slice(typed.expression, ranges, unit)
        typed.isSlice = true
        typed.field = nil
        typed.span = span
        return typed
    }

    private mutating func arithmetic(
        _ operation: ArithmeticOperator,
        _ left: OperandSyntax,
        _ right: OperandSyntax
    ) throws(FilterError) -> Typed {
        let a: Typed
        let b: Typed
        if isLiteral(left) {
            b = try operable(operation, try resolve(right))
            a = try literal(left, operandExpectation(operation, b))
        } else {
            let first = try operable(operation, try resolve(left))
            if isLiteral(right) {
                a = first
                b = try literal(right, operandExpectation(operation, first))
            } else {
                let second = try operable(operation, try resolve(right))
                let isTimes = first.type.isTime && second.type.isTime
                (a, b) = isTimes ? (first, second) : try unify(first, second)
            }
        }
        var result = isLiteral(left) ? b : a
        if a.type == .absoluteTime, b.type == .absoluteTime { result.type = .relativeTime }
        result.expression = .arithmetic(operation, a.expression, b.expression)
        result.span = left.span.joined(right.span)
        result.field = nil
        result.literal = nil
        return result
    }

    /// What a literal means beside an operand of a type.
    private func operandExpectation(_ operation: ArithmeticOperator, _ other: Typed) -> Expectation {
        var expected = other.expectation
        expected.labels = .none
        switch (other.type, operation) {
        case (.absoluteTime, _): expected.type = .relativeTime
        case (.relativeTime, .multiply), (.relativeTime, .divide): expected.type = .real
        default: break
        }
        return expected
    }

    private func operable(_ operation: ArithmeticOperator, _ typed: Typed) throws(FilterError) -> Typed {
        let isAllowed =
            switch typed.type {
            case .unsigned, .signed, .frameNumber: true
            case .real: operation != .bitAnd
            case .relativeTime: operation != .bitAnd && operation != .remainder
            case .absoluteTime: operation == .add || operation == .subtract
            case .ipv4, .ipv6, .ethernet, .bytes: operation == .bitAnd
            default: false
            }
        guard isAllowed else { throw notForType(operation.rawValue, typed) }
        return typed
    }

    private func notForType(_ symbol: String, _ typed: Typed) -> FilterError {
        FilterError(
            .operatorNotForType,
            "`\(symbol)` cannot be used with \(typed.type.described)",
            typed.span
        )
    }

    /// Makes two operands comparable, as bytes where one is a slice.
    func unify(_ left: Typed, _ right: Typed) throws(FilterError) -> (Typed, Typed) {
        if left.type.isInteger, right.type.isInteger || right.type == .boolean { return (left, right) }
        if left.type == right.type, left.type != .label { return (left, right) }
        let isBytesLike: (FieldType) -> Bool = { type in
            [.bytes, .protocol, .ethernet, .ipv4, .ipv6].contains(type)
        }
        if left.isSlice || right.isSlice, isBytesLike(left.type), isBytesLike(right.type),
            let a = asBytes(left), let b = asBytes(right)
        {
            return (a, b)
        }
        throw FilterError(
            .incompatibleTypes,
            "\(left.type.described) cannot be compared with \(right.type.described)",
            right.span,
            suggestion: right.type == .protocol
                && left.field.map { !$0.labels.numbers(right.field?.name ?? "").isEmpty } ?? false
                ? "a protocol's number is written in capitals or in quotes: `\((right.field?.name ?? "").uppercased())`"
                : nil
        )
    }

    private func asBytes(_ typed: Typed) -> Typed? {
        if typed.type == .bytes || typed.type == .protocol { return typed }
        guard let use = rawUse(of: typed) else { return nil }
        var result = typed
        result.expression = .field(use)
        result.type = .bytes
        return result
    }

    /// The meaning of an operand without a field, beside something of a type.
    mutating func literal(_ operand: OperandSyntax, _ expected: Expectation) throws(FilterError) -> Typed {
        let meaning: LiteralReader.Meaning
        switch operand {
        case .word(let word): meaning = try literals.word(word.text, word.span, expected)
        case .string(let bytes, let span): meaning = try literals.string(bytes, span, expected)
        case .character(let value, let span): meaning = try literals.character(value, span, expected)
        case .negated(let inner, let isNegative, _):
            guard expected.type.isInteger || expected.type == .real || expected.type == .relativeTime else {
                throw FilterError(
                    .operatorNotForType,
                    "`\(isNegative ? "-" : "+")` cannot be used with \(expected.type.described)",
                    inner.span
                )
            }
            let typed = try literal(inner, expected)
            return constant(isNegative ? .negated(typed.expression) : typed.expression, operand.span, expected)
        case .arithmetic(let operation, let left, let right):
            let a = try operable(operation, try literal(left, expected))
            let b = try literal(right, expected)
            return constant(.arithmetic(operation, a.expression, b.expression), operand.span, expected)
        case .call(let name, let nameSpan, let arguments, _):
            guard let function = FilterFunction(rawValue: name) else { throw arityError(name, nameSpan) }
            var values: [ValueExpression] = []
            for argument in arguments { values.append(try literal(argument, expected).expression) }
            return constant(.call(function, values, FunctionDetail(type: expected.type)), operand.span, expected)
        case .slice: throw FilterError(.notSliceable, "a value cannot be sliced", operand.span)
        }
        return Typed(
            expression: .constant(meaning.values),
            type: expected.type,
            span: operand.span,
            isSlice: expected.isSlice,
            literal: meaning
        )
    }

    /// A computation of constants, done now.
    private func constant(_ expression: ValueExpression, _ span: SourceSpan, _ expected: Expectation) -> Typed {
        let values = ValueReader.constantValues(expression)
        return Typed(
            expression: .constant(values),
            type: expected.type,
            span: span,
            isSlice: expected.isSlice,
            literal: LiteralReader.Meaning(values)
        )
    }
}
