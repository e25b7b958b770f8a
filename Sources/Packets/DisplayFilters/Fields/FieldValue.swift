package import RoadblockCore

/// One value of a field in one packet.
package enum FieldValue: Hashable, Sendable {
    /// Integers, booleans, frame numbers, IPv4 and Ethernet addresses, nanoseconds; also the mark of a label, as 1.
    case word(Int64)
    case wide(IPAddress)
    case real(Double)
    /// Bytes of the frame.
    case range(Int, Int)
    /// Bytes or UTF-8 text of its own.
    case bytes([UInt8])
}

/// The numbers of a field in one packet; a buffer that is used again for every packet.
struct WordList: ~Copyable {
    static let limit = 1 << 16
    private var storage = [Int64](repeating: 0, count: 160)
    private(set) var count = 0
    /// A list of values that is used again from packet to packet.
    private var spare: [FieldValue] = []
    /// The parts that the words are read from.
    var parts = PartList()

    @inline(__always)
    mutating func clear() { count = 0 }

    /// An empty list of values with room; to be given back.
    mutating func takeSpare() -> [FieldValue] {
        var list: [FieldValue] = []
        swap(&list, &spare)
        list.removeAll(keepingCapacity: true)
        return list
    }

    mutating func giveBack(_ list: consuming [FieldValue]) { spare = list }

    /// Adds a value; those beyond the limit, which is that of a packet's items, are dropped.
    @inline(__always)
    mutating func append(_ value: Int64) {
        if count == storage.count {
            guard count < WordList.limit else { return }
            storage.append(contentsOf: repeatElement(0, count: count))
        }
        storage[count] = value
        count &+= 1
    }

    @inline(__always)
    subscript(_ index: Int) -> Int64 { storage[index] }
}

/// Which layers of a field's protocol count: `#2`, `#[1-3]`.
struct LayerSelection: Hashable, Sendable {
    var ranges: [IndexRange]

    /// True when the layer of an ordinal, from 1, is chosen out of some.
    func contains(_ ordinal: Int, of total: Int) -> Bool {
        ranges.contains { range in
            switch range {
            case .from(let start, let count):
                let first = start < 0 ? total + start + 1 : start
                return ordinal >= first && (count.map { ordinal < first + $0 } ?? true)
            case .through(let start, let end):
                let first = start < 0 ? total + start + 1 : start
                let last = end < 0 ? total + end + 1 : end
                return (first...max(first, last)).contains(ordinal)
            }
        }
    }
}
