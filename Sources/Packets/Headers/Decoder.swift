import RoadblockCore

/// Decodes frames from the link to the transport layer, in place.
///
/// Lengths come from the headers and are bounded by the captured bytes: a snap length that cuts packets is no error.
/// A header that is cut or lies about its length ends decoding; the layers before it stand.
package struct Decoder: Sendable {
    /// Layers of encapsulation that are followed before the rest is taken as data.
    static let depthLimit = 22

    package init() {}

    /// Writes the headers of a frame to `packet`.
    @inline(__always)
    package func decode(_ frame: Frame, _ bytes: borrowing RawSpan, into packet: Packet) {
        decode(
            bytes,
            linkType: frame.linkType,
            originalLength: frame.originalLength,
            checkSequenceLength: frame.checkSequenceLength,
            into: packet
        )
    }

    /// Writes the headers of a frame's bytes to `packet`.
    @inline(__always)
    package func decode(
        _ bytes: borrowing RawSpan,
        linkType: LinkType,
        originalLength: Int,
        checkSequenceLength: Int = 0,
        into packet: Packet
    ) {
        // A frame check sequence at the end is not the packet's.
        let trimmed = originalLength &- checkSequenceLength
        let end = min(bytes.byteCount, max(0, trimmed))
        if let segment = PlainSegment(bytes, 0, end, linkType), segment.claimedEnd(bytes) <= trimmed {
            return segment.write(bytes, end, to: packet)
        }
        decodeOther(bytes, linkType, end, wireEnd: max(end, trimmed), packet)
    }

    /// Follows the headers of any frame one by one.
    private func decodeOther(
        _ bytes: borrowing RawSpan,
        _ linkType: LinkType,
        _ end: Int,
        wireEnd: Int,
        _ packet: Packet
    ) {
        packet.layerCount = 0
        packet.hasIP = false
        packet.hasQuote = false
        packet.transport = .none
        packet.isCut = false
        packet.isOverrun = false
        packet.endsProperly = false
        packet.sourcePort = 0
        packet.destinationPort = 0
        packet.payloadOffset = 0
        packet.payloadEnd = 0
        var walk = Walk(wireEnd: wireEnd)
        walk.link(bytes, linkType, 0, end, packet)
    }
}

/// One frame's way through the headers.
struct Walk {
    /// One past the last byte of the frame on the wire, captured or not.
    var wireEnd: Int
    var depth = 0
    var isQuoted = false

    /// Tags of one frame that are read.
    private static let tagLimit = 20

    init(wireEnd: Int) { self.wireEnd = wireEnd }

    /// True when another header may be followed.
    @inline(__always)
    mutating func descend() -> Bool {
        depth &+= 1
        return depth <= Decoder.depthLimit
    }

    mutating func link(
        _ bytes: borrowing RawSpan,
        _ type: LinkType,
        _ offset: Int,
        _ end: Int,
        _ packet: Packet
    ) {
        switch type {
        case .ethernet: ethernet(bytes, offset, end, packet)
        case .linuxCooked: linuxCooked(bytes, offset, end, packet)
        case .linuxCooked2: linuxCooked2(bytes, offset, end, packet)
        case .null, .loop: null(bytes, offset, end, packet)
        // Wireshark looks at eight bytes to tell what is there.
        case .raw where end - offset < 8 && wireEnd > end, .rawAlternative12 where end - offset < 8 && wireEnd > end,
            .rawAlternative14 where end - offset < 8 && wireEnd > end:
            note(packet)
        case .raw, .rawAlternative12, .rawAlternative14: rawIP(bytes, offset, end, packet)
        case .ipv4: ipv4(bytes, offset, end, packet)
        case .ipv6: ipv6(bytes, offset, end, packet)
        case .ppp, .pppSerial: ppp(bytes, offset, end, packet)
        case .pppWithDirection: ppp(bytes, offset + 1, end, packet)
        case .pppoe: pppoe(bytes, offset, end, packet)
        case .ciscoHDLC: ciscoHDLC(bytes, offset, end, packet)
        case .mpls: mpls(bytes, offset, end, packet)
        case .enc: rawIP(bytes, offset + 12, end, packet)
        default: packet.add(.data, offset, 0, end, quoted: isQuoted)
        }
    }

    @inline(__always)
    mutating func ethernet(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard descend() else { return stop(offset, end, packet) }
        guard offset + 14 <= end else { return cut(.ethernet, offset, end, packet) }
        packet.add(.ethernet, offset, 14, end, quoted: isQuoted)
        let type = bytes.big16(offset + 12)
        if type >= 0x0600 {
            etherType(type, bytes, offset + 14, end, packet)
        } else if type > 1500 {
            // Neither a length nor a type.
            packet.add(.data, offset + 14, 0, end, quoted: isQuoted)
        } else {
            // IEEE 802.3: a length, which also tells padding from payload.
            wireEnd = min(wireEnd, offset + 14 + Int(type))
            llc(bytes, offset + 14, min(end, offset + 14 + Int(type)), packet)
        }
    }

    /// Logical link control; only SNAP and the direct IP service access point go on.
    private mutating func llc(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard descend() else { return stop(offset, end, packet) }
        guard offset + 3 <= end else { return cut(.llc, offset, end, packet) }
        if bytes.big16(offset) == 0xAAAA, bytes.byte(offset + 2) == 0x03 {
            guard offset + 8 <= end else { return cut(.llc, offset, end, packet) }
            packet.add(.llc, offset, 8, end, quoted: isQuoted)
            return etherType(bytes.big16(offset + 6), bytes, offset + 8, end, packet)
        }
        packet.add(.llc, offset, 3, end, quoted: isQuoted)
        switch bytes.byte(offset) {
        case 0x06: rawIP(bytes, offset + 3, end, packet)
        // Access points with protocols that are not read here.
        case 4, 8, 12, 16, 20, 32, 52, 64, 66, 84, 126, 128, 130, 188, 200, 224, 240, 248, 252, 254: return
        default: packet.add(.data, offset + 3, 0, end, quoted: isQuoted)
        }
    }

    @inline(__always)
    mutating func etherType(
        _ type: UInt16,
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ packet: Packet
    ) {
        switch type {
        case 0x0800: ipv4(bytes, offset, end, packet)
        case 0x86DD: ipv6(bytes, offset, end, packet)
        default: otherEtherType(type, bytes, offset, end, packet)
        }
    }

    private mutating func otherEtherType(
        _ type: UInt16,
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ packet: Packet
    ) {
        switch type {
        case 0x8100, 0x9100, 0x9200: vlan(.vlan, bytes, offset, end, packet)
        case 0x88A8: vlan(.serviceVLAN, bytes, offset, end, packet)
        case 0x0806: arp(bytes, offset, end, packet)
        case 0x8847, 0x8848: mpls(bytes, offset, end, packet)
        case 0x8864: pppoe(bytes, offset, end, packet)
        case 0x880B: ppp(bytes, offset, end, packet)
        case 0x6558: ethernet(bytes, offset, end, packet)
        case 0x8909: ciscoMetadata(bytes, offset, end, packet, typeAt: 6)
        case 0x8870: llc(bytes, offset, end, packet)
        case 0..<0x0600: llc(bytes, offset, end, packet)
        default: packet.add(.data, offset, 0, end, quoted: isQuoted)
        }
    }

    private mutating func vlan(
        _ kind: LayerKind,
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ packet: Packet
    ) {
        guard descend() else { return stop(offset, end, packet) }
        guard offset + 4 <= end else { return cut(kind, offset, end, packet) }
        // As many tags as Wireshark reads.
        guard packet.layerCount <= Self.tagLimit else {
            packet.endsProperly = true
            return note(packet)
        }
        packet.add(kind, offset, 4, end, quoted: isQuoted)
        etherType(bytes.big16(offset + 2), bytes, offset + 4, end, packet)
    }

    private mutating func linuxCooked(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard offset + 16 <= end else { return cut(.linuxCooked, offset, end, packet) }
        packet.add(.linuxCooked, offset, 16, end, quoted: isQuoted)
        etherType(bytes.big16(offset + 14), bytes, offset + 16, end, packet)
    }

    private mutating func linuxCooked2(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard offset + 20 <= end else { return cut(.linuxCooked2, offset, end, packet) }
        packet.add(.linuxCooked2, offset, 20, end, quoted: isQuoted)
        etherType(bytes.big16(offset), bytes, offset + 20, end, packet)
    }

    /// BSD loopback: the address family in the writer's byte order.
    private mutating func null(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard offset + 4 <= end else { return cut(.null, offset, end, packet) }
        packet.add(.null, offset, 4, end, quoted: isQuoted)
        let value = bytes.big32(offset)
        let family = value > 0xFFFF ? value.byteSwapped : value
        switch family {
        case 2: ipv4(bytes, offset + 4, end, packet)
        case 10, 23, 24, 28, 30: ipv6(bytes, offset + 4, end, packet)
        case 0x0600...0xFFFF: etherType(UInt16(family), bytes, offset + 4, end, packet)
        default: packet.add(.data, offset + 4, 0, end, quoted: isQuoted)
        }
    }

    mutating func rawIP(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard offset < end else { return stop(offset, end, packet) }
        switch bytes.byte(offset) >> 4 {
        case 4: ipv4(bytes, offset, end, packet)
        case 6: ipv6(bytes, offset, end, packet)
        default: packet.add(.data, offset, 0, end, quoted: isQuoted)
        }
    }

    /// PPP (RFC 1661), with or without address and control bytes, with a protocol of one or two bytes.
    mutating func ppp(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ packet: Packet) {
        var offset = start
        if offset + 2 <= end, bytes.big16(offset) == 0xFF03 { offset += 2 }
        guard descend() else { return stop(start, end, packet) }
        guard offset + 2 <= end else { return cut(.ppp, start, end, packet) }
        var protocolNumber = UInt16(bytes.byte(offset))
        offset += 1
        if protocolNumber & 1 == 0 {
            protocolNumber = protocolNumber << 8 | UInt16(bytes.byte(offset))
            offset += 1
        }
        packet.add(.ppp, start, offset - start, end, quoted: isQuoted)
        switch protocolNumber {
        case 0x0021: ipv4(bytes, offset, end, packet)
        case 0x0057: ipv6(bytes, offset, end, packet)
        case 0x0281, 0x0283: mpls(bytes, offset, end, packet)
        default: packet.add(.data, offset, 0, end, quoted: isQuoted)
        }
    }

    /// PPPoE session (RFC 2516): six bytes, then PPP.
    private mutating func pppoe(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard descend() else { return stop(offset, end, packet) }
        guard offset + 6 <= end else { return cut(.pppoe, offset, end, packet) }
        packet.add(.pppoe, offset, 6, end, quoted: isQuoted)
        guard bytes.byte(offset + 1) == 0 else { return }
        let length = Int(bytes.big16(offset + 4))
        wireEnd = min(wireEnd, offset + 6 + length)
        // The protocol is looked at before it is PPP's turn.
        guard offset + 8 <= end else {
            packet.isOverrun = wireEnd < offset + 8
            return note(packet)
        }
        ppp(bytes, offset + 6, min(end, offset + 6 + length), packet)
    }

    private mutating func ciscoHDLC(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        // The byte behind the header is looked at as well.
        guard offset + 5 <= end else { return cut(.ciscoHDLC, offset, end, packet) }
        packet.add(.ciscoHDLC, offset, 4, end, quoted: isQuoted)
        etherType(bytes.big16(offset + 2), bytes, offset + 4, end, packet)
    }

    /// MPLS labels (RFC 3032) down to the bottom of the stack; the first nibble behind it tells IP from a pseudowire.
    private mutating func mpls(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, _ packet: Packet) {
        var offset = start
        while true {
            guard descend() else { return stop(offset, end, packet) }
            guard offset + 4 <= end else { return cut(.mpls, offset, end, packet) }
            packet.add(.mpls, offset, 4, end, quoted: isQuoted)
            let entry = bytes.big32(offset)
            offset += 4
            if entry & 0x100 != 0 { break }
        }
        guard offset < end else { return stop(offset, end, packet) }
        switch bytes.byte(offset) >> 4 {
        case 4: ipv4(bytes, offset, end, packet)
        case 6: ipv6(bytes, offset, end, packet)
        case 0 where offset + 4 <= end: ethernet(bytes, offset + 4, end, packet)
        default: packet.add(.data, offset, 0, end, quoted: isQuoted)
        }
    }

    private mutating func arp(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int, _ packet: Packet) {
        guard offset + 8 <= end else { return cut(.arp, offset, end, packet) }
        let length = 8 + 2 * (Int(bytes.byte(offset + 4)) + Int(bytes.byte(offset + 5)))
        guard offset + length <= end else { return cut(.arp, offset, end, needed: length, packet) }
        packet.add(.arp, offset, length, end, quoted: isQuoted)
        // Only IPv4 (0x0800, four bytes) over six-byte link addresses.
        guard bytes.big16(offset + 2) == 0x0800, bytes.big16(offset + 4) == 0x0604 else { return }
        packet.transport = .arp
        packet.arp.isRequest = bytes.big16(offset + 6) == 1
        packet.arp.sender = IPAddress(ipv4: bytes.big32(offset + 14))
        packet.arp.target = IPAddress(ipv4: bytes.big32(offset + 24))
    }
}
