import Packets
import RoadblockCore

/// What several capture points together say of a finding, in words.
struct PointSentences {
    let finding: Finding
    let group: FindingGroup
    let points: PointNames
    let client: String
    let server: String

    private var loss: Finding.LostBetween? { finding.lostBetween }
    private var isTCP: Bool { finding.protocolName == "tcp" }
    private var verdict: Verdict { finding.judgement.verdict }

    /// True where the loss is of the connection's data, not of its first packets.
    private var isLater: Bool { verdict == .stalled || verdict == .reset }

    private var requests: String { isLater ? "The data" : isTCP ? "The SYN" : "The request" }

    /// Who saw what and who did not, and what follows; empty where the points add nothing.
    var text: String {
        [located, translated].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private var located: String {
        guard let loss, let last = loss.last else { return isLost ? unlocated : confirmed }
        let here = points.name(last)
        guard let missing = loss.missing else {
            return loss.isReply ? lostReplyOutside(here) : lostRequestOutside(here)
        }
        let there = points.name(missing)
        if let error = group.tcp.first?.sizeError, error.exists, finding.judgement.detail == .pmtuBlackHole,
            loss.isReply != error.isAboutReply
        {
            return
                "The ICMP error that asks for smaller packets is in \(here) and never reached \(there): it is lost between "
                + "the two, and its addressee goes on sending large ones."
        }
        if verdict == .lossy {
            let way = loss.isReply ? "on the way back to \(client)" : "on the way to \(server)"
            return
                "What had to be sent again is in \(here) more often than in \(there): it was lost between the two, \(way)."
        }
        if loss.isReply { return lostReply(here, there) }
        if isRejected {
            return "\(requests) is in \(here) and never reached \(there): what rejects it stands between the two."
        }
        return "\(requests) left \(client) (it is in \(here)) and never reached \(there): it is lost between the two."
    }

    private func lostReply(_ here: String, _ there: String) -> String {
        let error = group.tcp.first?.error ?? group.datagrams.first?.error
        let what =
            if isLater {
                "What \(server) sent is in \(here) and"
            } else if let error, error.exists, !error.isAboutReply {
                "The request arrived at \(here) and was turned away by \(server) itself; its ICMP error"
            } else {
                "The request arrived at \(here) and was answered there; the answer"
            }
        return "\(what) never reached \(there): it is lost between the two, on the way back."
    }

    private var isRejected: Bool { verdict == .prohibited || verdict == .unreachable || verdict == .refused }

    /// True where packets are lost, wherever that is.
    private var isLost: Bool { verdict == .dropped || verdict == .returnBlocked || verdict == .stalled }

    private func lostReplyOutside(_ here: String) -> String {
        isLater
            ? "The data of \(server) is in \(here); behind it, towards \(client), it is lost."
            : "The answer is in \(here); behind it, towards \(client), it is lost."
    }

    private func lostRequestOutside(_ here: String) -> String {
        let isShared = !group.elsewhere.isEmpty
        if isShared, isRejected {
            return "\(requests) passed every capture point on its way, \(here) the last: what rejects it stands behind."
        }
        if isShared {
            return
                "\(requests) arrived at \(here), and nothing answered there: it is lost behind that point, or \(server) "
                + "itself does not answer."
        }
        let others =
            points.isHeardElsewhere(group.identity.destination, than: last)
            ? "no other capture point lies on its way to \(server)" : "no other capture point ever saw \(server)"
        return "\(requests) is in \(here) alone, and \(others): "
            + (isRejected ? "what rejects it stands behind \(here)." : "it is lost behind \(here).")
    }

    /// What the captures do not tell, and why that may be.
    private var unlocated: String {
        guard verdict == .dropped else { return "" }
        if let datagram = group.datagrams.first, datagram.hasFragments, !group.elsewhere.isEmpty {
            return
                "The request is a datagram in fragments, and its first fragment came to every capture point: whether the "
                + "others did is not followed."
        }
        guard group.elsewhere.isEmpty else { return "" }
        return
            "Whether it came to another capture point does not show: that was not recording then, holds one direction only, "
            + "or does not see what goes to \(server)."
    }

    private var last: Int { loss?.last ?? -1 }

    private var confirmed: String {
        guard !group.elsewhere.isEmpty, verdict == .refused || verdict == .reset else { return "" }
        if let witness = group.witness {
            return
                "What it answers is in \(points.name(witness)) as well, and the reset is not: it was made between the "
                + "capture points."
        }
        let others = Set(
            group.elsewhere.sights.filter { $0.kind == .refusal || $0.kind == .reset }.map { Int($0.reference.input) }
        )
        guard let other = others.sorted().first else { return "" }
        return "The reset is in \(points.name(other)) as well, so nothing between the capture points made it."
    }

    private var translated: String {
        guard let other = group.elsewhere.translation else { return "" }
        return "A device between the capture points translates addresses: in \(points.name(other.input)) it is "
            + "\(other.text(hasPorts: group.identity.hasPort))."
    }

    /// The request that closes the message, where the place is known better than by one capture.
    var request: String? {
        guard let loss, let last = loss.last, let missing = loss.missing else { return nil }
        let way = loss.isReply ? "from \(server) to \(client)" : "from \(client) to \(server)"
        return "Please check the rules, the deny logs and the routes of the devices between \(points.name(last)) and "
            + "\(points.name(missing)), \(way)."
    }

    var nextStep: String? {
        guard let loss, let last = loss.last, verdict != .lossy else { return nil }
        if let missing = loss.missing {
            return
                "Look at the devices between \(points.name(last)) and \(points.name(missing)); a capture in the middle "
                + "halves the way."
        }
        guard verdict == .dropped, !loss.isReply else { return nil }
        return "Look at \(server) itself and at what stands between \(points.name(last)) and it."
    }

    var wouldChangeOurMind: String? {
        guard let missing = loss?.missing, verdict != .lossy else { return nil }
        let what = loss?.isReply ?? false ? "answers" : "requests"
        return
            "A reason why \(points.name(missing)) does not hold the \(what) although they came by: a capture filter, "
            + "another interface or path, or packets that the capture lost."
    }
}
