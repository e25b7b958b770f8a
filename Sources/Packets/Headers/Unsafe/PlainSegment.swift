// Invariant: `init` checks that the whole frame lies in the span, and that both headers lie in the frame; loads stay
// inside of these headers, and are given the span that `init` was given.

import RoadblockCore

/// A TCP segment in the commonest of frames, found without decoding: Ethernet, IPv4 without options or IPv6 without
/// extensions, no fragment, both headers captured.
///
/// Whatever is not that is left to `Decoder`; the two agree on what a plain segment holds.
@safe
struct PlainSegment {
    /// Offset of the IP and of the TCP header in the bytes that were given.
    let network: Int
    let transport: Int

    /// The segment in a frame of `length` bytes at an offset; `nil` for any other frame.
    @inline(__always)
    init?(_ bytes: borrowing RawSpan, _ offset: Int, _ length: Int, _ linkType: LinkType) {
        guard linkType == .ethernet else { return nil }
        if let plain = PlainSegment(version4: bytes, offset, length) {
            self = plain
        } else if let plain = PlainSegment(version6: bytes, offset, length) {
            self = plain
        } else {
            return nil
        }
    }

    /// The same on Ethernet in IPv4 alone: the distance of the headers is a constant then.
    @inline(__always)
    init?(version4 bytes: borrowing RawSpan, _ offset: Int, _ length: Int) {
        guard length >= 54, offset >= 0, offset &+ length <= bytes.byteCount else { return nil }
        network = offset &+ 14
        transport = offset &+ 34
        // The link's type, then version and lengths; what tells fragments, the time to live, then the protocol.
        let start = Self.little(bytes, offset &+ 12)
        guard start & 0xFF_FFFF == 0x45_0008, Self.little(bytes, offset &+ 20) & 0xFF00_FF3F == 0x0600_0000 else {
            return nil
        }
        let claimed = Int(UInt16(truncatingIfNeeded: start >> 32).byteSwapped) &- 20
        guard hasRoom(bytes, claimed) else { return nil }
    }

    /// The same on Ethernet in IPv6 alone.
    @inline(__always)
    init?(version6 bytes: borrowing RawSpan, _ offset: Int, _ length: Int) {
        guard length >= 74, offset >= 0, offset &+ length <= bytes.byteCount else { return nil }
        network = offset &+ 14
        transport = offset &+ 54
        let start = Self.little(bytes, offset &+ 12)
        guard start & 0xF0_FFFF == 0x60_DD86, Self.byte(bytes, offset &+ 20) == 6 else { return nil }
        let claimed = Int(UInt16(truncatingIfNeeded: start >> 48).byteSwapped)
        guard hasRoom(bytes, claimed) else { return nil }
    }

    /// True where the data offset has room in the length that the IP header claims for the segment.
    @inline(__always)
    private func hasRoom(_ bytes: borrowing RawSpan, _ claimed: Int) -> Bool {
        let headerLength = Int(Self.byte(bytes, transport &+ 12) >> 4) &* 4
        return headerLength >= 20 && headerLength <= claimed
    }

    /// One past the last byte that the IP header claims.
    @inline(__always)
    func claimedEnd(_ bytes: borrowing RawSpan) -> Int {
        transport &- network == 20
            ? network &+ Int(Self.half(bytes, network &+ 2)) : transport &+ Int(Self.half(bytes, network &+ 4))
    }

    /// The lower eight flags: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128.
    @inline(__always)
    func flags(_ bytes: borrowing RawSpan) -> UInt8 { Self.byte(bytes, transport &+ 13) }

    /// The conversation that the segment is of, and whether its sender is the lower of the two ends.
    @inline(__always)
    func ends(_ bytes: borrowing RawSpan) -> EndpointHash {
        let (from, to) = (Self.half(bytes, transport), Self.half(bytes, transport &+ 2))
        if transport &- network == 20 {
            return EndpointHash(
                EndpointHash.end(Self.word(bytes, network &+ 12), from),
                EndpointHash.end(Self.word(bytes, network &+ 16), to)
            )
        }
        return EndpointHash(
            (Self.long(bytes, network &+ 8), Self.long(bytes, network &+ 16), from),
            (Self.long(bytes, network &+ 24), Self.long(bytes, network &+ 32), to)
        )
    }

    /// What a SYN says; the frame has `end` captured bytes.
    @inline(__always)
    func syn(_ bytes: borrowing RawSpan, _ end: Int, _ ends: EndpointHash) -> SYNSegment {
        let isVersion6 = transport &- network == 40
        let claimed = Int(Self.half(bytes, network &+ (isVersion6 ? 4 : 2))) &- (isVersion6 ? 0 : 20)
        let headerLength = Int(Self.byte(bytes, transport &+ 12) >> 4) &* 4
        let (source, destination) = addresses(bytes)
        let (from, to) = (Self.half(bytes, transport), Self.half(bytes, transport &+ 2))
        return SYNSegment(
            key: FlowKey.make(source, from, destination, to, context: 0).key,
            ends: ends,
            sequence: Self.word(bytes, transport &+ 4),
            flags: flags(bytes),
            hasPayload: claimed > headerLength,
            isHidden: end &- transport < headerLength
        )
    }

    @inline(__always)
    func addresses(_ bytes: borrowing RawSpan) -> (source: IPAddress, destination: IPAddress) {
        if transport &- network == 20 {
            return (IPAddress(ipv4: Self.word(bytes, network &+ 12)), IPAddress(ipv4: Self.word(bytes, network &+ 16)))
        }
        return (
            IPAddress(high: Self.long(bytes, network &+ 8), low: Self.long(bytes, network &+ 16)),
            IPAddress(high: Self.long(bytes, network &+ 24), low: Self.long(bytes, network &+ 32))
        )
    }

    /// Writes the headers to a packet, as `Decoder` does; the frame begins the bytes and has `end` captured ones.
    @inline(__always)
    func write(_ bytes: borrowing RawSpan, _ end: Int, to packet: Packet) {
        var ip = Packet.IPFields()
        let isVersion6 = transport &- network == 40
        if isVersion6 {
            ip.isIPv6 = true
            ip.dontFragment = true
            ip.payloadLength = Int(Self.half(bytes, network &+ 4))
        } else {
            let second = Self.word(bytes, network &+ 4)
            ip.identification = second >> 16
            ip.dontFragment = second & 0x4000 != 0
            ip.payloadLength = Int(Self.half(bytes, network &+ 2)) &- 20
        }
        ip.timeToLive = timeToLive(bytes)
        (ip.source, ip.destination) = addresses(bytes)
        ip.protocolNumber = IPProtocol.tcp
        // Padding of a short frame is not the packet's.
        let ownEnd = min(end, transport &+ ip.payloadLength)

        let tcp = tcp(bytes, end)
        let headerEnd = transport &+ 20 &+ tcp.optionsCaptured

        packet.ip = ip
        packet.hasIP = true
        packet.hasQuote = false
        packet.isCut = tcp.optionsCaptured < tcp.headerLength &- 20
        packet.tcp = tcp
        packet.transport = .tcp
        packet.sourcePort = Self.half(bytes, transport)
        packet.destinationPort = Self.half(bytes, transport &+ 2)
        packet.payloadLength = tcp.payloadLength
        packet.payloadOffset = headerEnd
        packet.payloadEnd = ownEnd
        packet.layerCount = 0
        packet.add(.ethernet, 0, 14, end, quoted: false)
        packet.add(isVersion6 ? .ipv6 : .ipv4, network, transport &- network, ownEnd, quoted: false)
        packet.add(.tcp, transport, headerEnd &- transport, ownEnd, quoted: false, cut: packet.isCut)
    }

    @inline(__always)
    static func byte(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt8 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// Eight bytes, the first one the lowest.
    @inline(__always)
    private static func little(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt64 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self).littleEndian
    }

    @inline(__always)
    static func half(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt16 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self).bigEndian
    }

    @inline(__always)
    static func word(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt32 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self).bigEndian
    }

    /// Four bytes in the machine's order.
    @inline(__always)
    static func rawWord(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt32 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self)
    }

    @inline(__always)
    static func long(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt64 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self).bigEndian
    }
}
