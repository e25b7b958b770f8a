package import RoadblockCore

/// A cheap look at a frame before it is decoded.
package protocol FrameScreen: ~Copyable {
    /// True for a frame that needs no decoding: `length` bytes at an offset.
    mutating func passesOver(
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ length: Int,
        _ linkType: LinkType
    ) -> Bool

    /// Moves a capture over the frames that the screen passes over, up to a count.
    ///
    /// Each screen has its own, so that the loop is compiled for it.
    mutating func skip(in capture: MergedCapture, atMost limit: Int) throws(Failure) -> SkippedFrames
}

extension FrameScreen where Self: ~Copyable {
    /// True for a frame, given alone, that needs no decoding.
    @inline(__always)
    package mutating func passesOver(_ frame: Frame, _ bytes: borrowing RawSpan) -> Bool {
        guard frame.checkSequenceLength == 0, frame.originalLength >= bytes.byteCount else { return false }
        return passesOver(bytes, 0, bytes.byteCount, frame.linkType)
    }
}

/// Passes over nothing.
package struct OpenScreen: FrameScreen {
    package init() {}

    @inline(__always)
    package func passesOver(_: borrowing RawSpan, _: Int, _: Int, _: LinkType) -> Bool { false }

    package func skip(in _: MergedCapture, atMost _: Int) -> SkippedFrames { SkippedFrames() }
}

/// The frames that a display filter need not see: TCP segments whose flags it rules out.
package struct FlagScreen: FrameScreen, Hashable, Sendable {
    /// Bits of the lower eight TCP flags that count, and what they have to be.
    private(set) var mask: UInt8 = 0
    private(set) var value: UInt8 = 0

    /// True where the flags rule something out.
    package var isUseful: Bool { mask != 0 }

    /// What a filter demands of the flags of any packet that it selects and that has one TCP header.
    init(_ predicate: Predicate) {
        for part in predicate.conditions {
            guard case .word(let use, .equal, let wanted, let bits, _) = part, use.layers == nil, !use.isRaw,
                case .bits(.tcp, at: let at, bytes: let size, mask: let field) = use.source
            else { continue }
            require(at: Int(at), size: Int(size), field: field, wanted: wanted, bits: bits)
        }
    }

    /// Adds what a field at an offset of the TCP header has to be.
    private mutating func require(at: Int, size: Int, field: UInt64, wanted: Int64, bits: Int64) {
        guard at <= 13, at + size == 14, field != 0, wanted >= 0 else { return }
        let shift = UInt64(field.trailingZeroBitCount)
        let counted = (UInt64(bitPattern: bits) << shift) & field
        // A value that the field cannot have, or that contradicts another demand, selects nothing: left to the filter.
        let shifted = UInt64(wanted) << shift
        guard shifted >> shift == UInt64(wanted), shifted & ~counted == 0 else { return }
        mask |= UInt8(truncatingIfNeeded: counted)
        value |= UInt8(truncatingIfNeeded: shifted)
    }

    /// True where a selected segment has SYN set.
    var demandsSYN: Bool { mask & 2 != 0 && value & 2 != 0 }

    @inline(__always)
    package func passesOver(
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ length: Int,
        _ linkType: LinkType
    ) -> Bool {
        guard let segment = PlainSegment(bytes, offset, length, linkType) else { return false }
        return segment.flags(bytes) & mask != value
    }

    package mutating func skip(in capture: MergedCapture, atMost limit: Int) throws(Failure) -> SkippedFrames {
        try capture.skip(atMost: limit, &self)
    }
}

extension Predicate {
    /// True where the analysis has to call the packet a retransmission of some kind.
    var demandsRetransmission: Bool {
        let kinds: AnalysisFlags = [.anyRetransmission, .fastRetransmission, .spuriousRetransmission]
        return conditions.contains { part in
            guard case .exists(let use) = part, use.layers == nil, case .verdict(let flags) = use.source else {
                return false
            }
            return flags != 0 && kinds.isSuperset(of: AnalysisFlags(rawValue: flags))
        }
    }

    /// The parts that all have to hold.
    var conditions: [Predicate] {
        guard case .and(let parts) = self else { return [self] }
        return parts.flatMap(\.conditions)
    }
}
