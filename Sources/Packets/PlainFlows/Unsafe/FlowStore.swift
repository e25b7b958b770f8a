// Invariant: `flows` addresses `capacity` places until `deinit`; the first `count` of them hold a flow, and a subscript
// reaches no others. A plain flow owns nothing, so that nothing has to be destroyed.

/// Plain flows in one piece of memory that neither grows nor moves; places that were never used cost nothing.
@safe
struct FlowStore: ~Copyable {
    private let flows: UnsafeMutablePointer<PlainFlow>
    private let capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        unsafe flows = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { unsafe flows.deallocate() }

    /// The flow in a place; writing one behind the last adds it.
    subscript(place: Int) -> PlainFlow {
        @inline(__always)
        unsafeAddress {
            precondition(place >= 0 && place < count)
            return unsafe UnsafePointer(flows + place)
        }
        @inline(__always)
        unsafeMutableAddress {
            precondition(place >= 0 && place < count)
            return unsafe flows + place
        }
    }

    /// Puts a flow in a place that has one, or behind the last; false where there is no such place.
    mutating func put(_ flow: PlainFlow, at place: Int) -> Bool {
        guard place >= 0, place <= count, place < capacity else { return false }
        unsafe (flows + place).initialize(to: flow)
        if place == count { count += 1 }
        return true
    }
}
