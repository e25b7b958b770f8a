import LogFormats
import RoadblockCore
import Testing

/// The same records in other clothes: what tools and deliveries make of logs.
struct SourceVariantTests {
    private static let time: Int64 = 1_795_798_800_123

    private func flow(_ last: String) -> String {
        "2 123456789012 eni-0a 10.0.0.1 10.0.0.2 40000 443 6 3 180 1795798800 1795798860 \(last) OK"
    }

    @Test
    func `netfilter lines in the journal's JSON have the journal's time and host`() throws {
        func entry(_ message: String) -> String {
            #"{"__REALTIME_TIMESTAMP":"1795798800123456","_HOSTNAME":"fw-1","PRIORITY":"4","MESSAGE":\#(message)}"#
        }
        let text = [
            entry("[114,97]"), entry(#""sshd \"x\" says""#),
            entry(#""\"deny\" IN= OUT=eth1 SRC=2001:db8::1 DST=2001:db8::2 LEN=40 TTL=9 PROTO=UDP SPT=6 DPT=53 ""#),
        ].joined(separator: "\n")
        let names = ["@timestamp", "src", "dstPort", "action", "rule", "device", "host", "TTL", "PRIORITY"]
        let rows = try TableRows(text + "\n", names)
        #expect(rows.formats == ["netfilter log"])
        #expect(rows.rows.map { $0[0] } == Array(repeating: "\(Self.time)", count: 3))
        #expect(rows.rows.map { $0[8] } == ["4", "4", "4"])
        #expect(
            Array(rows.rows[2][1..<8]) == ["2001:db8::1", "53", "DROP", #""deny""#, "fw-1", "fw-1", "9"]
        )
        #expect(rows.skipped == 0 && rows.notes == ["2 other lines"])
        // Without such lines it is JSON, with the journal's time.
        let plain = try TableRows(entry(#""a""#) + "\n", ["@timestamp", "MESSAGE"])
        #expect(plain.formats == ["JSON lines"] && plain.rows == [["\(Self.time)", "a"]])
    }

    @Test(
        "objects are events however they lie",
        arguments: [
            #"{"a":1}{"a":2} {"a":3}"#, "{\"a\":1}{\"a\":2}\n{\"a\":3}\n",
            "{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n{\"a\":3}",
            "{\"a\":1,\n \"b\":2}\n{ \"a\":2,\n \"b\":{\n}}\n{\"a\":3}", #"{"records":[{"a":1},{"a":2},{"a":3}]}"#,
            #"{"Records":[{"a":1}]}{"Records":[{"a":2},{"a":3}]}"#,
            "\u{FEFF}[{\"a\":1},\r\n{\"a\":2},{\"a\":3}]\r\n", "{\"a\":1}\r\n{\"a\":2}\r\n{\"a\":3}\r\n",
        ]
    )
    func objects(text: String) throws {
        for step in [1, 7, Int.max] {
            let rows = try TableRows(text, ["a"], step: step)
            #expect(rows.rows == [["1"], ["2"], ["3"]])
            #expect(rows.notes.isEmpty && rows.skipped == 0)
        }
    }

    @Test(
        "lists among other members, and what Lambda is called with, are one event",
        arguments: [
            #"{"level":"info","records":[{"a":1},{"a":2}]}"#, #"{"records":[{"a":1}],"level":"info"}"#,
            #"{"Records":[{"eventSource":"aws:s3","s3":{"bucket":{"name":"b"}}}]}"#,
            #"{"Records":[{"messageId":"1","eventSource":"aws:sqs"},{"messageId":"2","eventSource":"aws:sqs"}]}"#,
            #"{"records":[1,2]}"#,
        ]
    )
    func single(text: String) throws {
        #expect(try TableRows(text + "\n", ["@message"]).rows == [[text]])
    }

    @Test
    func `a line of something else among objects is kept and told`() throws {
        for step in [1, Int.max] {
            let rows = try TableRows("{\"a\":1}{\"a\":2}\n\t broken\n{\"a\":3}\n", ["a", "@message"], step: step)
            #expect(rows.rows.map { $0[0] } == ["1", "2", nil, "3"] && rows.rows[2][1] == "\t broken")
            #expect(rows.notes == ["event 3 does not fit the format json: there is only its @message"])
            let spread = try TableRows(
                "{\n \"a\": 1\n}\nINFO x\n{\n \"a\": 2\n}\n  Done.",
                ["a", "@message"],
                step: step
            )
            #expect(spread.rows.map { $0[0] } == ["1", nil, "2", nil])
            #expect(spread.rows[1][1] == "INFO x" && spread.rows[3][1] == "  Done.")
            let open = try TableRows("{\n \"a\": 1\n}\n{x\n{\n \"a\": 2\n}\n{y", ["a", "@message"], step: step)
            #expect(
                open.rows.map { $0[0] } == ["1", nil, "2", nil] && open.rows[1][1] == "{x" && open.rows[3][1] == "{y"
            )
        }
    }

    @Test
    func `events of CloudWatch Logs by themselves`() throws {
        let event = #"{"logStreamName":"s1","timestamp":1795798800123,"message":"m\n","ingestionTime":1,"eventId":"3"}"#
        let rows = try TableRows(event + "\n" + event + "\n", ["@timestamp", "@logStream", "@message"])
        #expect(rows.rows == Array(repeating: ["\(Self.time)", "s1", "m"], count: 2))
    }

    @Test(arguments: ["{\"a\":1,\"b\":\n{\"a\":2}\n{\"a\":3}\n", "{\"a\":1,\"b\":\"x\n{\"a\":2}\n{\"a\":3}\n"])
    func `a first line that is cut takes no other with it`(text: String) throws {
        #expect(try TableRows(text, ["a"]).rows == [["1"], ["2"], ["3"]])
    }

    @Test
    func `flow records as Firehose delivers them`() throws {
        let records = ["ACCEPT", "REJECT"].map { #"{"message":"\#(flow($0))"}"# }
        for text in [records.joined(), records.joined(separator: "\n")] {
            #expect(
                try TableRows(text, ["action", "srcAddr"]).rows == [["ACCEPT", "10.0.0.1"], ["REJECT", "10.0.0.1"]]
            )
        }
        // Other messages are fields of JSON.
        #expect(try TableRows(#"{"message":"hello"}"# + "\n", ["message"]).rows == [["hello"]])
    }

    @Test
    func `fields are found in those events that are objects`() throws {
        let rows = try TableRows("2026-11-27T17:00:00.123Z up\n{\"a\":1,\"ts\":1795798800.123}\n", ["@timestamp", "a"])
        #expect(rows.rows == [["\(Self.time)", nil], ["\(Self.time)", "1"]])
    }

    @Test
    func `whole numbers keep all their digits`() throws {
        let rows = try TableRows(
            #"{"a":12345678901234567890,"b":9007199254740991,"c":1e30,"d":-5,"#
                + #""e":-9007199254740993,"f":123456789012345678901,"g":9007199254740993.0}"# + "\n",
            ["a", "b", "c", "d", "e", "f", "g"]
        )
        #expect(
            rows.rows == [
                [
                    "12345678901234567890", "9007199254740991", "1e+30", "-5", "-9007199254740993",
                    "123456789012345678901", "9007199254740992",
                ]
            ]
        )
    }

    @Test
    func `flow logs as aws logs tail prints them`() throws {
        let names = ["@timestamp", "@logStream", "srcAddr", "action", "@message"]
        let long = ["ACCEPT", "REJECT"].map { "2026-11-27T17:00:00+00:00 eni-0a-all \(flow($0))\n" }.joined()
        let rows = try TableRows(long, names)
        #expect(rows.rows.first == ["1795798800000", "eni-0a-all", "10.0.0.1", "ACCEPT", flow("ACCEPT")])
        let short = try TableRows("2026-11-27T17:00:00 \(flow("REJECT"))\n", names)
        #expect(short.rows == [["1795798800000", nil, "10.0.0.1", "REJECT", flow("REJECT")]])
    }

    @Test
    func `later versions without a header are told by their shape`() throws {
        let v5 = "vpc-1 subnet-1 i-1 2 IPv4 10.0.0.1 10.0.0.2 eu-west-1 euw1-az1 - - - AMAZON egress 8"
        let v7 = Array(repeating: "-", count: 10).joined(separator: " ")
        let rows = try TableRows("\(flow("REJECT")) \(v5) \(v7) BPA\n", ["rejectReason", "flowDirection", "ecsTaskId"])
        #expect(rows.rows == [["BPA", "egress", "-"]])
    }

    @Test
    func `what conversions write for nothing is the hyphen`() throws {
        let header = "srcaddr dstaddr srcport start end action\n"
        let rows = try TableRows(
            header + "None null null 1795798800 1795798860 -\n",
            ["srcAddr", "dstAddr", "srcPort"]
        )
        #expect(rows.rows == [["-", "-", "-"]])
    }

    @Test(arguments: [1, Int.max])
    func `says which lines could not be read`(step: Int) throws {
        // More than one block.
        let good = Array(repeating: flow("ACCEPT"), count: 4000).joined(separator: "\n")
        let text = "\(good)\ncut\n\(good)\n2 x\n\n\(flow("ACCEPT").dropLast(9))\n"
        let table = try TableRows(text, ["action"], step: step == 1 ? 100_000 : step)
        #expect(table.rows.count == 8000 && table.skipped == 3)
        #expect(table.skippedLines == "lines 4001, 8002 and 8004")
    }

    @Test
    func `counts events through all blocks`() throws {
        let message = #"{"timestamp":1795798800123,"ingestionTime":1,"message":"\#(flow("ACCEPT"))"}"#
        let list = Array(repeating: message, count: 5000) + [#"{"message":"cut"}"#, message]
        let table = try TableRows("{\"events\":[\(list.joined(separator: ","))]}", ["action"])
        #expect(table.rows.count == 5001 && table.skippedLines == "event 5001")
    }
}
