import Packets
import RoadblockCore

/// What a finding of a flow log says in words: what was recorded, what would change it, what to do, and what to send.
struct FlowSentences {
    let flow: FlowCase
    let finding: Finding
    let context: FlowContext

    var group: FlowGroup { flow.group }
    private var clock: DiagnosisReport.Clock { context.clock }
    private var zone: String { "(\(clock.zone))" }

    var client: String { FlowSentences.name(flow.source) }
    var server: String { FlowSentences.name(flow.destination) }

    /// `web-1 (10.0.1.5)`, or the address.
    static func name(_ endpoint: Finding.Endpoint) -> String {
        guard let address = endpoint.address else { return endpoint.name ?? "several hosts" }
        return endpoint.name.map { "\($0) (\(address))" } ?? "\(address)"
    }

    /// `TCP port 5432 (postgresql)`, or the protocol.
    var service: String {
        guard let port = flow.destination.port else {
            return flow.protocolName.hasPrefix("icmp") ? "ICMP" : flow.protocolName.uppercased()
        }
        let name = context.names.service(port, group.key.protocolNumber).map { " (\($0))" } ?? ""
        return "\(flow.protocolName.uppercased()) port \(port)\(name)"
    }

    /// `tcp/5432`, as rules have it.
    var rule: String { flow.destination.port.map { "\(flow.protocolName)/\($0)" } ?? flow.protocolName }

    /// `3 log lines`, those of the device that is named.
    var records: String { counted(Int(flow.placeRecords), flow.firewall == nil ? "flow-log record" : "log line") }

    var isOne: Bool { group.requests == 1 }
    var say: String { flow.placeRecords == 1 ? "says" : "say" }

    private var place: String {
        if flow.firewall != nil { return flow.firewallSite }
        let way = flow.isEgress.map { $0 ? ", on the way out" : ", on the way in" } ?? ""
        return (flow.interface.isEmpty ? "the interface" : "interface \(flow.interface)") + way
    }

    private func minute(_ seconds: UInt32) -> String { clock.minute(seconds, day: group.first) }

    var period: String { clock.period(finding.firstSeen, finding.lastSeen) }

    private var rate: String {
        guard group.records > 1 else { return "" }
        let pace = min(finding.attemptsPerMinute, Double(group.peak))
        let text = pace < 0.1 ? "\(fixed(pace * 60, 1)) an hour" : "\(fixed(pace, 1)) a minute"
        return ", \(text), at most \(group.peak) in one minute"
    }

    /// What the log shows before, between and after.
    var history: String {
        let (first, last) = (minute(group.first), minute(group.last))
        let word = flow.judgement.verdict == .rejected ? "refused" : "without success"
        switch flow.history {
        case .until(let end): return "Accepted until \(minute(end)), \(word) since \(first) \(zone)."
        case .newConnectionsUntil(let end, let goneOn):
            let isOver = goneOn &+ 120 < context.newestEnd
            return
                "New connections were accepted until \(minute(end)) and are \(word) since \(first) \(zone); those that "
                + "began before \(isOver ? "went on until \(minute(goneOn))" : "go on")."
        case .interrupted(_, let again):
            return
                "\(capitalized(word)) from \(first) to \(last), accepted before, and again since \(minute(again)) \(zone)."
        case .since(let begin):
            return "\(capitalized(word)) from \(first) to \(last), accepted since \(minute(begin)) \(zone)."
        case .mixed(let conversations):
            return "\(conversations) other conversation\(conversations == 1 ? " was" : "s were") accepted there, also "
                + "between the refusals."
        case .never:
            guard context.hasAccepted, flow.passages.isEmpty else { return "" }
            return group.fate == .rejected
                ? "The log holds no accepted request of this asker there." : "No request of this asker succeeded there."
        }
    }

    private func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    /// An asker that never got through on this port and does on another one of the host.
    var otherPortText: String {
        guard case .never = flow.history, let port = flow.otherPort else { return "" }
        return "\(client) is accepted on port \(port) of the same host in the same period: the target group's port, or "
            + "that of the application's settings, looks wrong."
    }

    /// Who really asked, where an interface shows its own address.
    private var realEndsText: String {
        guard let ends = flow.realEnds else { return "" }
        var parts: [String] = []
        func real(_ address: IPAddress) -> String {
            FlowSentences.name(Finding.Endpoint(address: address, name: context.names.address(address)))
                + (ends.hasOthers ? " and others" : "")
        }
        if ends.source != flow.source.address { parts.append("come from \(real(ends.source))") }
        if ends.destination != flow.destination.address { parts.append("are for \(real(ends.destination))") }
        return "The packets themselves \(parts.joined(separator: " and "))."
    }

    func joined(_ parts: String...) -> String { parts.filter { !$0.isEmpty }.joined(separator: " ") }

    var explanation: String {
        if flow.isBalanced { return balancedText }
        switch group.fate {
        case .rejected:
            return joined(
                "\(client) asked \(server) for \(service); \(records) \(say) \(flow.refusalWord) at \(place).",
                reasonText,
                alsoRefused,
                onTheWay,
                history,
                otherPortText,
                realEndsText
            )
        case .stale:
            return
                "\(records) \(say) \(flow.refusalWord) for packets between \(client) and \(server) that open no connection: they belong to "
                + "one that was closed, or that began before the log."
        case .answerRejected, .strayAnswerRejected: return answerText
        case .unanswered:
            return joined(silenceText, history, otherPortText, gapText)
        case .pending:
            return
                "The SYN of \(client) to \(server), \(service), was accepted in the last window of the log: an answer may "
                + "be in the next one."
        case .refused where flow.firewall != nil: return joined(firewallClosedText, history, otherPortText)
        case .refused:
            return joined(
                (isOne
                    ? "The SYN of \(client) to \(server), \(service), was accepted, and so was the reset that came back: "
                    : "The SYNs of \(client) to \(server), \(service), were accepted, and so were the resets that came "
                        + "back: ")
                    + "no group and no ACL is in the way, and nothing accepts connections on this port.",
                history,
                otherPortText
            )
        case .unacknowledged:
            return
                "\(client) repeated its SYN and \(server) its SYN-ACK (\(service)), both accepted, and nothing followed: "
                + "the answers do not arrive. A route back that is missing or another does that."
        case .accepted, .closed, .noTarget, .clientGone: return "Accepted; nothing of it was refused."
        }
    }

    private var reasonText: String {
        if flow.firewall != nil { return firewallReason }
        return switch flow.reason {
        case "BPA": "The record names the reason: VPC Block Public Access."
        case "EC": "The record names the reason: encryption controls of the VPC."
        default: "A security group or a network ACL refused it; a record does not say which."
        }
    }

    private var onTheWay: String {
        guard !flow.passages.isEmpty else { return "" }
        return "\(capitalized(flow.passages.joined(separator: " and "))) had let it pass."
    }

    /// The other devices that refused the same.
    var alsoRefused: String {
        flow.others.map { "\(capitalized($0.place)) says \($0.word) as well (\($0.detail))." }.joined(separator: " ")
    }

    private var answerText: String { joined(answerPlace, alsoRefused) }

    private var answerPlace: String {
        if flow.firewall != nil { return firewallAnswerText }
        if flow.judgement.verdict == .returnBlocked {
            return joined(
                "The requests of \(client) to \(server), \(service), were accepted, and the answers were refused at "
                    + "\(place).",
                "A security group lets answers pass; a network ACL knows no connections and needs a rule for them.",
                flow.history.isOver || flow.history.isChange ? history : ""
            )
        }
        return joined(
            "\(records) \(say) REJECT at \(place) for answers of \(server), \(service), to \(client): a network ACL, or a path "
                + "that is not the request's.",
            context.hasAccepted
                ? "The request that they answer is not in the log."
                : "The log holds rejected records only, so that the request's own record cannot be in it."
        )
    }

    private var silenceText: String {
        if flow.firewall != nil { return firewallSilenceText }
        if group.marks.contains(.withoutFlags) {
            return
                "\(client) sent \(group.packets) small packets to \(server), \(service), in \(records), all accepted, and no "
                + "answer was recorded, though the log holds answers to others: it looks like SYNs that nobody answers, "
                + "which a log without tcp-flags cannot show."
        }
        guard flow.judgement.verdict == .dropped else {
            return
                "The log holds one direction only: \(client) asked \(server), \(service), and no answer to anybody was "
                + "recorded, though connections went on."
        }
        let request =
            isOne
            ? "\(client) sent a SYN to \(server), \(service), which was accepted, and no SYN-ACK came back: the rules let it in"
            : "\(client) sent SYNs to \(server), \(service), in \(records), all accepted, and no SYN-ACK came back: the "
                + "rules let them in"
        return request
            + ", and behind them something is silent: the host's own firewall, a host that is down, or a route."
            + (context.hasRejected
                ? "" : " The log holds accepted records only: an answer that was refused is not in it.")
    }

    private var gapText: String {
        group.marks.contains(.inGap)
            ? "Records of the interface were lost in this time (SKIPDATA), perhaps the answer's." : ""
    }

    var total: String {
        guard group.records > 1 else { return "" }
        return "In all \(flow.others.isEmpty ? records : counted(Int(group.records), "attempt"))\(rate)."
    }

    /// The text to send to who keeps the rules.
    var message: String {
        guard flow.judgement.verdict.isBlocked else { return "\(period): \(explanation)" }
        if flow.isBalanced { return joined("\(period): \(explanation)", total, balancedRequest) }
        switch group.fate {
        case .rejected:
            return joined(
                "\(period), \(client) could not reach \(server), \(service): \(records) \(say) \(flow.refusalWord) at \(place)\(flow.others.isEmpty ? rate : "").",
                reasonText,
                alsoRefused,
                onTheWay,
                flow.others.isEmpty ? "" : "In all \(counted(Int(group.records), "attempt"))\(rate).",
                history,
                otherPortText,
                realEndsText,
                request
            )
        default: return joined("\(period): \(explanation)", total, request)
        }
    }

    private var interface: String { flow.interface.isEmpty ? "the interface" : flow.interface }

    private var request: String {
        if flow.firewall != nil, let request = firewallRequest { return request }
        switch group.fate {
        case .rejected where flow.reason == "BPA": return "Please check the exclusions of VPC Block Public Access."
        case .rejected where flow.reason == "EC": return "Please check the exclusions of the encryption controls."
        case .rejected where flow.history.isOver: return "It works again: please tell what was changed at these times."
        case .rejected:
            let rules =
                flow.isEgress == true
                ? "an outbound rule for \(rule) to \(flow.destinationText)"
                : "an inbound rule for \(rule) from \(flow.sourceText)"
            return
                "Please check the security groups of \(interface) for \(rules), and the network ACLs of both subnets."
        case .answerRejected, .strayAnswerRejected:
            let rules = flow.isEgress.map { $0 ? "an outbound rule" : "an inbound rule" } ?? "rules of both directions"
            return "Please check the network ACL of the subnet of \(interface) for \(rules) for the answers of "
                + "\(flow.destinationText), \(rule), to \(flow.sourceText)\(clientPorts)."
        case .unanswered:
            return "Please check on \(server) that a program listens on \(rule) and that its own firewall lets "
                + "\(flow.sourceText) in, then the routes back."
        case .refused: return "Please check that a program listens on \(rule) of \(server)."
        case .unacknowledged: return "Please check the routes from \(server) back to \(client)."
        case .accepted, .stale, .pending, .closed, .noTarget, .clientGone: return ""
        }
    }

    private var clientPorts: String { flow.destination.port == nil ? "" : ", ports 1024 to 65535" }

    var nextStep: String {
        if flow.isBalanced { return balancedNextStep }
        if flow.firewall != nil, let step = firewallNextStep { return step }
        if !otherPortText.isEmpty {
            return otherPortText + " Compare it with the port on which the host listens."
        }
        if flow.history.isChange, group.fate != .accepted {
            return
                "Look in CloudTrail for what changed shortly before \(minute(group.first)) \(zone): security groups, "
                + "network ACLs, routes, the host itself."
        }
        switch group.fate {
        case .rejected where flow.history.isOver: return "Look in CloudTrail for what was changed and changed back."
        case .rejected:
            return
                "Compare the rules of \(interface)'s security groups with \(rule) \(flow.isEgress == true ? "to" : "from") "
                + "\(flow.isEgress == true ? flow.destinationText : flow.sourceText); if they allow it, the network ACL "
                + "of its subnet."
        case .answerRejected, .strayAnswerRejected:
            return "Look at the network ACL of \(interface)'s subnet: does it let \(flow.protocolName) to "
                + "\(flow.sourceText)\(clientPorts) pass?"
        case .unanswered, .unacknowledged:
            return "Capture on \(server): if the SYNs arrive there, its own firewall or the way back is the cause."
        case .refused: return "On \(server), list the listening sockets (ss -ltn) and compare the port."
        case .pending, .stale: return "Read the log of the time before and after as well."
        case .accepted, .closed, .noTarget, .clientGone: return "Nothing to do."
        }
    }

    var wouldChangeOurMind: String {
        if flow.isBalanced { return balancedDoubt }
        if flow.firewall != nil, let text = firewallDoubt { return text }
        return switch group.fate {
        case .rejected: "An ACCEPT record of the same request at the same interface."
        case .stale: "A REJECT record of the same ends with a SYN (tcp-flags 2)."
        case .answerRejected, .strayAnswerRejected:
            "Accepted answers of the same service at the same interface."
        case .unanswered, .pending: "A record of the SYN-ACK (tcp-flags 18), late or of another interface."
        case .refused: "A SYN-ACK (tcp-flags 18) of the same service."
        case .unacknowledged: "Records of data after the handshake."
        case .accepted, .closed, .noTarget, .clientGone: "REJECT records of the same service."
        }
    }
}

extension FlowCase {
    var sourceText: String { source.address.map { "\($0)" } ?? "" }
    var destinationText: String { destination.address.map { "\($0)" } ?? "" }
}

/// `1 port`, `3 ports`.
func counted(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}
