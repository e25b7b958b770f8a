import RoadblockCore
import Testing

struct FailureTests {
    static let places: [(text: String, start: Int, end: Int, lines: [String])] = [
        ("tcp.prt == 1", 0, 7, ["  tcp.prt == 1", "  ^^^^^^^"]), ("a b", 2, 3, ["  a b", "    ^"]),
        ("über x", 6, 7, ["  über x", "       ^"]), ("one\ntwo three", 8, 13, ["  two three", "      ^^^^^"]),
        ("abc", 3, 3, ["  abc", "     ^"]), ("abc", 9, 99, ["  abc", "     ^"]), ("a\tb", 2, 3, ["  a b", "    ^"]),
        ("a\u{1B}[1m b", 6, 7, ["  a\u{FFFD}[1m b", "        ^"]), (" \n", 0, 1, []),
        ("a b\r\nc", 2, 3, ["  a b", "    ^"]),
        (
            String(repeating: "a", count: 100) + "b" + String(repeating: "c", count: 200), 100, 101,
            [
                "  …" + String(repeating: "a", count: 60) + "b" + String(repeating: "c", count: 99) + "…",
                "   " + String(repeating: " ", count: 60) + "^",
            ]
        ),
        (
            String(repeating: "a", count: 161), 0, 161,
            ["  " + String(repeating: "a", count: 160) + "…", "  " + String(repeating: "^", count: 161)]
        ),
    ]

    @Test(arguments: places)
    func `puts the caret under the place`(_ row: (text: String, start: Int, end: Int, lines: [String])) {
        let place = Failure.Place(text: row.text, span: SourceSpan(row.start, row.end))
        let lines = Failure(.usage, "wrong", place: place).rendered.split(separator: "\n").map(String.init)
        #expect(lines == ["wrong"] + row.lines)
    }

    @Test(arguments: [
        ("tcp.prt", "tcp.port"), ("ip.adr", "ip.addr"), ("UDP.port", "udp.port"), ("tpc.port", "tcp.port"),
        ("xyzzy", nil),
    ])
    func `suggests the nearest word, if one is near`(_ word: String, _ wanted: String?) {
        #expect(nearest(to: word, among: ["tcp.port", "ip.addr", "udp.port"]) == wanted)
    }

    @Test(arguments: [("v", nil), ("K", "k"), ("kk", "k"), ("nb", "n"), ("ab", nil)])
    func `short words that share nothing are not near`(_ word: String, _ wanted: String?) {
        #expect(nearest(to: word, among: ["k", "n"]) == wanted)
    }

    @Test
    func `writes JSON that keeps order and escapes what must be escaped`() {
        let value: JSONValue = .object([
            .init("b", .string("a\"\\\n\u{1}é")), .init("a", .array([.int(1), .double(0.5), .null, .bool(true)])),
            .init("n", .double(.nan)),
        ])
        #expect(value.compact == #"{"b":"a\"\\\n\u0001é","a":[1,0.5,null,true],"n":null}"#)
    }
}
