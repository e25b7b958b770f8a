package import RoadblockCore

/// The unordered pair of endpoints of a packet, with what keeps kinds of pairs apart (ports, echo).
package struct FlowKey: Hashable, BitwiseCopyable, Sendable {
    package var lower: IPAddress
    package var upper: IPAddress
    package var ports: UInt32
    package var context: UInt32

    /// The key of a packet, and whether its source is the lower endpoint.
    @inlinable @inline(__always)
    package static func make(
        _ source: IPAddress,
        _ sourcePort: UInt16,
        _ destination: IPAddress,
        _ destinationPort: UInt16,
        context: UInt32
    ) -> (key: FlowKey, fromLower: Bool) {
        let fromLower = source == destination ? sourcePort <= destinationPort : source < destination
        let key =
            fromLower
            ? FlowKey(
                lower: source,
                upper: destination,
                ports: UInt32(sourcePort) << 16 | UInt32(destinationPort),
                context: context
            )
            : FlowKey(
                lower: destination,
                upper: source,
                ports: UInt32(destinationPort) << 16 | UInt32(sourcePort),
                context: context
            )
        return (key, fromLower)
    }

    @inlinable @inline(__always)
    package static func == (a: FlowKey, b: FlowKey) -> Bool {
        (a.lower.low ^ b.lower.low) | (a.upper.low ^ b.upper.low) | (a.lower.high ^ b.lower.high)
            | (a.upper.high ^ b.upper.high) | UInt64(a.ports ^ b.ports) | UInt64(a.context ^ b.context) == 0
    }

    @inlinable
    package init(lower: IPAddress, upper: IPAddress, ports: UInt32, context: UInt32) {
        self.lower = lower
        self.upper = upper
        self.ports = ports
        self.context = context
    }

    /// A well-mixed 64-bit hash with a fixed seed.
    @inlinable @inline(__always)
    package var mixed: UInt64 {
        // IPv4 addresses have no upper half.
        let a = lower.low ^ lower.high &* 0xC2B2_AE3D_27D4_EB4F
        let b = upper.low ^ upper.high &* 0xFF51_AFD7_ED55_8CCD
        let rest = (UInt64(ports) << 32 | UInt64(context)) &* 0x9E37_79B9_7F4A_7C15
        let product = (a ^ 0xBF58_476D_1CE4_E5B9).multipliedFullWidth(by: b ^ rest ^ 0x94D0_49BB_1331_11EB)
        let hash = (product.high ^ product.low ^ rest) &* 0xE703_7ED1_A0B4_28DB
        return hash ^ hash >> 32
    }
}

/// The flow that a packet belongs to.
package struct PacketFlow: Sendable {
    package var key: FlowKey
    /// True when the packet's source is the lower endpoint.
    package var fromLower: Bool
    package var hash: UInt64

    /// The flow of the packet's addresses and ports.
    @inline(__always)
    package init(_ packet: Packet) {
        self.init(packet.ip.source, packet.sourcePort, packet.ip.destination, packet.destinationPort)
    }

    /// The flow from one end to another.
    @inline(__always)
    package init(_ source: IPAddress, _ sourcePort: UInt16, _ destination: IPAddress, _ destinationPort: UInt16) {
        (key, fromLower) = FlowKey.make(source, sourcePort, destination, destinationPort, context: 0)
        hash = key.mixed
    }
}

/// A hash table from flow keys to small numbers: open addressing, linear probing, no allocation per entry.
///
/// Two keys never have the same number. Slots hold a part of the hash in place of the key: they are small, so that
/// most of them stay in the processor's cache.
package struct FlowIndex: ~Copyable, Sendable {
    private struct Slot {
        /// The lower half of the key's hash.
        var hash: UInt32
        /// -1 empty, otherwise the number.
        var value: Int32
    }

    private var slots: [Slot]
    private var mask: Int
    /// The key of each number that some key has.
    private var keys: [FlowKey] = []
    package private(set) var count = 0

    package init() {
        slots = Array(repeating: FlowIndex.empty, count: 1 << 10)
        mask = (1 << 10) - 1
    }

    private static let empty = Slot(hash: 0, value: -1)

    /// The number of a key; `nil` when it has none.
    @inline(__always)
    package func value(_ key: FlowKey) -> Int? { value(hash: key.mixed) { keys[$0] == key } }

    /// The number of a key with a hash; the owner, who has the keys as well, tells whether a number is the key's.
    @inline(__always)
    func value(hash: UInt64, where isSame: (Int) -> Bool) -> Int? {
        let hash = UInt32(truncatingIfNeeded: hash)
        var place = Int(hash) & mask
        while true {
            let slot = slots[place]
            guard slot.value >= 0 else { return nil }
            if slot.hash == hash, isSame(Int(slot.value)) { return Int(slot.value) }
            place = (place &+ 1) & mask
        }
    }

    /// Gives a key a number, in place of the one it had.
    package mutating func set(_ key: FlowKey, _ value: Int) {
        if count &* 4 >= slots.count &* 3 { grow() }
        while keys.count <= value { keys.append(key) }
        let place = place(of: key)
        if slots[place].value < 0 { count &+= 1 }
        keys[value] = key
        slots[place] = Slot(hash: UInt32(truncatingIfNeeded: key.mixed), value: Int32(value))
    }

    /// Where a key is, or where it would be put.
    private func place(of key: FlowKey) -> Int {
        let hash = UInt32(truncatingIfNeeded: key.mixed)
        var place = Int(hash) & mask
        while slots[place].value >= 0, slots[place].hash != hash || keys[Int(slots[place].value)] != key {
            place = (place &+ 1) & mask
        }
        return place
    }

    /// Forgets a key, moving later entries of its run forward so that none is lost.
    package mutating func remove(_ key: FlowKey) {
        var hole = place(of: key)
        guard slots[hole].value >= 0 else { return }
        count &-= 1
        var next = (hole &+ 1) & mask
        while slots[next].value >= 0 {
            let home = Int(slots[next].hash) & mask
            if (next &- home) & mask >= (next &- hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next &+ 1) & mask
        }
        slots[hole] = FlowIndex.empty
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: FlowIndex.empty, count: old.count * 2)
        mask = slots.count - 1
        for slot in old where slot.value >= 0 {
            var place = Int(slot.hash) & mask
            while slots[place].value >= 0 { place = (place &+ 1) & mask }
            slots[place] = slot
        }
    }
}
