import Columns
import Inputs
import LogFormats
@testable import Query
import RoadblockCore
import TestSupport
import Testing

/// Queries over log groups with names.
struct SourceTests {
    /// Lines by log group; the first is the query's own.
    private static let groups: [(name: String, lines: [String])] = [
        (
            "111122223333:aws/api",
            [
                #"{"timestamp": 1704067200000, "id": "r1", "status": 500, "user": {"name": "ann"}}"#,
                #"{"timestamp": 1704067260000, "id": "r2", "status": 200}"#,
                #"{"timestamp": 1704067320000, "id": "r3", "status": 500}"#,
                #"{"timestamp": 1704067380000, "status": 404}"#,
            ]
        ),
        (
            "111122223333:aws/lambda/a",
            [
                #"{"timestamp": 1704067201000, "requestId": "r1", "ms": 5, "fn": {"name": "f"}}"#,
                #"{"timestamp": 1704067202000, "requestId": "r1", "ms": 7}"#,
                #"{"timestamp": 1704067321000, "requestId": "r3", "ms": 9}"#,
                #"{"timestamp": 1704067322000, "requestId": "r9", "ms": 11}"#,
            ]
        ),
        ("444455556666:aws/lambda/b", [#"{"timestamp": 1704070800000, "requestId": "r4", "ms": 13}"#]),
        ("plain", [#"{"timestamp": 1704067200000, "requestId": 7, "ms": 1}"#]),
    ]

    private static func source(_ names: [LogGroupName]?) throws(Failure) -> RowSource {
        let wanted = groups.filter { names?.contains(LogGroupName($0.name)) ?? ($0.name == groups[0].name) }
        let table = LogTable(
            wanted.map { group in
                let bytes = Array((group.lines.joined(separator: "\n") + "\n").utf8)
                return LogInput(name: group.name, choice: .given(.json), logGroup: group.name) { MemorySource(bytes) }
            }
        )
        return RowSource(TableFields(known: try table.describe().fields, isOpen: true), table)
    }

    /// Rows as `name=value` pairs, and what was noted.
    private func answer(
        _ query: String,
        start: Int64? = nil,
        isStrict: Bool = false
    ) throws -> (rows: [String], notes: [String]) {
        let plan = try QueryPlan(QuerySyntax(parsing: query))
        var settings = QuerySettings(now: 1_704_074_400)
        settings.start = start
        settings.isStrict = isStrict
        settings.sources = QuerySources(Self.groups.map { LogGroupName($0.name) }) { (names) throws(Failure) in
            try Self.source(names)
        }
        let own = try Self.source(plan.groups(among: settings.sources.names, settings))
        let notes = try QueryRun.check(plan, own.fields, settings).map(\.message)
        let result = try QueryRun.run(plan, own.fields, own.table, settings)
        let values = CellText(result.pool)
        let rows = result.rows.map { row in
            zip(result.columns, row).compactMap { name, cell in values.shown(cell).map { "\(name)=\($0)" } }
                .joined(separator: " ")
        }
        return (rows, notes)
    }

    @Test(arguments: [
        ("SOURCE 'aws/lambda/b' | fields ms", ["ms=13"]),
        ("source '444455556666:aws/lambda/b' | fields ms", ["ms=13"]),
        ("SOURCE 'arn:aws:logs:us-east-1:444455556666:log-group:aws/lambda/b:*' | fields ms", ["ms=13"]),
        ("SOURCE 'aws/lambda/b' | SOURCE 'plain' | fields ms", ["ms=13", "ms=1"]),
        ("SOURCE 'aws/lambda/b' 'plain' | stats count(*) as n", ["n=2"]),
        ("SOURCE logGroups(namePrefix: ['aws/lambda', 'pl']) | stats count(*) as n", ["n=6"]),
        ("SOURCE logGroups() | stats count(*) as n by @log | sort n desc, @log asc | limit 1 | display n", ["n=4"]),
        (
            "SOURCE logGroups(accountIdentifiers: ['444455556666'], class: ['STANDARD']) | fields @log",
            ["@log=444455556666:aws/lambda/b"]
        ),
        ("SOURCE logGroups(namePrefix: ['aws'], accountIdentifier: ['111122223333']) | stats count(*) as n", ["n=8"]),
        ("SOURCE 'aws/lambda/a' end='2024-01-01T00:01:00Z' | stats count(*) as n", ["n=2"]),
        ("SOURCE logGroups() start=-1h end=now | fields ms", ["ms=13"]),
        ("SOURCE 'aws/lambda/a' start=1704067321 | SOURCE 'plain' | fields ms", ["ms=11", "ms=9", "ms=1"]),
        ("SOURCE 'aws/lambda/a' end=now-2h | SOURCE 'aws/lambda/b' start='-1h' | stats sum(ms) as s", ["s=13"]),
        ("fields id | limit 1 | sort @timestamp asc", ["id=r1"]),
    ])
    func `selects log groups`(_ row: (query: String, expected: [String])) throws {
        #expect(try answer(row.query).rows == row.expected)
    }

    @Test(arguments: [
        ("SOURCE 'nowhere' | limit 1", "malformed.semantic", "there is no log group `nowhere`"),
        ("SOURCE 'aws/lambda/c' | limit 1", "malformed.semantic", "there is no log group `aws/lambda/c`"),
        ("SOURCE logGroups(namePrefix: ['x'])", "malformed.semantic", "no log group is like that"),
        ("SOURCE logGroups(class: ['INFREQUENT_ACCESS'])", "unsupported", "cannot be known of files"),
        ("SOURCE dataSource(['amazon_vpc.flow'])", "unsupported", "cannot be known of files"),
        ("SOURCE logGroupTags([{key: 'env', values: ['prod']}])", "unsupported", "cannot be known of files"),
        ("SOURCE 'plain' start=now end=-1h", "malformed.semantic", "ends before it begins"),
        ("filter id in (SOURCE 'nowhere' | fields x)", "malformed.semantic", "there is no log group `nowhere`"),
        ("join left=a right=b where a.x = b.x (SOURCE 'nowhere')", "malformed.semantic", "there is no log group"),
        ("filter id in (SOURCE 'plain')", "malformed.semantic", "has one column, found 2"),
        ("filter id in (SOURCE 'plain' | fields a, b)", "malformed.semantic", "has one column, found 2"),
        ("filter id in (stats count(*) as n by id)", "malformed.semantic", "has one column, found 2"),
        ("filter id in (fields nosuch(id))", "malformed.semantic", "there is no function `nosuch`"),
        ("stats count(*) as n by id | stats max(m) as x", "malformed.semantic", "left no column `m`"),
    ])
    func `points at mistakes`(_ row: (query: String, code: String, words: String)) {
        let failure = #expect(throws: Failure.self) { try self.answer(row.query) }
        #expect(failure?.code == row.code)
        #expect(failure?.message.contains(row.words) == true, "\(failure?.rendered ?? "")")
        #expect(failure?.place?.text == row.query)
    }

    @Test(arguments: [
        (
            "join left=a right=b where a.id = b.requestId (SOURCE 'aws/lambda/a') | fields a.id, b.ms",
            ["a.id=r3 b.ms=9", "a.id=r1 b.ms=7", "a.id=r1 b.ms=5"]
        ),
        (
            "join type=left left=a right=b where b.requestId = a.id (SOURCE 'aws/lambda/a') | fields a.status, b.ms",
            ["a.status=404", "a.status=500 b.ms=9", "a.status=200", "a.status=500 b.ms=7", "a.status=500 b.ms=5"]
        ),
        (
            "fields id as k | join left=a right=b where a.k = b.requestId (SOURCE 'aws/lambda/a') | filter b.ms > 6 "
                + "| stats sum(b.ms) as s by a.user.name, b.fn.name",
            ["s=9", "a.user.name=ann s=7"]
        ),
        (
            "stats count(*) as n by id | join left=a right=b where a.id = b.requestId (SOURCE logGroups()) "
                + "| stats sum(a.n * b.ms) as s",
            ["s=21"]
        ),
        (
            "join left=a right=b where a.id = b.requestId (SOURCE 'aws/lambda/a' start='2024-01-01T00:01:00Z') "
                + "| display a.id",
            ["a.id=r3"]
        ),
        (
            "join left=a right=b where a.id = b.id (SOURCE 'aws/api') | fields a.id, b.status | sort a.id asc | limit 2",
            ["a.id=r1 b.status=500", "a.id=r2 b.status=200"]
        ),
        ("join left=a right=b where a.nosuch = b.nosuch (SOURCE 'plain') | stats count(*) as n", ["n=0"]),
    ])
    func `joins`(_ row: (query: String, expected: [String])) throws {
        #expect(try answer(row.query).rows.sorted() == row.expected.sorted())
        if !row.query.contains("stats") { #expect(try answer(row.query).rows == row.expected) }
    }

    @Test(arguments: [
        ("filter id in (SOURCE 'aws/lambda/a' | filter ms > 6 | fields requestId) | fields id", ["id=r3", "id=r1"]),
        ("filter id not in (SOURCE 'aws/lambda/a' | fields requestId) | fields id", ["id=r2"]),
        (
            "filter id in (SOURCE 'aws/lambda/a' | stats count(*) as n by requestId | filter n > 1 | display requestId)"
                + " | fields id",
            ["id=r1"]
        ),
        (
            "filter id in (SOURCE 'aws/lambda/a' | fields requestId | sort ms asc | limit 1) | fields id",
            ["id=r1"]
        ),
        (
            "filter status in (fields status | filter status > 400 | sort @timestamp asc | limit 1) | fields id",
            ["id=r3", "id=r1"]
        ),
        (
            "stats count(*) as n by id in (SOURCE 'aws/lambda/a' | fields requestId) as known | sort n asc | display n, known",
            ["n=1", "n=1 known=0", "n=2 known=1"]
        ),
        ("filter '7' in (SOURCE 'plain' | fields requestId) | stats count(*) as n", ["n=4"]),
        ("filter id in (SOURCE 'plain' | filter ms > 99 | fields requestId) | fields id", []),
    ])
    func `takes values of inner queries`(_ row: (query: String, expected: [String])) throws {
        #expect(try answer(row.query).rows == row.expected)
    }

    @Test(arguments: [
        (
            "fields id | sort @timestamp asc | appendcols (SOURCE 'aws/lambda/a' | fields ms | sort ms asc)",
            ["id=r1 ms=5", "id=r2 ms=7", "id=r3 ms=9", "ms=11"]
        ),
        (
            "stats count(*) as n by status | appendcols (stats count(*) as total) | filter total > 0 | fields n / total as r",
            ["status=200 n=1 total=4 r=0.25"]
        ),
        (
            "fields id | sort id desc | limit 2 | appendcols max=1 (SOURCE 'plain' | fields ms as id, ms)",
            ["id=r3 ms=1", "id=r2"]
        ),
        ("fields id | sort id desc | limit 1 | appendcols override (SOURCE 'plain' | fields ms as id)", ["id=1"]),
        (
            "stats count(*) as n | appendcols (SOURCE 'aws/lambda/a' | stats sum(ms) as s) | display s - n as d",
            ["d=28"]
        ),
        ("filter id = 'x' | fields id | appendcols (SOURCE 'plain' | fields ms)", ["ms=1"]),
    ])
    func `appends columns`(_ row: (query: String, expected: [String])) throws {
        #expect(try answer(row.query).rows == row.expected)
    }

    @Test
    func `the run's time range holds for both sides, and for inner queries`() throws {
        let start: Int64 = 1_704_067_300_000
        let join = "join left=a right=b where a.id = b.requestId (SOURCE 'aws/lambda/a') | fields a.id"
        #expect(try answer(join, start: start).rows == ["a.id=r3"])
        let inner =
            "SOURCE 'aws/lambda/a' start=0 | stats count(*) as n by requestId in (SOURCE 'aws/lambda/a' "
            + "| fields requestId) as k | filter k | display n"
        #expect(try answer(inner, start: start).rows == ["n=2"])
    }

    @Test
    func `fields without a side are told, and those of the right side are checked`() throws {
        let query = "join left=a right=b where a.id = b.requestId (SOURCE 'aws/lambda/a') | fields id, requestId, b.mz"
        let (rows, notes) = try answer(query)
        #expect(rows.first == "id=r3 requestId=r3")
        #expect(notes.contains { $0.contains("`id` is read as `a.id`") })
        #expect(notes.contains { $0.contains("`requestId` is read as `b.requestId`") })
        #expect(notes.contains { $0.contains("no row has a field `mz`: did you mean `ms`?") })
    }

    @Test(arguments: [
        "stats count(*) as n by id | stats max(n) as n", "fields status as s | stats max(s) as s",
        "stats count(*) as n by bin(1h) as t | stats max(n) as m by t as t",
    ])
    func `a name that an earlier command gave is refused in strict mode`(_ query: String) throws {
        let failure = #expect(throws: Failure.self) { try self.answer(query, isStrict: true) }
        #expect(failure?.code == "malformed.alias")
        #expect(try answer(query).notes.contains { $0.contains("is taken already") })
    }

    // MARK: sizes

    /// Rows `{"k": 0}`, `{"k": 1}` … with a text of their own.
    private func numbered(_ query: String, rows count: Int, keys: Int) throws -> [String] {
        @Sendable func table(_ count: Int) -> LogTable {
            var bytes: [UInt8] = []
            for number in 0..<count {
                bytes += Array("{\"k\": \(number % keys), \"t\": \"text \(number % keys)\"}\n".utf8)
            }
            return LogTable([LogInput(name: "numbers", choice: .given(.json)) { [bytes] in MemorySource(bytes) }])
        }
        let fields = TableFields(known: ["k", "t"], isOpen: true)
        var settings = QuerySettings(now: 0)
        settings.sources = QuerySources([LogGroupName("right")]) { _ in RowSource(fields, table(count)) }
        let result = try QueryRun.run(QueryPlan(QuerySyntax(parsing: query)), fields, table(1000), settings)
        return result.rows.map { row in row.map { CellText(result.pool).shown($0) ?? "" }.joined(separator: " ") }
    }

    @Test
    func `fifty thousand keys can be joined, and no more`() throws {
        let query = "join left=a right=b where a.t = b.t (SOURCE 'right') | stats count(*) as n, sum(b.k) as s"
        #expect(try numbered(query, rows: 50_000, keys: 50_000) == ["1000 499500"])
        #expect(try numbered(query, rows: 100_000, keys: 50_000) == ["2000 999000"])
        let failure = #expect(throws: Failure.self) { try self.numbered(query, rows: 60_000, keys: 60_000) }
        #expect(failure?.code == "too-many-values")
        #expect(failure?.message == "the right side of the `join` has more than 50,000 different values")
    }

    @Test
    func `an inner query may give many values`() throws {
        let query = "filter k in (SOURCE 'right' | filter k % 2 = 0 | fields k) | stats count(*) as n"
        #expect(try numbered(query, rows: 120_000, keys: 120_000) == ["500"])
    }
}
