// Invariant: `holdsNoSegment` checks that the whole frame lies in the span, and that what it loads lies in the frame.

import RoadblockCore

/// The commonest of frames that are no TCP segment and have none in them, found without decoding.
enum PlainDatagram {
    /// True for a datagram of UDP that is no tunnel's, or an ICMP message that quotes nothing: Ethernet, IPv4 without options
    /// or IPv6 without extensions, no fragment.
    @inline(never)
    static func holdsNoSegment(_ bytes: borrowing RawSpan, _ offset: Int, _ length: Int, _ linkType: LinkType) -> Bool {
        guard length >= 42, linkType == .ethernet, offset >= 0, offset &+ length <= bytes.byteCount else {
            return false
        }
        let network = offset &+ 14
        switch bytes.big16(offset &+ 12) {
        case 0x0800:
            guard byte(bytes, network) == 0x45, half(bytes, network &+ 6) & 0x3FFF == 0 else { return false }
            switch byte(bytes, network &+ 9) {
            case IPProtocol.udp: return !Walk.isTunnel(port: half(bytes, network &+ 22))
            case IPProtocol.icmp: return !Walk.quotes(type: byte(bytes, network &+ 20), isVersion6: false)
            default: return false
            }
        case 0x86DD:
            guard length >= 62, byte(bytes, network) >> 4 == 6 else { return false }
            switch byte(bytes, network &+ 6) {
            case IPProtocol.udp: return !Walk.isTunnel(port: half(bytes, network &+ 42))
            case IPProtocol.icmpv6: return !Walk.quotes(type: byte(bytes, network &+ 40), isVersion6: true)
            default: return false
            }
        default: return false
        }
    }

    @inline(__always)
    private static func byte(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt8 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    @inline(__always)
    private static func half(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt16 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self).bigEndian
    }
}
