package import RoadblockCore

/// What one line of a firewall's log tells, under the same names for every firewall.
///
/// What the line does not say is `nil`, or an empty piece.
package struct FirewallRecord: Sendable {
    /// What a line is to those who look for refusals.
    package enum Kind: UInt8, Sendable {
        /// It tells of packets or of a connection.
        case record
        /// It belongs to the log and tells of something else: another kind of event, a header, a line of another program.
        case other
        /// It looks like a record and cannot be read.
        case damaged
    }

    /// What became of the packets.
    package enum Action: UInt8, Sendable {
        case unknown, accept
        /// Refused with an answer, without one, and by a reset.
        case reject, drop, reset
        /// Lost by a transit gateway, which refuses nothing: without a route, by a blackhole route, for their size or age.
        case noRoute, blackhole, tooLong, expired

        /// As the column has it.
        package var word: String {
            switch self {
            case .unknown: "UNKNOWN"
            case .accept: "ACCEPT"
            case .reject: "REJECT"
            case .drop: "DROP"
            case .reset: "RESET"
            case .noRoute: "LOST (no route)"
            case .blackhole: "LOST (blackhole route)"
            case .tooLong: "LOST (larger than the MTU)"
            case .expired: "LOST (time to live expired)"
            }
        }

        var isRefusal: Bool { self == .reject || self == .drop || self == .reset }
    }

    /// The way of the packets, seen from the host or the interface.
    package enum Direction: UInt8, Sendable {
        case ingress, egress, forward

        var word: String {
            switch self {
            case .ingress: "ingress"
            case .egress: "egress"
            case .forward: "forward"
            }
        }
    }

    /// What a line says of the other end's packets.
    package enum Answer: Equatable, Sendable {
        /// Nothing: the line is of single packets, or of one direction.
        case untold
        /// None came, to a SYN.
        case none
        /// A reset came, to a SYN.
        case reset
        /// There were some, or they are accepted with the request.
        case some
    }

    package var kind: Kind
    package var action = Action.unknown
    package var direction: Direction?
    package var answer = Answer.untold
    /// What a load balancer says of a request, in place of action and answer.
    package var reading: LoadBalancerReading?
    /// True where the line tells of a whole connection and names first who began it.
    package var isFromAsker = false
    /// True where the packets came from the other end.
    package var isReply = false
    /// Milliseconds since 1970 of the first and of the last packet.
    package var time: Int64?
    package var end: Int64?
    package var source: IPAddress?
    package var destination: IPAddress?
    package var sourcePort: UInt16?
    package var destinationPort: UInt16?
    /// IANA number.
    package var protocolNumber: UInt8?
    package var packets: Int?
    package var bytes: Int?
    /// The flags of the first byte of a TCP header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32.
    package var tcpFlags: UInt8?
    package var rule = Piece.none
    package var device = Piece.none
    package var interface = Piece.none
    package var reason = Piece.none
    /// What is missing in the time.
    var marks: LogMarks = []

    package init(_ kind: Kind = .record) { self.kind = kind }

    /// A line that is none of the log's records, and one that cannot be read.
    static let other = FirewallRecord(.other)
    static let damaged = FirewallRecord(.damaged)
}

/// A text in a line: where it lies in the block.
package struct Piece: Hashable, Sendable {
    var start: Int32 = 0
    var end: Int32 = 0
    /// True for the inside of a JSON text with escapes.
    var isEscaped = false

    static let none = Piece()

    var isEmpty: Bool { end <= start }

    init() {}

    init(_ start: Int, _ end: Int, isEscaped: Bool = false) {
        self.start = Int32(truncatingIfNeeded: start)
        self.end = Int32(truncatingIfNeeded: end)
        self.isEscaped = isEscaped
    }
}

extension LineBlock {
    /// The bytes of a piece, without escapes.
    func bytes(_ piece: Piece) -> [UInt8] {
        guard !piece.isEmpty else { return [] }
        let range = Int(piece.start)..<Int(piece.end)
        guard piece.isEscaped else { return bytes(range) }
        return JSONWalk.unescaped(bytes(range)) ?? bytes(range)
    }

    func text(_ piece: Piece) -> String { String(decoding: bytes(piece), as: UTF8.self) }

    /// The address that some bytes are.
    @inline(__always)
    func address(_ start: Int, _ end: Int) -> IPAddress? {
        if let ipv4 = ipv4(start, end) { return IPAddress(ipv4: ipv4) }
        guard end - start > 1, end - start < 46 else { return nil }
        return IPAddress(parsing: String(decoding: bytes(start..<end), as: UTF8.self))
    }
}

/// Names of protocols, as logs and rules have them.
enum ProtocolName {
    private static let names: [(number: UInt8, name: String)] = [
        (1, "icmp"), (2, "igmp"), (4, "ipip"), (6, "tcp"), (17, "udp"), (41, "ipv6"), (47, "gre"), (50, "esp"),
        (51, "ah"), (58, "icmpv6"), (88, "eigrp"), (89, "ospf"), (103, "pim"), (112, "vrrp"), (132, "sctp"),
        (136, "udplite"),
    ]
    private static let others: [(name: String, number: UInt8)] = [
        ("ipv6-icmp", 58), ("icmp6", 58), ("t", 6), ("u", 17),
    ]

    static func of(_ number: UInt8) -> String { names.first { $0.number == number }?.name ?? "\(number)" }

    /// The IANA number of a name in any case, or of digits; `nil` for others.
    static func number(_ bytes: [UInt8]) -> UInt8? {
        guard bytes.count > 0, bytes.count < 12 else { return nil }
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        return UInt8(text) ?? names.first { $0.name == text }?.number ?? others.first { $0.name == text }?.number
    }
}
