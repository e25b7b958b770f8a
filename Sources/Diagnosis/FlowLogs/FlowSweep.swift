import Packets
import RoadblockCore

/// Many groups as one finding: a scan, or strays of the internet.
struct FlowSweep {
    private let groups: [FlowGroup]
    private let context: FlowContext
    private let peak: UInt32
    private let asker: IPAddress
    private let hosts: Set<UInt64>
    private let ports: Set<UInt16>
    private let host: IPAddress
    /// Accepted services of the same asker.
    private let protocolName: String

    init(_ groups: [FlowGroup], _ ledger: borrowing FlowLedger, _ context: FlowContext) {
        self.groups = groups
        self.context = context
        asker = ledger.book.address(groups[0].key.lower)
        host = ledger.book.address(groups[0].key.upper)
        hosts = Set(groups.map(\.key.upper))
        ports = Set(groups.map(\.key.upperPort))
        peak = groups.reduce(ledger.peak(of: groups[0].key.lower)) { max($0, $1.peak) }
        var counts: [UInt8: Int] = [:]
        for group in groups { counts[group.key.protocolNumber, default: 0] += Int(group.records) }
        let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
        protocolName = IPProtocol.name(most?.key ?? 0)
    }

    private var records: Int { groups.reduce(0) { $0 + Int($1.records) } }

    private func blank(_ judgement: Judgement, _ source: Finding.Endpoint) -> Finding {
        let hostAddress = hosts.count == 1 ? host : nil
        let port = ports.count == 1 ? ports.first.flatMap { $0 == 0 ? nil : $0 } : nil
        var finding = Finding(
            judgement: judgement,
            source: source,
            destination: Finding.Endpoint(
                address: hostAddress,
                port: port,
                name: hostAddress.flatMap { context.names.address($0) }
            ),
            protocolName: protocolName,
            firstSeen: Instant(epochSeconds: groups.reduce(.max) { min($0, $1.first) }),
            lastSeen: Instant(epochSeconds: groups.reduce(0) { max($0, $1.last) })
        )
        finding.attempts = records
        finding.conversations = groups.reduce(0) { $0 + Int($1.conversations) }
        finding.packets = groups.reduce(0) { $0 + Int($1.packets) }
        finding.bytes = groups.reduce(0) { $0 + Int(clamping: $1.bytes) }
        finding.peakPerMinute = Int(peak)
        finding.targetHosts = hosts.count
        finding.targetPorts = ports.count
        finding.whereText = "not located"
        let first = groups.sorted { ($0.proof.time, $0.proof.line) < ($1.proof.time, $1.proof.line) }
        finding.evidence = first.prefix(8).map {
            Finding.Evidence($0.proof, $0.fate == .rejected ? "REJECT" : "ACCEPT of a SYN, without success", .certain)
        }
        return finding
    }

    /// One finding for all that a scanner did.
    func scan(isNoise: Bool, confidence: Confidence) -> Finding {
        let source = Finding.Endpoint(address: asker, name: context.names.address(asker))
        var finding = blank(Judgement(.scan, confidence), source)
        finding.isNoise = isNoise
        let shape =
            switch (hosts.count > 1, ports.count > 1) {
            case (true, false): hasPorts ? "a horizontal scan of one port" : "a sweep of hosts"
            case (false, true): "a vertical scan of one host"
            default: "a scan of hosts and ports"
            }
        finding.explanation =
            "\(FlowSentences.name(source)) tried \(what)\(counted(hosts.count, "host")) in \(counted(records, "record")), "
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
        let senders = Set(groups.map(\.key.lower)).count
        let source = Finding.Endpoint(address: senders == 1 ? asker : nil)
        var finding = blank(judgement, source)
        finding.isNoise = true
        finding.peakPerMinute = busiest
        finding.explanation =
            "\(counted(senders, "address", "addresses")) outside, each with a few attempts at "
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
        var (refused, closed, silent): (Set<FlowTuple>, Set<FlowTuple>, Set<FlowTuple>) = ([], [], [])
        for group in groups {
            switch group.fate {
            case .rejected, .stale, .strayAnswerRejected: refused.insert(group.key.server)
            case .refused: closed.insert(group.key.server)
            default: silent.insert(group.key.server)
            }
        }
        var parts: [String] = []
        if !refused.isEmpty { parts.append("\(counted(refused.count, "target")) refused by the rules") }
        if !closed.isEmpty { parts.append("\(closed.count) closed") }
        if !silent.isEmpty { parts.append("\(silent.count) without an answer") }
        return parts.joined(separator: ", ")
    }

    /// Records in the busiest minute, as far as first and last times tell.
    private var busiest: Int {
        var minutes: [UInt32: Int] = [:]
        for group in groups {
            if group.records > 1 { minutes[group.last / 60, default: 0] += 1 }
            minutes[group.first / 60, default: 0] += max(1, Int(group.records) - 1)
        }
        return minutes.values.max() ?? 0
    }
}
