import RoadblockCore
import TestSupport
import Testing

@testable import LogFormats

/// Numbers that are the same in every run (splitmix64).
private struct SeededRandom {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

/// Lines of other firewalls, in all the shapes in which they come.
struct FirewallLogTests {
    /// What a record says, in short: `DROP tcp 10.0.0.1:1 > 10.0.0.2:23 rule "x"`.
    private static func text(_ record: FirewallRecord, _ block: LineBlock) -> String {
        if record.kind == .damaged { return "damaged" }
        if record.kind == .other, record.source == nil { return "other" }
        func end(_ address: IPAddress?, _ port: UInt16?) -> String {
            (address.map { "\($0)" } ?? "?") + (port.map { " \($0)" } ?? "")
        }
        let name = record.protocolNumber.map { ProtocolName.of($0) } ?? "?"
        let ends = "\(end(record.source, record.sourcePort)) > \(end(record.destination, record.destinationPort))"
        let rule = record.rule.isEmpty ? "" : " by \(block.text(record.rule))"
        let place = [record.interface, record.device].filter { !$0.isEmpty }.map { block.text($0) }
        return "\(record.action.word) \(name) \(ends)\(rule)"
            + (place.isEmpty ? "" : " at \(place.joined(separator: " of "))")
    }

    private func open(_ text: String, _ choice: FormatChoice = .automatic) throws -> OpenLogInput {
        // 27 November 2026.
        let clock = LogClock(now: 1_795_780_800_000)
        return try OpenLogInput(name: "test", source: MemorySource(Array(text.utf8)), choice: choice, clock: clock)
    }

    private func records(_ text: String) throws -> (texts: [String], records: [FirewallRecord], OpenLogInput, LineBlock)
    {
        let input = try open(text)
        let block = LineBlock()
        guard try input.fill(block) else { return ([], [], input, block) }
        input.split(block)
        input.count(block)
        let records = block.firewall.records
        return (records.map { Self.text($0, block) }, records, input, block)
    }

    private static let tuple = "SRC=10.0.3.7 DST=10.0.1.5 LEN=60 TOS=0x00 TTL=51 PROTO=TCP SPT=4182 DPT=23 SYN URGP=0"

    @Test(arguments: [
        (
            "Nov 24 03:00:01 web-1 kernel: [ 123.4] [UFW BLOCK] IN=eth0 OUT= ", "DROP", "UFW BLOCK", "eth0 of web-1",
            1_795_489_201
        ),
        (
            "<4>Nov  4 03:00:01 web-1 kernel: nft-drop: IN= OUT=eth1 ", "DROP", "nft-drop", "eth1 of web-1",
            1_793_761_201
        ),
        (
            "Dec 24 03:00:01 web-1 kernel: FINAL_REJECT: IN=a OUT=b ", "REJECT", "FINAL_REJECT", "a of web-1",
            1_766_545_201
        ),
        ("2026-11-24T03:00:01.5+0100 web-1 kernel: x IN=e OUT= ", "UNKNOWN", "x", "e of web-1", 1_795_485_601),
        (
            "Tue 2026-11-24 03:00:01 UTC web-1 kernel: [UFW ALLOW] IN=e OUT= ", "ACCEPT", "UFW ALLOW", "e of web-1",
            1_795_489_201
        ),
        (
            "<4>1 2026-11-24T03:00:01Z web-1 kernel - - - DENY-IN IN=e OUT= ", "DROP", "DENY-IN", "e of web-1",
            1_795_489_201
        ),
        (
            #"<4>1 2026-11-24T03:00:01.5Z web-1 kernel 0 ID [a@1 x="y \] z"][b@2 c="d"] DENY IN=e OUT= "#, "DROP",
            "DENY",
            "e of web-1", 1_795_489_201
        ),
        (
            #"<4>1 2026-11-24T03:00:01Z w.example kernel - - [timeQuality tzKnown="1"] [12.3] [UFW BLOCK] IN=e OUT= "#,
            "DROP", "UFW BLOCK", "e of w.example", 1_795_489_201
        ),
        ("Tue 2026-11-24 04:00:01 CET web-1 kernel: DROP IN=e OUT= ", "DROP", "DROP", "e of web-1", 1_795_489_201),
        ("Tue 2026-11-24 03:00:01 +03 web-1 kernel: DROP IN=e OUT= ", "DROP", "DROP", "e of web-1", 1_795_489_201),
        ("kern  :warn  : [Tue Nov 24 03:00:01 2026] DROP IN=e OUT= ", "DROP", "DROP", "e", 1_795_489_201),
        (
            "Tue Nov 24 03:00:01 2026 kern.warn kernel: [123.4] DROP wan in: IN=e OUT= ", "DROP", "DROP wan in", "e",
            1_795_489_201
        ),
        ("Nov 24 03:00:01 web-1 kernel: DROPIN=e OUT= ", "DROP", "DROP", "e of web-1", 1_795_489_201),
        ("1795489201.25 web-1 kernel: IN=e OUT= ", "UNKNOWN", "", "e of web-1", 1_795_489_201),
        ("[   12.345678] Shorewall:net2fw:DROP:IN=e OUT= ", "DROP", "Shorewall:net2fw:DROP", "e", 12),
        ("[Tue Nov 24 03:00:01 2026] DROP wan in: IN=e OUT= ", "DROP", "DROP wan in", "e", 1_795_489_201),
        ("[UFW BLOCK 2] IN=e OUT= ", "DROP", "UFW BLOCK 2", "e", nil as Int64?),
        ("Nov 24 03:00:01 ap DROP x IN=e OUT= ", "DROP", "DROP x", "e of ap", 1_795_489_201),
        ("2026-11-24T03:00:01Z ap ulogd[5]: DROP y IN=e OUT= ", "DROP", "DROP y", "e of ap", 1_795_489_201),
        ("[UFW AUDIT] IN=e OUT= ", "UNKNOWN", "UFW AUDIT", "e", nil as Int64?),
        ("kernel: policy ACCEPT or DROP IN=e OUT= ", "UNKNOWN", "policy ACCEPT or DROP", "e", nil),
    ])
    func `netfilter lines tell the rule by its prefix`(_ row: (String, String, String, String, Int64?)) throws {
        let (texts, records, _, _) = try records(row.0 + Self.tuple + "\n")
        let rule = row.2.isEmpty ? "" : " by \(row.2)"
        #expect(texts == ["\(row.1) tcp 10.0.3.7 4182 > 10.0.1.5 23\(rule) at \(row.3)"])
        #expect(records.first?.time.map { $0 / 1000 } == row.4)
        #expect(records.first?.tcpFlags == 2)
    }

    @Test
    func `the header inside of an ICMP error does not count`() throws {
        let line = "Nov 24 03:00:01 h kernel: DROP IN=e OUT= SRC=10.0.0.1 DST=10.0.0.2 LEN=56 PROTO=ICMP TYPE=3 CODE=1 "
        let (texts, _, input, _) = try records(
            line + "[SRC=10.0.0.2 DST=10.9.9.9 LEN=40 PROTO=TCP SPT=1 DPT=2 ]\n" + "Nov 24 03:00:01 h cron: IN\n"
        )
        #expect(texts == ["DROP icmp 10.0.0.1 > 10.0.0.2 by DROP at e of h", "other"])
        #expect(input.skipped == 0 && input.notes.contains("1 other line"))
    }

    @Test(arguments: [
        (
            "430003: EventPriority: Low, FirstPacketSecond: 2026-11-24T03:00:00Z, AccessControlRuleAction: Block, "
                + "SrcIP: 10.0.0.1, DstIP: 203.0.113.7, SrcPort: 4321, DstPort: 443, Protocol: tcp, "
                + "IngressInterface: inside, AccessControlRuleName: Deny web, InitiatorPackets: 1, ResponderPackets: 0",
            "DROP tcp 10.0.0.1 4321 > 203.0.113.7 443 by Deny web at inside of fw"
        ),
        (
            "430003: AccessControlRuleAction: Allow, SrcIP: 10.0.0.1, DstIP: 10.0.0.2, SrcPort: 4, DstPort: 443, "
                + "Protocol: tcp, ResponderPackets: 0",
            "ACCEPT tcp 10.0.0.1 4 > 10.0.0.2 443 at fw"
        ),
        ("430003: AccessControlRuleAction: Block, SrcIP: 10.0.0.1", "damaged"),
        (
            "106016: Deny IP spoof from (10.0.0.1) to 10.0.1.5 on interface outside",
            "DROP ? 10.0.0.1 > 10.0.1.5 at outside of fw"
        ),
        (
            "106001: Inbound TCP connection denied from 10.0.0.1/4 to 10.0.0.2/80 flags SYN  on interface outside",
            "DROP tcp 10.0.0.1 4 > 10.0.0.2 80 at outside of fw"
        ),
        (
            "106006: Deny inbound UDP from 10.0.0.1/4 to 10.0.0.2/53 on interface dmz",
            "DROP udp 10.0.0.1 4 > 10.0.0.2 53 at dmz of fw"
        ),
        (
            "106014: Deny inbound icmp src out:10.0.0.1 dst in:10.0.0.2 (type 8, code 0)",
            "DROP icmp 10.0.0.1 > 10.0.0.2 at out of fw"
        ),
        (
            "106015: Deny TCP (no connection) from 10.0.0.1/4 to 10.0.0.2/80 flags RST ACK  on interface inside",
            "DROP tcp 10.0.0.1 4 > 10.0.0.2 80 at inside of fw"
        ),
        (
            "106023: Deny tcp src out:2001:db8::1/4 dst in:2001:db8::2/80 by access-group \"a list\" [0x0, 0x0]",
            "DROP tcp 2001:db8::1 4 > 2001:db8::2 80 by a list at out of fw"
        ),
        (
            "106023: Deny protocol 50 src out:10.0.0.1 dst in:10.0.0.2 by access-group \"a\" [0x0, 0x0]",
            "DROP esp 10.0.0.1 > 10.0.0.2 by a at out of fw"
        ),
        (
            "106100: access-list acl permitted udp in/10.0.0.1(4)(LOCAL\\joe) -> out/10.0.0.2(53) hit-cnt 2 first hit [0x0, 0x0]",
            "ACCEPT udp 10.0.0.1 4 > 10.0.0.2 53 by acl at in of fw"
        ),
        (
            "710003: TCP access denied by ACL from 10.0.0.1/4 to outside:10.0.0.2/22",
            "DROP tcp 10.0.0.1 4 > 10.0.0.2 22 at outside of fw"
        ),
        (
            "302013: Built outbound TCP connection 9 for out:10.0.0.2/80 (10.0.0.2/80) to in:10.0.0.1/4 (192.0.2.1/4)",
            "ACCEPT tcp 10.0.0.1 4 > 10.0.0.2 80 at in of fw"
        ),
        (
            "302014: Teardown TCP connection 9 for out:10.0.0.2/80 to in:10.0.0.1/4000 duration 0:00:30 bytes 0 SYN Timeout",
            "DROP tcp 10.0.0.1 4000 > 10.0.0.2 80 at in of fw"
        ),
        ("106023: Deny tcp src out dst in", "damaged"), ("111008: User joe executed a command", "other"),
    ])
    func `Cisco messages tell who was refused`(_ row: (message: String, text: String)) throws {
        let good =
            "Nov 24 2026 10:00:00 fw : %ASA-4-106001: Inbound TCP connection denied from 10.0.0.1/4 to 10.0.0.2/80 flags SYN  on interface x"
        let (texts, records, _, _) = try records(good + "\n<166>Nov 24 2026 10:00:30 fw : %ASA-4-\(row.message)\n")
        #expect(texts.last == row.text)
        if row.message.hasPrefix("302014") {
            #expect(records.last?.time == 1_795_514_400_000 && records.last?.answer == FirewallRecord.Answer.none)
        }
    }

    @Test
    func `Azure's members come in any order, and tuples keep their lines`() throws {
        let tuples =
            "\"1542110377,10.0.0.4,10.0.0.5,35370,23,T,I,D,B,,,,\",\n\"1542110379,10.0.0.4,10.0.0.5,35371,24,U,O,A,E,1,60,2,90\""
        let sorted = """
            {"records": [{"category": "x", "properties": {"Version": 2, "flows": [{"flows": [{"flowTuples": [
            \(tuples)
            ], "mac": "000D3AF87856"}], "rule": "deny \\"all\\""}]}, "resourceId": "A/NETWORKSECURITYGROUPS/G",
            "time": "2018-11-13T12:00:35Z"}
            ]}
            {"records": [{"properties": {"flows": []}}]}
            """
        let (texts, records, input, block) = try records(sorted)
        #expect(texts[0] == "DROP tcp 10.0.0.4 35370 > 10.0.0.5 23 by deny \"all\" at 000D3AF87856 of G")
        #expect(texts[1] == "ACCEPT udp 10.0.0.4 35371 > 10.0.0.5 24 by deny \"all\" at 000D3AF87856 of G")
        #expect(records[1].packets == 3 && records[1].bytes == 150 && records[0].packets == nil)
        #expect(block.line(of: 0) == 2 && block.line(of: 1) == 3)
        #expect(records.count == 3 && input.skipped == 1)
    }

    @Test
    func `a sum of two directions that is too large is none`() throws {
        let most = Int.max
        let line =
            "Nov 27 17:00:54 fw %FTD-1-430003: AccessControlRuleAction: Block, SrcIP: 10.0.0.1, DstIP: 10.0.0.2, Protocol: tcp, "
            + "InitiatorPackets: \(most), ResponderPackets: \(most), InitiatorBytes: 5, ResponderBytes: 6\n"
        let table = try TableRows(line, ["action", "packets", "bytes"])
        #expect(table.rows == [["DROP", nil, "11"]])
    }

    @Test
    func `damaged records of Azure are counted, and what can be read is read`() throws {
        let good =
            #"{"properties":{"flows":[{"rule":"r","flows":[{"mac":"m","flowTuples":["1542110377,10.0.0.4,10.0.0.5,1,2,T,I,D"]}]}]}}"#
        let cut =
            #"{"properties":{"flows":[{"rule":"r","flows":[{"flowTuples":["1542110377,10.0.0.4,10.0.0.5,1,2,T,I,D","15"#
        let odd = good.replacing(",T,I,D", with: ",T")
        let (texts, _, input, _) = try records([good, cut, odd, good].joined(separator: "\n"))
        #expect(texts.filter { $0.hasPrefix("DROP") }.count == 3)
        #expect(input.skipped == 2)
    }

    @Test
    func `lists of Google's entries are read one by one, also several behind each other`() throws {
        let entry = { (port: Int) in
            """
            {
              "jsonPayload": {"connection": {"src_ip": "10.0.0.1", "src_port": \(port), "dest_ip": "10.0.0.2", "dest_port": 80,
                "protocol": 6}, "disposition": "DENIED", "rule_details": {"reference": "deny"}},
              "timestamp": "2026-11-24T03:00:01.25Z"
            }
            """
        }
        let (texts, records, input, block) = try records("[\n\(entry(1)),\n\(entry(2))\n]\n[]\n[\(entry(3))]\n")
        #expect(texts == (1...3).map { "DROP tcp 10.0.0.1 \($0) > 10.0.0.2 80 by deny" })
        #expect((0..<3).map { block.line(of: $0) } == [2, 7, 14])
        #expect(records[0].time == 1_795_489_201_250 && input.notes.isEmpty)
        let (cut, _, other, _) = try self.records("[\n\(entry(1)),\n\(entry(2).dropLast(9))")
        #expect(cut.count == 1 && other.notes == ["the JSON ends early"])
    }

    @Test
    func `events of Suricata tell both directions, and other events are none`() throws {
        let head =
            #"{"timestamp":"2026-11-24T03:00:01.5+0000","src_ip":"10.0.0.1","src_port":5,"dest_ip":"10.0.0.2","dest_port":80,"proto":"TCP","#
        let lines = [
            head
                + #""event_type":"alert","direction":"to_client","alert":{"action":"blocked","signature":"a \u00e9"}}"#,
            head + #""event_type":"drop","drop":{"reason":"rules","len":60}}"#,
            head + #""event_type":"alert","alert":{"action":"allowed","signature_id":7},"verdict":{"action":"drop"}}"#,
            head + #""event_type":"flow","flow":{"pkts_toserver":1,"pkts_toclient":0},"tcp":{"tcp_flags_ts":"02"}}"#,
            head
                + #""event_type":"flow","flow":{"pkts_toserver":1,"pkts_toclient":1},"tcp":{"tcp_flags_ts":"02","tcp_flags_tc":"14"}}"#,
            head + #""event_type":"http","http":{}}"#, head + "\"event_type",
        ]
        let (texts, records, input, _) = try records(lines.joined(separator: "\n"))
        let ends = "tcp 10.0.0.1 5 > 10.0.0.2 80"
        #expect(
            texts == [
                "DROP \(ends) by a é", "DROP \(ends)", "DROP \(ends)", "UNKNOWN \(ends)", "ACCEPT \(ends)",
                "UNKNOWN \(ends)", "damaged",
            ]
        )
        #expect(records[0].isReply && records[3].answer == FirewallRecord.Answer.none && records[4].answer == .reset)
        #expect(records[5].kind == .other && input.skipped == 1)
    }

    @Test
    func `a log of Windows has columns by its header, and events that were lost are no packets`() throws {
        let text = """
            #Version: 1.5
            #Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags path

            2026-11-24 03:00:01 DROP TCP fe80::1 fe80::2 5000 445 52 S RECEIVE
            2026-11-24 03:00:02 INFO-EVENTS-LOST - - - - - 5 - -
            2026-11-24 03:00:03 ALLOW 2 10.0.0.1 224.0.0.22 - - 0 - SEND
            2026-11-24 03:00:04 DROP TCP 10.0.0.1
            """
        let (texts, records, input, block) = try records(text.replacing("\n", with: "\r\n"))
        #expect(
            texts == ["DROP tcp fe80::1 5000 > fe80::2 445", "other", "ACCEPT igmp 10.0.0.1 > 224.0.0.22", "damaged"]
        )
        #expect(records[0].tcpFlags == 2 && records[0].direction == .ingress && records[2].direction == .egress)
        #expect(block.line(of: 0) == 4 && input.skipped == 1)
    }

    @Test
    func `columns of a Palo Alto log may be quoted and hold commas`() throws {
        let line =
            "1,2026/11/24 03:00:01,007,TRAFFIC,end,2305,2026/11/24 03:00:01,10.0.0.1,10.0.0.2,,,\"a, \"\"b\"\"\",,,app,"
            + "vsys1,trust,dmz,e1,e2,log,x,7,1,5000,445,0,0,0x0,tcp,"
        let rest = ",180,180,0,3,2026/11/24 03:00:00,0,any,0,1,0x0,a,b,0,3,0,aged-out"
        let lines = ["allow", "deny", "reset both", "drop ICMP"].map { line + $0 + rest }
        let (texts, records, _, _) = try records((lines + ["Domain,Receive Time,Serial,Type"]).joined(separator: "\n"))
        let ends = "tcp 10.0.0.1 5000 > 10.0.0.2 445 by a, \"\"b\"\" at e1 of 007"
        #expect(texts == ["ACCEPT \(ends)", "REJECT \(ends)", "RESET \(ends)", "DROP \(ends)", "other"])
        #expect(records[0].answer == FirewallRecord.Answer.none && records[0].time == 1_795_489_200_000)
    }

    @Test
    func `a conn log with commas between its columns is read as its header says`() throws {
        let text = """
            #separator ,
            #fields,ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,conn_state
            1795489201.5,10.0.0.1,8,10.0.0.2,0,icmp,OTH
            1795489201.5,10.0.0.1,5000,10.0.0.2,80,tcp,REJ
            1795489201.5,10.0.0.1,5000,10.0.0.2,80,tcp,XX
            """
        let (texts, records, input, _) = try records(text)
        #expect(texts == ["UNKNOWN icmp 10.0.0.1 > 10.0.0.2", "REJECT tcp 10.0.0.1 5000 > 10.0.0.2 80", "damaged"])
        #expect(records[1].answer == .reset && input.skipped == 1)
    }

    @Test(arguments: FirewallFormat.named.map(\.name))
    func `bytes that nobody wrote do no harm under any name`(_ name: String) throws {
        let format = try #require(FirewallFormat(named: name))
        var random = SeededRandom(7)
        let words = [
            "IN=", " OUT=", "SRC=", "[", "]", "{\"", "flowTuples", "\":[\"", ",", "\"", "%ASA-4-106023: ",
            "Deny tcp src ",
            ",TRAFFIC,", "Nov 24", " 10:00:00 ", "#fields\t", "\t", "\n", "\\", "99999999999999999999", ":", "/", "(",
            ")", "-",
        ]
        for _ in 0..<200 {
            let text = (0..<60).map { _ in words[Int(random.next() % UInt64(words.count))] }.joined()
            guard let input = try? open(text, .given(.firewall(format))) else { continue }
            let reader = FirewallRecordReader(input, format, FlowTexts())
            var record = FlowRecord(start: 0, end: 0, line: 0)
            while try reader.next(&record) { #expect(record.line > 0) }
        }
    }
}
