import Packets
import RoadblockCore

/// Many groups as one finding: a scan, or strays of the internet.
struct FlowSweep {
    private let context: FlowContext
    private let asker: Finding.Endpoint
    private let host: Finding.Endpoint
    private var senders: Set<UInt64> = []
    private var hosts: Set<UInt64> = []
    private var ports: Set<UInt16> = []
    /// Targets that were refused, that are closed, and that did not answer.
    private var refused: Set<FlowTuple> = []
    private var closed: Set<FlowTuple> = []
    private var silent: Set<FlowTuple> = []
    private var records = 0
    private var conversations = 0
    private var packets = 0
    private var bytes = 0
    private var first = UInt32.max
    private var last: UInt32 = 0
    private var peak: UInt32
    /// Records by minute, as far as first and last times tell.
    private var minutes: [UInt32: Int] = [:]
    private var recordsByProtocol: [UInt8: Int] = [:]
    /// The earliest records, at most so many.
    private var evidence: [Finding.Evidence] = []
    private static let evidenceLimit = 8

    /// Sums up the groups with these ordinals.
    init(
        _ members: [Int],
        _ groups: borrowing TupleTable<FlowGroup>,
        _ ledger: borrowing FlowLedger,
        _ context: FlowContext,
        _ text: (Int32) -> String
    ) {
        self.context = context
        asker = ledger.book.endpoint(groups[members[0]].key.lower, context.names, text)
        host = ledger.book.endpoint(groups[members[0]].key.upper, context.names, text)
        peak = ledger.peak(of: groups[members[0]].key.lower)
        for index in members { add(groups[index]) }
    }

    private mutating func add(_ group: FlowGroup) {
        senders.insert(group.key.lower)
        hosts.insert(group.key.upper)
        ports.insert(group.key.upperPort)
        switch group.fate {
        case .rejected, .stale, .strayAnswerRejected: refused.insert(group.key.server)
        case .refused: closed.insert(group.key.server)
        default: silent.insert(group.key.server)
        }
        records += Int(group.records)
        conversations += Int(group.conversations)
        packets += Int(group.packets)
        bytes += Int(clamping: group.bytes)
        first = min(first, group.first)
        last = max(last, group.last)
        peak = max(peak, group.peak)
        if group.records > 1 { minutes[group.last / 60, default: 0] += 1 }
        minutes[group.first / 60, default: 0] += max(1, Int(group.records) - 1)
        recordsByProtocol[group.key.protocolNumber, default: 0] += Int(group.records)
        let proof = (group.proof.time, group.proof.line)
        if evidence.count == Self.evidenceLimit, let newest = evidence.last?.reference,
            (Instant(epochSeconds: proof.0), proof.1) >= (newest.time, newest.frame)
        {
            return
        }
        let isRefused = [.rejected, .stale, .strayAnswerRejected].contains(group.fate)
        let what = isRefused ? "REJECT" : "ACCEPT of a SYN, without success"
        evidence.append(Finding.Evidence(group.proof, what, .certain))
        evidence.sort { ($0.reference.time, $0.reference.frame) < ($1.reference.time, $1.reference.frame) }
        if evidence.count > Self.evidenceLimit { evidence.removeLast() }
    }

    private var protocolName: String {
        let most = recordsByProtocol.max { ($0.value, $1.key) < ($1.value, $0.key) }
        return IPProtocol.name(most?.key ?? 0)
    }

    private func blank(_ judgement: Judgement, _ source: Finding.Endpoint) -> Finding {
        var destination = hosts.count == 1 ? host : Finding.Endpoint(address: nil)
        destination.port = ports.count == 1 ? ports.first.flatMap { $0 == 0 ? nil : $0 } : nil
        var finding = Finding(
            judgement: judgement,
            source: source,
            destination: destination,
            protocolName: protocolName,
            firstSeen: Instant(epochSeconds: first),
            lastSeen: Instant(epochSeconds: last)
        )
        finding.attempts = records
        finding.conversations = conversations
        finding.packets = packets
        finding.bytes = bytes
        finding.peakPerMinute = Int(peak)
        finding.targetHosts = hosts.count
        finding.targetPorts = ports.count
        finding.whereText = "not located"
        finding.evidence = evidence
        return finding
    }

    /// One finding for all that a scanner did.
    func scan(isNoise: Bool, confidence: Confidence) -> Finding {
        var finding = blank(Judgement(.scan, confidence), asker)
        finding.isNoise = isNoise
        let shape =
            switch (hosts.count > 1, ports.count > 1) {
            case (true, false): hasPorts ? "a horizontal scan of one port" : "a sweep of hosts"
            case (false, true): "a vertical scan of one host"
            default: "a scan of hosts and ports"
            }
        finding.explanation =
            "\(FlowSentences.name(asker)) tried \(what)\(counted(hosts.count, "host")) in \(counted(records, "record")), "
            + "\(fixed(min(finding.attemptsPerMinute, Double(peak)), 1)) a minute, at most \(peak) in one minute: \(outcome). That is "
            + "\(shape), not an application."
        finding.wouldChangeOurMind = "A list of planned checks with this source."
        finding.nextStep =
            isNoise
            ? "Nothing to do: internet background that the rules keep out."
            : "Name the source; a vulnerability scanner or monitoring of your own makes the same picture."
        finding.message = "\(context.clock.period(finding.firstSeen, finding.lastSeen)), \(finding.explanation)"
        return finding
    }

    /// One finding for many senders of a few packets each.
    func strays(_ judgement: Judgement) -> Finding {
        let source = Finding.Endpoint(address: senders.count == 1 ? asker.address : nil)
        var finding = blank(judgement, source)
        finding.isNoise = true
        finding.peakPerMinute = minutes.values.max() ?? 0
        finding.explanation =
            "\(counted(senders.count, "address", "addresses")) outside, each with a few attempts at "
            + "\(hasPorts ? "\(counted(ports.count, "port"))\(onlyPort) of " : "")\(counted(hosts.count, "host")): "
            + "\(outcome) in \(counted(records, "record")). That is internet background."
        finding.wouldChangeOurMind = "One of the addresses being a customer's or a partner's."
        finding.nextStep = "Nothing to do: internet background that the rules keep out."
        finding.message = "\(context.clock.period(finding.firstSeen, finding.lastSeen)), \(finding.explanation)"
        return finding
    }

    private var onlyPort: String { ports.count == 1 ? ports.first.map { $0 == 0 ? "" : " (\($0))" } ?? "" : "" }

    /// True for protocols that have ports.
    private var hasPorts: Bool { ports != [0] }

    private var what: String {
        hasPorts ? "\(counted(ports.count, "port"))\(onlyPort) on " : "\(protocolName.uppercased()) on "
    }

    private var outcome: String {
        var parts: [String] = []
        if !refused.isEmpty { parts.append("\(counted(refused.count, "target")) refused by the rules") }
        if !closed.isEmpty { parts.append("\(closed.count) closed") }
        if !silent.isEmpty { parts.append("\(silent.count) without an answer") }
        return parts.joined(separator: ", ")
    }
}
