import LogFormats
import RoadblockCore
import TestSupport
import Testing

struct FlowLogTests {
    private static let row =
        "2 123456789012 eni-1 10.0.1.5 10.0.2.9 49152 8088 6 10 840 1764000000 1764000060 REJECT OK"

    private func open(_ text: String, _ choice: FormatChoice = .automatic) throws -> OpenLogInput {
        try OpenLogInput(name: "test", source: MemorySource(Array(text.utf8)), choice: choice)
    }

    private func records(_ text: String, _ choice: FormatChoice = .automatic) throws -> ([FlowRecord], OpenLogInput) {
        let input = try open(text, choice)
        let reader = try FlowRecordReader(input, FlowTexts())
        var record = FlowRecord(start: 0, end: 0, line: 0)
        var all: [FlowRecord] = []
        while try reader.next(&record) { all.append(record) }
        return (all, input)
    }

    @Test("reads the default format with and without a header line")
    func defaultFormat() throws {
        let header = FlowLogField.defaultColumns.map(\.name).joined(separator: " ")
        for (text, line) in [
            (Self.row + "\n", 1), (header + "\n" + Self.row, 2), (header + "\r\n" + Self.row + "\r\n", 2),
        ] {
            let (records, input) = try records(text)
            let record = try #require(records.first)
            #expect(records.count == 1)
            #expect(record.line == line)
            #expect(record.start == 1_764_000_000 && record.end == 1_764_000_060)
            #expect(record.source == IPAddress(parsing: "10.0.1.5"))
            #expect(record.destination == IPAddress(parsing: "10.0.2.9"))
            #expect(record.destinationPort == 8088 && record.protocolNumber == 6)
            #expect(record.packets == 10 && record.bytes == 840)
            #expect(record.action == .reject && record.status == .ok && record.tcpFlags == nil)
            #expect(input.skipped == 0)
        }
    }

    @Test(arguments: [
        row.replacing(" 10 ", with: " x "), row.replacing("49152", with: "None"), row + " a b",
        row.replacing("10.0.1.5", with: "somewhere"), row.replacing("REJECT", with: "MAYBE"),
    ])
    func `a first record that is damaged is one of the default format`(text: String) throws {
        for choice in [FormatChoice.automatic, .flowLog] {
            let (records, input) = try records(text + "\n", choice)
            #expect(records.count == 1 && records[0].destinationPort == 8088 && input.skipped == 0)
        }
    }

    @Test
    func `reads the orders of AWS's examples`() throws {
        let v5 = """
            5 52.95.128.179 10.0.0.71 80 34210 6 1616729292 1616729349 IPv4 14 15044 123456789012 vpc-1 subnet-1 i-1 eni-1 \
            ap-southeast-2 apse2-az3 - - ACCEPT 19 52.95.128.179 10.0.0.71 S3 - - ingress OK
            """
        let v3 = """
            3 vpc-1 subnet-1 i-1 eni-1 123456789010 IPv4 52.213.180.42 10.0.0.62 43416 5001 52.213.180.42 10.0.0.62 6 568 8 \
            1566848875 1566848933 ACCEPT 2 OK
            """
        let names = ["srcAddr", "dstPort", "bytes", "flowDirection", "pktSrcAwsService", "tcpFlags"]
        #expect(try TableRows(v5 + "\n", names).rows == [["52.95.128.179", "34210", "15044", "ingress", "S3", "19"]])
        #expect(try TableRows(v3 + "\n", names).rows == [["52.213.180.42", "5001", "568", nil, nil, "2"]])
    }

    @Test
    func `numbers have 64 bits`() throws {
        let text = Self.row.replacing(" 840 ", with: " 18446744073709551615 ").replacing(
            " 10 ",
            with: " 18446744073709551616 "
        )
        let table = try TableRows(text + "\n", ["bytes", "packets"])
        #expect(table.rows == [["\(Double(UInt64.max))", nil]])
    }

    @Test("counts damaged lines, and reads the others")
    func damagedLines() throws {
        let bad = Self.row.replacing("1764000060", with: "tomorrow")
        let odd = Self.row.replacing(" ", with: "  ")
        let port = Self.row.replacing("8088", with: "99999").replacing("840", with: "many")
        let (records, input) = try records(
            [Self.row, bad, "half a line", odd, "", port, Self.row].joined(separator: "\n")
        )
        #expect(records.map(\.line) == [1, 4, 6, 7])
        #expect(input.skipped == 2)
        #expect(records[2].destinationPort == nil && records[2].bytes == nil && records[2].packets == 10)
    }

    @Test("reads windows without records, IPv6 and milliseconds")
    func otherRecords() throws {
        let empty = "2 123456789012 eni-1 - - - - - - - 1764000000 1764000060 - "
        let six = Self.row.replacing("10.0.1.5", with: "2001:db8::5").replacing("1764000000", with: "1764000000123")
        let (records, _) = try records([empty + "NODATA", empty + "SKIPDATA", six].joined(separator: "\n"))
        #expect(records.map(\.status) == [.noData, .skipData, .ok])
        #expect(records[0].source == nil && records[0].action == nil && records[0].packets == nil)
        #expect(records[2].source == IPAddress(parsing: "2001:db8::5") && records[2].start == 1_764_000_000)
    }

    @Test("takes a layout from the user, and points at a field that no flow log has")
    func givenLayout() throws {
        let layout = try FlowLogLayout(format: "${start} ${end} ${srcaddr} ${dstaddr} ${tcp-flags} ${action}")
        let (records, _) = try records("10 20 10.0.0.1 10.0.0.2 18 ACCEPT\n", .given(.flowLog(layout)))
        #expect(records.first?.tcpFlags == 18 && records.first?.action == .accept && records.first?.start == 10)
        let failure = #expect(throws: Failure.self) { try FlowLogLayout(format: "${start} ${dstprt}") }
        #expect(failure?.place?.span == SourceSpan(9, 18))
        #expect(failure?.suggestion == "did you mean `dstport`?")
    }

    @Test(
        "finds what a log is",
        arguments: [
            ("{\"a\":1}\n", "JSON lines"), ("some text\n", "text lines"), (row, "VPC flow log (14 columns)"),
            ("2025-02-25T12:25:04.000Z " + row, "VPC flow log (15 columns)"),
            ("version srcaddr dstaddr start end new-field\n", "VPC flow log (6 columns)"),
            ("{\"events\": [{\"timestamp\": 1, \"message\": \"\(row)\"}]}", "VPC flow log (14 columns)"),
        ]
    )
    func findsFormat(text: String, title: String) throws {
        #expect(try open(text).format.title == title)
    }

    @Test(
        "refuses what is no log",
        arguments: ["PAR1....", "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{1}\u{2}", "PK\u{3}\u{4}"]
    )
    func refuses(text: String) {
        #expect(throws: Failure.self) { try open(text) }
    }

    @Test("asks for the columns of a flow log that cannot be told")
    func unknownColumns() {
        let failure = #expect(throws: Failure.self) {
            try open("ACCEPT eni-1 10.0.0.1 10.0.0.2 1 2 3 4 5 OK\n")
        }
        #expect(failure?.code == "unknown-columns")
    }

    @Test("joins logs that were kept apart, by time")
    func mergesByTime() throws {
        func log(_ starts: [Int]) -> String {
            starts.map { Self.row.replacing("1764000000", with: String(1_764_000_000 + $0)) }.joined(separator: "\n")
        }
        let texts = [log([0, 200, 400, 600]), log([100, 300, 500]), log([250])]
        let merged = try MergedFlowLogs(
            texts.enumerated().map { index, text in
                .init(name: "\(index)", choice: .automatic, isStream: false) { MemorySource(Array(text.utf8)) }
            }
        )
        var order: [Int64] = []
        var interfaces: Set<String> = []
        while try merged.next({ record, _ in
            order.append(record.start - 1_764_000_000)
            interfaces.insert(merged.texts[record.interface])
        }) {}
        #expect(order == [0, 100, 200, 250, 300, 400, 500, 600])
        #expect(interfaces == ["eni-1"])
    }
}
