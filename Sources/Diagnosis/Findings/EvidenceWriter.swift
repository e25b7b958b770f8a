import Packets
import RoadblockCore

/// Picks the frames that prove a group's verdict, in the order of time.
struct EvidenceWriter {
    let writer: FindingWriter

    /// Evidence items for one finding.
    static let limit = 16

    func evidence(_ group: FindingGroup) -> [Finding.Evidence] {
        var items: [Finding.Evidence] = []
        for conversation in group.tcp { items += evidence(conversation, group.judgement) }
        for conversation in group.datagrams { items += evidence(conversation, group.judgement) }
        for stray in group.strays {
            items.append(item(stray.at, "ICMP \(ICMPJudge.name(stray.answer)) from \(stray.answer.sender)", .certain))
        }
        if group.judgement.detail == .arpUnanswered, let neighbour = writer.facts.neighbours[group.identity.destination]
        {
            for reference in neighbour.requests.references.prefix(3) {
                items.append(item(reference, "request for the link address of \(group.identity.destination)", .strong))
            }
        }
        let others = elsewhere(group)
        // Others' clocks may be wrong: the order is that of one clock, the cited times are the inputs' own.
        let time = { (item: Finding.Evidence) in writer.points?.time(of: item.reference) ?? item.reference.time }
        items.sort { (time($0), $0.reference.frame) < (time($1), $1.reference.frame) }
        items = items.prefix(Self.limit - others.count) + others
        if let points = writer.points, let other = group.elsewhere.translation {
            let ends = other.text(hasPorts: group.identity.hasPort)
            for index in items.indices where points.isSamePoint(Int(items[index].reference.input), other.input) {
                items[index].what += ", there from \(ends)"
            }
        }
        items.sort {
            (time($0), $0.reference.input, $0.reference.frame) < (time($1), $1.reference.input, $1.reference.frame)
        }
        return items
    }

    /// What other capture points show of the first example.
    private func elsewhere(_ group: FindingGroup) -> [Finding.Evidence] {
        guard let points = writer.points else { return [] }
        return group.elsewhere.sights.prefix(6).map { sight in
            let more = sight.total > 1 ? ", the first of \(sight.total)" : ""
            return item(
                sight.reference,
                "\(sight.kind.rawValue) at \(points.name(Int(sight.reference.input)))\(more)",
                .strong
            )
        }
    }

    private func item(_ reference: FrameReference, _ what: String, _ weight: Confidence) -> Finding.Evidence {
        Finding.Evidence(reference: reference, what: what, weight: weight)
    }

    private func evidence(_ c: TCPConversation, _ judgement: Judgement) -> [Finding.Evidence] {
        var items = handshake(c)
        for reference in c.refusals.references.prefix(3) {
            items.append(item(reference, "RST to the SYN, time to live \(c.refusalTimeToLive)", .certain))
        }
        for answer in [c.error, c.sizeError] where answer.exists {
            let text = "ICMP \(ICMPJudge.name(answer)) (type \(answer.type), code \(answer.code)) from \(answer.sender)"
            for reference in answer.frames.references.prefix(2) { items.append(item(reference, text, .certain)) }
        }
        if c.proof.exists, judgement.verdict == .undecided {
            let text =
                c.provesMissingReply ? "goes on after an answer that is missing" : "answers a SYN that is missing"
            items.append(item(c.proof, text, .strong))
        }
        if judgement.verdict == .reset || judgement.verdict == .stalled || judgement.verdict == .lossy {
            items += progress(c)
        }
        return items
    }

    private func handshake(_ c: TCPConversation) -> [Finding.Evidence] {
        var items: [Finding.Evidence] = []
        let copies = c.syns.total
        let isSilent = c.fromServer.packets == 0 && !c.error.exists
        for (index, reference) in c.syns.references.enumerated() {
            let name = index == 0 ? "SYN" : "SYN, retry \(index) of \(copies - 1)"
            items.append(item(reference, isSilent ? "\(name), no answer" : name, isSilent ? .strong : .likely))
        }
        for (index, reference) in c.synACKs.references.prefix(5).enumerated() {
            items.append(item(reference, index == 0 ? "SYN/ACK" : "SYN/ACK, repeated", .strong))
        }
        return items
    }

    private func progress(_ c: TCPConversation) -> [Finding.Evidence] {
        var items: [Finding.Evidence] = []
        for (side, who) in [(c.fromClient, "client"), (c.fromServer, "server")] {
            if side.pendingCount > 0 {
                let what = "\(side.pendingLength) bytes of the \(who)"
                items.append(item(side.pendingFirst, "\(what), never acknowledged", .strong))
                if side.pendingCount > 1 {
                    items.append(item(side.pendingLast, "\(what), sent \(side.pendingCount) times by now", .strong))
                }
            }
            if side.unansweredKeepAlives > 1 {
                items.append(item(side.keepAliveFirst, "keep-alive of the \(who), no answer", .strong))
                items.append(item(side.keepAliveLast, "keep-alive of the \(who), no answer", .strong))
            }
            if side.resetCount > 0 {
                items.append(item(side.resetFirst, "RST of the \(who), time to live \(side.resetTimeToLive)", .certain))
            }
            if side.firstData.exists, side.pendingCount == 0 {
                items.append(item(side.firstData, "first data of the \(who), \(side.firstDataLength) bytes", .likely))
            }
            if side.hasGap, side.lastData.exists {
                items.append(item(side.lastData, "last data of the \(who)", .likely))
            }
        }
        return items
    }

    private func evidence(_ c: DatagramConversation, _ judgement: Judgement) -> [Finding.Evidence] {
        var items: [Finding.Evidence] = []
        let kind = c.isEcho ? "echo request" : "request"
        for (index, reference) in c.requests.references.prefix(6).enumerated() {
            let text = c.replies.isEmpty && !c.error.exists ? "\(kind) \(index + 1), no answer" : "\(kind) \(index + 1)"
            items.append(item(reference, text, c.requests.total > 1 ? .likely : .weak))
        }
        if let reference = c.replies.references.first { items.append(item(reference, "reply", .strong)) }
        if c.error.exists {
            let text =
                "ICMP \(ICMPJudge.name(c.error)) (type \(c.error.type), code \(c.error.code)) from \(c.error.sender)"
            for reference in c.error.frames.references.prefix(2) { items.append(item(reference, text, .certain)) }
        }
        return items
    }
}
