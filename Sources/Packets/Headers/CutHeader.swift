import RoadblockCore

/// How much of a header can be read that the snap length cuts, or the length that an outer header states.
///
/// Wireshark reads a header in steps, such as both ports of TCP, then everything up to the window; a step that was not
/// captured whole shows none of its fields. The steps were learned by cutting captures at every length.
extension LayerKind {
    /// The bytes up to the last step that was captured whole; `nil` for a header that is not shown at all.
    func readable(_ captured: Int) -> Int? {
        switch self {
        case .ethernet: captured < 14 ? 0 : captured
        case .vlan, .serviceVLAN: captured < 2 ? 0 : 2
        case .linuxCooked, .mpls, .null, .gre: captured < 4 ? 0 : captured
        case .linuxCooked2: captured < 12 ? 0 : captured
        case .ciscoHDLC, .pppoe: 0
        case .llc: min(captured, 3)
        case .arp: captured < 2 ? 0 : min(captured, 8)
        case .ipv4: captured == 7 ? 6 : captured
        case .ipv6: captured == 5 || captured == 6 ? 4 : captured
        case .tcp: LayerKind.last(of: 4, 16, 18, 20, captured)
        case .udp: LayerKind.last(of: 4, 6, captured)
        case .icmp: captured < 6 ? 0 : captured
        case .geneve: LayerKind.geneve(captured)
        default: captured
        }
    }

    private static func geneve(_ captured: Int) -> Int? {
        switch captured {
        case 4: nil
        case 3: 2
        case 5, 6: 4
        case 8...: 8
        default: captured
        }
    }

    private static func last(of first: Int, _ second: Int, _ captured: Int) -> Int {
        captured < first ? 0 : captured < second ? first : second
    }

    private static func last(of first: Int, _ second: Int, _ third: Int, _ fourth: Int, _ captured: Int) -> Int {
        guard captured < fourth else { return captured }
        return captured < second ? last(of: first, second, captured) : captured < third ? second : third
    }

    /// The bytes that a header takes at the least.
    var leastLength: Int {
        switch self {
        case .ethernet: 14
        case .vlan, .serviceVLAN, .mpls, .null, .gre, .ciscoHDLC: 4
        case .linuxCooked: 16
        case .ipv4, .linuxCooked2, .tcp: 20
        case .ipv6: 40
        case .pppoe: 6
        case .llc: 3
        case .ppp: 2
        case .none, .data: 0
        case .arp, .ipv6Extension, .udp, .icmp, .icmpv6, .erspan, .vxlan, .geneve, .ciscoMetadata: 8
        }
    }

    /// True for a header that is named, as a protocol, also where nothing of it was captured.
    var isNamedWhenEmpty: Bool { self == .ipv6 || self == .icmpv6 || self == .erspan }
}

extension Walk {
    /// Ends decoding at a header that was not captured whole; what of it can be read stands.
    ///
    /// It takes `needed` bytes, or at least as many as its kind does.
    func cut(_ kind: LayerKind, _ offset: Int, _ end: Int, needed: Int? = nil, _ packet: Packet) {
        guard let readable = kind.readable(max(0, end &- offset)) else {
            noteRoom(kind, offset, needed, packet)
            return note(packet)
        }
        cut(kind, offset, readable: readable, needed: needed, packet)
    }

    /// Ends decoding at a header of which so many bytes can be read.
    func cut(_ kind: LayerKind, _ offset: Int, readable: Int, needed: Int? = nil, _ packet: Packet) {
        noteRoom(kind, offset, needed, packet)
        if packet.endsProperly { return note(packet) }
        packet.add(kind, offset, readable, offset &+ readable, quoted: isQuoted, cut: true)
        note(packet)
    }

    /// Notes whether a header had room in what was sent; where an IP header is followed by nothing, none is looked for.
    private func noteRoom(_ kind: LayerKind, _ offset: Int, _ needed: Int?, _ packet: Packet) {
        let room = wireEnd &- offset
        packet.isOverrun = room < needed ?? kind.leastLength
        let before = packet.layerCount > 0 ? packet.layers[packet.layerCount &- 1].kind : .none
        packet.endsProperly = room <= 0 && [.ipv4, .ipv6, .ipv6Extension].contains(before)
    }

    /// Ends decoding at a header of which some bytes say that it cannot be.
    func refuse(_ kind: LayerKind, _ offset: Int, readable: Int, _ packet: Packet) {
        packet.add(kind, offset, readable, offset &+ readable, quoted: isQuoted, cut: true)
        packet.endsProperly = true
        note(packet)
    }

    /// Ends decoding at a header that cannot be, or lies too deep.
    func stop(_ offset: Int, _ end: Int, _ packet: Packet) {
        packet.endsProperly = true
        if offset < end { packet.add(.data, offset, 0, end, quoted: isQuoted) }
        note(packet)
    }

    /// Notes that decoding ended early.
    func note(_ packet: Packet) {
        packet.isCut = true
        // Of what is behind an outer header nothing is known.
        if !isQuoted { packet.transport = .none }
    }

    /// Bytes of a cut IPv4 header that can be read: the options only together, and the destination only where a look
    /// through them for a source route finds their end.
    func readableIPv4(_ bytes: borrowing RawSpan, _ offset: Int, _ headerLength: Int, _ end: Int) -> Int {
        let captured = end &- offset
        guard captured >= 20, headerLength > 20 else { return captured }
        var place = offset &+ 20
        while place < offset &+ headerLength {
            guard place < end else { return 16 }
            let type = bytes.byte(place)
            if type == 0 { break }
            guard type > 1 else {
                place &+= 1
                continue
            }
            guard place &+ 1 < end else { return 16 }
            let length = Int(bytes.byte(place &+ 1))
            guard length >= 2 else { break }
            if type == 131 || type == 137 {
                // The end of a route is where the packet goes, unless the route is used up.
                guard place &+ 2 < end else { return 16 }
                return Int(bytes.byte(place &+ 2)) > length ? 20 : 16
            }
            place &+= length
        }
        return 20
    }
}
