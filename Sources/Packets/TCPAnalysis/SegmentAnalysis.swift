/// Whose rules the analysis flags, the filter language and the printed fields follow where versions differ.
package enum WiresharkProfile: Int, Comparable, Sendable, CustomStringConvertible {
    case v40, v42, v44, v46

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    package var description: String {
        switch self {
        case .v40: "4.0"
        case .v42: "4.2"
        case .v44: "4.4"
        case .v46: "4.6"
        }
    }

    /// `4.0`, `4.2`, `4.4` or `4.6`.
    package init?(_ name: String) {
        switch name {
        case "4.0": self = .v40
        case "4.2": self = .v42
        case "4.4": self = .v44
        case "4.6": self = .v46
        default: return nil
        }
    }
}

/// How much of the analysis is wanted: the more, the more work.
package enum AnalysisDepth: Int, Comparable, Sendable {
    case none
    /// All but what counts the bytes in flight.
    case labels
    /// Everything.
    case flight

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// The verdicts of one segment: the `tcp.analysis.*` labels of Wireshark; several may hold.
package struct AnalysisFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let retransmission = AnalysisFlags(rawValue: 1 << 0)
    package static let fastRetransmission = AnalysisFlags(rawValue: 1 << 1)
    package static let spuriousRetransmission = AnalysisFlags(rawValue: 1 << 2)
    package static let outOfOrder = AnalysisFlags(rawValue: 1 << 3)
    package static let lostSegment = AnalysisFlags(rawValue: 1 << 4)
    package static let ackLostSegment = AnalysisFlags(rawValue: 1 << 5)
    package static let keepAlive = AnalysisFlags(rawValue: 1 << 6)
    package static let keepAliveACK = AnalysisFlags(rawValue: 1 << 7)
    package static let duplicateACK = AnalysisFlags(rawValue: 1 << 8)
    package static let zeroWindow = AnalysisFlags(rawValue: 1 << 9)
    package static let zeroWindowProbe = AnalysisFlags(rawValue: 1 << 10)
    package static let zeroWindowProbeACK = AnalysisFlags(rawValue: 1 << 11)
    package static let windowUpdate = AnalysisFlags(rawValue: 1 << 12)
    package static let windowFull = AnalysisFlags(rawValue: 1 << 13)
    package static let reusedPorts = AnalysisFlags(rawValue: 1 << 14)

    /// TCP Fast Open.
    package static let fastOpenSYN = AnalysisFlags(rawValue: 1 << 15)
    package static let fastOpenACK = AnalysisFlags(rawValue: 1 << 16)
    package static let fastOpenIgnored = AnalysisFlags(rawValue: 1 << 17)
    package static let fastOpen: AnalysisFlags = [.fastOpenSYN, .fastOpenACK, .fastOpenIgnored]

    /// An ACK inside of a segment (Wireshark 4.4).
    package static let partialACK = AnalysisFlags(rawValue: 1 << 18)

    /// What does not count as a verdict that makes `tcp.analysis.flags` exist.
    package static let remarks: AnalysisFlags = [.fastOpen, .partialACK]

    /// Any kind of retransmission, as a filter on `tcp.analysis.retransmission` means it.
    package static let anyRetransmission: AnalysisFlags = [
        .retransmission, .fastRetransmission, .spuriousRetransmission,
    ]
}

/// What the analysis says of one TCP segment.
package struct SegmentAnalysis: Sendable {
    package var flags = AnalysisFlags(rawValue: 0)
    /// Ordinal of the conversation in its capture, from 0: `tcp.stream`.
    package var stream = 0
    /// `tcp.seq`, `tcp.nxtseq`, `tcp.ack`: relative to the first number of their direction.
    package var sequence: UInt32 = 0
    package var nextSequence: UInt32 = 0
    package var acknowledgment: UInt32 = 0
    /// `tcp.window_size`: scaled except on SYN.
    package var windowSize = 0
    /// `tcp.window_size_scalefactor`: the multiplier, -1 unknown, -2 not used.
    package var windowScaleFactor = -1
    /// `tcp.time_relative` and `tcp.time_delta` in nanoseconds.
    package var timeRelative: Int64 = 0
    package var timeDelta: Int64 = 0
    /// `tcp.completeness` before this segment.
    package var completeness: UInt8 = 0
    /// The same with this segment: behind the last one, what a second pass of tshark prints.
    package var completenessAfter: UInt8 = 0
    /// `tcp.analysis.initial_rtt` in nanoseconds, once it is known.
    package var initialRTT: Int64?
    /// `tcp.analysis.acks_frame` (0 is none) and `ack_rtt` in nanoseconds.
    package var acksFrame = 0
    package var ackRTT: Int64 = 0
    /// `tcp.analysis.rto_frame` (0 is none) and `rto` in nanoseconds.
    package var rtoFrame = 0
    package var rto: Int64 = 0
    /// `tcp.analysis.bytes_in_flight` and `push_bytes_sent`; 0 is none.
    package var bytesInFlight = 0
    package var pushBytesSent = 0
    /// `tcp.analysis.duplicate_ack_num` and `_frame`; 0 is none.
    package var duplicateACKNumber = 0
    package var duplicateACKFrame = 0
    /// True for a repeated SYN, and an ACK of unseen bytes that was reported before, even where they get no label.
    ///
    /// Wireshark then shows an analysis without items.
    package var hasEmptyItem = false
    /// True where three of the flags are a counter: both sides have agreed on accurate ECN.
    package var hasECNCounter = false
    /// True for a FIN after one of the other side.
    package var isPassiveFIN = false
    /// Ordinal in the stream, from 1; 0 for a header that an ICMP error quotes.
    package var ordinal = 0
    /// True when the labels cannot be shown because the snap length cut the TCP options (one-pass tshark).
    package var isHidden = false

    package init() {}
}
