import Columns
import Inputs
import LogFormats
import Query
import RoadblockCore
import TestSupport
import Testing

/// The engine and the row-by-row interpreter answer random questions about random tables alike.
struct EngineAgainstInterpreterTests {
    @Test("the engine equals the interpreter", arguments: 0..<200)
    func engineEqualsInterpreter(seed: Int) throws {
        var random = SeededGenerator(state: UInt64(seed) &* 0x9E37_79B9 &+ 1)
        let rows = (0..<Int.random(in: 0...40, using: &random)).map { _ in RandomQuery.row(&random) }
        let text = RandomQuery.text(&random)
        let query = try QuerySyntax(parsing: text)
        let expected = RowInterpreter.rows(of: query, over: rows)
        let parts = Int.random(in: 1...3, using: &random)
        for workers in [1, 3] {
            let found = try engineRows(query, rows, parts: parts, workers: workers)
            let isOrdered = text.contains("| sort id")
            #expect(
                isOrdered ? found == expected : found.map(sorted).sorted() == expected.map(sorted).sorted(),
                "\(text) over \(rows.map(RandomQuery.json))"
            )
        }
    }

    private func sorted(_ row: [String: String]) -> String {
        row.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    /// The engine's rows as text by column; the table comes in some inputs, one behind the other.
    private func engineRows(
        _ query: QuerySyntax,
        _ rows: [RowInterpreter.Row],
        parts: Int,
        workers: Int
    ) throws -> [[String: String]] {
        let size = (rows.count + parts - 1) / max(1, parts)
        let inputs = (0..<parts).map { part in
            let share = rows.dropFirst(part * size).prefix(size)
            let bytes = Array((share.map { RandomQuery.json($0) + "\n" }.joined() + "\n").utf8)
            return LogInput(name: "part \(part)", choice: .given(.json)) { MemorySource(bytes) }
        }
        var settings = QuerySettings(now: 0)
        settings.workers = workers
        let fields = TableFields(known: RandomQuery.names, isOpen: true)
        let result = try QueryRun.run(QueryPlan(query), fields, LogTable(inputs), settings)
        let values = CellText(result.pool)
        return result.rows.map { row in
            var shown: [String: String] = [:]
            for (name, cell) in zip(result.columns, row) { shown[name] = values.text(cell) }
            return shown
        }
    }
}

/// Random rows and queries of a small grammar.
enum RandomQuery {
    static let names = ["id", "a", "b", "s", "t", "f"]

    static func row(_ random: inout SeededGenerator) -> RowInterpreter.Row {
        var row: RowInterpreter.Row = ["id": .number(Double(Int.random(in: 0...1_000_000, using: &random)))]
        for name in ["a", "b"] where Int.random(in: 0..<5, using: &random) > 0 {
            row[name] = .number(Double(Int.random(in: -4...12, using: &random)) / (name == "b" ? 4 : 1))
        }
        for name in ["s", "t"] where Int.random(in: 0..<5, using: &random) > 0 {
            row[name] = .text(texts.randomElement(using: &random) ?? "")
        }
        if Bool.random(using: &random) { row["f"] = .number(Bool.random(using: &random) ? 1 : 0) }
        return row
    }

    private static let texts = [
        "x", "X9", "x10", "10", "9", "007", "-3", "1.5", "", "10.0.0.1", "10.0.0.10", "a b", "é",
    ]

    static func json(_ row: RowInterpreter.Row) -> String {
        let members = row.map { name, value -> JSONValue.Member in
            switch value {
            case .number(let number): .init(name, Int(exactly: number).map { .int($0) } ?? .double(number))
            case .text(let text): .init(name, .string(text))
            }
        }
        return JSONValue.object(members).compact
    }

    static func text(_ random: inout SeededGenerator) -> String {
        var commands: [String] = []
        while Int.random(in: 0..<2, using: &random) > 0 { commands.append("filter \(condition(&random, 0))") }
        if Bool.random(using: &random) {
            commands.append("fields id, \(scalar(&random, 0)) as x1, \(condition(&random, 0)) as x2")
            if Bool.random(using: &random) { commands.append("display id, x1, x2, s") }
            commands.append("sort id \(Bool.random(using: &random) ? "asc" : "desc")")
        } else {
            let number = ["a", "b", "f", "a + b"].randomElement(using: &random) ?? "a"
            let group =
                ["", " by s", " by s, f", " by a > 2 as big", " by t, s, f"].randomElement(using: &random) ?? ""
            let more = ["min(s) as lo", "max(b) as hi", "count_distinct(t) as d", "pct(a, 50) as p", "count(f) as c"]
                .shuffled(using: &random).prefix(2).joined(separator: ", ")
            commands.append("stats count(*) as n, sum(\(number)) as total, \(more)\(group)")
            if Bool.random(using: &random) { commands.append("filter n > 1") }
        }
        return commands.joined(separator: " | ")
    }

    static func condition(_ random: inout SeededGenerator, _ depth: Int) -> String {
        switch Int.random(in: 0..<(depth < 3 ? 9 : 6), using: &random) {
        case 0...2:
            let op = ["=", "!=", "<", "<=", ">", ">="].randomElement(using: &random) ?? "="
            return "\(scalar(&random, depth + 1)) \(op) \(scalar(&random, depth + 1))"
        case 3:
            let word = Bool.random(using: &random) ? "in" : "not in"
            return "\(field(&random)) \(word) [1, \"10\", 'x', 9]"
        case 4:
            let word = Bool.random(using: &random) ? "like" : "not like"
            return "\(field(&random)) \(word) '\(["0", "x", ".", "10"].randomElement(using: &random) ?? "0")'"
        case 5: return "ispresent(\(field(&random)))"
        case 6: return "not (\(condition(&random, depth + 1)))"
        case 7: return "(\(condition(&random, depth + 1)) and \(condition(&random, depth + 1)))"
        default: return "(\(condition(&random, depth + 1)) or \(condition(&random, depth + 1)))"
        }
    }

    static func field(_ random: inout SeededGenerator) -> String {
        ["a", "b", "s", "t", "f"].randomElement(using: &random) ?? "a"
    }

    private static func scalar(_ random: inout SeededGenerator, _ depth: Int) -> String {
        switch Int.random(in: 0..<(depth < 3 ? 9 : 4), using: &random) {
        case 0, 1: return field(&random)
        case 2: return String(Int.random(in: 0...12, using: &random))
        case 3: return "'\(["9", "10", "x", "10.0.0.1"].randomElement(using: &random) ?? "9")'"
        case 4:
            let op = ["+", "-", "*", "/", "%"].randomElement(using: &random) ?? "+"
            return "(\(scalar(&random, depth + 1)) \(op) \(scalar(&random, depth + 1)))"
        case 5:
            let name = ["abs", "ceil", "floor", "strlen", "tolower", "isempty"].randomElement(using: &random) ?? "abs"
            return "\(name)(\(scalar(&random, depth + 1)))"
        case 6: return "coalesce(\(field(&random)), \(scalar(&random, depth + 1)))"
        case 7: return "if(\(condition(&random, depth + 1)), \(field(&random)), \(scalar(&random, depth + 1)))"
        default: return "concat(\(field(&random)), '-', \(field(&random)))"
        }
    }
}

/// Numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
