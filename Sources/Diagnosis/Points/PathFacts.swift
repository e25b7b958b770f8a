import Packets
import RoadblockCore

/// Who was heard at which capture point, and which point comes first on the way to a server.
struct PathFacts: Sendable {
    private typealias Spot = CaptureContext.Spot

    /// An address on the way between two points, as the first of them names it.
    private struct Way: Hashable {
        var from: Int
        var to: Int
        var address: IPAddress
    }

    /// What an address sent, as a point saw it.
    private struct Heard {
        /// Hops between the point and the address, at least; `nil` where its packets do not tell.
        var hops: Int?
        /// True when it spoke with somebody who is farther from the point, or nearer to it.
        var isNearer = false
        var isFarther = false
    }

    private var heard: [Spot: Heard] = [:]
    /// Conversations of which one point proved to be before another on the way to a server, less those of the contrary.
    private var votes: [Way: Int] = [:]
    /// The names that a server has behind a translator.
    private var translations: [Way: Set<IPAddress>] = [:]
    /// Conversations with a server that both points saw, and healthy ones that only the first saw.
    private var shared: [Way: Int] = [:]
    private var missed: [Way: Int] = [:]

    private static let limit = 65_536
    private static let nameLimit = 8

    /// Learns who is heard at a point.
    mutating func hear<C: PointConversation>(_ c: C, at point: Int) {
        if c.clientSpoke { hear(c.client, at: point, timeToLive: c.clientTimeToLive, with: c.serverTimeToLive) }
        if c.serverSpoke { hear(c.server, at: point, timeToLive: c.serverTimeToLive, with: c.clientTimeToLive) }
        for error in c.errors { hear(error.sender, at: point) }
    }

    /// Learns that an address sent something, with a time to live, in answer to another; 0 stands for unknown.
    mutating func hear(_ address: IPAddress, at point: Int, timeToLive: UInt8 = 0, with other: UInt8 = 0) {
        let spot = Spot(point: point, address: address)
        guard heard.count < Self.limit || heard[spot] != nil else { return }
        guard timeToLive > 0 else { return heard[spot, default: Heard()].hops = heard[spot]?.hops }
        let distance = Self.hops(timeToLive)
        heard[spot, default: Heard()].hops = min(heard[spot]?.hops ?? distance, distance)
        guard other > 0 else { return }
        if distance < Self.hops(other) { heard[spot]?.isNearer = true }
        if distance > Self.hops(other) { heard[spot]?.isFarther = true }
    }

    /// Hops that a packet has taken, if its sender began with one of the usual numbers.
    private static func hops(_ timeToLive: UInt8) -> Int {
        (timeToLive <= 64 ? 64 : timeToLive <= 128 ? 128 : 255) - Int(timeToLive)
    }

    /// True when a server, or what stands for it behind a translator, was heard at a point.
    ///
    /// `server` is its name at the other point.
    func isHeard(_ server: IPAddress, namedAt from: Int, at point: Int) -> Bool {
        if heard[Spot(point: point, address: server)] != nil { return true }
        let names = translations[Way(from: from, to: point, address: server)] ?? []
        return names.contains { heard[Spot(point: point, address: $0)] != nil }
    }

    /// Sorts what several points saw of a conversation, the client's end first, and learns from it.
    mutating func order<C>(_ bundle: [Sighting<C>], _ clocks: ClockOffsets) -> [Sighting<C>] {
        let sorted = bundle.sorted { a, b in (precedence(a, b, clocks) ?? 0, a.point) < (0, b.point) }
        for (place, a) in sorted.enumerated() {
            for (other, b) in sorted.enumerated() where other != place {
                let way = Way(from: a.point, to: b.point, address: a.conversation.server)
                guard votes.count < Self.limit || shared[way] != nil else { continue }
                shared[way, default: 0] += 1
                if let precedence = precedence(a, b, clocks), precedence != 0 {
                    votes[way, default: 0] += precedence < 0 ? 1 : -1
                    // On the way to the client it is the other way round.
                    votes[Way(from: a.point, to: b.point, address: a.conversation.client), default: 0] +=
                        precedence < 0 ? -1 : 1
                }
                let name = b.conversation.server
                if translations[way]?.count ?? 0 < Self.nameLimit { translations[way, default: []].insert(name) }
            }
        }
        return sorted
    }

    /// Negative where the first sighting is nearer to the client; `nil` or 0 where nothing tells.
    private func precedence<C>(_ a: Sighting<C>, _ b: Sighting<C>, _ clocks: ClockOffsets) -> Int? {
        let (c, d) = (a.conversation, b.conversation)
        if c.clientTimeToLive > 0, d.clientTimeToLive > 0, c.clientTimeToLive != d.clientTimeToLive {
            return c.clientTimeToLive > d.clientTimeToLive ? -1 : 1
        }
        if c.serverTimeToLive > 0, d.serverTimeToLive > 0, c.serverTimeToLive != d.serverTimeToLive {
            return c.serverTimeToLive < d.serverTimeToLive ? -1 : 1
        }
        guard let from = c.requestTime, let to = d.requestTime, c.requestCount == d.requestCount else { return nil }
        if c.replyCount == d.replyCount, let back = d.replyTime, let arrived = c.replyTime {
            // The clocks' difference takes itself away: what is left is twice the way.
            let way = to.nanoseconds(since: from) &- back.nanoseconds(since: arrived)
            return way > 2000 ? -1 : way < -2000 ? 1 : nil
        }
        let known = votes[Way(from: a.point, to: b.point, address: c.server)] ?? 0
        return 0 - known.signum()
    }

    /// Learns of a healthy conversation that another point did not see.
    mutating func miss(_ server: IPAddress, seenAt point: Int, missingAt other: Int) {
        let way = Way(from: point, to: other, address: server)
        if missed.count < Self.limit || missed[way] != nil { missed[way, default: 0] += 1 }
    }

    /// True where the other point sees, as far as healthy conversations show, what goes to a server.
    func isCovered(_ server: IPAddress, seenAt point: Int, by other: Int) -> Bool {
        let way = Way(from: point, to: other, address: server)
        return missed[way] ?? 0 == 0 || missed[way] ?? 0 < shared[way] ?? 0
    }

    /// Whether a point lies behind another on the way to a server, as the first point names it; `nil` when nothing tells.
    ///
    /// Conversations that both points saw decide. Without them, a point from which others reach the server through it
    /// counts, since the server is nearer to it than they are; its neighbours and clients do not.
    func isBehind(_ other: Int, _ point: Int, towards server: IPAddress) -> Bool? {
        let vote = votes[Way(from: point, to: other, address: server)] ?? 0
        if vote != 0 { return vote > 0 }
        guard let there = heard[Spot(point: other, address: server)], let near = there.hops else { return nil }
        if let far = heard[Spot(point: point, address: server)]?.hops, near >= far { return near == far ? nil : false }
        return there.isNearer == there.isFarther ? nil : there.isNearer
    }
}
