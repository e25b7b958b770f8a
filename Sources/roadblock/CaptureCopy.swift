import Packets
import RoadblockCore

/// The pcapng file that selected packets are written to.
final class CaptureCopy {
    private let writer: OutputWriter
    private var format = PcapngWriter(inputCount: 0)

    /// - Parameter path: the file, or `-` for standard output.
    /// - Throws: `Failure` of kind `readOrWrite` when the file cannot be made.
    init(path: String) throws(Failure) { writer = try OutputWriter(path: path == "-" ? nil : path) }

    func begin(_ capture: MergedCapture) throws(Failure) {
        format = PcapngWriter(inputCount: capture.inputCount)
        format.appendHeader(application: "roadblock \(Program.version)", to: &writer.buffer)
    }

    /// Adds the frame that a capture gave last.
    func append(_ frame: Frame, _ input: Int, of capture: MergedCapture) throws(Failure) {
        try format.append(frame, input: input, of: capture, to: &writer.buffer)
        try writer.flushIfFull()
    }

    /// Adds the interfaces of which no packet was selected.
    func end(_ capture: MergedCapture) throws(Failure) {
        for input in 0..<capture.inputCount {
            format.appendInterfaces(input, of: capture, to: &writer.buffer)
            try writer.flushIfFull()
        }
    }

    /// Writes what is left, and gives the file its name.
    func finish() throws(Failure) { try writer.finish() }
}
