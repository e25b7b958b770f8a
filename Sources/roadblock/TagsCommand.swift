import ArgumentParser
import Cloud
import RoadblockCore

/// `roadblock tags INSTANCE...`: just the tags that are asked for, as a map.
struct TagsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tags",
        abstract: "Print just the tags of instances that you ask for, as a map.",
        discussion: """
            An instance is named by its id, an interface, an address, a DNS name, its name, or name:PATTERN with * and ?. \
            Without one: every instance of the snapshot. Without --key: all tags, by key.

            EXAMPLES
              aws ec2 describe-instances > instances.json
              roadblock tags --snapshot instances.json --key Name --key owner
              roadblock tags 10.0.1.5 --snapshot instances.json --key Name -o value
              aws ec2 describe-instances | roadblock tags 'name:web-*' --snapshot - -o json

            In PowerShell:
              Get-EC2Instance | ConvertTo-Json -Depth 6 | roadblock tags --snapshot -
              roadblock tags --snapshot f.json -o json | ConvertFrom-Json -AsHashtable

            Exit codes: 3 when an instance is not there, 4 when one lacks a tag under --missing fail or -o value.
            """
    )

    @Argument(help: ArgumentHelp("Whose tags to print.", valueName: "instance"))
    var instances: [String] = []

    @OptionGroup var snapshot: SnapshotOptions

    @Option(
        name: .customLong("key"),
        help: ArgumentHelp("A tag to print, in any case of letters; repeatable. --key=-x for one with a dash.")
    )
    var keys: [String] = []

    @Flag(help: "Keys match byte for byte.")
    var exact = false

    @Option(help: "What becomes of a key that an instance does not have.")
    var missing: TagMap.Missing = .omit

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("output")],
        help: "How the tags are written; env and value are for one instance."
    )
    var format: TagPrinter.Format = .table

    @Option(help: ArgumentHelp("Write to a file.", valueName: "path"))
    var outputFile: String?

    @Flag(name: .shortAndLong, help: "Say nothing but errors on standard error.")
    var quiet = false

    func run() throws {
        let desired = try checkedKeys()
        guard !snapshot.files.isEmpty else { throw noSnapshot }
        let (resources, warnings) = try snapshot.read()
        var selection = TagSelection(resources, names: instances, snapshot: snapshot.names)
        selection.warnings = warnings + selection.warnings
        let writer = try OutputWriter(path: outputFile)
        let printer = TagPrinter(format: format, keys: desired, isTerminal: writer.isTerminal)
        do throws(Failure) {
            let rows = try rows(&selection, desired)
            if format.isForOne { try selection.checkOne(rows, format) }
            try writer.write(printer.text(rows))
            try writer.finish()
        } catch {
            // What else went wrong helps to understand the error.
            warn(selection.warnings + (error.kind == .tagMissing ? selection.notFoundWarning : []))
            throw error
        }
        warn(selection.warnings)
        if let failure = selection.notFound { throw failure }
    }

    private func warn(_ warnings: [String]) {
        if !quiet { warnings.forEach { StandardError.write("roadblock: \($0.visible)\n") } }
    }

    /// The keys without repetitions; `nil` for all tags.
    private func checkedKeys() throws(Failure) -> [String]? {
        let desired: [String]
        do throws(TagMap.Problem) {
            desired = try TagMap.checked(keys)
        } catch .longKey(let key) {
            let count = key.unicodeScalars.count
            throw Failure(.usage, "--key is \(count) characters long: a key has at most \(TagMap.keyLimit)")
        } catch {
            throw Failure(.usage, "--key is empty: the key of a tag has at least one character")
        }
        if format == .value, desired.count != 1 {
            throw Failure(.usage, "-o value prints one tag: give --key once")
        }
        if format.isForOne, instances.count > 1 {
            throw Failure(.usage, "-o \(format.rawValue) prints one instance: name one")
        }
        return keys.isEmpty ? nil : desired
    }

    private var noSnapshot: Failure {
        var suggestion = "`aws ec2 describe-instances > instances.json`, then add --snapshot instances.json"
        if let file = instances.first, case .file = FileTree.kind(of: file) { suggestion = "--snapshot \(file)" }
        return Failure(
            .usage,
            "no snapshot was named; this version does not look instances up in the account",
            code: "no-snapshot",
            suggestion: suggestion
        )
    }

    /// The desired tags of each instance.
    private func rows(_ selection: inout TagSelection, _ desired: [String]?) throws(Failure) -> [TagRow] {
        var rows: [TagRow] = []
        var lacking: [(id: String, keys: [String], tags: [Tag])] = []
        // With `value`, a missing tag is an error whatever else was asked for.
        let missing = format == .value ? .fail : missing
        for (id, tags) in selection.chosen {
            guard let desired else {
                rows.append(TagRow(id: id, map: TagMap(all: tags)))
                continue
            }
            do throws(TagMap.Problem) {
                let map = try TagMap(
                    of: tags,
                    desired: desired,
                    match: exact ? .exact : .ignoringCase,
                    missing: missing
                )
                selection.warnings += map.warnings.map { "\(id): \($0)" }
                rows.append(TagRow(id: id, map: map))
            } catch .missing(let keys) {
                lacking.append((id, keys, tags))
            } catch {
                preconditionFailure("the keys were checked before")
            }
        }
        guard let first = lacking.first else { return rows }
        let shown = lacking.prefix(10).map {
            "\($0.id) has no tag " + $0.keys.map { "`\($0)`" }.joined(separator: ", ")
        }
        let more = lacking.count > 10 ? "; and \(lacking.count - 10) more" : ""
        let near = nearest(to: first.keys[0], among: first.tags.map(\.key))
        throw Failure(
            .tagMissing,
            (shown.joined(separator: "; ") + more).visible,
            suggestion: near.map { "did you mean `\($0.visible)`?" }
        )
    }
}

extension TagMap.Missing: ExpressibleByArgument {}
