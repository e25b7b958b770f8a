import RoadblockCore

/// The UDP streams of a capture, numbered by their first packet.
struct DatagramTable: ~Copyable {
    private struct Stream {
        var number: Int32
        var first: Instant
        var previous: Instant
        var count: Int32 = 0
    }

    private var streams = NewestFlows<Stream>(limit: 1 << 18)

    mutating func receive(
        _ bytes: borrowing RawSpan,
        _ layer: Layer,
        _ source: IPAddress,
        _ destination: IPAddress,
        _ time: Instant
    ) -> TrackedFacts.Datagram {
        let start = Int(layer.offset)
        let (key, _) = FlowKey.make(source, bytes.big16(start), destination, bytes.big16(start + 2), context: 0)
        let number = Int32(truncatingIfNeeded: streams.count)
        let slot = streams.slot(of: key) ?? streams.add(key, Stream(number: number, first: time, previous: time))
        streams[slot].count &+= 1
        let stream = streams[slot]
        // What an error quotes was sent before.
        if !layer.isQuoted { streams[slot].previous = time }
        return TrackedFacts.Datagram(
            stream: stream.number,
            relative: time.nanoseconds(since: stream.first),
            delta: time.nanoseconds(since: stream.previous),
            ordinal: stream.count
        )
    }
}

/// Pairs of addresses, numbered by their first packet.
struct PairTable: ~Copyable {
    private var numbers = NewestFlows<Int32>(limit: 1 << 18)

    mutating func number(_ source: IPAddress, _ destination: IPAddress) -> Int32 {
        let (key, _) = FlowKey.make(source, 0, destination, 0, context: 0)
        let slot = numbers.slot(of: key) ?? numbers.add(key, Int32(truncatingIfNeeded: numbers.count))
        return numbers[slot]
    }
}

/// Echo requests that wait for their reply (RFC 792, RFC 4443 section 4).
struct EchoTable: ~Copyable {
    private struct Request {
        var frame: Int
        var time: Instant
    }

    private var requests = NewestFlows<Request>(limit: 1 << 16)

    mutating func receive(
        _ bytes: borrowing RawSpan,
        _ layer: Layer,
        _ source: IPAddress,
        _ destination: IPAddress,
        _ facts: PacketFacts
    ) {
        let start = Int(layer.offset)
        guard start + 8 <= Int(layer.end) else { return }
        let type = bytes.byte(start)
        let isRequest = layer.kind == .icmp ? type == 8 : type == 128
        guard isRequest || (layer.kind == .icmp ? type == 0 : type == 129) else { return }
        // One key for both directions; as in Wireshark, an answer may come from either side.
        let key = FlowKey(
            lower: min(source, destination),
            upper: max(source, destination),
            ports: bytes.big32(start + 4),
            context: layer.kind == .icmp ? 1 : 2
        )
        let known = requests.slot(of: key)
        if isRequest {
            let request = Request(frame: facts.number, time: facts.frame.time)
            if let known { requests[known] = request } else { _ = requests.add(key, request) }
            return
        }
        guard let slot = known else { return }
        facts.tracked.requestFrame = requests[slot].frame
        facts.tracked.responseTime = facts.frame.time.nanoseconds(since: requests[slot].time)
        requests.remove(key)
    }
}

/// Which link address claimed an IPv4 address by ARP.
struct LinkAddressTable: ~Copyable {
    private struct Claim {
        var link: UInt64
        var frame: Int
        var time: Instant
    }

    private static let limit = 1 << 16
    private var claims: [UInt32: Claim] = [:]

    mutating func receive(_ bytes: borrowing RawSpan, _ layer: Layer, _ facts: PacketFacts) {
        let start = Int(layer.offset)
        guard layer.has(28), bytes.big16(start + 4) == 0x0604, bytes.big16(start + 2) == 0x0800,
            (1...2).contains(bytes.big16(start + 6))
        else { return }
        func link(_ place: Int) -> UInt64 {
            UInt64(bytes.big16(place)) << 32 | UInt64(bytes.big32(place + 2))
        }
        let old = note(bytes.big32(start + 14), link(start + 8), facts)
        if let old {
            facts.tracked.claimFrame = old.frame
            facts.tracked.claimAge = facts.frame.time.nanoseconds(since: old.time)
        }
        _ = note(bytes.big32(start + 24), link(start + 18), facts)
    }

    /// Notes a claim.
    ///
    /// - Returns: the claim of another link address to the same address, which then stands.
    private mutating func note(_ address: UInt32, _ link: UInt64, _ facts: PacketFacts) -> Claim? {
        guard address != 0, link != 0, link != 0xFFFF_FFFF_FFFF else { return nil }
        if let claim = claims[address], claim.link != link { return claim }
        if claims.count >= Self.limit { claims.removeAll(keepingCapacity: true) }
        claims[address] = Claim(link: link, frame: facts.number, time: facts.frame.time)
        return nil
    }
}
