import Cloud
import Diagnosis
import Inputs
import LogFormats
import Names
import Packets
import RoadblockCore

/// One diagnosis of captures and flow logs: each kind is read in its way, and the findings stand in one report.
struct DiagnosisRun {
    private let owners: OwnerTable?
    private let snapshot: ResourceSnapshot?
    private let includesOpen: Bool
    private let limit: Int
    private let clock: DiagnosisReport.Clock
    private let showsProgress: Bool
    /// What is to be said about owners and snapshots.
    let notes: [String]

    init(
        owners: OwnerTable?,
        snapshot: (ResourceSnapshot, warnings: [String])?,
        includesOpen: Bool,
        limit: Int,
        clock: DiagnosisReport.Clock,
        showsProgress: Bool
    ) {
        self.owners = owners
        self.snapshot = snapshot?.0
        self.includesOpen = includesOpen
        self.limit = limit
        self.clock = clock
        self.showsProgress = showsProgress
        notes = (owners?.notes ?? []) + (snapshot?.warnings ?? [])
    }

    /// Reads all inputs; a display filter selects the packets of captures.
    ///
    /// - Throws: `Failure` when an input cannot be read, or for a filter where there is no capture.
    func report(_ inputs: [EvidenceInput], filter: String) throws(Failure) -> DiagnosisReport {
        let hasCaptures = inputs.contains(where: \.isCapture)
        // A file without a byte counts as one of the kind that the others are.
        let captures = inputs.indices.filter { inputs[$0].isCapture || (hasCaptures && inputs[$0].isEmpty) }
        let logs = inputs.indices.filter { !captures.contains($0) }
        guard filter.isEmpty || !captures.isEmpty else {
            throw Failure(.usage, "-Y selects packets, and there is no capture among the inputs")
        }
        let total = inputs.compactMap(\.input.size).reduce(0, +)
        var progress = Progress(isShown: showsProgress, total: total)
        var parts: [(report: DiagnosisReport, places: [Int])] = []
        if !captures.isEmpty {
            parts.append((try packets(captures.map { inputs[$0] }, filter, &progress), captures))
        }
        if !logs.isEmpty {
            let report = try records(logs.map { inputs[$0] }, needsOne: captures.isEmpty, &progress)
            parts.append((report, logs))
        }
        progress.end()
        if parts.count == 1 { return parts[0].report }
        return DiagnosisReport.merging(parts, limit: limit)
    }

    private func hostName() -> @Sendable (IPAddress) -> String? {
        let snapshot = snapshot
        return { snapshot?.displayName(of: $0) }
    }

    private func packets(
        _ inputs: [EvidenceInput],
        _ filter: String,
        _ progress: inout Progress
    ) throws(Failure) -> DiagnosisReport {
        var display = try DisplayFilter(filter, profile: .v44, zone: SystemZone())
        try display.checkHeadersSuffice()
        var dissection = PacketDissection(for: display, profile: .v44)
        let isFiltered = !filter.isEmpty
        let capture = try MergedCapture(
            inputs.map { input in (input.input.name, { () throws(Failure) -> any ByteSource in try input.open() }) }
        )
        let diagnoser = Diagnoser(
            includesOpen: includesOpen,
            limit: limit,
            clock: clock,
            owners: owners,
            hostName: hostName()
        )
        var result = try diagnoser.diagnose(
            capture,
            accepts: { _, bytes, frame in !isFiltered || dissection.select(frame, bytes, &display) },
            canRestart: !isFiltered,
            progress: { progress.show(frames: $0, bytes: capture.bytesConsumed) }
        )
        if isFiltered {
            for index in result.inputs.indices {
                result.inputs[index].notes.append("filtered: only what `\(filter)` selects was judged")
                result.inputs[index].notes += display.notes
            }
        }
        return result
    }

    private func records(
        _ inputs: [EvidenceInput],
        needsOne: Bool,
        _ progress: inout Progress
    ) throws(Failure) -> DiagnosisReport {
        let logs = try MergedFlowLogs(
            inputs.map { input in
                MergedFlowLogs.Source(
                    name: input.input.name,
                    choice: input.choice,
                    isStream: input.isStream,
                    clock: LogClock(now: SystemClock.milliseconds),
                    open: { () throws(Failure) -> any ByteSource in try input.open() }
                )
            },
            needsOne: needsOne
        )
        var diagnoser = FlowDiagnoser(includesOpen: includesOpen)
        var count = 0
        while try logs.next({ diagnoser.receive($0, input: $1) }) {
            count &+= 1
            if count & 0xFFFF == 0 { progress.show(count, "records", bytes: logs.bytesConsumed) }
        }
        let owners = owners
        let host = hostName()
        let names = EndpointNames(
            address: { host($0) ?? owners?.name(of: $0) },
            service: { ServiceName.of(port: $0, protocol: $1) }
        )
        return diagnoser.finish(
            inputs: logs.outcomes.map { outcome in
                var input = DiagnosisReport.Input(
                    source: outcome.name,
                    records: 0,
                    skipped: outcome.skipped,
                    start: nil,
                    end: nil,
                    damage: outcome.notes,
                    notes: []
                )
                if outcome.isFirewallLog { input.kind = .firewallLog }
                return input
            },
            limit: limit,
            clock: clock,
            names: names,
            text: { logs.texts[$0] }
        )
    }
}
