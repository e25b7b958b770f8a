// Invariant: as in PlainSegment.swift; only its own loads are used. `checkSum` loads from the addresses on up to the end
// of the segment, which it checks to lie in the span.

import RoadblockCore

/// What the usual segment of a conversation says.
struct SegmentNumbers: Sendable {
    var sequence: UInt32 = 0
    var acknowledgment: UInt32 = 0
    var flags = TCPFlags(rawValue: 0)
    var window: UInt16 = 0
    private var lengths: UInt32 = 0

    /// As the data offset says, 20 to 60.
    @inline(__always)
    var headerLength: Int { Int(lengths & 0xFF) }
    /// As the IP header says, captured or not.
    @inline(__always)
    var payloadLength: Int { Int(lengths >> 8) }

    init() {}

    @inline(__always)
    init(
        sequence: UInt32,
        acknowledgment: UInt32,
        flags: TCPFlags,
        window: UInt16,
        headerLength: Int,
        payloadLength: Int
    ) {
        self.sequence = sequence
        self.acknowledgment = acknowledgment
        self.flags = flags
        self.window = window
        lengths = UInt32(truncatingIfNeeded: payloadLength) << 8 | UInt32(truncatingIfNeeded: headerLength)
    }

    /// Sequence numbers that the segment takes.
    @inline(__always)
    var sequenceLength: UInt32 {
        UInt32(truncatingIfNeeded: payloadLength) &+ (flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
    }
}

extension PlainSegment {
    @inline(__always)
    func numbers(_ bytes: borrowing RawSpan) -> SegmentNumbers {
        let word = Self.half(bytes, transport &+ 12)
        let headerLength = Int(word >> 12) &* 4
        return SegmentNumbers(
            sequence: Self.word(bytes, transport &+ 4),
            acknowledgment: Self.word(bytes, transport &+ 8),
            flags: TCPFlags(rawValue: word & 0x01FF),
            window: Self.half(bytes, transport &+ 14),
            headerLength: headerLength,
            payloadLength: claimedEnd(bytes) &- transport &- headerLength
        )
    }

    /// The flow that the segment is of.
    @inline(__always)
    func flow(_ bytes: borrowing RawSpan) -> PacketFlow {
        let (source, destination) = addresses(bytes)
        return PacketFlow(source, Self.half(bytes, transport), destination, Self.half(bytes, transport &+ 2))
    }

    /// True for a header without options, or with two no-operations and timestamps; `end` is one past the frame's last
    /// byte.
    @inline(__always)
    func hasUsualOptions(_ bytes: borrowing RawSpan, _ end: Int, _ numbers: SegmentNumbers) -> Bool {
        numbers.headerLength == 20
            || (numbers.headerLength == 32 && end &- transport >= 32
                && Self.word(bytes, transport &+ 20) == 0x0101_080A)
    }

    @inline(__always)
    func timeToLive(_ bytes: borrowing RawSpan) -> UInt8 {
        Self.byte(bytes, network &+ (transport &- network == 20 ? 8 : 7))
    }

    /// IPv4 identification; 0 in IPv6.
    @inline(__always)
    func identification(_ bytes: borrowing RawSpan) -> UInt16 {
        transport &- network == 20 ? Self.half(bytes, network &+ 4) : 0
    }

    /// One past the last byte of the segment that was captured; `end` is one past the frame's last byte.
    @inline(__always)
    func capturedEnd(_ bytes: borrowing RawSpan, _ end: Int) -> Int { min(end, claimedEnd(bytes)) }

    /// What the payload begins with.
    func payloadKind(_ bytes: borrowing RawSpan, _ end: Int) -> PayloadKind {
        let tcp = tcp(bytes, end)
        return PayloadKind(bytes, transport &+ 20 &+ tcp.optionsCaptured, capturedEnd(bytes, end))
    }

    /// The TCP header, as `Decoder` reads it.
    @inline(__always)
    func tcp(_ bytes: borrowing RawSpan, _ end: Int) -> Packet.TCPFields {
        let numbers = numbers(bytes)
        var tcp = Packet.TCPFields()
        tcp.sequence = numbers.sequence
        tcp.acknowledgment = numbers.acknowledgment
        tcp.flags = numbers.flags
        tcp.window = numbers.window
        tcp.headerLength = numbers.headerLength
        tcp.headerOffset = transport
        tcp.optionsCaptured = min(capturedEnd(bytes, end), transport &+ numbers.headerLength) &- transport &- 20
        tcp.payloadLength = numbers.payloadLength
        return tcp
    }

    /// As `Packet.checksum`.
    @inline(__always)
    func checksum(_ bytes: borrowing RawSpan, _ end: Int) -> ChecksumState {
        let claimed = claimedEnd(bytes)
        let stated = Self.half(bytes, transport &+ 16)
        guard claimed <= end, stated != 0 else { return .unknown }
        return checkSum(bytes, claimed, stated)
    }

    private func checkSum(_ bytes: borrowing RawSpan, _ end: Int, _ stated: UInt16) -> ChecksumState {
        guard end <= bytes.byteCount else { return .unknown }
        // Everything is summed in the machine's order of bytes; the addresses stand right before the segment.
        var place = transport &- (transport &- network == 20 ? 8 : 32)
        var sum = UInt64(UInt16(IPProtocol.tcp).bigEndian)
        while place < transport {
            sum &+= UInt64(Self.rawWord(bytes, place)) &+ UInt64(Self.rawWord(bytes, place &+ 4))
            place &+= 8
        }
        let addresses = Self.folded(sum)
        let pseudoHeader = Self.folded(sum &+ UInt64(UInt16(truncatingIfNeeded: end &- transport).bigEndian))
        sum = pseudoHeader
        while place &+ 8 <= end {
            sum &+= UInt64(Self.rawWord(bytes, place)) &+ UInt64(Self.rawWord(bytes, place &+ 4))
            place &+= 8
        }
        if place &+ 4 <= end {
            sum &+= UInt64(Self.rawWord(bytes, place))
            place &+= 4
        }
        if place &+ 2 <= end {
            sum &+= UInt64(Self.half(bytes, place).bigEndian)
            place &+= 2
        }
        if place < end { sum &+= UInt64((UInt16(Self.byte(bytes, place)) << 8).bigEndian) }
        if Self.folded(sum) == 0xFFFF { return .right }
        let said = UInt64(stated.bigEndian)
        return said == pseudoHeader || said == addresses ? .unknown : .wrong
    }

    /// The one's complement sum of a few thousand words of four bytes, as two bytes (RFC 1071).
    @inline(__always)
    private static func folded(_ sum: UInt64) -> UInt64 {
        var sum = (sum & 0xFFFF_FFFF) &+ sum >> 32
        sum = (sum & 0xFFFF) &+ (sum >> 16 & 0xFFFF) &+ sum >> 32
        sum = (sum & 0xFFFF) &+ sum >> 16
        return (sum & 0xFFFF) &+ sum >> 16
    }
}
