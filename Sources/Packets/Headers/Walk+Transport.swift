import RoadblockCore

extension Walk {
    /// TCP (RFC 9293 section 3.1).
    @inline(__always)
    mutating func tcp(
        _ ip: Packet.IPFields,
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ packet: Packet
    ) {
        if isQuoted { return quotedTCP(ip, bytes, offset, end, packet) }
        // Up to the window all is there that a segment's place in its stream needs.
        guard offset &+ 16 <= end else {
            if offset &+ 4 <= end {
                packet.sourcePort = bytes.big16(offset)
                packet.destinationPort = bytes.big16(offset &+ 2)
            }
            return cut(.tcp, offset, end, packet)
        }
        packet.sourcePort = bytes.big16(offset)
        packet.destinationPort = bytes.big16(offset &+ 2)
        guard let fields = header(ip, bytes, offset, end) else { return refuse(.tcp, offset, readable: 4, packet) }
        packet.tcp = fields
        packet.payloadLength = fields.payloadLength
        packet.payloadEnd = end
        packet.payloadOffset = min(end, offset &+ fields.headerLength)
        if offset &+ fields.headerLength <= end {
            packet.add(.tcp, offset, fields.headerLength, end, quoted: false)
        } else {
            cut(.tcp, offset, end, needed: fields.headerLength, packet)
        }
        packet.transport = .tcp
    }

    /// The header's values; `nil` when its data offset is below five words.
    @inline(__always)
    private func header(
        _ ip: Packet.IPFields,
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int
    ) -> Packet.TCPFields? {
        let word = bytes.big16(offset &+ 12)
        let headerLength = Int(word >> 12) &* 4
        guard headerLength >= 20 else { return nil }
        var tcp = Packet.TCPFields()
        tcp.sequence = bytes.big32(offset &+ 4)
        tcp.acknowledgment = bytes.big32(offset &+ 8)
        tcp.flags = TCPFlags(rawValue: word & 0x01FF)
        tcp.window = bytes.big16(offset &+ 14)
        tcp.headerLength = headerLength
        tcp.headerOffset = offset
        tcp.optionsCaptured = min(end, offset &+ headerLength) &- offset &- 20
        tcp.payloadLength = max(0, ip.payloadLength &- headerLength)
        return tcp
    }

    private func quotedTCP(
        _ ip: Packet.IPFields,
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ packet: Packet
    ) {
        guard offset + 8 <= end else { return cut(.tcp, offset, end, packet) }
        packet.quote.sourcePort = bytes.big16(offset)
        packet.quote.destinationPort = bytes.big16(offset + 2)
        packet.quote.sequence = bytes.big32(offset + 4)
        packet.quote.hasPorts = true
        guard offset + 16 <= end, !packet.isRedirect, let tcp = header(ip, bytes, offset, end) else {
            // The eight bytes that every error quotes are read as such, those of ICMPv6 as a segment that is cut; of
            // what a redirect quotes no more is read.
            return cut(.tcp, offset, readable: ip.isIPv6 ? 4 : 8, packet)
        }
        packet.quote.tcp = tcp
        packet.quote.hasTCPHeader = true
        guard offset + tcp.headerLength <= end else { return cut(.tcp, offset, end, packet) }
        packet.add(.tcp, offset, tcp.headerLength, end, quoted: true)
    }

    /// UDP (RFC 768), and the tunnels that are known by their port.
    mutating func udp(
        _ ip: Packet.IPFields,
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ packet: Packet
    ) {
        guard offset + 8 <= end else {
            cut(.udp, offset, end, packet)
            if !isQuoted, offset + 4 <= end {
                packet.sourcePort = bytes.big16(offset)
                packet.destinationPort = bytes.big16(offset + 2)
            }
            if !isQuoted, offset + 6 <= end { packet.payloadLength = max(0, Int(bytes.big16(offset + 4)) - 8) }
            return
        }
        let claimed = Int(bytes.big16(offset + 4))
        let length = claimed >= 8 ? min(claimed, max(8, ip.payloadLength)) : max(8, ip.payloadLength)
        let ownEnd = min(end, offset + length)
        packet.add(.udp, offset, 8, ownEnd, quoted: isQuoted)
        if isQuoted {
            packet.quote.sourcePort = bytes.big16(offset)
            packet.quote.destinationPort = bytes.big16(offset + 2)
            packet.quote.hasPorts = true
            return
        }
        packet.transport = .udp
        packet.sourcePort = bytes.big16(offset)
        packet.destinationPort = bytes.big16(offset + 2)
        packet.payloadLength = length - 8
        packet.payloadOffset = offset + 8
        packet.payloadEnd = ownEnd
        guard Self.isTunnel(port: packet.destinationPort) else { return }
        switch packet.destinationPort {
        case 4789 where !ip.isFragment, 8472 where !ip.isFragment: vxlan(bytes, offset + 8, ownEnd, packet)
        case 4790 where !ip.isFragment: vxlanGeneric(bytes, offset + 8, ownEnd, packet)
        case 6081 where !ip.isFragment: geneve(bytes, offset + 8, ownEnd, packet)
        default: break
        }
    }

    /// True for a port of UDP behind which frames or packets are looked for.
    static func isTunnel(port: UInt16) -> Bool { port == 4789 || port == 8472 || port == 4790 || port == 6081 }

    /// Ends decoding at a tunnel's header; a datagram that is too short for one is a datagram like others.
    private func cutTunnel(_ kind: LayerKind, _ offset: Int, _ end: Int, _ packet: Packet) {
        if offset < end { cut(kind, offset, end, packet) }
        if packet.payloadLength < 8 { packet.transport = .udp } else { note(packet) }
    }

    /// VXLAN (RFC 7348): eight bytes, then an Ethernet frame.
    private mutating func vxlan(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard offset + 8 <= end else { return cutTunnel(.vxlan, offset, end, packet) }
        guard bytes.byte(offset) & 0x08 != 0, descend() else { return }
        packet.add(.vxlan, offset, 8, end, quoted: isQuoted)
        wireEnd = max(end, min(wireEnd, offset + packet.payloadLength))
        ethernet(bytes, offset + 8, end, packet)
    }

    /// VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe): as VXLAN, with the kind of what follows in the fourth byte.
    private mutating func vxlanGeneric(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard offset + 8 <= end else { return cutTunnel(.vxlan, offset, end, packet) }
        guard bytes.byte(offset) & 0x08 != 0, descend() else { return }
        packet.add(.vxlan, offset, 8, end, quoted: isQuoted)
        wireEnd = max(end, min(wireEnd, offset + packet.payloadLength))
        switch bytes.byte(offset + 3) {
        case 1: ipv4(bytes, offset + 8, end, packet)
        case 2: ipv6(bytes, offset + 8, end, packet)
        case 3: ethernet(bytes, offset + 8, end, packet)
        default: break
        }
    }

    /// Geneve (RFC 8926): options counted in words, then what the protocol type says.
    private mutating func geneve(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard offset + 8 <= end else { return cutTunnel(.geneve, offset, end, packet) }
        guard descend() else { return }
        let length = 8 + Int(bytes.byte(offset) & 0x3F) * 4
        guard offset + length <= end else { return cut(.geneve, offset, end, needed: length, packet) }
        packet.add(.geneve, offset, length, end, quoted: isQuoted)
        wireEnd = max(end, min(wireEnd, offset + packet.payloadLength))
        etherType(bytes.big16(offset + 2), bytes, offset + length, end, packet)
    }

    /// ICMP (RFC 792) and ICMPv6 (RFC 4443), with the packet that an error quotes.
    mutating func icmp(
        _ ip: Packet.IPFields,
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ packet: Packet
    ) {
        let isVersion6 = ip.protocolNumber == IPProtocol.icmpv6
        let kind: LayerKind = isVersion6 ? .icmpv6 : .icmp
        guard offset + 8 <= end else { return cut(kind, offset, end, packet) }
        packet.add(kind, offset, 8, end, quoted: isQuoted)
        let type = bytes.byte(offset)
        if isQuoted {
            packet.quote.icmpIdentifier = bytes.big16(offset + 4)
            packet.quote.icmpSequence = bytes.big16(offset + 6)
            return
        }
        packet.transport = isVersion6 ? .icmpv6 : .icmp
        packet.icmp.type = type
        packet.icmp.code = bytes.byte(offset + 1)
        packet.icmp.identifier = bytes.big16(offset + 4)
        packet.icmp.sequence = bytes.big16(offset + 6)
        packet.icmp.mtu = isVersion6 ? bytes.big32(offset + 4) : UInt32(bytes.big16(offset + 6))
        packet.icmp.headerOffset = offset
        packet.payloadLength = max(0, ip.payloadLength - 8)
        packet.payloadOffset = offset + 8
        packet.payloadEnd = end
        if isVersion6, type == 135 || type == 136 { return neighbour(bytes, offset, end, packet) }
        guard Self.quotes(type: type, isVersion6: isVersion6), offset + 8 < end || !isVersion6 && type != 5, descend()
        else { return }
        packet.hasQuote = true
        packet.quote = Packet.Quote()
        isQuoted = true
        // Of a quote whose length is stated, four bytes are looked at first (RFC 4884 section 4).
        if !isVersion6, type == 3 || type > 10, bytes.byte(offset + 5) > 0, offset + 12 > end { return }
        // A quote is cut on purpose: its headers' lengths speak of the packet that was sent.
        wireEnd = .max
        if isVersion6 {
            ipv6(bytes, offset + 8, end, packet)
        } else {
            ipv4(bytes, offset + 8, end, packet)
        }
        isQuoted = false
        if packet.quote.ip.protocolNumber == 0 && !packet.quote.hasPorts { packet.hasQuote = false }
    }

    /// True for an ICMP message that quotes a packet: an error.
    static func quotes(type: UInt8, isVersion6: Bool) -> Bool {
        isVersion6 ? (1...4).contains(type) : (3...5).contains(type) || type == 11 || type == 12
    }

    /// Neighbour solicitation and advertisement (RFC 4861 sections 4.3 and 4.4), noted as ARP's request and answer.
    private func neighbour(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard offset + 24 <= end else { return }
        packet.arp.isRequest = packet.icmp.type == 135
        packet.arp.target = IPAddress(high: bytes.big64(offset + 8), low: bytes.big64(offset + 16))
        packet.arp.sender = packet.arp.isRequest ? packet.ip.source : packet.arp.target
    }
}
