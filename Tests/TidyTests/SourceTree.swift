import Foundation

/// A text file of the project.
struct SourceFile {
    /// Relative to the project's folder, such as `Sources/Packets/Frame.swift`.
    let path: String
    let text: String
    let lines: [Substring]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// What stands below `Sources/` first; `nil` for files elsewhere.
    var module: String? {
        let parts = path.split(separator: "/")
        return parts.first == "Sources" && parts.count > 2 ? String(parts[1]) : nil
    }
}

/// The project's own text files.
enum SourceTree {
    private static let extensions: Set = ["swift", "md", "py", "sh", "json", "c", "h", "modulemap", "yml", "yaml", ""]

    static func files() throws -> [SourceFile] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var files: [SourceFile] = []
        for path in try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
        where path != ".git" && !path.hasPrefix(".build") {
            let place = root.appending(path: path)
            let children = FileManager.default.enumerator(atPath: place.path)?.compactMap { $0 as? String } ?? []
            for name in children.isEmpty ? [path] : children.map({ "\(path)/\($0)" }) {
                let file = root.appending(path: name)
                guard extensions.contains(file.pathExtension),
                    let text = try? String(contentsOf: file, encoding: .utf8)
                else { continue }
                files.append(SourceFile(path: name, text: text))
            }
        }
        return files
    }
}
