import RoadblockCore

/// Where the sample captures are that ship with the program.
enum Samples {
    /// The sample captures, by name.
    ///
    /// Looked for beside the program (`../share/roadblock/samples` of an installed one), then in the source tree that
    /// the program or the working folder lies in.
    /// - Throws: `Failure` of kind `cannotOpen` when they are nowhere.
    static func inputs() throws(Failure) -> [CaptureInput] {
        for folder in candidates() {
            let files = ((try? FileTree.files(under: "\(folder)/captures")) ?? []).filter { $0.contains(".pcap") }
            if !files.isEmpty { return files.map { CaptureInput(name: $0) } }
        }
        throw Failure(
            .cannotOpen,
            "the sample captures are not beside the program",
            suggestion: "install with `make install PREFIX=…`, or run in the source tree"
        )
    }

    private static func candidates() -> [String] {
        var folders: [String] = []
        if let program = ProcessFacts.executablePath {
            let bin = parent(program)
            folders.append(parent(bin) + "/share/roadblock/samples")
            folders += sourceTrees(above: bin)
        }
        return folders + (ProcessFacts.workingFolder.map(sourceTrees) ?? [])
    }

    /// `samples` in a folder and in up to five folders above it, where a `Package.swift` lies beside it.
    private static func sourceTrees(above folder: String) -> [String] {
        var folder = folder
        var found: [String] = []
        for _ in 0..<6 {
            if case .file = FileTree.kind(of: folder + "/Package.swift") { found.append(folder + "/samples") }
            folder = parent(folder)
        }
        return found
    }

    private static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
