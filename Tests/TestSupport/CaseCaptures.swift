import Inputs
package import Foundation
package import Packets
import RoadblockCore

/// The captures that `Tools/cases/make_cases.py` writes, made once for a test run.
package enum CaseCaptures {
    /// The root of the repository.
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A temporary folder with one `<case>.pcap` for every case.
    package static let folder = made(by: ["Tools/cases/make_cases.py"], name: "cases")

    /// A temporary folder with one `<id>.pcap` for every line of `verdict-cases.jsonl`.
    package static let verdictFolder = made(
        by: ["Tools/cases/verdict_cases.py", "Tests/Data/verdict-cases.jsonl"],
        name: "verdict-cases"
    )

    /// A reader over the capture that has a packet for every option, message and header.
    package static func fieldReader() throws -> CaptureReader {
        let path = fieldFolder.appending(path: "fields.pcap").path
        return try CaptureReader(name: path, source: FileSource(path: path))
    }

    /// A reader over a capture of what is rare.
    package static func rareReader(_ name: String) throws -> CaptureReader {
        let path = rareFolder.appending(path: name).path
        return try CaptureReader(name: path, source: FileSource(path: path))
    }

    private static let rareFolder = made(by: ["Tools/cases/rare_cases.py"], name: "rare-cases")

    private static let fieldFolder = made(by: ["Tools/cases/field_cases.py"], name: "field-cases")

    /// A temporary folder that a script of the project fills; the script's arguments are files of the project.
    private static func made(by command: [String], name: String) -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "roadblock-\(name)-\(getpid())")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments = ["python3"] + command.map { root.appending(path: $0).path } + [folder.path]
        python.standardOutput = FileHandle.nullDevice
        do {
            try python.run()
            python.waitUntilExit()
        } catch {
            preconditionFailure("python3 is needed to write the case captures: \(error)")
        }
        precondition(python.terminationStatus == 0, "\(command[0]) failed")
        return folder
    }

    /// Captures of other projects, which are not part of this one; `nil` where they are absent.
    package static let foreignFolder: URL? = {
        let named = ProcessInfo.processInfo.environment["ROADBLOCK_CAPTURES"].map { URL(filePath: $0) }
        let folder = named ?? root.deletingLastPathComponent().appending(path: "shared/captures")
        let isThere = FileManager.default.fileExists(atPath: folder.path)
        if !isThere { print("skipped: cases on captures of other projects (\(folder.path) is not there)") }
        return isThere ? folder : nil
    }()

    /// False for a capture of another project that is absent.
    package static func isPresent(_ name: String) -> Bool { !name.contains(".") || foreignFolder != nil }

    /// A reader over one of the captures: a case's name, or a path in the folder of other projects' captures.
    package static func reader(_ name: String) throws -> CaptureReader {
        var url = folder.appending(path: "\(name).pcap")
        if name.contains("."), let foreignFolder { url = foreignFolder.appending(path: name) }
        return try CaptureReader(name: url.path, source: FileSource(path: url.path))
    }

    /// The lines of a file of JSON objects in `Tests/Data`.
    package static func rows<Row: Decodable>(_ name: String, as type: Row.Type) -> [Row] {
        let url = root.appending(path: "Tests/Data/\(name)")
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
            preconditionFailure("Tests/Data/\(name) is missing")
        }
        let decoder = JSONDecoder()
        return text.split(separator: "\n").map { line in
            do {
                return try decoder.decode(Row.self, from: Data(line.utf8))
            } catch {
                preconditionFailure("\(name): \(error) in \(line.prefix(200))")
            }
        }
    }

    /// The lines of a text in `Tests/Data`, as a set.
    package static func lines(_ name: String) -> Set<String> {
        guard let text = try? String(contentsOf: root.appending(path: "Tests/Data/\(name)"), encoding: .utf8) else {
            preconditionFailure("Tests/Data/\(name) is missing")
        }
        return Set(text.split(separator: "\n").map(String.init))
    }

    /// The rows of a CSV file in `Tests/Data` without quotes, by column name.
    package static func table(_ name: String) -> [[String: String]] {
        guard let text = try? String(contentsOf: root.appending(path: "Tests/Data/\(name)"), encoding: .utf8) else {
            preconditionFailure("Tests/Data/\(name) is missing")
        }
        let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard let header = lines.first else { return [] }
        return lines.dropFirst().map { cells in
            Dictionary(uniqueKeysWithValues: zip(header, cells).map { (String($0), String($1)) })
        }
    }
}
