// Invariant: `histories` addresses room for `limit` histories until `deinit`, of which the first `count` are initialized;
// an ordinal is checked against `count` before it is used. A history is a plain value, so that nothing is to be deinitialized.

/// The histories of many conversations, by ordinals from 1 on.
///
/// The room is taken at once, and costs memory where it is used: it is never copied to a larger one.
@safe
struct SYNHistories: ~Copyable {
    private let histories: UnsafeMutablePointer<SYNHistory>
    private(set) var count = 0

    /// Histories at most: 67 MB, one less than what stands for none.
    private static let limit = ConversationMarks.ownLimit - 1

    init() { unsafe histories = LargePages.allocate(SYNHistory.self, count: Self.limit) }

    deinit { unsafe histories.deallocate() }

    /// Adds a history; its ordinal, or `nil` where there are too many.
    mutating func append(_ history: SYNHistory) -> Int? {
        guard count < Self.limit else { return nil }
        unsafe (histories + count).initialize(to: history)
        count &+= 1
        return count
    }

    /// Lets the history with an ordinal take the next SYN.
    @inline(__always)
    mutating func receive(
        _ syn: SYNSegment,
        _ ordinal: Int,
        lowerSent: Bool,
        upperSent: Bool,
        _ profile: WiresharkProfile
    ) -> SYNHistory.Verdict {
        precondition(ordinal >= 1 && ordinal <= count)
        return unsafe histories[ordinal &- 1].receive(syn, lowerSent: lowerSent, upperSent: upperSent, profile)
    }
}
