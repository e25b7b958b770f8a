import Packets
import RoadblockCore

/// Turns what was learnt of a log into findings, worst first.
struct FlowReporter: ~Copyable {
    let ledger: FlowLedger
    var groups: TupleTable<FlowGroup>
    let context: FlowContext
    let limit: Int
    private var healthy = 0
    /// Conversations without an answer of which the log cannot tell whether one is missing.
    private var undecided = 0
    /// By group: settled elsewhere, or not worth a finding.
    private var isGone: [Bool] = []
    /// For a group, the port of the same host on which its asker is accepted.
    private var otherPorts: [Int: AcceptedService] = [:]

    /// Noise that is listed one by one; more of one kind is folded.
    private static let strayLimit = 5
    /// Refused records, and seconds between the first and the last, of somebody who keeps asking.
    private static let sustainedRecords: UInt32 = 4
    private static let sustainedTime: UInt32 = 120

    init(
        ledger: consuming FlowLedger,
        groups: consuming TupleTable<FlowGroup>,
        context: FlowContext,
        limit: Int
    ) {
        self.ledger = ledger
        self.groups = groups
        self.context = context
        self.limit = limit
    }

    /// One finding before it is written: what it ranks by, and what it is made of.
    private struct Candidate {
        enum Source {
            case group(Int)
            case scan(Int)
            case strays(Int)
        }

        var source: Source
        var judgement: Judgement
        var isNoise: Bool
        var attempts: Int
        var conversations: Int
        var first: UInt32
        var key: FlowTuple

        var rank: FindingRank {
            FindingRank(
                judgement: judgement,
                isNoise: isNoise,
                attempts: attempts,
                first: Int64(first),
                ends: (key.lower, 0, key.upper, 0, UInt64(key.upperPort))
            )
        }
    }

    /// What strays are folded by.
    private struct StrayKind: Hashable {
        var judgement: Verdict
        var number: UInt8
    }

    /// Makes the diagnosis; `text` gives the words that records name by number.
    mutating func diagnosis(text: (Int32) -> String) -> Diagnosis {
        promoteRepeated()
        isGone = Array(repeating: false, count: groups.count)
        let answering = answeringServices()
        for index in groups.entries.indices { join(index, answering) }
        for index in groups.entries.indices where !isGone[index] { settle(index) }
        let scans = findScans()
        for index in scans.joined() { isGone[index] = true }
        var candidates = scans.indices.map { scanCandidate(scans[$0], $0) }
        var strays: [StrayKind: [Int]] = [:]
        for index in groups.entries.indices where !isGone[index] {
            let candidate = candidate(index)
            if candidate.isNoise {
                let kind = StrayKind(judgement: candidate.judgement.verdict, number: candidate.key.protocolNumber)
                strays[kind, default: []].append(index)
            } else {
                candidates.append(candidate)
            }
        }
        var folded: [[Int]] = []
        let kinds = strays.sorted { ($0.key.number, $0.value[0]) < ($1.key.number, $1.value[0]) }
        for (_, members) in kinds {
            if members.count > Self.strayLimit || members.count > 1 && groups[members[0]].fate == .stale {
                candidates.append(strayCandidate(members, folded.count))
                folded.append(members)
            } else {
                candidates += members.map { self.candidate($0) }
            }
        }
        candidates.sort { $0.rank < $1.rank }

        var diagnosis = Diagnosis(
            findings: [],
            conversations: ledger.conversations,
            healthy: ledger.healthy + healthy,
            unjudged: 0,
            overflow: ledger.insideOverflow,
            facts: CaptureFacts(),
            notes: notes(text)
        )
        diagnosis.unlisted.conversations.noise += ledger.outsideOverflow
        diagnosis.unlisted.conversations.undecided += undecided
        if undecided > 0 { diagnosis.unlisted.hasUndecided = true }
        if ledger.isOneSided, ledger.oneDirection > 0 {
            // What one direction shows is not health.
            diagnosis.healthy -= ledger.oneDirection
            diagnosis.unlisted.conversations.undecided += ledger.oneDirection
            diagnosis.unlisted.hasUndecided = true
        }
        for (place, candidate) in candidates.enumerated() {
            guard place < limit else {
                diagnosis.unlisted.add(
                    candidate.judgement.verdict,
                    isNoise: candidate.isNoise,
                    conversations: candidate.conversations
                )
                continue
            }
            var finding = written(candidate, scans, folded, text)
            finding.id = place + 1
            diagnosis.findings.append(finding)
        }
        return diagnosis
    }
}

// MARK: - Settling

extension FlowReporter {
    /// Makes room among the unanswered for groups whose SYNs were repeated in the last window of the log.
    ///
    /// One SYN there may be answered in the next window; two are dropped. Two packets of one record can be a SYN and the
    /// acknowledgment of its answer, since flags have no ACK; and a service that answers the asker otherwise gets the
    /// benefit of the doubt.
    private mutating func promoteRepeated() {
        for index in groups.entries.indices where groups[index].fate == .pending {
            let group = groups[index]
            let key = group.key.with(kind: FlowFate.unanswered.rawValue)
            guard group.records > 1 || group.packets > 2, accepted(group) == nil, groups.index(of: key) == nil
            else { continue }
            var silent = FlowGroup(key)
            silent.marks.insert(.inLastWindow)
            _ = groups.append(silent)
        }
    }

    /// Adds a group to what else is known of its asker and service.
    private mutating func join(_ index: Int, _ answering: Set<FlowTuple>) {
        let group = groups[index]
        switch group.fate {
        case .pending:
            if join(index, .unanswered) { return }
            if accepted(group) != nil {
                forgive(index)
            } else if group.marks.contains(.withoutFlags) || answering.contains(group.key.server) {
                // A service that answers others may answer this one in the next window.
                leaveUndecided(index)
            }
        case .strayAnswerRejected: _ = join(index, .answerRejected)
        default: break
        }
    }

    /// Weighs a group against what else is known of its asker and service.
    private mutating func settle(_ index: Int) {
        let group = groups[index]
        switch group.fate {
        case .unanswered:
            if !group.marks.contains(.outsideGap), accepted(group) != nil {
                // Where records were lost and the service answers otherwise, the answers were lost from the log.
                forgive(index)
            } else if group.marks.contains(.withoutFlags),
                group.marks.contains(.inGap) || group.records < 2 || ledger.answered == 0
            {
                // Sizes alone show little: not in a gap, nor once, nor where nobody's answers are recorded.
                leaveUndecided(index)
            }
        case .rejected where group.key.upperPort == 0:
            // Without ports a lone refused answer looks like a request.
            let asked = group.key.exchanged.with(kind: FlowFate.answerRejected.rawValue)
            if let target = groups.index(of: asked) {
                groups[target].merge(group)
                isGone[index] = true
            }
        case .stale:
            if accepted(group) != nil || groups.index(of: group.key.with(kind: FlowFate.rejected.rawValue)) != nil {
                forgive(index)
            }
        default: break
        }
    }

    /// The services that answer somebody, of those that were asked in the last window without an answer yet.
    private func answeringServices() -> Set<FlowTuple> {
        let pending = Set(groups.entries.lazy.filter { $0.fate == .pending }.map(\.key.server))
        guard !pending.isEmpty else { return [] }
        return Set(ledger.services.entries.lazy.map(\.key.server).filter(pending.contains))
    }

    /// Adds a group to another one of the same asker and service, where there is one.
    private mutating func join(_ index: Int, _ fate: FlowFate) -> Bool {
        guard let target = groups.index(of: groups[index].key.with(kind: fate.rawValue)) else { return false }
        groups[target].merge(groups[index])
        isGone[index] = true
        return true
    }

    private mutating func forgive(_ index: Int) {
        isGone[index] = true
        healthy += Int(groups[index].conversations)
    }

    private mutating func leaveUndecided(_ index: Int) {
        isGone[index] = true
        undecided += Int(groups[index].conversations)
    }

    /// What was accepted of the asker at the service; without ports, of either of the two at the other.
    func accepted(_ group: FlowGroup) -> AcceptedService? {
        if let service = ledger.services.find(group.service) { return service }
        let hasPorts = group.key.protocolNumber == IPProtocol.tcp || group.key.protocolNumber == IPProtocol.udp
        return hasPorts ? nil : ledger.services.find(group.service.exchanged)
    }

    /// True for addresses of the internet at large: not private, and no interface's own.
    func isOutside(_ code: UInt64) -> Bool {
        !AddressSide.isInside(ledger.book.address(code)) && !context.own.contains(code)
    }

    private func judgement(_ group: FlowGroup) -> Judgement {
        if let judgement = group.balancedJudgement { return judgement }
        switch group.fate {
        case .accepted: return Judgement(.establishedNormal, .likely)
        case .rejected: return Judgement(group.refusal.detail, .certain)
        case .stale: return Judgement(group.marks.contains(.fromServer) ? .backscatter : .midstream, .weak)
        case .answerRejected: return Judgement(.returnPathBlocked, .strong)
        case .strayAnswerRejected:
            return accepted(group) == nil
                ? Judgement(.answerRejected, .likely) : Judgement(.returnPathBlocked, .likely)
        case .pending: return Judgement(.pending, .weak)
        case .refused: return Judgement(.refusedRST, .strong)
        case .unacknowledged: return Judgement(.synACKNeverAcked, .likely)
        case .unanswered: return silence(group)
        case .closed, .noTarget, .clientGone: return Judgement(.pending, .weak)
        }
    }

    /// How sure an accepted SYN without an answer is dropped.
    private func silence(_ group: FlowGroup) -> Judgement {
        if ledger.isOneSided || group.marks.contains(.withoutFlags) { return Judgement(.oneWayClient, .weak) }
        if group.marks.contains(.inGap) { return Judgement(.unansweredSYN, .weak) }
        if group.requests < 2 { return Judgement(.unansweredSYN, .weak) }
        let isSure =
            ledger.answered > 0 && context.hasRejected && group.requests >= 3 && !group.marks.contains(.inLastWindow)
        return Judgement(.unansweredSYN, isSure ? .strong : .likely)
    }

    private func candidate(_ index: Int) -> Candidate {
        let group = groups[index]
        let judgement = judgement(group)
        return Candidate(
            source: .group(index),
            judgement: judgement,
            isNoise: isNoise(group, judgement),
            attempts: Int(group.records),
            conversations: Int(group.conversations),
            first: group.first,
            key: group.key
        )
    }

    /// Internet background: up to four attempts for a port from an address outside, or answers nobody asked for.
    private func isNoise(_ group: FlowGroup, _ judgement: Judgement) -> Bool {
        if group.fate == .stale {
            return isOutside(group.key.lower) || group.marks.contains(.fromServer) && isOutside(group.key.upper)
        }
        guard group.records <= 4 else { return false }
        switch judgement.verdict {
        case .rejected:
            return isOutside(group.key.lower) || judgement.detail == .answerRejected && isOutside(group.key.upper)
        case .dropped, .refused, .undecided: return isOutside(group.key.lower)
        default: return false
        }
    }
}

// MARK: - Scans and other ports

extension FlowReporter {
    private static let probeFates: Set<FlowFate> = [.rejected, .stale, .unanswered, .pending, .refused]

    /// The scans, and on the way the ports on which refused askers are accepted instead.
    private mutating func findScans() -> [[Int]] {
        // A load balancer asks many targets, and none of its clients asks more than itself.
        var probes = groups.entries.indices.filter {
            !isGone[$0] && Self.probeFates.contains(groups[$0].fate) && !groups[$0].isBalanced
        }
        probes.sort { (groups[$0].key.lower, $0) < (groups[$1].key.lower, $1) }
        var counts: [UInt64: Int] = [:]
        for index in probes { counts[groups[index].key.lower, default: 0] += 1 }
        let askers = counts.filter { $0.value >= ScanDetector.targetLimit }
        var sustained: [FlowTuple: [Int]] = [:]
        for index in groups.entries.indices where isSustained(groups[index]) {
            sustained[groups[index].key.pair, default: []].append(index)
        }
        var reached: [UInt64: [AcceptedService]] = [:]
        for service in ledger.services.entries {
            if askers[service.key.lower] != nil { reached[service.key.lower, default: []].append(service) }
            guard service.conversations >= 3, !sustained.isEmpty, let refused = sustained[service.key.pair] else {
                continue
            }
            for index in refused { compare(index, service) }
        }
        let outside = Set(askers.keys.filter { isOutside($0) })
        return FlowScans(groups: groups.entries, probes: probes, reached: reached, outside: outside).scans()
    }

    private func isSustained(_ group: FlowGroup) -> Bool {
        guard group.fate == .rejected || group.fate == .unanswered || group.fate == .refused else { return false }
        return group.key.upperPort != 0 && group.records >= Self.sustainedRecords
            && group.last - group.first >= Self.sustainedTime
    }

    /// Remembers the accepted port with the most conversations in the time of the refusals.
    private mutating func compare(_ index: Int, _ service: AcceptedService) {
        let group = groups[index]
        guard service.key.protocolNumber == group.key.protocolNumber, service.key.upperPort != group.key.upperPort,
            service.first <= group.last, service.active >= group.first, service.active - service.first >= 60
        else { return }
        if let best = otherPorts[index], best.conversations >= service.conversations { return }
        otherPorts[index] = service
    }

    private func scanCandidate(_ members: [Int], _ ordinal: Int) -> Candidate {
        let first = groups[members[0]]
        return Candidate(
            source: .scan(ordinal),
            judgement: Judgement(.scan, .strong),
            isNoise: isOutside(first.key.lower),
            attempts: members.reduce(0) { $0 + Int(groups[$1].records) },
            conversations: members.reduce(0) { $0 + Int(groups[$1].conversations) },
            first: members.reduce(.max) { min($0, groups[$1].first) },
            key: first.key
        )
    }

    private func strayCandidate(_ members: [Int], _ ordinal: Int) -> Candidate {
        var candidate = scanCandidate(members, ordinal)
        candidate.source = .strays(ordinal)
        candidate.judgement = judgement(groups[members[0]])
        candidate.isNoise = true
        return candidate
    }
}

// MARK: - Writing

extension FlowReporter {
    private func written(
        _ candidate: Candidate,
        _ scans: [[Int]],
        _ folded: [[Int]],
        _ text: (Int32) -> String
    ) -> Finding {
        switch candidate.source {
        case .group(let index):
            let group = groups[index]
            let flow = FlowCase(
                group,
                candidate.judgement,
                accepted(group),
                otherPorts[index],
                ledger,
                context,
                text
            )
            return FlowFindingWriter(context: context).finding(flow, isNoise: candidate.isNoise)
        case .scan(let ordinal):
            let sweep = FlowSweep(scans[ordinal], groups, ledger, context, text)
            return sweep.scan(isNoise: candidate.isNoise, confidence: candidate.judgement.confidence)
        case .strays(let ordinal):
            let sweep = FlowSweep(folded[ordinal], groups, ledger, context, text)
            return sweep.strays(candidate.judgement)
        }
    }
}
