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
