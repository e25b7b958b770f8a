import RoadblockCore

/// One packet in one line: who, to whom, what protocol, and what it says.
package struct PacketSummary: Sendable {
    package var source: [UInt8] = []
    package var destination: [UInt8] = []
    package var proto = "Frame"
    package var info: [UInt8] = []

    package init() {}

    /// Describes a packet; arrays are used again from packet to packet.
    package mutating func describe(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts
    ) {
        source.removeAll(keepingCapacity: true)
        destination.removeAll(keepingCapacity: true)
        info.removeAll(keepingCapacity: true)
        addresses(packet, bytes)
        let last = packet.layerCount > 0 ? packet.layers[packet.layerCount - 1] : .none
        if packet.transport == .none, last.isCut || packet.isCut && last.kind == .udp {
            describeCut(last, packet)
            return addEnd(packet, last, facts)
        }
        guard packet.hasIP else { return describeLink(packet, bytes) }
        proto = packet.ip.isIPv6 ? "IPv6" : "IPv4"
        guard facts.layerCount == packet.layerCount, packet.ip.fragmentOffset == 0 else {
            return fragment(packet.ip)
        }
        switch packet.transport {
        case .tcp: describeTCP(packet, bytes, facts)
        case .udp:
            proto = "UDP"
            add("\(packet.sourcePort) → \(packet.destinationPort) Len=\(packet.payloadLength)")
        case .icmp: describeICMP(packet, bytes)
        case .icmpv6: describeICMPv6(packet, bytes)
        case .none, .arp, .other: describeOther(packet)
        }
        addEnd(packet, last, facts)
    }

    /// Says that decoding had to end: at the snap length, or at a length that cannot be.
    private mutating func addEnd(_ packet: Packet, _ last: Layer, _ facts: PacketFacts) {
        guard packet.isCut else { return }
        if facts.frame.capturedLength < facts.frame.originalLength {
            add("[Packet size limited during capture]")
        } else if !last.isQuoted {
            add("[Malformed Packet]")
        }
    }

    /// The protocol that the cut goes through, and the ports where these were captured.
    private mutating func describeCut(_ last: Layer, _ packet: Packet) {
        let isTransport = [.tcp, .udp, .icmp, .icmpv6].contains(last.kind)
        guard !isTransport || last.has(4) else { return proto = packet.ip.isIPv6 ? "IPv6" : "IPv4" }
        proto = last.kind.title
        guard last.kind == .tcp || last.kind == .udp else { return }
        add("\(packet.sourcePort) → \(packet.destinationPort)")
        if last.kind == .udp, last.has(6) { add(" Len=\(packet.payloadLength)") }
    }

    mutating func add(_ text: String) { info.append(contentsOf: text.utf8) }

    /// The innermost network addresses, or those of the link.
    private mutating func addresses(_ packet: Packet, _ bytes: borrowing RawSpan) {
        if packet.hasIP {
            PacketSummary.append(packet.ip.source, packet.ip.isIPv6, to: &source)
            PacketSummary.append(packet.ip.destination, packet.ip.isIPv6, to: &destination)
            return
        }
        var index = packet.layerCount - 1
        while index >= 0 {
            let layer = packet.layers[index]
            if layer.kind == .ethernet, layer.has(14) {
                let offset = Int(layer.offset)
                source.append(contentsOf: PacketSummary.link(bytes, offset + 6).utf8)
                destination.append(contentsOf: PacketSummary.link(bytes, offset).utf8)
                return
            }
            index -= 1
        }
    }

    private static func append(_ address: IPAddress, _ isIPv6: Bool, to text: inout [UInt8]) {
        if !isIPv6, let ipv4 = address.ipv4 { return FieldPrinter.appendIPv4(ipv4, to: &text) }
        text.append(contentsOf: address.ipv6Text.utf8)
    }

    /// The text of an Ethernet address in the packet.
    static func link(_ bytes: borrowing RawSpan, _ offset: Int) -> String {
        FieldPrinter.ethernet(Int64(bytes.big16(offset)) << 32 | Int64(bytes.big32(offset + 2)))
    }

    private mutating func fragment(_ ip: Packet.IPFields) {
        let name = IPProtocol.name(ip.protocolNumber)
        let id = String(ip.identification, radix: 16)
        let zeros = String(repeating: "0", count: max(0, (ip.isIPv6 ? 8 : 4) - id.utf8.count))
        if ip.isIPv6 {
            add("IPv6 fragment (off=\(ip.fragmentOffset) more=\(ip.moreFragments ? "y" : "n") ident=0x\(zeros)\(id))")
        } else {
            let label = LabelTable.protocols.text(Int64(ip.protocolNumber)) ?? name
            add(
                "Fragmented IP protocol (proto=\(label) \(ip.protocolNumber), off=\(ip.fragmentOffset), ID=\(zeros)\(id))"
            )
        }
    }

    private mutating func describeOther(_ packet: Packet) {
        let number = packet.ip.protocolNumber
        let name = LabelTable.protocols.text(Int64(number))
        if let name, number != IPProtocol.tcp, number != IPProtocol.udp {
            proto = name
            add("\(name), \(packet.ip.payloadLength) bytes")
        } else {
            add("IP protocol \(name.map { "\($0) (\(number))" } ?? "\(number)"), \(packet.ip.payloadLength) bytes")
        }
    }

    private mutating func describeLink(_ packet: Packet, _ bytes: borrowing RawSpan) {
        if packet.transport == .arp { return describeARP(packet, bytes) }
        guard packet.layerCount > 0 else { return proto = "Frame" }
        let last = packet.layers[packet.layerCount - 1]
        var kind = last.kind
        if kind == .data, packet.layerCount > 1 { kind = packet.layers[packet.layerCount - 2].kind }
        proto = kind.title
        let length = bytes.byteCount - (last.kind == .data ? Int(last.offset) : last.payload)
        if packet.layers[0].kind == .ethernet, packet.layers[0].has(14) {
            let type = bytes.big16(Int(packet.layers[0].offset) + 12)
            let name = LabelTable.etherTypes.text(Int64(type))
            add("Type \(name ?? "0x" + String(type, radix: 16)), ")
        }
        add("\(max(0, length)) bytes")
    }

    private mutating func describeARP(_ packet: Packet, _ bytes: borrowing RawSpan) {
        proto = "ARP"
        let layer = packet.layers[packet.layerCount - 1]
        guard layer.kind == .arp else { return }
        let arp = packet.arp
        let operation = bytes.big16(Int(layer.offset) + 6)
        if arp.sender == arp.target, operation <= 2 {
            add("Gratuitous ARP for \(arp.sender) (\(arp.isRequest ? "Request" : "Reply"))")
        } else if arp.isRequest {
            let isProbe = arp.sender == IPAddress(ipv4: 0)
            add("Who has \(arp.target)? " + (isProbe ? "(Probe)" : "Tell \(arp.sender)"))
        } else if operation == 2 {
            add("\(arp.sender) is at \(PacketSummary.link(bytes, Int(layer.offset) + 8))")
        } else {
            add("ARP operation \(operation)")
        }
    }
}

extension LayerKind {
    /// The protocol's name for people.
    fileprivate var title: String {
        switch self {
        case .none, .data: "Frame"
        case .ethernet: "Ethernet"
        case .vlan, .serviceVLAN: "VLAN"
        case .linuxCooked, .linuxCooked2: "SLL"
        case .null: "Loopback"
        case .ppp: "PPP"
        case .pppoe: "PPPoE"
        case .mpls: "MPLS"
        case .ciscoHDLC: "CHDLC"
        case .llc: "LLC"
        case .arp: "ARP"
        case .ipv4: "IPv4"
        case .ipv6, .ipv6Extension: "IPv6"
        case .tcp: "TCP"
        case .udp: "UDP"
        case .icmp: "ICMP"
        case .icmpv6: "ICMPv6"
        case .gre: "GRE"
        case .erspan: "ERSPAN"
        case .vxlan: "VXLAN"
        case .geneve: "Geneve"
        case .ciscoMetadata: "Cisco MetaData"
        }
    }
}
