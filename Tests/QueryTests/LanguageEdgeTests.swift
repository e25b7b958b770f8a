import Columns
import Inputs
import LogFormats
import Query
import RoadblockCore
import Testing

/// What needs more than a query and its rows: zones of the system, more values than fit.
struct LanguageEdgeTests {
    private func answer(
        _ query: String,
        _ lines: [String],
        _ settings: QuerySettings
    ) throws -> (values: [[String?]], notes: [String]) {
        let text = lines.joined(separator: "\n") + "\n"
        let input = LogInput(name: "test", choice: .given(.json)) { () throws(Failure) -> any ByteSource in
            TextSource(text)
        }
        let table = LogTable([input])
        let fields = TableFields(known: try table.describe().fields, isOpen: true)
        let result = try QueryRun.run(QueryPlan(QuerySyntax(parsing: query)), fields, table, settings)
        let values = CellText(result.pool)
        return (result.rows.map { $0.map(values.shown) }, result.notes)
    }

    /// An hour ahead of UTC, from 2001-09-09 01:46:40 on two.
    private static let zones = ["Test/Zone": ZoneOffsets([(0, 3600), (1_000_000_000_000, 7200)])]

    @Test(arguments: [
        ("formatDate(fromMillis(999999999999), \"%H:%M:%S %z\", \"Test/Zone\")", "02:46:39 +0100"),
        ("formatDate(fromMillis(1000000000000), \"%H:%M:%S %z\", \"Test/Zone\")", "03:46:40 +0200"),
        ("formatDate(fromMillis(0), \"%H\", \"+05:30\")", "05"),
        ("parseDate(\"2001-09-09 02:46:39\", \"yyyy-MM-dd HH:mm:ss\", \"Test/Zone\")", "999999999000"),
        ("parseDate(\"2001-09-09 03:46:40\", \"yyyy-MM-dd HH:mm:ss\", \"Test/Zone\")", "1000000000000"),
        ("parseDate(\"1960-01-01\", \"yyyy-MM-dd\", \"Test/Zone\")", "-315622800000"),
        ("parseDate(\"2001-09-09 03:46:40Z\", \"yyyy-MM-dd HH:mm:ssX\", \"Test/Zone\")", "1000007200000"),
    ])
    func `zones change their offset`(_ row: (call: String, expected: String)) throws {
        var settings = QuerySettings(now: 0)
        settings.zones = Self.zones
        #expect(try answer("fields \(row.call) as r", ["{\"a\":1}"], settings).values == [[row.expected]])
    }

    @Test
    func `zones are known by their names and places`() throws {
        let query = try QuerySyntax(
            parsing: "fields strftime(t, \"%H\", \"Asia/Tokyo\"), formatDate(t, \"%H\", \"+01:00\") | "
                + "sort parseDate(concat(a, formatDate(t, \"%d\", \"Europe/Paris\")), \"d\", \"UTC\") asc"
        )
        #expect(query.zones.map(\.name) == ["Asia/Tokyo", "Europe/Paris"])
        #expect(query.zones.first?.span.start == 25)
    }
}
