package import RoadblockCore

/// Follows all conversations of one or several captures, in one pass and bounded memory.
///
/// What has ended, and what has been silent for long, is handed to the owner through `drain`, and forgotten.
package struct ConversationTable: ~Copyable {
    private var index = FlowIndex()
    private var tcp: [TCPConversation] = []
    private var tcpKeys: [FlowKey] = []
    private var tcpFree: [Int32] = []
    private var datagramIndex = FlowIndex()
    private var datagrams: [DatagramConversation] = []
    private var datagramKeys: [FlowKey] = []
    private var datagramFree: [Int32] = []
    private var copyFilter = CopyFilter()
    private var nextSweep = Instant(nanoseconds: .min)

    /// Conversations that have ended and were not yet taken.
    package private(set) var endedTCP: [TCPConversation] = []
    package private(set) var endedDatagrams: [DatagramConversation] = []
    /// Errors that quote no conversation that was seen.
    package private(set) var strayErrors: [StrayError] = []
    package private(set) var facts = CaptureFacts()
    /// The newest packet's time.
    package private(set) var now = Instant(nanoseconds: .min)

    /// Conversations that are open at once; the ones idle longest make room.
    package static let openLimit = 100_000
    private static let strayLimit = 10_000

    /// An ICMP error about a packet that the capture does not hold.
    package struct StrayError: Sendable {
        package var quote: Packet.Quote
        package var answer: ICMPAnswer
        package var at: FrameReference
    }

    package init(inputCount: Int) {
        facts.inputs = Array(repeating: CaptureFacts.Input(), count: inputCount)
    }

    /// Takes the next packet.
    @inline(__always)
    package mutating func receive(
        _ packet: borrowing Packet,
        _ bytes: borrowing RawSpan,
        _ frame: Frame,
        input: Int
    ) {
        let at = FrameReference(
            time: frame.time,
            frame: UInt32(truncatingIfNeeded: frame.number),
            input: UInt16(truncatingIfNeeded: input)
        )
        countFrame(frame, input)
        if frame.time > now { now = frame.time }
        if now >= nextSweep { sweep() }
        if packet.transport == .arp {
            noteNeighbour(packet.arp, at)
            return
        }
        guard packet.hasIP else { return }
        facts.inputs[input].ipFrames &+= 1
        switch copyFilter.relation(packet, bytes, frame.time, input: input) {
        case .new: break
        case .copy:
            facts.inputs[input].copies &+= 1
            return
        case .seenElsewhere: return
        }
        switch packet.transport {
        case .tcp: receiveTCP(packet, bytes, frame, at)
        case .udp: receiveUDP(packet, bytes, frame, at)
        case .icmp, .icmpv6: receiveICMP(packet, frame, at)
        case .none, .arp, .other: break
        }
    }

    @inline(__always)
    private mutating func countFrame(_ frame: Frame, _ input: Int) {
        facts.inputs[input].frames &+= 1
        if frame.capturedLength < frame.originalLength { facts.inputs[input].cutFrames &+= 1 }
        if let first = facts.inputs[input].firstTime {
            if frame.time < first { facts.inputs[input].firstTime = frame.time }
        } else {
            facts.inputs[input].firstTime = frame.time
            facts.inputs[input].lastTime = frame.time
        }
        if let last = facts.inputs[input].lastTime, frame.time > last { facts.inputs[input].lastTime = frame.time }
    }

    // MARK: TCP

    @inline(__always)
    private mutating func receiveTCP(
        _ packet: borrowing Packet,
        _ bytes: borrowing RawSpan,
        _ frame: Frame,
        _ at: FrameReference
    ) {
        let (key, _) = FlowKey.make(
            packet.ip.source,
            packet.sourcePort,
            packet.ip.destination,
            packet.destinationPort,
            context: 0
        )
        var slot = index.value(key) ?? -1
        if slot >= 0, startsAnew(slot, packet) {
            endTCP(slot)
            slot = -1
        }
        if slot < 0 { slot = openTCP(key, packet, at) }
        let segment = TCPConversation.Segment(
            tcp: packet.tcp,
            at: at,
            wireLength: frame.originalLength,
            timeToLive: packet.ip.timeToLive
        )
        let fromClient = Self.isSame(packet.ip.source, packet.sourcePort, tcp[slot].client, tcp[slot].clientPort)
        tcp[slot].receive(segment, fromClient: fromClient, packet, bytes)
    }

    @inline(__always)
    private static func isSame(_ a: IPAddress, _ aPort: UInt16, _ b: IPAddress, _ bPort: UInt16) -> Bool {
        a == b && aPort == bPort
    }

    /// True when a SYN begins another attempt on the ports of an older one.
    private func startsAnew(_ slot: Int, _ packet: borrowing Packet) -> Bool {
        guard packet.tcp.flags.intersection([.syn, .ack]) == .syn else { return false }
        let old = tcp[slot]
        let sequence = packet.tcp.sequence
        let isClient = Self.isSame(packet.ip.source, packet.sourcePort, old.client, old.clientPort)
        if isClient {
            guard old.fromClient.hasSYN else {
                // A SYN right behind its SYN/ACK belongs to it; behind other packets it starts something new.
                let answered = old.provesMissingRequest && old.fromServer.acknowledged == sequence &+ 1
                return !answered && old.packets > 0
            }
            return old.fromClient.initialSequence != sequence
        }
        // The other side asks: at once (simultaneous open), or later in a role of its own.
        if old.fromServer.hasSYN { return old.isOver && old.fromServer.initialSequence != sequence }
        return old.syns.isEmpty || old.isOver || old.isEstablished
    }

    private mutating func openTCP(_ key: FlowKey, _ packet: borrowing Packet, _ at: FrameReference) -> Int {
        if index.count >= Self.openLimit { makeRoom() }
        let flags = packet.tcp.flags
        let sourceIsClient: Bool
        if flags.contains(.syn) {
            sourceIsClient = !flags.contains(.ack)
        } else {
            let other = packet.destinationPort
            sourceIsClient = !ServicePorts.isServer(packet.sourcePort, other: other)
        }
        let source = (address: packet.ip.source, port: packet.sourcePort)
        let destination = (address: packet.ip.destination, port: packet.destinationPort)
        let (client, server) = sourceIsClient ? (source, destination) : (destination, source)
        let conversation = TCPConversation(
            client: client.address,
            clientPort: client.port,
            server: server.address,
            serverPort: server.port,
            at: at
        )
        let slot: Int
        if let free = tcpFree.popLast() {
            slot = Int(free)
            tcp[slot] = conversation
            tcpKeys[slot] = key
        } else {
            slot = tcp.count
            tcp.append(conversation)
            tcpKeys.append(key)
        }
        index.set(key, slot)
        return slot
    }

    private mutating func endTCP(_ slot: Int) {
        endedTCP.append(tcp[slot])
        index.remove(tcpKeys[slot])
        tcpFree.append(Int32(slot))
        tcp[slot].input = .max
    }

    // MARK: Datagrams

    @inline(__always)
    private mutating func receiveUDP(
        _ packet: borrowing Packet,
        _ bytes: borrowing RawSpan,
        _ frame: Frame,
        _ at: FrameReference
    ) {
        if packet.sourcePort == 53 { readNames(packet, bytes) }
        let (key, _) = FlowKey.make(
            packet.ip.source,
            packet.sourcePort,
            packet.ip.destination,
            packet.destinationPort,
            context: 0
        )
        let slot: Int
        if let found = datagramIndex.value(key) {
            slot = found
        } else {
            var conversation = DatagramConversation(
                client: packet.ip.source,
                clientPort: packet.sourcePort,
                server: packet.ip.destination,
                serverPort: packet.destinationPort,
                isEcho: false,
                at: at
            )
            conversation.startsWithReply = ServicePorts.isServer(packet.sourcePort, other: packet.destinationPort)
            slot = openDatagrams(key, conversation)
        }
        let fromClient = Self.isSame(
            packet.ip.source,
            packet.sourcePort,
            datagrams[slot].client,
            datagrams[slot].clientPort
        )
        datagrams[slot].receive(
            fromClient: fromClient,
            payloadLength: packet.payloadLength,
            wireLength: frame.originalLength,
            timeToLive: packet.ip.timeToLive,
            at: at
        )
    }

    private mutating func readNames(_ packet: borrowing Packet, _ bytes: borrowing RawSpan) {
        guard facts.names.count < CaptureFacts.nameLimit else { return }
        NameReader.readAnswers(bytes, packet.payloadOffset, packet.payloadEnd) { name, address in
            if facts.names[address] == nil { facts.names[address] = name }
        }
    }

    private mutating func openDatagrams(_ key: FlowKey, _ conversation: DatagramConversation) -> Int {
        if datagramIndex.count >= Self.openLimit { makeRoom() }
        let slot: Int
        if let free = datagramFree.popLast() {
            slot = Int(free)
            datagrams[slot] = conversation
            datagramKeys[slot] = key
        } else {
            slot = datagrams.count
            datagrams.append(conversation)
            datagramKeys.append(key)
        }
        datagramIndex.set(key, slot)
        return slot
    }

    private mutating func endDatagrams(_ slot: Int) {
        endedDatagrams.append(datagrams[slot])
        datagramIndex.remove(datagramKeys[slot])
        datagramFree.append(Int32(slot))
        datagrams[slot].input = .max
    }

    // MARK: ICMP

    private mutating func receiveICMP(_ packet: borrowing Packet, _ frame: Frame, _ at: FrameReference) {
        if packet.hasQuote {
            receiveError(packet, at)
            return
        }
        let isVersion6 = packet.transport == .icmpv6
        switch (isVersion6, packet.icmp.type) {
        case (true, 135), (true, 136): noteNeighbour(packet.arp, at)
        case (false, 8), (false, 0), (true, 128), (true, 129):
            let type = packet.icmp.type
            receiveEcho(packet, frame, at, type == 8 || type == 128)
        default: break
        }
    }

    private mutating func receiveEcho(
        _ packet: borrowing Packet,
        _ frame: Frame,
        _ at: FrameReference,
        _ isRequest: Bool
    ) {
        let (client, server) =
            isRequest ? (packet.ip.source, packet.ip.destination) : (packet.ip.destination, packet.ip.source)
        let key = Self.echoKey(client, server, packet.icmp.identifier)
        let slot: Int
        if let found = datagramIndex.value(key) {
            slot = found
        } else {
            var conversation = DatagramConversation(
                client: client,
                clientPort: packet.icmp.identifier,
                server: server,
                serverPort: 0,
                isEcho: true,
                at: at
            )
            conversation.startsWithReply = !isRequest
            slot = openDatagrams(key, conversation)
        }
        datagrams[slot].receive(
            fromClient: isRequest,
            payloadLength: packet.payloadLength,
            wireLength: frame.originalLength,
            timeToLive: packet.ip.timeToLive,
            at: at
        )
    }

    /// Echo has no ports: the key is directed by the asker and kept apart from ports by its context.
    private static func echoKey(_ client: IPAddress, _ server: IPAddress, _ identifier: UInt16) -> FlowKey {
        FlowKey(lower: client, upper: server, ports: UInt32(identifier), context: 0xFFFF_0001)
    }

    private mutating func receiveError(_ packet: borrowing Packet, _ at: FrameReference) {
        var answer = ICMPAnswer()
        answer.type = packet.icmp.type
        answer.code = packet.icmp.code
        answer.isVersion6 = packet.transport == .icmpv6
        answer.sender = packet.ip.source
        answer.mtu = packet.icmp.mtu
        answer.quotedTimeToLive = packet.quote.ip.timeToLive
        answer.frames.add(at)
        // Redirects and parameter problems tell nothing about a block.
        guard answer.isVersion6 ? answer.type <= 3 : answer.type == 3 || answer.type == 11 else { return }
        let quote = packet.quote
        switch quote.ip.protocolNumber {
        case IPProtocol.tcp where quote.hasPorts:
            let (key, _) = FlowKey.make(
                quote.ip.source,
                quote.sourcePort,
                quote.ip.destination,
                quote.destinationPort,
                context: 0
            )
            if let slot = index.value(key) {
                tcp[slot].receive(answer, quote, at)
            } else {
                note(StrayError(quote: quote, answer: answer, at: at))
            }
        case IPProtocol.udp where quote.hasPorts:
            let (key, _) = FlowKey.make(
                quote.ip.source,
                quote.sourcePort,
                quote.ip.destination,
                quote.destinationPort,
                context: 0
            )
            attach(answer, quote, datagramIndex.value(key), at)
        case IPProtocol.icmp, IPProtocol.icmpv6:
            let key = Self.echoKey(quote.ip.source, quote.ip.destination, quote.icmpIdentifier)
            attach(answer, quote, datagramIndex.value(key), at)
        default: break
        }
    }

    private mutating func attach(_ answer: ICMPAnswer, _ quote: Packet.Quote, _ slot: Int?, _ at: FrameReference) {
        guard let slot else { return note(StrayError(quote: quote, answer: answer, at: at)) }
        datagrams[slot].error.add(answer, at)
        if at.time > datagrams[slot].lastTime { datagrams[slot].lastTime = at.time }
    }

    private mutating func note(_ stray: StrayError) {
        if strayErrors.count < Self.strayLimit { strayErrors.append(stray) }
    }

    private mutating func noteNeighbour(_ arp: Packet.ARPFields, _ at: FrameReference) {
        func isKnown(_ address: IPAddress) -> Bool {
            facts.neighbours[address] != nil || facts.neighbours.count < CaptureFacts.neighbourLimit
        }
        if isKnown(arp.sender) { facts.neighbours[arp.sender, default: .init()].isAlive = true }
        if arp.isRequest, arp.sender != arp.target, isKnown(arp.target) {
            facts.neighbours[arp.target, default: .init()].requests.add(at)
        }
    }

    // MARK: Ending

    /// Ends what is over or has been silent for long.
    private mutating func sweep() {
        nextSweep = Instant(nanoseconds: now.nanoseconds &+ 5_000_000_000)
        retire(over: 10, unanswered: 140, established: 7200, datagrams: 60)
    }

    /// Ends ever younger conversations until there is room.
    private mutating func makeRoom() {
        let before = index.count + datagramIndex.count
        var limit = 64.0
        while index.count >= Self.openLimit * 3 / 4 || datagramIndex.count >= Self.openLimit * 3 / 4 {
            retire(over: min(limit, 5), unanswered: limit, established: limit, datagrams: limit)
            guard limit >= 0 else { break }
            limit = limit < 0.01 ? -1 : limit / 2
        }
        facts.evictedConversations += before - index.count - datagramIndex.count
    }

    private mutating func retire(over: Double, unanswered: Double, established: Double, datagrams idle: Double) {
        for slot in tcp.indices where tcp[slot].input != .max {
            let silence = now.seconds(since: tcp[slot].lastTime)
            let limit = tcp[slot].isOver ? over : tcp[slot].isEstablished ? established : unanswered
            if silence > limit { endTCP(slot) }
        }
        for slot in datagrams.indices where datagrams[slot].input != .max {
            if now.seconds(since: datagrams[slot].lastTime) > idle { endDatagrams(slot) }
        }
    }

    /// Ends everything: the input is over.
    package mutating func finish() {
        for slot in tcp.indices where tcp[slot].input != .max { endTCP(slot) }
        for slot in datagrams.indices where datagrams[slot].input != .max { endDatagrams(slot) }
    }

    /// Forgets the ended conversations that the owner has taken.
    package mutating func drain() {
        endedTCP.removeAll(keepingCapacity: true)
        endedDatagrams.removeAll(keepingCapacity: true)
    }

    /// True when there is something to take.
    package var hasEnded: Bool { !endedTCP.isEmpty || !endedDatagrams.isEmpty }
}
