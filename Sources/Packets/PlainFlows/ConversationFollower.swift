package import RoadblockCore

/// Everything that follows the conversations of a list: the analysis, the state of each attempt, and the rows.
///
/// Packets of plain flows are counted in the few numbers of their flow; a flow of which anything else is seen is handed to
/// the three. What comes out is the same.
package struct ConversationFollower: ~Copyable {
    package var analyzer: TCPAnalyzer
    package var table: ConversationTable
    package var list: ConversationList
    /// False where each packet has to be looked at for itself.
    package let takesPlainFlows: Bool

    /// Streams whose number fits in a plain flow.
    private static let numberLimit = 1 << 31

    /// A follower of so many inputs; plain flows are told apart in one input only.
    package init(profile: WiresharkProfile, depth: AnalysisDepth, inputCount: Int, takesPlainFlows: Bool) {
        let takes = takesPlainFlows && inputCount == 1
        self.takesPlainFlows = takes
        analyzer = TCPAnalyzer(profile: profile, depth: depth, limit: ConversationList.streamLimit)
        table = ConversationTable(
            inputCount: inputCount,
            comparesInputs: true,
            plainLimit: takes ? ConversationList.streamLimit : 0
        )
        list = ConversationList()
    }

    /// True when there may be no room for the rows that one packet begins.
    @inline(__always)
    package var isFull: Bool { list.count &+ table.plain.rowCount >= ConversationList.limit }

    /// Takes a packet of a plain flow: `length` bytes on Ethernet at an offset, without a check sequence.
    ///
    /// - Returns: false, with nothing done, for any other packet.
    @inline(__always)
    package mutating func takePlain(
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ length: Int,
        wireLength: Int,
        time: Instant,
        number: Int
    ) -> Bool {
        // A segment that claims more than was on the wire is left to the decoder.
        guard let plain = PlainSegment(bytes, offset, length, .ethernet), !table.isSweepDue(at: time),
            plain.claimedEnd(bytes) &- offset <= wireLength
        else { return false }
        let segment = SightedSegment(plain.fields(bytes, offset &+ length), bytes, time, wireLength: wireLength)
        let checksum = segment.fields.checksum(bytes)
        let place = table.plain.place(segment.key, hash: segment.hash)
        guard place >= 0 else { return begin(segment, bytes, checksum, number: number) }
        let isClient = table.plain[place].isFromClient(fromLower: segment.fromLower)
        let mark: PlainFlow.Marks = isClient ? .clientHasRightChecksum : .serverHasRightChecksum
        if checksum == .wrong, table.plain[place].marks.contains(mark) { return false }
        guard analyzer.remembers(Int(table.plain[place].stream)) else { return false }
        guard
            table.plain[place].receive(
                segment,
                bytes,
                number: number,
                isClient: isClient,
                &table.copyFilter,
                &analyzer.pool
            )
        else { return answer(segment, bytes, checksum, number: number, place, isClient: isClient) }
        if checksum == .right { table.plain[place].marks.insert(mark) }
        table.advance(to: time)
        return true
    }

    /// Takes the SYN/ACK of a plain flow.
    private mutating func answer(
        _ sight: SightedSegment,
        _ bytes: borrowing RawSpan,
        _ checksum: ChecksumState,
        number: Int,
        _ place: Int,
        isClient: Bool
    ) -> Bool {
        let segment = sight.fields
        guard !isClient, table.plain[place].acceptsAnswer(segment, sight.time) else { return false }
        let sighting = PlainSighting(time: sight.time, number: number, length: sight.wireLength)
        let options = TCPOptions(bytes, segment.tcp)
        guard options.isPlain, table.copyFilter.isNew(sight) else { return false }
        table.advance(to: sighting.time)
        table.plain[place].takeAnswer(segment, sighting, scale: options.windowScale, &analyzer.pool)
        if checksum == .right { table.plain[place].marks.insert(.serverHasRightChecksum) }
        return true
    }

    /// Begins a plain flow with its SYN.
    private mutating func begin(
        _ sight: SightedSegment,
        _ bytes: borrowing RawSpan,
        _ checksum: ChecksumState,
        number: Int
    ) -> Bool {
        let (segment, key, hash) = (sight.fields, sight.key, sight.hash)
        let sighting = PlainSighting(time: sight.time, number: number, length: sight.wireLength)
        let tcp = segment.tcp
        guard tcp.flags == .syn, tcp.acknowledgment == 0, tcp.payloadLength == 0, tcp.window != 0,
            tcp.sequence != .max, segment.timeToLive != 0, !(key.lower == key.upper),
            analyzer.nextNumber < Self.numberLimit, table.openCount < table.openLimit, !isFull
        else { return false }
        let options = TCPOptions(bytes, tcp)
        guard options.isPlain, !analyzer.knows(key, hash: hash), !table.knows(key, hash: hash) else { return false }
        guard let place = takePlace() else { return false }
        guard table.copyFilter.isNew(sight) else {
            table.plain.giveBack(place)
            return false
        }
        table.advance(to: sighting.time)
        let slot = table.takeSlot()
        table.slots[slot] = TableSlot(plainPlace: place)
        var flow = PlainFlow(
            segment,
            options,
            sighting,
            key,
            clientIsLower: sight.fromLower,
            stream: UInt32(truncatingIfNeeded: analyzer.takeNumber()),
            slot: Int32(truncatingIfNeeded: slot),
            &analyzer.pool
        )
        if checksum == .right { flow.marks.insert(.clientHasRightChecksum) }
        table.plain.begin(flow, at: place)
        return true
    }

    /// A place for another plain flow; what it held is handed over.
    private mutating func takePlace() -> Int? {
        guard let place = table.plain.takePlace() else { return nil }
        if table.plain.places.contains(place), table.plain[place].marks.contains(.isKnown) {
            release(place)
            return table.plain.takePlace()
        }
        return place
    }

    /// Follows the conversation of the packet that was taken last in few numbers again, where it is as usual.
    ///
    /// `row` is the packet's row, and that of its conversation.
    package mutating func resume(_ packet: Packet, stream: Int, row: RowReference) {
        guard takesPlainFlows, packet.tcp.flags.subtracting(.psh) == .ack, let conversation = table.currentPlace,
            let rowSlot = list.slot(of: row), analyzer.remembers(stream)
        else { return }
        let streamSlot = stream % ConversationList.streamLimit
        guard
            let flow = PlainFlow(
                resuming: analyzer.streams[streamSlot],
                table.tcp[conversation],
                list.rows[rowSlot],
                place: conversation,
                rowSlot: rowSlot
            ), let place = takePlace()
        else { return }
        analyzer.streams[streamSlot].lower.unacknowledged = SegmentList()
        analyzer.streams[streamSlot].upper.unacknowledged = SegmentList()
        table.plain.begin(flow, at: place)
        if table.plain.hasManyBacked { settle() }
    }
}

extension ConversationFollower {
    /// What a plain flow left when it was handed over: its place, and the row that it now has in the list.
    package struct Released: Sendable {
        package var place: Int
        package var row: RowReference
    }

    /// Hands the flow of a packet over to those who take all packets, where it is a plain one.
    ///
    /// So it has to be with whatever is not plain, before anybody else sees the packet.
    @inline(__always)
    package mutating func release(_ packet: Packet, _ flow: PacketFlow) -> Released? {
        guard takesPlainFlows else { return nil }
        if packet.transport == .tcp { return release(flow.key, hash: flow.hash) }
        guard packet.hasQuote, packet.quote.ip.protocolNumber == IPProtocol.tcp else { return nil }
        let quote = packet.quote
        let (key, _) = FlowKey.make(
            quote.ip.source,
            quote.sourcePort,
            quote.ip.destination,
            quote.destinationPort,
            context: 0
        )
        return release(key, hash: key.mixed)
    }

    private mutating func release(_ key: FlowKey, hash: UInt64) -> Released? {
        let place = table.plain.place(key, hash: hash)
        return place >= 0 ? release(place) : nil
    }

    /// Writes what backed flows count to where the rest is: to be done before anybody looks there.
    package mutating func settle() {
        for place in table.plain.takeBacked() where table.plain[Int(place)].marks.contains(.isBacked) {
            release(Int(place))
        }
    }

    /// True when the packet that comes next makes the table look through its conversations.
    @inline(__always)
    package func looksThrough(at time: Instant) -> Bool {
        takesPlainFlows && (table.isSweepDue(at: time) || table.openCount >= table.openLimit)
    }

    /// The time that the quarter of the rows that is silent longest was not heard after.
    ///
    /// Backed flows have to be settled before.
    package func silenceOfQuarter() -> Instant { list.silenceOfQuarter(table.plain) }

    /// Ends the conversations of the rows that were not heard after a time.
    package mutating func endConversations(silentAfter time: Instant) {
        table.end(silentAfter: time) { list.isSilent($0, after: time) }
    }

    /// Gives away the rows of plain flows that were not heard after a time, with the flows' places.
    package mutating func takePlainRows(silentAfter time: Instant, _ body: (ConversationRow, Int) -> Void) {
        for place in table.plain.places {
            guard table.plain[place].marks.contains(.hasRow), table.plain[place].lastTime <= time else { continue }
            body(table.plain[place].row, place)
            table.plain.endRow(place)
        }
    }

    /// Hands a plain flow over.
    ///
    /// - Returns: what is new to the list; `nil` for a backed flow.
    @discardableResult
    private mutating func release(_ place: Int) -> Released? {
        let flow = table.plain[place]
        let isBacked = flow.marks.contains(.isBacked)
        if !analyzer.remembers(Int(flow.stream)) {
            analyzer.pool.drop(flow.client.unacknowledged)
            analyzer.pool.drop(flow.server.unacknowledged)
        } else if isBacked {
            flow.write(to: &analyzer.streams[Int(flow.stream) % ConversationList.streamLimit])
        } else {
            analyzer.keep(flow.analyzed)
        }
        table.plain.remove(place)
        if isBacked {
            flow.write(to: &list.rows[Int(flow.rowSlot)])
            flow.write(to: &table.tcp[Int(flow.slot)])
            return nil
        }
        let row = flow.marks.contains(.hasRow) ? list.keep(flow.row) : .none
        if flow.marks.contains(.hasConversation) {
            table.keep(flow.conversation(row: row), flow.key, slot: Int(flow.slot))
        }
        return Released(place: place, row: row)
    }
}

extension TCPOptions {
    /// True for options that change nothing but the window's scale, and were captured whole.
    fileprivate var isPlain: Bool {
        !isCut && !hasMultipath && fastOpenCookieLength == nil && selectiveBlockCount == 0
    }
}
