import RoadblockCore

/// Parts of TCP and UDP headers that are no plain bits.
enum TransportPart: UInt8, Hashable, Sendable {
    case fastOpenRequest, fastOpenCookie
    case unknownOption, experiment, experimentContent, rateRequest, transparency
    case echoValue, connectionCount, counters
    /// Accurate ECN's counters (draft-ietf-tcpm-accurate-ecn): the two kinds order them differently.
    case echoCounter0, echoCounter1, echoCounterMarked
    /// The first block, when it reports what came twice (RFC 2883).
    case duplicateBlock, duplicateLeft, duplicateRight
    case capabilities, capabilityBinding
    case holeLeft, holeRight
    case resetCause

    func find(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ layer: Layer,
        _ parts: inout PartList
    ) {
        if self == .resetCause {
            guard !layer.isQuoted, layer.has(20), bytes.byte(Int(layer.offset) + 13) & 4 != 0,
                packet.payloadOffset < packet.payloadEnd
            else { return }
            return parts.append(packet.payloadOffset, packet.payloadEnd)
        }
        var walk = TCPOptionWalk(layer)
        while let option = walk.next(bytes) {
            guard option.isWhole || layer.isCut else { return }
            find(bytes, facts, layer, option, &parts)
        }
    }

    private func find(
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        _ layer: Layer,
        _ option: TCPOptionWalk.Option,
        _ parts: inout PartList
    ) {
        let start = option.offset
        // Of an option that is cut, what was captured stands; what lies behind is left out by the list.
        let end = min(start + option.length, layer.payload)
        let isCut = !option.isWhole
        let needed =
            switch self {
            case .experiment, .unknownOption, .counters, .capabilities, .echoValue, .connectionCount: 2
            default: 4
            }
        guard !isCut || end - start >= needed else { return }
        switch (self, option.kind) {
        case (.fastOpenRequest, 34): if option.length == 2 { parts.append(start, end) }
        case (.fastOpenRequest, 253), (.fastOpenRequest, 254):
            if option.length == 4, bytes.big16(start + 2) == 0xF989 { parts.append(start, end) }
        case (.fastOpenCookie, 253), (.fastOpenCookie, 254):
            if option.length > 4, option.isWhole, bytes.big16(start + 2) == 0xF989 { parts.append(start + 4, end) }
        case (.fastOpenCookie, 34): if option.length > 2, option.isWhole { parts.append(start + 2, end) }
        case (.unknownOption, _): if !TransportPart.isKnown(option.kind) { parts.append(start, end, cut: isCut) }
        case (.experiment, 253), (.experiment, 254): if option.length >= 4 { parts.append(start, end) }
        case (.experimentContent, 253), (.experimentContent, 254):
            // Fast Open, the rate request and accurate ECN have readings of their own.
            guard option.length > 4, option.isWhole, ![0xF989, 0x00AC, 0xACC0].contains(bytes.big16(start + 2)) else {
                return
            }
            parts.append(start + 4, end)
        case (.transparency, 78): if option.length == 16 { parts.append(start, end) }
        case (.rateRequest, 253), (.rateRequest, 254):
            if option.length == 5, bytes.big16(start + 2) == 0x00AC { parts.append(start, end) }
        case (.echoValue, 6), (.echoValue, 7): if option.length == 6 { parts.append(start, end) }
        case (.connectionCount, 11...13): if option.length == 6 { parts.append(start, end) }
        case (.counters, 172), (.counters, 174): parts.append(start, end)
        case (.echoCounter0, 172), (.echoCounter0, 174): findCounter(option, 2, option.kind == 172 ? 0 : 2, &parts)
        case (.echoCounter1, 172), (.echoCounter1, 174): findCounter(option, 2, option.kind == 172 ? 2 : 0, &parts)
        case (.echoCounterMarked, 172), (.echoCounterMarked, 174): findCounter(option, 2, 1, &parts)
        case (.echoCounter0, 254), (.echoCounterMarked, 254), (.echoCounter1, 254):
            guard option.length > 4, bytes.big16(start + 2) == 0xACC0 else { return }
            findCounter(option, 4, self == .echoCounter0 ? 0 : self == .echoCounterMarked ? 1 : 2, &parts)
        case (.duplicateBlock, 5), (.duplicateLeft, 5), (.duplicateRight, 5):
            if option.isWhole { findDuplicate(bytes, facts, layer, option, &parts) }
        case (.capabilities, 20): if option.length == 4 { parts.append(start, end) }
        case (.capabilityBinding, 20): if option.length > 4 { parts.append(start, end) }
        case (.holeLeft, 21) where option.isWhole, (.holeRight, 21) where option.isWhole:
            findHole(bytes, facts, layer, option, &parts)
        default: return
        }
    }

    /// Kinds that have a reading of their own.
    private static func isKnown(_ kind: UInt8) -> Bool {
        switch kind {
        case 0...8, 11...13, 19...23, 27...30, 34, 76, 78, 172, 174, 253, 254: true
        default: false
        }
    }

    private func findCounter(
        _ option: TCPOptionWalk.Option,
        _ first: Int,
        _ ordinal: Int,
        _ parts: inout PartList
    ) {
        let start = option.offset + first + ordinal * 3
        if start + 3 <= option.offset + option.length { parts.append(start, start + 3) }
    }

    private func findDuplicate(
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        _ layer: Layer,
        _ option: TCPOptionWalk.Option,
        _ parts: inout PartList
    ) {
        guard option.length >= 10, layer.headerLength >= 20 else { return }
        let start = option.offset + 2
        let (left, right) = (bytes.big32(start), bytes.big32(start + 4))
        let acknowledged = bytes.big32(Int(layer.offset) + 8)
        // Below what is acknowledged, or inside of the second block.
        var isDuplicate = Int32(bitPattern: left &- acknowledged) < 0
        if !isDuplicate, option.length >= 18 {
            let (outerLeft, outerRight) = (bytes.big32(start + 8), bytes.big32(start + 12))
            isDuplicate = Int32(bitPattern: left &- outerLeft) >= 0 && Int32(bitPattern: right &- outerRight) <= 0
        }
        guard isDuplicate else { return }
        let base = FieldSource.TCPOptionNumber.sequenceBase(bytes, layer, facts)
        let number = self == .duplicateLeft ? left : right
        parts.append(start, start + 8, self == .duplicateBlock ? 1 : Int64(number &- base))
    }

    /// A hole of some segments, counted from what is acknowledged (SCPS-TP section 3.2.5).
    private func findHole(
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        _ layer: Layer,
        _ option: TCPOptionWalk.Option,
        _ parts: inout PartList
    ) {
        guard option.length == 6, layer.headerLength >= 20 else { return }
        let acknowledged = facts.analysis.map { $0.acknowledgment } ?? bytes.big32(Int(layer.offset) + 8)
        let left = acknowledged &+ UInt32(bytes.big16(option.offset + 2))
        let number = self == .holeLeft ? left : left &+ UInt32(bytes.big16(option.offset + 4))
        parts.append(option.offset + 2, option.offset + 6, Int64(number & 0xFFFF))
    }
}

extension Part {
    static func findTCPOptions(
        _ kind: UInt8,
        _ bytes: borrowing RawSpan,
        _ layer: Layer,
        _ parts: inout PartList
    ) {
        var walk = TCPOptionWalk(layer)
        while let option = walk.next(bytes) {
            guard option.kind == kind, option.isWhole || layer.isCut else { continue }
            let end = min(option.offset + option.length, layer.payload)
            parts.append(option.offset, end, cut: !option.isWhole)
        }
    }
}
