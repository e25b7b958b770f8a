import Packets
import RoadblockCore

/// A conversation as one capture point saw it; a class, since conversations are large and these are handed about.
final class Sighting<Conversation: PointConversation>: Sendable {
    let point: Int
    let conversation: Conversation
    /// What the point's own packets say of it.
    let judgement: Judgement?
    /// The time that the point's capture began, and the newest one that it had come to.
    let start: Instant
    let end: Instant

    init(point: Int, conversation: Conversation, judgement: Judgement?, start: Instant, end: Instant) {
        self.point = point
        self.conversation = conversation
        self.judgement = judgement
        self.start = start
        self.end = end
    }

    /// True where this point was recording when a packet came by at another one.
    ///
    /// Nothing of the two clocks is compared but how far the packet is from a moment that both points saw. A capture counts
    /// as running for some seconds before its first packet and after its newest one.
    func wasRecording(_ packet: FrameReference, of other: Sighting) -> Bool {
        let (there, here) = other.conversation.sharedMoment(with: conversation)
        let elapsed = packet.time.seconds(since: there)
        return start.seconds(since: here) - elapsed <= PointLedger.quiet
            && -silence(after: elapsed, here) <= PointLedger.quiet
    }

    /// True where this point went on recording after a packet came by at another one.
    func wentOn(after packet: FrameReference, of other: Sighting) -> Bool {
        let (there, here) = other.conversation.sharedMoment(with: conversation)
        return silence(after: packet.time.seconds(since: there), here) >= 0.05
    }

    /// Seconds of capture after a moment.
    private func silence(after elapsed: Double, _ moment: Instant) -> Double { end.seconds(since: moment) - elapsed }
}

/// Finds the same conversation at several capture points, with other addresses as well.
///
/// Clocks do not matter here: conversations wait, whatever their times, until the others have seen them, the input ends, or
/// there are too many. Memory: up to `limit` conversations wait; those that got their answers leave first.
struct PointJoin<Conversation: PointConversation> {
    /// One conversation, by point.
    typealias Bundle = [Sighting<Conversation>]

    private var bundles: [Bundle?] = []
    private var free: [Int] = []
    private var index: [UInt64: [Int]] = [:]
    private var count = 0
    private let limit: Int

    /// Candidates of one key that are looked at.
    private static var candidateLimit: Int { 64 }

    init(limit: Int) { self.limit = limit }

    /// Takes what one point saw; returns the conversation once all points have seen it.
    mutating func add(_ sighting: Sighting<Conversation>, of points: Int) -> Bundle? {
        guard let slot = partner(of: sighting) else {
            keep([sighting])
            return nil
        }
        bundles[slot]?.append(sighting)
        guard let bundle = bundles[slot], bundle.count >= points else { return nil }
        remove(slot)
        return bundle
    }

    private func partner(of sighting: Sighting<Conversation>) -> Int? {
        for key in sighting.conversation.keys {
            let slot = index[key]?.suffix(Self.candidateLimit).first { slot in
                guard let bundle = bundles[slot], bundle.allSatisfy({ $0.point != sighting.point }) else {
                    return false
                }
                return bundle[0].conversation.isSame(as: sighting.conversation)
            }
            if let slot { return slot }
        }
        return nil
    }

    private mutating func keep(_ bundle: Bundle) {
        let slot = free.popLast() ?? bundles.count
        if slot == bundles.count { bundles.append(bundle) } else { bundles[slot] = bundle }
        for key in bundle[0].conversation.keys { index[key, default: []].append(slot) }
        count += 1
    }

    private mutating func remove(_ slot: Int) {
        for key in bundles[slot]?[0].conversation.keys ?? [] {
            index[key]?.removeAll { $0 == slot }
            if index[key]?.isEmpty ?? false { index[key] = nil }
        }
        bundles[slot] = nil
        free.append(slot)
        count -= 1
    }

    /// What several points, but not yet all, saw.
    var matched: [Bundle] { bundles.compactMap(\.self).filter { $0.count > 1 } }

    /// True where the points hold one direction each of the same conversations, as the two outputs of a tap do.
    var holdsHalves: Bool {
        var halves: [UInt64: (point: Int, isClient: Bool)] = [:]
        var found = false
        for bundle in bundles {
            guard let bundle, let sighting = bundle.first else { continue }
            let c = sighting.conversation
            guard bundle.count == 1, c.clientSpoke != c.serverSpoke else { return false }
            let half = (point: sighting.point, isClient: c.clientSpoke)
            let other = halves.updateValue(half, forKey: c.endpointKey(0))
            if let other, other.point != half.point {
                guard other.isClient != half.isClient else { return false }
                found = true
            }
        }
        return found
    }

    /// Takes out conversations where too many wait: first half of those that were answered, else half of all, the ones that
    /// ended first.
    mutating func takeExcess() -> [Bundle] {
        guard count > limit else { return [] }
        let waiting = bundles.indices.filter { bundles[$0] != nil }.sorted { time($0) < time($1) }
        let answered = waiting.filter { bundles[$0]?.allSatisfy { $0.conversation.isAnswered } ?? false }
        let chosen = answered.count >= limit / 4 ? answered.prefix(answered.count / 2 + 1) : waiting.prefix(limit / 2)
        return chosen.compactMap { slot in
            let bundle = bundles[slot]
            remove(slot)
            return bundle
        }
    }

    private func time(_ slot: Int) -> Instant { bundles[slot]?.first?.end ?? Instant(nanoseconds: .min) }

    /// Takes out everything; what has no key in common is matched by endpoints and time, and by what translation leaves.
    mutating func takeRest(_ clocks: ClockOffsets) -> [Bundle] {
        var rest = bundles.compactMap(\.self)
        bundles = []
        index = [:]
        free = []
        count = 0
        rest.sort { ($0[0].conversation.firstTime, $0[0].point) < ($1[0].conversation.firstTime, $1[0].point) }
        Self.merge(&rest, keys: { [$0.endpointKey(0)] }) { a, b in
            guard a.conversation.hasSameEnds(as: b.conversation) else { return false }
            return clocks.gap(a, b) < 2
        }
        Self.merge(&rest, keys: \.lateKeys) { a, b in
            a.conversation.isTranslated(
                b.conversation,
                secondsApart: clocks.secondsApart(a, b)
            )
        }
        return rest
    }

    /// Joins bundles of different points that share a key and fit, each with the first that does.
    private static func merge(
        _ bundles: inout [Bundle],
        keys: (Conversation) -> [UInt64],
        fits: (Sighting<Conversation>, Sighting<Conversation>) -> Bool
    ) {
        var index: [UInt64: [Int]] = [:]
        var joined: [Bundle] = []
        for bundle in bundles {
            let keys = keys(bundle[0].conversation)
            let target = keys.lazy.flatMap { (index[$0] ?? []).suffix(candidateLimit) }.first { slot in
                let isApart = joined[slot].allSatisfy { old in bundle.allSatisfy { $0.point != old.point } }
                return isApart && fits(joined[slot][0], bundle[0])
            }
            if let target {
                joined[target] += bundle
            } else {
                for key in keys { index[key, default: []].append(joined.count) }
                joined.append(bundle)
            }
        }
        bundles = joined
    }
}
