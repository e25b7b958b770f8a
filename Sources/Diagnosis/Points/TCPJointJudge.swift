import Packets
import RoadblockCore

/// Judges a connection attempt that several capture points saw, the client's end first.
///
/// What the one has and the other lacks tells where it was lost; numbers are compared behind each side's first one, so that a
/// device that rewrites them does not matter.
struct TCPJointJudge {
    let sightings: [Sighting<TCPConversation>]

    var near: TCPConversation { sightings[0].conversation }
    var far: TCPConversation { sightings[farthest].conversation }
    var farthest: Int { sightings.count - 1 }
    private var own: [Judgement?] { sightings.map(\.judgement) }

    func judge() -> JointVerdict {
        guard sightings.count > 1 else { return JointVerdict(judgement: own.first ?? nil) }
        if let verdict = judgeLostError() { return verdict }
        if Self.isUnanswered(near) { return judgeUnanswered() }
        if !near.refusals.isEmpty, near.synACKs.isEmpty { return judgeRefused() }
        if Self.isRejected(sightings[0]) {
            return error(own[0])
                ?? JointVerdict(judgement: own[0], loss: near.isEstablished ? lostData(copies: 1) : nil)
        }
        return near.isEstablished ? judgeEstablished() : judgeUnfinished()
    }

    /// A SYN to which nothing came, as far as this point shows.
    private static func isUnanswered(_ c: TCPConversation) -> Bool {
        !c.syns.isEmpty && c.synACKs.isEmpty && c.refusals.isEmpty && !c.isEstablished && !c.provesMissingReply
            && !hasRequestError(c) && !c.hasChallenge && !c.isSimultaneousOpen
    }

    private static func hasRequestError(_ c: TCPConversation) -> Bool { c.error.exists && !c.error.isAboutReply }

    /// True where an error about what the client sent ended it, as far as this point shows.
    private static func isRejected(_ sighting: Sighting<TCPConversation>) -> Bool {
        guard hasRequestError(sighting.conversation), let verdict = sighting.judgement?.verdict else { return false }
        return verdict == .prohibited || verdict == .unreachable
    }

    /// An error about what the client sent, placed by the points that saw it.
    private func error(_ judgement: Judgement?) -> JointVerdict? {
        .error(
            judgement,
            sightings.map { Self.hasRequestError($0.conversation) ? $0.conversation.error : ICMPAnswer() },
            targets: sightings.map(\.conversation.server)
        )
    }

    /// An error that came by and did not come back to the client, who went on asking.
    private func judgeLostError() -> JointVerdict? {
        guard !Self.hasRequestError(near), Self.isUnanswered(near) || own[0]?.verdict.isBlocked ?? false,
            let place = sightings.firstIndex(where: Self.isRejected)
        else { return nil }
        return error(own[place]) ?? .request(own[place], lostBehind: farthest, best: place)
    }

    private func judgeUnanswered() -> JointVerdict {
        let answer = sightings.firstIndex { !$0.conversation.synACKs.isEmpty || !$0.conversation.refusals.isEmpty }
        if let answer { return judgeLostAnswer(answer) }
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
            return .reply(judgement, lostBehind: place, best: place)
        }
        let copies = max(near.syns.total, answered.synACKs.total)
        return .reply(Judgement(.returnPathBlocked, copies >= 2 ? .strong : .likely), lostBehind: place, best: place)
    }

    /// True where the capture went on long enough after the SYN for its answer.
    private func hasTime(_ sighting: Sighting<TCPConversation>) -> Bool {
        sighting.conversation.syns.total >= 2
            || sighting.end.seconds(since: sighting.conversation.syns.first.time) >= 1
    }

    private func judgeRefused() -> JointVerdict {
        let last = sightings.lastIndex { !$0.conversation.refusals.isEmpty } ?? 0
        // The server accepted, and something refused in its name.
        if let place = sightings.firstIndex(where: { !$0.conversation.synACKs.isEmpty }), last == 0 {
            return .reply(Judgement(.refusedByMiddlebox, .certain), lostBehind: place)
        }
        let genuine = JointVerdict(judgement: own[0])
        // The SYN went on to a point that saw nothing of the reset: it was made on the way there.
        guard last < farthest, !sightings[last + 1].conversation.syns.isEmpty,
            let confidence = confidence(sightings[last].conversation.refusals.first, seenAt: last, notBy: last + 1)
        else { return genuine }
        return JointVerdict(judgement: Judgement(.refusedByMiddlebox, confidence), witness: last + 1)
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
        guard let judgement = verdict.judgement else { return verdict }
        if judgement.detail == .pmtuBlackHole, let (loss, place) = lostSizeError() {
            verdict.loss = loss
            verdict.best = place
        } else if judgement.verdict.isBlocked {
            verdict.loss = lostData() ?? lostKeepAlives()
        } else if judgement.verdict == .lossy {
            verdict.loss = lostOnce()
        }
        return verdict
    }

    /// The client's acknowledgment of the SYN/ACK, and all after it, never came to the other end.
    private func judgeLastStep() -> JointVerdict? {
        let c = far
        guard !c.syns.isEmpty, !c.synACKs.isEmpty, !c.isEstablished, c.fromClient.packets == UInt32(c.syns.total),
            near.fromClient.packets > UInt32(near.syns.total),
            sightings[farthest].wasRecording(near.established, of: sightings[0])
        else { return nil }
        let last = sightings.lastIndex { $0.conversation.fromClient.packets > UInt32($0.conversation.syns.total) } ?? 0
        if let judgement = own[0], judgement.verdict.isBlocked {
            return .request(judgement, lostBehind: last, before: last + 1)
        }
        guard c.synACKs.total >= 2 else { return nil }
        let detail = near.fromClient.payloadBytes > 0 ? Detail.dataNeverAcked : .synACKNeverAcked
        return .request(Judgement(detail, .strong), lostBehind: last, before: last + 1)
    }

    /// A reset that one end got and the other never sent, although it was recorded then.
    private func judgeForgedReset() -> JointVerdict? {
        if near.fromServer.resetCount > 0, far.fromServer.resetCount == 0, far.fromServer.packets > 0,
            own[0]?.verdict == .reset,
            let confidence = confidence(near.fromServer.resetFirst, seenAt: 0, notBy: farthest)
        {
            // What the client sent last: the farthest point that has it.
            let sent = near.fromClient.next &- 1
            let last = sightings.indices.last { has(sent, ofClient: true, as: 0, at: $0) } ?? 0
            let forged = Judgement(.resetByMiddlebox, confidence)
            return last < farthest
                ? .request(forged, lostBehind: last, before: last + 1)
                : JointVerdict(judgement: forged, best: 0, witness: farthest)
        }
        if far.fromClient.resetCount > 0, near.fromClient.resetCount == 0, near.fromClient.packets > 0,
            let verdict = own[0]?.verdict, verdict != .open,
            let confidence = confidence(far.fromClient.resetFirst, seenAt: farthest, notBy: 0)
        {
            let sent = far.fromServer.next &- 1
            let last = sightings.indices.first { has(sent, ofClient: false, as: farthest, at: $0) } ?? farthest
            let forged = Judgement(.resetByMiddlebox, confidence)
            return last > 0
                ? .reply(forged, lostBehind: last, best: farthest)
                : JointVerdict(judgement: forged, best: farthest, witness: 0)
        }
        return nil
    }

    /// How sure it is that a packet of one point did not come by at another; `nil` where that may not have been recording.
    private func confidence(_ packet: FrameReference, seenAt place: Int, notBy other: Int) -> Confidence? {
        guard sightings[other].wasRecording(packet, of: sightings[place]) else { return nil }
        return sightings[other].wentOn(after: packet, of: sightings[place]) ? .certain : .strong
    }
}
