import Packets
import RoadblockCore

/// What a finding says in words: what was seen, what would change it, what to do, and what to send.
///
/// Each sentence states what was seen, when and how often; never what was not measured.
struct FindingSentences {
    let finding: Finding
    let group: FindingGroup
    let writer: FindingWriter

    var client: String { writer.name(finding.source) }
    var server: String { writer.name(finding.destination) }
    private var first: TCPConversation? { group.tcp.first }
    private var error: ICMPAnswer? {
        group.tcp.first { $0.error.exists }?.error ?? group.datagrams.first { $0.error.exists }?.error
            ?? group.strays.first?.answer
    }

    /// `TCP 443`, `UDP 53`, `ping`.
    var service: String {
        guard let port = finding.destination.port else {
            return finding.protocolName.hasPrefix("icmp") ? "ping" : finding.protocolName.uppercased()
        }
        return "\(finding.protocolName.uppercased()) port \(port)"
    }

    private var period: String { writer.clock.period(finding.firstSeen, finding.lastSeen) }

    private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// Where the capture was taken, as far as times to live tell.
    private var vantage: String {
        func isUnforwarded(_ timeToLive: UInt8) -> Bool { [64, 128, 255].contains(timeToLive) }
        let asker = first?.fromClient.timeToLive ?? group.datagrams.first?.timeToLive ?? 0
        let answerer = group.identity.destination
        if isUnforwarded(asker) { return "The capture was taken at the client or on its network segment." }
        if asker > 0, let usual = writer.context.timeToLive(of: answerer, at: group.input), isUnforwarded(usual) {
            return "The capture was taken at the server or on its network segment; the requests do arrive there."
        }
        guard asker > 0 else { return "" }
        let initial = asker <= 64 ? 64 : asker <= 128 ? 128 : 255
        return "The capture point is \(count(initial - Int(asker), "hop")) from the client, by time to live."
    }

    /// The gaps between the copies of the first example, and whose schedule they fit.
    private var schedule: String {
        guard let conversation = first, conversation.syns.total > 1 else { return "" }
        let times = conversation.syns.references.map(\.time)
        let seconds = times.map { fixed($0.seconds(since: conversation.syns.first.time), 1) }
        let which = group.conversations > 1 ? " in \(group.conversations) attempts, the first" : ""
        var text = "\(which) at \(seconds.joined(separator: ", ")) s"
        if let fit = RetrySchedule.fitting(
            times,
            timeToLive: conversation.fromClient.timeToLive,
            window: conversation.synWindow
        ) {
            text += ", the schedule of \(fit.system)"
        }
        return text
    }

    private var othersWork: String {
        let worked = writer.context.twoWay(at: group.input)
        return worked == 0
            ? "Nothing else in the capture was answered either."
            : "\(count(worked, "other conversation")) through this capture point had both directions."
    }

    /// Errors of the examples: at least so many came.
    private var errorCount: Int {
        let examples = group.tcp.map(\.error.frames.total) + group.datagrams.map(\.error.frames.total)
        return max(1, examples.reduce(group.strays.count, +))
    }

    private var errorText: String {
        guard let error else { return "an ICMP error" }
        let name = ICMPJudge.name(error)
        return "\(error.isVersion6 ? "ICMPv6" : "ICMP") \"\(name)\" (type \(error.type), code \(error.code))"
    }

    private var errorSender: String { error.map { "\($0.sender)" } ?? "a device" }

    /// What the other capture points add, where there are several.
    var points: PointSentences? {
        writer.points.map {
            PointSentences(finding: finding, group: group, points: $0, client: client, server: server)
        }
    }

    var explanation: String {
        [ownExplanation, points?.text ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private var ownExplanation: String {
        switch finding.judgement.detail {
        case .unansweredSYN:
            return
                "\(client) sent \(count(group.attempts, "SYN")) to \(server)\(schedule). No SYN/ACK, no reset and no ICMP "
                + "error came back: silence, which a dropping rule, a missing route or a dead host leaves. \(othersWork)"
        case .arpUnanswered:
            return "Nobody answers for the link address of \(server): the host is not on the segment. The "
                + "\(count(group.attempts, "request")) of \(client) could not be delivered; no firewall is needed to "
                + "explain it."
        case .unansweredRequest:
            return
                "\(client) sent \(count(group.attempts, "request")) to \(server) \(service) and got no answer and no ICMP "
                + "error. UDP and ping have no retry schedule of their own, so silence proves less than with TCP. "
                + othersWork
        case .refusedRST:
            return "Every SYN was answered with a reset: the host is reached, or a device answers for it, and nothing "
                + "accepts connections on this port.\(refusalHops)"
        case .refusedByHost:
            return
                "Every SYN was answered with a reset that has the time to live of \(server)'s other packets: the host "
                + "itself refuses, because nothing listens on this port or its own firewall resets."
        case .refusedByMiddlebox:
            return
                "Every SYN was answered with a reset that does not look like \(server)'s other packets\(refusalHops) A "
                + "device in between resets in its name."
        case .udpPortClosed:
            return
                "\(server) itself answered with ICMP port unreachable: the host is reached, and no program has the port."
        case .icmpAdminProhibited, .icmpNetUnreachable, .icmpHostUnreachable, .icmpProtoUnreachable,
            .icmpPortUnreachable, .noRoute:
            return
                "\(errorSender) answered \(count(errorCount, "time")) with \(errorText). \(errorMeaning)"
        case .icmpTTLExceeded:
            return
                "\(errorSender) answered with \(errorText): the packets ran out of hops. With an ordinary time to live "
                + "that is a routing loop; with a small one it is a traceroute."
        default: return laterExplanation
        }
    }

    private var refusalHops: String {
        guard let conversation = first,
            let usual = writer.context.timeToLive(of: group.identity.destination, at: group.input)
        else { return "" }
        return ": time to live \(conversation.refusalTimeToLive) where its other packets have \(usual)."
    }

    private var errorMeaning: String {
        switch finding.judgement.detail {
        case .icmpAdminProhibited: "That is a rule that rejects on purpose and says so."
        case .icmpPortUnreachable where finding.judgement.verdict == .prohibited:
            "For TCP that is a reject rule: a host without a listener answers with a reset."
        case .icmpHostUnreachable: "The last router could not reach the host on its segment, or a rule says so."
        case .noRoute, .icmpNetUnreachable: "The device has no route to the destination, or a route that rejects."
        default: "The device cannot or will not deliver it."
        }
    }

    private var laterExplanation: String {
        switch finding.judgement.detail {
        case .returnPathBlocked: return lostAnswers
        case .synACKNeverAcked:
            if let first, first.fromClient.packets > UInt32(first.syns.total) {
                return
                    "\(server) repeated its SYN/ACK \(count(first.synACKs.total - 1, "time")) although \(client) "
                    + "acknowledged it: the acknowledgment, the last step of the handshake, is lost on its way."
            }
            return
                "\(server) repeated its SYN/ACK \(count((first?.synACKs.total ?? 1) - 1, "time")) and \(client) never "
                + "acknowledged it: the answers do not arrive, or the SYN's source was forged, or the client is gone."
        case .resetAfterClientHello:
            return "The connection was reset right after the client named the TLS server it wants, before any answer."
        case .resetByMiddlebox:
            return "The reset claims to be of \(server), but \(injectionFeatures)."
        case .resetByServer:
            return "The connection was established and then reset from \(server)'s side "
                + "\(resetTime) after the handshake, with the exchange unfinished."
        case .resetByClient:
            return "\(client) itself tore the connection down while an answer was outstanding."
        case .idleSessionDropped:
            return "After \(fixed(Double(first?.idleBefore ?? 0), 0)) s of silence the next packets of an established "
                + "connection were not answered: a stateful device forgot the session."
        case .dataNeverAcked, .sniDrop, .httpDrop, .firstDataDrop:
            return "The handshake passes, but \(pendingText) never acknowledged. \(firstDataText)"
        case .pmtuBlackHole:
            return "Small segments pass, large ones do not: \(pendingText) never acknowledged, and "
                + "\(sizeErrorText). \(holeText)"
        case .fragmentFiltered: return "Fragments arrive incomplete: a device drops fragments (\(errorText))."
        case .establishedAfterLoss:
            return "Packets were sent again and answered in the end: loss on the path, not a block. "
                + "\(lossText)"
        case .halfOpenPeer:
            return "The server answered with an older connection's numbers before it accepted the new one."
        case .synWithDataDropped:
            return "The SYN with data was not answered, the plain SYN was: a device drops TCP Fast Open."
        case .ecnBlocked: return "The SYN with ECN bits was not answered, the plain SYN was: a device drops ECN."
        default: return undecidedExplanation
        }
    }

    private var lostAnswers: String {
        let place = writer.points == nil ? ": the answers are lost behind the capture point." : "."
        guard let c = first else {
            let replies = group.datagrams.first?.replies.total ?? 0
            return "\(server) answered \(client) (\(replies) seen), and \(client) got none of it\(place)"
        }
        let answer = c.synACKs.isEmpty ? "a reset (\(c.refusals.total) seen)" : "SYN/ACK (\(c.synACKs.total) seen)"
        return c.synsAfterSYNACK == 0
            ? "\(server) answered with \(answer), and \(client) did not get it\(place)"
            : "\(server) answered with \(answer), yet \(client) kept asking (\(c.synsAfterSYNACK) SYNs after an answer)\(place)"
    }

    private var undecidedExplanation: String {
        switch finding.judgement.detail {
        case .pending:
            if first?.synACKs.isEmpty == false {
                return "The SYN and its SYN/ACK were recorded and nothing after them: whether the acknowledgment was "
                    + "filtered out, lost or came later, this input does not tell."
            }
            return
                "The capture ends less than 3 s after the only \(finding.protocolName == "tcp" ? "SYN" : "request"): "
                + "an answer may have come later."
        case .oneWayClient, .oneWayServer:
            return "Only one direction was recorded: the input proves "
                + "\(finding.judgement.detail == .oneWayClient ? "answers" : "requests") that it does not hold, so "
                + "silence in it proves nothing."
        case .midstream:
            return finding.judgement.verdict == .open
                ? "The capture began in the middle of the conversation; both directions work."
                : "The capture began in the middle of the conversation and holds one direction of it."
        case .clientAbortedBeforeAnswer: return "\(client) gave up before an answer could be expected."
        case .backscatter:
            return
                "Answers without a request in the capture: they belong to an older connection, or somebody forges this address."
        case .receiverStalled: return "A receiver's window was closed: an application does not read. Not a block."
        case .closeNeverAcked: return "The last FIN was repeated and never acknowledged; everything before it worked."
        case .pmtuReduced: return "A device asked for smaller packets and the sender complied."
        case .probeOpenPort: return "The port was opened and closed without data: a check or a health probe."
        default: return "The conversation is healthy."
        }
    }

    private var resetTime: String {
        guard let c = first, c.established.exists else { return "some time" }
        let reset = c.fromServer.resetFirst.exists ? c.fromServer.resetFirst : c.fromClient.resetFirst
        return "\(fixed(reset.time.seconds(since: c.established.time), 3)) s"
    }

    private var injectionFeatures: String {
        guard let c = first else { return "its features do not fit" }
        var features: [String] = []
        if c.fromServer.resetTimeToLive != c.fromServer.timeToLive {
            features.append(
                "it has time to live \(c.fromServer.resetTimeToLive) where that host's packets have "
                    + "\(c.fromServer.timeToLive)"
            )
        }
        let trigger = c.fromClient.lastData.exists ? c.fromClient.lastData.time : c.established.time
        let delay = Double(c.fromServer.resetFirst.time.nanoseconds(since: trigger)) / 1e6
        if c.handshakeRTT > 0 {
            features.append(
                "it came \(fixed(delay, 1)) ms after the client's packet where the host needs "
                    + "\(fixed(Double(c.handshakeRTT) / 1e6, 1)) ms"
            )
        }
        if c.fromServer.resetCount >= 3 { features.append("it came \(c.fromServer.resetCount) times") }
        if c.serverSpokeAfterReset { features.append("the real host went on answering after it") }
        return features.joined(separator: ", and ")
    }

    /// The side that waits for an acknowledgment.
    private var stuck: TCPSide? {
        guard let c = first else { return nil }
        return c.fromClient.pendingCount >= c.fromServer.pendingCount ? c.fromClient : c.fromServer
    }

    private var pendingText: String {
        guard let side = stuck, side.pendingCount > 0 else { return "bytes that one side counts as sent were" }
        let seconds = fixed(side.pendingLast.time.seconds(since: side.pendingFirst.time), 1)
        return "a segment of \(side.pendingLength) bytes, sent \(side.pendingCount) times in \(seconds) s, was"
    }

    private var firstDataText: String {
        switch finding.judgement.detail {
        case .sniDrop: "It is a TLS ClientHello that names a server: something judges the name."
        case .httpDrop: "It is an HTTP request: something judges the request."
        case .firstDataDrop: "It is the first data of the connection: something lets handshakes pass and drops data."
        default: "Earlier data of the connection had passed."
        }
    }

    private var sizeErrorText: String {
        guard let c = first, c.sizeError.exists else { return "no \"fragmentation needed\" came back" }
        return "\(c.sizeError.sender) asked for packets of at most \(c.sizeError.mtu) bytes, which the sender ignored"
    }

    private var holeText: String {
        guard let side = stuck, side.pendingCount > 0 else { return "Later bytes arrived, the ones before never did." }
        return side.largestAcknowledged > 0
            ? "Segments up to \(side.largestAcknowledged) bytes were acknowledged." : "Nothing larger was acknowledged."
    }

    private var lossText: String {
        guard let c = first else { return "" }
        var parts: [String] = []
        if c.synsBeforeSYNACK > 1 { parts.append(count(Int(c.synsBeforeSYNACK) - 1, "lost SYN")) }
        if c.synACKs.total > 1 { parts.append(count(c.synACKs.total - 1, "repeated SYN/ACK")) }
        let repeats = Int(c.fromClient.retransmissions + c.fromServer.retransmissions)
        if repeats > 0 { parts.append(count(repeats, "segment") + " sent again") }
        return parts.isEmpty ? "" : "In the first such connection: \(parts.joined(separator: ", "))."
    }

    /// The text to send to the network administrator.
    var message: String {
        guard finding.judgement.verdict.isBlocked else {
            return "\(period), \(client) to \(server), \(service): \(explanation)"
        }
        let place = finding.lostBetween == nil ? vantage : ""
        let parts = [messageFacts, place, pointFacts, messageRequest]
        return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private var messageFacts: String {
        let attempts =
            finding.protocolName == "tcp"
            ? count(group.attempts, "TCP connection request") + " (SYN)" : count(group.attempts, "request")
        switch finding.judgement.verdict {
        case .dropped:
            return "\(period), \(client) sent \(attempts) to \(server), \(service)\(schedule). Not one answer arrived: "
                + "no \(finding.protocolName == "tcp" ? "SYN/ACK, no reset" : "reply"), no ICMP error. \(othersWork)"
        case .prohibited, .unreachable:
            return "\(period), \(client) sent \(attempts) to \(server), \(service). \(errorSender) answered with "
                + "\(errorText)."
        default: return "\(period), \(client) to \(server), \(service): \(ownExplanation)"
        }
    }

    /// The same for the message.
    private var pointFacts: String { points?.text ?? "" }

    private var messageRequest: String { points?.request ?? Advice(sentences: self).request }

    var nextStep: String { points?.nextStep ?? Advice(sentences: self).nextStep }

    var wouldChangeOurMind: String { points?.wouldChangeOurMind ?? Advice(sentences: self).wouldChangeOurMind }

    var verdict: Verdict { finding.judgement.verdict }
    var detail: Detail { finding.judgement.detail }
    var sender: String { errorSender }
}
