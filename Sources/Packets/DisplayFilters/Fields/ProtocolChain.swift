import RoadblockCore

/// The protocols of a packet by their short names, as `frame.protocols` lists them, and the bytes that no protocol takes.
enum ProtocolChain {
    /// The colon-separated names, outermost first.
    static func text(_ bytes: borrowing RawSpan, _ packet: Packet, _ facts: PacketFacts) -> [UInt8] {
        var names: [String] = []
        for index in 0..<facts.layerCount { add(index, bytes, packet, facts, &names) }
        names += facts.applications.protocols.map(\.name)
        if names.isEmpty { names.append(rawLink(facts.frame.linkType) ?? "data") }
        return Array(names.joined(separator: ":").utf8)
    }

    private static func add(
        _ index: Int,
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ names: inout [String]
    ) {
        let layer = packet.layers[index]
        if index == 0, let link = rawLink(facts.frame.linkType) { names.append(link) }
        switch layer.kind {
        case .none: break
        // A header of another version is no protocol.
        case .ipv6 where layer.isCut && layer.has(1) && bytes.byte(Int(layer.offset)) >> 4 != 6: break
        // A stack of labels is one protocol; the generic VXLAN has no name in the list.
        case .mpls where index > 0 && packet.layers[index - 1].kind == .mpls: break
        case .vxlan where TunnelPart.isGeneric(bytes, packet, index): break
        case .ipv6Extension:
            if let name = extensionName(FieldSource.extensionKind(bytes, packet, index)) { names.append(name) }
        case .data:
            let name = unreadName(index, bytes, packet)
            if name != "data" || layer.end > layer.offset { names.append(name) }
        default: names.append(name(layer.kind))
        }
        // Behind GRE, metadata has its type in front, and no name of its own for it.
        let isBehindLink = index > 0 && packet.layers[index - 1].kind != .gre
        // What is empty and unknown is no protocol, and needs no type.
        let next = index + 1 < facts.layerCount ? packet.layers[index + 1] : .none
        let isEmpty = next.kind == .data && next.end == next.offset
        if !isEmpty, let type = etherType(bytes, layer, isBehindLink) {
            if type >= 0x0600 { names.append("ethertype") }
        }
        if layer.kind == .tcp, hasMultipath(bytes, layer) { names.append("mptcp") }
        // What was read is named behind the layers.
        guard facts.applications.protocols.isEmpty else { return }
        if index + 1 == facts.layerCount, isTooShort(bytes, packet, layer, facts) {
            names.append("wg")
        } else if index + 1 == facts.layerCount, unread(index, bytes, packet, facts) != nil, layer.kind != .data {
            names.append("data")
        } else if index + 1 == facts.layerCount, layer.kind == .udp || isFirstCopy(bytes, layer, facts),
            let name = application(bytes, layer, facts), !readNames.contains(name)
        {
            names.append(name)
        }
    }

    /// What is named only where it was read.
    private static let readNames: Set<String> = ["dns", "mdns", "llmnr", "tls", "http", "ssdp"]

    private static func name(_ kind: LayerKind) -> String {
        switch kind {
        case .ethernet: "eth"
        case .vlan: "vlan"
        case .serviceVLAN: "ieee8021ad"
        case .linuxCooked, .linuxCooked2: "sll"
        case .null: "null"
        case .ppp: "ppp"
        case .pppoe: "pppoes"
        case .mpls: "mpls"
        case .ciscoHDLC: "chdlc"
        case .llc: "llc"
        case .arp: "arp"
        case .ipv4: "ip"
        case .ipv6: "ipv6"
        case .tcp: "tcp"
        case .udp: "udp"
        case .icmp: "icmp"
        case .icmpv6: "icmpv6"
        case .gre: "gre"
        case .erspan: "erspan"
        case .vxlan: "vxlan"
        case .geneve: "geneve"
        case .ciscoMetadata: "cmd"
        case .none, .data, .ipv6Extension: "data"
        }
    }

    /// The name before an IP header that begins the frame.
    private static func rawLink(_ type: LinkType) -> String? {
        switch type {
        case .raw, .rawAlternative12, .rawAlternative14: "raw"
        default: nil
        }
    }

    private static func extensionName(_ kind: UInt8?) -> String? {
        switch kind {
        case 0: "ipv6.hopopts"
        case 43: "ipv6.routing"
        case 44: "ipv6.fraghdr"
        case 60: "ipv6.dstopts"
        case 51: "ah"
        case 135: "mipv6"
        default: nil
        }
    }

    /// The type field that a header ends with, where it has one.
    private static func etherType(_ bytes: borrowing RawSpan, _ layer: Layer, _ isBehindLink: Bool) -> UInt16? {
        let start = Int(layer.offset)
        return switch layer.kind {
        case .ethernet where layer.has(14): bytes.big16(start + 12)
        case .vlan where layer.has(4), .serviceVLAN where layer.has(4): bytes.big16(start + 2)
        case .linuxCooked where layer.has(16): bytes.big16(start + 14)
        case .linuxCooked2 where layer.has(20): bytes.big16(start)
        case .ciscoMetadata where layer.has(8) && isBehindLink: bytes.big16(start + 6)
        default: nil
        }
    }

    private static func hasMultipath(_ bytes: borrowing RawSpan, _ layer: Layer) -> Bool {
        var walk = TCPOptionWalk(layer)
        while let option = walk.next(bytes) { if option.kind == 30 { return true } }
        return false
    }

    /// What Wireshark calls content that no decoder here reads, told by the number that announces it.
    private static func unreadName(_ index: Int, _ bytes: borrowing RawSpan, _ packet: Packet) -> String {
        guard index > 0 else { return "data" }
        let before = packet.layers[index - 1]
        let number: UInt8? =
            switch before.kind {
            case .ipv4 where before.has(20): bytes.byte(Int(before.offset) + 9)
            case .ipv6: bytes.byte(Int(before.offset) + 6)
            case .ipv6Extension: bytes.byte(Int(before.offset))
            default: nil
            }
        return switch number {
        case 2: "igmp"
        case 50: "esp"
        case 51: "ah"
        case 88: "eigrp"
        case 89: "ospf"
        case 103: "pim"
        case 112: "vrrp"
        case 132: "sctp"
        default: "data"
        }
    }

    /// The bytes behind a layer that no protocol takes.
    static func unread(
        _ index: Int,
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts
    ) -> Range<Int>? {
        let layer = packet.layers[index]
        let range = layer.payload..<max(layer.payload, Int(layer.end))
        guard !range.isEmpty, index + 1 == facts.layerCount else { return nil }
        switch layer.kind {
        case .data: return unreadName(index, bytes, packet) == "data" ? range : nil
        // What a fragment carries is read once it is put together again.
        case .ipv4, .ipv6, .ipv6Extension: return range
        case .icmp, .icmpv6:
            guard layer.has(8) else { return nil }
            let type = bytes.byte(Int(layer.offset))
            let isEcho = layer.kind == .icmp ? type == 0 || type == 8 : type == 128 || type == 129
            guard isEcho else { return nil }
            // A time that the usual programs write in front is read as such.
            var times = PartList()
            MessagePart.echoTime.find(bytes, packet, facts, layer, &times)
            let start = times.entries.isEmpty ? range.lowerBound : range.lowerBound + 8
            return start < range.upperBound ? start..<range.upperBound : nil
        case .udp:
            guard !packet.isRedirected(layer), application(bytes, layer, facts) == nil,
                bytes.big16(Int(layer.offset) + 4) >= 8 || !Remark.badUDPLength.holdsForUDP(bytes, packet, index)
            else { return nil }
            return isTooShort(bytes, packet, layer, facts) ? nil : range
        case .tcp: return isFirstCopy(bytes, layer, facts) && application(bytes, layer, facts) == nil ? range : nil
        default: return nil
        }
    }

    /// True for a datagram of no known protocol of which the snap length left one to three bytes: Wireshark's look for
    /// WireGuard, which takes four, ends there.
    static func isTooShort(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ layer: Layer,
        _ facts: PacketFacts
    ) -> Bool {
        let captured = Int(layer.end) - layer.payload
        guard layer.kind == .udp, !packet.isRedirected(layer), (1...3).contains(captured),
            Int(layer.end) == facts.frame.capturedLength,
            facts.frame.capturedLength < facts.frame.originalLength, bytes.big16(Int(layer.offset) + 4) >= 12
        else { return false }
        return application(bytes, layer, facts) == nil
    }

    /// True for a segment whose content is read: no reset, and nothing that was there before.
    private static func isFirstCopy(_ bytes: borrowing RawSpan, _ layer: Layer, _ facts: PacketFacts) -> Bool {
        guard !layer.isQuoted, layer.has(20), bytes.byte(Int(layer.offset) + 13) & 4 == 0 else {
            return false
        }
        guard let analysis = facts.analysis else { return true }
        return analysis.flags.isDisjoint(
            with: AnalysisFlags.anyRetransmission.union(.keepAlive).union(.zeroWindowProbe)
        )
    }

    /// The protocol of what TCP or UDP carries, by its well-known port: that of the server, where the connection's SYN told
    /// it, then the lower one.
    private static func application(_ bytes: borrowing RawSpan, _ layer: Layer, _ facts: PacketFacts) -> String? {
        guard layer.kind == .tcp || layer.kind == .udp, layer.payload < Int(layer.end) else { return nil }
        let source = bytes.big16(Int(layer.offset))
        let destination = bytes.big16(Int(layer.offset) + 2)
        guard layer.kind == .tcp else {
            return PortNames.datagrams[min(source, destination)] ?? PortNames.datagrams[max(source, destination)]
        }
        return PortNames.streams[facts.applications.serverPort] ?? PortNames.streams[min(source, destination)]
            ?? PortNames.streams[max(source, destination)]
    }
}
