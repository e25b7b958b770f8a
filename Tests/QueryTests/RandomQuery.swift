import RoadblockCore
import TestSupport

/// Random rows and queries of a small grammar.
enum RandomQuery {
    static let names = ["id", "a", "b", "s", "t", "f", "j"]

    static func row(_ random: inout SeededGenerator) -> RowInterpreter.Row {
        var row: RowInterpreter.Row = ["id": .number(Double(Int.random(in: 0...1_000_000, using: &random)))]
        for name in ["a", "b"] where Int.random(in: 0..<5, using: &random) > 0 {
            row[name] = .number(Double(Int.random(in: -4...12, using: &random)) / (name == "b" ? 4 : 1))
        }
        for name in ["s", "t"] where Int.random(in: 0..<5, using: &random) > 0 {
            row[name] = .text(texts.randomElement(using: &random) ?? "")
        }
        if Int.random(in: 0..<8, using: &random) > 0 {
            row["@timestamp"] = .time(1_704_067_200_000 + Int64.random(in: 0..<24, using: &random) * 20_000)
        }
        if Bool.random(using: &random) { row["j"] = .text(structures.randomElement(using: &random) ?? "") }
        if Bool.random(using: &random) { row["l"] = .structure(lists.randomElement(using: &random) ?? .null) }
        if Bool.random(using: &random) { row["f"] = .number(Bool.random(using: &random) ? 1 : 0) }
        return row
    }

    private static let texts = [
        "x", "X9", "x10", "10", "9", "007", "-3", "1.5", "", "10.0.0.1", "10.0.0.10", "a b", "é", "a=1 b=\"x y\" c",
        "x0y00z", "1, \"x,y\", z",
    ]

    private static let structures = [
        #"[1,"x",null,10]"#, #"{"k":3,"l":["x",2]}"#, "[]", "no list", #"[[1,2],{"k":"v"},true]"#, "[10", "7",
        #"["9"]"#,
    ]

    private static let lists: [JSONValue] = [
        .array([.int(1), .string("x")]), .array([]), .array([.array([.int(2)]), .bool(true), .string("10")]),
    ]

    static func json(_ row: RowInterpreter.Row) -> String {
        let members = row.map { name, value -> JSONValue.Member in
            switch value {
            case .time(let time): .init("timestamp", .int(Int(time)))
            case .structure(let structure): .init(name, structure)
            case .number(let number): .init(name, Int(exactly: number).map { .int($0) } ?? .double(number))
            case .text(let text): .init(name, .string(text))
            }
        }
        return JSONValue.object(members).compact
    }

    /// A query, and whether the order of its rows is told.
    static func text(_ random: inout SeededGenerator) -> (text: String, isOrdered: Bool) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: (fields(&random), true)
        case 1: (stats(&random), false)
        case 2, 3: (taken(&random), true)
        case 4: (fromRowToRow(&random), true)
        default: (bins(&random), true)
        }
    }

    private static func filters(_ random: inout SeededGenerator) -> [String] {
        var commands: [String] = []
        while Int.random(in: 0..<3, using: &random) == 0 { commands.append("filter \(condition(&random, 0))") }
        return commands
    }

    private static func direction(_ random: inout SeededGenerator) -> String {
        Bool.random(using: &random) ? "asc" : "desc"
    }

    private static func fields(_ random: inout SeededGenerator) -> String {
        var commands = filters(&random)
        commands.append("fields id, \(scalar(&random, 0)) as x1, \(condition(&random, 0)) as x2")
        if Bool.random(using: &random) { commands.append("display id, x1, x2, s") }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: commands.append("sort id \(direction(&random))")
        case 1: commands.append("sort x1 \(direction(&random)), id \(direction(&random))")
        // Values that are nothing, and texts with numbers in them; rows that are equal come newest first.
        case 2: commands.append("sort s \(direction(&random)), a \(direction(&random))")
        default: break
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            commands.append("dedup \(["s", "s, f", "a", "x1"].randomElement(using: &random) ?? "s")")
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            commands.append("limit \(Int.random(in: 1...9, using: &random))")
        }
        return commands.joined(separator: " | ")
    }

    private static func aggregates(_ random: inout SeededGenerator, _ count: Int) -> String {
        [
            "min(s) as lo", "max(b) as hi", "count_distinct(t) as d", "pct(a, 50) as p", "count(f) as c",
            "earliest(s) as e", "latest(a) as l", "values(f) as v", "sortsFirst(t) as sf",
            "sortsLast(s) as sl", "sum(a > 2) as big", "count_distinct(a) as da", "max(id) - min(id) as reach",
            "pct(b, 28) as p28, pct(b, 99.9) as p999", "rate(a, 1m) as r", "histogram(a, 4) as h, pct(a, 7) as p7",
            "avg(a) as mean", "variance(b) as spread", "stddev(a) as deviation",
            "values(a) as va, count_distinct(a) as dva",
        ].shuffled(using: &random).prefix(count).joined(separator: ", ")
    }

    private static func stats(_ random: inout SeededGenerator) -> String {
        var commands = filters(&random)
        let number = ["a", "b", "f", "a + b"].randomElement(using: &random) ?? "a"
        let group =
            ["", " by s", " by s, f", " by a > 2 as big2", " by t, s, f", " by j"].randomElement(using: &random) ?? ""
        commands.append("stats count(*) as n, sum(\(number)) as total, \(aggregates(&random, 2))\(group)")
        if Bool.random(using: &random) { commands.append("filter n > 1") }
        if group == " by s", Bool.random(using: &random) {
            commands = ["stats values(a) as v by s", "unnest jsonParse(v) into x", "unnest split(x, '1') into y"]
        }
        if group == " by s, f", Bool.random(using: &random) {
            commands.append("stats sum(n) as m, count(*) as k, max(total) as top by f")
            if Bool.random(using: &random) { commands.append("stats sum(m) as all, sum(k) as rows") }
        }
        return commands.joined(separator: " | ")
    }

    /// Values taken out of others, and rows made of values.
    private static func taken(_ random: inout SeededGenerator) -> String {
        var commands = filters(&random)
        commands.append("fields id, s")
        let takers = [
            "parse s '*0*' as p, q", "parse t '*x*y*' as p, q, r", "parse s /(?<p>[a-z])(?<q>[0-9]+)/",
            "parse t /([0-9])([.0-9]*)/ as p, q", "parse s logfmt as m | fields m.a as ma, m.b as mb, m.c as mc",
            "parse t csv as p, q, r", "parse s /(?<p>[0-9])/ multi", "unnest jsonParse(j) into x",
            "unnest split(t, '0') into x", "expand l",
            "fields jsonParse(j)[0] as y, jsonParse(j).k as z, jsonArraySize(j) as w",
            "fields jsonParse(j).l[1] as y, jsonArrayContains(j, 'x') as z, split(s, ' ')[0] as w",
            "fields jsonStringify(jsonParse(j)) as y", "fields s like /x[0-9]/ as y, t not like /^[0-9]+$/ as z",
            "lookup users key as s OUTPUT name, team as w", "lookup users key as t OUTPUTNEW name as s",
            "cidrlookup nets s AS cidr OUTPUT owner", "cidrlookup nets t AS cidr OUTPUT owner as o",
        ]
        commands.append(takers.randomElement(using: &random) ?? "")
        if Int.random(in: 0..<3, using: &random) == 0 { commands.append("unnest jsonParse(j) into item") }
        if Int.random(in: 0..<3, using: &random) == 0 { commands.append("filter \(condition(&random, 1))") }
        commands.append("sort id \(direction(&random))")
        if Int.random(in: 0..<4, using: &random) == 0 { commands.append("dedup s") }
        if Int.random(in: 0..<4, using: &random) == 0 {
            commands.append("limit \(Int.random(in: 1...9, using: &random))")
        }
        return commands.joined(separator: " | ")
    }

    private static func rowCommand(_ random: inout SeededGenerator) -> String {
        [
            "accum a as run", "accum b", "accum s as run", "autoregress a", "autoregress s as old p=2",
            "autoregress a p=1-3",
            "filldown a", "filldown", "filldown *", "addtotals a, b", "addtotals row=false col=true a",
            "addtotals fieldname=sum col=true a, f", "sessionize s maxspan 1m as run", "sessionize f, t as run",
            "outlier a param=0.5",
            "outlier param=0.3 uselower=true b", "outlier action=remove param=0.5 a", "outlier mark=true param=0.2 a",
        ].randomElement(using: &random) ?? "accum a"
    }

    private static func fromRowToRow(_ random: inout SeededGenerator) -> String {
        var commands = filters(&random)
        if Int.random(in: 0..<5, using: &random) == 0 {
            commands.append("countFrequent \(["f", "a"].randomElement(using: &random) ?? "f")")
            return commands.joined(separator: " | ")
        }
        commands.append("fields id, a, b, s")
        if Int.random(in: 0..<3, using: &random) > 0 { commands.append("sort id \(direction(&random))") }
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            commands.append(rowCommand(&random))
            if Int.random(in: 0..<3, using: &random) == 0 { commands.append("filter \(condition(&random, 1))") }
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: commands.append("stats count(*) as n, sum(a) as total, count_distinct(b) as d")
        case 1: commands.append("dedup a")
        default: break
        }
        return commands.joined(separator: " | ")
    }

    private static func bins(_ random: inout SeededGenerator) -> String {
        var commands = filters(&random)
        let moved = Int.random(in: 0..<3, using: &random) == 0 ? " offset 30s" : ""
        let other = Bool.random(using: &random) ? ", f" : ""
        commands.append(
            "stats count(*) as n, sum(a) as total, \(aggregates(&random, 1)) by bin(1m) as at\(other)\(moved)"
        )
        let command =
            [
                "fillmissing", "fillmissing with 0 for n", "fillmissing with 0 for total | filldown n",
                "accum n as run", "addtotals n, total",
                "autoregress n", "outlier n param=0.5", "stats sum(n) as m, max(at) as top",
            ].randomElement(using: &random) ?? "fillmissing"
        commands.append(command)
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
