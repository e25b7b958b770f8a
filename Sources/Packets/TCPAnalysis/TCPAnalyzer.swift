package import RoadblockCore

/// Labels TCP segments as Wireshark does: `tcp.stream`, `tcp.analysis.*`, relative numbers, completeness.
///
/// Every conversation of a capture stays known, because a later packet may join it, up to a limit: beyond it the oldest
/// are forgotten, and a packet of one of those begins a new stream.
package struct TCPAnalyzer: ~Copyable {
    private let profile: WiresharkProfile
    private var index = FlowIndex()
    var streams: [AnalyzedStream] = []
    private var streamCount = 0
    var pool = SegmentPool()
    private let measuresFlight: Bool

    /// Streams that are remembered at once, unless the owner asks for fewer.
    package static let streamLimit = 1 << 19

    private let limit: Int

    /// The depth `labels` leaves `bytesInFlight` and `pushBytesSent` at 0; `limit` streams are remembered at once.
    package init(
        profile: WiresharkProfile,
        depth: AnalysisDepth = .flight,
        limit: Int = TCPAnalyzer.streamLimit
    ) {
        self.profile = profile
        self.limit = max(1, limit)
        measuresFlight = depth == .flight
    }

    /// Takes the next packet of the capture.
    ///
    /// `number` is the packet's ordinal over all inputs, from 1, which later packets refer to. A header quoted in an ICMP
    /// error gets its stream, its times and nothing else.
    /// - Returns: false, with nothing written, for a packet without a TCP header up to its window.
    @inline(__always)
    package mutating func analyze(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        time: Instant,
        number: Int,
        into result: inout SegmentAnalysis
    ) -> Bool {
        guard packet.transport == .tcp else { return analyzeOther(packet, time, &result) }
        let flow = PacketFlow(packet)
        return analyze(packet, bytes, flow, slot: slot(of: flow), time: time, number: number, into: &result)
    }

    /// The place of a flow's newest stream; -1 when it has none.
    ///
    /// What is asked for early, the processor can fetch while other work is done.
    @inline(__always)
    package func slot(of flow: PacketFlow) -> Int {
        index.value(hash: flow.hash) { streams[$0].key == flow.key } ?? -1
    }

    /// Takes the next packet, of TCP, whose flow has its newest stream in a place.
    @inline(__always)
    package mutating func analyze(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ flow: PacketFlow,
        slot found: Int,
        time: Instant,
        number: Int,
        into result: inout SegmentAnalysis
    ) -> Bool {
        guard !packet.ip.isFragment, packet.ip.payloadLength >= packet.tcp.headerLength else { return false }
        let tcp = packet.tcp
        var reused = false
        let slot = found < 0 ? open(flow.key, time) : choose(found, flow, tcp, time, &reused)
        var step = AnalysisStep(
            profile: profile,
            measuresFlight: measuresFlight,
            tcp: tcp,
            options: OptionFacts(bytes, tcp),
            time: time,
            frame: number
        )
        if reused { step.result.flags.insert(.reusedPorts) }
        streams[slot].receive(&step, fromLower: flow.fromLower, &pool)
        result = step.result
        return true
    }

    /// Takes a packet of another protocol, which may quote a TCP header.
    package mutating func analyzeOther(_ packet: Packet, _ time: Instant, _ result: inout SegmentAnalysis) -> Bool {
        guard packet.hasQuote, packet.quote.hasTCPHeader else { return false }
        result = analyzeQuote(packet.quote, time)
        return true
    }

    /// The stream of a segment whose flow has one, a new one where the rules say so.
    @inline(__always)
    private mutating func choose(
        _ slot: Int,
        _ flow: PacketFlow,
        _ tcp: Packet.TCPFields,
        _ time: Instant,
        _ reused: inout Bool
    ) -> Int {
        guard tcp.flags.contains(.syn) else { return slot }
        return chooseForSYN(slot, flow, tcp, time, &reused)
    }

    private mutating func chooseForSYN(
        _ slot: Int,
        _ flow: PacketFlow,
        _ tcp: Packet.TCPFields,
        _ time: Instant,
        _ reused: inout Bool
    ) -> Int {
        let isBaseKnown = flow.fromLower ? streams[slot].lower.isBaseKnown : streams[slot].upper.isBaseKnown
        guard isBaseKnown else { return slot }
        let differs = (flow.fromLower ? streams[slot].lower.base : streams[slot].upper.base) != tcp.sequence
        if tcp.flags.contains(.ack) {
            if profile >= .v44, differs || streams[slot].state.hasReset {
                reused = true
                return open(flow.key, time)
            }
            reused = differs
            return slot
        }
        guard differs || (profile >= .v42 && streams[slot].state.hasEnded) else { return slot }
        reused = true
        return open(flow.key, time)
    }

    private mutating func open(_ key: FlowKey, _ time: Instant) -> Int {
        let number = takeNumber()
        return keep(
            AnalyzedStream(key: key, state: StreamState(number: number, firstTime: time, previousTime: time))
        )
    }

    /// The number of a new stream; the oldest stream makes room, unless its ports have begun a newer one.
    mutating func takeNumber() -> Int {
        let slot = streamCount % limit
        streamCount += 1
        if slot < streams.count {
            if index.value(streams[slot].key) == slot { index.remove(streams[slot].key) }
            pool.drop(streams[slot].lower.unacknowledged)
            pool.drop(streams[slot].upper.unacknowledged)
            streams[slot].lower.unacknowledged = SegmentList()
            streams[slot].upper.unacknowledged = SegmentList()
        }
        return streamCount - 1
    }

    /// True for a flow that has a stream here.
    func knows(_ key: FlowKey, hash: UInt64) -> Bool { index.value(hash: hash) { streams[$0].key == key } != nil }

    /// True for a stream that has not made room for a newer one.
    @inline(__always)
    func remembers(_ number: Int) -> Bool { streamCount &- number <= limit }

    /// Streams so far.
    var nextNumber: Int { streamCount }

    /// Puts a stream, whose number was taken, in its slot; returns the slot.
    @discardableResult
    mutating func keep(_ stream: AnalyzedStream) -> Int {
        let slot = stream.state.number % limit
        // Plain flows have numbers, and nothing here.
        while streams.count <= slot {
            streams.append(
                AnalyzedStream(
                    key: stream.key,
                    state: StreamState(
                        number: -1,
                        firstTime: stream.state.firstTime,
                        previousTime: stream.state.firstTime
                    )
                )
            )
        }
        streams[slot] = stream
        index.set(stream.key, slot)
        return slot
    }

    private mutating func analyzeQuote(_ quote: Packet.Quote, _ time: Instant) -> SegmentAnalysis {
        let (key, fromLower) = FlowKey.make(
            quote.ip.source,
            quote.sourcePort,
            quote.ip.destination,
            quote.destinationPort,
            context: 0
        )
        let slot = index.value(key) ?? open(key, time)
        var result = SegmentAnalysis()
        result.stream = streams[slot].state.number
        result.sequence = quote.sequence
        result.nextSequence = quote.sequence
        result.acknowledgment = quote.tcp.acknowledgment
        result.timeRelative = time.nanoseconds(since: streams[slot].state.firstTime)
        result.timeDelta = time.nanoseconds(since: streams[slot].state.previousTime)
        result.windowSize = Int(quote.tcp.window)
        let sender = fromLower ? streams[slot].lower : streams[slot].upper
        let isSYN = quote.tcp.flags.intersection([.syn, .ack]) == .syn
        result.completeness = streams[slot].state.completeness
        if isSYN, streams[slot].state.packetCount == 0 { streams[slot].state.completeness |= 1 }
        result.completenessAfter = streams[slot].state.completeness
        result.isHidden = quote.tcp.optionsCaptured < quote.tcp.headerLength &- 20
        streams[slot].state.previousTime = time
        if isSYN {
            streams[slot].state.newestSYN = time
            result.hasEmptyItem = sender.isBaseKnown && sender.base == quote.sequence
            result.initialRTT = streams[slot].state.initialRTT ?? 0
        }
        return result
    }
}
