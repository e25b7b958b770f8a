import Query
import RoadblockCore
import TestSupport
import Testing

/// The engine and the row-by-row interpreter answer random questions about random tables alike.
struct EngineAgainstInterpreterTests {
    @Test("the engine equals the interpreter", arguments: RandomTrial.seeds)
    func engineEqualsInterpreter(seed: Int) throws {
        var random = SeededGenerator(state: UInt64(seed) &* 0x9E37_79B9 &+ 1)
        let rows = (0..<Int.random(in: 0...40, using: &random)).map { _ in RandomQuery.row(&random) }
        let (text, isOrdered) = RandomQuery.text(&random)
        let query = try QuerySyntax(parsing: text)
        let expected = RowInterpreter.rows(of: query, over: rows)
        let parts = Int.random(in: 1...3, using: &random)
        // Without memory, what is behind the first batch goes to temporary files.
        for (workers, memory) in [(1, 1 << 30), (3, 1 << 30), (1, 0), (2, 0)] {
            let found = try engineRows(query, rows, parts: parts, workers: workers, memory: memory)
            #expect(
                isOrdered ? found == expected : RandomTrial.sorted(found) == RandomTrial.sorted(expected),
                "\(text) with \(workers) workers and \(memory) bytes over \(rows.map(RandomQuery.json))"
            )
        }
    }

    /// More rows than one batch, and groups that go to files.
    @Test(arguments: [
        "stats count(*) as n, sum(id) as total, min(s) as lo, latest(t) as l, count_distinct(s) as d by a, t",
        "stats count(*) as n, values(t) as v, earliest(id) as e, pct(id, 50) as p by a",
        "stats count_distinct(s) as x, count_distinct(t) as y, count_distinct(a) as z",
        "stats count_distinct(a) as z by t", "stats topk(2, t) as k",
        "stats count(*) as n by a, s | stats sum(n) as m, count(*) as k by a | stats sum(m) as all, max(k) as top",
        "fields id, t | sort id asc | dedup s, a", "fields s, t | sort id desc | dedup s | limit 100",
        "fields s, a | dedup a, id", "fields s | dedup nothing, s", "stats max(id) as m by a | dedup m",
    ])
    func `many groups and many rows come back from files`(text: String) throws {
        let rows = (0..<2000).map { index -> RowInterpreter.Row in
            let key = index &* 7919 % 1009
            return [
                "id": .number(Double(index)), "a": .number(Double(key)), "s": .text("text \(key % 450)"),
                "t": .text("t\(index % 50)"),
                "@timestamp": .time(1_704_067_200_000 + Int64(index % 1000) * 1000),
            ]
        }
        let query = try QuerySyntax(parsing: text)
        let expected = RandomTrial.sorted(RowInterpreter.rows(of: query, over: rows))
        for memory in [1000, 60_000, 1 << 30] {
            let found = try engineRows(query, rows, parts: 7, workers: 2, memory: memory)
            #expect(RandomTrial.sorted(found) == expected, "\(text) in \(memory) bytes")
        }
    }

    /// Parts of files that are too large themselves.
    @Test
    func `groups of groups of files are whole`() throws {
        let rows = (0..<12_000).map { index -> RowInterpreter.Row in
            ["id": .number(Double(index)), "a": .number(Double(index &* 7919 % 7001))]
        }
        let counts = rows.reduce(into: [:] as [RowInterpreter.Value: Int]) { counts, row in
            if let key = row["a"] { counts[key, default: 0] += 1 }
        }
        for text in ["stats count(*) as n by a | limit 100000", "fields a | dedup a | limit 100000"] {
            let found = try engineRows(try QuerySyntax(parsing: text), rows, parts: 9, workers: 2, memory: 5000)
            #expect(found.count == counts.count)
            #expect(
                found.allSatisfy {
                    $0["n"] == nil || $0["n"] == String(counts[.number(Double($0["a"] ?? "") ?? -1)] ?? 0)
                }
            )
            #expect(Set(found.compactMap { $0["a"] }).count == counts.count)
        }
        let text = "stats count_distinct(a) as d, count_distinct(id) as e"
        let found = try engineRows(try QuerySyntax(parsing: text), rows, parts: 9, workers: 2, memory: 5000)
        #expect(found == [["d": String(counts.count), "e": "12000"]])
    }

    /// The engine's rows as text by column; the table comes in some inputs, one behind the other.
    private func engineRows(
        _ query: QuerySyntax,
        _ rows: [RowInterpreter.Row],
        parts: Int,
        workers: Int,
        memory: Int
    ) throws -> [[String: String]] {
        var settings = QuerySettings(now: 0)
        settings.workers = workers
        settings.memory = memory
        for (name, table) in RowInterpreter.tables {
            settings.lookups[name] = try LookupTable(name, csv: Array(table.utf8))
        }
        let fields = TableFields(known: RandomQuery.names, isOpen: true)
        let table = RandomTrial.table(rows, parts: parts)
        return RandomTrial.rows(of: try QueryRun.run(QueryPlan(query), fields, table, settings))
    }
}
