import Columns
import LogFormats
import Query
import RoadblockCore
import Testing

/// Messages and the patterns that are found in them.
struct PatternTests {
    private static let columns = "display @pattern, @sampleCount"

    @Test(arguments: [
        ("took 12 ms", "took <Number-1> ms"), ("took 12.5ms, 100%", "took <Number-1>ms, <Number-2>%"),
        ("at 2026-11-27T17:22:21.123Z end", "at <Time-1> end"), ("2026-11-27 17:22:21,5 x", "<Time-1> x"),
        ("2026/11/27 17:22 x", "<Time-1> x"), ("2026-11-27 x", "<Time-1> x"), ("12:00:01 x", "<Time-1> x"),
        ("Nov 27 17:22:21 host x", "<Time-1> host x"), ("Nov  7 17:22:21 x", "<Time-1> x"),
        ("[27/Nov/2026:17:22:21 +0000] x", "[<Time-1>] x"), ("2026-11-27T17:22:21+01:00 x", "<Time-1> x"),
        ("from 10.0.0.1:443 to 10.0.0.0/8", "from <IP-1>:<Number-2> to <IP-3>/<Number-4>"),
        ("fe80::1 and 2001:db8:0:0:0:0:0:1.", "<IP-1> and <IP-2>."), ("mac 02:42:ac:11:00:02 up", "mac <ID-1> up"),
        ("id 550e8400-e29b-41d4-a716-446655440000.", "id <ID-1>."), ("eni-0abc1234def", "<ID-1>"),
        ("0x7ffe1234", "<ID-1>"), ("commit a1b2c3d", "commit <ID-1>"), ("a = -5", "a = <Number-1>"),
        ("version v1.2.3 on eth0", "version v1.2.3 on eth0"), ("a   b\tc", "a b c"), ("x - y", "x - y"), ("…", "…"),
        ("GET files/b/12345?x=1", "GET files/b/<Number-1>?x=<Number-2>"), ("std::string 1.2.3", "std::string 1.2.3"),
        ("{\"n\":1,\"s\":\"x\"}", "{\"n\":<Number-1>,\"s\":\"x\"}"), ("300.1.1.1", "<ID-1>"), ("May", "May"),
        (String(repeating: "g", count: 33), "<Token-1>"), ("12:34", "<Number-1>:<Number-2>"), ("99:99:99", "<Time-1>"),
        ("é ü 5", "é ü <Number-1>"), ("deadbeefdeadbeef", "<ID-1>"), ("2026-11-271", "<ID-1>"), ("1e5", "1e5"),
    ])
    func `names what varies by its form`(_ row: (message: String, pattern: String)) throws {
        #expect(try LogText(lines: [row.message]).rows("pattern @message | \(Self.columns)") == ["\(row.pattern) | 1"])
    }

    @Test
    func `words that vary are tokens, and are numbered within the pattern`() throws {
        let lines = ["alice", "bob", "carol"].flatMap { user in
            ["user \(user) logged in from 10.0.0.1", "session of \(user) took 5 ms"]
        }
        let expected = [
            "session of <Token-1> took <Number-2> ms | 0.5 | 3 | INFO",
            "user <Token-1> logged in from <IP-2> | 0.5 | 3 | INFO",
        ]
        #expect(try LogText(lines: lines).rows("pattern @message") == expected)
    }

    @Test(arguments: [
        (["10.0.0.1 5 ACCEPT OK", "10.0.0.2 7 REJECT OK", "10.0.0.3 9 REJECT OK"], 2),
        (["[info] it is fine", "[error] it is fine"], 2), (["door opened wide", "door closed wide"], 1),
        (Array(repeating: "door opened wide", count: 10) + Array(repeating: "door closed wide", count: 10), 2),
        (["one two", "one three"], 1), (["one two", "three two"], 2), (["one", "two", "three"], 3),
    ])
    func `states are kept apart`(_ row: (lines: [String], count: Int)) throws {
        #expect(try LogText(lines: row.lines).rows("pattern @message").count == row.count)
    }

    @Test(arguments: [
        ("An Error was found", "ERROR"), ("ERROR 5", "ERROR"), ("Warning: low", "WARN"), ("warn and error", "ERROR"),
        ("fine", "INFO"), ("FATAL", "INFO"),
    ])
    func `the text tells the severity`(_ row: (message: String, severity: String)) throws {
        #expect(try LogText(lines: [row.message]).rows("pattern @message | display @severityLabel") == [row.severity])
    }

    @Test(arguments: [
        ("parse @message '=*' as x | pattern x | \(columns)", ["<Number-1> | 2", "word | 1"]),
        ("pattern toupper(@message) | \(columns)", ["A=<Number-1> | 2", "B | 1", "C=WORD | 1"]),
        (
            "filter @message like '=' | pattern @message | sort @sampleCount asc | \(columns)",
            ["c=word | 1", "a=<Number-1> | 2"]
        ),
        ("pattern nosuch", []), ("pattern @message | stats sum(@sampleCount) as n by @severityLabel", ["INFO | 4"]),
        ("pattern @message | filter @ratio > 0.4 | \(columns)", ["a=<Number-1> | 2"]),
        ("pattern @message | limit 1 | \(columns)", ["a=<Number-1> | 2"]),
    ])
    func `works with other commands`(_ row: (query: String, rows: [String])) throws {
        #expect(try LogText(lines: ["a=1", "a=2", "c=word", "b"]).rows(row.query) == row.rows)
    }

    /// Messages of several kinds, some of them of great variety.
    private static func messages(_ count: Int, words: Int) -> [String] {
        var state: UInt64 = 7
        func word(_ limit: Int) -> String {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var number = Int(state >> 33) % limit
            var letters = ""
            repeat {
                letters.unicodeScalars.append(Unicode.Scalar(UInt8(97 + number % 26)))
                number /= 26
            } while number > 0
            return letters
        }
        return (0..<count).map { index in
            switch index % 4 {
            case 0: "user \(word(words)) read \(word(words)) from 10.0.0.\(index % 250)"
            case 1: "\(word(words)) \(word(words)) \(word(words))"
            case 2: "state \(index % 8 == 2 ? "UP" : "DOWN") after \(index) ms"
            default: "key=\(word(words)); value=\(word(words * 3)), \(word(9))"
            }
        }
    }

    @Test(arguments: [20, 3000])
    func `any number of workers and any order give the same answer`(_ words: Int) throws {
        let lines = Self.messages(6000, words: words)
        let query = "pattern @message | limit 10000"
        let expected = try LogText(lines: lines).rows(query)
        #expect(try LogText(lines: lines.reversed()).rows(query) == expected)
        for workers in [2, 4] { #expect(try LogText(lines: lines, workers: workers).rows(query) == expected) }
        #expect(try sum(lines) == lines.count)
    }

    /// The messages that all patterns stand for.
    private func sum(_ lines: [String]) throws -> Int? {
        Int(try LogText(lines: lines).rows("pattern @message | stats sum(@sampleCount)").first ?? "")
    }

    @Test
    func `many kinds of messages become few patterns, and that is said`() throws {
        let lines = Self.messages(8000, words: 100_000)
        let result = try LogText(lines: lines).result("pattern @message | limit 100000")
        let texts = result.rows.map { CellText(result.pool).shown($0[0]) ?? "" }
        #expect(result.rows.count <= 2500)
        #expect(texts.contains("user <Token-1> read <Token-2> from <IP-3>"))
        #expect(texts.contains("state UP after <Number-1> ms") && texts.contains("state DOWN after <Number-1> ms"))
        #expect(result.notes.contains { $0.contains("more kinds of messages than are told apart") })
        #expect(try sum(lines) == lines.count)
    }

    @Test
    func `messages of one word each are bounded`() throws {
        let lines = (0..<5000).map { index in
            String(decoding: [97 + index % 26, 97 + index / 26 % 26, 97 + index / 676].map(UInt8.init), as: UTF8.self)
        }
        let result = try LogText(lines: lines).result("pattern @message | limit 100000")
        #expect(result.rows.count < 300)
        #expect(try sum(lines) == 5000)
    }

    @Test
    func `long messages count by their beginning`() throws {
        let words = (0..<400).map { "w\($0 % 7)" }.joined(separator: " ")
        let long = String(repeating: "x", count: 1_000_000)
        let lines = [words + " a", words + " b", long + "a", long + "b", "y " + String(repeating: ",", count: 9000)]
        let result = try LogText(lines: lines).result("pattern @message")
        let texts = result.rows.map { CellText(result.pool).shown($0[0]) ?? "" }
        #expect(result.rows.map { $0[2].number } == [2, 2, 1])
        #expect(texts.contains("<Token-1>…"))
        #expect(texts.allSatisfy { $0.utf8.count < 1000 })
        #expect(result.notes.contains { $0.hasPrefix("5 messages are longer") })
    }

    @Test
    func `no message is lost, whatever it is made of`() throws {
        let alphabet = Array("0129:-./+TZNov aAfFxgé,[]{}\"%_")
        var state: UInt64 = 3
        let lines = (0..<4000).map { index in
            "m"
                + String(
                    (0..<(index % 45)).map { _ in
                        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                        return alphabet[Int(state >> 33) % alphabet.count]
                    }
                )
        }
        #expect(try sum(lines) == lines.count)
        let query = "pattern @message | limit 10000"
        #expect(try LogText(lines: lines, workers: 3).rows(query) == LogText(lines: lines.reversed()).rows(query))
    }

    @Test
    func `delimiters alone, and bytes of all kinds, are messages as well`() throws {
        let strange = (0..<256).map { "a\(String(UnicodeScalar(UInt8($0))))b 1" }.filter { !$0.contains("\n") }
        #expect(try LogText(lines: ["---", "...", "{}", "( ) [ ]"]).rows("pattern @message").count == 4)
        #expect(try sum(strange) == strange.count)
        for length in 0..<20 {
            for text in [
                "2026-11-27T17:22:21.123+01:00", "27/Nov/2026:17:22:21 +0000", "Nov 27 17:22:21", "1:2:3:4:5:6:7:8",
            ] {
                #expect(try sum([String(text.prefix(length)) + "."]) == 1)
            }
        }
    }
}
