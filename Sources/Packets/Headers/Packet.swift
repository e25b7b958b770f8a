package import RoadblockCore

/// The headers of one frame, decoded: where each layer lies, and the values that the rest of the program works with.
///
/// One object is reused from frame to frame: decoding writes every field that it reports as present.
package final class Packet {
    package static let layerLimit = 24

    package var layers = InlineArray<24, Layer>(repeating: .none)
    package var layerCount = 0

    /// The innermost IP header that is not quoted.
    package var ip = IPFields()
    /// True when `ip` is valid.
    package var hasIP = false
    /// The transport header under `ip`, where it could be read.
    package var transport = Transport.none
    /// Valid when `transport` is TCP.
    package var tcp = TCPFields()
    /// Ports of TCP or UDP; type and code of ICMP stand in `icmp`.
    package var sourcePort: UInt16 = 0
    package var destinationPort: UInt16 = 0
    /// Payload of UDP or ICMP: what the headers claim, not what was captured.
    package var payloadLength = 0
    /// First byte of the transport's payload in the frame, and one past the last captured one.
    package var payloadOffset = 0
    package var payloadEnd = 0
    /// Valid when `transport` is ICMP or ICMPv6.
    package var icmp = ICMPFields()
    /// Valid when `transport` is `arp`.
    package var arp = ARPFields()
    /// What an ICMP error quotes.
    package var quote = Quote()
    package var hasQuote = false
    /// True when decoding was stopped: a header was cut, by the snap length or by the end of a quote, or cannot be.
    package var isCut = false
    /// Where decoding was stopped: true when the header has no room in what was sent.
    var isOverrun = false
    /// Where decoding was stopped: true when a header was read that cannot be, and said so.
    var endsProperly = false

    package init() {}

    /// What the innermost decoded transport is.
    package enum Transport: UInt8, Sendable {
        case none, tcp, udp, icmp, icmpv6, arp, other
    }

    /// What TCP's verdicts need of an IPv4 or IPv6 header.
    package struct IPFields: Sendable {
        package var source = IPAddress(high: 0, low: 0)
        package var destination = IPAddress(high: 0, low: 0)
        package var protocolNumber: UInt8 = 0
        package var timeToLive: UInt8 = 0
        package var isIPv6 = false
        package var dontFragment = false
        package var moreFragments = false
        /// IPv4 identification, or that of an IPv6 fragment header; 0 otherwise.
        package var identification: UInt32 = 0
        /// In bytes.
        package var fragmentOffset = 0
        /// Bytes behind the IP header and its extensions, as the header says.
        package var payloadLength = 0

        package var isFragment: Bool { moreFragments || fragmentOffset > 0 }
    }

    /// A TCP header (RFC 9293 section 3.1).
    package struct TCPFields: Sendable {
        package var sequence: UInt32 = 0
        package var acknowledgment: UInt32 = 0
        package var flags = TCPFlags(rawValue: 0)
        package var window: UInt16 = 0
        /// As the data offset says, 20 to 60.
        package var headerLength = 0
        /// Bytes of options that were captured, behind the first 20 of the header; below 0 where these are cut.
        package var optionsCaptured = 0
        package var headerOffset = 0
        /// Payload as the IP header says, captured or not.
        package var payloadLength = 0

        /// Sequence numbers that the segment takes.
        package var sequenceLength: UInt32 {
            UInt32(truncatingIfNeeded: payloadLength) &+ (flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
        }
    }

    /// The start of an ICMP or ICMPv6 message.
    package struct ICMPFields: Sendable {
        package var type: UInt8 = 0
        package var code: UInt8 = 0
        /// Echo: the identifier and the sequence number.
        package var identifier: UInt16 = 0
        package var sequence: UInt16 = 0
        /// Fragmentation needed, packet too big: the next hop's MTU; 0 when it says none.
        package var mtu: UInt32 = 0
        package var headerOffset = 0
    }

    /// An ARP message for IPv4 over Ethernet (RFC 826), or an ICMPv6 neighbour message told in its words.
    package struct ARPFields: Sendable {
        package var isRequest = false
        package var sender = IPAddress(high: 0, low: 0)
        package var target = IPAddress(high: 0, low: 0)
    }

    /// The headers that an ICMP error quotes (RFC 792; RFC 4443 section 3).
    package struct Quote: Sendable {
        package var ip = IPFields()
        package var sourcePort: UInt16 = 0
        package var destinationPort: UInt16 = 0
        package var sequence: UInt32 = 0
        /// True when the first eight bytes of the transport header are there.
        package var hasPorts = false
        /// True when a TCP header is quoted up to its window, so that Wireshark gives it a stream.
        package var hasTCPHeader = false
        package var tcp = TCPFields()
        /// Echo request: its identifier and number.
        package var icmpIdentifier: UInt16 = 0
        package var icmpSequence: UInt16 = 0
    }

    /// True for an ICMP redirect, of whose quote Wireshark reads only the first eight bytes behind the IP header.
    var isRedirect: Bool { transport == .icmp && icmp.type == 5 }

    /// True for a layer that an ICMP redirect quotes.
    func isRedirected(_ layer: Layer) -> Bool { layer.isQuoted && isRedirect }

    /// True when all bytes were captured that the IP header in front of a layer claims.
    func isWhole(_ index: Int, _ bytes: borrowing RawSpan) -> Bool {
        var place = index - 1
        while place >= 0 {
            let layer = layers[place]
            let offset = Int(layer.offset)
            switch layer.kind {
            case .ipv4: return Int(layer.end) - offset >= Int(bytes.big16(offset + 2))
            case .ipv6: return Int(layer.end) - offset >= 40 + Int(bytes.big16(offset + 4))
            default: place -= 1
            }
        }
        return true
    }

    /// Adds a layer; layers beyond the limit are dropped.
    @inline(__always) @discardableResult
    func add(
        _ kind: LayerKind,
        _ offset: Int,
        _ headerLength: Int,
        _ end: Int,
        quoted: Bool,
        cut: Bool = false
    ) -> Layer {
        let layer = Layer(
            kind: kind,
            isQuoted: quoted,
            isCut: cut,
            offset: Int32(truncatingIfNeeded: offset),
            headerLength: Int32(truncatingIfNeeded: headerLength),
            end: Int32(truncatingIfNeeded: end)
        )
        guard layerCount < Self.layerLimit else { return layer }
        layers[layerCount] = layer
        layerCount &+= 1
        return layer
    }
}
