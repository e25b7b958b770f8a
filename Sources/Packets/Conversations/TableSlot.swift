/// What a slot of a table of TCP conversations holds.
struct TableSlot: Sendable {
    /// A place of a conversation from 0 on, -1 for nothing, or -2 less the place of a plain flow.
    private let value: Int32

    static let empty = TableSlot(value: -1)

    private init(value: Int32) { self.value = value }

    init(place: Int) { value = Int32(truncatingIfNeeded: place) }

    init(plainPlace: Int) { value = Int32(truncatingIfNeeded: -2 &- plainPlace) }

    @inline(__always)
    var isEmpty: Bool { value == -1 }

    /// The place of a conversation.
    @inline(__always)
    var place: Int? { value >= 0 ? Int(value) : nil }

    /// The place of a plain flow.
    @inline(__always)
    var plainPlace: Int? { value <= -2 ? -2 &- Int(value) : nil }
}
