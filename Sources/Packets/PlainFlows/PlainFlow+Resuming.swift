import RoadblockCore

extension PlainFlow {
    /// The flow of a conversation that is as usual again; `nil` while it is not.
    ///
    /// It is backed: what it counts is added to what the three hold.
    init?(
        resuming stream: AnalyzedStream,
        _ conversation: TCPConversation,
        _ row: ConversationRow,
        place: Int,
        rowSlot: Int
    ) {
        guard conversation.isEstablished, !conversation.isOver, row.client == conversation.client,
            row.clientPort == conversation.clientPort, stream.state.initialRTT != nil || stream.state.newestSYN == nil,
            !stream.state.hasReset,
            !stream.state.hasEnded, row.packets > 0, stream.state.number < 1 << 31
        else { return nil }
        let clientIsLower =
            stream.key.lower == conversation.client
            && UInt16(truncatingIfNeeded: stream.key.ports >> 16) == conversation.clientPort
        let (asker, answerer) = clientIsLower ? (stream.lower, stream.upper) : (stream.upper, stream.lower)
        guard let client = Side(resuming: asker, conversation.fromClient),
            let server = Side(resuming: answerer, conversation.fromServer),
            !(stream.key.lower == stream.key.upper),
            conversation.fromClient.pendingCount == 0
                || conversation.fromClient.pendingSequence == server.acknowledged,
            conversation.fromServer.pendingCount == 0
                || conversation.fromServer.pendingSequence == client.acknowledged,
            Int32(bitPattern: client.next &- server.acknowledged) >= 0,
            Int32(bitPattern: server.next &- client.acknowledged) >= 0,
            let letters = row.history.letters(client, server)
        else { return nil }
        key = stream.key
        self.stream = UInt32(truncatingIfNeeded: stream.state.number)
        marks = [.open, .isAnswered, .isEstablished, .hasRoundTrip, .isBacked]
        if clientIsLower { marks.insert(.clientIsLower) }
        if row.history.hasRightChecksum(ofClient: true) { marks.insert(.clientHasRightChecksum) }
        if row.history.hasRightChecksum(ofClient: false) { marks.insert(.serverHasRightChecksum) }
        completeness = 0
        let newest = max(conversation.lastTime.nanoseconds, row.newestTime.nanoseconds)
        lastTime = Instant(nanoseconds: max(newest, stream.state.previousTime.nanoseconds))
        self.client = client
        self.server = server
        self.client.hasDataLetter = letters.client.hasData
        self.client.hasAcknowledgedAlone = letters.client.hasAcknowledged
        self.server.hasDataLetter = letters.server.hasData
        self.server.hasAcknowledgedAlone = letters.server.hasAcknowledged
        firstTime = stream.state.firstTime
        syn = OpeningSYN(window: 0, options: 0, identification: 0, timestamp: nil)
        slot = Int32(truncatingIfNeeded: place)
        self.rowSlot = Int32(truncatingIfNeeded: rowSlot)
    }
}

extension PlainFlow.Side {
    /// A side of which all that was sent is one piece, as both its analysis and its conversation see it.
    fileprivate init?(resuming direction: StreamDirection, _ side: TCPSide) {
        guard direction.isBaseKnown, side.hasSequence, side.hasAcknowledged, !side.hasGap, direction.high == side.next,
            direction.high == direction.contiguous, direction.high != 0, direction.lastACK == side.acknowledged,
            direction.lastACK != 0, direction.lastWindow == UInt32(side.window), side.window != 0,
            direction.lastFlags.isDisjoint(with: .probes), side.finCount == 0,
            !direction.hasFIN, side.unansweredKeepAlives == 0, side.largestAcknowledged <= UInt16.max,
            side.newestLength <= UInt16.max
        else { return nil }
        if side.pendingCount > 0 {
            guard side.pendingCount == 1, side.pendingLength <= UInt16.max else { return nil }
            pendingLength = UInt16(side.pendingLength)
        }
        next = direction.high
        acknowledged = direction.lastACK
        window = side.window
        newestLength = UInt16(side.newestLength)
        largestAcknowledged = UInt16(side.largestAcknowledged)
        unacknowledged = direction.unacknowledged
        lastTime = side.lastTime
        highTime = direction.highTime
        highHadPayload = direction.highHadPayload
        hasData = side.firstDataLength > 0
    }
}

extension AnalysisFlags {
    /// The labels that change what the other side's next segment means.
    static let probes: AnalysisFlags = [.keepAlive, .keepAliveACK, .zeroWindow, .zeroWindowProbe, .zeroWindowProbeACK]
}
