import RoadblockCore

/// The plain flows of a capture, as many as the analysis remembers streams.
struct PlainFlows: ~Copyable {
    private var index = FlowIndex()
    private var store: FixedStore<PlainFlow>
    /// Places whose flow is gone.
    private var free: [Int32] = []
    private var backed: [Int32] = []
    /// Where a place was looked for last.
    private var hand = 0
    private let capacity: Int
    /// Flows whose row, and whose conversation, is kept.
    private(set) var rowCount = 0
    private(set) var conversationCount = 0

    init(capacity: Int) {
        store = FixedStore(capacity: max(1, capacity))
        self.capacity = max(1, capacity)
    }

    /// Places that have been used.
    var places: Range<Int> { 0..<store.count }

    subscript(place: Int) -> PlainFlow {
        @inline(__always)
        _read { yield store[place] }
        @inline(__always)
        _modify { yield &store[place] }
    }

    /// The place of a flow; -1 when it is not a plain one.
    @inline(__always)
    func place(_ key: FlowKey, hash: UInt64) -> Int { index.value(hash: hash) { store[$0].key == key } ?? -1 }

    /// A place for another flow, which may hold one whose row was given out; `nil` where all are needed.
    mutating func takePlace() -> Int? {
        if let place = free.popLast() { return Int(place) }
        if store.count < capacity { return store.count }
        for _ in 0..<8 {
            hand = hand &+ 1 == capacity ? 0 : hand &+ 1
            if !store[hand].marks.contains(.hasRow) { return hand }
        }
        return nil
    }

    /// Takes back a place that was taken for a flow that did not come.
    mutating func giveBack(_ place: Int) { if place < store.count { free.append(Int32(truncatingIfNeeded: place)) } }

    /// Puts a flow in a place that was taken for it.
    mutating func begin(_ flow: PlainFlow, at place: Int) {
        if place < store.count { store[place] = flow } else { store.append(flow) }
        index.set(flow.key, place)
        if flow.marks.contains(.isBacked) {
            backed.append(Int32(truncatingIfNeeded: place))
        } else {
            rowCount &+= 1
            conversationCount &+= 1
        }
    }

    /// Places of backed flows, and some that were; they are forgotten with this.
    mutating func takeBacked() -> [Int32] {
        defer { backed.removeAll(keepingCapacity: true) }
        return backed
    }

    /// True when too many places are remembered as those of backed flows.
    var hasManyBacked: Bool { backed.count > 4096 }

    /// Forgets that a flow's conversation has not ended.
    mutating func endConversation(_ place: Int) {
        guard store[place].marks.contains(.hasConversation) else { return }
        store[place].marks.remove(.hasConversation)
        if !store[place].marks.contains(.isBacked) { conversationCount &-= 1 }
    }

    /// Forgets a flow's row.
    mutating func endRow(_ place: Int) {
        guard store[place].marks.contains(.hasRow) else { return }
        store[place].marks.remove(.hasRow)
        if !store[place].marks.contains(.isBacked) { rowCount &-= 1 }
    }

    /// Forgets a flow; the place is free.
    mutating func remove(_ place: Int) {
        endConversation(place)
        endRow(place)
        store[place].marks = []
        index.remove(store[place].key)
        free.append(Int32(truncatingIfNeeded: place))
    }

    /// The row that a plain flow's conversation belongs to, before the flow has one in a list.
    static func reference(_ place: Int, _ flow: PlainFlow) -> RowReference {
        RowReference(slot: Int32(truncatingIfNeeded: -2 &- place), generation: flow.stream)
    }
}

extension RowReference {
    /// The place of the plain flow that stands for a row; `nil` for a row of a list.
    package var plainPlace: Int? { slot <= -2 ? -2 &- Int(slot) : nil }
}
