package import RoadblockCore

/// Tells a packet that was captured twice (a mirror of both ports, two interfaces, a tunnel's inside and outside) from
/// one that was sent twice.
///
/// Two packets are copies when they agree in addresses, protocol, fragment offset, transport header and the start of the
/// payload, and come within 5 ms with the same IP identification, or within 1 ms without one that counts up (IPv6, and
/// Linux's SYN/ACK and RST with identification 0) or with another time to live (seen again behind a router); between two inputs
/// within 900 ms. Link
/// addresses, VLAN tags, tunnels and checksums are ignored.
package struct CopyFilter: ~Copyable {
    private struct Slot {
        var fingerprint: UInt64 = 0
        var time = Instant(nanoseconds: .min)
        var input = 0
        var identification: UInt32 = 0
        var timeToLive: UInt8 = 0
    }

    private static let setCount = 1 << 12
    private var slots = [Slot](repeating: Slot(), count: CopyFilter.setCount * 4)
    package init() {}

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
        let fingerprint = CopyFilter.fingerprint(packet, bytes)
        // Four places for each fingerprint: at high rates others fall on the same ones between a packet and its copy.
        let first = (Int(truncatingIfNeeded: fingerprint >> 8) & (Self.setCount &- 1)) &* 4
        var oldest = first
        let identification = packet.ip.identification
        let timeToLive = packet.ip.timeToLive
        for slot in first..<(first &+ 4) {
            let old = slots[slot]
            if old.time < slots[oldest].time { oldest = slot }
            guard old.fingerprint == fingerprint else { continue }
            let elapsed = time.nanoseconds(since: old.time).magnitude
            let isSameNumber = identification != 0 && identification == old.identification
            let hasNoNumber = identification == 0 && old.identification == 0
            let isForwarded = timeToLive != old.timeToLive
            if old.input != input {
                // Another capture point: the way there takes time, and its clock may differ.
                if elapsed < 900_000_000, isSameNumber || hasNoNumber { return .seenElsewhere }
                continue
            }
            let isCopy =
                isSameNumber || (hasNoNumber && isForwarded)
                ? elapsed < 5_000_000 : elapsed < 1_000_000 && (hasNoNumber || isForwarded)
            if isCopy { return .copy }
        }
        slots[oldest] = Slot(
            fingerprint: fingerprint,
            time: time,
            input: input,
            identification: identification,
            timeToLive: timeToLive
        )
        return .new
    }

    @inline(__always)
    private static func fingerprint(_ packet: Packet, _ bytes: borrowing RawSpan) -> UInt64 {
        var hash = packet.ip.source.low &* 0x9E37_79B9_7F4A_7C15 ^ packet.ip.source.high
        mix(&hash, packet.ip.destination.low ^ packet.ip.destination.high.byteSwapped)
        mix(&hash, UInt64(truncatingIfNeeded: packet.ip.fragmentOffset) << 8 | UInt64(packet.ip.protocolNumber))
        mix(
            &hash,
            UInt64(packet.sourcePort) << 16 | UInt64(packet.destinationPort)
                | UInt64(truncatingIfNeeded: packet.payloadLength) << 32
        )
        let transport = packet.transport
        if transport == .tcp {
            mix(&hash, UInt64(packet.tcp.sequence) << 32 | UInt64(packet.tcp.acknowledgment))
            mix(&hash, UInt64(packet.tcp.flags.rawValue) << 16 | UInt64(packet.tcp.window))
        } else if transport == .icmp || transport == .icmpv6 {
            mix(&hash, UInt64(packet.icmp.type) << 8 | UInt64(packet.icmp.code))
        }
        // The payload's first 64 bytes tell different data with the same header apart.
        var offset = packet.payloadOffset
        let end = min(packet.payloadEnd, offset &+ 64)
        while offset &+ 8 <= end {
            mix(&hash, bytes.big64(offset))
            offset &+= 8
        }
        while offset < end {
            mix(&hash, UInt64(bytes.byte(offset)))
            offset &+= 1
        }
        return hash | 1
    }

    @inline(__always)
    private static func mix(_ hash: inout UInt64, _ value: UInt64) {
        hash = (hash ^ value) &* 0xBF58_476D_1CE4_E5B9
        hash ^= hash >> 29
    }
}
