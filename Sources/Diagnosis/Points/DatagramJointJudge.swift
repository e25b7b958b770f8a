import Packets
import RoadblockCore

/// Judges datagrams that several capture points saw, the client's end first.
struct DatagramJointJudge {
    let sightings: [Sighting<DatagramConversation>]

    private var near: DatagramConversation { sightings[0].conversation }
    private var far: DatagramConversation { sightings[sightings.count - 1].conversation }
    private var farthest: Int { sightings.count - 1 }
    private var own: [Judgement?] { sightings.map(\.judgement) }

    func judge() -> JointVerdict {
        guard sightings.count > 1 else { return JointVerdict(judgement: own.first ?? nil) }
        if near.error.exists {
            return own[0]?.verdict.isBlocked ?? false
                ? error(own[0]) ?? JointVerdict(judgement: own[0]) : .strongest(own)
        }
        if near.requests.isEmpty { return .strongest(own) }
        return near.replies.isEmpty ? judgeUnanswered() : judgeAnswered()
    }

    /// An error about a request, placed by the points that saw it.
    private func error(_ judgement: Judgement?) -> JointVerdict? {
        .error(judgement, sightings.map(\.conversation.error), targets: sightings.map(\.conversation.server))
    }

    private func judgeUnanswered() -> JointVerdict {
        let later = sightings.indices.dropFirst()
        if let place = later.first(where: { !sightings[$0].conversation.replies.isEmpty }) {
            return judgeLostAnswer(place)
        }
        if let place = later.first(where: { sightings[$0].conversation.error.exists }) {
            // It came by, and did not come back to the client.
            return error(own[place]) ?? .request(own[place], lostBehind: farthest, best: place)
        }
        let judgement = own[0] ?? own.compactMap(\.self).first
        guard let judgement, judgement.verdict == .dropped || judgement.detail == .pending else {
            return JointVerdict(judgement: judgement)
        }
        let last = sightings.lastIndex { !$0.conversation.requests.isEmpty } ?? 0
        // Of a datagram in fragments the first one came by, and another may have been lost before.
        if last > 0, sightings[last].conversation.hasFragments { return JointVerdict(judgement: judgement) }
        return .request(judgement, lostBehind: last)
    }

    private func judgeLostAnswer(_ place: Int) -> JointVerdict {
        let answered = sightings[place].conversation
        let hasTime =
            near.requests.total >= 2 || sightings[0].end.seconds(since: near.requests.first.time) >= 1
        guard hasTime else { return JointVerdict(judgement: own[0]) }
        let judgement =
            answered.replyError.exists
            ? ICMPJudge.judge(answered.replyError, target: answered.client, isTCP: false)
            : Judgement(.returnPathBlocked, answered.replies.total >= 2 ? .strong : .likely)
        // The asker's own "port unreachable" says that it no longer waits, not that something is in the way.
        if judgement.detail == .udpPortClosed { return JointVerdict(judgement: own[0]) }
        return .reply(judgement, lostBehind: place, best: place)
    }

    /// Answered at first, and perhaps no more.
    private func judgeAnswered() -> JointVerdict {
        guard let judgement = own[0], judgement.verdict == .dropped else { return JointVerdict(judgement: own[0]) }
        let place = sightings.indices.dropFirst().first { place in
            let (a, b) = (sightings[place - 1], sightings[place])
            let missing = a.conversation.requests.total - b.conversation.requests.total
            return missing >= 2 && 2 * missing >= near.unansweredRequests
                && b.wasRecording(near.firstUnanswered, of: sightings[0])
        }
        if let place { return .request(judgement, lostBehind: place - 1, before: place) }
        if let place = sightings.firstIndex(where: { $0.conversation.unansweredRequests == 0 }), place > 0 {
            return sightings[place].wasRecording(near.requests.last, of: sightings[0])
                ? .reply(Judgement(.returnPathBlocked, judgement.confidence), lostBehind: place, best: place)
                : JointVerdict(judgement: judgement)
        }
        return .request(judgement, lostBehind: farthest)
    }
}
