import RoadblockCore

/// A list of segments in a `SegmentPool`.
struct SegmentList: Sendable {
    var newest: Int32 = -1
    var oldest: Int32 = -1
    var count: Int32 = 0
    /// True when each segment begins at or behind the end of the one before it, as most do.
    var isOrdered = true

    static let limit: Int32 = 10_000
}

/// Segments that took sequence numbers and are not yet acknowledged, of all streams together.
struct SegmentPool: ~Copyable {
    /// A segment, and its neighbours in the list.
    struct Segment: Sendable {
        var sequence: UInt32
        var end: UInt32
        var time: Instant
        var frame: Int
        var older: Int32
        var newer: Int32
    }

    private var segments = FixedStore<Segment>(capacity: Self.limit)
    /// The first place that is free; `older` leads to the next one.
    private var free: Int32 = -1

    /// Segments of all streams together.
    static let limit = 1 << 21

    /// Forgets the segments of a list.
    mutating func drop(_ list: SegmentList) {
        guard list.newest >= 0 else { return }
        segments[Int(list.oldest)].older = free
        free = list.newest
    }

    /// Puts a segment behind the newest; a full list, or a full pool, stays as it is.
    @inline(__always)
    mutating func add(_ sequence: UInt32, _ end: UInt32, _ time: Instant, _ frame: Int, to list: inout SegmentList) {
        guard list.count < SegmentList.limit else { return }
        let segment = Segment(sequence: sequence, end: end, time: time, frame: frame, older: list.newest, newer: -1)
        let slot: Int32
        if free >= 0 {
            slot = free
            free = segments[Int(slot)].older
            segments[Int(slot)] = segment
        } else {
            guard segments.count < Self.limit else { return }
            slot = Int32(truncatingIfNeeded: segments.count)
            segments.append(segment)
        }
        if list.newest >= 0 {
            let before = Int(list.newest)
            segments[before].newer = slot
            if Int32(bitPattern: sequence &- segments[before].end) < 0 { list.isOrdered = false }
        } else {
            list.oldest = slot
            list.isOrdered = true
        }
        list.newest = slot
        list.count &+= 1
    }

    /// What an acknowledgment ended.
    struct Acknowledged {
        /// Frame and time of the oldest copy of the segment whose end is the number; frame 0 is none.
        var frame = 0
        var time = Instant(nanoseconds: 0)
        /// True where the number lies inside of that segment.
        var isPartial = false
    }

    /// Takes an acknowledgment: removes what it covers, shortens what it cuts.
    ///
    /// With `reportsPartial`, a segment that the number lies in is named as well (Wireshark 4.4).
    @inline(__always)
    mutating func acknowledge(_ number: UInt32, reportsPartial: Bool, in list: inout SegmentList) -> Acknowledged {
        var result = Acknowledged()
        var slot = list.oldest
        while slot >= 0 {
            let index = Int(slot)
            let toEnd = Int32(bitPattern: segments[index].end &- number)
            if toEnd > 0 {
                segments[index].older = -1
                // What comes behind is not covered either, as long as it is in order and less than half the numbers ahead.
                if list.isOrdered, Int32(bitPattern: segments[Int(list.newest)].end &- number) > 0 {
                    cut(index, at: number, reportsPartial: reportsPartial, &result)
                    return result
                }
                return acknowledgeAll(number, reportsPartial: reportsPartial, in: &list, result)
            }
            if toEnd == 0, result.frame == 0 {
                result.frame = segments[index].frame
                result.time = segments[index].time
            }
            slot = segments[index].newer
            segments[index].older = free
            free = Int32(truncatingIfNeeded: index)
            list.oldest = slot
            list.count &-= 1
        }
        list.newest = -1
        return result
    }

    /// Shortens a segment that a number lies in.
    @inline(__always)
    private mutating func cut(_ index: Int, at number: UInt32, reportsPartial: Bool, _ result: inout Acknowledged) {
        guard Int32(bitPattern: segments[index].sequence &- number) < 0 else { return }
        if reportsPartial, result.frame == 0 {
            result.frame = segments[index].frame
            result.time = segments[index].time
            result.isPartial = true
        }
        segments[index].sequence = number
    }

    /// Looks at each segment of a list whose order does not tell which are covered.
    private mutating func acknowledgeAll(
        _ number: UInt32,
        reportsPartial: Bool,
        in list: inout SegmentList,
        _ first: Acknowledged
    ) -> Acknowledged {
        var result = first
        var slot = list.oldest
        while slot >= 0 {
            let index = Int(slot)
            let (older, newer) = (segments[index].older, segments[index].newer)
            let toEnd = Int32(bitPattern: segments[index].end &- number)
            if toEnd > 0 {
                cut(index, at: number, reportsPartial: reportsPartial, &result)
            } else {
                if toEnd == 0, result.frame == 0 {
                    result.frame = segments[index].frame
                    result.time = segments[index].time
                }
                if older >= 0 { segments[Int(older)].newer = newer } else { list.oldest = newer }
                if newer >= 0 { segments[Int(newer)].older = older } else { list.newest = older }
                segments[index].older = free
                free = slot
                list.count &-= 1
            }
            slot = newer
        }
        return result
    }

    /// Bytes from the smallest sequence number to the largest end in a list; 0 for an empty one.
    func flight(_ list: SegmentList, base: UInt32) -> UInt32 {
        guard list.newest >= 0 else { return 0 }
        if list.isOrdered {
            let start = segments[Int(list.oldest)].sequence &- base
            let end = segments[Int(list.newest)].end &- base
            if start < end { return end &- start }
        }
        var (first, last): (UInt32, UInt32) = (.max, 0)
        var slot = list.newest
        while slot >= 0 {
            let segment = segments[Int(slot)]
            first = min(first, segment.sequence &- base)
            last = max(last, segment.end &- base)
            slot = segment.older
        }
        return last > first ? last &- first : 0
    }

    /// The oldest segment that does not start before a number (or the oldest of all); `nil` for none.
    func oldest(_ list: SegmentList, notBefore number: UInt32?) -> Segment? {
        var slot = list.oldest
        while slot >= 0 {
            let segment = segments[Int(slot)]
            if number.map({ Int32(bitPattern: segment.sequence &- $0) >= 0 }) ?? true { return segment }
            slot = segment.newer
        }
        return nil
    }

    /// True when one segment holds all of a range of sequence numbers.
    func covers(_ list: SegmentList, _ start: UInt32, _ end: UInt32) -> Bool {
        var slot = list.newest
        while slot >= 0 {
            let segment = segments[Int(slot)]
            if Int32(bitPattern: segment.sequence &- start) <= 0, Int32(bitPattern: segment.end &- end) >= 0 {
                return true
            }
            slot = segment.older
        }
        return false
    }

    /// Whether a segment ends at or holds a number, and how far segments that follow one another reach from there.
    func reach(_ list: SegmentList, from number: UInt32) -> (isCovered: Bool, end: UInt32) {
        var isCovered = false
        var end = number
        var slot = list.newest
        while slot >= 0 {
            let segment = segments[Int(slot)]
            if Int32(bitPattern: segment.sequence &- number) < 0, Int32(bitPattern: segment.end &- number) >= 0 {
                isCovered = true
            }
            if segment.sequence == end { end = segment.end }
            slot = segment.older
        }
        return (isCovered, end)
    }
}
