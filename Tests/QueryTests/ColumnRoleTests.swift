import Query
import Testing

/// What columns are to a chart.
@Suite struct ColumnRoleTests {
    @Test(
        arguments: [
            ("stats sum(packets) by bin( 30 min)", ["bin( 30 min)", "sum(packets)"], "1800000 sum"),
            (
                "stats count(*) as n, avg(x) by bin(1mo) as t, srcAddr", ["t", "srcAddr", "n", "avg(x)"],
                "1mo group sum value"
            ),
            ("fields bin(1h) as h | stats max(x) by h", ["h", "max(x)"], "3600000 value"),
            ("stats count(*) as n by datefloor(@timestamp, 1d) as d | sort n", ["d", "n"], "86400000 sum"),
            (
                "stats count(*) as n by bin(5m) as t | stats sum(n) as s by datefloor(t, 1h) as h, t",
                ["h", "t", "s"], "3600000 300000 sum"
            ),
            (
                "stats count(*) as n by bin(5m) as t | fields n * 2 as m, t as u", ["t", "n", "m", "u"],
                "300000 sum value 300000"
            ),
            // Minutes are capped at 60.
            ("stats count(*) by bin(90m)", ["bin(90m)", "count(*)"], "3600000 sum"),
            ("fields a as b, b as a | stats count(*) by a", ["a", "count(*)"], "group sum"),
        ]
    )
    func `roles follow names`(query: String, columns: [String], expected: String) throws {
        let roles = try QueryPlan(QuerySyntax(parsing: query)).roles(of: columns)
        let text = roles.map { role in
            switch role {
            case .bin(let period):
                switch period.length {
                case .milliseconds(let count): "\(count)"
                case .months(let count): "\(count)mo"
                }
            case .group: "group"
            case .value(let isSum): isSum ? "sum" : "value"
            }
        }
        #expect(text.joined(separator: " ") == expected)
    }

    @Test(arguments: [("fields a", false, 10_000), ("stats count(*) | limit 5", true, 5)])
    func `a plan tells its limit`(query: String, hasStats: Bool, limit: Int) throws {
        let plan = try QueryPlan(QuerySyntax(parsing: query))
        #expect(plan.hasStats == hasStats)
        #expect(plan.rowLimit == limit)
    }
}
