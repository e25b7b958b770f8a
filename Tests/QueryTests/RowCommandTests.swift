import Columns
import LogFormats
import Query
import RoadblockCore
import Testing

/// Commands that work from row to row, and those that make several rows of one, over JSON lines.
struct RowCommandTests {
    /// The rows of a query as `name=value` pairs; values that are missing are left out.
    private func rows(_ query: String, _ lines: [String]) throws -> [String] {
        let text = lines.joined(separator: "\n") + "\n"
        return try AskedText(text: text, choice: .given(.json)).namedRows(query)
    }

    private static let numbers = (1...5).map {
        #"{"timestamp": \#(1_704_067_200_000 + $0 * 60_000), "n": \#($0 * $0)}"#
    }

    @Test(arguments: [
        ("accum n as total", ["n=1 total=1", "n=4 total=5", "n=9 total=14", "n=16 total=30", "n=25 total=55"]),
        ("accum n", ["n=1", "n=5", "n=14", "n=30", "n=55"]),
        ("autoregress n p=2", ["n=1", "n=4", "n=9 n_p2=1", "n=16 n_p2=4", "n=25 n_p2=9"]),
        ("autoregress n as before | filter before > 4", ["n=16 before=9", "n=25 before=16"]),
        ("accum n as t | filter t > 14 | fields t * 2 as d", ["n=16 t=30 d=60", "n=25 t=55 d=110"]),
        ("accum n as t | stats max(t) as m", ["m=55"]), ("outlier n param=1 | filter n < 9", ["n=1", "n=4"]),
        ("outlier n param=1", ["n=1", "n=4", "n=9", "n=16", "n=21"]),
        ("outlier action=remove param=1 n", ["n=1", "n=4", "n=9", "n=16"]),
        ("accum n as t | accum t as u | limit 2", ["n=1 t=1 u=1", "n=4 t=5 u=6"]),
        ("addtotals col=true fieldname=sum n | limit 1 | sort sum desc", ["n=55 sum=55"]),
    ])
    func `works from row to row`(_ row: (command: String, expected: [String])) throws {
        let query = "fields n | sort n asc | \(row.command)"
        #expect(try rows(query, Self.numbers) == row.expected)
    }

    private static let parts = ["x", nil, "y", nil].enumerated().map { place, h in
        let name = h.map { ", \"h\": \"\($0)\"" } ?? ""
        return "{\"timestamp\": \(1_704_067_200_000 + place * 1000), \"b\": \(1 << place)\(name)}"
    }

    @Test(arguments: [
        ("filldown h | display b, h", ["b=1 h=x", "b=2 h=x", "b=4 h=y", "b=8 h=y"]),
        ("filldown h | fields b, h | limit 2", ["h=x b=1", "h=x b=2"]),
        ("filldown h* | stats sum(b) as s by h", ["h=x s=3", "h=y s=12"]),
        ("filldown h | filter b = 2 | display h", ["h=x"]),
        ("accum b as t | fields b, t | limit 2", ["t=1 b=1", "t=3 b=2"]),
        ("accum b as t | fields b | limit 1", ["t=1 b=1"]), ("sessionize h as s | fields b, s | limit 1", ["s=1 b=1"]),
        ("addtotals b | fields b, Total | limit 2", ["Total=1 b=1", "Total=2 b=2"]),
        ("outlier b | fields b | limit 1", ["b=1"]),
        (
            "accum b as t | limit 1",
            [#"@timestamp=2024-01-01 00:00:00.000 @message={"timestamp": 1704067200000, "b": 1, "h": "x"} t=1"#]
        ),
        ("addtotals | display Total | limit 1", [""]),
    ])
    func `row commands work on fields that are not shown`(_ row: (command: String, expected: [String])) throws {
        #expect(try rows("sort @timestamp asc | \(row.command)", Self.parts) == row.expected)
    }

    @Test
    func `empty bins are filled for each group`() throws {
        let lines = [(0, "a"), (3, "a"), (1, "b")].map { minute, key in
            #"{"timestamp": \#(1_704_067_200_000 + minute * 60_000), "k": "\#(key)"}"#
        }
        let query = "stats count(*) as n by bin(1m) as t, k | fillmissing with 0 for n | filter k = 'a' | display n"
        #expect(try rows(query, lines) == ["n=1", "n=0", "n=0", "n=1"])
        #expect(try rows("stats count(*) as n by bin(1m) as t, k | fillmissing", lines).count == 8)
    }

    @Test
    func `values fill down, and only those that are named`() throws {
        let lines = [#"{"a": 1, "b": 1, "i": 1}"#, #"{"i": 2}"#, #"{"a": 3, "i": 3}"#]
        #expect(
            try rows("fields a, b, i | sort i asc | filldown a", lines) == ["a=1 b=1 i=1", "a=1 i=2", "a=3 i=3"]
        )
        #expect(
            try rows("fields a, b, i | sort i asc | filldown *", lines) == [
                "a=1 b=1 i=1", "a=1 b=1 i=2", "a=3 b=1 i=3",
            ]
        )
    }

    @Test
    func `rows without a time are in no session, and do not part others`() throws {
        let lines = [
            #"{"timestamp": 1704067320000, "u": "a", "i": 1}"#, #"{"u": "a", "i": 2}"#,
            #"{"timestamp": 1704067200000, "u": "a", "i": 3}"#, #"{"u": "a", "i": 4}"#,
            #"{"timestamp": 1704070800000, "u": "a", "i": 5}"#,
        ]
        let query = "fields i | sort i asc | sessionize u maxspan 30m as id"
        #expect(try rows(query, lines) == ["i=1 id=1", "i=2", "i=3 id=1", "i=4", "i=5 id=2"])
    }

    @Test
    func `totals of totals stand in their columns`() throws {
        let lines = [#"{"a": 1, "i": 1}"#, #"{"a": 2, "i": 2}"#]
        let command = "addtotals row=false col=true a"
        #expect(
            try rows("fields i, a | sort i asc | \(command) | \(command)", lines) == [
                "i=1 a=1", "i=2 a=2", "a=3", "a=6",
            ]
        )
    }

    @Test
    func `sessions end with a pause`() throws {
        let lines = [(0, "a"), (10, "a"), (12, "b"), (50, "a"), (70, "a")].map { minute, user in
            #"{"timestamp": \#(1_704_067_200_000 + minute * 60_000), "u": "\#(user)"}"#
        }
        let query = "sessionize u maxspan 30m as id | stats count(*) as n by id, u"
        #expect(try rows(query, lines) == ["id=1 u=a n=2", "id=2 u=b n=1", "id=3 u=a n=2"])
    }

    @Test(arguments: [
        ("fields jsonParse(l) as m | unnest m into x | display x", ["x=1", "x=two", #"x={"k":3}"#]),
        ("fields jsonParse(l) as m | unnest m into x | display x.k | filter ispresent(x.k)", ["x.k=3"]),
        ("unnest jsonParse(l) into x | stats count(*) as n", ["n=3"]),
        ("unnest jsonParse(empty) into x | stats count(*) as n", ["n=0"]),
        ("unnest nosuch into x | display id", ["id=7"]), ("unnest split(id + 0, '') into x | display x", ["x=7"]),
        (#"parse text /(?<d>\d)/ multi | display d"#, ["d=1", "d=2", "d=3"]),
        (#"parse text /(?<d>z)/ multi | display id, d"#, ["id=7"]),
        (#"parse text /(?<d>\d)/ multi | filter d > 1 | stats sum(d) as s by id"#, ["id=7 s=5"]),
        (
            "fields 'a-b' as t | unnest jsonParse(list2) into x | unnest split(t, '-') into y | display x, y",
            ["x=1 y=a", "x=1 y=b", "x=2 y=a", "x=2 y=b"]
        ),
        (
            #"parse text /(?<d>\d)/ multi | stats values(d) as v by id | unnest jsonParse(v) into y | display y"#,
            ["y=1", "y=2", "y=3"]
        ),
        ("expand list | display list, id", ["list=p id=7", "list=q id=7"]),
        ("fields jsonParse(l)[1] as x, jsonParse(l)[2].k as y, jsonParse(l)[9] as z", ["x=two y=3"]),
        (#"parse kv logfmt as m | display m.a, m.b, m.c"#, ["m.a=1 m.b=two words m.c=1"]),
        ("parse values csv as a, b, c | display a, b, c", [#"a=1 b=x,y c=z"z"#]),
        (#"json field=l "2.k" as k | display k"#, ["k=3"]),
        ("fields jsonArraySize(l) as n, jsonArrayContains(l, 'two') as c", ["n=3 c=1"]),
    ])
    func `looks into maps and lists`(_ row: (query: String, expected: [String])) throws {
        let line =
            #"{"id": 7, "l": "[1,\"two\",{\"k\":3}]", "empty": "[]", "text": "a1b2c3", "list": ["p", "q"], "list2": "[1,2]", "#
            + #""kv": "a=1 b=\"two words\" c", "values": "1, \"x,y\", \"z\"\"z\""}"#
        #expect(try rows(row.query, [line]) == row.expected)
    }

    @Test
    func `a list in a list does not make rows without end`() throws {
        let line = #"{"l": "[\#((0..<5000).map(String.init).joined(separator: ","))]"}"#
        let once = "fields jsonParse(l) as m | unnest m into x | "
        #expect(try rows(once + "stats count(*) as n, max(x) as x", [line]) == ["n=5000 x=4999"])
        let failure = #expect(throws: Failure.self) {
            try self.rows(once + "unnest m into y | stats count(*) as n", [line])
        }
        #expect(failure?.code == "too-many-rows")
    }

    @Test(arguments: [
        ("accum", "a name"), ("autoregress a p=0", "from 1 to 100"), ("sessionize a", "`as`"), ("unnest a", "`into`"),
        ("autoregress a as b p=1-2", "one name"), ("fillmissing", "behind `stats"), ("outlier param=x", "a number"),
        ("stats count(*) as n by bin(1m) | fillmissing with 0 for m", "no column `m`"), ("addtotals row=5", "`true`"),
    ])
    func `points at mistakes`(_ row: (query: String, words: String)) {
        let failure = #expect(throws: Failure.self) { try self.rows(row.query, Self.numbers) }
        #expect(failure?.message.contains(row.words) == true, "\(failure?.message ?? "")")
    }
}
