import Inputs
import ArgumentParser
import Packets
import RoadblockCore

/// The captures that a command reads: `SOURCE...`, and `-r SOURCE` as tshark's users type it.
struct CaptureSources: ParsableArguments {
    @Argument(help: "A capture, a directory of captures, a quoted pattern, or - for standard input.")
    var sources: [String] = []

    @OptionGroup var tshark: ReadOption

    /// The files behind the sources, in the order they were given; those of a directory by name.
    ///
    /// - Throws: `Failure` of kind `usage` without any source or with standard input twice, `cannotOpen` for a path that
    ///   is not there, `badInput` for a directory without captures.
    func resolve(quiet: Bool) throws(Failure) -> [CaptureInput] {
        try CaptureSources.inputs(tshark.read + sources, quiet: quiet)
    }

    /// The files behind some sources, as `resolve` gives them.
    static func inputs(_ sources: [String], quiet: Bool) throws(Failure) -> [CaptureInput] {
        try SourcePaths.check(sources, orElse: "no capture was named")
        let files = try SourcePaths.files(sources, holding: "no capture", quiet: quiet) { (path) throws(Failure) in
            let source = try FileSource(path: path)
            guard source.size != 0 else { throw Failure(.badInput, "\(path) is empty") }
            return CaptureReader.isCapture(source)
        }
        return try SourcePaths.distinct(files, quiet: quiet).map { CaptureInput(name: $0) }
    }
}

/// One file to read, or standard input.
struct CaptureInput: Hashable, Sendable {
    /// The path, or `-`.
    let name: String

    var isStandardInput: Bool { name == "-" }

    /// Opens the input; reading standard input makes the first interrupt its end.
    ///
    /// - Throws: `Failure` of kind `cannotOpen`.
    func open() throws(Failure) -> FileSource {
        isStandardInput ? FileSource(standardInput: ProcessSignals.beginInput()) : try FileSource(path: name)
    }

    /// Bytes in the file, where it is a regular one.
    var size: Int? { isStandardInput ? nil : FileTree.size(of: name) }

    /// To be called after the last byte of the input.
    func close() {
        if isStandardInput { ProcessSignals.endInput() }
    }
}
