import RoadblockCore

/// The names of a packet's protocols from the outside in, as `frame.protocols` lists them.
enum ProtocolNames {
    static func text(_ bytes: borrowing RawSpan, _ packet: Packet, _ facts: PacketFacts) -> [UInt8] {
        var names: [String] = []
        switch facts.frame.linkType {
        case .raw, .rawAlternative12, .rawAlternative14, .ipv4, .ipv6: names.append("raw")
        default: break
        }
        for index in 0..<facts.layerCount {
            let layer = packet.layers[index]
            names += self.names(layer, bytes, packet, index)
        }
        names += facts.applications.protocols.map(\.name)
        return Array(names.joined(separator: ":").utf8)
    }

    private static func names(
        _ layer: Layer,
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ index: Int
    ) -> [String] {
        switch layer.kind {
        case .none: return []
        case .ethernet:
            let isTyped = layer.headerLength >= 14 && bytes.big16(Int(layer.offset) + 12) >= 0x0600
            return isTyped ? ["eth", "ethertype"] : ["eth"]
        case .vlan: return ["vlan", "ethertype"]
        case .serviceVLAN: return ["ieee8021ad", "ethertype"]
        case .linuxCooked: return ["sll", "ethertype"]
        case .linuxCooked2: return ["sll", "ethertype"]
        case .null: return ["null"]
        case .ppp: return ["ppp"]
        case .pppoe: return ["pppoes"]
        case .mpls: return ["mpls"]
        case .ciscoHDLC: return ["chdlc"]
        case .llc: return ["llc"]
        case .arp: return ["arp"]
        case .ipv4: return ["ip"]
        case .ipv6: return ["ipv6"]
        case .ipv6Extension:
            switch FieldSource.extensionLayer(0).extensionKind(bytes, packet, index) {
            case 0: return ["ipv6.hopopts"]
            case 43: return ["ipv6.routing"]
            case 44: return ["ipv6.fraghdr"]
            case 60: return ["ipv6.dstopts"]
            case 51: return ["ah"]
            default: return []
            }
        case .tcp: return ["tcp"]
        case .udp: return ["udp"]
        case .icmp: return ["icmp"]
        case .icmpv6: return ["icmpv6"]
        case .gre: return ["gre"]
        case .erspan: return ["erspan"]
        case .vxlan: return ["vxlan"]
        case .geneve: return ["geneve"]
        case .data: return ["data"]
        }
    }
}
