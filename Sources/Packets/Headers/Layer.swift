/// What a piece of a packet is.
package enum LayerKind: UInt8, Hashable, Sendable {
    case none
    case ethernet, vlan, serviceVLAN, linuxCooked, linuxCooked2, null, ppp, pppoe, mpls, ciscoHDLC, llc
    case arp
    case ipv4, ipv6, ipv6Extension
    case tcp, udp, icmp, icmpv6
    case gre, erspan, vxlan, geneve, ciscoMetadata
    /// Bytes that no decoder here reads.
    case data

    /// The kind that stands for several versions of one header.
    var family: LayerKind { self == .linuxCooked2 ? .linuxCooked : self }
}

/// Where one layer lies in a frame's bytes.
package struct Layer: Hashable, Sendable {
    package var kind: LayerKind
    /// True inside an ICMP error: the layer belongs to a packet that the error quotes.
    package var isQuoted: Bool
    /// True when the header goes on behind the captured bytes; nothing of its payload is there.
    package var isCut: Bool
    /// First byte, counted from the start of the frame.
    package var offset: Int32
    /// Bytes of header that can be read; within the captured bytes.
    package var headerLength: Int32
    /// One past the last captured byte of header and payload.
    package var end: Int32

    package static let none = Layer(kind: .none, isQuoted: false, isCut: false, offset: 0, headerLength: 0, end: 0)

    /// First byte behind the header.
    package var payload: Int { Int(offset) + Int(headerLength) }

    /// True when so many bytes of the header can be read.
    @inline(__always)
    package func has(_ count: Int) -> Bool { Int(headerLength) >= count }
}

/// The flag bits of a TCP header (RFC 9293 section 3.1; NS of RFC 3540, now AE).
package struct TCPFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    @inlinable
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let fin = TCPFlags(rawValue: 1)
    package static let syn = TCPFlags(rawValue: 2)
    package static let rst = TCPFlags(rawValue: 4)
    package static let psh = TCPFlags(rawValue: 8)
    package static let ack = TCPFlags(rawValue: 16)
    package static let urg = TCPFlags(rawValue: 32)
    package static let ece = TCPFlags(rawValue: 64)
    package static let cwr = TCPFlags(rawValue: 128)
    package static let ae = TCPFlags(rawValue: 256)
}

/// The protocol numbers that Roadblock reads (IANA "Protocol Numbers").
package enum IPProtocol {
    package static let icmp: UInt8 = 1
    package static let tcp: UInt8 = 6
    package static let udp: UInt8 = 17
    package static let icmpv6: UInt8 = 58

    /// The name in lower case, or the number.
    package static func name(_ number: UInt8) -> String {
        switch number {
        case icmp: "icmp"
        case tcp: "tcp"
        case udp: "udp"
        case icmpv6: "icmpv6"
        case 2: "igmp"
        case 47: "gre"
        case 50: "esp"
        case 51: "ah"
        case 132: "sctp"
        default: String(number)
        }
    }
}
