package import Columns
package import RoadblockCore

/// Runs the examples of the help over the tables that come with the program.
package struct ExampleRun: Sendable {
    /// Some of these tables as one, and the names of its fields.
    package typealias Opened = (fields: [String], table: any RowTable)

    private let open: @Sendable ([ExampleTable]) throws(Failure) -> Opened

    package init(open: @escaping @Sendable ([ExampleTable]) throws(Failure) -> Opened) { self.open = open }

    /// What an entry's example gives.
    package func result(of entry: LanguageEntry) throws(Failure) -> ResultTable {
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
        let source = try rows(of: try plan.groups(among: settings.sources.names, settings), or: own)
        return try QueryRun.run(plan, source.fields, source.table, settings)
    }

    /// The rows of the tables that go by some names of log groups.
    private func rows(of names: [LogGroupName]?, or own: ExampleTable) throws(Failure) -> RowSource {
        let named = names.map { names in ExampleTable.allCases.filter { names.contains(LogGroupName($0.logGroup)) } }
        let tables = named ?? [own]
        let (fields, table) = try open(tables)
        return RowSource(TableFields(known: fields, isOpen: tables != [.flows]), table)
    }
}
