import Cloud
import Inputs
import RoadblockCore
import Testing

/// Not the tag of a test.
typealias Tag = Cloud.Tag

/// Saved answers in `Tests/Data/cloud`.
enum Fixture {
    /// The text of a file.
    static func bytes(_ name: String) throws -> [UInt8] {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        return try WholeFile.read(name: name, source: FileSource(path: "\(root)/Tests/Data/cloud/\(name)"))
    }

    /// The objects of a file with one in each line.
    static func rows(_ name: String) throws -> [JSONValue] {
        try bytes(name).split(separator: 10).map { try JSONReader.value(of: Array($0)) }
    }

    /// What some files say together.
    static func snapshot(_ names: String...) throws -> ResourceSnapshot {
        try read(names.map { (try bytes($0), $0) }).snapshot
    }

    /// What some texts say together.
    static func snapshot(of texts: String...) throws -> ResourceSnapshot {
        try read(texts.enumerated().map { (Array($0.element.utf8), "\($0.offset).json") }).snapshot
    }

    static func read(_ files: [([UInt8], name: String)]) throws -> (snapshot: ResourceSnapshot, warnings: [String]) {
        var reader = SnapshotReader()
        for (bytes, name) in files { try reader.read(bytes, name: name) }
        let (snapshot, warnings) = try reader.snapshot()
        return (snapshot, warnings)
    }
}

extension TaggedResource {
    /// `key=value` of all tags, by key.
    var tagText: String { TagMap(all: tags).entries.map { "\($0.key)=\($0.value ?? "")" }.joined(separator: " ") }
}
