import RoadblockCore

/// Resolves names, types and literals: a tree as written becomes a predicate.
struct FilterChecker {
    let profile: WiresharkProfile
    let literals: LiteralReader
    /// True once a field needs the TCP analysis.
    private(set) var analysisDepth = AnalysisDepth.none
    /// True where a stream's number counts, which depends on all conversations before.
    private(set) var namesStreams = false
    /// True once a field needs a look back at earlier packets.
    private(set) var needsTracking = false
    /// True once a field needs what the file says beside the bytes.
    private(set) var needsRecord = false
    private(set) var applications = ApplicationFieldSet()

    init(profile: WiresharkProfile, zone: any LocalZone) {
        self.profile = profile
        literals = LiteralReader(profile: profile, zone: zone)
    }

    /// An operand whose type is known.
    struct Typed {
        var expression: ValueExpression
        var type: FieldType
        var span: SourceSpan
        /// The field where the operand is nothing else, maybe of chosen layers.
        var field: Field?
        var isSlice = false
        /// Literals only: their values, and the prefix length of an address block.
        var literal: LiteralReader.Meaning?

        /// The field's use, where the operand is nothing else.
        var use: FieldUse? {
            guard case .field(let use) = expression else { return nil }
            return use
        }

        var expectation: Expectation {
            Expectation(type: type, labels: field?.labels ?? .none, name: field?.name, isSlice: isSlice)
        }
    }

    mutating func check(_ test: TestSyntax) throws(FilterError) -> Predicate {
        switch test {
        case .or(let tests): return .or(try checkAll(tests))
        case .xor(let tests): return .xor(try checkAll(tests))
        case .and(let tests): return .and(try checkAll(tests))
        case .not(let test): return .not(try check(test))
        case .comparison(let quantifier, let operands, let operators):
            return try chain(quantifier, operands, operators)
        case .search(let quantifier, let left, let operation, let right):
            return try search(quantifier, left, operation, right)
        case .membership(let quantifier, let left, let isNegated, let elements):
            return try membership(quantifier, left, isNegated, elements)
        case .value(let operand): return try truth(operand)
        }
    }

    private mutating func checkAll(_ tests: [TestSyntax]) throws(FilterError) -> [Predicate] {
        var predicates: [Predicate] = []
        for test in tests { predicates.append(try check(test)) }
        return predicates
    }

    /// An operand that stands alone asks whether it exists, or whether it is true.
    private mutating func truth(_ operand: OperandSyntax) throws(FilterError) -> Predicate {
        if isLiteral(operand) {
            if case .word(let word) = operand, word.isNameLike { throw unknownField(word) }
            throw FilterError(
                .notATest,
                "a value alone is no test",
                operand.span,
                suggestion: "compare it with a field; several values go into a set, `tcp.port in {80, 443}`"
            )
        }
        let typed = try resolve(operand)
        switch operand {
        case .word, .slice:
            return typed.use.map { .exists($0) } ?? .general(.exists(typed.expression))
        default: return .general(.truth(typed.expression))
        }
    }

    private mutating func chain(
        _ quantifier: Quantifier?,
        _ operands: [OperandSyntax],
        _ operators: [ComparisonSyntax]
    ) throws(FilterError) -> Predicate {
        var tests: [Predicate] = []
        for (index, comparison) in operators.enumerated() {
            tests.append(try compare(quantifier, operands[index], comparison, operands[index + 1]))
        }
        return tests.count == 1 ? tests[0] : .and(tests)
    }

    private mutating func compare(
        _ quantifier: Quantifier?,
        _ left: OperandSyntax,
        _ comparison: ComparisonSyntax,
        _ right: OperandSyntax
    ) throws(FilterError) -> Predicate {
        let needsAll = quantifier.map { $0 == .all } ?? comparison.needsAll
        if isLiteral(left) {
            if case .word(let word) = left, word.isNameLike, isLiteral(right) { throw unknownField(word) }
            guard !isLiteral(right) else {
                throw FilterError(
                    .constantLeft,
                    "two values are compared here, and no field",
                    left.span,
                    suggestion: "one side has to be a field, as in `tcp.port == 80`; `frame` alone selects every packet"
                )
            }
            let field = try comparable(resolve(right))
            let value: Typed
            do {
                value = try literal(left, field.expectation)
            } catch {
                if case .word(let word) = left, word.isNameLike { throw unknownField(word) }
                throw error
            }
            return predicate(field, comparison.relation.mirrored, value, needsAll)
        }
        let first = try comparable(resolve(left))
        if isLiteral(right) {
            return predicate(first, comparison.relation, try literal(right, first.expectation), needsAll)
        }
        let (a, b) = try unify(first, try resolve(right))
        return .general(.compare(a.expression, comparison.relation, b.expression, needsAll: needsAll, nil))
    }

    /// Refuses labels, which have no value.
    private func comparable(_ typed: Typed) throws(FilterError) -> Typed {
        guard typed.type == .label else { return typed }
        let name = typed.field?.name ?? "a mark"
        throw FilterError(
            .operatorNotForType,
            "`\(name)` is a mark without a value: only whether it is there can be asked",
            typed.span,
            suggestion: "write just `\(name)`, or `not \(name)`"
        )
    }

    private func predicate(_ field: Typed, _ relation: Relation, _ value: Typed, _ needsAll: Bool) -> Predicate {
        let values = value.literal?.values ?? []
        if let use = field.use, !use.isRaw, field.type.isWord, values.count == 1, case .word(let number) = values[0] {
            if profile < .v46, number < 0, case .unsigned = field.type, relation != .equal, relation != .notEqual {
                return .constant(false)
            }
            var mask: Int64 = -1
            if let length = value.literal?.prefixLength, field.type == .ipv4 {
                mask = length == 0 ? 0 : Int64(UInt32.max << UInt32(32 - length))
            }
            return .word(use, relation, number & mask, mask: mask, needsAll: needsAll)
        }
        let mask = value.literal?.prefixLength.map { WideMask(prefixLength: $0) }
        return .general(
            .compare(field.expression, relation, value.expression, needsAll: needsAll, mask)
        )
    }

    private mutating func membership(
        _ quantifier: Quantifier?,
        _ left: OperandSyntax,
        _ isNegated: Bool,
        _ elements: [SetElementSyntax]
    ) throws(FilterError) -> Predicate {
        guard case .word(let word) = left else { throw needsField(left.span) }
        if isLiteral(left) { throw word.isNameLike ? unknownField(word) : needsField(left.span) }
        let field = try comparable(resolve(left))
        var pairs: [(ValueExpression, ValueExpression?)] = []
        var masks: [WideMask?] = []
        var ranges: [ClosedRange<Int64>]? = field.type.isWord && !(field.use?.isRaw ?? true) ? [] : nil
        for element in elements {
            let low = try self.element(element.low, field)
            let high = try element.high.map { (high) throws(FilterError) in try self.element(high, field) }
            pairs.append((low.expression, high?.expression))
            masks.append(low.literal?.prefixLength.map { WideMask(prefixLength: $0) })
            ranges = FilterChecker.add(low.literal, high?.literal, isRange: high != nil, to: ranges, field.type)
        }
        let mode = setMode(quantifier, isNegated)
        if let ranges, let use = field.use { return .wordSet(use, ranges, mode) }
        return .general(.member(field.expression, pairs, mode, masks))
    }

    private mutating func element(_ operand: OperandSyntax, _ field: Typed) throws(FilterError) -> Typed {
        isLiteral(operand) ? try literal(operand, field.expectation) : try unify(field, try resolve(operand)).1
    }

    /// Adds an element of literals as ranges of numbers; `nil` once an element is none.
    private static func add(
        _ low: LiteralReader.Meaning?,
        _ high: LiteralReader.Meaning?,
        isRange: Bool,
        to ranges: [ClosedRange<Int64>]?,
        _ type: FieldType
    ) -> [ClosedRange<Int64>]? {
        guard var ranges, let low else { return nil }
        if isRange {
            guard let high, case .word(let first)? = low.values.first, case .word(let last)? = high.values.last else {
                return nil
            }
            // Nothing lies above a negative end of numbers that are never negative.
            let isBelow = first < 0 && type.isNeverNegative
            if first <= last, !isBelow { ranges.append(first...last) }
            return ranges
        }
        for value in low.values {
            guard case .word(let number) = value else { return nil }
            if let length = low.prefixLength, type == .ipv4 {
                let mask = length == 0 ? 0 : Int64(UInt32.max << UInt32(32 - length))
                ranges.append((number & mask)...(number & mask | ~mask & 0xFFFF_FFFF))
            } else {
                ranges.append(number...number)
            }
        }
        return ranges
    }

    private func setMode(_ quantifier: Quantifier?, _ isNegated: Bool) -> SetMode {
        let isNew = profile >= .v44
        if isNegated {
            guard isNew else { return .none }
            return quantifier == .all ? .notAll : .noneOfSome
        }
        guard quantifier == .all else { return .any }
        return isNew ? .allInAny : .allInOne
    }

    private func needsField(_ span: SourceSpan) -> FilterError {
        FilterError(
            .setNeedsField,
            "`in` needs a field on its left",
            span,
            suggestion: "compare with `==` and join the tests with `or`"
        )
    }

    mutating func note(_ source: FieldSource) {
        analysisDepth = max(analysisDepth, source.analysisDepth)
        namesStreams = namesStreams || source.namesStreams
        needsTracking = needsTracking || source.needsTracking
        needsRecord = needsRecord || source.needsRecord
        if let field = source.application { applications.insert(field) }
    }
}

extension Relation {
    /// The relation of the operands the other way round.
    fileprivate var mirrored: Relation {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}
