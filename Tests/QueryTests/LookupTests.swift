import TestSupport
import LogFormats
@testable import Query
import RoadblockCore
import Testing

struct LookupTests {
    private static let users = "id,name,team\n7,Ann,\"a, b\"\n8,Bob\n7,Second,c\n"
    private static let nets = "cidr,owner\n10.0.0.0/8,corp\n10.0.1.77/24,team-a\n2001:db8::/32,lab\nnonsense,x\n"

    private func rows(_ query: String, _ lines: [String]) throws -> [String] {
        let text = lines.joined(separator: "\n") + "\n"
        var settings = QuerySettings(now: 0)
        settings.lookups = [
            "users": try LookupTable("users", csv: Array(Self.users.utf8)),
            "nets": try LookupTable("nets", csv: Array(Self.nets.utf8)),
        ]
        return try AskedText(text: text, choice: .given(.json), settings: settings).namedRows(query)
    }

    @Test(arguments: [
        ("lookup users id OUTPUT name, team", ["name=Ann team=a, b", "name=Bob", ""]),
        ("lookup users id as id OUTPUT name as who", ["who=Ann", "who=Bob", ""]),
        ("lookup users name as n OUTPUT id as found", ["", "found=8", ""]),
        ("lookup users id OUTPUTNEW name as n", ["n=x", "n=Bob", "n=z"]),
        ("lookup users id OUTPUT name as n", ["n=Ann", "n=Bob", ""]),
        ("lookup users id, name as n OUTPUT team", ["", "", ""]),
        ("cidrlookup nets a AS cidr OUTPUT owner", ["owner=team-a", "owner=corp", "owner=lab"]),
        ("lookup users id OUTPUT name | filter name = 'Bob'", ["name=Bob"]),
        (
            "cidrlookup nets a AS cidr OUTPUT owner | stats count(*) as n by owner | sort owner asc | limit 1",
            [
                "owner=corp n=1"
            ]
        ),
    ])
    func `takes values from tables`(_ row: (command: String, expected: [String])) throws {
        let lines = [
            #"{"id": 7, "n": "x", "a": "10.0.1.5"}"#, #"{"id": 8, "n": "Bob", "a": "10.2.0.1"}"#,
            #"{"id": 9, "n": "z", "a": "2001:db8::1"}"#,
        ]
        let sort = row.command.contains("stats") ? "" : " | sort id asc"
        #expect(try rows(row.command + sort, lines) == row.expected)
    }

    @Test(arguments: [
        ("lookup user id OUTPUT name", "no lookup table `user`"),
        ("lookup users ident OUTPUT name", "no column `ident`"),
        ("lookup users id OUTPUT nam", "no column `nam`"), ("lookup users id", "`OUTPUT`"),
        ("cidrlookup nets a AS cidr, b OUTPUT owner", "one address"),
    ])
    func `points at mistakes`(_ row: (query: String, words: String)) {
        let failure = #expect(throws: Failure.self) { try self.rows(row.query, [#"{"id": 1}"#]) }
        #expect(failure?.message.contains(row.words) == true, "\(failure?.message ?? "")")
    }

    @Test
    func `rows of a table that are no blocks are told`() throws {
        let fields = TableFields(known: ["a"], isOpen: true)
        var settings = QuerySettings(now: 0)
        let plan = try QueryPlan(QuerySyntax(parsing: "cidrlookup nets a AS cidr OUTPUT owner"))
        for (text, notes) in [
            (Self.nets, ["1 row of the table is left out: `nonsense` is no block of addresses"]),
            (
                "cidr,owner\n10.0.0.0/33,x\n10.0.0.0/8,y\n,z\n",
                ["2 rows of the table are left out: `10.0.0.0/33` is no block of addresses"]
            ),
            ("cidr,owner\n10.0.0.0/8,y\n10.0.0.1,z\n", []),
        ] {
            settings.lookups["nets"] = try LookupTable("nets", csv: Array(text.utf8))
            #expect(try QueryRun.check(plan, fields, settings).map(\.message) == notes)
        }
    }

    @Test
    func `long values and lines with a hash are kept`() throws {
        let long = String(repeating: "x", count: 5000)
        let table = try LookupTable("t", csv: Array("id,v\n#1,\(long)\n".utf8))
        #expect(table.rows == [["#1", long]])
    }

    @Test(arguments: ["", "a,a\n1,2\n", "a,b\n\"open,1\n", (0..<70).map { "c\($0)" }.joined(separator: ",")])
    func `a file that is no table is an error`(_ text: String) {
        #expect(throws: Failure.self) { try LookupTable("t", csv: Array(text.utf8)) }
    }
}
