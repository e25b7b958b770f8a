import RoadblockCore

/// A TCP conversation of which nothing but the usual was seen: one handshake, and segments in order.
///
/// What the analysis, the conversation's state and its row would hold follows from these few numbers, and is made of them
/// as soon as something else happens. Most packets belong to such flows.
struct PlainFlow: Sendable {
    /// How far the conversation has come, and what is still kept of it.
    struct Marks: OptionSet, Sendable {
        let rawValue: UInt16
        /// The flow is in the index; without it the place is void.
        static let isKnown = Marks(rawValue: 1)
        /// Its row has not been given out.
        static let hasRow = Marks(rawValue: 2)
        /// Its conversation has not ended.
        static let hasConversation = Marks(rawValue: 4)
        static let isAnswered = Marks(rawValue: 8)
        static let isEstablished = Marks(rawValue: 16)
        static let clientIsLower = Marks(rawValue: 32)
        static let hasRoundTrip = Marks(rawValue: 64)
        /// The analysis, a conversation and a row hold what was seen before; here is only what came since.
        static let isBacked = Marks(rawValue: 128)

        /// A right checksum of the side was seen: a wrong one would be told in the history.
        static let clientHasRightChecksum = Marks(rawValue: 256)
        static let serverHasRightChecksum = Marks(rawValue: 512)

        static let open: Marks = [.isKnown, .hasRow, .hasConversation]
        /// Still there, and answered.
        static let answered: Marks = [.isKnown, .hasRow, .hasConversation, .isAnswered]
        /// All of the handshake was seen.
        static let established: Marks = [.isEstablished, .hasRoundTrip]
    }

    /// What one side has sent.
    struct Side: Sendable {
        var next: UInt32 = 0
        /// The newest number that it acknowledged; the server's initial one before the client's first.
        var acknowledged: UInt32 = 0
        var window: UInt16 = 0
        /// Payload of the newest segment that took numbers.
        var newestLength: UInt16 = 0
        var largestAcknowledged: UInt16 = 0
        /// Payload of the first segment that waits for its acknowledgment; 0 when none does.
        var pendingLength: UInt16 = 0
        var packets: UInt32 = 0
        var bytes: UInt64 = 0
        var payloadBytes: UInt64 = 0
        /// Segments that are not yet acknowledged, in the analysis' pool.
        var unacknowledged = SegmentList()
        var lastTime = Instant(nanoseconds: .min)
        /// Times of the newest segment that took numbers, and of the newest with payload.
        var highTime = Instant(nanoseconds: 0)
        var dataTime = Instant(nanoseconds: 0)
        var initial: UInt32 = 0
        var timeToLive: UInt8 = 0
        var hasFIN = false
        /// True once its history has the letter, and the conversation its first data.
        var hasAcknowledgedAlone = false
        var hasDataLetter = false
        var hasData = false
        var highHadPayload = false
        /// Shift count of the window, as the analysis knows it.
        var scale: Int8 = -1
        var firstDataKind = PayloadKind.none
        var firstDataLength: UInt16 = 0
        var finTime = Instant(nanoseconds: 0)
    }

    let key: FlowKey
    /// The stream's number.
    let stream: UInt32
    var marks: Marks
    var completeness: UInt8 = 1
    var letters = PlainLetters()
    /// Ordinal of the newest segment in `RecentSegments`; 0 for none.
    var newest: UInt32 = 0
    var lastTime: Instant
    var client = Side()
    var server = Side()
    /// When the newest segment that waited was sent, and the packet before it.
    var pendingTime = Instant(nanoseconds: 0)
    var timeBeforePending = Instant(nanoseconds: 0)

    let firstTime: Instant
    var answerTime = Instant(nanoseconds: 0)
    var establishedTime = Instant(nanoseconds: 0)
    var roundTrip: Int64 = 0
    let syn: OpeningSYN
    /// The conversation's slot in the table, while it has not ended; its place there, and that of the row, where it is
    /// backed.
    var slot: Int32
    var rowSlot: Int32 = -1

    /// What the first SYN tells beside its numbers.
    struct OpeningSYN: Sendable {
        var window: UInt16
        var options: UInt64
        var identification: UInt32
        var timestamp: UInt32?
    }

    /// True for a packet of the client, whose source is the lower end or not.
    @inline(__always)
    func isFromClient(fromLower: Bool) -> Bool { fromLower == marks.contains(.clientIsLower) }

    var clientEnd: (address: IPAddress, port: UInt16) { end(isLower: marks.contains(.clientIsLower)) }
    var serverEnd: (address: IPAddress, port: UInt16) { end(isLower: !marks.contains(.clientIsLower)) }

    private func end(isLower: Bool) -> (address: IPAddress, port: UInt16) {
        isLower
            ? (key.lower, UInt16(truncatingIfNeeded: key.ports >> 16))
            : (key.upper, UInt16(truncatingIfNeeded: key.ports))
    }

    /// Takes what the checksum of a side's segment says; false where it has to be told.
    @inline(__always)
    mutating func note(_ checksum: ChecksumState, isClient: Bool) -> Bool {
        let mark: Marks = isClient ? .clientHasRightChecksum : .serverHasRightChecksum
        switch checksum {
        case .unknown: return true
        case .right:
            marks.insert(mark)
            return true
        case .wrong: return !marks.contains(mark)
        }
    }

    /// True once both sides closed.
    var isOver: Bool { client.hasFIN && server.hasFIN }
}

/// The letters of a plain history, at most eight, the first in the lowest byte.
struct PlainLetters: Sendable {
    private(set) var text: UInt64 = 0
    private var shift: UInt8 = 0

    @inline(__always)
    mutating func add(_ letter: UInt8) {
        text |= UInt64(letter) << UInt64(shift)
        shift &+= 8
    }
}
