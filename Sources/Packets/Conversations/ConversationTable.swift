package import RoadblockCore

/// Follows all conversations that one capture point saw, in one pass and bounded memory.
///
/// What has ended, and what has been silent for long, is handed to the owner through `drain`, and forgotten.
package struct ConversationTable: ~Copyable {
    var index = FlowIndex()
    var tcp: [TCPConversation] = []
    var tcpKeys: [FlowKey] = []
    var tcpFree: [Int32] = []
    /// What each slot of TCP conversations holds, in the order in which conversations are looked through.
    var slots: [TableSlot] = []
    private var freeSlots: [Int32] = []
    /// Until when the plain flow in each slot cannot be due to end.
    var slotDue: [Instant] = []
    /// The slot of each of `tcp`.
    private var tcpSlots: [Int32] = []
    /// Conversations that hold a slot each, and are told from their few numbers when they end.
    var plain: PlainFlows
    var datagramIndex = FlowIndex()
    var datagrams: [DatagramConversation] = []
    var datagramKeys: [FlowKey] = []
    var datagramFree: [Int32] = []
    var copyFilter = CopyFilter()
    var nextSweep = Instant(nanoseconds: .min)
    /// The row that a conversation belongs to which the current packet begins; then that of the one which took it.
    private var currentRow = RowReference.none
    /// The TCP conversation that has the ends of the current packet.
    private(set) var currentPlace: Int?
    /// Packets since the last sweep: a sweep looks at every slot, so that it may come only after as much other work.
    var packetsSinceSweep = 0

    /// Conversations that have ended and were not yet taken.
    package internal(set) var endedTCP: [TCPConversation] = []
    package internal(set) var endedPlain: [PlainEnding] = []
    package internal(set) var endedDatagrams: [DatagramConversation] = []
    /// Errors that quote no conversation that was seen.
    package internal(set) var strayErrors: [StrayError] = []
    package internal(set) var facts = CaptureFacts()
    /// The newest packet's time.
    package internal(set) var now = Instant(nanoseconds: .min)

    /// Conversations that are open at once; the ones idle longest make room.
    package static let openLimit = 65_536
    let openLimit: Int
    let comparesInputs: Bool
    static let strayLimit = 10_000

    /// An ICMP error about a packet that the capture does not hold.
    package struct StrayError: Sendable {
        package var quote: Packet.Quote
        package var answer: ICMPAnswer
        package var at: FrameReference
    }

    /// A table for so many inputs.
    ///
    /// With `comparesInputs`, a packet that another input has shown is left out: inputs of different capture points. So
    /// many plain flows have room; their owner takes care of them.
    package init(
        inputCount: Int,
        openLimit: Int = ConversationTable.openLimit,
        comparesInputs: Bool = false,
        plainLimit: Int = 0
    ) {
        plain = PlainFlows(capacity: plainLimit)
        self.openLimit = openLimit
        self.comparesInputs = comparesInputs
        facts.inputs = Array(repeating: CaptureFacts.Input(), count: inputCount)
        // Growing would hold two copies for a while; memory that is not yet used costs nothing.
        tcp.reserveCapacity(openLimit)
    }

    /// Takes the next packet.
    @inline(__always)
    package mutating func receive(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ frame: Frame,
        input: Int
    ) {
        let flow = PacketFlow(packet)
        if admit(packet, bytes, flow, frame, input: input) == .new { follow(packet, bytes, flow, frame, input: input) }
    }

    /// Counts the next packet, which belongs to a flow, and tells whether it is one that was captured before.
    @inline(__always)
    package mutating func admit(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ flow: PacketFlow,
        _ frame: Frame,
        input: Int
    ) -> CopyFilter.Relation {
        countFrame(frame, input)
        advance(to: frame.time)
        if packet.isCut, packet.transport == .none { countUnreadable(packet, frame, input) }
        if isSweepDue { sweep() }
        guard packet.hasIP, packet.transport != .arp else { return .new }
        if packet.transport == .tcp {
            currentPlace = index.value(hash: flow.hash) {
                tcp[$0].isBetween(packet.ip.source, packet.sourcePort, packet.ip.destination, packet.destinationPort)
            }
        }
        facts.inputs[input].ipFrames &+= 1
        let relation = copyFilter.relation(packet, bytes, frame.time, input: comparesInputs ? input : 0)
        if relation == .copy { facts.inputs[input].copies &+= 1 }
        return relation
    }

    /// Takes the time of the next packet.
    @inline(__always)
    mutating func advance(to time: Instant) {
        if time.nanoseconds > now.nanoseconds { now = time }
        packetsSinceSweep &+= 1
    }

    /// True when it is time to look through all conversations.
    private var isSweepDue: Bool { now > nextSweep && packetsSinceSweep &* 8 > slots.count &+ datagrams.count }

    /// True when the packet that comes next begins with a look through all conversations.
    @inline(__always)
    func isSweepDue(at time: Instant) -> Bool {
        max(time.nanoseconds, now.nanoseconds) > nextSweep.nanoseconds
            && (packetsSinceSweep &+ 1) &* 8 > slots.count &+ datagrams.count
    }

    /// Moves on the conversation of the packet that `admit` took last, which is new.
    ///
    /// A conversation that it begins belongs to `row` of a list, where the owner keeps one.
    /// - Returns: the row of the TCP conversation that took the packet, which may have begun in an earlier one.
    @inline(__always)
    @discardableResult
    package mutating func follow(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ flow: PacketFlow,
        _ frame: Frame,
        input: Int,
        row: RowReference = .none
    ) -> RowReference {
        let at = FrameReference(
            time: frame.time,
            frame: UInt32(truncatingIfNeeded: frame.number),
            input: UInt16(truncatingIfNeeded: input)
        )
        currentRow = row
        switch packet.transport {
        case .arp: noteNeighbour(packet.arp, at)
        case .tcp where packet.hasIP: receiveTCP(packet, bytes, flow, frame, at)
        case .udp where packet.hasIP: receiveUDP(packet, bytes, frame, at)
        case .icmp where packet.hasIP, .icmpv6 where packet.hasIP: receiveICMP(packet, bytes, frame, at)
        default: break
        }
        return currentRow
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

    /// Counts a frame that the snap length cuts before its ports, or before TCP's flags and window.
    private mutating func countUnreadable(_ packet: Packet, _ frame: Frame, _ input: Int) {
        let last = packet.layerCount > 0 ? packet.layers[packet.layerCount &- 1] : .none
        guard frame.capturedLength < frame.originalLength, last.kind != .arp else { return }
        facts.inputs[input].unreadableFrames &+= 1
    }

    @inline(__always)
    private mutating func receiveTCP(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ flow: PacketFlow,
        _ frame: Frame,
        _ at: FrameReference
    ) {
        var place = currentPlace ?? -1
        if place >= 0, startsAnew(place, packet) {
            endTCP(Int(tcpSlots[place]))
            place = -1
        }
        if place < 0 { place = openTCP(flow.key, packet, at) }
        let segment = TCPConversation.Segment(
            tcp: packet.tcp,
            at: at,
            wireLength: frame.originalLength,
            timeToLive: packet.ip.timeToLive
        )
        let fromClient = Self.isSame(packet.ip.source, packet.sourcePort, tcp[place].client, tcp[place].clientPort)
        tcp[place].receive(segment, fromClient: fromClient, packet, bytes)
        currentRow = tcp[place].row
        currentPlace = place
    }

    @inline(__always)
    private static func isSame(_ a: IPAddress, _ aPort: UInt16, _ b: IPAddress, _ bPort: UInt16) -> Bool {
        a == b && aPort == bPort
    }

    /// True when a SYN begins another attempt on the ports of an older one.
    private func startsAnew(_ place: Int, _ packet: Packet) -> Bool {
        guard packet.tcp.flags.intersection([.syn, .ack]) == .syn else { return false }
        let old = tcp[place]
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

    private mutating func openTCP(_ key: FlowKey, _ packet: Packet, _ at: FrameReference) -> Int {
        if openCount >= openLimit { makeRoom() }
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
        var conversation = TCPConversation(
            client: client.address,
            clientPort: client.port,
            server: server.address,
            serverPort: server.port,
            at: at
        )
        conversation.row = currentRow
        return keep(conversation, key, slot: takeSlot())
    }

    /// A slot that holds nothing.
    mutating func takeSlot() -> Int {
        if let free = freeSlots.popLast() {
            slotDue[Int(free)] = Instant(nanoseconds: .min)
            return Int(free)
        }
        slots.append(.empty)
        slotDue.append(Instant(nanoseconds: .min))
        return slots.count - 1
    }

    /// Puts a conversation in a slot; returns its place.
    @discardableResult
    mutating func keep(_ conversation: TCPConversation, _ key: FlowKey, slot: Int) -> Int {
        let place: Int
        if let free = tcpFree.popLast() {
            place = Int(free)
            tcp[place] = conversation
            tcpKeys[place] = key
            tcpSlots[place] = Int32(slot)
        } else {
            place = tcp.count
            tcp.append(conversation)
            tcpKeys.append(key)
            tcpSlots.append(Int32(slot))
        }
        slots[slot] = TableSlot(place: place)
        index.set(key, place)
        return place
    }

    /// Ends the conversation in a slot.
    mutating func endTCP(_ slot: Int) {
        if let place = slots[slot].place {
            endedTCP.append(tcp[place])
            index.remove(tcpKeys[place])
            tcpFree.append(Int32(place))
            tcp[place].input = .max
        } else if let place = slots[slot].plainPlace {
            let row = PlainFlows.reference(place, plain[place])
            if let ending = plain[place].ending(row, position: endedTCP.count) {
                endedPlain.append(ending)
            } else {
                endedTCP.append(plain[place].conversation(row: row))
            }
            plain.endConversation(place)
        }
        slots[slot] = .empty
        freeSlots.append(Int32(slot))
    }

    /// True for a flow that has a conversation here.
    func knows(_ key: FlowKey, hash: UInt64) -> Bool { index.value(hash: hash) { tcpKeys[$0] == key } != nil }

    /// Conversations of TCP that have not ended.
    var openCount: Int { index.count &+ plain.conversationCount }

    @inline(__always)
    private mutating func receiveUDP(
        _ packet: Packet,
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
            conversation.startsWithReply = ServicePorts.answers(packet.sourcePort, packet.destinationPort)
            slot = openDatagrams(key, conversation)
        }
        let fromClient = Self.isSame(
            packet.ip.source,
            packet.sourcePort,
            datagrams[slot].client,
            datagrams[slot].clientPort
        )
        if fromClient, datagrams[slot].requests.isEmpty { datagrams[slot].mark = RequestMark(packet, bytes) }
        if fromClient, packet.ip.moreFragments { datagrams[slot].hasFragments = true }
        datagrams[slot].receive(
            fromClient: fromClient,
            payloadLength: packet.payloadLength,
            wireLength: frame.originalLength,
            timeToLive: packet.ip.timeToLive,
            at: at
        )
    }

    private mutating func readNames(_ packet: Packet, _ bytes: borrowing RawSpan) {
        guard facts.names.count < CaptureFacts.nameLimit else { return }
        NameReader.readAnswers(bytes, packet.payloadOffset, packet.payloadEnd) { name, address in
            if facts.names[address] == nil { facts.names[address] = name }
        }
    }

    mutating func openDatagrams(_ key: FlowKey, _ conversation: DatagramConversation) -> Int {
        if datagramIndex.count >= openLimit { makeRoom() }
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
        datagrams[slot].row = currentRow
        datagramIndex.set(key, slot)
        return slot
    }

    mutating func endDatagrams(_ slot: Int) {
        endedDatagrams.append(datagrams[slot])
        datagramIndex.remove(datagramKeys[slot])
        datagramFree.append(Int32(slot))
        datagrams[slot].input = .max
    }
}
