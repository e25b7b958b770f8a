import RoadblockCore

/// The UDP streams of a capture, numbered by their first packet.
struct DatagramTable: ~Copyable {
    private struct Stream {
        var key: FlowKey
        var number: Int32
        var first: Instant
        var previous: Instant
        var count: Int32 = 0
    }

    private static let limit = 1 << 18
    private var index = FlowIndex()
    private var streams: [Stream] = []
    private var count = 0

    mutating func receive(
        _ bytes: borrowing RawSpan,
        _ layer: Layer,
        _ source: IPAddress,
        _ destination: IPAddress,
        _ time: Instant
    ) -> TrackedFacts.Datagram {
        let start = Int(layer.offset)
        let (key, _) = FlowKey.make(source, bytes.big16(start), destination, bytes.big16(start + 2), context: 0)
        let slot = index.value(key) ?? open(key, time)
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

    private mutating func open(_ key: FlowKey, _ time: Instant) -> Int {
        let stream = Stream(key: key, number: Int32(truncatingIfNeeded: count), first: time, previous: time)
        let slot = count % Self.limit
        count += 1
        if slot == streams.count {
            streams.append(stream)
        } else {
            index.remove(streams[slot].key)
            streams[slot] = stream
        }
        index.set(key, slot)
        return slot
    }
}

/// Pairs of addresses, numbered by their first packet.
struct PairTable: ~Copyable {
    private static let limit = 1 << 18
    private var index = FlowIndex()
    private var keys: [FlowKey] = []
    /// The number of the pair in each slot.
    private var numbers: [Int32] = []
    private var count = 0

    mutating func number(_ source: IPAddress, _ destination: IPAddress) -> Int32 {
        let (key, _) = FlowKey.make(source, 0, destination, 0, context: 0)
        if let slot = index.value(key) { return numbers[slot] }
        let slot = count % Self.limit
        let number = Int32(truncatingIfNeeded: count)
        count += 1
        if slot == keys.count {
            keys.append(key)
            numbers.append(number)
        } else {
            index.remove(keys[slot])
            keys[slot] = key
            numbers[slot] = number
        }
        index.set(key, slot)
        return number
    }
}

/// Echo requests that wait for their reply (RFC 792, RFC 4443 section 4).
struct EchoTable: ~Copyable {
    private struct Request {
        var key: FlowKey
        var frame: Int
        var time: Instant
    }

    private static let limit = 1 << 16
    private var index = FlowIndex()
    private var requests: [Request] = []
    private var count = 0

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
        if isRequest { return note(Request(key: key, frame: facts.number, time: facts.frame.time)) }
        guard let slot = index.value(key) else { return }
        facts.tracked.requestFrame = requests[slot].frame
        facts.tracked.responseTime = facts.frame.time.nanoseconds(since: requests[slot].time)
        index.remove(key)
    }

    private mutating func note(_ request: Request) {
        if let slot = index.value(request.key) {
            requests[slot] = request
            return
        }
        let slot = count % Self.limit
        count += 1
        if slot == requests.count {
            requests.append(request)
        } else {
            if index.value(requests[slot].key) == slot { index.remove(requests[slot].key) }
            requests[slot] = request
        }
        index.set(request.key, slot)
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
