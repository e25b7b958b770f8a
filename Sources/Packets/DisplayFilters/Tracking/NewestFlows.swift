import RoadblockCore

/// Values by flow of which the newest are kept: a new flow takes the slot of the oldest one.
struct NewestFlows<Value>: ~Copyable {
    private let limit: Int
    private var index = FlowIndex()
    private var entries: [(key: FlowKey, value: Value)] = []
    /// Flows that were ever added.
    private(set) var count = 0

    init(limit: Int) { self.limit = limit }

    /// Where a flow's value lies; `nil` for a flow that is not kept.
    func slot(of key: FlowKey) -> Int? { index.value(key) }

    subscript(slot: Int) -> Value {
        get { entries[slot].value }
        set { entries[slot].value = newValue }
    }

    /// Adds a flow that is not kept.
    ///
    /// - Returns: its slot.
    mutating func add(_ key: FlowKey, _ value: Value) -> Int {
        let slot = count % limit
        count += 1
        if slot == entries.count {
            entries.append((key, value))
        } else {
            // The slot's flow may have been removed, and be in another one by now.
            if index.value(entries[slot].key) == slot { index.remove(entries[slot].key) }
            entries[slot] = (key, value)
        }
        index.set(key, slot)
        return slot
    }

    mutating func remove(_ key: FlowKey) { index.remove(key) }
}
