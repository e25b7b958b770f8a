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

    /// The group of any number of keys, where it is there.
    func find(_ tuple: [UInt64]) -> Int? {
        var state: UInt64 = 0
        for key in tuple { state = GroupTable.mix(state, key) }
        var slot = Int(truncatingIfNeeded: state) & mask
        while true {
            let found = Int(slots[slot])
            if found == 0 { return nil }
            let at = (found &- 1) &* keyCount
            var same = true
            for index in 0..<keyCount where keys[at &+ index] != tuple[index] { same = false }
            if same { return found &- 1 }
            slot = (slot &+ 1) & mask
        }
    }

    /// Bytes that the table takes.
    var byteCount: Int { count * (keyCount * 8 + 16) }

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
