package import RoadblockCore

/// The conversations in which a SYN can be a retransmission, found before the analysis: something of them was seen
/// before a SYN of theirs, other than the other side's SYN.
///
/// The first SYN of a direction repeats nothing, whatever the rules. So a filter that asks for retransmitted SYNs needs
/// the analysis of these conversations only. They are told apart by a hash: one that is taken for another costs time,
/// never an answer.
package struct RepeatedSYNs: ~Copyable {
    /// What was seen of the conversations of a slot, by a bit each.
    private var seen: [UInt8]
    private let shift: UInt64

    private static let firstSYN: UInt8 = 1
    private static let secondSYN: UInt8 = 2
    private static let other: UInt8 = 4
    private static let isWanted: UInt8 = 8

    /// With room for the conversations of a capture of so many bytes.
    package init(captureBytes: Int) {
        let bits = min(24, max(14, 64 - (max(1, captureBytes) / 32).leadingZeroBitCount))
        seen = Array(repeating: 0, count: 1 << bits)
        shift = UInt64(64 - bits)
    }

    /// Takes a frame of the capture; false for one that has to be decoded and given to `take`.
    @inline(__always)
    mutating func note(_ bytes: borrowing RawSpan, _ offset: Int, _ length: Int, _ linkType: LinkType) -> Bool {
        guard let segment = PlainSegment(bytes, offset, length, linkType) else { return false }
        let pair = segment.pair(bytes)
        let slot = Int(truncatingIfNeeded: pair.mixed >> shift)
        let state = seen[slot]
        if segment.flags(bytes) & 2 == 0 {
            seen[slot] = state | Self.other
        } else {
            let own = pair.isFromFirst ? Self.firstSYN : Self.secondSYN
            let isRepeat = state & (own | Self.other) != 0
            seen[slot] = state | own | (isRepeat ? Self.isWanted : 0)
        }
        return true
    }

    /// Takes a packet that is no plain segment: its conversation is wanted, and so is one that an ICMP error quotes.
    package mutating func take(_ packet: Packet) {
        if packet.transport == .tcp {
            want(packet.ip, packet.sourcePort, packet.destinationPort)
        }
        if packet.hasQuote, packet.quote.hasPorts {
            want(packet.quote.ip, packet.quote.sourcePort, packet.quote.destinationPort)
        }
    }

    private mutating func want(_ ip: Packet.IPFields, _ sourcePort: UInt16, _ destinationPort: UInt16) {
        let pair = EndpointPair(ip.source, sourcePort, ip.destination, destinationPort)
        seen[Int(truncatingIfNeeded: pair.mixed >> shift)] |= Self.isWanted
    }

    /// True for a segment of a conversation that repeats no SYN.
    @inline(__always)
    func passesOver(_ bytes: borrowing RawSpan, _ offset: Int, _ length: Int, _ linkType: LinkType) -> Bool {
        guard let segment = PlainSegment(bytes, offset, length, linkType) else { return false }
        return seen[Int(truncatingIfNeeded: segment.pair(bytes).mixed >> shift)] & Self.isWanted == 0
    }
}

/// Takes note of all frames.
package struct RepeatedSYNScan: FrameScreen, ~Copyable {
    package var found: RepeatedSYNs
    /// Frames that were scanned, to be counted by the caller.
    package var frames = 0

    package init(captureBytes: Int) { found = RepeatedSYNs(captureBytes: captureBytes) }

    @inline(__always)
    package mutating func passesOver(
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ length: Int,
        _ linkType: LinkType
    ) -> Bool {
        found.note(bytes, offset, length, linkType)
    }

    package mutating func skip(in capture: MergedCapture, atMost limit: Int) throws(Failure) -> SkippedFrames {
        try capture.skip(atMost: limit, &self)
    }
}

/// Passes over the segments of conversations that repeat no SYN.
package struct RepeatedSYNScreen: FrameScreen, ~Copyable {
    private let found: RepeatedSYNs

    package init(_ scan: consuming RepeatedSYNScan) { found = scan.found }

    @inline(__always)
    package func passesOver(
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ length: Int,
        _ linkType: LinkType
    ) -> Bool {
        found.passesOver(bytes, offset, length, linkType)
    }

    package mutating func skip(in capture: MergedCapture, atMost limit: Int) throws(Failure) -> SkippedFrames {
        try capture.skip(atMost: limit, &self)
    }
}
