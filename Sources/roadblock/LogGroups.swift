import Columns
import LogFormats
import Query
import RoadblockCore
import Synchronization

/// The log groups that a command line names with `--log-group`.
struct LogGroups: Sendable {
    struct Group: Sendable {
        var name: LogGroupName
        var sources: [String]
    }

    /// In the order in which they were named, each once.
    private(set) var groups: [Group] = []

    /// Reads entries `[ACCOUNT:]NAME=SOURCE`; one name may stand in several.
    ///
    /// - Throws: `Failure` of kind `usage` for an entry without a name or without a source.
    init(_ entries: [String]) throws(Failure) {
        for entry in entries {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw Failure(.usage, "--log-group takes NAME=SOURCE, not `\(entry)`")
            }
            let name = LogGroupName(parts[0])
            if let index = groups.firstIndex(where: { $0.name == name }) {
                groups[index].sources.append(parts[1])
            } else {
                groups.append(Group(name: name, sources: [parts[1]]))
            }
        }
    }

    var names: [LogGroupName] { groups.map(\.name) }

    /// The groups of some names, in the order in which they were named.
    func named(_ names: [LogGroupName]) -> [Group] { groups.filter { names.contains($0.name) } }
}

/// Everything that one query reads: its own rows, and those of the queries inside of it.
///
/// What is not behind the lock never changes.
final class QueryReading: @unchecked Sendable {
    private let positional: [String]
    private let logs: LogOptions
    private let captures: CaptureTableOptions
    private let quiet: Bool
    private let groups: LogGroups
    private let opened = Mutex<[QuerySource]>([])

    /// `sources` are those that stand behind the query.
    init(_ sources: [String], _ logs: LogOptions, _ captures: CaptureTableOptions, quiet: Bool) throws(Failure) {
        positional = logs.tshark.read + sources
        self.logs = logs
        self.captures = captures
        self.quiet = quiet
        groups = try LogGroups(logs.logGroup)
    }

    /// The names that a query may select by.
    var names: [LogGroupName] { groups.names }

    /// What was opened so far, the query's own rows first.
    var sources: [QuerySource] { opened.withLock { $0 } }

    /// Opens the groups that a query selects; where it selects none, what stands behind the query, else the first group.
    ///
    /// - Throws: `Failure` also for what cannot be read twice.
    func open(_ selected: [LogGroupName]?) throws(Failure) -> QuerySource {
        let isFirst = opened.withLock { $0.isEmpty }
        let source: QuerySource
        if let selected {
            source = try QuerySource([], groups.named(selected), logs, captures, quiet: quiet || !isFirst)
            if isFirst, !quiet, !positional.isEmpty {
                let names = positional.joined(separator: ", ")
                StandardError.write("roadblock: `SOURCE` says what is read: \(names) is not\n")
            }
        } else if positional.isEmpty {
            source = try QuerySource([], Array(groups.groups.prefix(1)), logs, captures, quiet: quiet || !isFirst)
        } else {
            source = try QuerySource(positional, [], logs, captures, quiet: quiet || !isFirst)
        }
        let others = opened.withLock { $0.flatMap(\.names) }
        for name in source.names where others.contains(name) {
            guard name != "-", FileTree.identity(of: name)?.isRegular ?? true else {
                throw Failure(
                    .usage,
                    "\(name == "-" ? "standard input (-)" : name) can be read only once",
                    suggestion: "save it in a file first"
                )
            }
        }
        opened.withLock { $0.append(source) }
        return source
    }

    /// What was read in all, complete when the query is over.
    var statistics: ScanStatistics {
        var total = ScanStatistics()
        for source in sources {
            let own = source.statistics()
            total.records += own.records
            total.bytes += own.bytes
        }
        return total
    }

    /// What is to be said of the inputs, each thing once.
    var warnings: [String] {
        var warnings: [String] = []
        for warning in sources.flatMap({ $0.warnings() }) where !warnings.contains(warning) { warnings.append(warning) }
        return warnings
    }
}
