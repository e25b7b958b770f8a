package import RoadblockCore

/// What one side of a TCP conversation sent, copies left out.
package struct TCPSide: Sendable {
    // What most packets touch stands in front: it takes few lines of the processor's cache.
    package var packets: UInt32 = 0
    /// One past the highest sequence number sent; valid when `hasSequence`.
    package var next: UInt32 = 0
    /// Bytes on the wire, link header included.
    package var bytes: UInt64 = 0
    package var payloadBytes: UInt64 = 0
    package var lastTime = Instant(nanoseconds: .min)
    /// Highest number this side acknowledged; valid when `hasAcknowledged`.
    package var acknowledged: UInt32 = 0
    /// Raw window of the newest packet that is no reset.
    package var window: UInt16 = .max
    /// Time to live or hop limit of the first packet that is no reset.
    package var timeToLive: UInt8 = 0
    package var hasSYN = false
    package var hasSequence = false
    package var hasAcknowledged = false
    package var hasGap = false
    package var firstDataKind = PayloadKind.none
    /// Zero windows advertised.
    package var zeroWindows: UInt16 = 0
    package var finCount: UInt16 = 0
    package var resetCount: UInt16 = 0
    /// Keep-alives since the peer's newest packet.
    package var unansweredKeepAlives: UInt16 = 0
    /// The first segment that the peer has not acknowledged: how often it was sent, and where.
    package var pendingCount: UInt16 = 0
    package var pendingSequence: UInt32 = 0
    package var pendingLength: UInt32 = 0
    /// Largest payload of one segment that the peer acknowledged.
    package var largestAcknowledged: UInt32 = 0
    /// Payload of the newest segment, for `largestAcknowledged`.
    package var newestLength: UInt32 = 0
    package var firstDataLength: UInt32 = 0
    package var lastDataLength: UInt32 = 0
    /// Start of bytes that were skipped and have not come yet; valid when `hasGap`.
    package var gapStart: UInt32 = 0
    package var lastData = FrameReference.none
    package var pendingFirst = FrameReference.none
    package var pendingLast = FrameReference.none

    /// Initial sequence number, from the SYN.
    package var initialSequence: UInt32 = 0
    /// Segments sent again, the SYN and keep-alives left out.
    package var retransmissions: UInt32 = 0
    package var gapTime = Instant(nanoseconds: 0)
    package var firstData = FrameReference.none
    package var finFirst = FrameReference.none
    package var resetFirst = FrameReference.none
    package var resetTimeToLive: UInt8 = 0
    package var keepAliveFirst = FrameReference.none
    package var keepAliveLast = FrameReference.none

    package init() {}
}

/// What the first payload of a side is, as far as its first bytes tell.
package enum PayloadKind: UInt8, BitwiseCopyable, Sendable {
    case none
    case tlsClientHello
    /// A ClientHello that names the server (RFC 6066 section 3).
    case tlsClientHelloWithName
    case httpRequest
    case other

    /// Looks at the first bytes of a payload.
    init(_ bytes: borrowing RawSpan, _ offset: Int, _ end: Int) {
        guard offset + 6 <= end else {
            self = offset < end ? .other : .none
            return
        }
        if bytes.byte(offset) == 0x16, bytes.byte(offset + 1) == 3, bytes.byte(offset + 5) == 1 {
            self = PayloadKind.namesServer(bytes, offset + 5, end) ? .tlsClientHelloWithName : .tlsClientHello
            return
        }
        switch bytes.big32(offset) {
        case 0x4745_5420, 0x504F_5354, 0x4845_4144, 0x5055_5420, 0x4445_4C45, 0x4F50_5449, 0x434F_4E4E, 0x5041_5443:
            self = .httpRequest
        default: self = .other
        }
    }

    /// True when a ClientHello (RFC 8446 section 4.1.2) has the extension `server_name`.
    private static func namesServer(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Bool {
        // Message type and length, version, random.
        var offset = start + 4 + 2 + 32
        guard offset < end else { return false }
        offset += 1 + Int(bytes.byte(offset))
        guard offset + 2 <= end else { return false }
        offset += 2 + Int(bytes.big16(offset))
        guard offset < end else { return false }
        offset += 1 + Int(bytes.byte(offset)) + 2
        while offset + 4 <= end {
            if bytes.big16(offset) == 0 { return true }
            offset += 4 + Int(bytes.big16(offset + 2))
        }
        return false
    }
}
