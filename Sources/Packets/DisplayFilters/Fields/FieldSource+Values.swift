import RoadblockCore

extension FieldSource {
    /// Adds the values of any field.
    ///
    /// With `isRaw`, the bytes that the field was read from stand instead of what they mean. `words` is a buffer.
    func readValues(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ chosen: UInt32,
        isRaw: Bool,
        words: inout WordList,
        into values: inout [FieldValue]
    ) {
        switch self {
        case .content(.unread):
            for index in 0..<facts.layerCount {
                guard let range = ProtocolChain.unread(index, bytes, packet, facts) else { continue }
                values.append(.range(range.lowerBound, range.upperBound))
            }
        case .tracked(.echoTime), .tracked(.echo6Time):
            readWords(bytes, packet, facts, chosen, &words, &values)
            // Milliseconds, with a fraction.
            for index in values.indices {
                if case .word(let time) = values[index] { values[index] = .real(Double(time) / 1e6) }
            }
        case .record(let item): if let record = facts.record { item.read(record, into: &values) }
        case .recordFlags(let mask):
            guard let flags = facts.record?.flags else { return }
            values.append(.word(Int64((flags & mask) >> UInt32(mask.trailingZeroBitCount))))
        case .expert(let value): value.readValues(bytes, packet, facts, into: &values)
        case .column(let column): values.append(.bytes(column.text(bytes, packet, facts)))
        case .tracked: readWords(bytes, packet, facts, chosen, &words, &values)
        case .unreadLength: readWords(bytes, packet, facts, chosen, &words, &values)
        case .wholeFrame: values.append(.range(0, min(bytes.byteCount, facts.frame.capturedLength)))
        case .application(let field): facts.applications.read(field, into: &values)
        case .bits, .pair: readBits(bytes, packet, facts, chosen, isRaw, &words, &values)
        case .arpAddress where !isRaw: readWords(bytes, packet, facts, chosen, &words, &values)
        case .frame, .extensionBits, .ip, .tcp, .arp, .verdict, .mark, .completenessBit, .option, .ecnFlag,
            .ecnCounter:
            readWords(bytes, packet, facts, chosen, &words, &values)
        case .icmp(.solicitedTarget), .icmp(.advertisedTarget):
            let type: UInt8 = self == .icmp(.solicitedTarget) ? 135 : 136
            for index in 0..<facts.layerCount where packet.layers[index].kind == .icmpv6 && chosen >> index & 1 == 1 {
                let layer = packet.layers[index]
                guard layer.offset + 24 <= layer.end, bytes.byte(Int(layer.offset)) == type else { continue }
                appendWide(bytes, Int(layer.offset) + 8, isRaw, &values)
            }
        case .part(let kind, let part, let value):
            readPartValues(kind, part, value, bytes, packet, facts, chosen, isRaw: isRaw, &words, into: &values)
        case .icmp: readWords(bytes, packet, facts, chosen, &words, &values)
        default:
            for index in 0..<facts.layerCount where chosen >> index & 1 == 1 {
                readLayer(bytes, packet, facts, index, isRaw, &values)
            }
        }
    }

    private func readWords(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ chosen: UInt32,
        _ words: inout WordList,
        _ values: inout [FieldValue]
    ) {
        words.clear()
        readWords(bytes, packet, facts, chosen, into: &words)
        for index in 0..<words.count { values.append(.word(words[index])) }
    }

    private func readBits(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ chosen: UInt32,
        _ isRaw: Bool,
        _ words: inout WordList,
        _ values: inout [FieldValue]
    ) {
        guard isRaw else { return readWords(bytes, packet, facts, chosen, &words, &values) }
        var offsets: [Int32] = []
        var width: Int32 = 0
        switch self {
        case .bits(_, let offset, let count, _):
            offsets = [Int32(offset)]
            width = Int32(count)
        case .pair(_, let first, let second, let count):
            offsets = [Int32(first), Int32(second)]
            width = Int32(count)
        default: return
        }
        for index in 0..<facts.layerCount
        where packet.layers[index].kind == layerKind && chosen >> index & 1 == 1 {
            let layer = packet.layers[index]
            for offset in offsets where layer.headerLength >= offset + width {
                let start = Int(layer.offset + offset)
                values.append(.range(start, start + Int(width)))
            }
        }
    }

    private func readLayer(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ index: Int,
        _ isRaw: Bool,
        _ values: inout [FieldValue]
    ) {
        let layer = packet.layers[index]
        let offset = Int(layer.offset)
        switch self {
        case .layer(let kind) where kind == layer.kind:
            guard layer.has(1) || kind.isNamedWhenEmpty else { return }
            values.append(.range(offset, layer.payload))
        case .arpAddress(let address) where layer.kind == .arp:
            if let place = address.place(bytes, layer) { values.append(.range(place.lowerBound, place.upperBound)) }
        case .extensionLayer(let kind) where layer.kind == .ipv6Extension:
            guard FieldSource.extensionKind(bytes, packet, index) == kind, layer.has(1) || kind == 43 else { return }
            values.append(.range(offset, layer.payload))
        case .wide(let kind, let start) where kind == layer.kind:
            if layer.has(Int(start) + 16) { appendWide(bytes, offset + Int(start), isRaw, &values) }
        case .widePair(let kind, let first, let second) where kind == layer.kind:
            if layer.has(Int(first) + 16) { appendWide(bytes, offset + Int(first), isRaw, &values) }
            if layer.has(Int(second) + 16) { appendWide(bytes, offset + Int(second), isRaw, &values) }
        case .optionLayer(let kind) where layer.kind == .tcp:
            var walk = TCPOptionWalk(layer)
            while let option = walk.next(bytes) {
                guard option.kind == kind, option.isWhole || layer.isCut else { continue }
                values.append(.range(option.offset, min(layer.payload, option.offset + option.length)))
            }
        case .content(let content):
            if let range = content.range(bytes, packet, layer) {
                values.append(.range(range.lowerBound, range.upperBound))
            }
        case .text(let text): text.read(bytes, layer, facts, &values)
        default: break
        }
    }

    private func appendWide(_ bytes: borrowing RawSpan, _ offset: Int, _ isRaw: Bool, _ values: inout [FieldValue]) {
        if isRaw {
            values.append(.range(offset, offset + 16))
        } else {
            values.append(.wide(IPAddress(high: bytes.big64(offset), low: bytes.big64(offset + 8))))
        }
    }
}

extension FieldSource.ContentBytes {
    fileprivate func range(_ bytes: borrowing RawSpan, _ packet: Packet, _ layer: Layer) -> Range<Int>? {
        switch self {
        case .tcpOptions:
            // Options that the header has room for are there, also where nothing of them was captured.
            guard layer.kind == .tcp, layer.has(20), bytes.byte(Int(layer.offset) + 12) >> 4 > 5 else { return nil }
            return Int(layer.offset) + 20..<layer.payload
        case .tcpPayload:
            // The text of a reset is no payload.
            guard layer.kind == .tcp, layer.headerLength >= 20, layer.payload < Int(layer.end),
                !(layer.isQuoted ? packet.quote.tcp : packet.tcp).flags.contains(.rst)
            else { return nil }
            return layer.payload..<Int(layer.end)
        case .unread: return nil
        case .udpPayload:
            guard layer.kind == .udp, layer.payload < Int(layer.end), !packet.isRedirected(layer) else { return nil }
            return layer.payload..<Int(layer.end)
        }
    }
}

extension FieldSource.ComputedText {
    fileprivate func read(
        _ bytes: borrowing RawSpan,
        _ layer: Layer,
        _ facts: PacketFacts,
        _ values: inout [FieldValue]
    ) {
        let offset = Int(layer.offset)
        func host(_ start: Int) {
            guard layer.has(start + (layer.kind == .ipv4 ? 4 : 16)) else { return }
            let address =
                layer.kind == .ipv4
                ? IPAddress(
                    ipv4: start == 16
                        ? IPv4OptionWalk.sourceRouteEnd(bytes, layer) ?? bytes.big32(offset + 16)
                        : bytes.big32(offset + start)
                ).description
                : IPAddress(high: bytes.big64(offset + start), low: bytes.big64(offset + start + 8)).ipv6Text
            values.append(.bytes(Array(address.utf8)))
        }
        func link(_ start: Int) {
            guard layer.has(14) else { return }
            let address = Int64(bytes.big16(offset + start)) << 32 | Int64(bytes.big32(offset + start + 2))
            values.append(.bytes(Array(FieldPrinter.ethernet(address).utf8)))
        }
        switch (self, layer.kind) {
        case (.tcpFlags, .tcp):
            guard layer.has(16) else { return }
            let counter = layer.hasECNCounter(facts)
            values.append(.bytes(FieldSource.ComputedText.flags(bytes.big16(offset + 12), hasCounter: counter)))
        case (.completeness, .tcp):
            guard layer.has(16), let analysis = facts.analysis else { return }
            var text = ""
            for (place, letter) in "RFDASS".enumerated() {
                text.append(analysis.completeness >> UInt8(5 - place) & 1 == 1 ? letter : "·")
            }
            values.append(.bytes(Array(text.utf8)))
        case (.destinationLink, .ethernet): link(0)
        case (.sourceLink, .ethernet): link(6)
        case (.link, .ethernet):
            link(0)
            link(6)
        case (.sourceHost4, .ipv4): host(12)
        case (.destinationHost4, .ipv4): host(16)
        case (.host4, .ipv4):
            host(12)
            host(16)
        case (.sourceHost6, .ipv6): host(8)
        case (.destinationHost6, .ipv6): host(24)
        case (.host6, .ipv6):
            host(8)
            host(24)
        default: break
        }
    }

    /// Twelve places, a letter for a bit that is set and a middle dot for one that is not.
    private static func flags(_ word: UInt16, hasCounter: Bool) -> [UInt8] {
        var letters = Array("RRRACEUAPRSF")
        var word = word
        if hasCounter {
            // The counter stands between two dashes.
            letters[3...5] = ["-", Character(String(word >> 6 & 7)), "-"]
            word |= 0x01C0
        }
        var text = ""
        for (place, letter) in letters.enumerated() {
            text.append(word >> UInt16(11 - place) & 1 == 1 ? letter : "·")
        }
        return Array(text.utf8)
    }
}

extension FieldSource.SummaryColumn {
    func text(_ bytes: borrowing RawSpan, _ packet: Packet, _ facts: PacketFacts) -> [UInt8] {
        var summary = PacketSummary()
        summary.describe(packet, bytes, facts)
        return switch self {
        case .proto: Array(summary.proto.utf8)
        case .info: summary.info
        }
    }
}
