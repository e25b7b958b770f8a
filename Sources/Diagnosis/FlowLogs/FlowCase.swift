import LogFormats
import Packets
import RoadblockCore

/// Everything that is known of one group when its finding is written.
struct FlowCase {
    let group: FlowGroup
    let judgement: Judgement
    let history: FlowHistory
    /// The newest record that was accepted of the same asker at the same service.
    let accepted: FlowProof
    /// A port of the same host on which the asker is accepted.
    let otherPort: UInt16?
    let source: Finding.Endpoint
    let destination: Finding.Endpoint
    /// The interface that recorded the proof, and another one on the way; empty where unknown.
    let interface: String
    let otherInterface: String
    /// What a record itself gives as reason: `BPA`, `EC`.
    let reason: String
    /// The firewall whose log it is, its rule, and its name; empty where the log names none.
    let firewall: FirewallKind?
    let rule: String
    let device: String
    /// The other devices that refused as well, and how many records tell of the one above.
    let others: [OtherRefusal]
    let placeRecords: UInt32
    /// Where the request was let through before.
    let passages: [String]
    /// True for packets that were leaving the interface; `nil` where its address is not known.
    let isEgress: Bool?
    let realEnds: RealEnds?

    init(
        _ group: FlowGroup,
        _ judgement: Judgement,
        _ accepted: AcceptedService?,
        _ otherPort: AcceptedService?,
        _ ledger: borrowing FlowLedger,
        _ context: FlowContext,
        _ text: (Int32) -> String
    ) {
        self.group = group
        self.judgement = judgement
        history = FlowHistory(group, accepted)
        self.accepted = accepted?.proof ?? FlowProof()
        self.otherPort = otherPort?.key.upperPort
        let key = group.key
        let (asker, server) = (ledger.book.address(key.lower), ledger.book.address(key.upper))
        let hasPort = key.protocolNumber == IPProtocol.tcp || key.protocolNumber == IPProtocol.udp
        let hasOnePort = hasPort && !group.marks.contains(.manySourcePorts) && group.sourcePort != 0
        var (source, destination) = (
            ledger.book.endpoint(key.lower, context.names, text), ledger.book.endpoint(key.upper, context.names, text)
        )
        if hasOnePort { source.port = group.sourcePort }
        if hasPort, key.upperPort != 0 { destination.port = key.upperPort }
        if key.upper == key.lower, let name = source.name { destination.name = "an instance of \(name)" }
        (self.source, self.destination) = (source, destination)
        interface = text(group.interface)
        otherInterface = group.otherInterface == group.interface ? "" : text(group.otherInterface)
        reason = text(group.reason)
        firewall = group.firewall
        rule = text(group.rule)
        device = text(group.device)
        let devices = group.sites.devices
        others = devices.dropFirst().map { OtherRefusal($0, text) }
        placeRecords = devices.count > 1 ? devices[0].site.records : group.records
        passages = group.passages(text)
        let isAnswer = group.fate == .answerRejected || group.fate == .strayAnswerRejected
        let sender = isAnswer ? key.upper : key.lower
        isEgress = ledger.interfaces.owns(group.interface, sender, ledger.book)
        realEnds =
            isAnswer ? nil : context.realEnds[RealEnds.Key(source: asker, destination: server)]
    }

    var protocolName: String { IPProtocol.name(group.key.protocolNumber) }

    /// What the records say of packets that were refused.
    var refusalWord: String { firewall == nil || group.refusal == .unknown ? "REJECT" : group.refusal.word }
}

/// Writes the finding of one group: numbers, place, evidence and sentences.
struct FlowFindingWriter {
    let context: FlowContext

    func finding(_ flow: FlowCase, isNoise: Bool) -> Finding {
        let group = flow.group
        var finding = Finding(
            judgement: flow.judgement,
            source: flow.source,
            destination: flow.destination,
            protocolName: flow.protocolName,
            firstSeen: Instant(epochSeconds: group.first),
            lastSeen: Instant(epochSeconds: group.last)
        )
        finding.isNoise = isNoise
        finding.attempts = Int(group.records)
        finding.conversations = Int(group.conversations)
        finding.packets = Int(group.packets)
        finding.bytes = Int(clamping: group.bytes)
        finding.peakPerMinute = Int(group.peak)
        finding.whereText = place(flow)
        switch flow.judgement.verdict {
        case .rejected where flow.judgement.detail == .rejected:
            finding.lostBetween = .init(last: Int(group.proof.input), missing: nil, isReply: false)
        case .unreachable, .stalled:
            finding.lostBetween = .init(last: Int(group.proof.input), missing: nil, isReply: false)
        case .rejected, .returnBlocked:
            finding.lostBetween = .init(last: Int(group.proof.input), missing: nil, isReply: true)
        default: break
        }
        finding.evidence = evidence(flow)
        finding.blockedBy = flow.blocker
        let sentences = FlowSentences(flow: flow, finding: finding, context: context)
        finding.explanation = sentences.explanation
        finding.wouldChangeOurMind = sentences.wouldChangeOurMind
        finding.nextStep = sentences.nextStep
        finding.message = sentences.message
        return finding
    }

    /// Where in the network it happened.
    private func place(_ flow: FlowCase) -> String {
        if flow.firewall != nil { return flow.firewallPlace }
        let interface = flow.interface.isEmpty ? "the interface that recorded it" : "interface \(flow.interface)"
        switch flow.judgement.verdict {
        case .rejected where flow.reason == "BPA": return "at \(interface) (VPC Block Public Access)"
        case .rejected where flow.reason == "EC": return "at \(interface) (encryption controls of the VPC)"
        case .rejected where flow.judgement.detail == .rejected:
            return "at \(interface) (security group or network ACL)"
        case .returnBlocked where flow.judgement.detail == .synACKNeverAcked:
            return "between \(interface) and the client, on the way back"
        case .rejected, .returnBlocked: return "at \(interface), on the way back (network ACL)"
        case .dropped:
            let last =
                flow.otherInterface.isEmpty ? interface : "interfaces \(flow.interface) and \(flow.otherInterface)"
            return "behind \(last), or on the way back"
        case .refused: return "at the server, or at a device that answers for it"
        default: return "not located"
        }
    }

    /// The records that prove it, in the order of time.
    private func evidence(_ flow: FlowCase) -> [Finding.Evidence] {
        let group = flow.group
        var items: [Finding.Evidence] = []
        func cite(_ proof: FlowProof, _ what: String, _ weight: Confidence) {
            guard proof.exists else { return }
            let item = Finding.Evidence(proof, what, weight)
            if !items.contains(where: { $0.reference == item.reference }) { items.append(item) }
        }
        func citeOthers(_ what: String) {
            for other in flow.others { cite(other.proof, "\(other.word) \(what), at \(other.place)", .certain) }
        }
        switch group.fate {
        case _ where flow.isBalanced:
            let (what, weight) = flow.balancedProof
            cite(group.proof, what, weight)
            cite(group.lastProof, "\(what), the last of \(group.records)", weight)
            cite(flow.accepted, "an answer of the target" + (flow.history.isChange ? ", the last one" : ""), .likely)
        case .rejected, .stale:
            cite(group.proof, "\(flow.refusalWord) of the request", .certain)
            cite(group.lastProof, "\(flow.refusalWord) of the request, the last of \(flow.placeRecords)", .certain)
            citeOthers("of the request")
            cite(group.acceptedProof, "ACCEPT of the request, at another interface or before", .likely)
            cite(flow.accepted, flow.history.acceptedText, .strong)
        case .answerRejected, .strayAnswerRejected:
            cite(group.acceptedProof, "ACCEPT of the request", .certain)
            cite(group.proof, "\(flow.refusalWord) of the answer", .certain)
            cite(group.lastProof, "\(flow.refusalWord) of the answer, the last", .certain)
            citeOthers("of the answer")
            cite(flow.accepted, "ACCEPT of the same service", .likely)
        case .unanswered, .pending:
            let what = flow.firewall == nil ? "ACCEPT of a SYN, no SYN-ACK recorded" : "a request without an answer"
            cite(group.proof, what, .strong)
            cite(group.lastProof, "\(what), the last", .strong)
            cite(flow.accepted, "ACCEPT of the same service, answered", .likely)
        case .refused:
            cite(group.proof, flow.firewall == nil ? "ACCEPT of a SYN" : "a SYN, answered with a reset", .strong)
            cite(group.acceptedProof, "ACCEPT of the answer, a reset", .strong)
        case .unacknowledged:
            cite(group.proof, "ACCEPT of repeated SYNs", .strong)
            cite(group.acceptedProof, "ACCEPT of repeated SYN-ACKs", .strong)
        case .accepted: cite(group.proof, "ACCEPT", .likely)
        case .closed, .noTarget, .clientGone: break
        }
        return items.sorted {
            ($0.reference.time, $0.reference.input, $0.reference.frame)
                < ($1.reference.time, $1.reference.input, $1.reference.frame)
        }
    }
}

extension Finding.Evidence {
    /// A record of a log.
    init(_ proof: FlowProof, _ what: String, _ weight: Confidence) {
        self.init(
            reference: FrameReference(
                time: Instant(epochSeconds: proof.time),
                frame: proof.line,
                input: proof.input
            ),
            what: what,
            weight: weight,
            unit: .line
        )
    }
}

extension DiagnosisReport.Clock {
    /// `14:32`, with the date in front where it is another day than a second time's.
    func minute(_ seconds: UInt32, day other: UInt32) -> String {
        let whole = text(Instant(epochSeconds: seconds))
        let sameDay = whole.prefix(10) == text(Instant(epochSeconds: other)).prefix(10)
        return String(whole.dropFirst(sameDay ? 11 : 0).dropLast(3))
    }
}
