import Foundation
import RoadblockCore

/// Where the sample captures are that ship with the program.
enum Samples {
    /// The sample captures, by name.
    ///
    /// Looked for beside the program (`../share/roadblock/samples` of an installed one), then in the folders above it
    /// and above the working folder (`samples` of a source tree).
    /// - Throws: `Failure` of kind `cannotOpen` when they are nowhere.
    static func inputs() throws(Failure) -> [CaptureInput] {
        for folder in candidates() {
            let captures = folder.appending(path: "captures")
            let names = (try? FileManager.default.contentsOfDirectory(atPath: captures.path)) ?? []
            let files = names.filter { $0.contains(".pcap") }.sorted()
            if !files.isEmpty { return files.map { CaptureInput(name: captures.appending(path: $0).path) } }
        }
        throw Failure(
            .cannotOpen,
            "the sample captures are not beside the program",
            suggestion: "install with `make install PREFIX=…`, or run in the source tree"
        )
    }

    private static func candidates() -> [URL] {
        var folders: [URL] = []
        if let program = Bundle.main.executableURL?.resolvingSymlinksInPath() {
            let bin = program.deletingLastPathComponent()
            folders.append(bin.deletingLastPathComponent().appending(path: "share/roadblock/samples"))
            folders += ancestors(bin)
        }
        return folders + ancestors(URL(filePath: FileManager.default.currentDirectoryPath))
    }

    /// `samples` in a folder and in up to five folders above it, where a `Package.swift` lies beside it.
    private static func ancestors(_ folder: URL) -> [URL] {
        var folder = folder
        var found: [URL] = []
        for _ in 0..<6 {
            if FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) {
                found.append(folder.appending(path: "samples"))
            }
            folder = folder.deletingLastPathComponent()
        }
        return found
    }
}
