package import LogFormats
package import RoadblockCore

/// Whose address it is and what a port serves, as far as the command knows.
package struct EndpointNames: Sendable {
    /// The name of an instance, a host or an owner.
    package var address: @Sendable (IPAddress) -> String?
    /// The name of a service by port and IANA protocol number.
    package var service: @Sendable (UInt16, UInt8) -> String?

    package init(
        address: @escaping @Sendable (IPAddress) -> String? = { _ in nil },
        service: @escaping @Sendable (UInt16, UInt8) -> String? = { _, _ in nil }
    ) {
        self.address = address
        self.service = service
    }
}

/// Diagnoses VPC flow logs, record by record, in bounded memory.
///
/// Records come in any order; of several inputs best roughly by time, since a request and its answer are paired within
/// 15 minutes of record time.
package struct FlowDiagnoser: ~Copyable {
    private var conversations: FlowConversations
    private var ledger: FlowLedger
    private var tallies: [FlowTally] = []
    private var realEnds: [RealEnds.Key: RealEnds] = [:]

    /// With `includesOpen`, what was accepted becomes findings too.
    package init(includesOpen: Bool = false) {
        self.init(includesOpen: includesOpen, limit: FlowConversations.limit)
    }

    /// A diagnoser that keeps `limit` conversations at once.
    init(includesOpen: Bool, limit: Int) {
        conversations = FlowConversations(limit: limit)
        ledger = FlowLedger(includesOpen: includesOpen)
    }

    /// Takes the next record of an input, by its ordinal from 0.
    package mutating func receive(_ record: borrowing FlowRecord, input: Int) {
        while tallies.count <= input { tallies.append(FlowTally()) }
        let start = UInt32(clamping: record.start)
        let end = max(start, UInt32(clamping: record.end))
        if !record.isSecond { tallies[input].note(start, end, isOfFirewall: record.firewall != nil) }
        if let reading = record.reading { return receive(record, reading, start, input) }
        guard record.status == .ok else {
            guard record.status == .skipData else { return }
            let gap = InterfaceFacts.Gap(interface: record.interface, input: input, start: start, end: end)
            ledger.interfaces.noteGap(gap)
            tallies[input].gaps += 1
            return
        }
        guard let from = record.source, let to = record.destination, let action = record.action else {
            if !record.isSecond { tallies[input].incomplete += 1 }
            return
        }
        guard let source = ledger.book.code(from), let destination = ledger.book.code(to) else {
            tallies[input].crowded += 1
            return
        }
        // A firewall on the way has interfaces, and no address of the traffic is its own.
        let (isFirewall, direction) = (record.firewall != nil, record.direction)
        if !isFirewall || direction != nil {
            let isEgress = direction.map { $0 == .egress }
            ledger.interfaces.note(record.interface, source, destination, isEgress: isEgress)
        }
        ledger.newestEnd = max(ledger.newestEnd, end)
        ledger.oldestStart = min(ledger.oldestStart, start)
        ledger.longestWindow = max(ledger.longestWindow, end - start)
        if action == .accept { tallies[input].accepted += 1 } else { tallies[input].rejected += 1 }
        noteRealEnds(record, from, to)
        conversations.receive(
            record,
            source,
            destination,
            isAccepted: action == .accept,
            input: input,
            into: &ledger
        )
    }

    /// Takes what a load balancer says of a request.
    private mutating func receive(
        _ record: borrowing FlowRecord,
        _ reading: LoadBalancerReading,
        _ time: UInt32,
        _ input: Int
    ) {
        tallies[input].ofBalancers += 1
        if reading == .failed { tallies[input].failed += 1 }
        let proof = FlowProof(line: UInt32(clamping: record.line), time: time, input: UInt16(clamping: input))
        guard let request = BalancedRequest(record, reading, proof, &ledger.book) else {
            tallies[input].crowded += 1
            return
        }
        ledger.take(request)
    }

    /// Remembers the addresses in the packets of a request, where they are not those of the interface.
    private mutating func noteRealEnds(_ record: borrowing FlowRecord, _ source: IPAddress, _ destination: IPAddress) {
        let (packetSource, packetDestination) = (record.packetSource, record.packetDestination)
        if packetSource == nil, packetDestination == nil { return }
        let (action, flags) = (record.action, record.tcpFlags)
        guard action == .reject || flags == 2, realEnds.count < RealEnds.limit else { return }
        let realSource = packetSource ?? source
        let realDestination = packetDestination ?? destination
        guard realSource != source || realDestination != destination else { return }
        let key = RealEnds.Key(source: source, destination: destination)
        let ends = RealEnds(source: realSource, destination: realDestination)
        if let known = realEnds[key] {
            if known.source != ends.source || known.destination != ends.destination { realEnds[key]?.hasOthers = true }
        } else {
            realEnds[key] = ends
        }
    }

    /// Makes the report of everything that was received.
    ///
    /// `inputs` name the inputs in the order of their ordinals; their records, times and notes are filled in here.
    /// `text` gives the words that records name by number. The first `limit` findings get sentences; those behind them
    /// are only counted. What was received is given up.
    package mutating func finish(
        inputs: [DiagnosisReport.Input],
        limit: Int = 1000,
        clock: DiagnosisReport.Clock = .utc,
        names: EndpointNames = EndpointNames(),
        text: (Int32) -> String
    ) -> DiagnosisReport {
        conversations.endAll(into: &ledger)
        while tallies.count < inputs.count { tallies.append(FlowTally()) }
        let copies = conversations.copies
        let groups = ledger.takeGroups()
        let context = FlowContext(
            tallies: tallies,
            copies: copies,
            realEnds: realEnds,
            own: ledger.interfaces.addresses(ledger.book),
            newestEnd: ledger.newestEnd,
            clock: clock,
            names: names
        )
        var finished = FlowLedger(includesOpen: false)
        swap(&finished, &ledger)
        var reporter = FlowReporter(ledger: finished, groups: groups, context: context, limit: limit)
        let diagnosis = reporter.diagnosis(text: text)
        let filled = inputs.enumerated().map { index, input in
            var input = input
            if input.kind == .capture { input.kind = .flowLog }
            input.records = tallies[index].records
            input.start = tallies[index].first
            input.end = tallies[index].last
            input.notes += diagnosis.notes[index]
            return input
        }
        return DiagnosisReport(inputs: filled, diagnosis: diagnosis, limit: limit)
    }
}

/// What one input held.
struct FlowTally: Sendable {
    var records = 0
    var accepted = 0
    var rejected = 0
    var gaps = 0
    /// Records without addresses or action.
    var incomplete = 0
    /// Records of IPv6 addresses beyond the limit.
    var crowded = 0
    /// Records of firewalls other than AWS's groups and ACLs.
    var ofFirewalls = 0
    /// Lines of load balancers, and those of them that tell of nothing but a failure of their own.
    var ofBalancers = 0
    var failed = 0
    private var start = UInt32.max
    private var end: UInt32 = 0

    @inline(__always)
    mutating func note(_ start: UInt32, _ end: UInt32, isOfFirewall: Bool) {
        records += 1
        if isOfFirewall { ofFirewalls += 1 }
        self.start = min(self.start, start)
        self.end = max(self.end, end)
    }

    var first: Instant? { records == 0 ? nil : Instant(epochSeconds: start) }
    var last: Instant? { records == 0 ? nil : Instant(epochSeconds: end) }
}

/// The ends that the packets themselves name, where an interface shows its own address instead.
struct RealEnds: Sendable {
    static let limit = 10_000

    /// The ends as the interface shows them.
    struct Key: Hashable, Sendable {
        var source: IPAddress
        var destination: IPAddress
    }

    var source: IPAddress
    var destination: IPAddress
    /// Other packets named other ends.
    var hasOthers = false
}

/// What all findings of a flow log are written with.
struct FlowContext: Sendable {
    var tallies: [FlowTally]
    var copies: Int
    var realEnds: [RealEnds.Key: RealEnds]
    /// The codes of the log's own addresses.
    var own: Set<UInt64>
    /// The newest end of a record, in seconds since 1970.
    var newestEnd: UInt32
    var clock: DiagnosisReport.Clock
    var names: EndpointNames

    var hasAccepted: Bool { tallies.contains { $0.accepted > 0 } }
    var hasRejected: Bool { tallies.contains { $0.rejected > 0 } }
    /// True where flow logs of AWS are among the inputs.
    var hasFlowLogs: Bool { tallies.contains { $0.records > $0.ofFirewalls } }
}

extension Instant {
    /// The instant of whole seconds since 1970.
    init(epochSeconds: UInt32) { self.init(nanoseconds: Int64(epochSeconds) * 1_000_000_000) }
}
