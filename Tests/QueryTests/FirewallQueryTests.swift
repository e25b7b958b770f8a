import LogFormats
import Query
import RoadblockCore
import Testing

/// Queries over logs of firewalls, by the names in common and by the logs' own.
struct FirewallQueryTests {
    private func rows(_ query: String, _ text: String) throws -> [String] {
        try AskedText(text: text).rows(query, separator: "|")
    }

    private static let netfilter =
        "2026-11-24T03:00:01Z web-1 kernel: [UFW BLOCK] IN=eth0 OUT= SRC=10.0.3.7 DST=10.0.1.5 LEN=60 TTL=51 PROTO=TCP "
        + "SPT=4182 DPT=23 SYN URGP=0"
    private static let eve =
        #"{"timestamp":"2026-11-24T03:00:01.5+0000","event_type":"alert","src_ip":"10.0.3.7","src_port":4182,"dest_ip":"10.0.1.5","#
        + #""dest_port":23,"proto":"TCP","alert":{"action":"blocked","signature":"a \"b\"","signature_id":7}}"#
    private static let azure =
        #"{"records":[{"time":"2026-11-24T03:00:00Z","category":"c","properties":{"Version":2,"flows":[{"rule":"deny","flows":["#
        + #"{"mac":"M","flowTuples":["1795489201,10.0.3.7,10.0.1.5,4182,23,T,I,D,B,,,,","1795489202,10.0.3.7,10.0.1.5,4182,22,T,I,A,E,1,60,2,90"]}]}]}}]}"#
    private static let zeek =
        "#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\tservice\n"
        + "1795489201.5\t10.0.3.7\t4182\t10.0.1.5\t23\ttcp\tREJ\t-\n"
    private static let cisco =
        "Nov 24 2026 03:00:01 fw : %ASA-4-106023: Deny tcp src out:10.0.3.7/4182 dst in:10.0.1.5/23 by access-group \"acl\""

    @Test(arguments: [
        (netfilter, "TTL, SRC, host, prefix", "51|10.0.3.7|web-1|[UFW BLOCK]"),
        (eve, "alert.signature, alert.signature_id, event_type", "a \"b\"|7|alert"),
        (azure, "flowState, macAddress, flowLogVersion, category", "B|M|2|c"),
        (zeek, "id.orig_h, conn_state, service", "10.0.3.7|REJ|"),
        (cisco, "messageId, severity, host", "106023|4|fw"),
    ])
    func `a log has the names in common and those of its own`(_ row: (text: String, own: String, values: String)) throws
    {
        let query = "fields src, srcPort, dst, dstPort, proto | filter dstPort = 23"
        #expect(try rows(query, row.text) == ["10.0.3.7|4182|10.0.1.5|23|tcp"])
        #expect(try rows("fields \(row.own) | filter dstPort = 23", row.text) == [row.values])
    }

    @Test
    func `what does not fit keeps its message`() throws {
        let text = Self.netfilter + "\nsomething else\n"
        #expect(try rows("fields @message | filter not ispresent(src)", text) == ["something else"])
        #expect(try rows("stats count(*) as n", text) == ["2"])
        #expect(try rows("fields raw | filter action = 'DROP'", text) == [Self.netfilter])
        #expect(
            try rows("stats sum(packetsReceived) as n by action | sort n desc | limit 1", Self.azure) == ["ACCEPT|2"]
        )
    }

    @Test(arguments: [
        (["src", "dst", "proto"], "srcAddr", "src"), (["src", "dst", "proto"], "protocol", "proto"),
        (["connection.dest_ip", "n"], "dstAddr", "connection.dest_ip"), (["srcAddr"], "source_ip", "srcAddr"),
        (["id.orig_h", "id.resp_h"], "srcAddr", "id.orig_h"),
    ])
    func `names of flow logs lead to those of other logs`(_ row: (known: [String], name: String, meant: String)) throws
    {
        let plan = try QueryPlan(QuerySyntax(parsing: "fields \(row.name)"))
        let notices = try QueryRun.check(plan, TableFields(known: row.known, isOpen: true), QuerySettings(now: 0))
        #expect(notices.map(\.message) == ["no row has a field `\(row.name)`: did you mean `\(row.meant)`?"])
    }
}
