import Packets
import RoadblockCore

/// Judges one TCP conversation by itself: what the capture as a whole means for it comes later.
///
/// Order: local errors and ICMP, resets, the handshake, progress after it, the close.
struct TCPJudge {
    let conversation: TCPConversation
    /// The newest time that the capture saw: silence is measured to here.
    let end: Instant

    init(_ conversation: TCPConversation, end: Instant) {
        self.conversation = conversation
        self.end = end
    }

    private var client: TCPSide { conversation.fromClient }
    private var server: TCPSide { conversation.fromServer }

    /// Seconds of capture after a time.
    private func silence(after time: Instant) -> Double { end.seconds(since: time) }

    func judge() -> Judgement {
        let c = conversation
        if let answer = judgeError() { return answer }
        if c.syns.isEmpty, c.synACKs.isEmpty { return judgeWithoutHandshake() }
        if c.syns.isEmpty, server.hasSYN, !c.isEstablished { return judgeWithoutSYN() }
        if !c.refusals.isEmpty {
            return c.serverSpokeAfterReset
                ? Judgement(.refusedByMiddlebox, .certain) : Judgement(.refusedRST, .certain)
        }
        if c.synACKs.isEmpty, !c.isEstablished, !c.isSimultaneousOpen { return judgeUnanswered() }
        if !c.isEstablished, !c.isSimultaneousOpen { return judgeUnfinishedHandshake() }
        return judgeEstablished()
    }

    /// An ICMP error that the conversation did not survive.
    private func judgeError() -> Judgement? {
        let c = conversation
        guard c.error.exists else { return nil }
        let errorTime = c.error.frames.first.time
        // A stack may treat the error as soft; what came afterwards counts.
        if server.packets > 0, server.lastTime > errorTime, server.resetCount == 0 { return nil }
        if c.isEstablished, c.isOver, server.finCount > 0 { return nil }
        return ICMPJudge.judge(c.error, target: c.server, isTCP: true)
    }

    /// No SYN and no SYN/ACK: the capture began later, or somebody probes without SYN.
    private func judgeWithoutHandshake() -> Judgement {
        let c = conversation
        if c.firstFlags.isDisjoint(with: [.syn, .ack, .rst]), server.payloadBytes == 0, client.payloadBytes == 0 {
            return Judgement(.scan, .likely)
        }
        let onlyResets = client.packets + server.packets == UInt32(client.resetCount) + UInt32(server.resetCount)
        if onlyResets { return Judgement(.backscatter, .weak) }
        guard client.packets > 0, server.packets > 0 else { return Judgement(.midstream, .weak) }
        if let trouble = judgeStall() ?? judgeReset() {
            return Judgement(trouble.detail, min(trouble.confidence, .likely), verdict: trouble.verdict)
        }
        return Judgement(.midstream, .likely, verdict: .open)
    }

    /// SYN/ACKs whose SYN was not captured.
    private func judgeWithoutSYN() -> Judgement {
        if client.packets > 0, client.packets == UInt32(client.resetCount) { return Judgement(.backscatter, .likely) }
        if client.packets > 0 { return Judgement(.midstream, .likely, verdict: .open) }
        return Judgement(.oneWayServer, .likely)
    }

    private func judgeUnanswered() -> Judgement {
        let c = conversation
        if c.hasChallenge { return Judgement(.halfOpenPeer, .likely) }
        if c.provesMissingReply { return Judgement(.oneWayClient, .likely) }
        let copies = c.syns.total
        if copies == 1, client.resetCount > 0 || client.finCount > 0 {
            return Judgement(.clientAbortedBeforeAnswer, .likely)
        }
        if copies >= 3 { return Judgement(.unansweredSYN, .strong) }
        if copies == 2 { return Judgement(.unansweredSYN, .likely) }
        return silence(after: c.syns.first.time) >= 3 ? Judgement(.unansweredSYN, .weak) : Judgement(.pending, .weak)
    }

    /// SYN and SYN/ACK, but no acknowledgment of the client.
    private func judgeUnfinishedHandshake() -> Judgement {
        let c = conversation
        if c.hasChallenge { return Judgement(.halfOpenPeer, .likely) }
        if client.resetCount > 0 { return Judgement(.probeOpenPort, .likely) }
        if server.resetCount > 0 { return Judgement(.resetByServer, .likely) }
        if c.synsAfterSYNACK >= 2 { return Judgement(.returnPathBlocked, .strong) }
        if c.synsAfterSYNACK == 1 { return Judgement(.returnPathBlocked, .likely) }
        if c.synACKs.total >= 2 { return Judgement(.synACKNeverAcked, .weak) }
        return Judgement(.pending, .weak)
    }

    private func judgeEstablished() -> Judgement {
        let c = conversation
        if c.hasChallenge { return Judgement(.halfOpenPeer, .likely) }
        if let stall = judgeStall() ?? judgeLastStep() { return stall }
        if let reset = judgeReset() { return reset }
        if let lost = judgeHole(server, peer: client) ?? judgeHole(client, peer: server) { return lost }
        if client.finCount >= 2, server.lastTime < client.finFirst.time { return Judgement(.closeNeverAcked, .likely) }
        if server.finCount >= 2, client.lastTime < server.finFirst.time { return Judgement(.closeNeverAcked, .likely) }
        if client.zeroWindows > 0 || server.zeroWindows > 0 { return Judgement(.receiverStalled, .strong) }
        if c.sizeError.exists { return Judgement(.pmtuReduced, .certain) }
        if !c.synACKs.isEmpty, c.synLostData { return Judgement(.synWithDataDropped, .likely) }
        if !c.synACKs.isEmpty, c.synLostECN { return Judgement(.ecnBlocked, .likely) }
        let handshakeLoss = c.synsBeforeSYNACK > 1 || c.synsAfterSYNACK > 0 || c.synACKs.total > 1
        if handshakeLoss || client.retransmissions > 0 || server.retransmissions > 0 {
            return Judgement(.establishedAfterLoss, .strong)
        }
        let hasData = client.payloadBytes > 0 || server.payloadBytes > 0
        if !hasData, client.resetCount > 0 || client.finCount > 0 { return Judgement(.probeOpenPort, .strong) }
        return Judgement(c.isOver ? .establishedNormal : .establishedOpen, .strong)
    }
}

extension TCPJudge {
    /// Something was sent again and again, and never acknowledged.
    private func judgeStall() -> Judgement? {
        for (side, peer) in [(client, server), (server, client)] {
            if side.pendingCount >= 3 { return judgeStuck(side, peer) }
            if side.unansweredKeepAlives >= 2, peer.lastTime < side.keepAliveFirst.time {
                if peer.window == 0 { return Judgement(.receiverStalled, .likely) }
                return conversation.idleBefore > 60 ? Judgement(.idleSessionDropped, .strong) : nil
            }
        }
        return nil
    }

    /// The server repeats its SYN/ACK although the client acknowledged it, and says nothing else: the last step of the
    /// handshake is lost on its way.
    private func judgeLastStep() -> Judgement? {
        let repeats = conversation.synACKs.total
        guard repeats >= 3, server.packets == UInt32(repeats) else { return nil }
        let detail = client.payloadBytes > 0 ? Detail.dataNeverAcked : .synACKNeverAcked
        return Judgement(detail, repeats >= 4 ? .strong : .likely)
    }

    private func judgeStuck(_ side: TCPSide, _ peer: TCPSide) -> Judgement {
        let c = conversation
        if peer.window == 0 { return Judgement(.receiverStalled, .likely) }
        let repeats: Confidence = side.pendingCount >= 4 ? .strong : .likely
        if c.sizeError.exists { return Judgement(.pmtuBlackHole, .strong) }
        let isLarge = side.pendingLength > 600 && side.largestAcknowledged < side.pendingLength
        if isLarge, side.largestAcknowledged > 0 || side.pendingLength >= 1400 || peer.payloadBytes > 0 {
            return Judgement(.pmtuBlackHole, side.largestAcknowledged > 0 ? repeats : .likely)
        }
        if c.idleBefore > 60 { return Judgement(.idleSessionDropped, .likely) }
        let isFirst = side.pendingSequence == side.initialSequence &+ 1 && side.hasSYN && peer.payloadBytes == 0
        guard isFirst else { return Judgement(.dataNeverAcked, repeats) }
        switch side.firstDataKind {
        case .tlsClientHelloWithName: return Judgement(.sniDrop, repeats)
        case .httpRequest: return Judgement(.httpDrop, repeats)
        case .none, .tlsClientHello, .other: return Judgement(.firstDataDrop, repeats)
        }
    }

    /// Bytes that the sender counts as sent but that never came by, seen from the receiving end.
    private func judgeHole(_ side: TCPSide, peer: TCPSide) -> Judgement? {
        guard side.hasGap, peer.hasAcknowledged, side.finCount == 0 || peer.finCount == 0,
            Int32(bitPattern: peer.acknowledged &- side.gapStart) <= 0, silence(after: side.gapTime) >= 1
        else { return nil }
        return Judgement(.pmtuBlackHole, .likely)
    }

    private func judgeReset() -> Judgement? {
        let c = conversation
        if server.resetCount > 0, !(client.resetCount > 0 && client.resetFirst.time < server.resetFirst.time) {
            if c.resetAfterClose { return nil }
            if let injected = judgeInjection() { return injected }
            if server.payloadBytes == 0, isClientHello { return Judgement(.resetAfterClientHello, .likely) }
            if c.idleBefore > 60, client.pendingCount > 0 { return Judgement(.idleSessionDropped, .likely) }
            let isComplete = client.payloadBytes > 0 && server.payloadBytes > 0 && !c.resetWasUnfinished && isSettled
            return isComplete ? nil : Judgement(.resetByServer, .certain)
        }
        guard client.resetCount > 0, client.finCount == 0, server.finCount == 0 else { return nil }
        // A client that never asked for anything checks that the port is open, whatever the service says first.
        if client.payloadBytes == 0 { return Judgement(.probeOpenPort, .strong) }
        return c.resetWasUnfinished ? Judgement(.resetByClient, .likely) : nil
    }

    /// True when all that the client sent was acknowledged, or what was not is no more than a TLS close_notify.
    private var isSettled: Bool {
        let waiting = conversation.outstanding(client, server)
        return waiting == 0 || (waiting <= 31 && isClientHello)
    }

    private var isClientHello: Bool {
        client.firstDataKind == .tlsClientHello || client.firstDataKind == .tlsClientHelloWithName
    }

    /// Features of a reset that its claimed sender did not make.
    private func judgeInjection() -> Judgement? {
        let c = conversation
        var features = 0
        let hops = abs(Int(server.resetTimeToLive) - Int(server.timeToLive))
        if server.timeToLive > 0, hops >= 2 { features += 1 }
        let trigger = client.lastData.exists ? client.lastData.time : c.established.time
        let delay = server.resetFirst.time.nanoseconds(since: trigger)
        if c.handshakeRTT > 1_000_000, delay >= 0, delay < c.handshakeRTT / 2 { features += 1 }
        if server.resetCount >= 3 { features += 1 }
        if c.serverSpokeAfterReset { return features > 0 ? Judgement(.resetByMiddlebox, .certain) : nil }
        return features >= 2 ? Judgement(.resetByMiddlebox, .strong) : nil
    }
}
