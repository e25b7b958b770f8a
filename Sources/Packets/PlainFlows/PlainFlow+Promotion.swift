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
        var stream = AnalyzedStream(key: key, state: state)
        let sides = marks.contains(.clientIsLower) ? (client, server) : (server, client)
        sides.0.begin(&stream.lower)
        sides.1.begin(&stream.upper)
        write(to: &stream)
        return stream
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
        conversation.isOriented = true
        conversation.firstFlags = .syn
        conversation.syns.add(first)
        conversation.synWindow = syn.window
        conversation.synOptions = syn.options
        conversation.synIdentification = syn.identification
        conversation.synTimestamp = syn.timestamp
        conversation.fromClient.begin(client)
        if marks.contains(.isAnswered) {
            conversation.fromServer.begin(server)
            conversation.synACKs.add(Self.reference(answerTime))
            conversation.synsBeforeSYNACK = 1
            conversation.handshakeRTT = answerTime.nanoseconds(since: firstTime)
        }
        if marks.contains(.isEstablished) {
            conversation.isEstablished = true
            conversation.established = Self.reference(establishedTime)
        }
        write(to: &conversation)
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
        row.synCount = 1
        row.initialRTT = marks.contains(.hasRoundTrip) ? roundTrip : 0
        row.hasPacket = true
        row.history = ConversationHistory(self)
        write(to: &row)
        return row
    }

    /// A frame of which only the time is known.
    static func reference(_ time: Instant) -> FrameReference { FrameReference(time: time, frame: .max, input: 0) }
}

extension PlainFlow.Side {
    /// Writes what the first segment of a side told the analysis.
    fileprivate func begin(_ direction: inout StreamDirection) {
        direction.scale = scale
        guard packets > 0 else { return }
        direction.base = initial
        direction.isBaseKnown = true
        direction.isScaleOff = packets == 1
    }
}

extension TCPSide {
    /// Takes what the first segment of a side told.
    fileprivate mutating func begin(_ side: borrowing PlainFlow.Side) {
        timeToLive = side.timeToLive
        hasSYN = true
        hasSequence = true
        initialSequence = side.initial
    }
}
