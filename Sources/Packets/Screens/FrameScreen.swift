package import RoadblockCore

/// What a first look at a frame says.
package enum FrameLook: Sendable {
    /// It is not selected, and needs no decoding.
    case over
    /// What the screen knows of the filter selects it.
    case hit
    /// The frame has to be decoded.
    case unknown

    /// What filters that demand something of a TCP header say of a frame that is no plain segment.
    @inline(__always)
    static func ofOther(
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ length: Int,
        _ linkType: LinkType
    ) -> FrameLook {
        PlainDatagram.holdsNoSegment(bytes, offset, length, linkType) ? .over : .unknown
    }
}

/// A cheap look at a frame before it is decoded.
package protocol FrameScreen: ~Copyable {
    /// Looks at a frame: `length` bytes at an offset.
    ///
    /// What is not passed over may be looked at again.
    mutating func look(_ bytes: borrowing RawSpan, _ offset: Int, _ length: Int, _ linkType: LinkType) -> FrameLook

    /// Takes a packet that was decoded; false for one that the filter does not select.
    mutating func takes(_ packet: Packet, _ facts: PacketFacts) -> Bool

    /// Moves a capture over the frames that the screen passes over, and over those that it hits while `lines` has room
    /// for their numbers, up to a count.
    ///
    /// Each screen has its own, so that the loop is compiled for it.
    mutating func skip(
        in capture: MergedCapture,
        atMost limit: Int,
        _ lines: inout NumberLines
    ) throws(Failure) -> SkippedFrames
}

extension FrameScreen where Self: ~Copyable {
    /// True for a frame, given alone, that needs no decoding.
    @inline(__always)
    package mutating func passesOver(_ frame: Frame, _ bytes: borrowing RawSpan) -> Bool {
        guard frame.checkSequenceLength == 0, frame.originalLength >= bytes.byteCount else { return false }
        return look(bytes, 0, bytes.byteCount, frame.linkType) == .over
    }

    package func takes(_: Packet, _: PacketFacts) -> Bool { true }
}

/// Passes over nothing.
package struct OpenScreen: FrameScreen {
    package init() {}

    @inline(__always)
    package func look(_: borrowing RawSpan, _: Int, _: Int, _: LinkType) -> FrameLook { .unknown }

    package func skip(in _: MergedCapture, atMost _: Int, _: inout NumberLines) -> SkippedFrames { SkippedFrames() }
}

/// The frames that a display filter need not see: TCP segments whose flags it rules out.
package struct FlagScreen: FrameScreen, Hashable, Sendable {
    /// Bits of the lower eight TCP flags that count, and what they have to be.
    private(set) var mask: UInt8 = 0
    private(set) var value: UInt8 = 0
    /// True where plain segments are selected by nothing but these bits.
    package private(set) var isExact = true

    /// True where the flags rule something out.
    package var isUseful: Bool { mask != 0 }

    /// What some conditions, all of which have to hold, demand of the flags of any packet that has one TCP header.
    init(_ conditions: [Predicate]) {
        for part in conditions where !take(part) { isExact = false }
    }

    /// Adds what a condition demands; false where it demands anything else.
    private mutating func take(_ condition: Predicate) -> Bool {
        guard case .word(let use, .equal, let wanted, let bits, _) = condition, use.layers == nil, !use.isRaw,
            case .bits(.tcp, at: let at, bytes: let size, mask: let field) = use.source
        else { return false }
        return require(at: Int(at), size: Int(size), field: field, wanted: wanted, bits: bits)
    }

    /// Adds what a field at an offset of the TCP header has to be.
    private mutating func require(at: Int, size: Int, field: UInt64, wanted: Int64, bits: Int64) -> Bool {
        guard at <= 13, at + size == 14, field != 0, wanted >= 0 else { return false }
        let shift = UInt64(field.trailingZeroBitCount)
        let counted = (UInt64(bitPattern: bits) << shift) & field
        // A value that the field cannot have, or that contradicts another demand, selects nothing: left to the filter.
        let shifted = UInt64(wanted) << shift
        guard shifted >> shift == UInt64(wanted), shifted & ~counted == 0 else { return false }
        let (ownMask, ownValue) = (UInt8(truncatingIfNeeded: counted), UInt8(truncatingIfNeeded: shifted))
        let agrees = (value ^ ownValue) & mask & ownMask == 0
        mask |= ownMask
        value |= ownValue
        return agrees && counted <= 0xFF
    }

    /// True where a selected segment has SYN set.
    var demandsSYN: Bool { mask & 2 != 0 && value & 2 != 0 }

    /// True for flags that are not as they have to be.
    @inline(__always)
    func rulesOut(_ flags: UInt8) -> Bool { flags & mask != value }

    @inline(__always)
    package func look(_ bytes: borrowing RawSpan, _ offset: Int, _ length: Int, _ linkType: LinkType) -> FrameLook {
        guard let segment = PlainSegment(bytes, offset, length, linkType) else {
            return .ofOther(bytes, offset, length, linkType)
        }
        return rulesOut(segment.flags(bytes)) ? .over : .hit
    }

    package mutating func skip(
        in capture: MergedCapture,
        atMost limit: Int,
        _ lines: inout NumberLines
    ) throws(Failure) -> SkippedFrames {
        try capture.skip(atMost: limit, &self, &lines)
    }
}

extension Predicate {
    /// True where the analysis has to call the packet a retransmission of some kind.
    var demandsRetransmission: Bool {
        guard let flags = verdictFlags else { return false }
        return !flags.isEmpty && AnalysisFlags.anyRetransmission.isSuperset(of: flags)
    }

    /// True where the analysis has to call the packet a retransmission, of whatever kind.
    var demandsAnyRetransmission: Bool { demandsRetransmission && verdictFlags?.contains(.retransmission) == true }

    /// The labels of which the analysis has to give one, where it is that which the predicate demands.
    private var verdictFlags: AnalysisFlags? {
        guard case .exists(let use) = self, use.layers == nil, case .verdict(let flags) = use.source else { return nil }
        return AnalysisFlags(rawValue: flags)
    }

    /// True where what the analysis says may change the answer.
    var asksAnalysis: Bool {
        switch self {
        case .constant: false
        case .or(let parts), .xor(let parts), .and(let parts): parts.contains { $0.asksAnalysis }
        case .not(let inner): inner.asksAnalysis
        case .exists(let use), .word(let use, _, _, _, _), .wordSet(let use, _, _): use.source.asksAnalysis
        case .general: true
        }
    }

    /// The parts that all have to hold.
    var conditions: [Predicate] {
        guard case .and(let parts) = self else { return [self] }
        return parts.flatMap(\.conditions)
    }
}
