import Columns
import RoadblockCore

/// Groups by their keys: open addressing over rows of cells.
///
/// Cells are kept ones, so that equal bits are equal values.
final class GroupTable {
    let keyCount: Int
    /// The keys of all groups, one group after the other.
    private(set) var keys: [UInt64] = []
    private(set) var count = 0
    /// Group plus one by hash; 0 is free.
    private var slots: [UInt32]
    private var mask: Int

    /// More groups are refused, so that memory stays bounded.
    static let limit = 1 << 24

    init(keyCount: Int) {
        self.keyCount = keyCount
        slots = Array(repeating: 0, count: 1024)
        mask = 1023
    }

    @inline(__always)
    private static func mix(_ state: UInt64, _ bits: UInt64) -> UInt64 {
        let product = (state ^ bits) &* 0x9E37_79B9_7F4A_7C15
        return product ^ product >> 32
    }

    /// The group of one key.
    @inline(__always)
    func group(_ key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: GroupTable.mix(0, key)) & mask
        while true {
            let found = Int(slots[slot])
            if found == 0 { break }
            if keys[found &- 1] == key { return found &- 1 }
            slot = (slot &+ 1) & mask
        }
        keys.append(key)
        return insert(slot)
    }

    /// The group of two keys.
    @inline(__always)
    func group(_ first: UInt64, _ second: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: GroupTable.mix(GroupTable.mix(0, first), second)) & mask
        while true {
            let found = Int(slots[slot])
            if found == 0 { break }
            let at = (found &- 1) &* 2
            if keys[at] == first && keys[at &+ 1] == second { return found &- 1 }
            slot = (slot &+ 1) & mask
        }
        keys.append(first)
        keys.append(second)
        return insert(slot)
    }

    /// The group of any number of keys.
    func group(_ tuple: [UInt64]) -> Int {
        var state: UInt64 = 0
        for key in tuple { state = GroupTable.mix(state, key) }
        var slot = Int(truncatingIfNeeded: state) & mask
        while true {
            let found = Int(slots[slot])
            if found == 0 { break }
            let at = (found &- 1) &* keyCount
            var same = true
            for index in 0..<keyCount where keys[at &+ index] != tuple[index] { same = false }
            if same { return found &- 1 }
            slot = (slot &+ 1) & mask
        }
        keys.append(contentsOf: tuple)
        return insert(slot)
    }

    private func insert(_ slot: Int) -> Int {
        count &+= 1
        slots[slot] = UInt32(truncatingIfNeeded: count)
        if count &* 2 > mask { grow() }
        return count &- 1
    }

    private func grow() {
        let size = slots.count * 2
        slots = Array(repeating: 0, count: size)
        mask = size - 1
        for group in 0..<count {
            var state: UInt64 = 0
            for index in 0..<keyCount { state = GroupTable.mix(state, keys[group * keyCount + index]) }
            var slot = Int(truncatingIfNeeded: state) & mask
            while slots[slot] != 0 { slot = (slot &+ 1) & mask }
            slots[slot] = UInt32(truncatingIfNeeded: group + 1)
        }
    }

    /// A key of a group.
    @inline(__always)
    func key(_ index: Int, of group: Int) -> Cell { Cell(bits: keys[group &* keyCount &+ index]) }
}

/// The rows of one worker, folded into groups.
final class Aggregation {
    let frame: Frame
    let table: GroupTable
    let aggregates: [Aggregate]
    private let keys: [Node]
    private var groups: [Int32] = []
    private var tuple: [UInt64]

    init(_ frame: Frame, keys: [Node], aggregates: [Aggregate]) {
        self.frame = frame
        self.keys = keys
        self.aggregates = aggregates
        table = GroupTable(keyCount: keys.count)
        tuple = Array(repeating: 0, count: keys.count)
    }

    /// Adds the selected rows of the current batch.
    ///
    /// - Throws: `Failure` where there are more groups than are kept.
    func add(_ rows: RowSelection, firstOrdinal: UInt64) throws(Failure) {
        guard rows.count > 0 else { return }
        let columns = keys.map { $0.evaluate(frame, rows) }
        if groups.count < rows.count { groups = Array(repeating: 0, count: rows.count * 2) }
        let pool = frame.pool
        switch columns.count {
        case 0:
            if table.count == 0 { _ = table.group([]) }
            for index in 0..<rows.count { groups[index] = 0 }
        case 1:
            let first = columns[0]
            for index in 0..<rows.count {
                groups[index] = Int32(truncatingIfNeeded: table.group(pool.keep(first[rows[index]]).bits))
            }
        case 2:
            let first = columns[0]
            let second = columns[1]
            for index in 0..<rows.count {
                let row = rows[index]
                groups[index] = Int32(
                    truncatingIfNeeded: table.group(pool.keep(first[row]).bits, pool.keep(second[row]).bits)
                )
            }
        default:
            for index in 0..<rows.count {
                let row = rows[index]
                for key in 0..<columns.count { tuple[key] = pool.keep(columns[key][row]).bits }
                groups[index] = Int32(truncatingIfNeeded: table.group(tuple))
            }
        }
        try checkSize()
        for aggregate in aggregates {
            aggregate.grow(to: table.count)
            aggregate.add(frame, rows, groups, firstOrdinal)
        }
    }

    private func checkSize() throws(Failure) {
        guard table.count <= GroupTable.limit, aggregates.allSatisfy({ $0.held <= Aggregate.heldLimit }) else {
            throw Failure(
                .usage,
                "the query makes more groups or values than are kept at once (\(GroupTable.limit))",
                code: "too-many-groups",
                suggestion: "group by fewer fields, or filter first"
            )
        }
    }

    /// Takes over the groups of another worker.
    ///
    /// - Throws: `Failure` where there are more groups than are kept.
    func merge(_ other: Aggregation) throws(Failure) {
        var map = Array(repeating: Int32(0), count: other.table.count)
        for group in 0..<other.table.count {
            for key in 0..<keys.count {
                tuple[key] = frame.pool.take(other.table.key(key, of: group), from: other.frame.pool).bits
            }
            map[group] = Int32(truncatingIfNeeded: table.group(tuple))
        }
        for (mine, theirs) in zip(aggregates, other.aggregates) {
            mine.grow(to: table.count)
            mine.merge(theirs, map, frame, other.frame)
        }
        try checkSize()
    }
}
