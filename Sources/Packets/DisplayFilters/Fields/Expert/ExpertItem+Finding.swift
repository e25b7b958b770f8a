extension ExpertValue {
    /// Adds a number for each item: its group, its severity, or 1.
    func readWords(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        into words: inout WordList
    ) {
        let end = DecodingEnd(bytes, packet, facts)
        switch self {
        case .short: if end == .short { words.append(1) }
        case .exception: ExpertItem.countExceptions(end, facts, into: &words)
        case .mark, .group, .severity, .message, .malformed:
            var found = WordList()
            ExpertItem.find(bytes, packet, facts, end, into: &found)
            for index in 0..<found.count {
                let item = ExpertItem.all[Int(found[index])]
                switch self {
                case .group: words.append(item.group.rawValue)
                case .severity: words.append(item.severity.rawValue)
                case .malformed: if item.group == .malformed { words.append(1) }
                default: words.append(found[index])
                }
            }
            // A decoder that ran past the end names its protocol, and has an item as well.
            if self == .malformed { ExpertItem.countExceptions(end, facts, into: &words) }
        }
    }

    /// Adds what is no number: the items' words, or an empty place for each.
    func readValues(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        into values: inout [FieldValue]
    ) {
        var words = WordList()
        readWords(bytes, packet, facts, into: &words)
        var comments = facts.record?.comments.makeIterator()
        for index in 0..<words.count {
            switch self {
            case .group, .severity, .exception: values.append(.word(words[index]))
            case .mark, .malformed, .short: values.append(.range(0, 0))
            case .message:
                let item = ExpertItem.all[Int(words[index])]
                // A comment speaks for itself.
                let text = item.group == .comment ? comments?.next() : nil
                values.append(.bytes(text ?? Array(item.text.utf8)))
            }
        }
    }
}

extension ExpertItem {
    /// Adds the ordinals of a packet's items.
    fileprivate static func find(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ end: DecodingEnd,
        into found: inout WordList
    ) {
        var words = WordList()
        for ordinal in ofFrames.indices { add(ordinal, bytes, packet, facts, .max, &words, &found) }
        for index in 0..<facts.layerCount {
            for ordinal in ranges[Int(packet.layers[index].kind.rawValue)] {
                add(ordinal, bytes, packet, facts, 1 << UInt32(index), &words, &found)
            }
        }
        facts.applications.read(.expertItem, into: &found)
        if end == .malformed, let ordinal = exception { found.append(Int64(ordinal)) }
    }

    private static func add(
        _ ordinal: Int,
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ chosen: UInt32,
        _ words: inout WordList,
        _ found: inout WordList
    ) {
        let source = all[ordinal].source
        words.clear()
        source.readWords(bytes, packet, facts, chosen, into: &words)
        guard words.count > 0 else { return }
        // One verdict hangs on its packet twice, and is one item.
        let isVerdict = if case .verdict = source { true } else { false }
        for _ in 0..<(isVerdict ? 1 : words.count) { found.append(Int64(ordinal)) }
    }

    /// The ordinal of the item that a decoder ran past the end.
    private static let exception = ordinals[Int(ApplicationField.expertItem.rawValue)]

    fileprivate static func countExceptions(_ end: DecodingEnd, _ facts: PacketFacts, into words: inout WordList) {
        if end == .malformed { words.append(1) }
        for item in facts.applications.items where item.field == .expertItem {
            if case .word(let ordinal) = item.value, Int(ordinal) == exception { words.append(1) }
        }
    }
}
