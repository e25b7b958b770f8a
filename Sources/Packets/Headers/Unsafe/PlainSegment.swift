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
    private let network: Int
    private let transport: Int

    /// The segment in a frame of `length` bytes at an offset; `nil` for any other frame.
    @inline(__always)
    init?(_ bytes: borrowing RawSpan, _ offset: Int, _ length: Int, _ linkType: LinkType) {
        guard length >= 54, linkType == .ethernet, offset >= 0, offset &+ length <= bytes.byteCount else { return nil }
        network = offset &+ 14
        let type = Self.half(bytes, offset &+ 12)
        if type == 0x0800 {
            transport = network &+ 20
            // Version and header length, then what tells fragments, then the protocol.
            guard Self.byte(bytes, network) == 0x45, Self.half(bytes, network &+ 6) & 0x3FFF == 0,
                Self.byte(bytes, network &+ 9) == 6,
                Self.isWhole(Self.byte(bytes, transport &+ 12), Int(Self.half(bytes, network &+ 2)) &- 20)
            else { return nil }
        } else if type == 0x86DD {
            transport = network &+ 40
            guard length >= 74, Self.byte(bytes, network) >> 4 == 6, Self.byte(bytes, network &+ 6) == 6,
                Self.isWhole(Self.byte(bytes, transport &+ 12), Int(Self.half(bytes, network &+ 4)))
            else { return nil }
        } else {
            return nil
        }
    }

    /// True for a data offset that the claimed length has room for.
    @inline(__always)
    private static func isWhole(_ dataOffset: UInt8, _ claimed: Int) -> Bool {
        dataOffset >= 0x50 && Int(dataOffset >> 4) &* 4 <= claimed
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

    /// The two ends.
    @inline(__always)
    func pair(_ bytes: borrowing RawSpan) -> EndpointPair {
        let (from, to) = (Self.half(bytes, transport), Self.half(bytes, transport &+ 2))
        if transport &- network == 20 {
            let (source, destination) = (Self.word(bytes, network &+ 12), Self.word(bytes, network &+ 16))
            return EndpointPair(
                UInt64(source ^ destination),
                ports: from ^ to,
                isFromFirst: source != destination ? source < destination : from <= to
            )
        }
        let source = IPAddress(high: Self.long(bytes, network &+ 8), low: Self.long(bytes, network &+ 16))
        let destination = IPAddress(high: Self.long(bytes, network &+ 24), low: Self.long(bytes, network &+ 32))
        return EndpointPair(source, from, destination, to)
    }

    /// Writes the headers to a packet, as `Decoder` does; the frame begins the bytes and has `end` captured ones.
    @inline(__always)
    func write(_ bytes: borrowing RawSpan, _ end: Int, to packet: Packet) {
        var ip = Packet.IPFields()
        let isVersion6 = transport &- network == 40
        if isVersion6 {
            ip.isIPv6 = true
            ip.dontFragment = true
            ip.source = IPAddress(high: Self.long(bytes, network &+ 8), low: Self.long(bytes, network &+ 16))
            ip.destination = IPAddress(high: Self.long(bytes, network &+ 24), low: Self.long(bytes, network &+ 32))
            ip.timeToLive = Self.byte(bytes, network &+ 7)
            ip.payloadLength = Int(Self.half(bytes, network &+ 4))
        } else {
            ip.source = IPAddress(ipv4: Self.word(bytes, network &+ 12))
            ip.destination = IPAddress(ipv4: Self.word(bytes, network &+ 16))
            let second = Self.word(bytes, network &+ 4)
            ip.identification = second >> 16
            ip.dontFragment = second & 0x4000 != 0
            ip.timeToLive = Self.byte(bytes, network &+ 8)
            ip.payloadLength = Int(Self.half(bytes, network &+ 2)) &- 20
        }
        ip.protocolNumber = IPProtocol.tcp
        // Padding of a short frame is not the packet's.
        let ownEnd = min(end, transport &+ ip.payloadLength)

        let word = Self.half(bytes, transport &+ 12)
        var tcp = Packet.TCPFields()
        tcp.sequence = Self.word(bytes, transport &+ 4)
        tcp.acknowledgment = Self.word(bytes, transport &+ 8)
        tcp.flags = TCPFlags(rawValue: word & 0x01FF)
        tcp.window = Self.half(bytes, transport &+ 14)
        tcp.headerLength = Int(word >> 12) &* 4
        tcp.headerOffset = transport
        let headerEnd = min(ownEnd, transport &+ tcp.headerLength)
        tcp.optionsCaptured = headerEnd &- transport &- 20
        tcp.payloadLength = ip.payloadLength &- tcp.headerLength

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
    private static func byte(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt8 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    @inline(__always)
    private static func half(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt16 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self).bigEndian
    }

    @inline(__always)
    private static func word(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt32 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self).bigEndian
    }

    @inline(__always)
    private static func long(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt64 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self).bigEndian
    }
}

/// Two ends of a conversation as one number, the same for both directions, and which of them sent.
///
/// Different pairs may share a number.
struct EndpointPair {
    let mixed: UInt64
    let isFromFirst: Bool

    /// Of what the two addresses, and the two ports, differ in.
    @inline(__always)
    init(_ addresses: UInt64, ports: UInt16, isFromFirst: Bool) {
        let hash = (addresses ^ UInt64(ports) << 40) &* 0x9E37_79B9_7F4A_7C15
        mixed = (hash ^ hash >> 29) &* 0xBF58_476D_1CE4_E5B9
        self.isFromFirst = isFromFirst
    }

    @inline(__always)
    init(_ source: IPAddress, _ sourcePort: UInt16, _ destination: IPAddress, _ destinationPort: UInt16) {
        // What all IPv4 addresses have in common falls out.
        let high = (source.high ^ destination.high) &* 0xFF51_AFD7_ED55_8CCD
        self.init(
            source.low ^ destination.low ^ (high ^ high >> 31),
            ports: sourcePort ^ destinationPort,
            isFromFirst: source != destination ? source < destination : sourcePort <= destinationPort
        )
    }
}
