// Invariant: `segments` addresses `capacity` places until `deinit`; the first `count` of them hold a segment, and a subscript
// reaches no others. A segment owns nothing, so that nothing has to be destroyed.

/// Segments in one piece of memory that neither grows nor moves; places that were never used cost nothing.
@safe
struct SegmentStore: ~Copyable {
    private let segments: UnsafeMutablePointer<SegmentPool.Segment>
    private let capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        unsafe segments = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { unsafe segments.deallocate() }

    subscript(place: Int) -> SegmentPool.Segment {
        @inline(__always)
        unsafeAddress {
            precondition(place >= 0 && place < count)
            return unsafe UnsafePointer(segments + place)
        }
        @inline(__always)
        unsafeMutableAddress {
            precondition(place >= 0 && place < count)
            return unsafe segments + place
        }
    }

    /// Adds a segment behind the last one; the owner has looked that there is room.
    @inline(__always)
    mutating func append(_ segment: SegmentPool.Segment) {
        precondition(count < capacity)
        unsafe (segments + count).initialize(to: segment)
        count &+= 1
    }
}
