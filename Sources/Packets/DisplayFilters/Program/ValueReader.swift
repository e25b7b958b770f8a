import RoadblockCore

/// Computes the values of expressions for one packet.
enum ValueReader {
    /// Values that an expression may have at most: products of two lists grow quickly.
    private static let limit = 4096

    /// A bit for each layer that a selection chooses.
    static func chosenLayers(
        _ selection: LayerSelection?,
        _ kind: LayerKind?,
        _ packet: Packet,
        _ facts: PacketFacts
    ) -> UInt32 {
        guard let selection else { return .max }
        guard let kind else { return selection.contains(1, of: 1) ? .max : 0 }
        var total = 0
        for index in 0..<facts.layerCount where packet.layers[index].kind.family == kind { total += 1 }
        var chosen: UInt32 = 0
        var ordinal = 0
        for index in 0..<facts.layerCount where packet.layers[index].kind.family == kind {
            ordinal += 1
            if selection.contains(ordinal, of: total) { chosen |= 1 << UInt32(index) }
        }
        return chosen
    }

    static func values(
        _ expression: ValueExpression,
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ words: inout WordList
    ) -> [FieldValue] {
        switch expression {
        case .constant(let values): return values
        case .field, .slice:
            var values: [FieldValue] = []
            fill(&values, expression, bytes, packet, facts, &words)
            return values
        case .negated(let inner):
            return self.values(inner, bytes, packet, facts, &words).compactMap { value in
                switch value {
                case .word(let number): number == .min ? nil : .word(-number)
                case .real(let number): .real(-number)
                default: nil
                }
            }
        case .arithmetic(let operation, let left, let right):
            let lefts = self.values(left, bytes, packet, facts, &words)
            let rights = self.values(right, bytes, packet, facts, &words)
            var results: [FieldValue] = []
            for a in lefts {
                for b in rights where results.count < limit {
                    if let result = operation.apply(a, b, bytes) { results.append(result) }
                }
            }
            return results
        case .call(let function, let arguments, let detail):
            var lists: [[FieldValue]] = []
            for argument in arguments { lists.append(self.values(argument, bytes, packet, facts, &words)) }
            return function.apply(lists, detail, bytes)
        }
    }

    /// Adds the values of an expression to an empty list; fields and their slices need no other room than the list's.
    static func fill(
        _ values: inout [FieldValue],
        _ expression: ValueExpression,
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ words: inout WordList
    ) {
        switch expression {
        case .field(let use):
            let chosen = chosenLayers(use.layers, use.source.layerKind, packet, facts)
            guard chosen != 0 else { return }
            use.source.readValues(bytes, packet, facts, chosen, isRaw: use.isRaw, words: &words, into: &values)
            if use.reachesEnd { extend(&values, use, packet, facts) }
        case .slice(let inner, let ranges, let unit):
            fill(&values, inner, bytes, packet, facts, &words)
            var kept = 0
            for index in values.indices {
                guard let part = slice(values[index], ranges, unit, bytes) else { continue }
                values[kept] = part
                kept += 1
            }
            values.removeLast(values.count - kept)
        default: values += self.values(expression, bytes, packet, facts, &words)
        }
    }

    /// Lengthens headers to the end of what their layers carry.
    private static func extend(
        _ values: inout [FieldValue],
        _ use: FieldUse,
        _ packet: Packet,
        _ facts: PacketFacts
    ) {
        for index in values.indices {
            guard case .range(let start, _) = values[index] else { continue }
            for place in 0..<facts.layerCount {
                let layer = packet.layers[place]
                if Int(layer.offset) == start, layer.kind == use.source.layerKind {
                    values[index] = .range(start, Int(layer.end))
                }
            }
        }
    }

    private static func slice(
        _ value: FieldValue,
        _ ranges: [IndexRange],
        _ unit: ValueExpression.SliceUnit,
        _ bytes: borrowing RawSpan
    ) -> FieldValue? {
        if unit == .characters {
            let text = Array(String(decoding: value.copy(bytes), as: UTF8.self).unicodeScalars)
            var result = String.UnicodeScalarView()
            for range in ranges {
                guard let place = range.resolve(text.count) else { return nil }
                result.append(contentsOf: text[place])
            }
            return .bytes(Array(String(result).utf8))
        }
        let count = value.byteCount
        guard ranges.count > 1 || value.isOwned else {
            guard case .range(let start, _) = value, let place = ranges[0].resolve(count) else { return nil }
            return .range(start + place.lowerBound, start + place.upperBound)
        }
        let all = value.copy(bytes)
        var result: [UInt8] = []
        for range in ranges {
            guard let place = range.resolve(count) else { return nil }
            result += all[place]
        }
        return .bytes(result)
    }
}

extension IndexRange {
    /// The places of a value of some length; `nil` where they do not fit whole.
    fileprivate func resolve(_ count: Int) -> Range<Int>? {
        let first: Int
        let last: Int
        switch self {
        case .from(let start, let length):
            first = start < 0 ? count + start : start
            last = length.map { first + $0 } ?? count
        case .through(let start, let end):
            first = start < 0 ? count + start : start
            last = (end < 0 ? count + end : end) + 1
        }
        guard first >= 0, first < last, last <= count else { return nil }
        return first..<last
    }
}

extension FieldValue {
    var isOwned: Bool {
        if case .range = self { return false }
        return true
    }

    var byteCount: Int {
        switch self {
        case .range(let start, let end): end - start
        case .bytes(let bytes): bytes.count
        case .wide: 16
        case .word, .real: 8
        }
    }

    /// The bytes of a byte string.
    func copy(_ bytes: borrowing RawSpan) -> [UInt8] {
        switch self {
        case .bytes(let own): return own
        case .range(let start, let end):
            var copy: [UInt8] = []
            copy.reserveCapacity(end - start)
            for offset in start..<end { copy.append(bytes.byte(offset)) }
            return copy
        default: return []
        }
    }

    @inline(__always)
    func byte(_ index: Int, _ bytes: borrowing RawSpan) -> UInt8 {
        switch self {
        case .range(let start, _): bytes.byte(start &+ index)
        case .bytes(let own): own[index]
        default: 0
        }
    }

    /// -1, 0 or 1; `nil` for values that have no order, such as not-a-number.
    func order(_ other: FieldValue, _ bytes: borrowing RawSpan) -> Int? {
        switch (self, other) {
        case (.word(let a), .word(let b)): return a < b ? -1 : a == b ? 0 : 1
        case (.wide(let a), .wide(let b)): return a < b ? -1 : a == b ? 0 : 1
        case (.real(let a), .real(let b)): return FieldValue.order(a, b)
        case (.real(let a), .word(let b)): return FieldValue.order(a, Double(b))
        case (.word(let a), .real(let b)): return FieldValue.order(Double(a), b)
        default:
            let (left, right) = (byteCount, other.byteCount)
            for index in 0..<min(left, right) {
                let (a, b) = (byte(index, bytes), other.byte(index, bytes))
                if a != b { return a < b ? -1 : 1 }
            }
            return left < right ? -1 : left == right ? 0 : 1
        }
    }

    private static func order(_ a: Double, _ b: Double) -> Int? { a < b ? -1 : a == b ? 0 : a > b ? 1 : nil }

    /// True when the other value's bytes occur in this one's.
    func contains(_ other: FieldValue, _ bytes: borrowing RawSpan) -> Bool {
        let (count, wanted) = (byteCount, other.byteCount)
        guard wanted <= count else { return false }
        for start in 0...(count - wanted) {
            var index = 0
            while index < wanted, byte(start &+ index, bytes) == other.byte(index, bytes) { index &+= 1 }
            if index == wanted { return true }
        }
        return false
    }

    /// True for what is not zero, false or empty.
    func isTrue(_ bytes: borrowing RawSpan) -> Bool {
        switch self {
        case .word(let number): return number != 0
        case .real(let number): return number != 0
        case .wide(let address): return address.high | address.low != 0
        case .range, .bytes:
            for index in 0..<byteCount where byte(index, bytes) != 0 { return true }
            return false
        }
    }
}

extension ArithmeticOperator {
    /// The result; `nil` for a division by zero, a number that does not fit, or bytes of different lengths.
    fileprivate func apply(_ a: FieldValue, _ b: FieldValue, _ bytes: borrowing RawSpan) -> FieldValue? {
        switch (a, b) {
        case (.word(let a), .word(let b)): return apply(a, b).map { .word($0) }
        case (.real(let a), .real(let b)): return apply(a, b).map { .real($0) }
        case (.word(let a), .real(let b)):
            // A length of time by a number.
            return apply(Double(a), b).flatMap { Int64(exactly: $0.rounded()) }.map { .word($0) }
        case (.real(let a), .word(let b)): return apply(a, Double(b)).map { .real($0) }
        case (.wide(let a), .wide(let b)):
            return self == .bitAnd ? .wide(IPAddress(high: a.high & b.high, low: a.low & b.low)) : nil
        default:
            guard self == .bitAnd, a.byteCount == b.byteCount else { return nil }
            var masked: [UInt8] = []
            for index in 0..<a.byteCount { masked.append(a.byte(index, bytes) & b.byte(index, bytes)) }
            return .bytes(masked)
        }
    }

    private func apply(_ a: Int64, _ b: Int64) -> Int64? {
        let (result, overflow) =
            switch self {
            case .add: a.addingReportingOverflow(b)
            case .subtract: a.subtractingReportingOverflow(b)
            case .multiply: a.multipliedReportingOverflow(by: b)
            case .divide: a.dividedReportingOverflow(by: b)
            case .remainder: a.remainderReportingOverflow(dividingBy: b)
            case .bitAnd: (a & b, false)
            }
        return overflow ? nil : result
    }

    private func apply(_ a: Double, _ b: Double) -> Double? {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: b == 0 ? nil : a / b
        case .remainder: b == 0 ? nil : a.truncatingRemainder(dividingBy: b)
        case .bitAnd: nil
        }
    }
}
