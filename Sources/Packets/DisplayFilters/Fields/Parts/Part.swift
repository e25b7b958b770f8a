/// A piece of a layer that fields are read from: an option, a message of one type, a header that some flag announces.
///
/// A field is one line then: the part, and where in the part it lies.
enum Part: Hashable, Sendable {
    /// The layer's own header.
    case header
    /// A TCP option of a kind (RFC 9293 section 3.1).
    case tcpOption(UInt8)
    /// A multipath TCP option of a subtype (RFC 8684 section 3).
    case multipath(MultipathPart)
    /// An IPv4 option of a type (RFC 791 section 3.1).
    case ipv4Option(UInt8)
    /// An IPv6 option of a type (RFC 8200 section 4.2).
    case ipv6Option(UInt8)
    /// An ICMP message of a type, up to its end.
    case icmp(UInt8)
    /// An ICMPv6 message of a type, up to its end.
    case icmpv6(UInt8)
    /// A neighbour discovery option of a type (RFC 4861 section 4.6).
    case neighborOption(UInt8)
    case optimizer(OptimizerPart)
    case link(LinkPart)
    case tunnel(TunnelPart)
    case internet(InternetPart)
    case message(MessagePart)
    case transport(TransportPart)
    /// What is wrong or remarkable with a layer.
    case remark(Remark)
}

/// What a field takes of a part.
enum PartValue: Hashable, Sendable {
    /// A big-endian number, masked and shifted down.
    case number(at: UInt8, bytes: UInt8, mask: UInt64)
    /// Bytes up to the end of the part.
    case rest(at: UInt8)
    /// The same, also where there are none.
    case all(at: UInt8)
    /// Some bytes.
    case bytes(at: UInt8, count: UInt8)
    /// An IPv6 address.
    case wide(at: UInt8)
    /// That the part is there.
    case mark
    /// The number that came with the part.
    case found
}

/// The parts of a kind that a packet has, with room that is used again for every packet.
struct PartList {
    struct Entry {
        var start: Int32
        var end: Int32
        var value: Int64
        /// True for a part that goes on behind what was captured.
        var isCut: Bool
    }

    private(set) var entries: [Entry] = []
    /// One past the last byte that a part may lie at.
    var limit = Int.max

    mutating func clear() { entries.removeAll(keepingCapacity: true) }

    /// Adds a part that lies between two places of the frame.
    mutating func append(_ start: Int, _ end: Int, _ value: Int64 = 1, cut: Bool = false) {
        guard start <= end, end <= limit, entries.count < WordList.limit else { return }
        entries.append(
            Entry(
                start: Int32(truncatingIfNeeded: start),
                end: Int32(truncatingIfNeeded: end),
                value: value,
                isCut: cut
            )
        )
    }
}
