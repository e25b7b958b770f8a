// Invariant: as in PlainSegment.swift; only its own loads are used.

import RoadblockCore

/// What the headers of a plain segment say; offsets are those of the bytes that the segment was found in.
struct SegmentFields {
    var source: IPAddress
    var destination: IPAddress
    var sourcePort: UInt16
    var destinationPort: UInt16
    var tcp: Packet.TCPFields
    var timeToLive: UInt8
    /// IPv4 identification; 0 in IPv6.
    var identification: UInt32
    /// First byte of payload, and one past the last captured one.
    var payloadOffset: Int
    var payloadEnd: Int
    /// True for a header without options, or with two no-operations and timestamps, captured whole.
    var hasUsualOptions: Bool
}

extension PlainSegment {
    /// The values of both headers, as `Decoder` reads them; `end` is one past the frame's last byte.
    @inline(__always)
    func fields(_ bytes: borrowing RawSpan, _ end: Int) -> SegmentFields {
        let source: IPAddress
        let destination: IPAddress
        let length: Int
        let timeToLive: UInt8
        var identification: UInt32 = 0
        if transport &- network == 20 {
            source = IPAddress(ipv4: Self.word(bytes, network &+ 12))
            destination = IPAddress(ipv4: Self.word(bytes, network &+ 16))
            length = Int(Self.half(bytes, network &+ 2)) &- 20
            timeToLive = Self.byte(bytes, network &+ 8)
            identification = UInt32(Self.half(bytes, network &+ 4))
        } else {
            source = IPAddress(high: Self.long(bytes, network &+ 8), low: Self.long(bytes, network &+ 16))
            destination = IPAddress(high: Self.long(bytes, network &+ 24), low: Self.long(bytes, network &+ 32))
            length = Int(Self.half(bytes, network &+ 4))
            timeToLive = Self.byte(bytes, network &+ 7)
        }
        let ownEnd = min(end, transport &+ length)
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
        tcp.payloadLength = length &- tcp.headerLength
        let hasUsualOptions =
            tcp.headerLength == 20
            || (tcp.headerLength == 32 && tcp.optionsCaptured == 12
                && Self.word(bytes, transport &+ 20) == 0x0101_080A)
        return SegmentFields(
            source: source,
            destination: destination,
            sourcePort: Self.half(bytes, transport),
            destinationPort: Self.half(bytes, transport &+ 2),
            tcp: tcp,
            timeToLive: timeToLive,
            identification: identification,
            payloadOffset: headerEnd,
            payloadEnd: ownEnd,
            hasUsualOptions: hasUsualOptions
        )
    }
}
