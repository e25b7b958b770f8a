import RoadblockCore

/// How far the clocks of capture points are apart, from packets that two of them saw.
///
/// A handshake that both saw gives the offset as NTP does (RFC 5905 section 8): what the way there adds to it, the way back
/// takes away. Where only requests were seen at both, their way counts as part of the offset.
struct ClockOffsets: Sendable {
    private struct Pair: Hashable {
        var first: Int
        var second: Int
    }

    private struct Samples {
        var offsets: [Int64] = []
        var total = 0

        mutating func add(_ offset: Int64) {
            if offsets.count < ClockOffsets.sampleLimit {
                offsets.append(offset)
            } else {
                offsets[total % ClockOffsets.sampleLimit] = offset
            }
            total += 1
        }

        var median: Int64? { offsets.isEmpty ? nil : offsets.sorted()[offsets.count / 2] }
    }

    /// What is known of a clock.
    struct Estimate: Hashable, Sendable {
        /// Nanoseconds that it is ahead of the clock that the others are compared with.
        var nanoseconds: Int64
        /// Handshakes or requests that it was estimated from.
        var samples: Int
        /// False where only requests, and no answers, were seen at both.
        var isTwoWay: Bool
    }

    private var twoWay: [Pair: Samples] = [:]
    private var oneWay: [Pair: Samples] = [:]
    /// By point; settled by `settle`.
    private(set) var estimates: [Int: Estimate] = [:]

    private static let sampleLimit = 1024

    /// Learns from one conversation that two points saw.
    mutating func learn<C: PointConversation>(_ a: Sighting<C>, _ b: Sighting<C>) {
        guard a.point < b.point else { return b.point < a.point ? learn(b, a) : () }
        let pair = Pair(first: a.point, second: b.point)
        let (c, d) = (a.conversation, b.conversation)
        guard c.requestCount == d.requestCount, let from = c.requestTime, let to = d.requestTime else { return }
        let there = to.nanoseconds(since: from)
        if c.replyCount == d.replyCount, let back = d.replyTime, let arrived = c.replyTime {
            twoWay[pair, default: Samples()].add(there / 2 &+ back.nanoseconds(since: arrived) / 2)
        } else {
            oneWay[pair, default: Samples()].add(there)
        }
    }

    /// Chains the estimates of pairs to one for each point, beside the one whose clock they are compared with.
    mutating func settle(points: Int, root: Int) {
        estimates = [root: Estimate(nanoseconds: 0, samples: 0, isTwoWay: true)]
        var open = [root]
        while let point = open.popLast() {
            guard let known = estimates[point] else { continue }
            for other in 0..<points where estimates[other] == nil {
                let pair = Pair(first: min(point, other), second: max(point, other))
                let samples = twoWay[pair] ?? oneWay[pair]
                guard let samples, let median = samples.median else { continue }
                estimates[other] = Estimate(
                    nanoseconds: known.nanoseconds &+ (point < other ? median : 0 &- median),
                    samples: samples.total,
                    isTwoWay: twoWay[pair] != nil && known.isTwoWay
                )
                open.insert(other, at: 0)
            }
        }
    }

    /// A time of one point's clock, on another's; clocks of which nothing is known count as right.
    func time(_ time: Instant, of point: Int, at other: Int) -> Instant {
        let shift = (estimates[other]?.nanoseconds ?? 0) &- (estimates[point]?.nanoseconds ?? 0)
        return time.adding(nanoseconds: shift)
    }

    /// Seconds between the beginnings of two sightings.
    func secondsApart<C>(_ a: Sighting<C>, _ b: Sighting<C>) -> Double {
        abs(time(a.conversation.firstTime, of: a.point, at: b.point).seconds(since: b.conversation.firstTime))
    }

    /// Seconds between the end of one sighting and the beginning of the other; 0 where they overlap.
    func gap<C>(_ a: Sighting<C>, _ b: Sighting<C>) -> Double {
        let first = time(a.conversation.firstTime, of: a.point, at: b.point)
        let last = time(a.conversation.lastTime, of: a.point, at: b.point)
        return max(0, first.seconds(since: b.conversation.lastTime), b.conversation.firstTime.seconds(since: last))
    }
}
