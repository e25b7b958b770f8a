import RoadblockCore

/// What the checksum of a segment or a datagram says (RFC 9293 section 3.1, RFC 768).
package enum ChecksumState: Sendable {
    /// It was not captured whole, or its sender left the checksum to its network card: none, or that of the
    /// pseudo-header alone, with or without the length.
    case unknown
    case right, wrong
}

/// The checksum of the Internet protocols (RFC 1071).
enum InternetChecksum {
    /// The one's complement sum of some bytes, beginning with another sum; 0xFFFF over what holds its own checksum.
    static func sum(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, from first: UInt64 = 0) -> UInt64 {
        var sum = first
        var place = start
        // The sum of larger words is the same once it is folded, and so is that of swapped bytes, swapped back.
        var swapped: UInt64 = 0
        var carries: UInt64 = 0
        while place &+ 8 <= end {
            let (partial, overflow) = swapped.addingReportingOverflow(bytes.little64(place))
            swapped = partial
            carries &+= overflow ? 1 : 0
            place &+= 8
        }
        let folded = fold((swapped >> 32) &+ (swapped & 0xFFFF_FFFF) &+ carries)
        sum &+= UInt64(UInt16(truncatingIfNeeded: folded).byteSwapped)
        while place &+ 2 <= end {
            sum &+= UInt64(bytes.big16(place))
            place &+= 2
        }
        if place < end { sum &+= UInt64(bytes.byte(place)) << 8 }
        return fold(sum)
    }

    @inline(__always)
    static func fold(_ sum: UInt64) -> UInt64 {
        var sum = sum
        while sum > 0xFFFF { sum = (sum & 0xFFFF) &+ sum >> 16 }
        return sum
    }

    /// What the checksum that a whole segment or datagram states says; `first` sums addresses and protocol.
    static func state(
        _ stated: UInt16,
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ first: UInt64
    ) -> ChecksumState {
        guard stated != 0 else { return .unknown }
        let pseudo = fold(first &+ UInt64(end &- start))
        if sum(bytes, start, end, from: pseudo) == 0xFFFF { return .right }
        return stated == UInt16(pseudo) || stated == UInt16(fold(first)) ? .unknown : .wrong
    }

    /// The sum of both addresses; of IPv4, in the form that IPv6 gives it, whose prefix adds nothing.
    static func sum(_ source: IPAddress, _ destination: IPAddress) -> UInt64 {
        func halves(_ address: IPAddress) -> UInt64 {
            (address.high >> 32) &+ (address.high & 0xFFFF_FFFF) &+ (address.low >> 32) &+ (address.low & 0xFFFF_FFFF)
        }
        return fold(halves(source) &+ halves(destination))
    }
}

extension Packet {
    /// What the checksum of a TCP segment or a UDP datagram says.
    package func checksum(_ bytes: borrowing RawSpan) -> ChecksumState {
        let isTCP = transport == .tcp
        guard isTCP || transport == .udp, !isCut, !ip.isFragment else { return .unknown }
        let start = isTCP ? tcp.headerOffset : payloadOffset &- 8
        let length = isTCP ? ip.payloadLength : payloadLength &+ 8
        guard start >= 0, payloadEnd &- start == length else { return .unknown }
        let stated = bytes.big16(start &+ (isTCP ? 16 : 6))
        let addresses = InternetChecksum.sum(ip.source, ip.destination)
        let number = isTCP ? IPProtocol.tcp : IPProtocol.udp
        return InternetChecksum.state(stated, bytes, start, payloadEnd, addresses &+ UInt64(number))
    }
}
