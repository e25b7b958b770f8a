package import RoadblockCore

/// Everything that follows the conversations of a list: the analysis, the state of each attempt, and the rows.
///
/// Packets of plain flows are counted in the few numbers of their flow; a flow of which anything else is seen is handed to
/// the three. What comes out is the same.
package struct ConversationFollower: ~Copyable {
    package var analyzer: TCPAnalyzer
    package var table: ConversationTable
    package var list: ConversationList
    private var recent = RecentSegments()
    /// False where each packet has to be looked at for itself.
    package let takesPlainFlows: Bool

    /// Streams whose number fits in a plain flow.
    private static let numberLimit = 1 << 31

    /// A follower of so many inputs; plain flows are told apart in one input only.
    package init(profile: WiresharkProfile, depth: AnalysisDepth, inputCount: Int, takesPlainFlows: Bool) {
        let takes = takesPlainFlows && inputCount == 1
        self.takesPlainFlows = takes
        analyzer = TCPAnalyzer(profile: profile, depth: depth, limit: ConversationList.streamLimit)
        // Growing would copy; memory that is not yet used costs nothing.
        analyzer.streams.reserveCapacity(ConversationList.streamLimit)
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
        let sighting = PlainSighting(time: time, number: number, length: wireLength)
        if let plain = PlainSegment(version4: bytes, offset, length) {
            return take(plain, bytes, offset, offset &+ length, sighting)
        }
        return takeVersion6(bytes, offset, offset &+ length, sighting)
    }

    private mutating func takeVersion6(
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ sighting: PlainSighting
    ) -> Bool {
        guard let plain = PlainSegment(version6: bytes, offset, end &- offset) else { return false }
        return take(plain, bytes, offset, end, sighting)
    }

    /// Takes a plain segment in the frame from an offset to an end.
    @inline(__always)
    private mutating func take(
        _ plain: PlainSegment,
        _ bytes: borrowing RawSpan,
        _ offset: Int,
        _ end: Int,
        _ sighting: PlainSighting
    ) -> Bool {
        // A segment that claims more than was on the wire is left to the decoder.
        guard !table.isSweepDue(at: sighting.time), plain.claimedEnd(bytes) &- offset <= sighting.length else {
            return false
        }
        let flow = plain.flow(bytes)
        let place = table.plain.place(flow.key, hash: flow.hash)
        guard place >= 0 else { return begin(plain, bytes, end, sighting) }
        let segment = plain.numbers(bytes)
        guard
            table.plain[place].receive(
                plain,
                bytes,
                end,
                segment,
                sighting,
                fromLower: flow.fromLower,
                streamCount: analyzer.nextNumber,
                &analyzer.pool,
                &recent
            )
        else { return segment.flags.contains(.syn) && answer(plain, bytes, end, sighting, place) }
        // What both sides closed is due sooner.
        if segment.flags.contains(.fin) { table.slotDue[Int(table.plain[place].slot)] = Instant(nanoseconds: .min) }
        table.advance(to: sighting.time)
        return true
    }

    /// Takes the SYN/ACK of a plain flow.
    private mutating func answer(
        _ plain: PlainSegment,
        _ bytes: borrowing RawSpan,
        _ end: Int,
        _ sighting: PlainSighting,
        _ place: Int
    ) -> Bool {
        let segment = plain.numbers(bytes)
        let timeToLive = plain.timeToLive(bytes)
        let fromLower = plain.flow(bytes).fromLower
        guard timeToLive != 0, !table.plain[place].isFromClient(fromLower: fromLower),
            table.plain[place].acceptsAnswer(segment, sighting.time),
            analyzer.remembers(Int(table.plain[place].stream))
        else { return false }
        let options = TCPOptions(bytes, plain.tcp(bytes, end))
        guard options.isPlain, table.plain[place].note(plain.checksum(bytes, end), isClient: false) else {
            return false
        }
        table.advance(to: sighting.time)
        table.plain[place].takeAnswer(
            segment,
            timeToLive: timeToLive,
            sighting,
            scale: options.windowScale,
            &analyzer.pool
        )
        table.plain[place].remember(plain, bytes, segment, sighting.time, fromLower: fromLower, &recent)
        return true
    }

    /// Begins a plain flow with its SYN.
    private mutating func begin(
        _ plain: PlainSegment,
        _ bytes: borrowing RawSpan,
        _ end: Int,
        _ sighting: PlainSighting
    ) -> Bool {
        let segment = plain.numbers(bytes)
        let timeToLive = plain.timeToLive(bytes)
        guard segment.flags == .syn, segment.acknowledgment == 0, segment.payloadLength == 0, segment.window != 0,
            segment.sequence != .max, timeToLive != 0,
            analyzer.nextNumber < Self.numberLimit, table.openCount < table.openLimit, !isFull
        else { return false }
        let flow = plain.flow(bytes)
        let options = TCPOptions(bytes, plain.tcp(bytes, end))
        guard options.isPlain, !(flow.key.lower == flow.key.upper), !analyzer.knows(flow.key, hash: flow.hash),
            !table.knows(flow.key, hash: flow.hash), let place = takePlace()
        else { return false }
        table.advance(to: sighting.time)
        let slot = table.takeSlot()
        table.slots[slot] = TableSlot(plainPlace: place)
        var new = PlainFlow(
            segment,
            timeToLive: timeToLive,
            identification: plain.identification(bytes),
            options,
            sighting,
            flow.key,
            clientIsLower: flow.fromLower,
            stream: UInt32(truncatingIfNeeded: analyzer.takeNumber()),
            slot: Int32(truncatingIfNeeded: slot),
            &analyzer.pool
        )
        _ = new.note(plain.checksum(bytes, end), isClient: true)
        table.plain.begin(new, at: place)
        table.plain[place].remember(plain, bytes, segment, sighting.time, fromLower: flow.fromLower, &recent)
        return true
    }

    /// A place for another plain flow; what it held is handed over.
    private mutating func takePlace() -> Int? {
        guard let place = table.plain.takePlace() else { return nil }
        if table.plain.places.contains(place), table.plain[place].marks.contains(.isKnown) {
            release(place, before: table.now)
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
        if table.plain.hasManyBacked { settle(before: table.now) }
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
    /// So it has to be with whatever is not plain, seen at `time`, before anybody else sees the packet.
    @inline(__always)
    package mutating func release(_ packet: Packet, _ flow: PacketFlow, at time: Instant) -> Released? {
        guard takesPlainFlows else { return nil }
        if packet.transport == .tcp { return release(flow, at: time) }
        guard packet.hasQuote, packet.quote.ip.protocolNumber == IPProtocol.tcp else { return nil }
        let quote = packet.quote
        let quoted = PacketFlow(quote.ip.source, quote.sourcePort, quote.ip.destination, quote.destinationPort)
        return release(quoted, at: time)
    }

    private mutating func release(_ flow: PacketFlow, at time: Instant) -> Released? {
        let place = table.plain.place(flow.key, hash: flow.hash)
        return place >= 0 ? release(place, before: time) : nil
    }

    /// Writes what backed flows count to where the rest is: to be done before anybody looks there.
    ///
    /// `time` is that of the packet which comes next.
    package mutating func settle(before time: Instant) {
        for place in table.plain.takeBacked() where table.plain[Int(place)].marks.contains(.isBacked) {
            release(Int(place), before: time)
        }
    }

    /// Tells the filter of copies which segments of a flow a packet of a time may be a copy of.
    private mutating func rememberCopies(_ flow: PlainFlow, before time: Instant) {
        let first = min(time.nanoseconds, table.now.nanoseconds).subtractingReportingOverflow(CopyFilter.longest)
        var ordinal = flow.newest
        while let entry = recent.entry(ordinal), first.overflow || entry.time.nanoseconds > first.partialValue {
            table.copyFilter.remember(entry, flow.key)
            ordinal = entry.older
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
    private mutating func release(_ place: Int, before time: Instant) -> Released? {
        let flow = table.plain[place]
        rememberCopies(flow, before: time)
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
