import Names
import Packets
import RoadblockCore

/// Turns settled groups into findings: numbers, evidence and sentences.
struct FindingWriter {
    let context: CaptureContext
    let facts: CaptureFacts
    /// Where there are several capture points.
    let points: PointNames?
    let clock: DiagnosisReport.Clock
    let owners: OwnerTable?
    /// The name of an address's instance, where the command knows one.
    let hostName: @Sendable (IPAddress) -> String?

    /// The numbers of a finding.
    func finding(_ group: FindingGroup) -> Finding {
        let identity = group.identity
        var finding = numbers(
            group,
            group.judgement,
            from: endpoint(identity.source, port: group.hasOneSourcePort ? sourcePort(group) : nil),
            to: endpoint(identity.destination, port: identity.hasPort ? identity.port : nil)
        )
        finding.isNoise = isNoise(group)
        return finding
    }

    private func numbers(
        _ group: FindingGroup,
        _ judgement: Judgement,
        from source: Finding.Endpoint,
        to destination: Finding.Endpoint
    ) -> Finding {
        var finding = Finding(
            judgement: judgement,
            source: source,
            destination: destination,
            protocolName: group.identity.protocolName,
            firstSeen: group.firstSeen,
            lastSeen: group.lastSeen
        )
        finding.attempts = group.attempts
        finding.conversations = group.conversations
        finding.packets = group.packets
        finding.bytes = group.bytes
        finding.peakPerMinute = group.peakPerMinute
        return finding
    }

    /// Adds the place, the evidence and the sentences.
    func describe(_ finding: inout Finding, _ group: FindingGroup) {
        finding.evidence = EvidenceWriter(writer: self).evidence(group)
        locate(&finding, group)
        let sentences = FindingSentences(finding: finding, group: group, writer: self)
        finding.explanation = sentences.explanation
        finding.wouldChangeOurMind = sentences.wouldChangeOurMind
        finding.nextStep = sentences.nextStep
        finding.message = sentences.message
    }

    /// The one source port of TCP and UDP; echo has an identifier in its place, which is no port.
    private func sourcePort(_ group: FindingGroup) -> UInt16? {
        group.identity.hasPort && group.conversations == 1 ? group.sourcePort : nil
    }

    func endpoint(_ address: IPAddress, port: UInt16? = nil) -> Finding.Endpoint {
        Finding.Endpoint(
            address: address,
            port: port,
            name: facts.names[address] ?? hostName(address),
            owner: owners?.name(of: address)
        )
    }

    /// Internet background: up to four refused or unanswered attempts for a port from an address outside.
    private func isNoise(_ group: FindingGroup) -> Bool {
        guard AddressSide.isOutside(group) else { return false }
        switch group.judgement.verdict {
        case .dropped, .refused, .prohibited, .unreachable, .undecided: return group.attempts <= 4
        case .scan: return true
        default: return false
        }
    }

    /// Where in the network it happened, as far as one capture point tells.
    private func locate(_ finding: inout Finding, _ group: FindingGroup) {
        let verdict = group.judgement.verdict
        if let points, verdict.isBlocked || verdict == .lossy, let loss = group.loss {
            finding.lostBetween = loss
            finding.whereText = points.place(loss, from: name(finding.source), to: name(finding.destination))
            return
        }
        let server = name(finding.destination)
        let client = name(finding.source)
        let error = group.tcp.first?.error ?? group.datagrams.first?.error ?? group.strays.first?.answer
        switch group.judgement.verdict {
        case .dropped: finding.whereText = "behind the capture point, towards \(server), or on the way back"
        case .returnBlocked:
            finding.whereText = "between the capture point and \(client)"
            if points == nil { finding.lostBetween = .init(last: group.input, missing: nil, isReply: true) }
        case .prohibited, .unreachable:
            let sender = error.map { String(describing: $0.sender) } ?? "the sender of the error"
            finding.whereText = "at \(sender), or right behind it"
            if points == nil, error?.sender != group.identity.destination {
                finding.lostBetween = .init(last: group.input, missing: nil, isReply: error?.isAboutReply ?? false)
            }
        case .refused:
            finding.whereText =
                group.judgement.detail == .refusedByMiddlebox
                ? "between the capture point and \(server)" : "at \(server), or at a device that answers for it"
        case .stalled, .reset: finding.whereText = "between \(client) and \(server)"
        case .lossy, .open, .undecided, .scan, .rejected: finding.whereText = "not located"
        }
    }

    /// An endpoint in a sentence.
    func name(_ endpoint: Finding.Endpoint) -> String { endpoint.text ?? "several hosts" }

    /// One finding for all that a scanner did.
    func scan(_ groups: [FindingGroup]) -> Finding {
        var total = groups[0]
        for group in groups.dropFirst() { total.merge(group) }
        let hosts = Set(groups.map(\.identity.destination))
        let ports = Set(groups.map(\.identity.port))
        let port = ports.count == 1 ? ports.first : nil
        var finding = numbers(
            total,
            Judgement(.scan, groups.count >= ScanDetector.targetLimit ? .strong : .likely),
            from: endpoint(groups[0].identity.source),
            to: hosts.count == 1
                ? endpoint(groups[0].identity.destination, port: port) : Finding.Endpoint(address: nil, port: port)
        )
        finding.targetHosts = hosts.count
        finding.targetPorts = ports.count
        finding.isNoise = groups.contains(where: AddressSide.isOutside)
        return finding
    }

    /// Adds the evidence and the sentences of a scan.
    func describeScan(_ finding: inout Finding, _ groups: [FindingGroup]) {
        let source = groups[0].identity.source
        finding.whereText = "not located"
        let evidence = EvidenceWriter(writer: self)
        finding.evidence = Array(groups.prefix(8).flatMap { evidence.evidence($0).prefix(1) })
        let sentences = ScanSentences(finding: finding, groups: groups, open: context.openAskers[source], writer: self)
        finding.explanation = sentences.explanation
        finding.wouldChangeOurMind = sentences.wouldChangeOurMind
        finding.nextStep = sentences.nextStep
        finding.message = sentences.message
    }
}
