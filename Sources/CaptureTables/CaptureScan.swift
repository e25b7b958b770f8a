package import Columns
package import Inputs
package import Packets
package import RoadblockCore
import Synchronization

/// The captures behind a table: one worker reads them, since each packet's analysis needs those before it.
package final class CaptureScan: @unchecked Sendable {
    /// One capture: a name to print, and how to open it.
    package struct Input {
        package var name: String
        package var open: () throws(Failure) -> any ByteSource
        /// The log group that the capture stands for.
        package var logGroup: String?

        package init(
            name: String,
            logGroup: String? = nil,
            open: @escaping () throws(Failure) -> any ByteSource
        ) {
            self.name = name
            self.logGroup = logGroup
            self.open = open
        }
    }

    private struct State {
        var isTaken = false
        var statistics = ScanStatistics()
        var notes: [String] = []
    }

    private let inputs: [Input]
    private let state = Mutex(State())

    package init(_ inputs: [Input]) { self.inputs = inputs }

    var inputCount: Int { inputs.count }

    /// The log group of an input.
    func logGroup(of input: Int) -> String? { inputs[input].logGroup }

    /// The log group of all inputs, where they are of one.
    var logGroup: String? {
        let groups = Set(inputs.map(\.logGroup))
        return groups.count == 1 ? groups.first.flatMap(\.self) : nil
    }

    /// Opens the captures for the first worker that asks; `nil` for the others.
    package func begin() throws(Failure) -> MergedCapture? {
        let isFirst = state.withLock { state in
            defer { state.isTaken = true }
            return !state.isTaken
        }
        guard isFirst else { return nil }
        return try MergedCapture(inputs.map { ($0.name, $0.open) })
    }

    /// Counts what was read of the captures so far.
    func count(_ capture: MergedCapture, records: Int, bytes: Int, notes more: [String] = []) {
        var notes: [String] = []
        for index in inputs.indices {
            let outcome = capture.outcome(index)
            // Some notes name the input themselves.
            notes += outcome.notes.map { $0.hasPrefix(outcome.name) ? $0 : "\(outcome.name): \($0)" }
        }
        notes += more
        state.withLock { state in
            state.statistics.records = records
            state.statistics.bytes = bytes
            state.notes = notes
        }
    }

    /// Packets or conversations, and bytes of frames.
    package var statistics: ScanStatistics { state.withLock { $0.statistics } }

    /// What is to be said about the captures, once they have been read.
    package var notes: [String] { state.withLock { $0.notes } }
}
