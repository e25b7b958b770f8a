import RoadblockCore

/// The plain flows of a capture, as many as the analysis remembers streams.
struct PlainFlows: ~Copyable {
    private var index = FlowIndex()
    private var store: FlowStore
    /// Flows that were begun: the next one takes the place of the one that was begun `capacity` before it.
    private var begun = 0
    private let capacity: Int
    /// Flows whose row, and whose conversation, is kept.
    private(set) var rowCount = 0
    private(set) var conversationCount = 0

    init(capacity: Int) {
        store = FlowStore(capacity: max(1, capacity))
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

    /// The place that the next flow takes.
    var nextPlace: Int { begun % capacity }

    /// The place whose flow has to go before the next one is begun; -1 for none.
    var leavingPlace: Int { nextPlace < store.count && store[nextPlace].marks.contains(.isKnown) ? nextPlace : -1 }

    /// Adds a flow in the next place, which is free.
    mutating func begin(_ flow: PlainFlow) {
        let place = nextPlace
        guard store.put(flow, at: place) else { return }
        index.set(flow.key, place)
        begun &+= 1
        rowCount &+= 1
        conversationCount &+= 1
    }

    /// Forgets that a flow's conversation has not ended.
    mutating func endConversation(_ place: Int) {
        guard store[place].marks.contains(.hasConversation) else { return }
        store[place].marks.remove(.hasConversation)
        conversationCount &-= 1
    }

    /// Forgets a flow's row.
    mutating func endRow(_ place: Int) {
        guard store[place].marks.contains(.hasRow) else { return }
        store[place].marks.remove(.hasRow)
        rowCount &-= 1
    }

    /// Forgets a flow.
    mutating func remove(_ place: Int) {
        endConversation(place)
        endRow(place)
        store[place].marks.remove(.isKnown)
        index.remove(store[place].key)
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
