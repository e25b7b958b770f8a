import Packets
import RoadblockCore

/// Where what was sent on an established connection was lost.
extension TCPJointJudge {
    private func side(ofClient isClient: Bool, at place: Int) -> TCPSide {
        isClient ? sightings[place].conversation.fromClient : sightings[place].conversation.fromServer
    }

    /// The points in the order in which a side's packets pass them.
    private func way(ofClient isClient: Bool) -> [Int] {
        isClient ? Array(sightings.indices) : sightings.indices.reversed()
    }

    /// Where what was sent again and never acknowledged, or its acknowledgment, was lost.
    func lostData(copies: Int = 2) -> JointVerdict.Loss? {
        let (waiting, peers) = (near.fromClient.pendingCount, far.fromServer.pendingCount)
        if waiting >= max(UInt16(copies), peers) { return lostData(ofClient: true) }
        return peers >= copies ? lostData(ofClient: false) : nil
    }

    private func lostData(ofClient isClient: Bool) -> JointVerdict.Loss? {
        let way = way(ofClient: isClient)
        let sender = side(ofClient: isClient, at: way[0])
        let sent = sender.pendingSequence
        let last = way.lastIndex { has(sent, ofClient: isClient, as: way[0], at: $0) } ?? 0
        if last < way.count - 1 {
            let missing = way[last + 1]
            let wasRecording = sightings[missing].wasRecording(sender.pendingFirst, of: sightings[way[0]])
            return wasRecording ? .init(last: way[last], missing: missing, isReply: !isClient) : nil
        }
        // It came to the other end. Whether the acknowledgment left there, and how far it came:
        let acknowledged = way.firstIndex { place in
            let peer = side(ofClient: !isClient, at: place)
            return peer.hasAcknowledged
                && Self.isAfter(peer.acknowledged, number(sent, ofClient: isClient, as: way[0], at: place))
        }
        guard let acknowledged else { return .init(last: way[last], missing: nil, isReply: !isClient) }
        return acknowledged == 0
            ? nil : .init(last: way[acknowledged], missing: way[acknowledged - 1], isReply: isClient)
    }

    /// Where a demand for smaller packets was lost that never came to who sends the large ones; and the point that has it.
    func lostSizeError() -> (loss: JointVerdict.Loss, place: Int)? {
        for isClient in [true, false] {
            let way = way(ofClient: isClient)
            guard side(ofClient: isClient, at: way[0]).pendingCount >= 2 else { continue }
            let found = way.firstIndex { place in
                let error = sightings[place].conversation.sizeError
                return error.exists && error.isAboutReply != isClient
            }
            guard let found, found > 0 else { continue }
            return (.init(last: way[found], missing: way[found - 1], isReply: isClient), way[found])
        }
        return nil
    }

    /// Where keep-alives that nobody answered, or their answers, were lost.
    func lostKeepAlives() -> JointVerdict.Loss? {
        for isClient in [true, false] {
            let way = way(ofClient: isClient)
            let sender = side(ofClient: isClient, at: way[0])
            guard sender.unansweredKeepAlives >= 2 else { continue }
            let last = way.lastIndex { side(ofClient: isClient, at: $0).keepAliveLast.exists } ?? 0
            if last < way.count - 1 {
                let missing = sightings[way[last + 1]]
                let wasRecording = missing.wasRecording(sender.keepAliveFirst, of: sightings[way[0]])
                return wasRecording ? .init(last: way[last], missing: way[last + 1], isReply: !isClient) : nil
            }
            let answered = way.firstIndex { side(ofClient: isClient, at: $0).unansweredKeepAlives == 0 }
            guard let answered, answered > 0 else { return .init(last: way[last], missing: nil, isReply: !isClient) }
            return .init(last: way[answered], missing: way[answered - 1], isReply: isClient)
        }
        return nil
    }

    /// Where the first packet was lost of those that were sent again and answered in the end.
    func lostOnce() -> JointVerdict.Loss? {
        let steps = sightings.indices.dropFirst()
        for place in steps where losesSYN(before: place) || losesLastStep(before: place) {
            return .init(last: place - 1, missing: place, isReply: false)
        }
        for place in steps.reversed() where losesSYNACK(behind: place) {
            return .init(last: place, missing: place - 1, isReply: true)
        }
        for place in steps where losesData(ofClient: true, from: place - 1, to: place) {
            return .init(last: place - 1, missing: place, isReply: false)
        }
        for place in steps.reversed() where losesData(ofClient: false, from: place, to: place - 1) {
            return .init(last: place, missing: place - 1, isReply: true)
        }
        return nil
    }

    /// True where a point lacks copies of the SYN that came to the one before it.
    private func losesSYN(before place: Int) -> Bool {
        let (a, b) = (sightings[place - 1], sightings[place])
        return a.conversation.syns.total > b.conversation.syns.total && !b.conversation.syns.isEmpty
            && b.wasRecording(a.conversation.syns.first, of: a)
    }

    private func losesSYNACK(behind place: Int) -> Bool {
        let (a, b) = (sightings[place - 1].conversation, sightings[place].conversation)
        return b.synACKs.total > a.synACKs.total && !a.synACKs.isEmpty && !a.syns.isEmpty
    }

    /// True where the acknowledgment of the SYN/ACK passed one point, and the other saw it only after another SYN/ACK.
    private func losesLastStep(before place: Int) -> Bool {
        let (a, b) = (sightings[place - 1].conversation, sightings[place].conversation)
        guard a.isEstablished, b.isEstablished, a.synACKs.total > 1, a.synACKs.total == b.synACKs.total else {
            return false
        }
        return a.established.time < a.synACKs.references[1].time && b.established.time > b.synACKs.references[1].time
    }

    /// True where a side's bytes passed one point more often than the next, and both hold all of them.
    private func losesData(ofClient isClient: Bool, from a: Int, to b: Int) -> Bool {
        let (one, other) = (side(ofClient: isClient, at: a), side(ofClient: isClient, at: b))
        guard one.hasSYN, other.hasSYN, !one.hasGap, !other.hasGap else { return false }
        return one.next &- one.initialSequence == other.next &- other.initialSequence && one.retransmissions > 0
            && one.payloadBytes > other.payloadBytes
    }

    /// A sequence number of one point as another one has it.
    private func number(_ number: UInt32, ofClient isClient: Bool, as place: Int, at other: Int) -> UInt32 {
        let (a, b) = (side(ofClient: isClient, at: place), side(ofClient: isClient, at: other))
        return a.hasSYN && b.hasSYN ? number &- a.initialSequence &+ b.initialSequence : number
    }

    private static func isAfter(_ a: UInt32, _ b: UInt32) -> Bool { Int32(bitPattern: a &- b) > 0 }

    /// True when a point saw the byte with a number, which is that of another point.
    func has(_ number: UInt32, ofClient isClient: Bool, as place: Int, at other: Int) -> Bool {
        let side = side(ofClient: isClient, at: other)
        let here = self.number(number, ofClient: isClient, as: place, at: other)
        guard side.hasSequence, Self.isAfter(side.next, here) else { return false }
        return !(side.hasGap && !Self.isAfter(side.gapStart, here))
    }
}
