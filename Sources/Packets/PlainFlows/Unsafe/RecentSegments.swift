// Invariant: `entries` addresses `capacity` entries from `init` until `deinit`, all of them initialized; an ordinal's place
// is below `capacity`, a power of two.

import RoadblockCore

/// The newest segments of plain flows, which a later packet may be a copy of.
@safe
struct RecentSegments: ~Copyable {
    /// A segment without its ends.
    struct Entry: Sendable {
        var time = Instant(nanoseconds: .min)
        var numbers = SegmentNumbers()
        /// Ordinal of the segment before it in its flow; 0 for none.
        var older: UInt32 = 0
        var identification: UInt16 = 0
        var timeToLive: UInt8 = 0
        var fromLower = false
    }

    private static let capacity = 1 << 14
    private let entries: UnsafeMutablePointer<Entry>
    /// Ordinal of the newest segment; the first one has 1, and the one after the last possible begins anew.
    private var newest: UInt32 = 0

    init() {
        unsafe entries = .allocate(capacity: Self.capacity)
        unsafe entries.initialize(repeating: Entry(), count: Self.capacity)
    }

    deinit { unsafe entries.deallocate() }

    /// Takes a segment; returns its ordinal.
    @inline(__always)
    mutating func add(_ entry: Entry) -> UInt32 {
        newest &+= 1
        if newest == 0 { newest = 1 }
        unsafe entries[Int(newest) & (Self.capacity &- 1)] = entry
        return newest
    }

    /// The segment with an ordinal; `nil` once it has made room for a newer one.
    func entry(_ ordinal: UInt32) -> Entry? {
        guard ordinal > 0, newest &- ordinal < UInt32(Self.capacity) else { return nil }
        return unsafe entries[Int(ordinal) & (Self.capacity &- 1)]
    }
}
