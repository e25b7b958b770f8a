import ArgumentParser
import Inputs
import Names
import RoadblockCore

/// Who addresses belong to: the option that `diagnose`, `demo` and `query` share.
struct OwnerOptions: ParsableArguments {
    @Option(
        name: .customLong("owners"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "Name owners of addresses from CSV or TSV, ip-ranges.json of AWS, or a MaxMind database.",
            valueName: "file"
        )
    )
    var files: [String] = []

    /// The table of all files; `nil` where none was given.
    ///
    /// - Throws: `Failure` of kind `cannotOpen` or `readOrWrite`, or `badInput` for a file that names no owners.
    func load() throws(Failure) -> OwnerTable? {
        guard !files.isEmpty else { return nil }
        var builder = OwnerTable.Builder()
        for file in files {
            let (bytes, note) = try OwnerOptions.read(file)
            do {
                try builder.add(bytes, name: file)
            } catch {
                var failure = error
                if let note { failure.message += "; \(note)" }
                throw failure
            }
            if let note { builder.note("\(file): \(note)") }
        }
        return builder.table()
    }

    /// The unpacked bytes of a file, and what is to be said about its compression.
    private static func read(_ path: String) throws(Failure) -> (bytes: [UInt8], note: String?) {
        let file = try FileSource(path: path)
        let size = file.size ?? 0
        let buffer = StreamBuffer(try Unwrapping.source(path, StreamBuffer(file)))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(size, OwnerTable.Builder.byteLimit))
        while try buffer.require(1) {
            bytes += buffer.prefix(buffer.available)
            buffer.consume(buffer.available)
            guard bytes.count <= OwnerTable.Builder.byteLimit else { throw OwnerTable.Builder.isTooLarge(path) }
        }
        return (bytes, buffer.source.endNote)
    }
}
