import ArgumentParser
import CaptureTables
import Columns
import Inputs
import LogFormats
import Packets
import Query
import RoadblockCore

/// How captures are read by a query.
struct CaptureTableOptions: ParsableArguments {
    /// What the rows of a capture are.
    enum Table: String, ExpressibleByArgument, CaseIterable {
        case packets, conversations
    }

    @Option(help: "What the rows of a capture are; packets where nothing is said.")
    var table: Table?

    @Option(
        help: ArgumentHelp(
            "The Wireshark version whose rules captures are read by: 4.0, 4.2, 4.4 or 4.6.",
            valueName: "version"
        )
    )
    var wireshark: WiresharkProfile = .v44
}

/// What a query reads: logs, or captures as a table of packets or of conversations.
struct QuerySource: Sendable {
    let table: any RowTable
    /// Names of fields, and whether rows may have others.
    let fields: [String]
    let isOpen: Bool
    /// True where rows may have several values of a field.
    let hasSeveral: Bool
    /// What the values of fields are, and which fields CloudWatch may not discover.
    let kinds: [String: FieldKind]
    let undiscovered: Set<String>
    /// What the rows are, and the inputs that they come from.
    let titles: [String]
    let names: [String]
    /// True where one worker has to read everything.
    let isSequential: Bool
    /// What was read, and what is to be said of it; complete when the query is over.
    let statistics: @Sendable () -> ScanStatistics
    let warnings: @Sendable () -> [String]

    /// What `estimate` gives.
    static func estimate(bytes: Int, inputs: Int) -> ResultTable {
        let cells = [Cell(number: Double(bytes)), Cell(number: Double(inputs))]
        return ResultTable(columns: ["@estimatedBytesScanned", "@inputs"], TextPool(), [cells])
    }

    /// The bytes of the inputs as they lie on disk, and what is to be said of that.
    static func estimate(_ names: [String]) -> (bytes: Int, notes: [String]) {
        var bytes = 0
        var unknown: [String] = []
        for name in names {
            if name != "-", let size = FileTree.size(of: name) {
                bytes += size
            } else {
                unknown.append(name)
            }
        }
        var notes = [
            "`estimate` counts whole files as they lie on disk: what is compressed holds more, and no time range is looked at"
        ]
        if !unknown.isEmpty { notes.append("the size of \(unknown.joined(separator: ", ")) is not known beforehand") }
        return (bytes, notes)
    }

    /// Finds out what the sources of a command line are.
    ///
    /// - Throws: `Failure` of kind `usage` for captures beside logs, and what opening throws.
    init(
        _ sources: [String],
        _ groups: [LogGroups.Group],
        _ logs: LogOptions,
        _ options: CaptureTableOptions,
        quiet: Bool
    ) throws(Failure) {
        let all = sources + groups.flatMap(\.sources)
        let found = try CaptureSearch(all, logs, isTold: options.table != nil && groups.isEmpty, quiet: quiet)
        if !found.captures.isEmpty {
            self.init(found.captures, options.table ?? .packets, options.wireshark)
            return
        }
        var inputs = try logs.inputs(sources, groups, quiet: quiet)
        for index in inputs.indices {
            if let held = found.streams[inputs[index].name] {
                inputs[index].open = { () throws(Failure) -> any ByteSource in try held.evidence.open() }
            }
        }
        try self.init(logs: inputs)
    }

    private init(logs inputs: [LogInput]) throws(Failure) {
        let table = LogTable(inputs)
        let description = try table.describe()
        self.table = table
        fields = description.fields
        isOpen = description.formats.contains(where: \.isOpen)
        hasSeveral = false
        kinds = FlowLogField.kinds(of: description.formats)
        undiscovered = FlowLogField.undiscovered(of: description.formats)
        titles = description.formats.map(\.title)
        names = inputs.map(\.name)
        isSequential = false
        statistics = { table.statistics }
        warnings = {
            table.results.flatMap { outcome in
                (outcome.skipped > 0
                    ? ["\(outcome.name): \(QuerySource.lines(outcome.skipped)) could not be read"] : [])
                    + outcome.notes.map { $0.hasPrefix(outcome.name) ? $0 : "\(outcome.name): \($0)" }
            }
        }
    }

    private static func lines(_ count: Int) -> String { count == 1 ? "1 line" : "\(count) lines" }

    private init(_ captures: [EvidenceInput], _ kind: CaptureTableOptions.Table, _ profile: WiresharkProfile) {
        let scan = CaptureScan(
            captures.map { evidence in
                .init(name: evidence.input.name) { () throws(Failure) -> any ByteSource in try evidence.open() }
            }
        )
        switch kind {
        case .packets:
            table = PacketTable(scan, profile: profile, zone: SystemZone())
            fields = PacketTable.fieldNames
        case .conversations:
            table = ConversationRows(scan, profile: profile)
            fields = ConversationRows.fieldNames
        }
        isOpen = false
        hasSeveral = kind == .packets
        kinds = [:]
        undiscovered = []
        titles = ["\(kind.rawValue) of captures"]
        names = captures.map(\.input.name)
        isSequential = true
        statistics = { scan.statistics }
        warnings = { scan.notes }
    }
}

/// The captures among the sources of a query.
private struct CaptureSearch {
    var captures: [EvidenceInput] = []
    /// Standard input, pipes and FIFOs that were looked at and are logs, by name.
    var streams: [String: Held] = [:]

    /// An opened input, which is read by one worker only.
    final class Held: @unchecked Sendable {
        let evidence: EvidenceInput
        init(_ evidence: EvidenceInput) { self.evidence = evidence }
    }

    /// Looks at the sources; `isTold` where the user says that they are captures.
    init(_ sources: [String], _ logs: LogOptions, isTold: Bool, quiet: Bool) throws(Failure) {
        if isTold {
            for input in try CaptureSources.inputs(sources, quiet: quiet) { captures.append(try EvidenceInput(input)) }
            return
        }
        guard logs.format.format == nil, logs.format.logFormat == nil,
            sources.count(where: { $0 == "-" }) <= 1
        else { return }
        var hasLogs = false
        for source in sources {
            let found = try look(at: source, quiet)
            if found.isEmpty { hasLogs = true } else { captures += found }
        }
        // A file without a byte may be either.
        if captures.allSatisfy(\.isEmpty) {
            captures = []
            return
        }
        let names = try SourcePaths.distinct(captures.map(\.input.name), quiet: quiet)
        captures = names.compactMap { name in captures.first { $0.input.name == name } }
        guard !hasLogs else {
            throw Failure(
                .usage,
                "captures and logs cannot be read by one query",
                suggestion: "ask one query of each"
            )
        }
    }

    /// Files of a directory that are looked at to find a first capture.
    private static let looks = 100

    /// The captures behind a source, none where it is a log; keeps what cannot be opened again.
    private mutating func look(at source: String, _ quiet: Bool) throws(Failure) -> [EvidenceInput] {
        if case .directory = FileTree.kind(of: source) {
            // A directory that holds flow logs is one of logs, and so is a large one that begins without a capture.
            var found: [EvidenceInput] = []
            var others = LeftOutFiles()
            let paths = try FileTree.files(under: source) { others.add($0) }
            for (index, path) in paths.enumerated() {
                guard index < CaptureSearch.looks || !found.isEmpty else { return [] }
                do throws(Failure) {
                    let evidence = try EvidenceInput(CaptureInput(name: path))
                    if evidence.isCapture {
                        found.append(evidence)
                    } else if try EvidenceInput.isEvidence(path, .automatic) {
                        return []
                    }
                } catch {
                    others.add(error)
                }
            }
            if !found.isEmpty { others.say(of: source, quiet: quiet) }
            return found
        }
        // What is wrong with a path is said where it is read.
        let paths = (try? SourcePaths.files([source], holding: "", quiet: true) { _ in true }) ?? []
        var found: [EvidenceInput] = []
        for path in paths where streams[path] == nil {
            let evidence: EvidenceInput
            do throws(Failure) {
                evidence = try EvidenceInput(CaptureInput(name: path))
            } catch {
                guard path != "-", FileTree.identity(of: path)?.isRegular ?? true else { throw error }
                continue
            }
            if evidence.isCapture || evidence.isEmpty && !evidence.isStream {
                found.append(evidence)
            } else if evidence.isStream {
                streams[path] = Held(evidence)
            }
        }
        guard found.allSatisfy(\.isEmpty) || found.count == paths.count else {
            throw Failure(.usage, "\(source) holds captures and logs: ask one query of each")
        }
        return found
    }
}
