import Columns
import Diagnosis
import Inputs
import LogFormats
import Query
import RoadblockCore

/// `roadblock query --help-language`: the language's help, with the outputs of its examples.
struct LanguageManual {
    /// The overview, or what there is to say of some names.
    ///
    /// - Throws: `Failure` of kind `usage` for a name that the language does not have.
    static func text(of names: [String]) throws -> String {
        guard !names.isEmpty else { return try overview() }
        return try names.map { name in
            if ["examples", "example", "tables"].contains(name.lowercased()) { return LanguageHelp.examples }
            guard let entry = LanguageEntry.named(name) else {
                throw Failure(
                    .usage,
                    "the query language has no `\(name)`",
                    code: "unknown-name",
                    suggestion: LanguageEntry.suggestion(for: name) ?? "--help-language alone lists all names"
                )
            }
            return try help.text(of: entry)
        }.joined(separator: "\n")
    }

    /// The manual's page.
    static func page() throws -> String { try help.page() }

    private static func overview() throws -> String {
        var built: Set<String> = []
        for entry in LanguageEntry.all where try result(of: entry) != nil { built.insert(entry.name) }
        return LanguageHelp.overview { built.contains($0.name) }
    }

    private static var help: LanguageHelp {
        LanguageHelp { entry in
            try result(of: entry).map { result in
                ResultWriter(result, ScanStatistics()) { _ in 0 }.table.aligned { _, _, cell in cell }
            }
        }
    }

    /// What an example gives; `nil` where this version does not run it.
    private static func result(of entry: LanguageEntry) throws(Failure) -> ResultTable? {
        do throws(Failure) {
            var settings = QuerySettings(now: ExampleTable.range.end / 1000)
            (settings.start, settings.end) = ExampleTable.range
            settings.workers = 1
            for lookup in ExampleTable.lookups {
                settings.lookups[lookup.name] = try LookupTable(lookup.name, csv: Array(lookup.text.utf8))
            }
            let own = entry.table
            settings.sources = QuerySources(ExampleTable.allCases.map { LogGroupName($0.logGroup) }) {
                (names) throws(Failure) in try rows(of: names, or: own)
            }
            let plan = try QueryPlan(QuerySyntax(parsing: entry.example))
            if plan.isEstimate { return QuerySource.estimate(bytes: own.text.utf8.count, inputs: 1) }
            let source = try rows(of: try plan.groups(among: settings.sources.names, settings), or: own)
            return try QueryRun.run(plan, source.fields, source.table, settings)
        } catch {
            guard error.code == QueryError.Class.unsupported.rawValue else { throw error }
            return nil
        }
    }

    /// The rows of the tables that go by some names of log groups.
    private static func rows(of names: [LogGroupName]?, or own: ExampleTable) throws(Failure) -> RowSource {
        let tables = names.map { names in
            ExampleTable.allCases.filter { names.contains(LogGroupName($0.logGroup)) }
        }
        let inputs = (tables ?? [own]).map { table in
            let text = table.text
            return LogInput(name: table.rawValue, logGroup: table.logGroup) { () throws(Failure) -> any ByteSource in
                TextSource(text)
            }
        }
        let table = LogTable(inputs)
        let isOpen = (tables ?? [own]) != [.flows]
        return RowSource(TableFields(known: try table.describe().fields, isOpen: isOpen), table)
    }
}
