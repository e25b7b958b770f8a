/// What the log shows of its network interfaces: whose address each has, and where records were lost.
struct InterfaceFacts: ~Copyable {
    /// Interfaces that are told apart.
    private static let limit = 1 << 18
    /// Windows with lost records that are kept.
    private static let gapLimit = 4096

    private struct Owner {
        /// Addresses that occur in every record so far; none left is `noAddress`.
        var first: UInt64
        var second: UInt64
        /// The first, and the second, sent and received: 1, 2 and 4, 8.
        var roles: UInt8 = 0
        var isSure = false
    }

    /// A window in which AWS lost records of an interface.
    struct Gap: Sendable {
        var interface: Int32
        var input: Int
        var start: UInt32
        var end: UInt32
    }

    private static let noAddress = UInt64.max
    private static let unseen = Owner(first: noAddress, second: noAddress, isSure: false)
    private var owners: [Owner] = []
    private var gaps: [Int32: [Gap]] = [:]
    /// Windows with lost records, also those that are not kept.
    private(set) var gapCount = 0

    /// Learns from the ends of a record; the direction tells which of them is the interface.
    @inline(__always)
    mutating func note(_ interface: Int32, _ source: UInt64, _ destination: UInt64, isEgress: Bool?) {
        guard interface > 0, interface < Self.limit else { return }
        let place = Int(interface)
        if place >= owners.count { grow(to: place) }
        if owners[place].isSure { return }
        if let isEgress {
            owners[place] = Owner(first: isEgress ? source : destination, second: Self.noAddress, isSure: true)
        } else if owners[place].first == Self.noAddress, owners[place].second == Self.noAddress {
            owners[place] = Owner(first: source, second: destination)
        } else {
            if owners[place].first != source, owners[place].first != destination {
                owners[place].first = Self.noAddress
            }
            if owners[place].second != source, owners[place].second != destination {
                owners[place].second = Self.noAddress
            }
        }
        if owners[place].first == source { owners[place].roles |= 1 }
        if owners[place].first == destination { owners[place].roles |= 2 }
        if owners[place].second == source { owners[place].roles |= 4 }
        if owners[place].second == destination { owners[place].roles |= 8 }
    }

    private mutating func grow(to place: Int) {
        owners.append(contentsOf: repeatElement(Self.unseen, count: place + 1 + owners.count / 2 - owners.count))
    }

    /// The address that every record of an interface has, where there is just one.
    ///
    /// An address of the internet must have sent and received: a lone scanner is in every record of its target, too.
    func address(of interface: Int32, _ book: borrowing AddressBook) -> UInt64? {
        guard interface > 0, Int(interface) < owners.count else { return nil }
        let owner = owners[Int(interface)]
        if owner.isSure { return owner.first }
        let isFirst = owner.first != Self.noAddress
        guard isFirst != (owner.second != Self.noAddress) || owner.first == owner.second else { return nil }
        let address = isFirst ? owner.first : owner.second
        guard address != Self.noAddress else { return nil }
        let both: UInt8 = isFirst ? 3 : 12
        return owner.roles & both == both || AddressSide.isInside(book.address(address)) ? address : nil
    }

    /// The addresses of all interfaces.
    func addresses(_ book: borrowing AddressBook) -> Set<UInt64> {
        var addresses: Set<UInt64> = []
        for place in owners.indices {
            if let address = address(of: Int32(place), book) { addresses.insert(address) }
        }
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
