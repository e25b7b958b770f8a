package import Names
package import Packets
package import RoadblockCore

/// Reads captures from front to back and diagnoses them.
package struct Diagnoser: ~Copyable {
    private let includesOpen: Bool
    private let limit: Int
    private let clock: DiagnosisReport.Clock
    private let owners: OwnerTable?
    private let hostName: @Sendable (IPAddress) -> String?

    /// A diagnoser whose report prints up to `limit` findings and whose messages tell times by the clock.
    ///
    /// With `includesOpen`, healthy conversations become findings too; `hostName` names the
    /// addresses of instances and `owners` others that the capture does not.
    package init(
        includesOpen: Bool = false,
        limit: Int = 1000,
        clock: DiagnosisReport.Clock = .utc,
        owners: OwnerTable? = nil,
        hostName: @escaping @Sendable (IPAddress) -> String? = { _ in nil }
    ) {
        self.includesOpen = includesOpen
        self.limit = limit
        self.clock = clock
        self.owners = owners
        self.hostName = hostName
    }

    /// Reads all frames and makes the report.
    ///
    /// `accepts` decides which frames count, on the decoded packet, and `canRestart` says that it may see them twice;
    /// `progress` is called every 65,536 frames.
    /// - Throws: `Failure` of kind `readOrWrite`.
    package func diagnose(
        _ capture: MergedCapture,
        accepts: (Packet, borrowing RawSpan, Frame) -> Bool = { _, _, _ in true },
        canRestart: Bool = true,
        progress: (Int) -> Void = { _ in }
    ) throws(Failure) -> DiagnosisReport {
        var builder = try read(capture, asOne: false, accepts, progress)
        if canRestart, builder.holdsHalves, try capture.restart() {
            builder = try read(capture, asOne: true, accepts, progress)
        }
        let diagnosis = builder.finish(
            inputs: capture.names,
            limit: limit,
            clock: clock,
            owners: owners,
            hostName: hostName
        )
        return DiagnosisReport(inputs: inputs(capture, diagnosis), diagnosis: diagnosis, limit: limit)
    }

    private func read(
        _ capture: MergedCapture,
        asOne: Bool,
        _ accepts: (Packet, borrowing RawSpan, Frame) -> Bool,
        _ progress: (Int) -> Void
    ) throws(Failure) -> DiagnosisBuilder {
        var tables = PointTables(inputs: capture.names, asOne: asOne)
        var builder = DiagnosisBuilder(inputCount: capture.inputCount, includesOpen: includesOpen, joinsHalves: asOne)
        let packet = Packet()
        let decoder = Decoder()
        var frames = 0
        while let (frame, input) = try capture.next() {
            tables.turn(to: input, of: capture, &builder)
            try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
                decoder.decode(frame, bytes, into: packet)
                guard accepts(packet, bytes, frame) else { return }
                tables.current.receive(packet, bytes, frame, input: input)
            }
            if tables.current.hasEnded { builder.collect(from: &tables.current, point: tables.point) }
            frames &+= 1
            if frames & 0xFFFF == 0 { progress(frames) }
        }
        tables.close(into: &builder)
        return builder
    }

    private func inputs(_ capture: MergedCapture, _ diagnosis: Diagnosis) -> [DiagnosisReport.Input] {
        (0..<capture.inputCount).map { index in
            let outcome = capture.outcome(index)
            let facts = diagnosis.facts.inputs[index]
            return DiagnosisReport.Input(
                source: outcome.name,
                records: outcome.frames,
                skipped: outcome.skipped + facts.unreadableFrames,
                start: facts.firstTime,
                end: facts.lastTime,
                damage: outcome.notes,
                notes: diagnosis.notes[index]
            )
        }
    }
}
