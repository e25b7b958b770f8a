import RoadblockCore
import Testing

@testable import Query

/// How a query is said to be read.
struct ExplanationTests {
    private func canonical(_ query: String) throws -> String {
        let syntax = try QuerySyntax(parsing: query)
        let canonical = CanonicalText(query)
        return syntax.commands.map(canonical.command).joined(separator: " | ")
    }

    @Test(arguments: [
        ("filter a = 1 and b = 2 or c = 3", #"filter (a = 1 and b = 2) or c = 3"#),
        ("filter a or b and not c = 'x'", #"filter a or (b and not (c = "x"))"#),
        ("filter not a and !b", "filter not a and not b"),
        ("fields 1 + 2 * 3 - -4 as x, -2 ^ 2", "fields (1 + (2 * 3)) - (-4) as x, (-2) ^ 2"),
        ("fields a - b - c, a - (b - c), a+b+c", "fields (a - b) - c, a - (b - c), a + b + c"),
        ("filter bytes/packets>100", "filter (bytes / packets) > 100"),
        ("filter a not in [1,'x'] and b not like /y\\//", #"filter a not in [1, "x"] and b not like /y\//"#),
        (
            "stats COUNT( * ), Sum(a) as s by BIN( 300 s ), `odd-name`.b",
            "stats count(*), sum(a) as s by bin(60s), `odd-name`.b"
        ),
        ("parse 'a \"*\"' as b", #"parse @message "a \"*\"" as b"#),
        ("parse x /(?<y>z)/ | sort y, z DESC", "parse x /(?<y>z)/ | sort y asc, z desc"),
        ("fields jsonParse(a).b[0].`c d` | dedup a, `b c`", "fields jsonParse(a).b[0].`c d` | dedup a, `b c`"),
        ("unnest split(a, ',') into b | expand c", #"unnest split(a, ",") into b | expand c"#),
        ("accum  a   as b", "accum a as b"),
    ])
    func `one spelling shows every precedence`(_ query: String, _ text: String) throws {
        #expect(try canonical(query) == text)
        // It means the same, and is its own spelling.
        #expect(try canonical(text) == text)
    }

    @Test(arguments: ConformanceCase.all)
    func `the one spelling means what was written`(_ row: ConformanceCase) throws {
        guard let query = try? QuerySyntax(parsing: row.query) else { return }
        guard !query.commands.contains(where: { if case .unsupported = $0.kind { true } else { false } }) else {
            return
        }
        let text = try canonical(row.query)
        let again = try QuerySyntax(parsing: text)
        #expect(try canonical(text) == text)
        for (old, new) in zip(query.commands, again.commands) {
            guard case .filter(let condition) = old.kind, case .filter(let other) = new.kind else { continue }
            guard !condition.dump.contains("true"), !condition.dump.contains("false") else { continue }
            #expect(condition.dump.lowercased() == other.dump.lowercased())
        }
    }

    @Test(arguments: [
        (
            "filter a = 1",
            [
                "1. filter a = 1", "2. fields @timestamp, @message (nothing else is asked for)",
                "3. sort @timestamp desc (nothing else is asked for)", "4. limit 10000 (nothing else is asked for)",
            ]
        ),
        (
            "limit 5 | sort b | filter c = 2 | fields b",
            ["1. filter c = 2", "2. fields b", "3. sort b asc (ascending where nothing is said)", "4. limit 5"]
        ),
        (
            "stats count(*) as n by a | filter b = 1 | filter n > 2",
            [
                "1. filter b = 1", "2. stats count(*) as n by a", "3. filter n > 2",
                "4. sort a asc (CloudWatch promises no order)", "5. limit 10000 (nothing else is asked for)",
            ]
        ),
        (
            "sort a desc | accum b | limit any 3",
            [
                "1. fields @timestamp, @message (nothing else is asked for)", "2. sort a desc", "3. accum b",
                "4. limit any 3",
            ]
        ),
        (
            "unnest jsonParse(@message).tags into tag | dedup tag",
            [
                "1. unnest jsonParse(@message).tags into tag", "2. sort @timestamp desc (nothing else is asked for)",
                "3. dedup tag", "4. limit 10000 (nothing else is asked for)",
            ]
        ),
    ])
    func `steps come in the order in which they act, with what nobody wrote`(_ query: String, _ steps: [String]) throws
    {
        #expect(try QueryPlan(QuerySyntax(parsing: query)).explanation == steps)
    }

    @Test
    func `fields, columns and coercions are told`() throws {
        var table = TableFields(known: ["srcAddr", "dstPort", "packets", "action"], isOpen: false)
        table.kinds = ["dstPort": .number]
        let query = "filter dstPort = '443' | stats sum(packets) by bin( 30 min)"
        let plan = try QueryPlan(QuerySyntax(parsing: query))
        let explanation = try QueryRun.explain(plan, table, QuerySettings(now: 0))
        #expect(explanation.columns == ["bin( 30 min)", "sum(packets)"])
        #expect(Set(explanation.fields) == ["dstPort", "@timestamp", "packets"])
        #expect(explanation.facts == [#"`dstPort` is a number: "443" is compared as one"#])
        #expect(explanation.notices.isEmpty)
    }
}
