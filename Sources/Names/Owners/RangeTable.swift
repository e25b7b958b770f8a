/// What one file says of one range of addresses.
struct Claim: Hashable, Sendable {
    /// An index into the names; negative where nobody owns the addresses.
    var name: Int32
    /// The file's place in the order in which the files were given.
    var file: UInt16
    /// How many addresses the range has: see ``Extent``.
    var extent: Extent

    static let nobody = Claim(name: -1, file: 0, extent: Extent(bits: 0))
}

/// How many addresses a range has, as exactly as a comparison with a block of a power of two needs it.
struct Extent: Hashable, Comparable, Sendable {
    /// Twice the binary logarithm of the number, rounded down, and one more where the number is no power of two.
    private let value: UInt16

    private init(value: UInt16) { self.value = value }

    /// The extent of a block whose last so many bits are free.
    init(bits: Int) { self.init(value: UInt16(truncatingIfNeeded: 2 * bits)) }

    /// The extent of the range from one key to another.
    init<Key: FixedWidthInteger & UnsignedInteger>(from first: Key, to last: Key) {
        let (count, overflow) = (last - first).addingReportingOverflow(1)
        guard !overflow else {
            self.init(bits: Key.bitWidth)
            return
        }
        let isPower = count.nonzeroBitCount == 1
        self.init(value: UInt16(2 * (Key.bitWidth - 1 - count.leadingZeroBitCount) + (isPower ? 0 : 1)))
    }

    static func < (a: Extent, b: Extent) -> Bool { a.value < b.value }
}

/// Ranges of addresses of one family, flattened so that one binary search finds the narrowest around an address.
///
/// Of ranges with the same extent the first that was given wins.
struct RangeTable<Key: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    /// A range as it was read.
    struct Entry {
        var first: Key
        var last: Key
        var name: Int32
        var file: UInt16
    }

    /// Where each piece starts; it ends before the next one.
    private var starts: [Key] = []
    private var claims: [Claim] = []

    /// Flattens ranges, which may lie in each other and overlap, and stand in the order in which they were given.
    init(_ entries: [Entry]) {
        let isSorted = zip(entries, entries.dropFirst()).allSatisfy { $0.first <= $1.first }
        var order = entries.indices.map(UInt32.init)
        if !isSorted { order.sort { (entries[Int($0)].first, $0) < (entries[Int($1)].first, $1) } }
        starts.reserveCapacity(entries.count + entries.count / 4)
        claims.reserveCapacity(entries.count + entries.count / 4)
        var open = NarrowestFirst<Key>()
        var position: Key = 0
        for index in order {
            let entry = entries[Int(index)]
            flatten(&open, from: &position, to: entry.first)
            position = entry.first
            let claim = Claim(name: entry.name, file: entry.file, extent: Extent(from: entry.first, to: entry.last))
            open.insert(.init(width: entry.last - entry.first, order: index, last: entry.last, claim: claim))
        }
        flatten(&open, from: &position, to: nil)
    }

    /// Writes the pieces from a position up to another one, or up to the end of all open ranges.
    private mutating func flatten(_ open: inout NarrowestFirst<Key>, from position: inout Key, to limit: Key?) {
        while let narrowest = open.first, limit.map({ position < $0 }) ?? true {
            guard narrowest.last >= position else {
                open.removeFirst()
                continue
            }
            append(position, narrowest.claim)
            guard narrowest.last < limit ?? Key.max else {
                if limit == nil { return }
                position = limit ?? position
                return
            }
            position = narrowest.last + 1
            open.removeFirst()
        }
        // A gap before the next range, or behind the last one.
        if open.first == nil, limit.map({ position < $0 }) ?? true { append(position, .nobody) }
    }

    private mutating func append(_ start: Key, _ claim: Claim) {
        guard claims.last != claim else { return }
        starts.append(start)
        claims.append(claim)
    }

    /// What is claimed of the narrowest range around an address; `nil` where there is none.
    func find(_ key: Key) -> Claim? {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low &+ high) >> 1
            if starts[middle] <= key { low = middle &+ 1 } else { high = middle }
        }
        guard low > 0, claims[low &- 1].name >= 0 else { return nil }
        return claims[low &- 1]
    }
}

/// The ranges that are open at a place, the narrowest in front: a binary heap.
private struct NarrowestFirst<Key: FixedWidthInteger> {
    struct Item {
        var width: Key
        var order: UInt32
        var last: Key
        var claim: Claim

        static func < (a: Item, b: Item) -> Bool { (a.width, a.order) < (b.width, b.order) }
    }

    private var items: [Item] = []

    var first: Item? { items.first }

    mutating func insert(_ item: Item) {
        var index = items.count
        items.append(item)
        while index > 0, item < items[(index - 1) / 2] {
            items[index] = items[(index - 1) / 2]
            index = (index - 1) / 2
        }
        items[index] = item
    }

    mutating func removeFirst() {
        guard let item = items.popLast(), !items.isEmpty else { return }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            guard items[child] < item else { break }
            items[index] = items[child]
            index = child
        }
        items[index] = item
    }
}
