import LogFormats
import RoadblockCore
import Testing

/// Logs in which lines of text and objects stand together.
struct MixedLogTests {
    @Test(arguments: [4000, Int.max])
    func `lines of text among objects that follow one another end nothing`(step: Int) throws {
        let text = String(repeating: "some text ", count: 12)
        let pairs = (0..<3000).map { "{\"a\":\($0)} {\"a\":\($0)}\n  \(text)\($0)\n" }.joined()
        let table = try TableRows("{\"a\":0} {\"a\":0}\n\(pairs)the last", ["a", "@message"], step: step)
        #expect(table.rows.count == 2 + 9000 + 1)
        #expect(table.rows.count { $0[0] != nil } == 6002)
        #expect(table.rows[4] == [nil, "  \(text)0"] && table.rows.last == [nil, "the last"])
        #expect(table.notes.count == 1 && table.skipped == 0)
    }

    @Test
    func `a line of text that is too long is left out and counted`() throws {
        let long = String(repeating: "x", count: LineBlock.lineLimit + 600_000)
        for end in ["\n{\"a\":3}\n", ""] {
            let table = try TableRows("{\"a\":1}{\"a\":2}\n\(long)\(end)", ["a"])
            #expect(table.rows.map { $0[0] } == (end.isEmpty ? ["1", "2"] : ["1", "2", "3"]))
            #expect(table.skipped == 1)
        }
    }

    @Test
    func `objects have their fields wherever they stand`() throws {
        let banner = (0..<300).map { "2026-11-27T17:00:00Z start \($0)\n" }.joined()
        let text = banner + "  {\"level\":\"ERROR\",\"time\":\"2026-11-27T17:00:01Z\"}\nplain\n"
        let table = try TableRows(text, ["level", "@timestamp"])
        #expect(table.rows.suffix(3) == [[nil, "1795798800000"], ["ERROR", "1795798801000"], [nil, nil]])
        #expect(table.formats == ["text lines"] && table.notes.isEmpty && table.fields.isEmpty)
        // What is asked for as text is text.
        #expect(try TableRows(text, ["level"], .given(.text)).rows.allSatisfy { $0 == [nil] })
    }

    @Test
    func `fields of the first objects among text are known`() throws {
        let table = try TableRows("start\n{\"level\":\"ERROR\"}\n{\"cut\n", ["level"])
        #expect(table.rows == [[nil], ["ERROR"], [nil]])
        #expect(table.fields == ["level"] && table.notes.isEmpty)
    }

    @Test(arguments: [
        (
            #"{"timestamp":"2026-11-27T17:00:00Z","message":"m","ingestionTime":"2026-11-27T17:00:01Z","level":"E"}"#,
            "m"
        ),
        (#"{"timestamp":1795798800000,"message":"m","ingestionTime":1,"level":"E"}"#, "m"),
    ])
    func `a program's events are no events of CloudWatch Logs`(event: String, message: String) throws {
        let table = try TableRows(event + "\n{\"level\":\"F\"}\n", ["@timestamp", "message", "level"])
        #expect(table.rows == [["1795798800000", message, "E"], [nil, nil, "F"]])
        #expect(table.skipped == 0)
    }

    @Test
    func `other objects behind events by themselves are rows`() throws {
        let event = #"{"timestamp":1795798800000,"message":"{\"level\":\"E\"}","ingestionTime":1}"#
        let table = try TableRows(event + "\n{\"level\":\"F\"}\n", ["@timestamp", "level"])
        #expect(table.rows == [["1795798800000", "E"], [nil, "F"]] && table.skipped == 0)
    }

    @Test
    func `columns that change within a file are those of the lines behind`() throws {
        let first = "#Fields: date time c-ip sc-status\n"
        let second = "#Software: x\n#Fields: date time sc-status c-ip cs-method\n"
        let text =
            first + "2026-11-27 17:00:00 1.2.3.4 200\n" + second + "2026-11-27 17:00:01 404 1.2.3.5 GET\n" + second
            + "2026-11-27 17:00:02 500 1.2.3.6 PUT\ncut\n" + first + "2026-11-27 17:00:03 1.2.3.7 201\n"
        let table = try TableRows(text, ["c-ip", "sc-status", "cs-method"])
        #expect(
            table.rows == [
                ["1.2.3.4", "200", nil], ["1.2.3.5", "404", "GET"], ["1.2.3.6", "500", "PUT"], [nil, nil, nil],
                ["1.2.3.7", "201", nil],
            ]
        )
        #expect(table.notes == ["line 9 does not fit the format cloudfront: there is only its @message"])
    }

    @Test(arguments: [3, 5000, 200_000])
    func `zeros in front of a log are left out`(count: Int) throws {
        let table = try TableRows(String(repeating: "\0", count: count) + "{\"a\":1}\n", ["a", "@message"])
        #expect(table.rows == [["1", "{\"a\":1}"]])
        #expect(table.notes == ["begins with \(count) bytes of zeros, which are left out"])
    }

    @Test(arguments: [
        #"{"records":[{"properties":{"flows":[{"rule":"r","flows":[{"flowTuples":["1542110377,10.0.0.4,10.0.0.5,1,2,T"#,
        #"{"events":[{"timestamp":1,"message":"a"#, "[{\"a\":1,\"b\"",
    ])
    func `JSON that is cut within its first event is no log`(text: String) throws {
        let failure = #expect(throws: Failure.self) { try TableRows(text, ["@message"]) }
        #expect(failure?.kind == .badInput && failure?.message == "test holds no whole event: the JSON ends early")
    }

    @Test(arguments: ["[]", "[ ]\n", "{\"events\":[]}\n"])
    func `a list of nothing has no rows`(text: String) throws {
        let table = try TableRows(text, ["@message"])
        #expect(table.rows.isEmpty && table.notes.isEmpty)
    }

    @Test
    func `zeros within a line are a part of it`() throws {
        let table = try TableRows("x\n\0\0y\(String(repeating: "\0", count: 300))\nz\n", ["@message"])
        #expect(table.rows.count == 3 && table.rows[2] == ["z"])
    }
}
