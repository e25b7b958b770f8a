import Patterns
import RoadblockCore

extension GeneralTest {
    func holds(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ words: inout WordList
    ) -> Bool {
        switch self {
        case .compare(let left, _, _, _, _), .contains(let left, _, _, _), .matches(let left, _, _):
            var lefts = words.takeSpare()
            ValueReader.fill(&lefts, left, bytes, packet, facts, &words)
            let result = !lefts.isEmpty && holds(lefts, bytes, packet, facts, &words)
            words.giveBack(lefts)
            return result
        case .truth, .exists, .member: return holdsOther(bytes, packet, facts, &words)
        }
    }

    /// A test with the values of its left side, of which there are some.
    private func holds(
        _ lefts: [FieldValue],
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ words: inout WordList
    ) -> Bool {
        switch self {
        case .compare(_, let relation, let right, let needsAll, let mask):
            let rights = ValueReader.values(right, bytes, packet, facts, &words)
            guard !rights.isEmpty else { return false }
            for a in lefts {
                for b in rights {
                    let (x, y) = mask.map { ($0.apply(a), $0.apply(b)) } ?? (a, b)
                    let holds = x.order(y, bytes).map { relation.holds($0) } ?? false
                    if holds != needsAll { return holds }
                }
            }
            return needsAll
        case .contains(_, let right, let needsAll, let emptyMatches):
            let rights = ValueReader.values(right, bytes, packet, facts, &words)
            guard !rights.isEmpty else { return false }
            for a in lefts {
                for b in rights {
                    let holds = b.byteCount == 0 ? emptyMatches : a.contains(b, bytes)
                    if holds != needsAll { return holds }
                }
            }
            return needsAll
        case .matches(_, let pattern, let needsAll):
            for value in lefts {
                let holds =
                    switch value {
                    case .range(let start, let end): pattern.matches(bytes, in: start..<end)
                    case .bytes(let own): pattern.matches(own.span)
                    default: false
                    }
                if holds != needsAll { return holds }
            }
            return needsAll
        case .truth, .exists, .member: return false
        }
    }

    private func holdsOther(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ words: inout WordList
    ) -> Bool {
        switch self {
        case .compare, .contains, .matches: return false
        case .truth(let expression):
            let values = ValueReader.values(expression, bytes, packet, facts, &words)
            for value in values where value.isTrue(bytes) { return true }
            return false
        case .exists(let expression):
            return !ValueReader.values(expression, bytes, packet, facts, &words).isEmpty
        case .member(let left, let elements, let mode, let masks):
            let values = ValueReader.values(left, bytes, packet, facts, &words)
            var fits = [Bool](repeating: false, count: values.count)
            for (index, element) in elements.enumerated() {
                let lows = ValueReader.values(element.0, bytes, packet, facts, &words)
                var highs: [FieldValue]?
                if let high = element.1 { highs = ValueReader.values(high, bytes, packet, facts, &words) }
                var fitting = 0
                for place in values.indices where GeneralTest.fits(values[place], lows, highs, masks[index], bytes) {
                    fits[place] = true
                    fitting += 1
                }
                if mode == .allInOne, fitting == values.count, !values.isEmpty { return true }
            }
            if mode == .allInOne { return false }
            return mode.holds(fitting: fits.count(where: { $0 }), of: values.count)
        }
    }

    /// True for a value that equals one of some, or lies between some low and some high end.
    private static func fits(
        _ value: FieldValue,
        _ lows: [FieldValue],
        _ highs: [FieldValue]?,
        _ mask: WideMask?,
        _ bytes: borrowing RawSpan
    ) -> Bool {
        guard let highs else {
            let masked = mask?.apply(value) ?? value
            for low in lows where masked.order(mask?.apply(low) ?? low, bytes) == 0 { return true }
            return false
        }
        for low in lows where value.order(low, bytes) != -1 {
            for high in highs where value.order(high, bytes) != 1 { return true }
        }
        return false
    }
}

extension ValueReader {
    /// The values of an expression without fields.
    static func constantValues(_ expression: ValueExpression) -> [FieldValue] {
        var words = WordList()
        let packet = Packet()
        return values(expression, RawSpan(), packet, PacketFacts(), &words)
    }
}
