import RoadblockCore

/// What a field is read from.
///
/// `chosen` is a bit for each layer of the packet that may be read; all bits where no layer was asked for.
extension FieldSource {
    /// Adds the values of a field whose values are numbers, in the order of the layers.
    @inline(__always)
    func readWords(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ chosen: UInt32,
        into words: inout WordList
    ) {
        switch self {
        case .bits(let kind, let offset, let width, let mask):
            for index in 0..<facts.layerCount where packet.layers[index].kind == kind && chosen >> index & 1 == 1 {
                let layer = packet.layers[index]
                guard layer.headerLength >= Int32(offset) + Int32(width) else { continue }
                if layer.headerLength > 20, offset == 16, kind == .ipv4,
                    let last = IPv4OptionWalk.sourceRouteEnd(bytes, layer)
                {
                    words.append(Int64(last))
                    continue
                }
                let value = FieldSource.load(bytes, Int(layer.offset) &+ Int(offset), width)
                words.append(Int64((value & mask) >> UInt64(mask.trailingZeroBitCount)))
            }
        case .pair(let kind, let first, let second, let width):
            for index in 0..<facts.layerCount where packet.layers[index].kind == kind && chosen >> index & 1 == 1 {
                let layer = packet.layers[index]
                // The first comes first: of a cut header, it may be there alone.
                guard layer.headerLength >= Int32(first) + Int32(width) else { continue }
                words.append(Int64(FieldSource.load(bytes, Int(layer.offset) &+ Int(first), width)))
                guard layer.headerLength >= Int32(second) + Int32(width) else { continue }
                if layer.headerLength > 20, kind == .ipv4, let last = IPv4OptionWalk.sourceRouteEnd(bytes, layer) {
                    words.append(Int64(last))
                    continue
                }
                words.append(Int64(FieldSource.load(bytes, Int(layer.offset) &+ Int(second), width)))
            }
        case .verdict(let flags):
            guard facts.hasSegment, !facts.segment.isHidden, facts.segment.flags.rawValue & flags != 0 else { return }
            words.append(1)
            // Wireshark hangs this mark on the packet twice.
            if flags == AnalysisFlags.duplicateACK.rawValue { words.append(1) }
        default: readOther(bytes, packet, facts, chosen, into: &words)
        }
    }

    /// A big-endian number of 1 to 4, 6 or 8 bytes.
    @inline(__always)
    static func load(_ bytes: borrowing RawSpan, _ offset: Int, _ width: UInt8) -> UInt64 {
        switch width {
        case 1: UInt64(bytes.byte(offset))
        case 2: UInt64(bytes.big16(offset))
        case 3: UInt64(bytes.big16(offset)) << 8 | UInt64(bytes.byte(offset &+ 2))
        case 4: UInt64(bytes.big32(offset))
        case 8: bytes.big64(offset)
        default: UInt64(bytes.big16(offset)) << 32 | UInt64(bytes.big32(offset &+ 2))
        }
    }

    private func readOther(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ facts: PacketFacts,
        _ chosen: UInt32,
        into words: inout WordList
    ) {
        if case .frame(let number) = self {
            if number == .interface, !facts.frame.hasInterface { return }
            if number == .encapsulation, facts.frame.linkType.encapsulation == 0 { return }
            return words.append(number.value(facts))
        }
        switch self {
        case .record, .recordFlags:
            var values: [FieldValue] = []
            readValues(bytes, packet, facts, chosen, isRaw: false, words: &words, into: &values)
            for case .word(let word) in values { words.append(word) }
            return
        default: break
        }
        if case .unreadLength = self {
            for index in 0..<facts.layerCount {
                if let range = ProtocolChain.unread(index, bytes, packet, facts) { words.append(Int64(range.count)) }
            }
            return
        }
        if case .part(let kind, let part, let value) = self {
            return readParts(kind, part, value, bytes, packet, facts, chosen, into: &words)
        }
        if case .application(let field) = self { return facts.applications.read(field, into: &words) }
        if case .expert(let value) = self { return value.readWords(bytes, packet, facts, into: &words) }
        for index in 0..<facts.layerCount where chosen >> index & 1 == 1 {
            let layer = packet.layers[index]
            switch self {
            case .extensionBits(let kind, let offset, let width, let mask):
                guard layer.kind == .ipv6Extension, FieldSource.extensionKind(bytes, packet, index) == kind,
                    layer.headerLength >= Int32(offset) + Int32(width)
                else { continue }
                let value = FieldSource.load(bytes, Int(layer.offset) + Int(offset), width)
                words.append(Int64((value & mask) >> UInt64(mask.trailingZeroBitCount)))
            case .ip(let number):
                if let value = number.value(bytes, layer, facts) { words.append(value) }
            case .tcp(let number):
                if layer.kind == .tcp || layer.kind == .udp,
                    let value = number.value(bytes, packet, layer, facts)
                {
                    words.append(value)
                }
            case .icmp(let number):
                if let value = number.value(bytes, packet, layer) { words.append(value) }
            case .arp(let mark):
                if layer.kind == .arp, mark.isSet(packet, bytes, layer) { words.append(1) }
            case .arpAddress(let address):
                if layer.kind == .arp, let place = address.place(bytes, layer) {
                    words.append(Int64(FieldSource.load(bytes, place.lowerBound, UInt8(place.count))))
                }
            case .mark(let mark):
                if layer.kind == .tcp, mark.isSet(bytes, layer, facts) { words.append(1) }
            case .completenessBit(let mask):
                if layer.kind == .tcp, layer.has(16), let analysis = facts.analysis {
                    words.append(analysis.completeness & mask != 0 ? 1 : 0)
                }
            case .tracked(let number):
                if let value = number.value(bytes, layer, index, facts) { words.append(value) }
            case .ecnFlag(let mask):
                guard layer.kind == .tcp, layer.has(14), !layer.hasECNCounter(facts) else { continue }
                words.append(bytes.big16(Int(layer.offset) + 12) & mask != 0 ? 1 : 0)
            case .ecnCounter:
                guard layer.kind == .tcp, layer.has(14), layer.hasECNCounter(facts) else { continue }
                words.append(Int64(bytes.big16(Int(layer.offset) + 12) >> 6 & 7))
            case .option(let number):
                if layer.kind == .tcp { number.read(bytes, layer, facts, into: &words) }
            default: return
            }
        }
    }

    /// The next-header number that an IPv6 extension header was announced with.
    static func extensionKind(_ bytes: borrowing RawSpan, _ packet: Packet, _ index: Int) -> UInt8? {
        guard index > 0 else { return nil }
        let before = packet.layers[index - 1]
        switch before.kind {
        case .ipv6: return bytes.byte(Int(before.offset) + 6)
        case .ipv6Extension: return bytes.byte(Int(before.offset))
        // Over IPv4, only authentication is such a header.
        case .ipv4: return bytes.byte(Int(before.offset) + 9)
        default: return nil
        }
    }
}

extension FieldSource.TrackedNumber {
    /// The number that a layer has, where the tracker knows it; response times in nanoseconds.
    func value(_ bytes: borrowing RawSpan, _ layer: Layer, _ index: Int, _ facts: PacketFacts) -> Int64? {
        let tracked = facts.tracked
        switch (self, layer.kind) {
        case (.stream4, .ipv4), (.stream6, .ipv6), (.linkStream, .ethernet):
            let number = tracked.datagram(index).stream
            return number < 0 ? nil : Int64(number)
        default: break
        }
        guard layer.has(8) else { return nil }
        switch (self, layer.kind) {
        case (.udpStream, .udp): return Int64(tracked.datagram(index).stream)
        case (.udpOrdinal, .udp): return Int64(tracked.datagram(index).ordinal)
        case (.udpRelative, .udp): return layer.isQuoted ? nil : tracked.datagram(index).relative
        case (.udpDelta, .udp): return layer.isQuoted ? nil : tracked.datagram(index).delta
        case (.echoRequest, .icmp), (.echo6Request, .icmpv6):
            return tracked.requestFrame == 0 || layer.isQuoted ? nil : Int64(tracked.requestFrame)
        case (.echoTime, .icmp), (.echo6Time, .icmpv6):
            return tracked.requestFrame == 0 || layer.isQuoted ? nil : tracked.responseTime
        case (.claim, .arp): return tracked.claimFrame == 0 ? nil : 1
        case (.claimFrame, .arp): return tracked.claimFrame == 0 ? nil : Int64(tracked.claimFrame)
        case (.claimAge, .arp): return tracked.claimFrame == 0 ? nil : tracked.claimAge / 1_000_000_000
        default: return nil
        }
    }
}

extension LinkType {
    /// The number that `frame.encap_type` shows; 0 for a link type whose number is not known.
    fileprivate var encapsulation: Int64 {
        switch self {
        case .ethernet: 1
        case .null: 15
        case .loop: 174
        case .ppp, .pppSerial: 4
        case .raw, .rawAlternative12, .rawAlternative14: 7
        case .ciscoHDLC: 28
        case .linuxCooked: 25
        case .linuxCooked2: 210
        case .ipv4: 129
        case .ipv6: 130
        default: 0
        }
    }
}

extension FieldSource.FrameNumber {
    fileprivate func value(_ facts: PacketFacts) -> Int64 {
        switch self {
        case .number: Int64(facts.number)
        case .length: Int64(facts.frame.originalLength)
        case .capturedLength: Int64(facts.frame.capturedLength)
        case .time: facts.frame.time.nanoseconds
        case .timeDelta: facts.timeDelta
        case .timeDeltaDisplayed: facts.timeDeltaDisplayed
        case .timeRelative: facts.timeRelative
        case .interface: Int64(facts.frame.interface)
        // Nothing shifts times or marks frames here.
        case .shift, .marked, .ignored: 0
        case .encapsulation: facts.frame.linkType.encapsulation
        }
    }
}

extension FieldSource.InternetNumber {
    fileprivate func value(_ bytes: borrowing RawSpan, _ layer: Layer, _ facts: PacketFacts) -> Int64? {
        let offset = Int(layer.offset)
        switch self {
        case .version:
            guard layer.kind == .ipv4 || layer.kind == .ipv6, layer.has(1) else { return nil }
            return Int64(bytes.byte(offset) >> 4)
        case .headerLength:
            guard layer.kind == .ipv4, layer.has(1), bytes.byte(offset) >> 4 == 4 else { return nil }
            return Int64(bytes.byte(offset) & 15) * 4
        case .totalLength:
            guard layer.kind == .ipv4, layer.has(4) else { return nil }
            let total = Int64(bytes.big16(offset + 2))
            return total == 0 ? Int64(facts.frame.originalLength - offset) : total
        case .fragmentOffset:
            return layer.kind == .ipv4 && layer.has(8) ? Int64(bytes.big16(offset + 6) & 0x1FFF) : nil
        case .checksumStatus: return layer.kind == .ipv4 && layer.has(12) ? 2 : nil
        case .vlanType:
            // A number below 0x600 is a length.
            guard layer.kind == .vlan, layer.has(4) else { return nil }
            let value = Int64(bytes.big16(offset + 2))
            return value >= 0x0600 ? value : nil
        case .ethernetType, .ethernetLength:
            guard layer.kind == .ethernet, layer.has(14) else { return nil }
            let value = Int64(bytes.big16(offset + 12))
            // What lies between lengths and types is neither.
            return self == .ethernetType ? value >= 0x0600 ? value : nil : value <= 1500 ? value : nil
        }
    }
}

extension FieldSource.TCPNumber {
    /// A header that an ICMP error quotes shows its own numbers raw, and nothing that speaks of payload.
    fileprivate func value(
        _ bytes: borrowing RawSpan,
        _ packet: Packet,
        _ layer: Layer,
        _ facts: PacketFacts
    ) -> Int64? {
        let offset = Int(layer.offset)
        if self == .udpChecksumStatus {
            guard layer.kind == .udp, layer.has(8) else { return nil }
            // Over IPv6 there has to be one (RFC 8200 section 8.1).
            return bytes.big16(offset + 6) == 0 ? isMissing(bytes, packet, layer) ? 4 : 3 : 2
        }
        guard layer.kind == .tcp else { return nil }
        if self == .sequence, layer.isQuoted { return layer.has(8) ? Int64(bytes.big32(offset + 4)) : nil }
        guard layer.has(16) else { return nil }
        switch self {
        case .headerLength: return Int64(bytes.byte(offset + 12) >> 4) * 4
        case .tcpChecksumStatus: return layer.has(18) ? 2 : nil
        case .accurateECN: return Int64(bytes.big16(offset + 12) >> 6 & 7)
        case .length: return layer.isQuoted ? nil : Int64(packet.tcp.payloadLength)
        case .sequenceRaw:
            // Behind ICMPv6 the number is shown, behind ICMP only as `tcp.seq`.
            guard !layer.isQuoted || packet.transport == .icmpv6 else { return nil }
            return Int64(bytes.big32(offset + 4))
        default: break
        }
        guard let analysis = facts.analysis else { return nil }
        switch self {
        case .stream: return Int64(analysis.stream)
        case .acknowledgment: return Int64(analysis.acknowledgment)
        case .windowSize: return Int64(analysis.windowSize)
        case .completeness: return Int64(analysis.completeness)
        case .timeRelative: return layer.has(20) ? analysis.timeRelative : nil
        case .timeDelta: return layer.has(20) ? analysis.timeDelta : nil
        case .initialRTT where layer.isQuoted && !analysis.isHidden:
            return analysis.hasItems && analysis.initialRTT != 0 ? analysis.initialRTT : nil
        default: return layer.isQuoted ? nil : number(of: analysis, bytes, offset)
        }
    }

    /// True for a datagram over IPv6 without a checksum.
    func isMissing(_ bytes: borrowing RawSpan, _ packet: Packet, _ layer: Layer) -> Bool {
        bytes.big16(Int(layer.offset) + 6) == 0 && !layer.isQuoted && isOverIPv6(packet, layer)
    }

    private func isOverIPv6(_ packet: Packet, _ layer: Layer) -> Bool {
        var index = 0
        var isIPv6 = false
        while index < packet.layerCount, packet.layers[index].offset < layer.offset {
            let kind = packet.layers[index].kind
            if kind == .ipv4 || kind == .ipv6 { isIPv6 = kind == .ipv6 }
            index += 1
        }
        return isIPv6
    }

    private func number(of analysis: SegmentAnalysis, _ bytes: borrowing RawSpan, _ offset: Int) -> Int64? {
        let isSYN = bytes.byte(offset + 13) & 2 != 0
        switch self {
        case .sequence: return Int64(analysis.sequence)
        case .nextSequence: return Int64(analysis.nextSequence)
        case .windowScaleFactor: return isSYN ? nil : Int64(analysis.windowScaleFactor)
        default: break
        }
        guard !analysis.isHidden else { return nil }
        switch self {
        case .acksFrame: return present(analysis.acksFrame)
        case .ackRTT: return analysis.acksFrame > 0 && analysis.ackRTT != 0 ? analysis.ackRTT : nil
        case .initialRTT: return analysis.hasItems && analysis.initialRTT != 0 ? analysis.initialRTT : nil
        case .rto: return analysis.rtoFrame > 0 && analysis.rto != 0 ? analysis.rto : nil
        case .rtoFrame: return analysis.rto != 0 ? present(analysis.rtoFrame) : nil
        case .bytesInFlight: return present(analysis.bytesInFlight)
        case .pushBytesSent: return present(analysis.pushBytesSent)
        case .ordinal: return present(analysis.ordinal)
        case .duplicateACKNumber: return present(analysis.duplicateACKNumber)
        case .duplicateACKFrame: return present(analysis.duplicateACKFrame)
        default: return nil
        }
    }

    private func present(_ value: Int) -> Int64? { value == 0 ? nil : Int64(value) }
}

extension SegmentAnalysis {
    /// True when there is anything to show below `tcp.analysis`; the initial round trip alone does not count.
    fileprivate var hasItems: Bool {
        hasEmptyItem || !flags.subtracting(.remarks).isEmpty || acksFrame > 0 || bytesInFlight > 0
    }
}

extension FieldSource.TCPMark {
    fileprivate func isSet(_ bytes: borrowing RawSpan, _ layer: Layer, _ facts: PacketFacts) -> Bool {
        guard layer.has(16) else { return false }
        let offset = Int(layer.offset)
        let flags = TCPFlags(rawValue: bytes.big16(offset + 12) & 0x1FF)
        switch self {
        case .syn: return flags.contains(.syn) && !flags.contains(.ack)
        case .synACK: return flags.contains([.syn, .ack])
        case .fin: return flags.contains(.fin)
        case .activeFIN, .passiveFIN:
            guard flags.contains(.fin), !layer.isQuoted, let analysis = facts.analysis else { return false }
            return analysis.isPassiveFIN == (self == .passiveFIN)
        case .rst: return flags.contains(.rst)
        case .nonzeroACK: return !flags.contains(.ack) && bytes.big32(offset + 8) != 0
        case .urgentPointer: return layer.has(20) && !flags.contains(.urg) && bytes.big16(offset + 18) != 0
        case .flags:
            guard let analysis = facts.analysis, !analysis.isHidden else { return false }
            return !analysis.flags.subtracting(.remarks).isEmpty
        case .analysis:
            guard let analysis = facts.analysis, !analysis.isHidden else { return false }
            return analysis.hasItems
        }
    }
}

extension Layer {
    /// True for a TCP header whose three flags are a counter.
    func hasECNCounter(_ facts: PacketFacts) -> Bool { !isQuoted && facts.analysis?.hasECNCounter == true }
}
