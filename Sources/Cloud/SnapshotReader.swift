package import RoadblockCore

/// Reads saved answers, recognised by their shape, and puts together what several of them say.
///
/// It takes what `aws ec2 describe-instances`, `describe-tags` and `describe-network-interfaces` print, one object with
/// the members of several answers, lists of any of these, lone instances, reservations, interfaces and tags, and what
/// PowerShell's `ConvertTo-Json` makes of the same objects; in one file one after the other, or in several.
///
/// What is read later counts: a later description replaces an earlier one of the same thing. Tags that
/// `describe-tags` lists are added to those of the description, whichever comes first.
package struct SnapshotReader {
    private var content = SnapshotContent()
    /// Tags without a resource of the list that is being read.
    private var loose: [Tag] = []
    private var name = ""
    /// Instances, interfaces, tags and lists of them that were met in this file.
    private var recognised = 0
    /// The first thing in this file that is none of them.
    private var stranger: String?
    private var files = 0
    /// Files in which nothing was recognised.
    private var strangeFiles: [Failure] = []

    /// Nothing longer is an instance, an interface or a tag.
    package static let recordLimit = 4 << 20
    /// Lists and answers may lie this deep in each other.
    private static let shapeDepth = 8

    package init() {}

    /// Reads a file's bytes.
    ///
    /// - Throws: `Failure` of kind `badInput` for what is not JSON, was cut off by `ConvertTo-Json`, or is beyond a limit.
    package mutating func read(_ bytes: [UInt8], name: String) throws(Failure) {
        self.name = name
        recognised = 0
        stranger = nil
        files += 1
        do {
            try documents(JSONReader(bytes))
        } catch let failure as Failure {
            throw failure
        } catch let problem as JSONReader.Problem {
            throw SnapshotReader.failure(problem, bytes, name)
        } catch {
            throw Failure(.badInput, "\(name) holds more entries than the \(SnapshotContent.limit) that are read")
        }
        if recognised == 0 {
            let found = stranger ?? "nothing"
            strangeFiles.append(
                Failure(
                    .badInput,
                    "\(name) holds no instance, network interface or tag, but \(found)",
                    code: "unknown-shape",
                    suggestion: "`aws ec2 describe-instances --output json` prints what is read here"
                )
            )
        }
    }

    /// What all files said together, and what is to be said about them.
    ///
    /// - Throws: `Failure` of kind `badInput` when nothing was recognised in any file.
    package func snapshot() throws(Failure) -> (ResourceSnapshot, warnings: [String]) {
        if let first = strangeFiles.first, strangeFiles.count == files { throw first }
        let snapshot = content.snapshot()
        var warnings = strangeFiles.map(\.message)
        let described = snapshot.instances.count { $0.state != nil }
        if described >= 20, snapshot.instances.allSatisfy(\.tags.isEmpty) {
            warnings.append("none of the \(described) instances has a tag; add what `aws ec2 describe-tags` prints")
        }
        return (snapshot, warnings)
    }

    private mutating func documents(_ start: JSONReader) throws {
        var json = start
        json.skipByteOrderMark()
        guard json.kind() != .end else { throw Failure(.badInput, "\(name) holds nothing but white space") }
        while json.kind() != .end {
            try element(&json, 0)
            json.skipByteOrderMark()
        }
        // Lone tags, one after the other, are one list.
        content.add(loose: loose)
        loose = []
    }

    private mutating func element(_ json: inout JSONReader, _ depth: Int) throws {
        guard depth < SnapshotReader.shapeDepth else { throw json.problem("nested too deep for a list of instances") }
        switch json.kind() {
        case .array: try list(&json, depth)
        case .object: try object(&json, depth)
        case .string:
            let start = json
            try json.skip()
            try checkCutOff(start, length: json.offset - start.offset)
            note("a text")
        default:
            if try json.value() == .null { note("null") } else { note("a number or a truth value") }
        }
    }

    private mutating func list(_ json: inout JSONReader, _ depth: Int) throws {
        let outer = loose
        loose = []
        var isFirst = true
        var count = 0
        while try json.nextItem(&isFirst) {
            count += 1
            try element(&json, depth + 1)
        }
        if count == 0 { recognised += 1 }
        content.add(loose: loose)
        loose = outer
    }

    private mutating func object(_ json: inout JSONReader, _ depth: Int) throws {
        switch try SnapshotShape(json) {
        case .instance: try content.add(instance: record(&json), cutOff)
        case .interface: try content.add(interface: record(&json), cutOff)
        case .tag:
            if let tag = try content.add(tag: record(&json)) { loose.append(tag) }
        case .lists:
            recognised += 1
            var isFirst = true
            while let name = try json.nextName(&isFirst) {
                if SnapshotShape.isList(name) { try element(&json, depth + 1) } else { try json.skip() }
            }
        case .unknown(let members):
            try json.skip()
            note(
                members.isEmpty
                    ? "an empty object" : "an object with " + members.map { "`\($0.visible)`" }.joined(separator: ", ")
            )
        }
    }

    /// Builds one object.
    private mutating func record(_ json: inout JSONReader) throws -> JSONValue {
        let start = json.offset
        var ahead = json
        try ahead.skip()
        guard ahead.offset - start <= SnapshotReader.recordLimit else {
            throw json.problem("longer than \(SnapshotReader.recordLimit >> 20) MiB, the most that one object may have")
        }
        recognised += 1
        return try json.value()
    }

    private mutating func note(_ what: String) {
        if stranger == nil { stranger = what }
    }

    /// Fails for the name of a type where an object should be: `ConvertTo-Json` writes that below its depth.
    private func checkCutOff(_ start: JSONReader, length: Int) throws {
        guard length < 1 << 10 else { return }
        var json = start
        if case .string(let text) = try json.value(), SnapshotContent.isCutOff(text) { throw cutOff }
    }

    private var cutOff: Failure {
        Failure(
            .badInput,
            "\(name) was cut off by ConvertTo-Json: it holds the name of a type where an object should be",
            code: "cut-off-json",
            suggestion: "give it more depth: `ConvertTo-Json -Depth 6`"
        )
    }

    private static func failure(_ problem: JSONReader.Problem, _ bytes: [UInt8], _ name: String) -> Failure {
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } ?? 0
        guard first != UInt8(ascii: "{"), first != UInt8(ascii: "["), first != UInt8(ascii: "\"") else {
            return problem.failure(in: bytes, of: name)
        }
        let isText = bytes.prefix(64).allSatisfy { $0 >= 32 || (9...13).contains($0) }
        return Failure(
            .badInput,
            "\(name) is not JSON: it starts with \(isText ? "other text" : "unknown bytes")",
            code: "bad-json",
            suggestion: isText ? "`aws ec2 describe-instances --output json` prints what is read here" : nil
        )
    }
}
