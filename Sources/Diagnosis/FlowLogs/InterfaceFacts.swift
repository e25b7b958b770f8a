/// What the log shows of its network interfaces: whose address each has, and where records were lost.
struct InterfaceFacts: ~Copyable {
    /// Interfaces that are told apart.
    private static let limit = 1 << 18
    /// Windows with lost records that are kept.
    private static let gapLimit = 4096

    /// Whose address of one version an interface has.
    fileprivate struct Owner {
        /// Addresses that occur in every record so far; none left is `noAddress`.
        var first = InterfaceFacts.noAddress
        var second = InterfaceFacts.noAddress
        /// The first, and the second, sent and received: 1, 2 and 4, 8.
        var roles: UInt8 = 0
        var isSeen = false
        /// The records' direction told; both addresses are the interface's.
        var isSure = false
    }

    /// A window in which AWS lost records of an interface.
    struct Gap: Sendable {
        var interface: Int32
        var input: Int
        var start: UInt32
        var end: UInt32
    }

    fileprivate static let noAddress = UInt64.max
    /// By interface and version of the address.
    private var owners: [Owner] = []
    /// Further addresses of interfaces that have more than two, told by the records' direction.
    private var further: Set<UInt64> = []
    private static let furtherLimit = 1 << 16
    private var gaps: [Int32: [Gap]] = [:]
    /// Windows with lost records, also those that are not kept.
    private(set) var gapCount = 0

    /// Learns from the ends of a record; the direction tells which of them is the interface.
    @inline(__always)
    mutating func note(_ interface: Int32, _ source: UInt64, _ destination: UInt64, isEgress: Bool?) {
        guard interface > 0, interface < Self.limit else { return }
        let place = InterfaceFacts.place(interface, source)
        if place >= owners.count {
            owners.append(contentsOf: repeatElement(Owner(), count: place + 1 + owners.count / 2 - owners.count))
        }
        if let own = owners[place].note(source, destination, isEgress: isEgress), further.count < Self.furtherLimit {
            further.insert(own)
        }
    }

    private static func place(_ interface: Int32, _ address: UInt64) -> Int {
        Int(interface) * 2 + (AddressBook.isIPv6(address) ? 1 : 0)
    }

    /// True for an interface's own address, and false for another one; `nil` where the log does not tell.
    func owns(_ interface: Int32, _ address: UInt64, _ book: borrowing AddressBook) -> Bool? {
        let place = InterfaceFacts.place(interface, address)
        guard interface > 0, place < owners.count else { return nil }
        let own = owners[place].addresses(book)
        return own.isEmpty ? nil : own.contains(address) || further.contains(address)
    }

    /// The addresses of all interfaces.
    func addresses(_ book: borrowing AddressBook) -> Set<UInt64> {
        var addresses = further
        for owner in owners { addresses.formUnion(owner.addresses(book)) }
        return addresses
    }

    mutating func noteGap(_ gap: Gap) {
        gapCount += 1
        if gapCount <= Self.gapLimit { gaps[gap.interface, default: []].append(gap) }
    }

    /// True when records of an interface were lost in a time.
    func hasGap(at interface: Int32, _ start: UInt32, _ end: UInt32) -> Bool {
        gaps[interface]?.contains { $0.start <= end && $0.end >= start } ?? false
    }

    /// The windows in which records of an input were lost, in the order of time.
    func gaps(of input: Int) -> [Gap] {
        gaps.values.joined().filter { $0.input == input }.sorted { ($0.start, $0.interface) < ($1.start, $1.interface) }
    }
}

extension InterfaceFacts.Owner {
    /// Learns from a record; gives an address of the interface for which there is no room.
    @inline(__always)
    fileprivate mutating func note(_ source: UInt64, _ destination: UInt64, isEgress: Bool?) -> UInt64? {
        if let isEgress {
            let own = isEgress ? source : destination
            if !isSure {
                self = Self(first: own, isSeen: true, isSure: true)
            } else if first != own, second != own {
                guard second == InterfaceFacts.noAddress else { return own }
                second = own
            }
            return nil
        }
        if isSure { return nil }
        if !isSeen {
            self = Self(first: source, second: destination, isSeen: true)
        } else {
            if first != source, first != destination { first = InterfaceFacts.noAddress }
            if second != source, second != destination { second = InterfaceFacts.noAddress }
        }
        if first == source { roles |= 1 }
        if first == destination { roles |= 2 }
        if second == source { roles |= 4 }
        if second == destination { roles |= 8 }
        return nil
    }

    /// The interface's addresses: those that were told, or the one that every record has, where there is just one.
    ///
    /// An address of the internet must have sent and received: a lone scanner is in every record of its target, too. Of
    /// two ends that talk with nobody else, the private one is the interface.
    fileprivate func addresses(_ book: borrowing AddressBook) -> [UInt64] {
        let candidates = [(first, 3 as UInt8), (second, 12)].filter { $0.0 != InterfaceFacts.noAddress }
        if isSure || candidates.isEmpty { return candidates.map(\.0) }
        if candidates.count > 1, first != second {
            let inside = candidates.filter { AddressSide.isInside(book.address($0.0)) }
            return inside.count == 1 ? [inside[0].0] : []
        }
        let (address, both) = candidates[0]
        return roles & both == both || AddressSide.isInside(book.address(address)) ? [address] : []
    }
}
