import ArgumentParser
import Cloud
import Inputs
import RoadblockCore

/// The saved cloud configuration that a command looks things up in.
struct SnapshotOptions: ParsableArguments {
    @Option(
        name: .customLong("snapshot"),
        help: ArgumentHelp(
            "Saved answers of the cloud, as `aws ec2 describe-*` or PowerShell's ConvertTo-Json prints them; - is "
                + "standard input; repeatable.",
            valueName: "file"
        )
    )
    var files: [String] = []

    /// The files' names for messages.
    var names: String { files.map(SnapshotOptions.name).joined(separator: ", ") }

    private static func name(_ file: String) -> String { file == "-" ? "standard input" : file.visible }

    /// What all files say together, and what is to be said about them.
    ///
    /// - Throws: `Failure` of kind `usage` for standard input named twice, `cannotOpen`, or `badInput`.
    func read() throws(Failure) -> (ResourceSnapshot, warnings: [String]) {
        guard files.count(where: { $0 == "-" }) <= 1 else {
            throw Failure(.usage, "standard input (-) can be read only once")
        }
        var reader = SnapshotReader()
        for file in files {
            let name = SnapshotOptions.name(file)
            if file != "-", case .directory = FileTree.kind(of: file) {
                throw Failure(.cannotOpen, "cannot open \(name): it is a directory")
            }
            let input = CaptureInput(name: file)
            let bytes = try WholeFile.read(name: name, source: input.open())
            input.close()
            try reader.read(bytes, name: name)
        }
        return try reader.snapshot()
    }
}
