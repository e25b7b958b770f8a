import ArgumentParser
import Inputs
import LogFormats
import Packets
import RoadblockCore

/// What `diagnose` reads: captures and flow logs, told apart by their content.
struct EvidenceSources: ParsableArguments {
    @Argument(help: "A capture or flow log, a directory of them, a quoted pattern, or - for standard input.")
    var sources: [String] = []

    @OptionGroup var tshark: ReadOption

    @OptionGroup var format: LogFormatOptions

    /// The inputs behind the sources, in the order they were given; those of a directory by name.
    ///
    /// - Throws: `Failure` of kind `usage` without any source or with standard input twice, `cannotOpen` for a path that
    ///   is not there, `badInput` for a directory without captures and flow logs.
    func resolve(quiet: Bool) throws(Failure) -> [EvidenceInput] {
        let all = tshark.read + sources
        try SourcePaths.check(all, orElse: "no capture and no flow log was named")
        let choice = try format.choice()
        let nothing = "neither captures nor flow logs"
        let files = try SourcePaths.files(all, holding: nothing, quiet: quiet) { (path) throws(Failure) in
            try EvidenceInput.isEvidence(path, choice)
        }
        var inputs: [EvidenceInput] = []
        for path in try SourcePaths.distinct(files, quiet: quiet) {
            inputs.append(try EvidenceInput(CaptureInput(name: path), choice))
        }
        return inputs
    }
}

/// A capture or a log: what its first bytes say.
struct EvidenceInput {
    let input: CaptureInput
    let isCapture: Bool
    /// True for an input without a byte, which is of no kind.
    let isEmpty: Bool
    let choice: FormatChoice
    /// Standard input, a pipe or a FIFO, which was opened to look at it and cannot be opened again.
    private let opened: (any ByteSource)?
    /// True for what can be read only once.
    var isStream: Bool { opened != nil }

    /// Looks at the first bytes of an input.
    ///
    /// - Throws: `Failure` of kind `cannotOpen`.
    init(_ input: CaptureInput, _ choice: FormatChoice = .automatic) throws(Failure) {
        self.input = input
        self.choice = choice
        let source = try input.open()
        let unwrapped = StreamBuffer(try Unwrapping.source(input.name, StreamBuffer(source)))
        isCapture = try unwrapped.require(4) && CaptureReader.isCapture(magic: unwrapped.big32(0))
        isEmpty = unwrapped.available == 0 && unwrapped.source.bytesConsumed == 0
        opened = source.isReopenable ? nil : BufferedSource(unwrapped)
    }

    func open() throws(Failure) -> any ByteSource {
        if let opened { return opened }
        return try input.open()
    }

    /// True for a file of a directory that is to be read: a capture, or a flow log.
    ///
    /// - Throws: `Failure` for a file that cannot be opened, is empty, or is cut before anything can be told of it.
    static func isEvidence(_ path: String, _ choice: FormatChoice) throws(Failure) -> Bool {
        let evidence = try EvidenceInput(CaptureInput(name: path), choice)
        if evidence.isCapture { return true }
        guard !evidence.isEmpty else { throw Failure(.badInput, "\(path) is empty") }
        let opened: OpenLogInput
        do throws(Failure) {
            opened = try OpenLogInput(name: path, source: try FileSource(path: path), choice: choice)
        } catch {
            guard error.kind == .badInput, error.code != "cut-input" else { throw error }
            return false
        }
        if case .flowLog = opened.format { return true }
        return FirewallFormat.evidence(in: opened) != nil
    }
}
