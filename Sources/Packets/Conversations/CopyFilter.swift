package import RoadblockCore

/// Tells a packet that was captured twice (a mirror of both ports, two interfaces, a tunnel's inside and outside) from
/// one that was sent twice.
///
/// Two packets are copies when they agree in addresses, protocol, fragment offset, transport header and, but for TCP, the
/// start of the payload, and come within 5 ms with the same IP identification, or within 1 ms without one that counts up (IPv6, and
/// Linux's SYN/ACK and RST with identification 0) or with another time to live (seen again behind a router); between two inputs
/// within 900 ms. Link
/// addresses, VLAN tags, tunnels and checksums are ignored.
package struct CopyFilter: ~Copyable {
    private var entries = CopyEntries()

    package init() {}

    /// Copies in one input come within so many nanoseconds.
    static let longest: Int64 = 5_000_000

    /// What a packet is beside those that came shortly before it.
    package enum Relation: Sendable {
        case new
        /// The same packet, captured twice in one input.
        case copy
        /// The same packet, captured in another input as well.
        case seenElsewhere
    }

    /// Compares a packet with those that came shortly before, and remembers it.
    @inline(__always)
    package mutating func relation(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ time: Instant,
        input: Int
    ) -> Relation {
        // What tells packets apart was cut off.
        if packet.isCut, packet.transport == .none { return .new }
        var transport = (first: UInt64(0), second: UInt64(0))
        if packet.transport == .tcp {
            let tcp = packet.tcp
            transport = Self.transport(tcp.sequence, tcp.acknowledgment, tcp.flags, tcp.window)
        } else if packet.transport == .icmp || packet.transport == .icmpv6 {
            transport.first = UInt64(packet.icmp.type) << 8 | UInt64(packet.icmp.code)
        }
        var fingerprint = Self.fingerprint(
            packet.ip.source,
            packet.ip.destination,
            ports: UInt64(packet.sourcePort) << 16 | UInt64(packet.destinationPort),
            header: UInt64(truncatingIfNeeded: packet.payloadLength) << 32
                | UInt64(truncatingIfNeeded: packet.ip.fragmentOffset) << 16 | UInt64(packet.ip.protocolNumber) << 8,
            transport
        )
        // Sequence numbers tell segments apart; of others, the first 64 bytes do.
        let count = min(packet.payloadEnd &- packet.payloadOffset, 64)
        if packet.transport != .tcp, count > 0 {
            fingerprint ^= CopyEntries.fingerprint(bytes, packet.payloadOffset, count) << 1
        }
        let detail = CopyEntries.Detail(
            identification: packet.ip.identification,
            input: UInt16(truncatingIfNeeded: input),
            timeToLive: packet.ip.timeToLive
        )
        return entries.compare(fingerprint, detail, time)
    }

    /// Remembers a segment of a plain flow of the only input.
    mutating func remember(_ segment: RecentSegments.Entry, _ key: FlowKey) {
        let numbers = segment.numbers
        let (source, destination) = segment.fromLower ? (key.lower, key.upper) : (key.upper, key.lower)
        let fingerprint = Self.fingerprint(
            source,
            destination,
            ports: UInt64(segment.fromLower ? key.ports : key.ports << 16 | key.ports >> 16),
            header: UInt64(truncatingIfNeeded: numbers.payloadLength) << 32 | UInt64(IPProtocol.tcp) << 8,
            Self.transport(numbers.sequence, numbers.acknowledgment, numbers.flags, numbers.window)
        )
        let detail = CopyEntries.Detail(
            identification: UInt32(segment.identification),
            input: 0,
            timeToLive: segment.timeToLive
        )
        _ = entries.compare(fingerprint, detail, segment.time)
    }

    @inline(__always)
    private static func transport(
        _ sequence: UInt32,
        _ acknowledgment: UInt32,
        _ flags: TCPFlags,
        _ window: UInt16
    ) -> (first: UInt64, second: UInt64) {
        (UInt64(sequence) << 32 | UInt64(acknowledgment), UInt64(flags.rawValue) << 16 | UInt64(window))
    }

    /// What a packet is beside one with the same fingerprint that came so many nanoseconds before; `nil` for another one.
    static func relation(_ new: CopyEntries.Detail, _ old: CopyEntries.Detail, _ elapsed: UInt64) -> Relation? {
        let isSameNumber = new.identification != 0 && new.identification == old.identification
        let hasNoNumber = new.identification == 0 && old.identification == 0
        let isForwarded = new.timeToLive != old.timeToLive
        if old.input != new.input {
            // Another capture point: the way there takes time, and its clock may differ.
            return elapsed < 900_000_000 && (isSameNumber || hasNoNumber) ? .seenElsewhere : nil
        }
        let isCopy =
            isSameNumber || (hasNoNumber && isForwarded)
            ? elapsed < UInt64(longest) : elapsed < 1_000_000 && (hasNoNumber || isForwarded)
        return isCopy ? .copy : nil
    }

    @inline(__always)
    private static func fingerprint(
        _ source: IPAddress,
        _ destination: IPAddress,
        ports: UInt64,
        header: UInt64,
        _ transport: (first: UInt64, second: UInt64)
    ) -> UInt64 {
        // The products do not wait for one another.
        var hash = product(source.low ^ 0x9E37_79B9_7F4A_7C15, destination.low ^ 0xBF58_476D_1CE4_E5B9)
        hash ^= product(
            source.high ^ destination.high.byteSwapped ^ 0xC2B2_AE3D_27D4_EB4F,
            header ^ 0x94D0_49BB_1331_11EB
        )
        hash ^= product(
            transport.first ^ 0x1656_67B1_9E37_79F9,
            transport.second << 32 ^ ports ^ 0xFF51_AFD7_ED55_8CCD
        )
        hash = product(hash ^ 0x2D35_8DCC_AA6C_78A5, 0x8BB8_4B93_962E_ACC9)
        return hash | 1
    }

    /// Both halves of a product, which depends on all bits of two numbers.
    @inline(__always)
    static func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
}
