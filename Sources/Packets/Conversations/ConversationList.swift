package import RoadblockCore

/// The conversations of a capture as rows, as many as are kept at once.
package struct ConversationList: ~Copyable {
    var rows: [ConversationRow] = []
    private var generations: [UInt32] = []
    private var isTaken: [Bool] = []
    private var free: [Int32] = []
    /// The slot of a TCP stream by the low bits of its number, and of a datagram exchange by its key.
    private var streamSlots = [Int32](repeating: -1, count: ConversationList.streamLimit)
    private var datagramSlots = FlowIndex()
    private var datagramKeys: [FlowKey] = []
    private var datagramStreams = 0

    /// Rows that are kept at once.
    package static let limit = ConversationTable.openLimit
    /// Streams that the analysis has to remember.
    package static let streamLimit = 1 << 17

    package init() {
        rows.reserveCapacity(Self.limit)
    }

    /// Rows that are kept.
    package var count: Int { rows.count - free.count }

    // MARK: packets

    /// Takes a TCP segment; the analysis, which is among the facts, told its stream.
    @inline(__always)
    package mutating func receiveTCP(
        _ packet: Packet,
        _ facts: PacketFacts,
        _ sighting: ConversationRow.Sighting
    ) -> RowReference {
        let stream = facts.segment.stream
        let place = stream & (Self.streamLimit - 1)
        var slot = Int(streamSlots[place])
        if slot < 0 || rows[slot].stream != stream || rows[slot].kind != .tcp || !isTaken[slot] {
            slot = openTCP(packet, stream, place)
        }
        rows[slot].receive(packet, facts, sighting)
        return reference(slot)
    }

    /// Takes a UDP datagram.
    @inline(__always)
    package mutating func receiveUDP(
        from source: IPAddress,
        _ sourcePort: UInt16,
        to destination: IPAddress,
        _ destinationPort: UInt16,
        _ sighting: ConversationRow.Sighting
    ) -> RowReference {
        let (key, _) = FlowKey.make(source, sourcePort, destination, destinationPort, context: 0)
        let slot =
            datagramSlots.value(key)
            ?? openUDP(key, from: source, sourcePort, to: destination, destinationPort)
        let fromClient = rows[slot].isFromClient(source, sourcePort)
        if !rows[slot].hasPacket, !fromClient { rows[slot].history.noteFlip() }
        if sighting.isNew {
            rows[slot].history.note(sighting.checksum, fromClient: fromClient)
            rows[slot].history.addDatagram(fromClient: fromClient)
        }
        rows[slot].take(sighting, fromClient: fromClient)
        return reference(slot)
    }

    /// Gives the datagram that an ICMP error quotes its stream; the error itself is not counted.
    package mutating func noteQuoted(
        from source: IPAddress,
        _ sourcePort: UInt16,
        to destination: IPAddress,
        _ destinationPort: UInt16
    ) {
        let (key, _) = FlowKey.make(source, sourcePort, destination, destinationPort, context: 0)
        if datagramSlots.value(key) == nil {
            _ = openUDP(key, from: source, sourcePort, to: destination, destinationPort)
        }
    }

    /// Takes an ICMP echo request or reply.
    package mutating func receiveEcho(_ packet: Packet, isRequest: Bool, _ sighting: ConversationRow.Sighting)
        -> RowReference
    {
        let (client, server) =
            isRequest ? (packet.ip.source, packet.ip.destination) : (packet.ip.destination, packet.ip.source)
        let key = ConversationTable.echoKey(client, server, packet.icmp.identifier)
        let slot: Int
        if let found = datagramSlots.value(key) {
            slot = found
        } else {
            let row = ConversationRow(
                packet.transport == .icmp ? .icmp : .icmpv6,
                stream: 0,
                client: client,
                clientPort: packet.icmp.identifier,
                server: server,
                serverPort: 0
            )
            slot = open(row)
            datagramKeys[slot] = key
            datagramSlots.set(key, slot)
        }
        rows[slot].take(sighting, fromClient: isRequest)
        return reference(slot)
    }

    @inline(__always)
    private func reference(_ slot: Int) -> RowReference {
        RowReference(slot: Int32(truncatingIfNeeded: slot), generation: generations[slot])
    }

    // MARK: rows

    private mutating func openTCP(_ packet: Packet, _ stream: Int, _ place: Int) -> Int {
        let flags = packet.tcp.flags
        let sourceIsClient =
            flags.contains(.syn)
            ? !flags.contains(.ack) : !ServicePorts.isKnownServer(packet.sourcePort, other: packet.destinationPort)
        let source = (address: packet.ip.source, port: packet.sourcePort)
        let destination = (address: packet.ip.destination, port: packet.destinationPort)
        let (client, server) = sourceIsClient ? (source, destination) : (destination, source)
        var row = ConversationRow(
            .tcp,
            stream: stream,
            client: client.address,
            clientPort: client.port,
            server: server.address,
            serverPort: server.port
        )
        if !sourceIsClient { row.history.noteFlip() }
        let slot = open(row)
        streamSlots[place] = Int32(slot)
        return slot
    }

    private mutating func openUDP(
        _ key: FlowKey,
        from source: IPAddress,
        _ sourcePort: UInt16,
        to destination: IPAddress,
        _ destinationPort: UInt16
    ) -> Int {
        let isAnswer = ServicePorts.isKnownServer(sourcePort, other: destinationPort)
        let row = ConversationRow(
            .udp,
            stream: datagramStreams,
            client: isAnswer ? destination : source,
            clientPort: isAnswer ? destinationPort : sourcePort,
            server: isAnswer ? source : destination,
            serverPort: isAnswer ? sourcePort : destinationPort
        )
        datagramStreams &+= 1
        let slot = open(row)
        datagramKeys[slot] = key
        datagramSlots.set(key, slot)
        return slot
    }

    /// Keeps the row of a TCP stream that was counted elsewhere.
    mutating func keep(_ row: ConversationRow) -> RowReference {
        let slot = open(row)
        streamSlots[row.stream & (Self.streamLimit - 1)] = Int32(slot)
        return reference(slot)
    }

    private mutating func open(_ row: ConversationRow) -> Int {
        if let slot = free.popLast().map(Int.init) {
            rows[slot] = row
            isTaken[slot] = true
            return slot
        }
        rows.append(row)
        generations.append(0)
        isTaken.append(true)
        datagramKeys.append(FlowKey(lower: row.client, upper: row.server, ports: 0, context: 0))
        return rows.count - 1
    }

    // MARK: making room

    /// The time that the quarter of the rows that is silent longest was not heard after.
    func silenceOfQuarter(_ plain: borrowing PlainFlows) -> Instant {
        var times = RankedTimes()
        times.reserve(count + plain.rowCount)
        for place in plain.places where plain[place].marks.contains(.hasRow) { times.append(plain[place].lastTime) }
        for slot in rows.indices where isTaken[slot] { times.append(rows[slot].newestTime) }
        guard !times.isEmpty else { return Instant(nanoseconds: .min) }
        return times.nthSmallest(times.count / 4)
    }

    /// True for a row that is kept and was not heard after a time.
    package func isSilent(_ reference: RowReference, after time: Instant) -> Bool {
        guard let slot = slot(of: reference) else { return false }
        return rows[slot].newestTime <= time
    }

    /// The place of a row that is still kept.
    package func slot(of reference: RowReference) -> Int? {
        let slot = Int(reference.slot)
        guard slot >= 0, slot < rows.count, generations[slot] == reference.generation, isTaken[slot] else { return nil }
        return slot
    }

    /// Slots that have been used.
    package var slotCount: Int { rows.count }

    /// Gives away the rows that were not heard after a time, with their places.
    package mutating func take(silentAfter time: Instant, _ body: (ConversationRow, Int) -> Void) {
        for slot in rows.indices where isTaken[slot] && rows[slot].newestTime <= time {
            body(rows[slot], slot)
            if rows[slot].kind != .tcp { datagramSlots.remove(datagramKeys[slot]) }
            isTaken[slot] = false
            generations[slot] &+= 1
            free.append(Int32(slot))
        }
    }
}
