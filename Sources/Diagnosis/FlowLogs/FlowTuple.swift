import RoadblockCore

/// Two ends and a protocol in 128 bits: a five-tuple, or an asker with a service and a kind of ending.
struct FlowTuple: Hashable, Sendable {
    /// Address code (33 bits), protocol (8), port (16).
    private var first: UInt64
    /// Address code (33 bits), port (16), kind (8).
    private var second: UInt64

    /// The unordered pair of ends of a record, and whether its source is the lower end.
    @inline(__always)
    static func conversation(
        _ source: UInt64,
        _ sourcePort: UInt16,
        _ destination: UInt64,
        _ destinationPort: UInt16,
        _ number: UInt8
    ) -> (key: FlowTuple, isForward: Bool) {
        let a = source | UInt64(sourcePort) << 33
        let b = destination | UInt64(destinationPort) << 33
        let isForward = a <= b
        let (lower, upper) = isForward ? (a, b) : (b, a)
        let ports = (lower >> 33) << 41
        return (
            FlowTuple(first: lower & addressMask | UInt64(number) << 33 | ports, second: upper), isForward
        )
    }

    /// An asker and what it asks for.
    @inline(__always)
    static func service(_ asker: UInt64, _ server: UInt64, _ port: UInt16, _ number: UInt8, kind: UInt8 = 0)
        -> FlowTuple
    {
        FlowTuple(first: asker | UInt64(number) << 33, second: server | UInt64(port) << 33 | UInt64(kind) << 49)
    }

    private static let addressMask: UInt64 = (1 << 33) - 1

    /// The lower end of a conversation, or the asker.
    var lower: UInt64 { first & FlowTuple.addressMask }
    /// The upper end, or the server.
    var upper: UInt64 { second & FlowTuple.addressMask }
    var protocolNumber: UInt8 { UInt8(truncatingIfNeeded: first >> 33) }
    var lowerPort: UInt16 { UInt16(truncatingIfNeeded: first >> 41) }
    /// The upper end's port, or the service's.
    var upperPort: UInt16 { UInt16(truncatingIfNeeded: second >> 33) }
    var kind: UInt8 { UInt8(truncatingIfNeeded: second >> 49) }

    /// The same asker and service with another kind of ending.
    func with(kind: UInt8) -> FlowTuple {
        FlowTuple(first: first, second: second & ((1 << 49) - 1) | UInt64(kind) << 49)
    }

    /// True where the ends have addresses of version 6.
    var isIPv6: Bool { AddressBook.isIPv6(lower) }

    /// The service alone, whoever asks.
    var server: FlowTuple { FlowTuple.service(0, upper, upperPort, protocolNumber) }

    /// Asker and server alone.
    var pair: FlowTuple { FlowTuple.service(lower, upper, 0, 0) }

    /// The service with asker and server exchanged, for protocols without ports.
    var exchanged: FlowTuple {
        FlowTuple.service(upper, lower, upperPort, protocolNumber, kind: kind)
    }

    @inline(__always)
    static func == (a: FlowTuple, b: FlowTuple) -> Bool { (a.first ^ b.first) | (a.second ^ b.second) == 0 }

    /// Some order, by which equal ones are neighbours.
    static func < (a: FlowTuple, b: FlowTuple) -> Bool { (a.first, a.second) < (b.first, b.second) }

    func hash(into hasher: inout Hasher) {
        hasher.combine(first)
        hasher.combine(second)
    }

    /// A well-mixed hash with a fixed seed.
    @inline(__always)
    var mixed: UInt64 {
        var hash = first &* 0x9E37_79B9_7F4A_7C15 ^ second.byteSwapped &* 0xC2B2_AE3D_27D4_EB4F
        hash = (hash ^ hash >> 29) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 32) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash >> 31
    }
}

/// Something that a `TupleTable` finds by its tuple.
protocol TupleKeyed {
    var key: FlowTuple { get }
}

/// Entries in the order of their arrival, found by tuple: open addressing, no allocation per entry.
struct TupleTable<Entry: TupleKeyed>: ~Copyable {
    private(set) var entries: [Entry] = []
    /// Ordinals of entries; -1 is free.
    private var slots: [Int32] = Array(repeating: -1, count: 1 << 10)
    private var mask = (1 << 10) - 1

    var count: Int { entries.count }

    @inline(__always)
    func index(of key: FlowTuple) -> Int? {
        var slot = Int(truncatingIfNeeded: key.mixed) & mask
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if entries[index].key == key { return index }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    /// Walks over the ordinals of the entries of a key, until `body` is content.
    @inline(__always)
    func each(_ key: FlowTuple, _ body: (Int) -> Bool) {
        var slot = Int(truncatingIfNeeded: key.mixed) & mask
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if entries[index].key == key, body(index) { return }
            slot = (slot &+ 1) & mask
        }
    }

    subscript(index: Int) -> Entry {
        @inline(__always) _read { yield entries[index] }
        @inline(__always) _modify { yield &entries[index] }
    }

    /// Adds an entry and gives its ordinal.
    @inline(__always)
    mutating func append(_ entry: Entry) -> Int {
        if entries.count &* 4 >= slots.count &* 3 { index(slotCount: slots.count * 2) }
        let index = entries.count
        place(entry.key, index)
        entries.append(entry)
        return index
    }

    /// Forgets entries; those that stay move up in their order.
    mutating func removeAll(where isGone: (Entry) -> Bool) {
        entries.removeAll(where: isGone)
        index(slotCount: slots.count)
    }

    private mutating func index(slotCount: Int) {
        if slots.count == slotCount {
            for slot in slots.indices { slots[slot] = -1 }
        } else {
            slots = Array(repeating: -1, count: slotCount)
        }
        mask = slotCount - 1
        for index in entries.indices { place(entries[index].key, index) }
    }

    @inline(__always)
    private mutating func place(_ key: FlowTuple, _ index: Int) {
        var slot = Int(truncatingIfNeeded: key.mixed) & mask
        while slots[slot] >= 0 { slot = (slot &+ 1) & mask }
        slots[slot] = Int32(truncatingIfNeeded: index)
    }
}

/// Addresses as numbers of 33 bits: IPv4 as itself, IPv6 by an ordinal.
struct AddressBook: ~Copyable {
    /// IPv6 addresses that are kept; records with others are only counted.
    static let limit = 1 << 19
    private static let version6: UInt64 = 1 << 32

    private var addresses: [IPAddress] = []
    private var slots: [Int32] = Array(repeating: -1, count: 1 << 8)

    /// The code of an address; `nil` for an IPv6 address when there are too many.
    @inline(__always)
    mutating func code(_ address: IPAddress) -> UInt64? {
        if let ipv4 = address.ipv4 { return UInt64(ipv4) }
        return version6Code(address)
    }

    private mutating func version6Code(_ address: IPAddress) -> UInt64? {
        var slot = AddressBook.hash(address) & (slots.count - 1)
        while slots[slot] >= 0 {
            if addresses[Int(slots[slot])] == address { return AddressBook.version6 | UInt64(slots[slot]) }
            slot = (slot + 1) & (slots.count - 1)
        }
        guard addresses.count < AddressBook.limit else { return nil }
        slots[slot] = Int32(addresses.count)
        addresses.append(address)
        if addresses.count * 4 >= slots.count * 3 { grow() }
        return AddressBook.version6 | UInt64(addresses.count - 1)
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 2)
        for (index, address) in addresses.enumerated() {
            var slot = AddressBook.hash(address) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index)
        }
    }

    private static func hash(_ address: IPAddress) -> Int {
        var hash = address.high &* 0x9E37_79B9_7F4A_7C15 ^ address.low.byteSwapped &* 0xC2B2_AE3D_27D4_EB4F
        hash = (hash ^ hash >> 29) &* 0xBF58_476D_1CE4_E5B9
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }

    /// True for the code of an IPv6 address.
    @inline(__always)
    static func isIPv6(_ code: UInt64) -> Bool { code & version6 != 0 }

    /// Marks the codes of load balancers, which logs name without an address; ordinals of addresses do not come so far.
    private static let nameless = version6 | 1 << 31

    /// The code of a load balancer by the number of its name; 0 stands for hosts that are folded.
    static func code(balancer name: Int32) -> UInt64 { nameless | UInt64(max(0, name)) }

    /// The number of a load balancer's name; `nil` for the code of an address.
    static func balancer(_ code: UInt64) -> Int32? {
        code & nameless == nameless ? Int32(truncatingIfNeeded: code & 0x7FFF_FFFF) : nil
    }

    /// The address of a code that this book gave; the host's own for a load balancer, which is the operator's.
    func address(_ code: UInt64) -> IPAddress {
        if AddressBook.balancer(code) != nil { return IPAddress(high: 0, low: 1) }
        return known(code)
    }

    private func known(_ code: UInt64) -> IPAddress {
        !AddressBook.isIPv6(code)
            ? IPAddress(ipv4: UInt32(truncatingIfNeeded: code))
            : addresses[Int(truncatingIfNeeded: code & (AddressBook.version6 - 1))]
    }
}
