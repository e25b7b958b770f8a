import RoadblockCore

extension TCPConversation {
    /// One segment with what the conversation needs of it.
    package struct Segment {
        package var tcp: Packet.TCPFields
        package var at: FrameReference
        package var wireLength: Int
        package var timeToLive: UInt8

        var length: UInt32 { UInt32(truncatingIfNeeded: tcp.payloadLength) }
        var end: UInt32 { tcp.sequence &+ tcp.sequenceLength }
    }

    /// Moves on one segment of a side.
    @inline(__always)
    package mutating func receive(
        _ segment: Segment,
        fromClient isClient: Bool,
        _ packet: Packet,
        _ bytes: borrowing RawSpan
    ) {
        let idle = segment.at.time.seconds(since: lastTime)
        if packets == 0 { firstFlags = segment.tcp.flags }
        if isClient {
            TCPConversation.count(segment, &fromClient)
        } else {
            TCPConversation.count(segment, &fromServer)
        }
        let flags = segment.tcp.flags
        if flags.contains(.rst) {
            receiveReset(segment, isClient)
        } else if flags.contains(.syn) {
            receiveSYN(segment, isClient, packet, bytes)
        } else {
            if !isClient, fromServer.resetCount > 0 || !refusals.isEmpty { serverSpokeAfterReset = true }
            receiveOther(segment, isClient, idle)
            if tcpHasPayload(segment) { noteData(segment, isClient, packet, bytes) }
        }
        if segment.at.time > lastTime { lastTime = segment.at.time }
    }

    private func tcpHasPayload(_ segment: Segment) -> Bool { segment.tcp.payloadLength > 0 }

    @inline(__always)
    private static func count(_ segment: Segment, _ side: inout TCPSide) {
        side.packets &+= 1
        side.bytes &+= UInt64(segment.wireLength)
        side.payloadBytes &+= UInt64(segment.length)
        side.lastTime = segment.at.time
        if side.timeToLive == 0, !segment.tcp.flags.contains(.rst) { side.timeToLive = segment.timeToLive }
    }

    private mutating func receiveSYN(
        _ segment: Segment,
        _ isClient: Bool,
        _ packet: Packet,
        _ bytes: borrowing RawSpan
    ) {
        let tcp = segment.tcp
        if tcp.flags.contains(.ack) { return receiveSYNACK(segment, isClient) }
        guard isClient else {
            // Both sides opened at once.
            isSimultaneousOpen = true
            fromServer.initialSequence = tcp.sequence
            fromServer.hasSYN = true
            TCPConversation.advance(&fromServer, to: segment.end)
            return
        }
        let hadECN = !tcp.flags.isDisjoint(with: [.ece, .cwr])
        if syns.isEmpty {
            isOriented = true
            fromClient.initialSequence = tcp.sequence
            fromClient.hasSYN = true
            let options = TCPOptions(bytes, tcp)
            synWindow = tcp.window
            synOptions = options.signature
            synIdentification = packet.ip.identification
            synTimestamp = options.hasTimestamps ? options.timestampValue : nil
            synHadData = tcp.payloadLength > 0
            synHadECN = hadECN
            if provesMissingRequest, fromServer.hasAcknowledged, fromServer.acknowledged == tcp.sequence &+ 1 {
                // The SYN/ACK stood before its SYN in the file.
                provesMissingRequest = false
            }
        } else if synACKs.isEmpty {
            if synHadData, tcp.payloadLength == 0 { synLostData = true }
            if synHadECN, !hadECN { synLostECN = true }
        }
        if !synACKs.isEmpty, !isEstablished, segment.at.time > synACKs.first.time, syns.total > 0 {
            synsAfterSYNACK &+= 1
        }
        syns.add(segment.at)
        TCPConversation.advance(&fromClient, to: segment.end)
        fromClient.window = tcp.window
    }

    private mutating func receiveSYNACK(_ segment: Segment, _ isClient: Bool) {
        guard !isClient else {
            if isSimultaneousOpen { isEstablished = true }
            return
        }
        if synACKs.isEmpty {
            isOriented = true
            synsBeforeSYNACK = UInt16(clamping: syns.total)
            fromServer.initialSequence = segment.tcp.sequence
            fromServer.hasSYN = true
            if syns.isEmpty, !isSimultaneousOpen {
                provesMissingRequest = true
                proof = segment.at
            } else if !syns.isEmpty {
                handshakeRTT = segment.at.time.nanoseconds(since: syns.last.time)
            }
        }
        if !isEstablished || segment.tcp.sequence == fromServer.initialSequence { synACKs.add(segment.at) }
        TCPConversation.advance(&fromServer, to: segment.end)
        fromServer.acknowledge(segment.tcp.acknowledgment)
        fromServer.window = segment.tcp.window
        if synHadData, segment.tcp.acknowledgment == fromClient.initialSequence &+ 1, fromClient.firstDataLength == 0 {
            // The data in the SYN was not taken: it will come again, as new.
            fromClient.next = segment.tcp.acknowledgment
        }
        if fromServer.resetCount > 0 || !refusals.isEmpty { serverSpokeAfterReset = true }
    }

    private mutating func receiveReset(_ segment: Segment, _ isClient: Bool) {
        let tcp = segment.tcp
        if isClient {
            if tcp.flags.contains(.ack) { fromClient.acknowledge(tcp.acknowledgment) }
            if fromClient.resetCount == 0 {
                resetWasUnfinished = resetWasUnfinished || isUnfinished
                fromClient.resetFirst = segment.at
                fromClient.resetTimeToLive = segment.timeToLive
            }
            fromClient.resetCount &+= 1
            return
        }
        if !syns.isEmpty, synACKs.isEmpty, !isEstablished {
            // An endpoint in SYN-SENT ignores a reset that does not acknowledge its SYN (RFC 9293 section 3.10.7.3).
            let expected = fromClient.initialSequence &+ 1
            let acknowledges = tcp.flags.contains(.ack) ? tcp.acknowledgment &- expected <= 1 << 16 : tcp.sequence == 0
            guard acknowledges else { return }
            if refusals.isEmpty { refusalTimeToLive = segment.timeToLive }
            refusals.add(segment.at)
            return
        }
        if fromServer.resetCount == 0 {
            resetAfterClose = fromClient.finCount > 0 || fromServer.finCount > 0
            resetWasUnfinished = resetWasUnfinished || isUnfinished
            fromServer.resetFirst = segment.at
            fromServer.resetTimeToLive = segment.timeToLive
        }
        fromServer.resetCount &+= 1
        if tcp.flags.contains(.ack) { fromServer.acknowledge(tcp.acknowledgment) }
    }

    /// True while a request waits for its answer, or data was sent again without an acknowledgment.
    ///
    /// What is merely under way at the moment of a close, such as the last data or a TLS close_notify, does not count.
    private var isUnfinished: Bool {
        guard isEstablished else { return false }
        let clientWaits = fromClient.payloadBytes > 0 && fromServer.payloadBytes == 0
        return clientWaits || fromClient.pendingCount >= 2 || fromServer.pendingCount >= 2
    }

    /// Sequence numbers that a side sent and its peer has not acknowledged.
    package func outstanding(_ side: TCPSide, _ peer: TCPSide) -> Int {
        guard side.hasSequence, peer.hasAcknowledged else { return 0 }
        return max(0, Int(Int32(bitPattern: side.next &- peer.acknowledged)))
    }

    @inline(__always)
    private mutating func receiveOther(_ segment: Segment, _ isClient: Bool, _ idle: Double) {
        let tcp = segment.tcp
        let isACK = tcp.flags.contains(.ack)
        if isACK { noteHandshake(segment, isClient) }
        if isClient {
            TCPConversation.follow(segment, idle, &fromClient, &fromServer, &idleBefore)
        } else {
            TCPConversation.follow(segment, idle, &fromServer, &fromClient, &idleBefore)
        }
    }

    @inline(__always)
    private mutating func noteHandshake(_ segment: Segment, _ isClient: Bool) {
        guard !isEstablished else { return }
        if isClient {
            if !synACKs.isEmpty {
                let ahead = Int32(bitPattern: segment.tcp.acknowledgment &- fromServer.initialSequence)
                if ahead >= 1 || syns.isEmpty { establish(segment.at) }
            } else if !syns.isEmpty, fromServer.packets == 0, !provesMissingReply {
                provesMissingReply = true
                proof = segment.at
            } else if fromServer.packets > 0, syns.isEmpty || fromServer.payloadBytes > 0 {
                establish(segment.at)
            }
        } else if !syns.isEmpty, synACKs.isEmpty {
            // The SYN/ACK was not captured, or the server answers for an older connection: then its number is not ours.
            let ahead = segment.tcp.acknowledgment &- fromClient.initialSequence
            if fromClient.packets > UInt32(syns.total) {
                establish(segment.at)
            } else if ahead == 0 || Int32(bitPattern: segment.tcp.acknowledgment &- fromClient.next) > 0 {
                hasChallenge = true
            }
        } else if syns.isEmpty, synACKs.isEmpty, fromClient.packets > 0 {
            establish(segment.at)
        }
    }

    private mutating func establish(_ at: FrameReference) {
        isEstablished = true
        established = at
    }

    private mutating func noteData(
        _ segment: Segment,
        _ isClient: Bool,
        _ packet: Packet,
        _ bytes: borrowing RawSpan
    ) {
        if isClient {
            if fromClient.firstDataLength == 0 {
                fromClient.firstData = segment.at
                fromClient.firstDataLength = segment.length
                fromClient.firstDataKind = PayloadKind(bytes, packet.payloadOffset, packet.payloadEnd)
            }
            fromClient.lastData = segment.at
            fromClient.lastDataLength = segment.length
        } else {
            if fromServer.firstDataLength == 0 {
                fromServer.firstData = segment.at
                fromServer.firstDataLength = segment.length
            }
            fromServer.lastData = segment.at
        }
    }

    /// Follows the numbers of one side's segment that is neither SYN nor RST.
    @inline(__always)
    private static func follow(
        _ segment: Segment,
        _ idle: Double,
        _ side: inout TCPSide,
        _ peer: inout TCPSide,
        _ idleBefore: inout Float
    ) {
        let tcp = segment.tcp
        side.window = tcp.window
        if tcp.window == 0, side.zeroWindows < .max { side.zeroWindows &+= 1 }
        if tcp.flags.contains(.ack) {
            let before = side.acknowledged
            let hadAcknowledged = side.hasAcknowledged
            side.acknowledge(tcp.acknowledgment)
            if !hadAcknowledged || side.acknowledged != before { peer.progress(to: side.acknowledged) }
        }
        peer.unansweredKeepAlives = 0
        let isKeepAlive =
            segment.length <= 1 && side.hasSequence && !tcp.flags.contains(.fin)
            && tcp.sequence == side.next &- 1
            && (!peer.hasAcknowledged || Int32(bitPattern: tcp.sequence &- peer.acknowledged) < 0)
        if isKeepAlive {
            if side.unansweredKeepAlives == 0 {
                side.keepAliveFirst = segment.at
                idleBefore = Float(idle)
            }
            side.unansweredKeepAlives &+= 1
            side.keepAliveLast = segment.at
            return
        }
        if tcp.flags.contains(.fin) {
            if side.finCount == 0 { side.finFirst = segment.at }
            side.finCount &+= 1
        }
        guard segment.length > 0 || tcp.flags.contains(.fin) else {
            if !side.hasSequence {
                advance(&side, to: tcp.sequence)
            } else if Int32(bitPattern: tcp.sequence &- side.next) > 0 {
                // The side counts on from bytes that were never captured.
                side.noteGap(segment.at.time)
                side.next = tcp.sequence
            }
            return
        }
        if peer.hasAcknowledged { side.trackPending(segment, acknowledged: peer.acknowledged, idle, &idleBefore) }
        side.trackOrder(segment)
    }

    @inline(__always)
    static func advance(_ side: inout TCPSide, to end: UInt32) {
        if !side.hasSequence || Int32(bitPattern: end &- side.next) > 0 {
            side.next = end
            side.hasSequence = true
        }
    }
}

extension TCPSide {
    /// Takes the acknowledgment number of a packet of this side.
    @inline(__always)
    mutating func acknowledge(_ number: UInt32) {
        if !hasAcknowledged || Int32(bitPattern: number &- acknowledged) > 0 {
            acknowledged = number
            hasAcknowledged = true
        }
    }

    /// The peer acknowledged up to a number: what was pending before it has arrived.
    @inline(__always)
    mutating func progress(to number: UInt32) {
        if pendingCount > 0, Int32(bitPattern: number &- pendingSequence) > 0 {
            if pendingLength > largestAcknowledged { largestAcknowledged = pendingLength }
            pendingCount = 0
        }
        if number == next, newestLength > largestAcknowledged { largestAcknowledged = newestLength }
        if hasGap, Int32(bitPattern: number &- gapStart) > 0 { hasGap = false }
    }

    /// Notes that bytes from `next` on were skipped.
    @inline(__always)
    mutating func noteGap(_ time: Instant) {
        guard !hasGap else { return }
        hasGap = true
        gapStart = next
        gapTime = time
    }

    /// Counts how often the first unacknowledged segment was sent.
    @inline(__always)
    mutating func trackPending(
        _ segment: TCPConversation.Segment,
        acknowledged: UInt32,
        _ idle: Double,
        _ idleBefore: inout Float
    ) {
        let start = Int32(bitPattern: segment.tcp.sequence &- acknowledged)
        let end = Int32(bitPattern: segment.end &- acknowledged)
        guard start <= 0, end > 0, segment.length > 0 else { return }
        if pendingCount == 0 || pendingSequence != acknowledged {
            pendingSequence = acknowledged
            pendingCount = 0
            pendingLength = segment.length
            pendingFirst = segment.at
            idleBefore = Float(idle)
        }
        pendingLength = min(pendingLength, segment.length)
        if pendingCount < .max { pendingCount &+= 1 }
        pendingLast = segment.at
    }

    /// Tells new bytes from repeated ones and from those that only came late.
    @inline(__always)
    mutating func trackOrder(_ segment: TCPConversation.Segment) {
        let sequence = segment.tcp.sequence
        if !hasSequence {
            next = segment.end
            hasSequence = true
        } else if Int32(bitPattern: sequence &- next) >= 0 {
            // A FIN alone tells of bytes before it, which a filter may have left out on purpose.
            if sequence != next, segment.length > 0 { noteGap(segment.at.time) }
            next = segment.end
        } else if hasGap, Int32(bitPattern: sequence &- gapStart) >= 0 {
            // Bytes that had been skipped: late within 3 ms, else lost before the capture point and sent again.
            if segment.at.time.nanoseconds(since: gapTime) > 3_000_000 { retransmissions &+= 1 }
            if sequence == gapStart { hasGap = false }
        } else {
            if segment.length > 0 { retransmissions &+= 1 }
            if Int32(bitPattern: segment.end &- next) > 0 { next = segment.end }
        }
        newestLength = segment.length
    }
}
