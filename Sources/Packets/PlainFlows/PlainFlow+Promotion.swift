import RoadblockCore

/// What the analysis, the conversation's state and its row would hold, had each followed the flow by itself.
///
/// Frames are left out where nothing but evidence would name them: a list has none.
extension PlainFlow {
    /// The flow as the analysis knows it.
    var analyzed: AnalyzedStream {
        var state = StreamState(number: Int(stream), firstTime: firstTime, previousTime: lastTime)
        state.newestSYN = firstTime
        if marks.contains(.hasRoundTrip) { state.initialRTT = roundTrip }
        state.completeness = completeness
        state.hasEnded = client.hasFIN || server.hasFIN
        state.packetCount = Int(client.packets &+ server.packets)
        var asker = client.direction
        asker.lastACK = marks.contains(.isEstablished) ? client.acknowledged : 0
        let answerer = marks.contains(.isAnswered) ? server.direction : untouchedDirection
        return marks.contains(.clientIsLower)
            ? AnalyzedStream(key: key, state: state, lower: asker, upper: answerer)
            : AnalyzedStream(key: key, state: state, lower: answerer, upper: asker)
    }

    /// The direction of a server that was not heard.
    private var untouchedDirection: StreamDirection {
        var direction = StreamDirection()
        direction.scale = server.scale
        return direction
    }

    /// The flow as the state of its attempt, which belongs to a row.
    func conversation(row: RowReference) -> TCPConversation {
        let (asker, answerer) = (clientEnd, serverEnd)
        let first = Self.reference(firstTime)
        var conversation = TCPConversation(
            client: asker.address,
            clientPort: asker.port,
            server: answerer.address,
            serverPort: answerer.port,
            at: first
        )
        conversation.row = row
        conversation.lastTime = lastTime
        conversation.isOriented = true
        conversation.firstFlags = .syn
        conversation.syns.add(first)
        conversation.synWindow = syn.window
        conversation.synOptions = syn.options
        conversation.synIdentification = syn.identification
        conversation.synTimestamp = syn.timestamp
        if pendingTime.nanoseconds != 0 {
            conversation.idleBefore = Float(pendingTime.seconds(since: timeBeforePending))
        }
        conversation.fromClient = client.side
        conversation.fromClient.hasAcknowledged = marks.contains(.isEstablished)
        if !marks.contains(.isEstablished) { conversation.fromClient.acknowledged = 0 }
        guard marks.contains(.isAnswered) else { return conversation }
        conversation.synACKs.add(Self.reference(answerTime))
        conversation.synsBeforeSYNACK = 1
        conversation.handshakeRTT = answerTime.nanoseconds(since: firstTime)
        conversation.fromServer = server.side
        conversation.fromServer.hasAcknowledged = true
        // Only of the client's data is the last length kept.
        conversation.fromServer.lastDataLength = 0
        if marks.contains(.isEstablished) {
            conversation.isEstablished = true
            conversation.established = Self.reference(establishedTime)
        }
        return conversation
    }

    /// The flow as a row.
    var row: ConversationRow {
        let (asker, answerer) = (clientEnd, serverEnd)
        var row = ConversationRow(
            .tcp,
            stream: Int(stream),
            client: asker.address,
            clientPort: asker.port,
            server: answerer.address,
            serverPort: answerer.port
        )
        row.firstTime = firstTime
        row.lastTime = lastTime
        row.newestTime = lastTime
        row.clientPackets = Int(client.packets)
        row.clientBytes = Int(truncatingIfNeeded: client.bytes)
        row.serverPackets = Int(server.packets)
        row.serverBytes = Int(truncatingIfNeeded: server.bytes)
        row.synCount = 1
        row.initialRTT = marks.contains(.hasRoundTrip) ? roundTrip : 0
        row.completeness = completeness
        row.hasPacket = true
        row.history = ConversationHistory(self)
        return row
    }

    /// A frame of which only the time is known.
    static func reference(_ time: Instant) -> FrameReference { FrameReference(time: time, frame: .max, input: 0) }
}

extension PlainFlow.Side {
    fileprivate var direction: StreamDirection {
        var direction = StreamDirection()
        direction.hasFIN = hasFIN
        direction.base = initial
        direction.isBaseKnown = true
        direction.high = next
        direction.highTime = highTime
        direction.highHadPayload = newestLength > 0
        direction.contiguous = next
        direction.lastACK = acknowledged
        direction.lastTime = lastTime
        direction.lastWindow = UInt32(window)
        direction.scale = scale
        direction.isScaleOff = packets == 1
        direction.unacknowledged = unacknowledged
        return direction
    }

    fileprivate var side: TCPSide {
        var side = TCPSide()
        side.packets = packets
        side.next = next
        side.bytes = bytes
        side.payloadBytes = payloadBytes
        side.lastTime = lastTime
        side.acknowledged = acknowledged
        side.window = window
        side.timeToLive = timeToLive
        side.hasSYN = true
        side.hasSequence = true
        side.firstDataKind = firstDataKind
        side.finCount = hasFIN ? 1 : 0
        side.pendingSequence = pendingSequence
        side.largestAcknowledged = UInt32(largestAcknowledged)
        side.newestLength = UInt32(newestLength)
        side.firstDataLength = UInt32(firstDataLength)
        side.lastDataLength = UInt32(lastDataLength)
        side.initialSequence = initial
        if payloadBytes > 0 {
            side.firstData = PlainFlow.reference(firstDataTime)
            side.lastData = PlainFlow.reference(dataTime)
        }
        if hasFIN { side.finFirst = PlainFlow.reference(finTime) }
        if pendingLength > 0 {
            side.pendingCount = 1
            side.pendingLength = UInt32(pendingLength)
        }
        return side
    }
}
