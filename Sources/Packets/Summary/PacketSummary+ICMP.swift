import RoadblockCore

extension PacketSummary {
    mutating func describeICMP(_ packet: Packet, _ bytes: borrowing RawSpan) {
        proto = "ICMP"
        let icmp = packet.icmp
        switch icmp.type {
        case 0, 8:
            let id = String(icmp.identifier, radix: 16)
            let name = icmp.type == 8 ? "request " : "reply   "
            let zeros = String(repeating: "0", count: 4 - id.utf8.count)
            add("Echo (ping) \(name) id=0x\(zeros)\(id), seq=\(icmp.sequence)/\(icmp.sequence.byteSwapped)")
            add(", ttl=\(packet.ip.timeToLive)")
        case 3: add("Destination unreachable (\(PacketSummary.unreachable(icmp.code)))")
        case 5:
            let reasons = ["network", "host", "type of service and network", "type of service and host"]
            let reason = Int(icmp.code) < reasons.count ? reasons[Int(icmp.code)] : "code \(icmp.code)"
            add("Redirect (Redirect for \(reason))")
        case 11:
            let reason = icmp.code == 0 ? "Time to live exceeded in transit" : "Fragment reassembly time exceeded"
            add("Time-to-live exceeded (\(reason))")
        default:
            let name = LabelTable.icmpTypes.text(Int64(icmp.type)) ?? "Type \(icmp.type)"
            add(icmp.code == 0 ? name : "\(name) (code \(icmp.code))")
        }
    }

    /// Codes of destination unreachable (RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1).
    private static func unreachable(_ code: UInt8) -> String {
        let reasons = [
            "Network unreachable", "Host unreachable", "Protocol unreachable", "Port unreachable",
            "Fragmentation needed", "Source route failed", "Destination network unknown", "Destination host unknown",
            "Source host isolated", "Network administratively prohibited", "Host administratively prohibited",
            "Network unreachable for TOS", "Host unreachable for TOS", "Communication administratively filtered",
            "Host precedence violation", "Precedence cutoff in effect",
        ]
        return Int(code) < reasons.count ? reasons[Int(code)] : "code \(code)"
    }

    mutating func describeICMPv6(_ packet: Packet, _ bytes: borrowing RawSpan) {
        proto = "ICMPv6"
        let icmp = packet.icmp
        switch icmp.type {
        case 1:
            let reasons = [
                "no route to destination", "Administratively prohibited", "Beyond scope of source address",
                "Address unreachable", "Port unreachable", "Source address failed ingress/egress policy",
                "Reject route to destination",
            ]
            add("Destination Unreachable (")
            add(Int(icmp.code) < reasons.count ? reasons[Int(icmp.code)] : "code \(icmp.code)")
            add(")")
        case 3:
            let reason = icmp.code == 0 ? "hop limit exceeded in transit" : "fragment reassembly time exceeded"
            add("Time Exceeded (\(reason))")
        case 128, 129:
            let id = String(icmp.identifier, radix: 16)
            let zeros = String(repeating: "0", count: 4 - id.utf8.count)
            add("Echo (ping) \(icmp.type == 128 ? "request" : "reply") id=0x\(zeros)\(id)")
            add(", seq=\(icmp.sequence), hop limit=\(packet.ip.timeToLive)")
        case 135, 136: describeNeighbour(packet, bytes)
        default: add(LabelTable.icmpv6Types.text(Int64(icmp.type)) ?? "Type \(icmp.type)")
        }
    }

    /// Neighbour solicitation and advertisement (RFC 4861 sections 4.3 and 4.4).
    private mutating func describeNeighbour(_ packet: Packet, _ bytes: borrowing RawSpan) {
        let offset = packet.icmp.headerOffset
        let isRequest = packet.icmp.type == 135
        guard offset + 24 <= bytes.byteCount else { return }
        let target = IPAddress(high: bytes.big64(offset + 8), low: bytes.big64(offset + 16)).ipv6Text
        // The option with the link address: source 1 in a request, target 2 in an answer.
        var address: String?
        if offset + 32 <= packet.payloadEnd, bytes.byte(offset + 24) == (isRequest ? 1 : 2) {
            address = PacketSummary.link(bytes, offset + 26)
        }
        if isRequest {
            add("Neighbor Solicitation for \(target)")
            if let address { add(" from \(address)") }
            return
        }
        let flags = bytes.byte(offset + 4)
        let names = [(UInt8(0x80), "rtr"), (0x40, "sol"), (0x20, "ovr")].filter { flags & $0.0 != 0 }.map(\.1)
        add("Neighbor Advertisement \(target)")
        if !names.isEmpty { add(" (\(names.joined(separator: ", ")))") }
        if let address { add(" is at \(address)") }
    }
}
