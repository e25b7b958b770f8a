import RoadblockCore

extension FieldSource {
    /// Part of a header: whole bytes.
    static func part(_ kind: LayerKind, _ part: Part, _ offset: UInt8, _ bytes: UInt8) -> FieldSource {
        .part(kind, part, .number(at: offset, bytes: bytes, mask: .max))
    }

    /// Part of a header: some bits of a number.
    static func part(
        _ kind: LayerKind,
        _ part: Part,
        _ offset: UInt8,
        _ bytes: UInt8,
        mask: UInt64
    ) -> FieldSource {
        .part(kind, part, .number(at: offset, bytes: bytes, mask: mask))
    }

    /// Adds the numbers of a field that is read from parts.
    func readParts(
        _ kind: LayerKind,
        _ part: Part,
        _ value: PartValue,
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ chosen: UInt32,
        into words: inout WordList
    ) {
        findParts(kind, part, bytes, packet, facts, chosen, &words.parts)
        for index in words.parts.entries.indices {
            let entry = words.parts.entries[index]
            switch value {
            case .number(let offset, let count, let mask):
                let start = Int(entry.start) + Int(offset)
                guard start + Int(count) <= Int(entry.end) else { continue }
                let number = FieldSource.load(bytes, start, count) & mask
                words.append(Int64(bitPattern: number >> UInt64(mask.trailingZeroBitCount)))
            case .mark: words.append(1)
            case .found: words.append(entry.value)
            case .rest, .all, .bytes, .wide: continue
            }
        }
    }

    /// Adds the values of a field that is read from parts; with `isRaw`, the bytes that they were read from.
    func readPartValues(
        _ kind: LayerKind,
        _ part: Part,
        _ value: PartValue,
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ chosen: UInt32,
        isRaw: Bool,
        _ words: inout WordList,
        into values: inout [FieldValue]
    ) {
        findParts(kind, part, bytes, packet, facts, chosen, &words.parts)
        for index in words.parts.entries.indices {
            let entry = words.parts.entries[index]
            let (start, end) = (Int(entry.start), Int(entry.end))
            switch value {
            case .number(let offset, let count, let mask):
                let first = start + Int(offset)
                guard first + Int(count) <= end else { continue }
                if isRaw {
                    values.append(.range(first, first + Int(count)))
                } else {
                    let number = FieldSource.load(bytes, first, count) & mask
                    values.append(.word(Int64(bitPattern: number >> UInt64(mask.trailingZeroBitCount))))
                }
            // What a cut option begins with is the option itself; what it holds is shown only whole.
            case .rest(let offset) where entry.isCut && offset > 0, .all(let offset) where entry.isCut && offset > 0:
                continue
            case .rest(let offset):
                if start + Int(offset) < end { values.append(.range(start + Int(offset), end)) }
            case .all(let offset): if start + Int(offset) <= end { values.append(.range(start + Int(offset), end)) }
            case .bytes(let offset, let count):
                let first = start + Int(offset)
                if first + Int(count) <= end { values.append(.range(first, first + Int(count))) }
            case .wide(let offset):
                let first = start + Int(offset)
                guard first + 16 <= end else { continue }
                let address = IPAddress(high: bytes.big64(first), low: bytes.big64(first + 8))
                values.append(isRaw ? .range(first, first + 16) : .wide(address))
            case .mark: values.append(.word(1))
            case .found where isRaw && part.isMadeAddress:
                values.append(.bytes((0..<6).map { UInt8(truncatingIfNeeded: entry.value >> Int64(40 - 8 * $0)) }))
            case .found: values.append(isRaw ? .range(start, end) : .word(entry.value))
            }
        }
    }

    private func findParts(
        _ kind: LayerKind,
        _ part: Part,
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ chosen: UInt32,
        _ parts: inout PartList
    ) {
        parts.clear()
        for index in 0..<facts.layerCount where packet.layers[index].kind.family == kind && chosen >> index & 1 == 1 {
            // Behind what can be read of a cut header nothing is found.
            let layer = packet.layers[index]
            parts.limit = layer.isCut ? layer.payload : .max
            part.find(bytes, packet, facts, index, &parts)
        }
    }
}

extension Part {
    /// True for a link address that is computed of another address.
    fileprivate var isMadeAddress: Bool {
        self == .internet(.sourceMAC) || self == .internet(.destinationMAC) || self == .internet(.bothMAC)
    }

    /// Adds the parts of this kind of a layer.
    fileprivate func find(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ index: Int,
        _ parts: inout PartList
    ) {
        let layer = packet.layers[index]
        switch self {
        case .header: parts.append(Int(layer.offset), layer.payload)
        case .tcpOption(let kind): Part.findTCPOptions(kind, bytes, layer, &parts)
        case .multipath(let part): part.find(bytes, layer, &parts)
        case .optimizer(let part): part.find(bytes, layer, &parts)
        case .ipv4Option(let type): Part.findIPv4Options(type, bytes, layer, &parts)
        case .ipv6Option(let type): Part.findIPv6Options(type, bytes, packet, index, &parts)
        case .icmp(let type), .icmpv6(let type):
            if layer.end > layer.offset, bytes.byte(Int(layer.offset)) == type {
                parts.append(Int(layer.offset), Int(layer.end))
            }
        case .neighborOption(let type): Part.findNeighborOptions(type, bytes, layer, &parts)
        case .link(let part): part.find(bytes, packet, facts, index, &parts)
        case .tunnel(let part): part.find(bytes, packet, index, &parts)
        case .internet(let part): part.find(bytes, packet, index, &parts)
        case .message(let part): part.find(bytes, packet, facts, layer, &parts)
        case .transport(let part): part.find(bytes, packet, facts, layer, &parts)
        case .remark(let remark): remark.find(bytes, packet, facts, index, &parts)
        }
    }
}
