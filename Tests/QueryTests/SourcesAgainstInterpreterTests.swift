@testable import Query
import RoadblockCore
import TestSupport
import Testing

/// The engine and the row-by-row interpreter answer random questions about two random tables alike.
struct SourcesAgainstInterpreterTests {
    @Test("joins, inner queries and appended columns equal the interpreter's", arguments: RandomTrial.seeds)
    func engineEqualsInterpreter(seed: Int) throws {
        var random = SeededGenerator(state: UInt64(seed) &* 0x51_7CC1_B727 &+ 7)
        let rows = (0..<Int.random(in: 0...40, using: &random)).map { _ in RandomQuery.row(&random) }
        let others = (0..<Int.random(in: 0...40, using: &random)).map { _ in RandomQuery.row(&random) }
        let text = Self.query(&random)
        let query = try QuerySyntax(parsing: text)
        let expected = RowInterpreter.rows(of: query, over: rows, others: ["other": others])
        for workers in [1, 3] {
            let found = try engineRows(query, rows, others, workers: workers)
            #expect(
                RandomTrial.sorted(found) == RandomTrial.sorted(expected),
                "\(text) over \(rows.map(RandomQuery.json)) and \(others.map(RandomQuery.json))"
            )
        }
    }

    private func engineRows(
        _ query: QuerySyntax,
        _ rows: [RowInterpreter.Row],
        _ others: [RowInterpreter.Row],
        workers: Int
    ) throws -> [[String: String]] {
        let fields = TableFields(known: RandomQuery.names, isOpen: true)
        var settings = QuerySettings(now: 0)
        settings.workers = workers
        settings.sources = QuerySources([LogGroupName("other")]) { names in
            RowSource(fields, RandomTrial.table(names == nil ? rows : others, parts: 2))
        }
        let table = RandomTrial.table(rows, parts: 2)
        return RandomTrial.rows(of: try QueryRun.run(QueryPlan(query), fields, table, settings))
    }

    // MARK: queries

    private static func query(_ random: inout SeededGenerator) -> String {
        let source = Bool.random(using: &random) ? "SOURCE 'other' | " : ""
        func inner() -> String {
            let filter = Bool.random(using: &random) ? "filter \(RandomQuery.condition(&random, 1)) | " : ""
            let end = [
                "fields \(RandomQuery.field(&random))", "fields a | sort id asc | limit 3",
                "stats count(*) as n by s | display n", "stats max(a) as m by t, f | filter m > 1 | display m",
            ]
            return "\(source)\(filter)\(end.randomElement(using: &random) ?? "fields a")"
        }
        let before = Bool.random(using: &random) ? "filter \(RandomQuery.condition(&random, 1)) | " : ""
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let word = Bool.random(using: &random) ? "in" : "not in"
            return "\(before)filter \(RandomQuery.field(&random)) \(word) (\(inner())) | fields id, a, s"
        case 1:
            let condition = "f in (\(inner())) or a > 3 and not (b in (\(inner())))"
            return "\(before)fields id, \(condition) as x | filter x"
        case 2:
            let override = Bool.random(using: &random) ? " override" : ""
            let max = Bool.random(using: &random) ? " max=7" : ""
            return "\(before)fields id, a, s | sort id asc | appendcols\(override)\(max) "
                + "(\(source)fields a, t | sort id desc) | fields a + 1 as x | filter id > 200000"
        default:
            let type = ["", "type=left ", "type=inner "].randomElement(using: &random) ?? ""
            let left = ["a", "b", "s", "t"].randomElement(using: &random) ?? "a"
            let right = ["a", "s", "t", "f"].randomElement(using: &random) ?? "s"
            let after =
                [
                    "fields l.id, r.id, l.a, r.s, l.a + r.a as x", "filter r.a > 2 | fields l.id, r.b",
                    "filter not ispresent(r.id) | fields l.id",
                    "stats count(*) as n, sum(r.b) as total, max(l.a) as m by r.s, l.f",
                    "filter l.a in [1, 2, 3] or r.t like '0' | fields l.id, r.id | sort l.id asc",
                    "stats count(*) as n by l.s | filter n > 1",
                ].randomElement(using: &random) ?? ""
            return "\(before)join \(type)left=l right=r where l.\(left) = r.\(right) (SOURCE 'other') | \(after)"
        }
    }
}
