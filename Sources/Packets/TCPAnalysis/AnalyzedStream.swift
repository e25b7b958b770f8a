import RoadblockCore

/// What the analysis remembers of one TCP conversation.
struct AnalyzedStream: Sendable {
    var key: FlowKey
    var state: StreamState
    var lower = StreamDirection()
    var upper = StreamDirection()

    /// Takes one segment; both directions are worked on in place.
    @inline(__always)
    mutating func receive(_ step: inout AnalysisStep, fromLower: Bool, _ pool: inout SegmentPool) {
        if fromLower {
            step.run(&state, &lower, &upper, &pool)
        } else {
            step.run(&state, &upper, &lower, &pool)
        }
    }
}

/// What both directions of a conversation share.
struct StreamState: Sendable {
    var number: Int
    var firstTime: Instant
    var previousTime: Instant
    /// Time of the newest SYN without ACK.
    var newestSYN: Instant?
    var initialRTT: Int64?
    var completeness: UInt8 = 0
    /// What a second pass adds to it.
    var lateCompleteness: UInt8 = 0
    /// True once a RST or a FIN with ACK was seen.
    var hasEnded = false
    /// True once a RST was seen.
    var hasReset = false
    var packetCount = 0
    /// How far accurate ECN is agreed on (draft-ietf-tcpm-accurate-ecn section 3.1).
    var accurateECN = AccurateECN.none
    /// True once a SYN carried a Fast Open cookie and data.
    var hasFastOpenData = false
}

/// How far both sides have agreed on accurate ECN.
enum AccurateECN: UInt8, Sendable { case none, offered, agreed }

/// What the analysis remembers of one direction of a TCP conversation.
///
/// `high`, `contiguous` and `lastACK` use 0 for "unknown", because the analysis that is followed does.
struct StreamDirection: Sendable {
    /// True once a FIN was seen.
    var hasFIN = false
    /// First sequence number, for relative display.
    var base: UInt32 = 0
    var isBaseKnown = false
    /// Highest next-expected sequence number, with the packet that set it.
    var high: UInt32 = 0
    var highTime = Instant(nanoseconds: 0)
    var highFrame = 0
    var highHadPayload = false
    /// End of the gap-free bytes seen.
    var contiguous: UInt32 = 0
    var lastACK: UInt32 = 0
    var lastTime = Instant(nanoseconds: 0)
    /// Raw window of the last packet; all ones before the first.
    var lastWindow: UInt32 = .max
    /// -1 unknown, -2 not used, otherwise the shift count.
    var scale: Int8 = -1
    /// True from a SYN until the first packet with ACK and without SYN.
    var isScaleOff = false
    var duplicates: UInt32 = 0
    var duplicateFrame = 0
    var lastFlags = AnalysisFlags(rawValue: 0)
    var unacknowledged = SegmentList()
    /// False after a hole, until the peer acknowledges something.
    var isFlightKnown = true
    var pushed: UInt32 = 0
    var hasPushed = false
    /// Bytes in the SACK blocks of the last packet.
    var selectiveBytes: UInt32 = 0
    var hasMultipath = false
}

/// A list of segments in a `SegmentPool`, newest first.
struct SegmentList: Sendable {
    var newest: Int32 = -1
    var count: Int32 = 0

    static let limit: Int32 = 10_000
}

/// Segments that took sequence numbers and are not yet acknowledged, of all streams together.
struct SegmentPool: ~Copyable, Sendable {
    struct Segment: Sendable {
        var sequence: UInt32
        var end: UInt32
        var time: Instant
        var frame: Int
        var older: Int32
    }

    private(set) var segments: [Segment] = []
    private var free: Int32 = -1

    /// Segments of all streams together.
    static let limit = 1 << 21

    /// Forgets the segments of a list.
    mutating func drop(_ list: SegmentList) {
        var slot = list.newest
        while slot >= 0 {
            let older = segments[Int(slot)].older
            segments[Int(slot)].older = free
            free = slot
            slot = older
        }
    }

    /// Puts a segment in front; a full list, or a full pool, stays as it is.
    mutating func add(_ sequence: UInt32, _ end: UInt32, _ time: Instant, _ frame: Int, to list: inout SegmentList) {
        guard list.count < SegmentList.limit else { return }
        let segment = Segment(sequence: sequence, end: end, time: time, frame: frame, older: list.newest)
        if free >= 0 {
            let slot = free
            free = segments[Int(slot)].older
            segments[Int(slot)] = segment
            list.newest = slot
        } else {
            guard segments.count < Self.limit else { return }
            list.newest = Int32(segments.count)
            segments.append(segment)
        }
        list.count += 1
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
    mutating func acknowledge(_ number: UInt32, reportsPartial: Bool, in list: inout SegmentList) -> Acknowledged {
        var result = Acknowledged()
        var newer: Int32 = -1
        var slot = list.newest
        while slot >= 0 {
            let index = Int(slot)
            let older = segments[index].older
            let toEnd = Int32(bitPattern: segments[index].end &- number)
            if toEnd <= 0 {
                if toEnd == 0 {
                    result.frame = segments[index].frame
                    result.time = segments[index].time
                    result.isPartial = false
                }
                if newer >= 0 { segments[Int(newer)].older = older } else { list.newest = older }
                list.count -= 1
                segments[index].older = free
                free = slot
            } else {
                if Int32(bitPattern: segments[index].sequence &- number) < 0 {
                    if reportsPartial {
                        result.frame = segments[index].frame
                        result.time = segments[index].time
                        result.isPartial = true
                    }
                    segments[index].sequence = number
                }
                newer = slot
            }
            slot = older
        }
        return result
    }

    /// Bytes from the smallest sequence number to the largest end in a list; 0 for an empty one.
    func flight(_ list: SegmentList, base: UInt32) -> UInt32 {
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
        var found: Segment?
        var slot = list.newest
        while slot >= 0 {
            let segment = segments[Int(slot)]
            if number.map({ Int32(bitPattern: segment.sequence &- $0) >= 0 }) ?? true { found = segment }
            slot = segment.older
        }
        return found
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
