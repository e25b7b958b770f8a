import Columns
import Diagnosis
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
            let plan = try QueryPlan(QuerySyntax(parsing: entry.example))
            if plan.isEstimate { return QuerySource.estimate(bytes: entry.table.text.utf8.count, inputs: 1) }
            return try examples.result(of: entry)
        } catch {
            guard error.code == QueryErrorClass.unsupported.rawValue else { throw error }
            return nil
        }
    }

    private static let examples = ExampleRun { (tables) throws(Failure) in
        let table = LogTable(tables.map { LogInput(name: $0.rawValue, logGroup: $0.logGroup, text: $0.text) })
        return (try table.describe().fields, table)
    }
}
