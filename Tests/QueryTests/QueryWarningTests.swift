import Columns
import Inputs
import LogFormats
import Query
import RoadblockCore
import Testing

/// What is said of queries that run, but are hardly meant as they are written.
struct QueryWarningTests {
    /// A block of the table: the query, and for each warning its place and its text.
    struct Case: Sendable, CustomTestStringConvertible {
        var query: String
        var warnings: [String]

        var testDescription: String { query }

        static let all: [Case] = ConformanceCase.lines("queries/warnings.txt").split(separator: "").map { block in
            Case(query: block.first ?? "", warnings: Array(block.dropFirst()))
        }
    }

    private static var table: TableFields {
        var table = TableFields(known: FlowLogField.defaultColumns.map(\.discovered) + ["flowDirection"], isOpen: false)
        table.kinds = [
            "srcAddr": .address, "dstAddr": .address, "srcPort": .number, "dstPort": .number, "protocol": .number,
            "bytes": .number, "packets": .number, "action": .choice(["ACCEPT", "REJECT"]), "interfaceId": .text,
            "flowDirection": .choice(["ingress", "egress"]),
        ]
        table.undiscovered = ["flowDirection"]
        return table
    }

    @Test(arguments: Case.all)
    func `warns with the place in the query, each once`(_ row: Case) throws {
        let plan = try QueryPlan(QuerySyntax(parsing: row.query))
        let notices = try QueryRun.check(plan, QueryWarningTests.table, QuerySettings(now: 0))
        let bytes = Array(row.query.utf8)
        let lines = notices.map { notice in
            "\(String(decoding: bytes[notice.span.start..<notice.span.end], as: UTF8.self)): \(notice.message)"
        }
        #expect(lines == row.warnings)
    }

    @Test
    func `the table is whole`() {
        #expect(Case.all.count > 40)
        #expect(Case.all.count(where: { $0.warnings.isEmpty }) > 5)
    }

    private func result(_ query: String, _ lines: [String]) throws -> ResultTable {
        let text = lines.joined(separator: "\n") + "\n"
        let input = LogInput(name: "test", choice: .given(.json)) { () throws(Failure) -> any ByteSource in
            TextSource(text)
        }
        let table = LogTable([input])
        let fields = TableFields(known: try table.describe().fields, isOpen: true)
        return try QueryRun.run(QueryPlan(QuerySyntax(parsing: query)), fields, table, QuerySettings(now: 0))
    }

    @Test(arguments: [
        (
            "filter a != 1",
            [
                "a != 1: 2 rows are left out because `a` is missing there, and `!=` is neither true nor false of it: `not ispresent(a) or a != 1` keeps them"
            ]
        ),
        (
            "filter b = 1 and a not in [1]",
            [
                "a not in [1]: 1 row is left out because `a` is missing there, and `not in` is neither true nor false of it: `not ispresent(a) or a not in [1]` keeps them"
            ]
        ),
        ("filter c not like 'x'", []),
        ("filter not ispresent(a) or a != 1", []),
        ("filter a = 1", []),
    ])
    func `rows that a negated condition drops for want of the field are counted`(
        _ query: String,
        _ warnings: [String]
    ) throws {
        let lines = [#"{"a":1,"b":1,"c":"x"}"#, #"{"b":1,"c":"y"}"#, #"{"a":2,"b":1,"c":"z"}"#, #"{"b":2,"c":"x"}"#]
        let bytes = Array(query.utf8)
        let notices = try result(query, lines).notices.map { notice in
            "\(String(decoding: bytes[notice.span.start..<notice.span.end], as: UTF8.self)): \(notice.message)"
        }
        #expect(notices == warnings)
    }

    @Test(arguments: [("fields a", 10_001), ("fields a | limit 10000", nil), ("filter a < 10000 | fields a", nil)])
    func `rows beyond those of a query without a limit are told`(_ query: String, _ found: Int?) throws {
        let lines = (0...10_000).map { "{\"a\":\($0)}" }
        let result = try result(query, lines)
        #expect(result.rows.count == 10_000)
        #expect(result.foundBeforeLimit == found)
    }
}
