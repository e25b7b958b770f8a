package import Names
import Packets
package import RoadblockCore

extension DiagnosisBuilder {
    /// Makes the findings, worst first.
    ///
    /// Call it once all tables are closed.
    /// The first `limit` findings get evidence and sentences; those behind them are only counted. `owners` names
    /// addresses whose host names the inputs, which have these names, do not tell.
    package mutating func finish(
        inputs names: [String],
        limit: Int,
        clock: DiagnosisReport.Clock,
        owners: OwnerTable? = nil,
        hostName: @escaping @Sendable (IPAddress) -> String? = { _ in nil }
    ) -> Diagnosis {
        var settled = settledGroups()
        if !includesOpen {
            healthy += settled.reduce(0) { $0 + ($1.judgement.verdict == .open ? $1.conversations : 0) }
            settled.removeAll { $0.judgement.verdict == .open }
        }

        let scans = ScanDetector.scans(in: settled, context)
        let folded = Set(scans.joined())
        let writer = FindingWriter(
            context: context,
            facts: facts,
            points: points.count > 1 ? PointNames(points, context, names) : nil,
            clock: clock,
            owners: owners,
            hostName: hostName
        )
        let members = settled.indices.filter { !folded.contains($0) }.map { [$0] } + scans
        let isScan = { index in index >= members.count - scans.count }
        var findings = members.indices.map { index in
            let groups = members[index].map { settled[$0] }
            return (finding: isScan(index) ? writer.scan(groups) : writer.finding(groups[0]), index: index)
        }
        findings.sort { $0.finding.rank < $1.finding.rank }
        for place in findings.indices {
            findings[place].finding.id = place + 1
            guard place < limit else { continue }
            let index = findings[place].index
            let groups = members[index].map { settled[$0] }
            if isScan(index) {
                writer.describeScan(&findings[place].finding, groups)
            } else {
                writer.describe(&findings[place].finding, groups[0])
            }
        }
        return Diagnosis(
            findings: findings.map(\.finding),
            conversations: conversations,
            healthy: healthy,
            unjudged: unjudged,
            overflow: overflow,
            facts: facts,
            notes: context.inputs.indices.map { inputNotes($0, facts) + (writer.points?.notes($0) ?? []) }
        )
    }

    /// The groups, weighed against what the inputs as a whole can show and joined where they are one; this builder gives
    /// its groups away.
    mutating func settledGroups() -> [FindingGroup] {
        joinRest()
        addStrays()
        var settled = joinSilent(takeGroups())
        for index in settled.indices { settle(&settled[index], facts) }
        return joinAnswered(joinVerdicts(settled))
    }

    /// One group of all unanswered attempts of a flow, whether each alone says enough or not.
    private func joinSilent(_ groups: consuming [FindingGroup]) -> [FindingGroup] {
        join(groups) { identity, judgement in
            switch judgement.detail {
            case .unansweredSYN, .unansweredRequest, .pending: judgement.verdict == .open ? nil : identity
            default: nil
            }
        }
    }

    /// Joins groups with the same key in the place of the first; those without a key stay as they are.
    private func join<Key: Hashable>(
        _ given: consuming [FindingGroup],
        by key: (FlowIdentity, Judgement) -> Key?
    ) -> [FindingGroup] {
        var groups = given
        var places: [Key: Int] = [:]
        var absorbed: Set<Int> = []
        for index in groups.indices {
            guard let key = key(groups[index].identity, groups[index].judgement) else { continue }
            if let first = places[key] {
                groups[first].merge(groups[index])
                absorbed.insert(index)
            } else {
                places[key] = index
            }
        }
        return without(absorbed, groups)
    }

    /// The groups whose places are not among some; copying groups is slow.
    private func without(_ absorbed: Set<Int>, _ groups: consuming [FindingGroup]) -> [FindingGroup] {
        if absorbed.isEmpty { return groups }
        let all = groups
        return all.indices.filter { !absorbed.contains($0) }.map { all[$0] }
    }

    /// Adds silent attempts to those of the same flow that an ICMP error answered: errors are rate-limited, so that one
    /// stands for many packets.
    private func joinAnswered(_ given: consuming [FindingGroup]) -> [FindingGroup] {
        var joined = given
        var answered: [FlowIdentity: Int] = [:]
        for index in joined.indices {
            let verdict = joined[index].judgement.verdict
            if verdict == .prohibited || verdict == .unreachable { answered[joined[index].identity] = index }
        }
        guard !answered.isEmpty else { return joined }
        let groups = joined
        var absorbed: Set<Int> = []
        for (index, group) in groups.enumerated() where group.judgement.verdict == .dropped {
            guard let target = answered[group.identity],
                group.firstSeen <= groups[target].lastSeen.adding(nanoseconds: 60_000_000_000),
                groups[target].firstSeen <= group.lastSeen.adding(nanoseconds: 60_000_000_000)
            else { continue }
            joined[target].merge(group)
            absorbed.insert(index)
        }
        return without(absorbed, joined)
    }

    /// One group of a flow and verdict; the more certain detail stays.
    private func joinVerdicts(_ groups: consuming [FindingGroup]) -> [FindingGroup] {
        struct Key: Hashable {
            var identity: FlowIdentity
            var verdict: Verdict
        }
        return join(groups) { identity, judgement in Key(identity: identity, verdict: judgement.verdict) }
    }

    /// Weighs a group's judgement against what the input as a whole can show.
    private func settle(_ group: inout FindingGroup, _ facts: CaptureFacts) {
        settleSilence(&group, facts)
        settleLosses(&group)
        if group.judgement.detail == .refusedRST { settleRefusal(&group) }
        if group.judgement.detail == .icmpTTLExceeded, isTraceroute(group) {
            group.judgement = Judgement(.probeOpenPort, .weak)
        }
        guard group.judgement.verdict != .undecided else { return }
        let missing: Detail =
            context.inputs.indices.contains(group.input) && context.inputs[group.input].lacksReplies
            ? .oneWayClient : .oneWayServer
        switch context.sidedness(group.input) {
        case .both: settleHalfRecorded(&group, missing)
        case .one:
            if group.judgement.verdict.isBlocked || group.judgement.verdict == .scan {
                group.judgement = Judgement(missing, .weak)
            }
        case .oneAfter(let time):
            if group.firstSeen > time, group.judgement.verdict.isBlocked {
                group.judgement = Judgement(missing, .weak)
            }
        case .partly:
            settleHalfRecorded(&group, missing)
            if group.judgement.verdict == .dropped { group.judgement.confidence = .weak }
        }
    }

    /// A place that rests on what an input lacks needs an input that holds both directions.
    private func settleLosses(_ group: inout FindingGroup) {
        let isUnsound = { (input: Int) in context.sidedness(input) != .both }
        let hasOwnProof = group.tcp.contains { $0.synsAfterSYNACK > 0 || $0.synACKs.total > 1 }
        if group.judgement.detail == .returnPathBlocked, !hasOwnProof, group.loss?.missing.map(isUnsound) ?? false {
            group.judgement = Judgement(.oneWayClient, .weak)
        }
        if group.judgement.detail == .refusedByMiddlebox, group.witness.map(isUnsound) ?? false {
            group.judgement = Judgement(.refusedRST, .certain)
        }
        group.forgetLosses(where: isUnsound)
    }

    /// Silence of a server proves nothing where another conversation shows that its answers were not recorded.
    private func settleHalfRecorded(_ group: inout FindingGroup, _ missing: Detail) {
        guard group.judgement.verdict == .dropped, context.isHalfRecorded(group.identity.destination, at: group.input)
        else { return }
        group.judgement = Judgement(missing, .weak)
    }

    /// SYNs with small and different times to live: the errors are the answers that a traceroute wants.
    private func isTraceroute(_ group: FindingGroup) -> Bool {
        let left = Set(group.tcp.map(\.fromClient.timeToLive))
        return left.count >= 3 && left.allSatisfy { $0 <= 32 }
    }

    private func settleSilence(_ group: inout FindingGroup, _ facts: CaptureFacts) {
        let detail = group.judgement.detail
        guard detail == .unansweredSYN || detail == .unansweredRequest || detail == .pending else { return }
        let isTCP = group.identity.protocolNumber == IPProtocol.tcp
        // A handshake of which only the last step lies behind the end of the capture stays undecided.
        let hasAnswer = group.tcp.contains { !$0.synACKs.isEmpty }
        guard group.attempts >= 2 || detail != .pending, !(detail == .pending && hasAnswer) else { return }
        var confidence: Confidence = group.attempts >= 2 ? .likely : .weak
        if isTCP, group.mostCopies >= 3, context.twoWay(at: group.input) > 0, fitsSchedule(group) {
            confidence = .strong
        }
        if !isTCP {
            // The judge's word stands: it knows which services answer. An answer may also come from another endpoint.
            confidence = group.judgement.confidence
            if let example = group.datagrams.first, !example.isEcho,
                context.receivesDatagrams(example.client, example.clientPort)
            {
                group.judgement = Judgement(.establishedNormal, .weak)
                return
            }
        }
        // It left the one point and never came to the next, where the server was heard: no answer is needed to see that.
        if group.loss?.missing != nil, group.attempts >= 2 { confidence = .strong }
        var settled: Detail = isTCP ? .unansweredSYN : .unansweredRequest
        let isSeen = context.isSeen(group.identity.destination)
        if let neighbour = facts.neighbours[group.identity.destination], !neighbour.isAlive, !isSeen,
            !neighbour.requests.isEmpty
        {
            settled = .arpUnanswered
            if neighbour.requests.total >= 2 { confidence = max(confidence, .strong) }
        }
        group.judgement = Judgement(settled, confidence)
    }

    private func fitsSchedule(_ group: FindingGroup) -> Bool {
        group.tcp.contains { conversation in
            RetrySchedule.fitting(
                conversation.syns.references.map(\.time),
                timeToLive: conversation.fromClient.timeToLive,
                window: conversation.synWindow
            ) != nil
        }
    }

    /// Compares the reset's time to live and delay with those of the server's other packets.
    private func settleRefusal(_ group: inout FindingGroup) {
        guard let conversation = group.tcp.first,
            let usual = context.timeToLive(of: group.identity.destination, at: group.input)
        else { return }
        let hops = abs(Int(usual) - Int(conversation.refusalTimeToLive))
        if hops == 0 { group.judgement = Judgement(.refusedByHost, .certain) }
        // One feature alone has innocent explanations: services that set their own time to live, several hosts.
        let delay = conversation.refusals.first.time.nanoseconds(since: conversation.syns.first.time)
        let usualDelay = context.roundTrip(to: group.identity.destination, at: group.input)
        if hops >= 2, usualDelay > 1_000_000, delay < usualDelay / 2 {
            group.judgement = Judgement(.refusedByMiddlebox, .strong)
        }
    }

    /// What is to be said about an input as a whole.
    private func inputNotes(_ index: Int, _ facts: CaptureFacts) -> [String] {
        var notes: [String] = []
        let input = facts.inputs[index]
        switch context.sidedness(index) {
        case .both: break
        case .one: notes.append("one-sided: only one direction of its conversations was recorded")
        case .oneAfter(let time): notes.append("one-sided after \(time.rfc3339)")
        case .partly:
            let facts = context.inputs[index]
            notes.append(
                "partly one-sided: \(facts.proofs) of \(facts.proofs + facts.twoWay) conversations are half recorded"
            )
        }
        if joinsHalves { notes.append("read together with the other: each holds one direction of the same traffic") }
        let share = 100 * Double(input.copies) / Double(max(1, input.ipFrames))
        if share >= 10 {
            notes.append("\(fixed(share, share < 10 ? 1 : 0)) % of its packets are copies of others (mirror port)")
        }
        notes += missingNeighbours(index, facts)
        if input.unreadableErrors > 0 {
            notes.append(
                "\(input.unreadableErrors) ICMP errors are cut before the ports that they quote: a longer snap length would "
                    + "tell what they are about"
            )
        }
        if let note = input.unreadableNote { notes.append(note) }
        if input.cutFrames > 0 { notes.append("\(input.cutFrames) frames are cut by the snap length") }
        return notes
    }

    /// Addresses that somebody asks for on the segment and that never show themselves: packets to them never leave.
    private func missingNeighbours(_ index: Int, _ facts: CaptureFacts) -> [String] {
        let missing = facts.neighbours.filter { address, neighbour in
            !neighbour.isAlive && neighbour.requests.total >= 3 && Int(neighbour.requests.first.input) == index
                && !context.isSeen(address)
        }
        return missing.sorted { $0.key < $1.key }.prefix(3).map { address, neighbour in
            "nobody answers for the link address of \(address) (\(neighbour.requests.total) requests, the first in frame "
                + "\(neighbour.requests.first.frame)): the host is not on the segment"
        }
    }
}
