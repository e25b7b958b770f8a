import Packets
import RoadblockCore

/// Judges a connection attempt that several capture points saw, the client's end first.
///
/// What the one has and the other lacks tells where it was lost; numbers are compared behind each side's first one, so that a
/// device that rewrites them does not matter.
struct TCPJointJudge {
    let sightings: [Sighting<TCPConversation>]

    private var near: TCPConversation { sightings[0].conversation }
    private var far: TCPConversation { sightings[sightings.count - 1].conversation }
    private var farthest: Int { sightings.count - 1 }
    private var own: [Judgement?] { sightings.map(\.judgement) }

    func judge() -> JointVerdict {
        guard sightings.count > 1 else { return JointVerdict(judgement: own.first ?? nil) }
        if Self.isUnanswered(near) { return judgeUnanswered() }
        if !near.refusals.isEmpty, near.synACKs.isEmpty { return judgeRefused() }
        if Self.hasRequestError(near), let verdict = own[0]?.verdict, verdict == .prohibited || verdict == .unreachable
        {
            return .error(
                own[0],
                sightings.map { Self.requestError($0.conversation) },
                targets: sightings.map(\.conversation.server)
            )
        }
        return near.isEstablished ? judgeEstablished() : judgeUnfinished()
    }

    /// A SYN to which nothing came, as far as this point shows.
    private static func isUnanswered(_ c: TCPConversation) -> Bool {
        !c.syns.isEmpty && c.synACKs.isEmpty && c.refusals.isEmpty && !c.isEstablished && !c.provesMissingReply
            && !hasRequestError(c) && !c.hasChallenge && !c.isSimultaneousOpen
    }

    private static func hasRequestError(_ c: TCPConversation) -> Bool { c.error.exists && !c.error.isAboutReply }

    private static func requestError(_ c: TCPConversation) -> ICMPAnswer { hasRequestError(c) ? c.error : ICMPAnswer() }

    private func judgeUnanswered() -> JointVerdict {
        let later = sightings.indices.dropFirst()
        if let place = later.first(where: {
            !sightings[$0].conversation.synACKs.isEmpty || !sightings[$0].conversation.refusals.isEmpty
        }) {
            return judgeLostAnswer(place)
        }
        if let place = later.first(where: { Self.hasRequestError(sightings[$0].conversation) }) {
            // The error came by, and did not come back to the client.
            return .request(own[place], lostBehind: farthest, best: place)
        }
        let last = sightings.lastIndex { !$0.conversation.syns.isEmpty } ?? 0
        let silent = own[0]?.detail == .clientAbortedBeforeAnswer ? own[0] : surest { $0.syns.total > 0 }
        return .request(silent, lostBehind: last)
    }

    /// The surest judgement of some of the sightings.
    private func surest(_ isMeant: (TCPConversation) -> Bool) -> Judgement? {
        let meant = sightings.filter { isMeant($0.conversation) }.compactMap(\.judgement)
        return meant.filter { $0.verdict == .dropped }.max { $0.confidence < $1.confidence } ?? own[0]
    }

    /// The server answered at a point, and the points before it did not see that.
    private func judgeLostAnswer(_ place: Int) -> JointVerdict {
        let answered = sightings[place].conversation
        // The handshake went on: the answer took another way than the request.
        if answered.isEstablished { return .strongest(own) }
        guard hasTime(sightings[0]) else { return JointVerdict(judgement: own[0]) }
        if answered.error.exists, answered.error.isAboutReply {
            let judgement = ICMPJudge.judge(answered.error, target: answered.client, isTCP: true)
            return .reply(judgement, lostBehind: place, before: place - 1, best: place)
        }
        let copies = max(near.syns.total, answered.synACKs.total)
        return .reply(
            Judgement(.returnPathBlocked, copies >= 2 ? .strong : .likely),
            lostBehind: place,
            before: place - 1,
            best: place
        )
    }

    /// True where the capture went on long enough after the SYN for its answer.
    private func hasTime(_ sighting: Sighting<TCPConversation>) -> Bool {
        sighting.conversation.syns.total >= 2
            || sighting.end.seconds(since: sighting.conversation.syns.first.time) >= 1
    }

    private func judgeRefused() -> JointVerdict {
        if sightings.dropFirst().contains(where: { !$0.conversation.refusals.isEmpty }) {
            return JointVerdict(judgement: own[0])
        }
        // The server accepted, and something refused in its name.
        if let place = sightings.firstIndex(where: { !$0.conversation.synACKs.isEmpty }) {
            return .reply(Judgement(.refusedByMiddlebox, .certain), lostBehind: place, before: place - 1, best: 0)
        }
        return JointVerdict(judgement: own[0])
    }

    /// The SYN/ACK came to the client's end, or was sent there, and was not acknowledged.
    private func judgeUnfinished() -> JointVerdict {
        var verdict = JointVerdict.strongest(own)
        if verdict.judgement?.verdict == .returnBlocked, !near.synACKs.isEmpty {
            verdict.loss = .init(last: 0, missing: nil, isReply: true)
        }
        return verdict
    }

    private func judgeEstablished() -> JointVerdict {
        if let verdict = judgeLastStep() ?? judgeForgedReset() { return verdict }
        var verdict = JointVerdict.strongest(own)
        guard let judgement = verdict.judgement, judgement.verdict.isBlocked else { return verdict }
        verdict.loss = lostData()
        return verdict
    }

    /// The client's acknowledgment of the SYN/ACK, and all after it, never came to the other end.
    private func judgeLastStep() -> JointVerdict? {
        let c = far
        guard !c.synACKs.isEmpty, !c.isEstablished, c.fromClient.packets == UInt32(c.syns.total),
            near.fromClient.packets > UInt32(near.syns.total)
        else { return nil }
        if let judgement = own[0], judgement.verdict.isBlocked {
            return .request(judgement, lostBehind: 0, before: farthest)
        }
        guard c.synACKs.total >= 2 else { return nil }
        let detail = near.fromClient.payloadBytes > 0 ? Detail.dataNeverAcked : .synACKNeverAcked
        return .request(Judgement(detail, .strong), lostBehind: 0, before: farthest)
    }

    /// A reset that one end got and the other never sent, although it was recorded then.
    private func judgeForgedReset() -> JointVerdict? {
        let forged = Judgement(.resetByMiddlebox, .certain)
        if near.fromServer.resetCount > 0, far.fromServer.resetCount == 0, own[0]?.verdict == .reset,
            wasRecorded(near.fromServer.resetFirst, seenAt: 0, by: farthest)
        {
            let isLost = !has(
                far.fromClient,
                number(near.fromClient.next &- 1, of: near.fromClient, in: far.fromClient)
            )
            return isLost
                ? .request(forged, lostBehind: 0, before: farthest) : JointVerdict(judgement: forged, best: 0)
        }
        if far.fromClient.resetCount > 0, near.fromClient.resetCount == 0, own[0]?.verdict != .open,
            wasRecorded(far.fromClient.resetFirst, seenAt: farthest, by: 0)
        {
            let isLost = !has(
                near.fromServer,
                number(far.fromServer.next &- 1, of: far.fromServer, in: near.fromServer)
            )
            return isLost
                ? .reply(forged, lostBehind: farthest, before: 0, best: farthest)
                : JointVerdict(judgement: forged, best: farthest)
        }
        return nil
    }

    /// True where another point's capture went on beyond a packet, by the time since the conversation began.
    private func wasRecorded(_ reference: FrameReference, seenAt place: Int, by other: Int) -> Bool {
        let elapsed = reference.time.seconds(since: sightings[place].conversation.firstTime)
        return sightings[other].end.seconds(since: sightings[other].conversation.firstTime) >= elapsed + 0.05
    }

    /// Where what was never acknowledged, or its acknowledgment, was lost.
    private func lostData() -> JointVerdict.Loss? {
        if near.fromClient.pendingCount >= max(2, far.fromServer.pendingCount) {
            let sent = number(near.fromClient.pendingSequence, of: near.fromClient, in: far.fromClient)
            guard has(far.fromClient, sent) else { return .init(last: 0, missing: farthest, isReply: false) }
            let isAcknowledged = Self.isAfter(far.fromServer.acknowledged, sent)
            return isAcknowledged
                ? .init(last: farthest, missing: 0, isReply: true) : .init(last: farthest, missing: nil, isReply: false)
        }
        guard far.fromServer.pendingCount >= 2 else { return nil }
        let sent = number(far.fromServer.pendingSequence, of: far.fromServer, in: near.fromServer)
        guard has(near.fromServer, sent) else { return .init(last: farthest, missing: 0, isReply: true) }
        let isAcknowledged = Self.isAfter(near.fromClient.acknowledged, sent)
        return isAcknowledged
            ? .init(last: 0, missing: farthest, isReply: false) : .init(last: 0, missing: nil, isReply: true)
    }

    /// A sequence number of one point as the other one has it.
    private func number(_ number: UInt32, of side: TCPSide, in other: TCPSide) -> UInt32 {
        guard side.hasSYN, other.hasSYN else { return number }
        return number &- side.initialSequence &+ other.initialSequence
    }

    private static func isAfter(_ a: UInt32, _ b: UInt32) -> Bool { Int32(bitPattern: a &- b) > 0 }

    /// True when a point saw the byte with a number.
    private func has(_ side: TCPSide, _ number: UInt32) -> Bool {
        guard side.hasSequence, Self.isAfter(side.next, number) else { return false }
        return !(side.hasGap && !Self.isAfter(side.gapStart, number))
    }
}
