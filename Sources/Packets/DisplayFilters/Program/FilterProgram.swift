import Patterns
import RoadblockCore

/// A filter as a graph of tests in one array: each test says where to go on when it holds and when it does not.
///
/// The common tests are plain values without references, so that running them touches no reference counts; the others
/// stand in tables beside the array.
struct FilterProgram {
    private struct Step: Sendable {
        var test: Test
        /// The next step, or `accept` or `reject`.
        var onTrue: Int32
        var onFalse: Int32
    }

    private enum Test: Sendable {
        case exists(FieldSource, layers: Int32)
        case word(FieldSource, Relation, Int64, mask: Int64, needsAll: Bool, layers: Int32)
        case wordSet(FieldSource, set: Int32, layers: Int32)
        case general(Int32)
    }

    private static let accept: Int32 = -1
    private static let reject: Int32 = -2
    private static let noLayers: Int32 = -1

    private var steps: [Step] = []
    private var start = FilterProgram.accept
    private var generals: [GeneralTest] = []
    private var sets: [(ranges: [ClosedRange<Int64>], mode: SetMode)] = []
    private var selections: [LayerSelection] = []

    init(_ predicate: Predicate) {
        start = build(predicate, FilterProgram.accept, FilterProgram.reject)
    }

    /// Appends the steps of a predicate, last one first.
    ///
    /// - Returns: where the predicate begins.
    private mutating func build(_ predicate: Predicate, _ onTrue: Int32, _ onFalse: Int32) -> Int32 {
        switch predicate {
        case .constant(let value): return value ? onTrue : onFalse
        case .not(let inner): return build(inner, onFalse, onTrue)
        case .and(let parts):
            return parts.reversed().reduce(onTrue) { next, part in build(part, next, onFalse) }
        case .or(let parts):
            return parts.reversed().reduce(onFalse) { next, part in build(part, onTrue, next) }
        case .xor(let parts):
            // Two copies of what follows: one for an even and one for an odd count of true parts so far.
            var even = onFalse
            var odd = onTrue
            for part in parts.reversed() {
                let copies = build(both: part, odd, even)
                (even, odd) = copies
            }
            return even
        case .exists(let use):
            return append(.exists(use.source, layers: layers(use)), onTrue, onFalse)
        case .word(let use, let relation, let value, let mask, let needsAll):
            let test = Test.word(use.source, relation, value, mask: mask, needsAll: needsAll, layers: layers(use))
            return append(test, onTrue, onFalse)
        case .wordSet(let use, let ranges, let mode):
            sets.append((ranges, mode))
            let test = Test.wordSet(use.source, set: Int32(sets.count - 1), layers: layers(use))
            return append(test, onTrue, onFalse)
        case .general(let test):
            generals.append(test)
            return append(.general(Int32(generals.count - 1)), onTrue, onFalse)
        }
    }

    /// A predicate with its exits as given, and one with them swapped.
    private mutating func build(both predicate: Predicate, _ onTrue: Int32, _ onFalse: Int32) -> (Int32, Int32) {
        if case .xor(let parts) = predicate {
            var pair = (onFalse, onTrue)
            for part in parts.reversed() { pair = build(both: part, pair.1, pair.0) }
            return pair
        }
        return (build(predicate, onTrue, onFalse), build(predicate, onFalse, onTrue))
    }

    private mutating func append(_ test: Test, _ onTrue: Int32, _ onFalse: Int32) -> Int32 {
        steps.append(Step(test: test, onTrue: onTrue, onFalse: onFalse))
        return Int32(steps.count - 1)
    }

    private mutating func layers(_ use: FieldUse) -> Int32 {
        guard let selection = use.layers else { return FilterProgram.noLayers }
        selections.append(selection)
        return Int32(selections.count - 1)
    }

    /// True once the search for a regular expression was given up for some packet.
    var hasHitLimit: Bool {
        generals.contains { test in
            if case .matches(_, let pattern, _) = test { pattern.hitLimit } else { false }
        }
    }

    /// Runs the filter for one packet.
    @inline(__always)
    func run(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ words: inout WordList
    ) -> Bool {
        var place = start
        while place >= 0 {
            let step = steps[Int(place)]
            place = holds(step.test, bytes, packet, facts, &words) ? step.onTrue : step.onFalse
        }
        return place == FilterProgram.accept
    }

    private func holds(
        _ test: Test,
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ words: inout WordList
    ) -> Bool {
        switch test {
        case .exists(let source, let layers):
            return exists(source, chosen(layers, source, packet, facts), bytes, packet, facts, &words)
        case .word(let source, let relation, let value, let mask, let needsAll, let layers):
            words.clear()
            let chosen = chosen(layers, source, packet, facts)
            guard chosen != 0 else { return false }
            source.readWords(bytes, packet, facts, chosen, into: &words)
            for index in 0..<words.count {
                let word = words[index] & mask
                let holds = relation.holds(word < value ? -1 : word == value ? 0 : 1)
                if holds != needsAll { return holds }
            }
            return needsAll && words.count > 0
        case .wordSet(let source, let set, let layers):
            words.clear()
            let chosen = chosen(layers, source, packet, facts)
            if chosen != 0 { source.readWords(bytes, packet, facts, chosen, into: &words) }
            return sets[Int(set)].mode.holds(sets[Int(set)].ranges, words)
        case .general(let index): return generals[Int(index)].holds(bytes, packet, facts, &words)
        }
    }

    @inline(__always)
    private func chosen(
        _ layers: Int32,
        _ source: FieldSource,
        _ packet: Packet,
        _ facts: PacketFacts
    ) -> UInt32 {
        guard layers >= 0 else { return .max }
        return ValueReader.chosenLayers(selections[Int(layers)], source.layerKind, packet, facts)
    }

    private func exists(
        _ source: FieldSource,
        _ chosen: UInt32,
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ words: inout WordList
    ) -> Bool {
        guard chosen != 0 else { return false }
        switch source {
        case .layer(let kind):
            for index in 0..<facts.layerCount where packet.layers[index].kind == kind && chosen >> index & 1 == 1 {
                return true
            }
            return false
        case .application(let field): return facts.applications.has(field)
        case .expert(let value):
            words.clear()
            value.readWords(bytes, packet, facts, into: &words)
            return words.count > 0
        case .bits, .pair, .verdict, .frame, .ip, .tcp, .arp, .arpAddress, .mark, .option, .extensionBits,
            .completenessBit, .ecnFlag, .ecnCounter, .part(_, _, .number), .part(_, _, .mark), .part(_, _, .found),
            .unreadLength, .tracked:
            words.clear()
            source.readWords(bytes, packet, facts, chosen, into: &words)
            return words.count > 0
        default:
            var values: [FieldValue] = []
            source.readValues(bytes, packet, facts, chosen, isRaw: false, words: &words, into: &values)
            return !values.isEmpty
        }
    }
}

extension SetMode {
    /// True for numbers and ranges that stand in this relation.
    fileprivate func holds(_ ranges: [ClosedRange<Int64>], _ words: borrowing WordList) -> Bool {
        switch self {
        case .allInOne:
            guard words.count > 0 else { return false }
            for range in ranges {
                var index = 0
                while index < words.count, range.contains(words[index]) { index += 1 }
                if index == words.count { return true }
            }
            return false
        default: break
        }
        var fitting = 0
        for index in 0..<words.count {
            for range in ranges where range.contains(words[index]) {
                fitting += 1
                break
            }
        }
        return holds(fitting: fitting, of: words.count)
    }

    /// True for a count of values of which some fit an element; not for `allInOne`.
    func holds(fitting: Int, of count: Int) -> Bool {
        switch self {
        case .any: fitting > 0
        case .none: fitting == 0
        case .noneOfSome: fitting == 0 && count > 0
        case .allInAny, .allInOne: fitting == count && count > 0
        case .notAll: fitting < count
        }
    }
}
