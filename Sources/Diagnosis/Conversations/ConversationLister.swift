package import Packets
package import RoadblockCore

/// Reads packets and lists their conversations, with the verdicts that the diagnosis gives them.
///
/// Rows stay open until the input ends, since a later packet may belong to any of them. When there are too many, the
/// quarter that has been silent longest is given out early, with the verdicts of what was seen so far.
package struct ConversationLister: ~Copyable {
    private var filter: DisplayFilter
    private var follower: ConversationFollower
    private var builder: DiagnosisBuilder
    /// How each row was judged, by its place.
    private var judged: [DiagnosisBuilder.Judged?] = Array(repeating: nil, count: ConversationList.limit + 32)
    /// The earlier row whose conversation a row continues, by its place: another stream to Wireshark, one attempt to us.
    private var earlier = Array(repeating: RowReference.none, count: ConversationList.limit + 32)
    /// How the conversation of each plain flow was judged, by the flow's place.
    private var plainJudged: [DiagnosisBuilder.Judged?] = []
    private var clock = CaptureClock()
    /// Packets so far.
    private var packetCount = 0
    private let packet = Packet()
    private let facts = PacketFacts()
    private let decoder = Decoder()
    /// For filters that name more than headers and TCP analysis.
    private var dissection: PacketDissection
    private let needsDissection: Bool

    /// Rows that are complete, in the order of their start.
    package private(set) var finished: [ListedConversation] = []
    /// Rows that were given out before the end.
    private var early = 0

    /// Different askers, services and endings whose verdicts are weighed together; those beyond are judged one by one.
    private static let groupLimit = 30_000

    /// A lister that counts the packets which a filter selects, by the rules of a version.
    ///
    /// Without `takesPlainFlows`, each packet goes the long way; the rows are the same.
    package init(
        filter: consuming DisplayFilter,
        profile: WiresharkProfile,
        inputCount: Int,
        takesPlainFlows: Bool = true
    ) {
        follower = ConversationFollower(
            profile: profile,
            depth: max(.labels, filter.analysisDepth),
            inputCount: inputCount,
            takesPlainFlows: takesPlainFlows && filter.selectsAll
        )
        dissection = PacketDissection(for: filter, profile: profile)
        needsDissection = filter.needsTracking || !filter.applications.isEmpty
        self.filter = filter
        builder = DiagnosisBuilder(
            inputCount: inputCount,
            includesOpen: true,
            limit: Self.groupLimit,
            keepsPlainEndings: false
        )
    }

    /// A lister that counts all packets, by the rules of a version.
    package init(profile: WiresharkProfile, inputCount: Int) {
        self.init(filter: DisplayFilter(), profile: profile, inputCount: inputCount)
    }

    /// Takes the next frame.
    ///
    /// A packet that another input has shown already is left out.
    @inline(__always)
    package mutating func receive(_ bytes: borrowing RawSpan, _ frame: Frame, input: Int) {
        if follower.takesPlainFlows, frame.linkType == .ethernet, frame.checkSequenceLength == 0,
            follower.takePlain(
                bytes,
                0,
                frame.capturedLength,
                wireLength: frame.originalLength,
                time: frame.time,
                number: packetCount &+ 1
            )
        {
            packetCount &+= 1
            if follower.isFull { makeRoom() }
            return
        }
        packetCount &+= 1
        receiveAny(bytes, frame, input: input)
    }

    /// Takes the next frames of a capture that are packets of plain flows, up to a count.
    ///
    /// - Returns: how many there were.
    package mutating func receivePlain(_ capture: MergedCapture, atMost limit: Int) throws(Failure) -> Int {
        let taken = try capture.follow(&follower, atMost: limit, number: packetCount &+ 1)
        packetCount &+= taken.count
        if follower.isFull { makeRoom() }
        return taken.count
    }

    /// Takes a frame, whatever it holds.
    private mutating func receiveAny(_ bytes: borrowing RawSpan, _ frame: Frame, input: Int) {
        clock.advance(to: frame, facts)
        decoder.decode(
            bytes,
            linkType: frame.linkType,
            originalLength: frame.originalLength,
            checkSequenceLength: frame.checkSequenceLength,
            into: packet
        )
        let flow = PacketFlow(packet)
        if follower.looksThrough(at: frame.time) { follower.settle(before: frame.time) }
        if let released = follower.release(packet, flow, at: frame.time) { takeOver(released) }
        let isTCP = packet.transport == .tcp
        let slot = isTCP ? follower.analyzer.slot(of: flow) : -1
        let relation = follower.table.admit(packet, bytes, flow, frame, input: input)
        if case .seenElsewhere = relation { return }
        facts.take(packet, bytes)
        facts.hasSegment =
            isTCP
            ? follower.analyzer.analyze(
                packet,
                bytes,
                flow,
                slot: slot,
                time: frame.time,
                number: packetCount,
                into: &facts.segment
            )
            : follower.analyzer.analyzeOther(packet, frame.time, &facts.segment)
        var isNew = false
        if case .new = relation { isNew = true }
        let isCounted =
            needsDissection ? dissection.select(frame, bytes, &filter) : filter.selects(packet, bytes, facts)
        if isCounted { clock.display(facts) }
        let sighting = ConversationRow.Sighting(
            time: frame.time,
            length: frame.originalLength,
            isNew: isNew,
            isCounted: isCounted,
            checksum: isNew ? packet.checksum(bytes) : .unknown
        )
        let row = place(bytes, sighting)
        if isNew {
            let taking = follower.table.follow(packet, bytes, flow, frame, input: input, row: row)
            if taking == row {
                if facts.hasSegment { follower.resume(packet, stream: facts.segment.stream, row: row) }
            } else if row.exists {
                earlier[Int(row.slot)] = taking
            }
        }
        if follower.table.hasEnded { collect() }
        if follower.isFull { makeRoom() }
    }

    /// Takes over what was said of a plain flow.
    private mutating func takeOver(_ released: ConversationFollower.Released) {
        guard released.place < plainJudged.count, let old = plainJudged[released.place] else { return }
        plainJudged[released.place] = nil
        if let slot = follower.list.slot(of: released.row) { judged[slot] = old }
    }

    /// Finds the packet's row and counts it there.
    @inline(__always)
    private mutating func place(_ bytes: borrowing RawSpan, _ sighting: ConversationRow.Sighting) -> RowReference {
        guard packet.hasIP else { return .none }
        if packet.layerCount > 4 { placeOuter(bytes, sighting) }
        switch packet.transport {
        case .tcp:
            guard facts.hasSegment else { return .none }
            return follower.list.receiveTCP(packet, facts, sighting)
        case .udp:
            // A length below that of the header is a mistake.
            guard facts.layerCount == packet.layerCount, packet.payloadOffset >= 8,
                bytes.big16(packet.payloadOffset - 4) >= 8
            else { return .none }
            return follower.list.receiveUDP(
                from: packet.ip.source,
                packet.sourcePort,
                to: packet.ip.destination,
                packet.destinationPort,
                sighting
            )
        case .icmp, .icmpv6: return placeICMP(sighting)
        case .none, .arp, .other: return .none
        }
    }

    private mutating func placeICMP(_ sighting: ConversationRow.Sighting) -> RowReference {
        if packet.hasQuote {
            let quote = packet.quote
            if quote.ip.protocolNumber == IPProtocol.udp, quote.hasPorts {
                follower.list.noteQuoted(
                    from: quote.ip.source,
                    quote.sourcePort,
                    to: quote.ip.destination,
                    quote.destinationPort
                )
            }
            return .none
        }
        switch (packet.transport, packet.icmp.type) {
        case (.icmp, 8), (.icmpv6, 128): return follower.list.receiveEcho(packet, isRequest: true, sighting)
        case (.icmp, 0), (.icmpv6, 129): return follower.list.receiveEcho(packet, isRequest: false, sighting)
        default: return .none
        }
    }

    /// Counts the datagrams that carry a tunnel, each in a row of its own.
    private mutating func placeOuter(_ bytes: borrowing RawSpan, _ sighting: ConversationRow.Sighting) {
        var network = -1
        for index in 0..<facts.layerCount {
            let layer = packet.layers[index]
            guard !layer.isQuoted else { return }
            switch layer.kind {
            case .ipv4, .ipv6: network = index
            case .udp where network >= 0 && isOuter(layer) && layer.has(8):
                let ports = bytes.big32(Int(layer.offset))
                let (source, destination) = addresses(bytes, packet.layers[network])
                _ = follower.list.receiveUDP(
                    from: source,
                    UInt16(ports >> 16),
                    to: destination,
                    UInt16(truncatingIfNeeded: ports),
                    sighting
                )
            default: break
            }
        }
    }

    /// True for a UDP header that is not the packet's innermost transport.
    private func isOuter(_ layer: Layer) -> Bool {
        packet.transport != .udp || Int(layer.offset) + 8 != packet.payloadOffset
    }

    private func addresses(_ bytes: borrowing RawSpan, _ layer: Layer) -> (IPAddress, IPAddress) {
        let offset = Int(layer.offset)
        if layer.kind == .ipv4 {
            return (IPAddress(ipv4: bytes.big32(offset + 12)), IPAddress(ipv4: bytes.big32(offset + 16)))
        }
        return (
            IPAddress(high: bytes.big64(offset + 8), low: bytes.big64(offset + 16)),
            IPAddress(high: bytes.big64(offset + 24), low: bytes.big64(offset + 32))
        )
    }

    /// Judges the conversations that have ended.
    ///
    /// A row may have several one after the other: one that is blocked says more than others, and what was decided more
    /// than what was not.
    private mutating func collect() {
        builder.collect(from: &follower.table) { reference, new in
            if let place = reference.plainPlace {
                while plainJudged.count <= place { plainJudged.append(nil) }
                plainJudged[place] = new
                return
            }
            guard let slot = follower.list.slot(of: reference), let new else { return }
            if let old = judged[slot], old.verdict.weight >= new.verdict.weight { return }
            judged[slot] = new
        }
    }

    /// Gives out the rows that have been silent longest.
    private mutating func makeRoom() {
        follower.settle(before: follower.table.now)
        let time = follower.silenceOfQuarter()
        follower.endConversations(silentAfter: time)
        collect()
        give(silentAfter: time) { $0.verdict }
        early &+= finished.count
    }

    /// Gives out all rows that are left: the input is over.
    package mutating func finish() {
        follower.settle(before: follower.table.now)
        // What is not needed any more makes room for the settling.
        follower.analyzer = TCPAnalyzer(profile: .v44, limit: 1)
        while follower.table.endSome() { collect() }
        collect()
        builder.learn(from: follower.table)
        follower.table.release()
        let verdicts = builder.settledVerdicts()
        give(silentAfter: Instant(nanoseconds: .max)) {
            $0.key.detail.isPlainEnding ? $0.verdict : verdicts[$0.key] ?? $0.verdict
        }
    }

    private mutating func give(silentAfter time: Instant, verdict: (DiagnosisBuilder.Judged) -> Verdict) {
        for slot in 0..<follower.list.slotCount where earlier[slot].exists && judged[slot] == nil {
            judged[slot] = follower.list.slot(of: earlier[slot]).flatMap { judged[$0] }
        }
        follower.takePlainRows(silentAfter: time) { row, place in
            let judgement = place < plainJudged.count ? plainJudged[place] : nil
            finished.append(ListedConversation(row: row, verdict: judgement.map(verdict) ?? .undecided))
            if place < plainJudged.count { plainJudged[place] = nil }
        }
        follower.list.take(silentAfter: time) { row, slot in
            if row.packets > 0 {
                let verdict = judged[slot].map(verdict) ?? .undecided
                finished.append(ListedConversation(row: row, verdict: verdict))
            }
            judged[slot] = nil
            earlier[slot] = .none
        }
        // Rows are large: their places are sorted, and each is moved once.
        let order = finished.indices.map { ListedConversation.Order(finished[$0], place: $0) }
        guard zip(order, order.dropFirst()).contains(where: { $1 < $0 }) else { return }
        finished = order.sorted().map { finished[$0.place] }
    }

    /// What is to be said about the list.
    package var notes: [String] {
        guard early > 0 else { return [] }
        return [
            "more than \(ConversationList.limit) conversations at once: \(early) that had been silent longest come before "
                + "the others; what follows of one of them is a row of its own"
        ]
    }

    /// What is to be said of frames of an input that no conversation could be told of.
    package func unreadableNote(input: Int) -> String? { follower.table.facts.inputs[input].unreadableNote }

    /// Forgets the rows that the owner has taken.
    package mutating func drain() { finished.removeAll(keepingCapacity: true) }
}

extension Verdict {
    /// How much a verdict says beside another one of the same row.
    fileprivate var weight: Int { isBlocked ? 2 : self == .undecided ? 0 : 1 }
}

extension DiagnosisBuilder {
    /// The verdict that each group of conversations has in the end.
    mutating func settledVerdicts() -> [GroupKey: Verdict] {
        let settled = settledGroups()
        let scans = Set(ScanDetector.scans(in: settled, context).joined())
        var verdicts: [GroupKey: Verdict] = [:]
        verdicts.reserveCapacity(settled.count)
        for index in settled.indices {
            let identity = settled[index].identity
            let verdict = scans.contains(index) ? .scan : settled[index].judgement.verdict
            for detail in settled[index].details { verdicts[GroupKey(identity: identity, detail: detail)] = verdict }
        }
        return verdicts
    }
}
