package import RoadblockCore

/// Tells a packet that was captured twice (a mirror of both ports, two interfaces, a tunnel's inside and outside) from
/// one that was sent twice.
///
/// Two packets are copies when they come within 5 ms and agree in addresses, protocol, IP identification, fragment
/// offset, transport header and the start of the payload. Without an identification that counts up (IPv6, and Linux's
/// SYN/ACK and RST with identification 0), only 1 ms is allowed. Link addresses, VLAN tags, tunnels, time to live and
/// checksums are ignored.
package struct CopyFilter: ~Copyable {
    private struct Slot {
        var fingerprint: UInt64 = 0
        var time = Instant(nanoseconds: .min)
    }

    private var slots = [Slot](repeating: Slot(), count: 1 << 12)
    /// Copies found so far.
    package private(set) var copies = 0

    package init() {}

    /// True when the packet is a copy of one that came shortly before.
    @inline(__always)
    package mutating func isCopy(_ packet: borrowing Packet, _ bytes: borrowing RawSpan, _ time: Instant) -> Bool {
        let fingerprint = CopyFilter.fingerprint(packet, bytes)
        let slot = Int(truncatingIfNeeded: fingerprint) & (1 << 12 - 1)
        let elapsed = time.nanoseconds(since: slots[slot].time)
        let hasIdentification = packet.ip.identification != 0
        let limit: Int64 = hasIdentification ? 5_000_000 : 1_000_000
        if slots[slot].fingerprint == fingerprint, elapsed.magnitude < limit.magnitude {
            copies &+= 1
            return true
        }
        slots[slot] = Slot(fingerprint: fingerprint, time: time)
        return false
    }

    @inline(__always)
    private static func fingerprint(_ packet: borrowing Packet, _ bytes: borrowing RawSpan) -> UInt64 {
        var hash = packet.ip.source.low &* 0x9E37_79B9_7F4A_7C15 ^ packet.ip.source.high
        mix(&hash, packet.ip.destination.low ^ packet.ip.destination.high.byteSwapped)
        mix(
            &hash,
            UInt64(packet.ip.identification) << 32 | UInt64(truncatingIfNeeded: packet.ip.fragmentOffset) << 8
                | UInt64(packet.ip.protocolNumber)
        )
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
