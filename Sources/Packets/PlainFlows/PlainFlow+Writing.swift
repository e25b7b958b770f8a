import RoadblockCore

/// What has come since a flow became plain, written to those who know what came before.
extension PlainFlow {
    func write(to stream: inout AnalyzedStream) {
        stream.state.previousTime = lastTime
        stream.state.completeness |= completeness
        if client.hasFIN || server.hasFIN { stream.state.hasEnded = true }
        stream.state.packetCount += Int(client.packets &+ server.packets)
        let hasACK = marks.contains(.isEstablished)
        if marks.contains(.clientIsLower) {
            client.write(to: &stream.lower, hasAcknowledged: hasACK)
            if marks.contains(.isAnswered) { server.write(to: &stream.upper, hasAcknowledged: true) }
        } else {
            client.write(to: &stream.upper, hasAcknowledged: hasACK)
            if marks.contains(.isAnswered) { server.write(to: &stream.lower, hasAcknowledged: true) }
        }
    }

    func write(to conversation: inout TCPConversation) {
        conversation.lastTime = lastTime
        if pendingTime.nanoseconds != 0 {
            conversation.idleBefore = Float(pendingTime.seconds(since: timeBeforePending))
        }
        client.write(
            to: &conversation.fromClient,
            hasAcknowledged: marks.contains(.isEstablished),
            acknowledgedByPeer: server.acknowledged
        )
        if marks.contains(.isAnswered) {
            server.write(
                to: &conversation.fromServer,
                hasAcknowledged: true,
                acknowledgedByPeer: client.acknowledged
            )
        }
    }

    func write(to row: inout ConversationRow) {
        row.lastTime = lastTime
        row.newestTime = lastTime
        row.clientPackets &+= Int(client.packets)
        row.clientBytes &+= Int(truncatingIfNeeded: client.bytes)
        row.serverPackets &+= Int(server.packets)
        row.serverBytes &+= Int(truncatingIfNeeded: server.bytes)
        row.completeness |= completeness
        row.history.add(self)
    }
}

extension PlainFlow.Side {
    fileprivate func write(to direction: inout StreamDirection, hasAcknowledged: Bool) {
        direction.hasFIN = direction.hasFIN || hasFIN
        direction.high = next
        direction.highTime = highTime
        direction.highHadPayload = highHadPayload
        direction.contiguous = next
        let newACK = hasAcknowledged ? acknowledged : 0
        // Another number ends the counting of repeated ones.
        if newACK != direction.lastACK { direction.duplicates = 0 }
        direction.lastACK = newACK
        direction.lastTime = lastTime
        direction.lastWindow = UInt32(window)
        direction.lastFlags = []
        if packets > 0 {
            direction.selectiveBytes = 0
            direction.hasMultipath = false
        }
        direction.unacknowledged = unacknowledged
    }

    fileprivate func write(to side: inout TCPSide, hasAcknowledged: Bool, acknowledgedByPeer: UInt32) {
        side.packets &+= packets
        side.next = next
        side.bytes &+= bytes
        side.payloadBytes &+= payloadBytes
        side.lastTime = lastTime
        side.acknowledged = hasAcknowledged ? acknowledged : 0
        side.hasAcknowledged = hasAcknowledged
        side.window = window
        side.largestAcknowledged = UInt32(largestAcknowledged)
        side.newestLength = UInt32(newestLength)
        side.pendingCount = pendingLength > 0 ? 1 : 0
        if pendingLength > 0 {
            side.pendingSequence = acknowledgedByPeer
            side.pendingLength = UInt32(pendingLength)
        }
        if hasFIN {
            side.finCount = 1
            side.finFirst = PlainFlow.reference(finTime)
        }
        guard dataTime.nanoseconds != 0 else { return }
        side.lastData = PlainFlow.reference(dataTime)
        guard side.firstDataLength == 0 else { return }
        side.firstData = side.lastData
        side.firstDataLength = UInt32(firstDataLength)
        side.firstDataKind = firstDataKind
    }
}
