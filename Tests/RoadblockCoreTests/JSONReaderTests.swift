import RoadblockCore
import Testing

struct JSONReaderTests {
    static let values: [(text: String, compact: String)] = [
        ("[]", "[]"), ("{}", "{}"), (" [ 1 , -2.5e1 ] ", "[1,-25]"),
        (#"{"a":{"b":[null,true,false]}}"#, #"{"a":{"b":[null,true,false]}}"#),
        (#""A\u00e9\ud83d\ude00\n""#, #""Aé😀\n""#), (#""\ud83d""#, "\"\u{FFFD}\""),
        (#"{"a":1,"a":2}"#, #"{"a":1,"a":2}"#),
        ("123456789012345678901", "1.2345678901234568e+20"),
    ]

    @Test(arguments: values)
    func `reads values`(_ row: (text: String, compact: String)) throws {
        #expect(try JSONReader.value(of: Array(row.text.utf8)).compact == row.compact)
    }

    static let mistakes: [(text: String, message: String, offset: Int)] = [
        ("", "a value is missing", 0), ("[", "a value is missing", 1), ("[1", "the array is not closed", 2),
        ("[1 2]", "`,` or `]` is missing", 3), ("[1,]", "not a value", 3), ("{", "a name in quotes is missing", 1),
        ("{a:1}", "a name in quotes is missing", 1), (#"{"a" 1}"#, "`:` is missing", 5),
        (#"{"a":1 "b":2}"#, "`,` or `}` is missing", 7), (#"{"a":1"#, "the object is not closed", 6),
        (#"{"a":1,}"#, "a name in quotes is missing", 7), (#""abc"#, "the text is not closed", 4),
        ("tru", "not a value", 0), ("01", "not a number", 0), ("1-2", "not a number", 0), ("+1", "not a number", 0),
    ]

    @Test(arguments: mistakes)
    func `points at the first mistake, read or passed over`(_ row: (text: String, message: String, offset: Int)) {
        let problem = JSONReader.Problem(row.message, offset: row.offset)
        #expect(throws: problem) { try JSONReader.value(of: Array(row.text.utf8)) }
        #expect(throws: problem) {
            var reader = JSONReader(Array(row.text.utf8))
            try reader.skip()
        }
    }

    @Test
    func `refuses what stands behind the value`() {
        #expect(throws: JSONReader.Problem("unexpected text after the value", offset: 3)) {
            try JSONReader.value(of: Array("{} {}".utf8))
        }
    }

    @Test(arguments: [(256, true), (257, false), (1_000_000, false)])
    func `limits nesting`(_ depth: Int, _ isRead: Bool) {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let text = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
            let bytes = Array(text.utf8)
            #expect(((try? JSONReader.value(of: bytes)) != nil) == isRead)
            var reader = JSONReader(bytes)
            #expect(((try? reader.skip()) != nil) == isRead)
        }
    }

    @Test
    func `reads member by member, and one document after the other`() throws {
        var reader = JSONReader(Array("{\"a\": [1, 2], \"b\": {}}\n\u{FEFF}[3] ".utf8))
        var isFirst = true
        #expect(try reader.nextName(&isFirst) == "a")
        var isFirstItem = true
        var sum = 0
        while try reader.nextItem(&isFirstItem) { if case .int(let value) = try reader.value() { sum += value } }
        #expect(sum == 3)
        #expect(try reader.nextName(&isFirst) == "b")
        #expect(reader.kind() == .object)
        try reader.skip()
        #expect(try reader.nextName(&isFirst) == nil)
        reader.skipByteOrderMark()
        #expect(try reader.value() == .array([.int(3)]))
        #expect(reader.kind() == .end)
    }

    static let pieces: [(text: String, offset: Int, message: String, place: String, caret: Int)] = [
        ("[1 2]", 3, "(line 1, byte 4 of the file)", "[1 2]", 3),
        ("{\n  \"a\" 1}", 8, "(line 2, byte 9 of the file)", "  \"a\" 1}", 6),
        ("[\u{1B}x", 1, "(line 1, byte 2 of the file)", "[\\u001bx", 1),
        ("[\t x", 3, "(line 1, byte 4 of the file)", "[\\t x", 4),
        (
            String(repeating: "é", count: 200), 301, "(line 1, byte 302 of the file)",
            String(repeating: "é", count: 43), 58
        ),
    ]

    @Test(arguments: pieces)
    func `shows the piece with the mistake`(
        _ row: (text: String, offset: Int, message: String, place: String, caret: Int)
    ) {
        let failure = JSONReader.Problem("wrong", offset: row.offset).failure(in: Array(row.text.utf8), of: "x.json")
        #expect(failure.message == "x.json is not valid JSON: wrong " + row.message)
        #expect(failure.place == .init(text: row.place, span: SourceSpan(row.caret, row.caret + 1)))
        #expect(failure.kind == .badInput)
    }
}
