import Query
import RoadblockCore
import Testing

struct QuerySyntaxTests {
    /// The expression of a query's first command.
    private static func expression(_ query: String) throws -> ExpressionSyntax? {
        switch try QuerySyntax(parsing: query).commands.first?.kind {
        case .filter(let condition): condition
        case .fields(let columns): columns.first?.expression
        default: nil
        }
    }

    @Test(arguments: [
        ("a or b and not c = 1", "(a or (b and (not (c = 1.0))))"),
        ("a and b or c and d", "((a and b) or (c and d))"),
        ("not not a", "(not (not a))"), ("!a = 1", "((not a) = 1.0)"), ("!!a", "(not (not a))"),
        ("not a in [1, -2, 'x', true]", "(not (a in [1.0, -2.0, 'x', true]))"),
        ("a not in []", "(a not in [])"), ("a not like 'x'", "(a not like 'x')"),
        ("a like /\\d\\/[/]y/ and b", "((a like /\\d\\/[/]y/) and b)"), ("a =~ 'x+'", "(a like /x+/)"),
        ("a = ~1", nil), ("a == 1", "(a = 1.0)"), ("a != b", "(a != b)"), ("a<=b", "(a <= b)"),
        ("1 + 2 * 3 - 4", "((1.0 + (2.0 * 3.0)) - 4.0)"), ("a / b / c % d", "(((a / b) / c) % d)"),
        ("2 ^ 3 ^ 2", "(2.0 ^ (3.0 ^ 2.0))"), ("-2 ^ 2", "((- 2.0) ^ 2.0)"), ("2 ^ -1", "(2.0 ^ (- 1.0))"),
        ("- -a", "(- (- a))"), ("(a + b) * c", "((a + b) * c)"), ("a-b", "(a - b)"),
        ("a+1 > b-1", "((a + 1.0) > (b - 1.0))"),
        ("1.5e3 = 1E-2", "(1500.0 = 0.01)"), ("a and b and c and d", "((a and b) and (c and d))"),
        ("TRUE = False", "(true = false)"), ("a LIKE 'x' AND b NOT IN [1]", "((a like 'x') and (b not in [1.0]))"),
    ])
    func `binds operators as the specification says`(_ text: String, _ tree: String?) {
        #expect((try? Self.expression("filter \(text)")?.dump) == tree)
    }

    @Test(arguments: [
        ("a.b.0.c", "a·b·0·c"), ("@@user", "@@user"), ("`detail-type`", "detail-type"),
        ("m.`user.id`.x", "m·user.id·x"),
        ("größe_1", "größe_1"), ("limit", "limit"), ("order.id", "order·id"), ("desc", "desc"), ("true.x", "true·x"),
        ("`true`", "true"), ("users[1].action", "users→1→action"),
        ("jsonParse(x).a.`b c`[0].0", "jsonParse(x)→a→b c→0→0"),
        ("(a).b", "a→b"), ("(a[0])[1].b", "a→0→1→b"), ("a[10000000]", nil), ("a[-1]", nil), ("a..b", nil), ("a.", nil),
        ("@", nil), ("``", nil),
        ("2xx", nil), ("1.x", nil),
    ])
    func `reads names and paths`(_ text: String, _ tree: String?) {
        #expect((try? Self.expression("fields \(text)")?.dump) == tree)
    }

    @Test(arguments: [
        (#"'it''s'"#, nil), (#""say \"hi\" 'x'""#, #"say "hi" 'x'"#), (#"'it\'s \\ \d \n'"#, #"it's \ \d \n"#),
        ("'a\nb # | c'", "a\nb # | c"), ("'é“'", "é“"), (#"'\'"#, nil),
    ])
    func `reads strings and their escapes`(_ text: String, _ content: String?) {
        guard case .string(let found, _)? = try? Self.expression("fields \(text)") else {
            #expect(content == nil)
            return
        }
        #expect(found == content)
    }

    @Test(arguments: [
        ("ms", "millisecond"), ("msecs", "millisecond"), ("milliseconds", "millisecond"), ("s", "second"),
        ("SEC", "second"),
        ("seconds", "second"), ("m", "minute"), ("M", "minute"), ("mins", "minute"), ("minute", "minute"),
        ("h", "hour"),
        ("hrs", "hour"), ("hours", "hour"), ("d", "day"), ("days", "day"), ("w", "week"), ("weeks", "week"),
        ("mo", "month"), ("mon", "month"), ("mons", "month"), ("months", "month"), ("q", "quarter"),
        ("qtrs", "quarter"),
        ("y", "year"), ("yrs", "year"), ("years", "year"), ("hs", nil), ("x", nil), ("minutess", nil), ("m30s", nil),
    ])
    func `reads periods with and without blanks`(_ unit: String, _ meaning: String?) {
        let trees = ["bin(30\(unit))", "bin( 30  \(unit) )", "datefloor(t, 30 \(unit))", "DATE_FLOOR(t,30\(unit))"].map
        {
            try? Self.expression("fields \($0)")?.dump
        }
        let wanted = meaning.map { "30 \($0)" }
        #expect(
            trees == [
                wanted.map { "bin(\($0))" }, wanted.map { "bin(\($0))" }, wanted.map { "datefloor(t, \($0))" },
                wanted.map { "DATE_FLOOR(t, \($0))" },
            ]
        )
    }

    @Test(arguments: [
        ("fields a, b as c | DISPLAY `x y`", "fields a<a>, b<c> | display x y<x y>"),
        (
            "stats count(*), sum( a ) by b,bin( 30  min ) as t offset 1 h",
            "stats count(*)<count(*)>, sum(a)<sum( a )> by b<b>, bin(30 minute)<t> offset 1 hour"
        ),
        ("stats avg (a), count()", "stats avg(a)<avg (a)>, count()<count()>"),
        ("fields a+ # why\n  b,(a)", "fields (a + b)<a+ b>, a<a>"),
        ("sort a desc, abs( b ), c ASC", "sort a<a> desc, abs(b)<abs( b )>, c<c> asc"),
        ("order by a | sort by b | sort offset", "sort a<a> | sort b<b> | sort offset<offset>"),
        ("limit 5 | LIMIT ANY 6 | head 7 | tail 8", "limit 5 | limitAny 6 | head 7 | tail 8"),
        ("dedup a, b.c | limit 1", "dedup a, b.c | limit 1"),
        ("parse 'a=* b=*' as @x, y", "parse - 'a=* b=*' as @x, y"), ("parse 'a=*' x", "parse - 'a=*' as x"),
        ("parse m.n \"*\" as x", "parse m·n '*' as x"), ("parse concat(a, b) '*' as x", "parse concat(a, b) '*' as x"),
        ("parse /(?<x>a|b) / | limit 1", "parse - /(?<x>a|b) / as  | limit 1"),
        ("parse a /(\\d)[(](?:b)/ as x multi", "parse a /(\\d)[(](?:b)/ multi as x"),
        ("parse a /(b)(?=c)(?<!d)\\(\\Q(\\E/ multi as x", "parse a /(b)(?=c)(?<!d)\\(\\Q(\\E/ multi as x"),
        ("parse a logfmt as l | parse csv as b, c", "parse a logfmt as l | parse - csv as b, c"),
        ("parse csv 'x*' as y", "parse csv 'x*' as y"),
        ("filterIndex a = 1 | where b", "filter (a = 1.0) | filter b"),
        ("fields regexReplace(a, /x|y/, 'z') as r", "fields regexReplace(a, /x|y/, 'z')<r>"),
        (
            "SOURCE 'a|b' start=-1d | SOURCE logGroups(namePrefix: ['x|y']) | limit 1",
            "source 'a|b' start beforeNow(86400000) | source groups [\"x|y\"] [] [] | limit 1"
        ),
        (
            "source loggroups(CLASS: [\"standard\"], ACCOUNTIDENTIFIER: ['1', '2']) 'x' end=now - 2h start='1700000000'",
            "source groups [] [\"1\", \"2\"] [\"standard\"] 'x' start at(1700000000000) end beforeNow(7200000)"
        ),
        ("SOURCE logGroups() start='2024-01-01T00:00:00Z'", "source groups [] [] [] start at(1704067200000)"),
        (
            "SOURCE dataSource(['a.b']) logGroups(logGroupClass: ['STANDARD'],accountIdentifiers:['1'])",
            "source dataSource groups [] [\"1\"] [\"STANDARD\"]"
        ),
        ("SOURCE logGroupTags([{key: 'env', values: ['a', '!b']}]) | limit 1", "source logGroupTags | limit 1"),
        (
            "appendcols (SOURCE 'a' | parse m /([(|])/ as x) | limit 1",
            "appendcols columns(limit: 10000, replaces: false) (source 'a' | parse m /([(|])/ as x) | limit 1"
        ),
        ("appendcols max=5 override (limit 1)", "appendcols columns(limit: 5, replaces: true) (limit 1)"),
        (
            "filter a = 1 and b not in (SOURCE 'x' | filter c in [1] | fields d) and e",
            "filter (((a = 1.0) and (b not in values (source 'x' | filter (c in [1.0]) | fields d<d>))) and e)"
        ),
        (
            "join left=l right=r where r.x.y = l.`a.b` (SOURCE 'x' start=-1w) | limit 1",
            "join inner l r a.b=x.y ('x' start beforeNow(604800000)) | limit 1"
        ),
        ("JOIN TYPE=LEFT right=r left=l where l.a==r.a(SOURCE 'x')", "join left l r a=a ('x')"),
        ("relevantfields a where b like /x|y/ | limit 1", "relevantfields a where (b like /x|y/) | limit 1"),
        ("pattern a | diff PreviousWeek", "pattern a | diff previousWeek"), ("diff", "diff before"),
        ("logcompare timeshift 7d | limit 1", "logcompare 7 day | limit 1"),
        ("relevantfields where not a", "relevantfields  where (not a)"),
        ("unnest a / b into c # x | y\n| limit 1", "unnest (a / b) into c | limit 1"),
        ("$`Errors By`(a = \"x|y\", n = 1) | $B()", "unsupported $Errors By | unsupported $B"),
        ("countfrequent a | ESTIMATE", "countFrequent a | estimate"),
        (
            "pattern concat(@message, a) | anomaly | sort @priorityScore",
            "pattern concat(@message, a) | anomaly | sort @priorityScore<@priorityScore>"
        ),
        ("fields\u{A0}a\u{3000},\u{FEFF}b\r\n|\u{2003}limit 1", "fields a<a>, b<b> | limit 1"),
        (
            "stats sum(a) by b | filter sum( a ) > 5 | sort sum(a)",
            "stats sum(a)<sum(a)> by b<b> | filter (sum(a) > 5.0) | sort sum(a)<sum(a)>"
        ),
        ("stats max(a) as x, min(a) as y, x - y as z", "stats max(a)<x>, min(a)<y>, (x - y)<z>"),
    ])
    func `reads commands`(_ query: String, _ tree: String) throws {
        #expect(try QuerySyntax(parsing: query).dump == tree)
    }

    @Test(arguments: [
        ("stats sum(a), count(*) by bin(5m) | filter sum( a )/count(*) > 2 | sort sum(a)", true),
        ("stats sum(a) by b | stats max(sum(a)), count(*) by b", true),
        ("stats count(*) by bin(5m) | fields strlen(count(*)) as n", true),
        ("stats sum(a) by b | filter sum(c) > 2", false), ("stats sum(a) as s by b | filter sum(a) > 2", false),
        ("stats sum(a) by b | stats max(c) as m by d | filter sum(a) > 2", false),
        ("filter sum(a) > 2 | stats sum(a) by b", false), ("stats sum(a), max(sum(a)) by b", false),
    ])
    func `an aggregate's text behind its stats is its column`(_ query: String, _ isRight: Bool) {
        #expect(((try? QuerySyntax(parsing: query)) != nil) == isRight)
    }

    @Test
    func `spans lead back into the text`() throws {
        let text = "fields a, (b + c) * 2 as d\n| filter not (x = 1)"
        let query = try QuerySyntax(parsing: text)
        func slice(_ span: SourceSpan) -> String {
            String(decoding: Array(text.utf8)[span.start..<span.end], as: UTF8.self)
        }
        #expect(query.commands.map { slice($0.span) } == ["fields a, (b + c) * 2 as d", "filter not (x = 1)"])
        #expect(query.commands.map { slice($0.word) } == ["fields", "filter"])
        guard case .fields(let columns) = query.commands[0].kind, case .filter(let condition) = query.commands[1].kind
        else {
            Issue.record("\(query.dump)")
            return
        }
        #expect(columns.map { slice($0.expression.span) } == ["a", "(b + c) * 2"])
        #expect(columns.last?.alias.map { slice($0.span) } == "d")
        #expect(slice(condition.span) == "not (x = 1)")
    }

    @Test(arguments: [
        ("head 5", "`head` is outdated: write `limit`"), ("parse 'a*' b", "`as` is missing before the names"),
        ("filter ok = true", "`true` is read as 1, which is what Logs Insights writes for it"),
        ("stats count(*) by bin(1 MIN)", "units are written in lower case; this is read as 1 minute"),
        ("fields a | limit 5", nil),
    ])
    func `notes what may not be meant`(_ query: String, _ notice: String?) throws {
        #expect(try QuerySyntax(parsing: query).notices.map(\.message) == (notice.map { [$0] } ?? []))
    }
}
