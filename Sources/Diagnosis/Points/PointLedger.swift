import Packets
import RoadblockCore

/// What is kept of several capture points until they have all told of a conversation.
struct PointLedger: Sendable {
    /// Points that are known so far.
    var count = 1
    var tcp = PointJoin<TCPConversation>(limit: 40_000)
    var datagrams = PointJoin<DatagramConversation>(limit: 80_000)
    var clocks = ClockOffsets()
    /// The point whose clock the others are compared with.
    private(set) var root = 0
    var paths = PathFacts()
    /// Conversations that several points saw.
    var shared = 0
    /// Conversations that were judged before all points could tell of them.
    var early = 0
    /// By point: when its captures began and ended, on its own clock.
    var extents: [ClosedRange<Instant>?] = []
    /// By input: its place, and what it holds.
    var inputs: [(point: Int, extent: ClosedRange<Instant>?)] = []

    /// Seconds around a capture's first and last packet in which it counts as running.
    static let quiet = 10.0

    /// Settles clocks and extents once everything was read.
    mutating func settle(_ facts: CaptureFacts, _ context: CaptureContext) {
        for bundle in tcp.matched { learn(bundle) }
        for bundle in datagrams.matched { learn(bundle) }
        inputs = context.inputs.indices.map { index in
            let input = facts.inputs[index]
            guard let first = input.firstTime, let last = input.lastTime else { return (context.point(index), nil) }
            return (context.point(index), first...last)
        }
        // The clock of the input that was named first is the one that the others are compared with.
        root = inputs.first { $0.extent != nil }?.point ?? 0
        clocks.settle(points: count, root: root)
        extents = (0..<count).map { point in
            let own = inputs.filter { $0.point == point }.compactMap(\.extent)
            guard let first = own.map(\.lowerBound).min(), let last = own.map(\.upperBound).max() else { return nil }
            return first...last
        }
    }

    /// Learns from a conversation how far clocks are apart.
    mutating func learn<C: PointConversation>(_ bundle: [Sighting<C>]) {
        for (a, b) in zip(bundle, bundle.dropFirst()) { clocks.learn(a, b) }
    }

    /// True when a point was recording at one of some times of another point's clock.
    func isRecording(_ point: Int, at times: [Instant], of other: Int) -> Bool {
        guard extents.indices.contains(point), let extent = extents[point] else { return false }
        return times.contains { time in
            let here = clocks.time(time, of: other, at: point)
            return extent.lowerBound.seconds(since: here) <= Self.quiet
                && here.seconds(since: extent.upperBound) <= Self.quiet
        }
    }

    /// The input of a point that was running at a time of another point's clock, or the nearest one.
    func input(of point: Int, at time: Instant, of other: Int) -> Int? {
        let here = clocks.time(time, of: other, at: point)
        func distance(_ extent: ClosedRange<Instant>) -> Double {
            max(0, extent.lowerBound.seconds(since: here), here.seconds(since: extent.upperBound))
        }
        return inputs.indices.filter { inputs[$0].point == point && inputs[$0].extent != nil }
            .min { a, b in
                guard let first = inputs[a].extent, let second = inputs[b].extent else { return false }
                return distance(first) < distance(second)
            }
    }
}

/// Where a request should have come by next, beyond the points that saw it.
enum NextPoint: Hashable {
    case point(Int)
    /// No other point is known to lie on the way.
    case outside
    /// A point lies there, and it does not tell.
    case unknown
}

extension PointLedger {
    /// The next point on the way of a request behind `point`, which names the server so; `seen` are the points that saw it.
    func next(
        behind point: Int,
        towards server: IPAddress,
        sentAt times: [Instant],
        seen: Set<Int>,
        isSound: (Int) -> Bool
    ) -> NextPoint {
        var candidates: [Int] = []
        var isUnsure = false
        for other in 0..<count where !seen.contains(other) {
            guard paths.isHeard(server, namedAt: point, at: other) else {
                // Where one direction is missing, it may be that of the server.
                if !isSound(other) { isUnsure = true }
                continue
            }
            switch paths.isBehind(other, point, towards: server) {
            case false?: continue
            case nil: isUnsure = true
            case true?:
                let tells = isSound(other) && paths.isCovered(server, seenAt: point, by: other)
                if tells, isRecording(other, at: times, of: point) {
                    candidates.append(other)
                } else {
                    isUnsure = true
                }
            }
        }
        let nearest = candidates.first { candidate in
            candidates.allSatisfy { $0 == candidate || paths.isBehind($0, candidate, towards: server) != false }
        }
        if let nearest { return .point(nearest) }
        return isUnsure ? .unknown : .outside
    }
}
