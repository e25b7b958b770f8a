import RoadblockCore

extension FieldSource.ICMPNumber {
    /// The number in a layer; `nil` where the message's type has no such thing.
    func value(_ bytes: borrowing RawSpan, _ packet: Packet, _ layer: Layer) -> Int64? {
        let isVersion6 = rawValue >= FieldSource.ICMPNumber.echo6Identifier.rawValue
        guard layer.kind == (isVersion6 ? .icmpv6 : .icmp) else { return nil }
        let offset = Int(layer.offset)
        guard layer.has(6) || isVersion6 && layer.has(4) else { return nil }
        let type = bytes.byte(offset)
        let isWhole = layer.has(8)
        let hasIdentifier = [0, 8, 13, 14, 15, 16, 17, 18].contains(type)
        switch self {
        case .identifier: return hasIdentifier ? Int64(bytes.big16(offset + 4)) : nil
        case .identifierLittleEndian: return hasIdentifier ? Int64(bytes.little16(offset + 4)) : nil
        case .sequence: return hasIdentifier && isWhole ? Int64(bytes.big16(offset + 6)) : nil
        case .sequenceLittleEndian: return hasIdentifier && isWhole ? Int64(bytes.little16(offset + 6)) : nil
        case .mtu: return isWhole && type == 3 && bytes.byte(offset + 1) == 4 ? Int64(bytes.big16(offset + 6)) : nil
        case .gateway: return isWhole && type == 5 ? Int64(bytes.big32(offset + 4)) : nil
        case .checksumStatus, .checksumStatus6: return checksumStatus(bytes, packet, layer)
        case .echo6Identifier: return layer.has(6) && type & 0xFE == 128 ? Int64(bytes.big16(offset + 4)) : nil
        case .echo6Sequence: return isWhole && type & 0xFE == 128 ? Int64(bytes.big16(offset + 6)) : nil
        case .mtu6: return isWhole && type == 2 ? Int64(bytes.big32(offset + 4)) : nil
        case .solicitedTarget, .advertisedTarget: return nil
        }
    }

    /// 1 good, 0 bad, 2 where it cannot be said: a message that is quoted, cut or a fragment (RFC 1071; RFC 4443
    /// section 2.3).
    private func checksumStatus(_ bytes: borrowing RawSpan, _ packet: Packet, _ layer: Layer) -> Int64 {
        let length = Int(layer.end) - Int(layer.offset)
        guard !layer.isQuoted, !packet.ip.isFragment, length >= packet.ip.payloadLength else { return 2 }
        var sum: UInt64 = 0
        if self == .checksumStatus6 {
            sum += InternetChecksum.sum(packet.ip.source, packet.ip.destination)
            sum += UInt64(length) + UInt64(IPProtocol.icmpv6)
        }
        return InternetChecksum.sum(bytes, Int(layer.offset), Int(layer.end), from: sum) == 0xFFFF ? 1 : 0
    }
}

/// A walk over the options of a TCP header, as far as they were captured.
struct TCPOptionWalk {
    private var offset: Int
    private let end: Int

    /// One option: its kind, its length with kind and length bytes, and its first byte.
    struct Option {
        var kind: UInt8
        var length: Int
        var offset: Int
        /// False for the two kinds of one byte.
        var hasLength: Bool
        /// False where the end of the captured bytes cuts the option.
        var isWhole = true
    }

    init(_ layer: Layer) {
        offset = Int(layer.offset) + 20
        end = Int(layer.offset) + Int(layer.headerLength)
    }

    /// The next option; `nil` at the end and at a length that cannot be.
    mutating func next(_ bytes: borrowing RawSpan) -> Option? {
        guard offset < end else { return nil }
        let kind = bytes.byte(offset)
        var length = 1
        if kind > 1 {
            guard offset + 1 < end else { return nil }
            length = Int(bytes.byte(offset + 1))
            guard length >= 2 else { return nil }
        }
        let isWhole = offset + length <= end
        let option = Option(kind: kind, length: length, offset: offset, hasLength: kind > 1, isWhole: isWhole)
        offset = isWhole ? offset + length : end
        // Behind the end of options only padding is read on.
        if kind == 0, offset < end, bytes.byte(offset) != 0 { offset = end }
        return option
    }
}

extension FieldSource.TCPOptionNumber {
    /// Adds the number of every option of a header that has it.
    func read(
        _ bytes: borrowing RawSpan,
        _ layer: Layer,
        _ facts: PacketFacts,
        into words: inout WordList
    ) {
        var walk = TCPOptionWalk(layer)
        while let option = walk.next(bytes) { read(bytes, layer, facts, option, into: &words) }
    }

    /// Adds the number of one option, where it has it.
    func read(
        _ bytes: borrowing RawSpan,
        _ layer: Layer,
        _ facts: PacketFacts,
        _ option: TCPOptionWalk.Option,
        into words: inout WordList
    ) {
        let offset = option.offset
        switch (self, option.kind, option.length) {
        // What goes past the end of the header is no option.
        case _ where !option.isWhole && !layer.isCut && option.hasLength: break
        case (.kind, _, _): words.append(Int64(option.kind))
        case (.length, _, _): if option.hasLength { words.append(Int64(option.length)) }
        case _ where !option.isWhole && !layer.isCut: break
        case (.maximumSegmentSize, 2, 4) where offset + 4 <= layer.payload: words.append(Int64(bytes.big16(offset + 2)))
        case (.windowShift, 3, 3) where offset + 3 <= layer.payload: words.append(Int64(bytes.byte(offset + 2)))
        case (.windowMultiplier, 3, 3) where offset + 3 <= layer.payload:
            words.append(1 << Int64(min(14, bytes.byte(offset + 2))))
        case (.blockCount, 5, 10...) where option.isWhole: words.append(Int64((option.length - 2) / 8))
        case (.leftEdge, 5, 10...), (.rightEdge, 5, 10...):
            let base = Self.sequenceBase(bytes, layer, facts)
            let first = self == .leftEdge ? offset + 2 : offset + 6
            let end = min(offset + option.length, layer.payload)
            for edge in stride(from: first, through: end - 4, by: 8) {
                words.append(Int64(bytes.big32(edge) &- base))
            }
        case (.timestampValue, 8, 10) where offset + 6 <= layer.payload: words.append(Int64(bytes.big32(offset + 2)))
        case (.timestampEcho, 8, 10) where offset + 10 <= layer.payload: words.append(Int64(bytes.big32(offset + 6)))
        default: break
        }
    }

    /// What acknowledged numbers are counted from.
    static func sequenceBase(_ bytes: borrowing RawSpan, _ layer: Layer, _ facts: PacketFacts) -> UInt32 {
        guard !layer.isQuoted, let analysis = facts.analysis else { return 0 }
        return bytes.big32(Int(layer.offset) + 8) &- analysis.acknowledgment
    }
}
