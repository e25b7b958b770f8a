import LogFormats
import RoadblockCore
import TestSupport
import Testing

/// Events inside of the JSON that programs put around them.
struct EnvelopeTests {
    private static let flow =
        "2 123456789012 eni-1 10.0.1.5 10.0.2.9 49152 8088 6 10 840 1764000000 1764000060 REJECT OK"
    private static func trail(_ name: String) -> String {
        #"{"eventTime":"2026-11-24T10:00:00Z","eventSource":"ec2.amazonaws.com","eventName":"\#(name)","awsRegion":"x","t":"]}"}"#
    }
    private static func quoted(_ text: String) -> String { text.replacing("\"", with: "\\\"") }

    /// Texts with the rows of `eventName` that they hold.
    static let trails: [(String, [String])] = [
        ("{\"Records\":[\(trail("A")),\(trail("B"))]}", ["A", "B"]),
        ("{ \"Records\" : [\n  \(trail("A")) ,\n  \(trail("B"))\n] }\n", ["A", "B"]),
        ("{\"Records\":[\(trail("A"))]}{\"Records\":[\(trail("B"))]}\n", ["A", "B"]),
        ("[\(trail("A")),\(trail("B"))]", ["A", "B"]),
        ("{\n\"eventName\":\"A\",\"awsRegion\":\"x\",\"eventSource\":\"s\"}\n{\n\"eventName\":\"B\"}\n", ["A", "B"]),
        ("{\"Events\":[{\"EventId\":\"1\",\"CloudTrailEvent\":\"\(quoted(trail("A")))\"}],\"NextToken\":\"n\"}", ["A"]),
        ("\(trail("A"))\n\(trail("B"))\n", ["A", "B"]),
    ]

    @Test("finds CloudTrail's events in files, answers, arrays and lines", arguments: trails)
    func cloudTrail(text: String, names: [String]) throws {
        for step in [Int.max, 50, 17] {
            let table = try TableRows(text, ["eventName"], step: step)
            #expect(table.formats == ["CloudTrail events"])
            #expect(table.rows.map { $0[0] } == names)
            #expect(table.notes.isEmpty && table.skipped == 0)
        }
    }

    @Test("takes a notification of S3 as the one event that it is")
    func notification() throws {
        let line = #"{"Records":[{"eventTime":"2026-11-24T10:00:00Z","eventName":"Put","s3":{"bucket":{"name":"b"}}}]}"#
        let table = try TableRows(line + "\n" + line + "\n", ["Records.0.s3.bucket.name"])
        #expect(table.rows == [["b"], ["b"]])
    }

    @Test("reads the results that the console saves")
    func savedResults() throws {
        let text = #"""
            [{"@timestamp":"2026-11-24 10:00:00.000","@message":"plain","@logStream":"s"},
            {"@timestamp":"2026-11-24 10:00:01.000","@message":{"a":1,"b":{"c":"x"}}}]
            """#
        let table = try TableRows(text, ["@timestamp", "@logStream", "@message", "b.c"])
        #expect(
            table.rows == [
                ["1795514400000", "s", "plain", nil],
                ["1795514401000", nil, #"{"a":1,"b":{"c":"x"}}"#, "x"],
            ]
        )
    }

    @Test("reads what subscriptions deliver, one payload behind the other")
    func subscription() throws {
        func payload(_ type: String, _ time: Int) -> String {
            #"{"messageType":"\#(type)","owner":"123456789012","logGroup":"flow-group","logStream":"eni-1-all","#
                + #""subscriptionFilters":["f"],"logEvents":[{"id":"1","timestamp":\#(time),"message":"\#(Self.flow)"}]}"#
        }
        let text = payload("DATA_MESSAGE", 5) + payload("CONTROL_MESSAGE", 6) + "\n" + payload("DATA_MESSAGE", 7)
        let table = try TableRows(text, ["@timestamp", "@log", "@logStream", "dstPort"])
        #expect(
            table.rows == [
                ["5", "123456789012:flow-group", "eni-1-all", "8088"],
                ["7", "123456789012:flow-group", "eni-1-all", "8088"],
            ]
        )
        #expect(table.notes.isEmpty && table.skipped == 0)
    }

    @Test("reads the results of queries: events, or rows of values")
    func results() throws {
        func cell(_ name: String, _ value: String) -> String { #"{"field":"\#(name)","value":"\#(value)"}"# }
        let events =
            "[[" + cell("@timestamp", "2026-11-24 00:00:00.000") + "," + cell("@message", Self.flow) + "],["
            + cell("@message", Self.flow) + "," + cell("@log", "1:g") + "]]"
        let table = try TableRows(#"{"status":"Complete","results":\#(events)}"#, ["@timestamp", "action", "@log"])
        #expect(table.rows == [["1795478400000", "REJECT", nil], ["1764000000000", "REJECT", "1:g"]])
        let rows =
            "[[" + cell("srcAddr", "10.0.0.1") + "," + cell("count(*)", "12") + "," + cell("id", "007") + ","
            + cell("@ptr", "x") + "],[" + cell("srcAddr", "10.0.0.2") + "]]"
        let values = try TableRows(
            #"{"results": \#(rows), "status": "Complete"}"#,
            ["srcAddr", "count(*)", "id", "@message"]
        )
        #expect(
            values.rows == [
                ["10.0.0.1", "12", "007", #"{"srcAddr":"10.0.0.1","count(*)":12,"id":"007"}"#],
                ["10.0.0.2", nil, nil, #"{"srcAddr":"10.0.0.2"}"#],
            ]
        )
    }

    @Test("keeps what is whole of an answer that is cut, and says so", arguments: trails.prefix(6))
    func cut(text: String, names: [String]) throws {
        let bytes = Array(text.utf8)
        for count in stride(from: 40, to: bytes.count, by: 3) {
            let part = Array(bytes.prefix(count))
            guard let table = try? TableRows([("cut", part)], ["eventName"], .given(.service(.cloudTrail))) else {
                continue
            }
            let found = table.rows.compactMap { $0[0] }
            #expect(names.starts(with: found))
        }
        #expect(
            try TableRows("{\"Records\":[\(Self.trail("A")),{\"eventName\":", ["eventName"]).notes == [
                "the JSON ends early"
            ]
        )
    }

    @Test("an event without a message is counted, the others are read")
    func withoutMessage() throws {
        let text = #"{"events":[{"timestamp":1,"message":"a"},{"timestamp":2},{"timestamp":3,"message":"b\n"}]}"#
        let table = try TableRows(text, ["@timestamp", "@message"])
        #expect(table.rows == [["1", "a"], ["3", "b"]] && table.skipped == 1)
    }

    @Test("reads on where JSON is nested deep")
    func deep() throws {
        let nest = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        let table = try TableRows(
            "{\"Records\":[{\"eventTime\":\"x\",\"n\":\(nest)},{\"eventTime\":\"y\"}]}",
            ["eventTime", "n.0.0"]
        )
        #expect(table.rows == [["x", nil], ["y", nil]])
    }
}
