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
    private struct Entry {
        var fingerprint: UInt64 = 0
        var time = Int64.min
    }

    private struct Detail {
        var identification: UInt32 = 0
        var input: UInt32 = 0
        var timeToLive: UInt8 = 0
    }

    private static let setCount = 1 << 12
    /// Four entries for each fingerprint: at high rates others fall on the same ones between a packet and its copy.
    private var entries = [Entry](repeating: Entry(), count: CopyFilter.setCount * 4)
    private var details = [Detail](repeating: Detail(), count: CopyFilter.setCount * 4)

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
        let first = (Int(truncatingIfNeeded: fingerprint >> 8) & (Self.setCount &- 1)) &* 4
        let detail = Detail(
            identification: packet.ip.identification,
            input: UInt32(truncatingIfNeeded: input),
            timeToLive: packet.ip.timeToLive
        )
        var oldest = first
        var oldestTime = Int64.max
        for slot in first..<(first &+ 4) {
            let entry = entries[slot]
            if entry.time < oldestTime {
                oldest = slot
                oldestTime = entry.time
            }
            guard entry.fingerprint == fingerprint else { continue }
            let elapsed = (time.nanoseconds &- entry.time).magnitude
            if let relation = Self.relation(detail, details[slot], elapsed) { return relation }
        }
        entries[oldest] = Entry(fingerprint: fingerprint, time: time.nanoseconds)
        details[oldest] = detail
        return .new
    }

    /// What a packet is beside one with the same fingerprint that came so many nanoseconds before; `nil` for another one.
    private static func relation(_ new: Detail, _ old: Detail, _ elapsed: UInt64) -> Relation? {
        let isSameNumber = new.identification != 0 && new.identification == old.identification
        let hasNoNumber = new.identification == 0 && old.identification == 0
        let isForwarded = new.timeToLive != old.timeToLive
        if old.input != new.input {
            // Another capture point: the way there takes time, and its clock may differ.
            return elapsed < 900_000_000 && (isSameNumber || hasNoNumber) ? .seenElsewhere : nil
        }
        let isCopy =
            isSameNumber || (hasNoNumber && isForwarded)
            ? elapsed < 5_000_000 : elapsed < 1_000_000 && (hasNoNumber || isForwarded)
        return isCopy ? .copy : nil
    }

    @inline(__always)
    private static func fingerprint(_ packet: Packet, _ bytes: borrowing RawSpan) -> UInt64 {
        // The payload's first 64 bytes tell different data with the same header apart.
        var offset = packet.payloadOffset
        let end = min(packet.payloadEnd, offset &+ 64)
        let count = max(0, end &- offset)
        var hash = mixed(packet.ip.source.low ^ packet.ip.source.high.byteSwapped, packet.ip.destination.low)
        hash = mixed(
            hash ^ packet.ip.destination.high,
            UInt64(truncatingIfNeeded: packet.payloadLength) << 32
                | UInt64(truncatingIfNeeded: packet.ip.fragmentOffset) << 16
                | UInt64(packet.ip.protocolNumber) << 8 | UInt64(truncatingIfNeeded: count)
        )
        var transport = (first: UInt64(0), second: UInt64(0))
        if packet.transport == .tcp {
            transport.first = UInt64(packet.tcp.sequence) << 32 | UInt64(packet.tcp.acknowledgment)
            transport.second = UInt64(packet.tcp.flags.rawValue) << 16 | UInt64(packet.tcp.window)
        } else if packet.transport == .icmp || packet.transport == .icmpv6 {
            transport.first = UInt64(packet.icmp.type) << 8 | UInt64(packet.icmp.code)
        }
        let ports = UInt64(packet.sourcePort) << 16 | UInt64(packet.destinationPort)
        hash = mixed(hash ^ transport.first, transport.second << 32 | ports)
        while offset &+ 16 <= end {
            hash = mixed(hash ^ bytes.big64(offset), bytes.big64(offset &+ 8))
            offset &+= 16
        }
        if offset &+ 8 <= end {
            hash = mixed(hash ^ bytes.big64(offset), 0)
            offset &+= 8
        }
        if offset < end {
            var rest: UInt64 = 0
            if count >= 8 {
                // The last eight bytes, some of them once more.
                rest = bytes.big64(end &- 8)
            } else {
                while offset < end {
                    rest = rest << 8 | UInt64(bytes.byte(offset))
                    offset &+= 1
                }
            }
            hash = mixed(hash ^ rest, 1)
        }
        return hash | 1
    }

    /// A number that depends on all bits of two: both halves of their product.
    @inline(__always)
    private static func mixed(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let x = a ^ 0x9E37_79B9_7F4A_7C15
        let product = x.multipliedFullWidth(by: b ^ 0xBF58_476D_1CE4_E5B9)
        return product.high ^ product.low ^ x
    }
}
