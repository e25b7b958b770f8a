import RoadblockCore

extension Walk {
    /// IPv4 (RFC 791).
    @inline(__always)
    mutating func ipv4(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard descend() else { return stop(offset, end, packet) }
        guard offset &+ 20 <= end else { return cut(.ipv4, offset, end, packet) }
        let first = bytes.big32(offset)
        let headerLength = Int(first >> 24 & 15) &* 4
        guard first >> 28 == 4, headerLength >= 20 else { return refuseIPv4(bytes, offset, end, packet) }
        // A total length of 0 is a segmentation offload's: the frame then tells.
        let total = Int(first & 0xFFFF)
        guard total == 0 || total >= headerLength else { return refuse(.ipv4, offset, readable: 4, packet) }
        guard offset &+ headerLength <= end else {
            return cut(
                .ipv4,
                offset,
                readable: readableIPv4(bytes, offset, headerLength, end),
                needed: headerLength,
                packet
            )
        }
        // What claims more than the frame or the tunnel has room for ends there.
        let wireLength = total == 0 ? wireEnd &- offset : min(total, wireEnd &- offset)
        guard wireLength >= headerLength else { return refuse(.ipv4, offset, readable: 4, packet) }
        wireEnd = min(wireEnd, offset &+ wireLength)
        let ownEnd = min(end, offset &+ wireLength)
        let layer = packet.add(.ipv4, offset, headerLength, ownEnd, quoted: isQuoted)

        let second = bytes.big32(offset &+ 4)
        var ip = Packet.IPFields()
        ip.source = IPAddress(ipv4: bytes.big32(offset &+ 12))
        ip.destination = IPAddress(ipv4: bytes.big32(offset &+ 16))
        if headerLength > 20, let last = IPv4OptionWalk.sourceRouteEnd(bytes, layer) {
            ip.destination = IPAddress(ipv4: last)
        }
        ip.protocolNumber = bytes.byte(offset &+ 9)
        ip.timeToLive = bytes.byte(offset &+ 8)
        ip.identification = second >> 16
        ip.dontFragment = second & 0x4000 != 0
        ip.moreFragments = second & 0x2000 != 0
        ip.fragmentOffset = Int(second & 0x1FFF) &* 8
        ip.payloadLength = wireLength &- headerLength
        take(ip, bytes, offset &+ headerLength, ownEnd, packet)
    }

    /// What begins like no header of version 4; Wireshark takes one of version 6 for what it is.
    private mutating func refuseIPv4(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        refuse(.ipv4, offset, readable: 1, packet)
        if bytes.byte(offset) >> 4 == 6 { ipv6(bytes, offset, end, packet) }
    }

    /// IPv6 (RFC 8200) with its extension headers.
    mutating func ipv6(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard descend() else { return stop(offset, end, packet) }
        guard offset + 40 <= end else { return cut(.ipv6, offset, end, packet) }
        guard bytes.byte(offset) >> 4 == 6 else {
            refuse(.ipv6, offset, readable: 1, packet)
            return stop(offset, end, packet)
        }
        var ip = Packet.IPFields()
        ip.isIPv6 = true
        ip.source = IPAddress(high: bytes.big64(offset + 8), low: bytes.big64(offset + 16))
        ip.destination = IPAddress(high: bytes.big64(offset + 24), low: bytes.big64(offset + 32))
        ip.timeToLive = bytes.byte(offset + 7)
        ip.dontFragment = true
        let claimed = Int(bytes.big16(offset + 4))
        // A payload length of 0 is a jumbogram's or a segmentation offload's.
        let wireLength = claimed == 0 ? wireEnd - offset : min(40 + claimed, wireEnd - offset)
        wireEnd = min(wireEnd, offset + wireLength)
        let ownEnd = min(end, offset + wireLength)
        packet.add(.ipv6, offset, 40, ownEnd, quoted: isQuoted)

        extensions(ip, bytes.byte(offset + 6), bytes, offset + 40, ownEnd, wireEnd: offset + wireLength, packet)
    }

    /// The extension headers from a place on, and what follows them.
    private mutating func extensions(
        _ ip: Packet.IPFields,
        _ first: UInt8,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ ownEnd: Int,
        wireEnd: Int,
        _ packet: Packet
    ) {
        var ip = ip
        var next = first
        var position = start
        var extensions = 0
        while extensions < 16, let length = extensionLength(next, bytes, position, ownEnd) {
            guard position + length <= ownEnd else {
                return cutExtension(next, position, ownEnd, needed: length, packet)
            }
            packet.add(.ipv6Extension, position, length, ownEnd, quoted: isQuoted)
            if next == 44 {
                let field = bytes.big16(position + 2)
                ip.fragmentOffset = Int(field & 0xFFF8)
                ip.moreFragments = field & 1 != 0
                ip.identification = bytes.big32(position + 4)
            }
            if next == 43, let last = Walk.routeEnd(bytes, position, length) { ip.destination = last }
            next = bytes.byte(position)
            position += length
            extensions += 1
        }
        ip.protocolNumber = next
        ip.payloadLength = max(0, wireEnd - position)
        take(ip, bytes, position, ownEnd, packet)
    }

    /// What the fragments of a datagram carry together.
    mutating func carried(
        _ ip: Packet.IPFields,
        _ next: UInt8,
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ packet: Packet
    ) {
        if ip.isIPv6 {
            extensions(ip, next, bytes, offset, end, wireEnd: end, packet)
        } else {
            take(ip, bytes, offset, end, packet)
        }
    }

    /// Bytes of an extension header of a kind; `nil` when the kind is none.
    private func extensionLength(_ next: UInt8, _ bytes: borrowing RawSpan, _ offset: Int, _ end: Int) -> Int? {
        switch next {
        case 0, 43, 60, 135, 139, 140: offset + 2 <= end ? (Int(bytes.byte(offset + 1)) + 1) * 8 : 8
        case 44: 8
        case 51: offset + 2 <= end ? (Int(bytes.byte(offset + 1)) + 2) * 4 : 8
        default: nil
        }
    }

    /// Where a packet with a routing header goes in the end, as long as segments are left: the last address of type 0
    /// (RFC 2460 section 4.4; deprecated by RFC 5095), the first of type 4 (RFC 8754 section 2).
    static func routeEnd(_ bytes: borrowing RawSpan, _ offset: Int, _ length: Int) -> IPAddress? {
        let type = bytes.byte(offset + 2)
        guard length >= 24, type == 0 || type == 4, bytes.byte(offset + 3) > 0 else { return nil }
        let last = type == 0 ? offset + length - 16 : offset + 8
        return IPAddress(high: bytes.big64(last), low: bytes.big64(last + 8))
    }

    /// Ends decoding at an extension header that was not captured whole.
    private func cutExtension(_ next: UInt8, _ offset: Int, _ end: Int, needed: Int, _ packet: Packet) {
        let captured = max(0, end - offset)
        let readable =
            switch next {
            case 44: 0
            case 0, 60: captured < 2 ? 0 : captured
            default: captured
            }
        cut(.ipv6Extension, offset, readable: readable, needed: needed, packet)
    }

    /// Notes an IP header and goes on with what it carries.
    @inline(__always)
    private mutating func take(
        _ ip: Packet.IPFields,
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ packet: Packet
    ) {
        if isQuoted {
            packet.quote.ip = ip
        } else {
            packet.ip = ip
            packet.hasIP = true
            packet.transport = .none
        }
        if ip.fragmentOffset > 0 {
            packet.add(.data, offset, 0, end, quoted: isQuoted)
            return
        }
        switch ip.protocolNumber {
        case IPProtocol.tcp: tcp(ip, bytes, offset, end, packet)
        case IPProtocol.udp: udp(ip, bytes, offset, end, packet)
        case IPProtocol.icmp, IPProtocol.icmpv6: icmp(ip, bytes, offset, end, packet)
        default: otherProtocol(ip, bytes, offset, end, packet)
        }
    }

    private mutating func otherProtocol(
        _ ip: Packet.IPFields,
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ packet: Packet
    ) {
        if !isQuoted { packet.transport = .other }
        switch ip.protocolNumber {
        case 4 where !ip.isFragment: ipv4(bytes, offset, end, packet)
        case 41 where !ip.isFragment: ipv6(bytes, offset, end, packet)
        case 47 where !ip.isFragment: gre(bytes, offset, end, packet)
        case 51:
            // Authentication header over IPv4.
            guard descend() else { return stop(offset, end, packet) }
            let length = offset + 2 <= end ? (Int(bytes.byte(offset + 1)) + 2) * 4 : 12
            guard offset + length <= end else { return cut(.ipv6Extension, offset, end, needed: length, packet) }
            var inner = ip
            packet.add(.ipv6Extension, offset, length, end, quoted: isQuoted)
            inner.protocolNumber = bytes.byte(offset)
            inner.payloadLength = max(0, ip.payloadLength - length)
            guard inner.protocolNumber != 51 else { return stop(offset, end, packet) }
            take(inner, bytes, offset + length, end, packet)
            return
        default: packet.add(.data, offset, 0, end, quoted: isQuoted)
        }
    }

    /// GRE (RFC 2784, 2890; version 1 of RFC 2637), ERSPAN included.
    private mutating func gre(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard descend() else { return stop(offset, end, packet) }
        guard offset + 4 <= end else { return cut(.gre, offset, end, packet) }
        let flags = bytes.big16(offset)
        let type = bytes.big16(offset + 2)
        var length = 4
        if flags & 0xC000 != 0 { length += 4 }
        if flags & 0x2000 != 0 { length += 4 }
        if flags & 0x1000 != 0 { length += 4 }
        if flags & 7 == 1, flags & 0x0080 != 0 { length += 4 }
        if flags & 0x4000 != 0 {
            guard let route = Walk.routeLength(bytes, offset + length, end) else {
                return cut(.gre, offset, end, needed: end - offset + 1, packet)
            }
            length += route
        }
        guard offset + length <= end else { return cut(.gre, offset, end, needed: length, packet) }
        // A redirected packet (WCCP version 2) has four bytes of its own in front, which no IPv4 header begins like.
        if type == 0x883E, offset + length < end, bytes.byte(offset + length) >> 4 != 4 {
            length += 4
            guard offset + length <= end else { return cut(.gre, offset, end, needed: length, packet) }
        }
        packet.add(.gre, offset, length, end, quoted: isQuoted)
        let inner = offset + length
        switch type {
        case 0x88BE:
            // Type I has no header of its own; type II has eight bytes and always a sequence number.
            let header = flags & 0x1000 != 0 ? 8 : 0
            erspan(bytes, inner, header, end, packet)
        case 0x22EB:
            guard inner + 12 <= end else { return cut(.erspan, inner, end, packet) }
            let length = bytes.byte(inner + 11) & 1 != 0 ? 20 : 12
            // Five bits tell what was mirrored: 0 an Ethernet frame, 2 an IP packet.
            let content = bytes.byte(inner + 10) >> 2 & 0x1F
            if content == 0 { return erspan(bytes, inner, length, end, packet) }
            guard inner + length <= end else { return cut(.erspan, inner, end, packet) }
            packet.add(.erspan, inner, length, end, quoted: isQuoted)
            if content == 2 { return rawIP(bytes, inner + length, end, packet) }
            packet.add(.data, inner + length, 0, end, quoted: isQuoted)
        case 0x8909: ciscoMetadata(bytes, inner, end, packet, typeAt: 0)
        case 0x883E: ipv4(bytes, inner, end, packet)
        default: etherType(type, bytes, inner, end, packet)
        }
    }

    /// Bytes of the routing entries of a GRE header (RFC 1701), up to the one that is empty; `nil` where they do not end.
    static func routeLength(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Int? {
        var place = start
        while place + 4 <= end {
            let length = Int(bytes.byte(place + 3))
            let isLast = length == 0 && bytes.big16(place) == 0
            place += 4 + length
            if isLast { return place - start }
        }
        return nil
    }

    /// Cisco metadata: version, length, options, group tag, and the type of what follows; GRE has the type in front.
    mutating func ciscoMetadata(
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ packet: Packet,
        typeAt: Int
    ) {
        guard descend() else { return stop(offset, end, packet) }
        guard offset + 8 <= end else { return cut(.ciscoMetadata, offset, end, packet) }
        packet.add(.ciscoMetadata, offset, 8, end, quoted: isQuoted)
        etherType(bytes.big16(offset + typeAt), bytes, offset + 8, end, packet)
    }

    private mutating func erspan(
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ length: Int,
        _ end: Int,
        _ packet: Packet
    ) {
        guard offset + length <= end else { return cut(.erspan, offset, end, packet) }
        packet.add(.erspan, offset, length, end, quoted: isQuoted)
        ethernet(bytes, offset + length, end, packet)
    }
}
