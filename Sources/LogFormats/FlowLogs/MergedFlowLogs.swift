package import Inputs
package import RoadblockCore

/// The records of several flow logs, roughly in the order of their time, so that accepts and rejects that were written
/// to different files meet.
package final class MergedFlowLogs {
    /// One flow log to read.
    package struct Source {
        package var name: String
        package var choice: FormatChoice
        package var open: () throws(Failure) -> any ByteSource
        /// True where the input can be opened only once.
        package var isStream: Bool
        /// When it is read, for times without a year.
        package var clock: LogClock

        package init(
            name: String,
            choice: FormatChoice,
            isStream: Bool,
            clock: LogClock = LogClock(),
            open: @escaping () throws(Failure) -> any ByteSource
        ) {
            self.name = name
            self.choice = choice
            self.isStream = isStream
            self.clock = clock
            self.open = open
        }
    }

    /// What was read of a source.
    package struct Outcome: Sendable {
        package var name: String
        package var skipped = 0
        package var notes: [String] = []
        package var isFirewallLog = false
    }

    private enum Reader {
        case flows(FlowRecordReader)
        case firewall(FirewallRecordReader)
    }

    private final class Open {
        let ordinal: Int
        let input: OpenLogInput
        let reader: Reader
        var record = FlowRecord(start: 0, end: 0, line: 0)

        init(_ ordinal: Int, _ source: Source, _ texts: FlowTexts) throws(Failure) {
            self.ordinal = ordinal
            input = try OpenLogInput(
                name: source.name,
                source: source.open(),
                choice: source.choice,
                clock: source.clock
            )
            if let format = FirewallFormat.evidence(in: input) {
                reader = .firewall(FirewallRecordReader(input, format, texts))
            } else {
                reader = .flows(try FlowRecordReader(input, texts))
            }
        }

        func advance() throws(Failure) -> Bool {
            switch reader {
            case .flows(let reader): try reader.next(&record)
            case .firewall(let reader): try reader.next(&record)
            }
        }
    }

    package let texts = FlowTexts()
    private let sources: [Source]
    /// Sources that are not open yet, the one that begins last in front.
    private var waiting: [(ordinal: Int, start: Int64, open: Open?)] = []
    private var active: [Open] = []
    private var current: Open?
    /// Records of the current source are given up to this time before another one's turn is thought of.
    private var turnEnd: Int64 = .min
    package private(set) var outcomes: [Outcome]

    /// Seconds by which records may come before those of another source.
    private static let slack: Int64 = 60
    /// Files that are open at once.
    private static let openLimit = 128

    /// Looks at the first record of each source.
    ///
    /// With `needsOne`, one of them at least has to be a flow log; what the others are is noted in their outcomes.
    /// - Throws: `Failure` of kind `cannotOpen`, or `badInput` where there is no flow log.
    package init(_ sources: [Source], needsOne: Bool = true) throws(Failure) {
        self.sources = sources
        outcomes = sources.map { Outcome(name: $0.name) }
        var failures: [Failure] = []
        for (ordinal, source) in sources.enumerated() {
            let open: Open
            do {
                open = try Open(ordinal, source, texts)
                guard try open.advance() else {
                    finish(open)
                    continue
                }
            } catch {
                guard error.kind == .badInput else { throw error }
                outcomes[ordinal] = Outcome(name: source.name, skipped: 1, notes: [error.message])
                failures.append(error)
                continue
            }
            // A file is opened again when its time comes, so that thousands of them need not be open together.
            let stays = source.isStream || sources.count <= MergedFlowLogs.openLimit
            waiting.append((ordinal, open.record.start, stays ? open : nil))
        }
        if needsOne, failures.count == sources.count, let first = failures.first { throw first }
        waiting.sort { $0.start != $1.start ? $0.start > $1.start : $0.ordinal > $1.ordinal }
    }

    /// Bytes of all inputs that were read so far.
    package private(set) var finishedBytes = 0
    package var bytesConsumed: Int { active.reduce(finishedBytes) { $0 + $1.input.reader.bytesConsumed } }

    /// The next record and the ordinal of its source; `nil` at the end.
    ///
    /// - Throws: `Failure` of kind `readOrWrite`.
    @inline(__always)
    package func next(_ body: (borrowing FlowRecord, Int) -> Void) throws(Failure) -> Bool {
        if current == nil || turnEnd < (current?.record.start ?? .max) { try chooseSource() }
        guard let open = current else { return false }
        body(open.record, open.ordinal)
        if try !open.advance() {
            finish(open)
            active.removeAll { $0 === open }
            current = nil
        }
        return true
    }

    /// Opens what begins now, and turns to the source whose next record is the earliest.
    private func chooseSource() throws(Failure) {
        while let next = waiting.last, active.count < MergedFlowLogs.openLimit,
            active.isEmpty || next.start <= earliest() + MergedFlowLogs.slack
        {
            waiting.removeLast()
            if let open = next.open {
                active.append(open)
                continue
            }
            let open = try Open(next.ordinal, sources[next.ordinal], texts)
            if try open.advance() { active.append(open) } else { finish(open) }
        }
        current = active.min { $0.record.start < $1.record.start }
        let others = active.lazy.filter { $0 !== self.current }.map(\.record.start).min()
        turnEnd = min(others ?? .max, waiting.last?.start ?? .max)
        if turnEnd < .max - MergedFlowLogs.slack { turnEnd += MergedFlowLogs.slack }
    }

    private func earliest() -> Int64 { active.lazy.map(\.record.start).min() ?? .max }

    private func finish(_ open: Open) {
        finishedBytes += open.input.reader.bytesConsumed
        outcomes[open.ordinal].skipped = open.input.skipped
        outcomes[open.ordinal].notes = open.input.notes + (open.input.skippedLines.map { ["not read: \($0)"] } ?? [])
        if case .firewall = open.reader { outcomes[open.ordinal].isFirewallLog = true }
    }
}
