import RoadblockCore

/// The checksum of the Internet protocols (RFC 1071).
enum InternetChecksum {
    /// The one's complement sum of some bytes, beginning with another sum; 0xFFFF over what holds its own checksum.
    static func sum(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, from first: UInt64 = 0) -> UInt64 {
        var sum = first
        var place = start
        while place &+ 8 <= end {
            let word = bytes.big64(place)
            sum &+= (word >> 32) &+ (word & 0xFFFF_FFFF)
            place &+= 8
        }
        while place &+ 2 <= end {
            sum &+= UInt64(bytes.big16(place))
            place &+= 2
        }
        if place < end { sum &+= UInt64(bytes.byte(place)) << 8 }
        return fold(sum)
    }

    static func fold(_ sum: UInt64) -> UInt64 {
        var sum = sum
        while sum > 0xFFFF { sum = (sum & 0xFFFF) &+ sum >> 16 }
        return sum
    }

    /// The sum of both addresses; of IPv4, in the form that IPv6 gives it, whose prefix adds nothing.
    static func sum(of ip: Packet.IPFields) -> UInt64 {
        func halves(_ address: IPAddress) -> UInt64 {
            (address.high >> 32) &+ (address.high & 0xFFFF_FFFF) &+ (address.low >> 32) &+ (address.low & 0xFFFF_FFFF)
        }
        return fold(halves(ip.source) &+ halves(ip.destination))
    }
}

extension Packet {
    /// True for a TCP segment or a UDP datagram that was captured whole and whose checksum is wrong (RFC 9293 section
    /// 3.1, RFC 768).
    ///
    /// What a sender leaves to its network card is not wrong: no checksum, or that of the pseudo-header alone, with or
    /// without the length.
    package func hasWrongChecksum(_ bytes: borrowing RawSpan) -> Bool {
        let isTCP = transport == .tcp
        guard isTCP || transport == .udp, !isCut, !ip.isFragment else { return false }
        let start = isTCP ? tcp.headerOffset : payloadOffset &- 8
        let length = isTCP ? ip.payloadLength : payloadLength &+ 8
        guard start >= 0, payloadEnd &- start == length else { return false }
        let stated = UInt64(bytes.big16(start &+ (isTCP ? 16 : 6)))
        guard stated != 0 else { return false }
        let addresses = InternetChecksum.sum(of: ip) &+ UInt64(isTCP ? IPProtocol.tcp : IPProtocol.udp)
        let pseudo = InternetChecksum.fold(addresses &+ UInt64(length))
        if InternetChecksum.sum(bytes, start, payloadEnd, from: pseudo) == 0xFFFF { return false }
        return stated != pseudo && stated != InternetChecksum.fold(addresses)
    }
}
