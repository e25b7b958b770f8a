import RoadblockCore

/// Where results go: standard output, or a file that appears under its name only when it is whole.
///
/// Bytes are collected and written in pieces of 64 KiB. Nothing is lost silently: `finish` must be called at the end of
/// a run that succeeded.
final class OutputWriter {
    /// Bytes not yet written; printers append here and call `flushIfFull` now and then.
    var buffer: [UInt8] = []
    private let target: OutputTarget

    private static let capacity = 64 << 10

    /// Writes to standard output.
    init() {
        target = OutputTarget()
        buffer.reserveCapacity(OutputWriter.capacity + 4096)
    }

    /// Writes to a file, or to standard output where there is no path.
    ///
    /// - Throws: `Failure` of kind `readOrWrite` when the file cannot be made.
    init(path: String?) throws(Failure) {
        target = if let path { try OutputTarget(path: path) } else { OutputTarget() }
        buffer.reserveCapacity(OutputWriter.capacity + 4096)
    }

    func write(_ text: String) throws(Failure) {
        buffer.append(contentsOf: text.utf8)
        try flushIfFull()
    }

    /// Writes the collected bytes once there are enough of them.
    @inline(__always)
    func flushIfFull() throws(Failure) {
        if buffer.count >= OutputWriter.capacity { try flush() }
    }

    /// Writes the collected bytes now: for results that someone watches.
    func flush() throws(Failure) {
        try target.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes what is left, and gives a file its name.
    func finish() throws(Failure) {
        try flush()
        try target.finish()
    }

    /// True when a person watches: no need to collect.
    var isTerminal: Bool { target.isTerminal }

    /// Columns of the terminal; `nil` where there is none, or it does not tell.
    var terminalColumns: Int? { target.terminalColumns }
}

extension Failure {
    /// True for the failure of a write to a pipe that nobody reads any more: a run then ends quietly.
    var isBrokenPipe: Bool { code == Failure.brokenPipeCode }

    static let brokenPipeCode = "broken-pipe"
}
