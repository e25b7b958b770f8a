package import RoadblockCore

/// Reads fields of packets as text or as values; its buffers are used again from packet to packet.
package struct FieldReader: ~Copyable {
    /// Which of several values are printed.
    package enum Occurrence: Sendable { case first, last, all }

    let printer: FieldPrinter
    let profile: WiresharkProfile
    private var words = WordList()
    private(set) var values: [FieldValue] = []

    package init(profile: WiresharkProfile, zone: any LocalZone) {
        printer = FieldPrinter(profile: profile, zone: zone)
        self.profile = profile
    }

    /// Adds the text of a field's values, with an aggregator between several.
    ///
    /// - Returns: false where the packet does not have the field.
    @inline(__always)
    package mutating func append(
        _ field: Field,
        _ occurrence: Occurrence,
        aggregator: [UInt8],
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        to text: inout [UInt8]
    ) -> Bool {
        read(field, packet, bytes, facts)
        guard !values.isEmpty else { return false }
        let chosen: Range<Int> =
            switch occurrence {
            case .first: 0..<1
            case .last: values.count - 1..<values.count
            case .all: 0..<values.count
            }
        for index in chosen {
            if index > chosen.lowerBound { text.append(contentsOf: aggregator) }
            printer.append(values[index], of: field, bytes, to: &text)
        }
        return true
    }

    /// Adds the field's values as JSON: one value alone, several as an array, none as `null`.
    package mutating func appendJSON(
        _ field: Field,
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        to text: inout [UInt8]
    ) {
        read(field, packet, bytes, facts)
        if values.isEmpty { return text.append(contentsOf: "null".utf8) }
        if values.count > 1 { text.append(UInt8(ascii: "[")) }
        for index in values.indices {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            appendJSON(values[index], field, bytes, to: &text)
        }
        if values.count > 1 { text.append(UInt8(ascii: "]")) }
    }

    private func appendJSON(
        _ value: FieldValue,
        _ field: Field,
        _ bytes: borrowing RawSpan,
        to text: inout [UInt8]
    ) {
        if case .word(let number) = value {
            switch field.type(in: profile) {
            case .unsigned(bits: 64): return text.append(contentsOf: String(UInt64(bitPattern: number)).utf8)
            case .unsigned, .signed, .frameNumber: return FieldPrinter.appendDecimal(number, to: &text)
            case .boolean: return text.append(contentsOf: (number == 0 ? "false" : "true").utf8)
            case .label: return text.append(contentsOf: "true".utf8)
            case .relativeTime: return FieldPrinter.appendSeconds(number, to: &text)
            case .absoluteTime:
                if field.name == "frame.time_epoch" { return FieldPrinter.appendSeconds(number, to: &text) }
                return text.append(contentsOf: "\"\(Instant(nanoseconds: number).rfc3339)\"".utf8)
            default: break
            }
        }
        var plain: [UInt8] = []
        if case .bytes(let own) = value {
            plain = own
        } else {
            printer.append(value, of: field, bytes, to: &plain)
        }
        var quoted = ""
        JSONValue.quote(String(decoding: plain, as: UTF8.self), to: &quoted)
        text.append(contentsOf: quoted.utf8)
    }

    @inline(__always)
    mutating func read(
        _ field: Field,
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        layers: UInt32 = .max
    ) {
        values.removeAll(keepingCapacity: true)
        field.source.readValues(bytes, packet, facts, layers, isRaw: false, words: &words, into: &values)
    }
}

extension Field {
    /// True when the values need the TCP analysis of the whole capture up to the packet.
    package var analysisDepth: AnalysisDepth { source.analysisDepth }
    /// True where what the analysis says may change the values.
    package var asksAnalysis: Bool { source.asksAnalysis }

    /// True for numbers that depend on all conversations of the capture.
    package var namesStreams: Bool { source.namesStreams }

    /// True when the values need what the file says beside the bytes.
    package var needsRecord: Bool { source.needsRecord }

    /// True when the values need a look back at earlier packets.
    package var needsTracking: Bool { source.needsTracking }

    /// What is read of the protocols above the transport, if anything.
    package var application: ApplicationField? { source.application }
}

extension FieldCatalogue {
    /// The fields of some names, in their order.
    ///
    /// - Throws: `Failure` of kind `usage` that lists all names that are not known.
    package static func fields(named names: [String]) throws(Failure) -> [Field] {
        let unknown = names.filter { !isKnown($0) }.sorted()
        if let first = unknown.first {
            let hint = FilterChecker.unknownField(first, SourceSpan(0, 0)).suggestion
            let lines =
                ["some fields are not known:"]
                + unknown.map { name in
                    let near = FilterChecker.unknownField(name, SourceSpan(0, 0)).suggestion
                    return "  \(name)" + (near.map { " (\($0))" } ?? "")
                }
            throw Failure(
                .usage,
                unknown.count == 1 ? "there is no field `\(first)`" : lines.joined(separator: "\n"),
                code: FilterErrorClass.unknownField.rawValue,
                suggestion: unknown.count == 1 ? hint : nil
            )
        }
        return names.compactMap { field($0) }
    }
}
