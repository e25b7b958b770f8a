import RoadblockCore

/// What earlier packets of a capture say of a packet, beside TCP: streams of UDP and of addresses, echo pairs, link
/// addresses.
///
/// All tables have a limit, beyond which the oldest entries make room.
package struct PacketTracker: ~Copyable {
    private var datagrams = DatagramTable()
    private var echoes = EchoTable()
    private var addresses = LinkAddressTable()
    private var links = PairTable()
    private var pairs4 = PairTable()
    private var pairs6 = PairTable()

    package init() {}

    /// Takes the next packet of the capture.
    mutating func receive(_ packet: Packet, _ bytes: borrowing RawSpan, _ facts: PacketFacts) {
        facts.tracked.clear()
        for index in 0..<facts.layerCount {
            let layer = packet.layers[index]
            switch layer.kind {
            case .udp:
                guard layer.has(8), let (source, destination) = addresses(before: index, packet, bytes) else {
                    continue
                }
                facts.tracked.add(datagrams.receive(bytes, layer, source, destination, facts.frame.time), index)
            case .icmp, .icmpv6:
                guard !layer.isQuoted, let (source, destination) = addresses(before: index, packet, bytes) else {
                    continue
                }
                echoes.receive(bytes, layer, source, destination, facts)
            case .arp: addresses.receive(bytes, layer, facts)
            case .ethernet, .ipv4, .ipv6:
                facts.tracked.add(TrackedFacts.Datagram(stream: stream(index, packet, bytes)), index)
            default: continue
            }
        }
    }

    /// The number of the pair of addresses in an Ethernet or IP header; -1 where they are cut.
    private mutating func stream(_ index: Int, _ packet: Packet, _ bytes: borrowing RawSpan) -> Int32 {
        let layer = packet.layers[index]
        let start = Int(layer.offset)
        switch layer.kind {
        case .ethernet where layer.has(14):
            func address(_ place: Int) -> IPAddress {
                IPAddress(high: 0, low: UInt64(bytes.big16(place)) << 32 | UInt64(bytes.big32(place + 2)))
            }
            return links.number(address(start + 6), address(start))
        case .ipv4 where layer.has(20):
            let last = IPv4OptionWalk.sourceRouteEnd(bytes, layer) ?? bytes.big32(start + 16)
            return pairs4.number(IPAddress(ipv4: bytes.big32(start + 12)), IPAddress(ipv4: last))
        case .ipv6 where layer.has(40):
            return pairs6.number(
                IPAddress(high: bytes.big64(start + 8), low: bytes.big64(start + 16)),
                IPAddress(high: bytes.big64(start + 24), low: bytes.big64(start + 32))
            )
        default: return -1
        }
    }

    /// The addresses of the IP header that a layer lies in.
    private func addresses(
        before index: Int,
        _ packet: Packet,
        _ bytes: borrowing RawSpan
    ) -> (IPAddress, IPAddress)? {
        var place = index - 1
        var routeEnd: IPAddress?
        while place >= 0 {
            let layer = packet.layers[place]
            let start = Int(layer.offset)
            switch layer.kind {
            case .ipv4:
                let last = IPv4OptionWalk.sourceRouteEnd(bytes, layer) ?? bytes.big32(start + 16)
                return (IPAddress(ipv4: bytes.big32(start + 12)), IPAddress(ipv4: last))
            case .ipv6:
                return (
                    IPAddress(high: bytes.big64(start + 8), low: bytes.big64(start + 16)),
                    routeEnd ?? IPAddress(high: bytes.big64(start + 24), low: bytes.big64(start + 32))
                )
            case .ipv6Extension:
                if FieldSource.extensionKind(bytes, packet, place) == 43 {
                    routeEnd = Walk.routeEnd(bytes, start, Int(layer.headerLength)) ?? routeEnd
                }
                place -= 1
            default: return nil
            }
        }
        return nil
    }
}

/// What the tracker knows of one packet.
package struct TrackedFacts: Sendable {
    /// A UDP header's place in its stream.
    struct Datagram: Sendable {
        var stream: Int32 = 0
        var relative: Int64 = 0
        var delta: Int64 = 0
        var ordinal: Int32 = 0
    }

    private var datagrams = InlineArray<24, Datagram>(repeating: Datagram())
    /// The frame of the request that an echo reply answers, and how long that took; 0 where there is none.
    var requestFrame = 0
    var responseTime: Int64 = 0
    /// The frame in which another link address claimed the sender's address; 0 where there is none.
    var claimFrame = 0
    var claimAge: Int64 = 0

    mutating func clear() {
        requestFrame = 0
        claimFrame = 0
    }

    mutating func add(_ datagram: Datagram, _ layer: Int) { datagrams[layer] = datagram }

    func datagram(_ layer: Int) -> Datagram { datagrams[layer] }
}
