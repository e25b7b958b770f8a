import RoadblockCore

/// Where the sample captures are that ship with the program.
enum Samples {
    /// The sample captures and flow logs, by name.
    ///
    /// Looked for beside the program (`../share/roadblock/samples` of an installed one), then in the source tree that
    /// the program or the working folder lies in.
    /// - Throws: `Failure` of kind `cannotOpen` when they are nowhere.
    static func inputs() throws(Failure) -> [EvidenceInput] {
        for folder in candidates() {
            let captures = ((try? FileTree.files(under: "\(folder)/captures")) ?? []).filter { $0.contains(".pcap") }
            guard !captures.isEmpty else { continue }
            let logs = (try? FileTree.files(under: "\(folder)/flow-logs/AWSLogs")) ?? []
            var inputs: [EvidenceInput] = []
            for path in captures + logs { inputs.append(try EvidenceInput(CaptureInput(name: path))) }
            return inputs
        }
        throw Failure(
            .cannotOpen,
            "the samples are not beside the program",
            suggestion: "install with `make install PREFIX=…`, or run in the source tree"
        )
    }

    /// The owners and the instances that belong to the sample flow logs; none where they are nowhere.
    static func extras() -> (owners: [String], snapshots: [String]) {
        for folder in candidates() {
            let owners = "\(folder)/flow-logs/owners.csv"
            guard case .file = FileTree.kind(of: owners) else { continue }
            return ([owners], ["\(folder)/flow-logs/instances.json"])
        }
        return ([], [])
    }

    private static func candidates() -> [String] {
        var folders: [String] = []
        if let program = ProcessFacts.executablePath {
            let bin = parent(program)
            folders.append("\(parent(bin))/share/roadblock/samples")
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
