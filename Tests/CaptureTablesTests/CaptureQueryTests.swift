import CaptureTables
import Columns
import Diagnosis
import Foundation
import Inputs
import Packets
import Query
import RoadblockCore
import TestSupport
import Testing

/// Queries over the captures that ship with the program, against the display filters and the list of conversations.
struct CaptureQueryTests {
    static let sample = CaseCaptures.root.appending(path: "samples/captures/client.pcap").path

    private static func open(_ path: String) -> () throws(Failure) -> any ByteSource {
        { () throws(Failure) -> any ByteSource in try FileSource(path: path) }
    }

    /// The rows of a query as texts; nothing is an empty text.
    private func rows(
        _ query: String,
        of paths: [String] = [CaptureQueryTests.sample],
        conversations: Bool = false
    ) throws -> [[String]] {
        let scan = CaptureScan(paths.map { .init(name: $0, open: Self.open($0)) })
        let table: any RowTable =
            conversations
            ? ConversationRows(scan, profile: .v44) : PacketTable(scan, profile: .v44, zone: UTCZone())
        let names = conversations ? ConversationRows.fieldNames : PacketTable.fieldNames
        let plan = try QueryPlan(QuerySyntax(parsing: query))
        let fields = TableFields(known: names, isOpen: false, hasSeveral: !conversations)
        // Only one of the workers may read.
        let result = try QueryRun.run(plan, fields, table, QuerySettings(now: 0))
        let values = CellText(result.pool)
        return result.rows.map { row in row.map { values.text($0) ?? "" } }
    }

    /// Packets of the sample that a display filter selects.
    private func count(_ filter: String) throws -> Int {
        var filter = try DisplayFilter(filter, profile: .v44)
        var analyzer = TCPAnalyzer(profile: .v44)
        var clock = CaptureClock()
        let packet = Packet()
        let facts = PacketFacts()
        let capture = try MergedCapture([(Self.sample, Self.open(Self.sample))])
        var count = 0
        while let (frame, input) = try capture.next() {
            clock.advance(to: frame, facts)
            try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
                Decoder().decode(frame, bytes, into: packet)
                facts.take(packet, bytes)
                facts.hasSegment = analyzer.analyze(
                    packet,
                    bytes,
                    time: frame.time,
                    number: facts.number,
                    into: &facts.segment
                )
                if filter.selects(packet, bytes, facts) { count += 1 }
            }
        }
        return count
    }

    @Test
    func `repeated SYNs by service, most first`() throws {
        let found = try rows(
            "filter tcp.analysis.retransmission and tcp.flags.syn = 1 "
                + "| stats count(*) as n by ip.dst, tcp.dstport | sort n desc"
        )
        // Over IPv6 there is no `ip.dst`.
        #expect(
            Set(found) == [
                ["10.0.2.9", "5432", "12"], ["", "5432", "12"], ["10.0.2.30", "6379", "6"], ["10.0.2.99", "22", "3"],
                ["", "443", "2"],
            ]
        )
        #expect(found.map { Int($0[2]) ?? 0 } == found.map { Int($0[2]) ?? 0 }.sorted(by: >))
        #expect(
            found.reduce(0) { $0 + (Int($1[2]) ?? 0) }
                == (try count("tcp.analysis.retransmission && tcp.flags.syn == 1"))
        )
    }

    @Test(
        arguments: [
            ("tcp.flags.syn = 1", "tcp.flags.syn == 1"), ("tcp.flags.syn = 0", "tcp.flags.syn == 0"),
            ("not ispresent(tcp.flags.syn)", "!tcp"), ("tcp.dstport = 5432", "tcp.dstport == 5432"),
            ("ispresent(tcp.analysis.duplicate_ack)", "tcp.analysis.duplicate_ack"),
            ("tcp.analysis.retransmission = 1", "tcp.analysis.retransmission"),
            ("frame.len > 100 and udp = 1", "frame.len > 100 && udp"),
            ("ip.src = '10.0.1.5'", "ip.src == 10.0.1.5 && !(icmp.type == 3)"),
            ("ipv6.src = 'fd10:0:0:1::5'", "ipv6.src == fd10:0:0:1::5 && !(icmpv6.type == 1)"),
            ("icmp.type = 3 and ip.ttl = 64", "icmp.type == 3 && ip.ttl == 64"),
            ("tcp.time_relative > 0.5", "tcp.time_relative > 0.5"), ("ispresent(tcp.payload)", "tcp.payload"),
            ("tcp.flags = 2", "tcp.flags == 0x002"), ("eth.src like 'ee:33'", "eth.src contains ee:33"),
            // Fields of both ends: one value is enough, and `!=` wants that none is equal.
            ("tcp.port = 5432", "tcp.port == 5432"), ("5432 = tcp.port", "tcp.port == 5432"),
            ("tcp.port = '5432'", "tcp.port == 5432"), ("tcp.port != 5432", "tcp.port != 5432"),
            ("not (tcp.port = 5432)", "!(tcp.port == 5432)"), ("tcp.port in [443, 5432]", "tcp.port in {443, 5432}"),
            ("tcp.port not in [443, 5432]", "tcp && !(tcp.port in {443, 5432})"),
            ("tcp.port > 40000", "tcp.port > 40000"), ("tcp.port + 1 = 5433", "tcp.port == 5432"),
            ("tcp.srcport = tcp.port", "tcp"),
            ("tcp.port = 5432 or udp.port = 53", "tcp.port == 5432 || udp.port == 53"),
            ("udp.port = 53", "udp.port == 53"), ("ip.addr = '10.0.1.5'", "ip.addr == 10.0.1.5"),
            ("ip.addr != '10.0.2.9'", "ip.addr != 10.0.2.9"), ("ip.addr like '10.0.2.30'", "ip.addr == 10.0.2.30"),
            ("ip.addr not like '10.0.2.30'", "ip.addr != 10.0.2.30"), ("ip.addr like /2\\.9$/", "ip.addr == 10.0.2.9"),
            ("isIpv4InSubnet(ip.addr, '10.0.2.8/31')", "ip.addr == 10.0.2.8/31"),
            ("not isIpv4InSubnet(ip.addr, '10.0.2.8/31')", "!(ip.addr == 10.0.2.8/31)"),
            ("ipv6.addr = 'fd10:0:0:1::5'", "ipv6.addr == fd10:0:0:1::5"),
            ("eth.addr like 'ee:33'", "eth.addr contains ee:33"), ("ispresent(tcp.port)", "tcp"),
            ("if(tcp.port = 5432, 1, 0) = 1", "tcp.port == 5432"),
        ]
    )
    func `a condition keeps the packets that the display filter selects`(_ query: String, _ filter: String) throws {
        let wanted = try count(filter)
        #expect(try rows("filter \(query) | stats count(*)") == [["\(wanted)"]])
        #expect(wanted > 0 || query.contains("duplicate"), "\(filter) selects nothing")
    }

    @Test
    func `several values are one text where they are shown, grouped or counted`() throws {
        let shown = try rows("fields ip.addr, tcp.port, concat(tcp.port, '') | filter frame.number = 85")
        #expect(shown == [["10.0.1.5,10.0.2.30", "36200,6379", "36200,6379"]])
        let counted = try rows("stats sum(tcp.port = 5432), count_distinct(ip.addr)")
        #expect(counted[0][0] == "\(try count("tcp.port == 5432"))")
        let grouped = try rows("filter tcp.port = 6379 | stats count(*) by ip.addr | sort ip.addr")
        #expect(grouped.map { $0[0] } == ["10.0.1.5,10.0.2.30"])
    }

    @Test
    func `rows have the packet's time and its line`() throws {
        let found = try rows("fields @timestamp, @message, frame.number | filter frame.number = 85")
        #expect(found.count == 1)
        #expect(found[0][0] == "2026-11-25 01:33:03.508")
        #expect(found[0][1].hasPrefix("[TCP Retransmission] 36200 → 6379 [SYN] Seq=0"))
    }

    @Test
    func `all packets of several captures are rows, batch after batch`() throws {
        let found = try rows("stats count(*), max(frame.number)", of: Array(repeating: Self.sample, count: 12))
        #expect(found == [["\(218 * 12)", "\(218 * 12)"]])
    }

    @Test
    func `a field that no version has is missing`() throws {
        #expect(try rows("filter not ispresent(ip.nonsense) | stats count(*)") == [["218"]])
    }

    @Test
    func `conversations are rows with the columns of their list`() throws {
        let capture = try MergedCapture([(Self.sample, Self.open(Self.sample))])
        var lister = ConversationLister(profile: .v44, inputCount: 1)
        while let (frame, input) = try capture.next() {
            try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
                lister.receive(bytes, frame, input: input)
            }
        }
        lister.finish()
        var wanted: [String: Int] = [:]
        for listed in lister.finished { wanted["\(listed.verdict.rawValue) \(listed.row.state)", default: 0] += 1 }
        let found = try rows("stats count(*) as n by verdict, state", conversations: true)
        #expect(
            Dictionary(uniqueKeysWithValues: found.map { ("\($0[0]) \($0[1])", Int($0[2]) ?? 0) }) == wanted
        )
        let dropped = try rows(
            "filter server = '10.0.2.30' and serverPort = 6379 | fields @timestamp, @message, synCount, history, initialRTT",
            conversations: true
        )
        #expect(
            dropped == [["2026-11-25 01:33:02.489", "tcp 10.0.1.5:36200 → 10.0.2.30:6379 S0 dropped", "7", "S", ""]]
        )
    }
}
