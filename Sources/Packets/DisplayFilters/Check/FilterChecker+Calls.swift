import RoadblockCore

extension FilterChecker {
    mutating func call(
        _ name: String,
        _ nameSpan: SourceSpan,
        _ arguments: [OperandSyntax],
        _ span: SourceSpan
    ) throws(FilterError) -> Typed {
        guard let function = FilterFunction(rawValue: name) else {
            let names = FilterFunction.allCases.map(\.rawValue)
            let near = nearest(to: name, among: names).map { "did you mean `\($0)`?" }
            throw FilterError(
                .unknownFunction,
                "there is no function `\(name)`",
                nameSpan,
                suggestion: near ?? "there are \(names.joined(separator: ", "))"
            )
        }
        guard function.arity.contains(arguments.count) else { throw arityError(name, nameSpan) }
        guard let head = arguments.first, !isLiteral(head) else {
            throw badArgument(function, arguments[0].span)
        }
        let first = try argument(function, head)
        var expressions = [first.expression]
        for rest in arguments.dropFirst() {
            expressions.append(try furtherArgument(function, rest, first))
        }
        let type = function.resultType(first.type)
        var detail = FunctionDetail(type: first.type, labels: first.field?.labels ?? .none)
        detail.countsAbsent = profile >= .v44
        detail.countsCharacters = profile >= .v44
        return Typed(expression: .call(function, expressions, detail), type: type, span: span)
    }

    func arityError(_ name: String, _ span: SourceSpan) -> FilterError {
        let signature = FilterFunction(rawValue: name)?.signature ?? name
        return FilterError(.functionArity, "the function is called `\(signature)`", span)
    }

    private func badArgument(_ function: FilterFunction, _ span: SourceSpan, _ found: String? = nil) -> FilterError {
        FilterError(
            .functionArgument,
            "`\(function.rawValue)` does not take \(found ?? "this")",
            span,
            suggestion: "it is called `\(function.signature)`"
        )
    }

    private mutating func argument(_ function: FilterFunction, _ operand: OperandSyntax) throws(FilterError) -> Typed {
        let typed: Typed
        do {
            typed = try resolve(operand)
        } catch {
            // An unknown name in a call is an argument that the function does not take.
            if error.errorClass == .unknownField || error.errorClass == .constantLeft {
                throw badArgument(function, error.span)
            }
            throw error
        }
        guard function.accepts(typed.type, isField: typed.field != nil && !typed.isSlice, labels: typed.field?.labels)
        else { throw badArgument(function, operand.span, typed.type.described) }
        return typed
    }

    private mutating func furtherArgument(
        _ function: FilterFunction,
        _ operand: OperandSyntax,
        _ first: Typed
    ) throws(FilterError) -> ValueExpression {
        do {
            if isLiteral(operand) { return try literal(operand, first.expectation).expression }
            return try unify(first, try resolve(operand)).1.expression
        } catch {
            if error.errorClass == .unsupported { throw error }
            throw badArgument(function, operand.span)
        }
    }
}

extension FilterFunction {
    fileprivate func resultType(_ argument: FieldType) -> FieldType {
        switch self {
        case .len, .count: .unsigned(bits: 32)
        case .upper, .lower, .string, .dec, .hex, .vals, .specialName: .string
        case .max, .min, .abs: argument
        case .float, .double: .real
        case .isLinkLocal, .isMulticast, .isPrivate, .isUniqueLocal: .boolean
        }
    }

    /// True for an argument of a type that the function takes.
    fileprivate func accepts(_ type: FieldType, isField: Bool, labels: LabelTable?) -> Bool {
        switch self {
        case .count: isField
        case .len:
            type.isByteString || type == .ipv4 || type == .ipv6
                || isField && (type.isInteger || type == .boolean || type == .label)
        case .upper, .lower: type == .string
        case .string: isField && (type.isInteger || [.ipv4, .ipv6, .ethernet, .real].contains(type))
        case .dec, .hex: isField && type.isInteger
        case .vals: isField && type.isInteger && labels.map { !$0.entries.isEmpty } ?? false
        case .abs: type.isInteger || [.real, .relativeTime, .boolean].contains(type)
        case .float, .double: type.isInteger || type == .real || type.isTime
        case .max, .min: type != .label
        case .specialName, .isLinkLocal, .isMulticast, .isPrivate, .isUniqueLocal: type == .ipv4 || type == .ipv6
        }
    }
}
