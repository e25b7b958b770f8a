import LogFormats
import Packets
import RoadblockCore
import TestSupport
import Testing

@testable import Diagnosis

/// What is found in logs of firewalls and of transit gateways.
struct FirewallFindingTests {
    private func report(_ texts: String...) throws -> DiagnosisReport { try report(of: texts) }

    func report(of texts: [String]) throws -> DiagnosisReport {
        let sources = texts.enumerated().map { index, text in
            MergedFlowLogs.Source(
                name: "log-\(index)",
                choice: .automatic,
                isStream: true,
                clock: LogClock(now: 1_795_780_800_000),
                open: { MemorySource(Array(text.utf8)) }
            )
        }
        let logs = try MergedFlowLogs(sources)
        var diagnoser = FlowDiagnoser()
        while try logs.next({ diagnoser.receive($0, input: $1) }) {}
        let inputs = logs.outcomes.map {
            DiagnosisReport.Input(source: $0.name, records: 0, skipped: 0, start: nil, end: nil, damage: [], notes: [])
        }
        return diagnoser.finish(inputs: inputs) { logs.texts[$0] }
    }

    private func findings(_ texts: String...) throws -> [Finding] {
        try report(texts.joined(separator: "\n")).diagnosis.findings
    }

    private func netfilter(_ second: Int, _ ends: String, _ rest: String, prefix: String = "[UFW BLOCK] ") -> String {
        let time = "2026-11-24T03:00:\(second < 10 ? "0" : "")\(second)Z"
        return "\(time) web-1 kernel: \(prefix)IN=eth0 OUT= \(ends) LEN=60 PROTO=\(rest) URGP=0"
    }

    @Test
    func `a retried SYN is refused as often as it was logged, also within one second`() throws {
        let line = netfilter(1, "SRC=10.0.3.7 DST=10.0.1.5", "TCP SPT=4182 DPT=23 SYN")
        let found = try findings(line, line, netfilter(4, "SRC=10.0.3.7 DST=10.0.1.5", "TCP SPT=4182 DPT=23 SYN"))
        #expect(found.map(\.line) == ["rejected 10.0.3.7 > 10.0.1.5:23 tcp"])
        #expect(found.first?.attempts == 3 && found.first?.evidence.map(\.reference.frame) == [1, 3])
        #expect(found.first?.blockedBy?.rule == "UFW BLOCK" && found.first?.blockedBy?.component == "web-1")
        #expect(found.first?.whereText == "at interface eth0 of web-1, by the rule \"UFW BLOCK\"")
    }

    @Test
    func `the last packets of closed connections are no requests`() throws {
        let lines = (1...6).map { netfilter($0, "SRC=10.0.3.7 DST=10.0.1.5", "TCP SPT=443 DPT=4100\($0) ACK FIN") }
        let found = try findings(lines.joined(separator: "\n"))
        #expect(found.allSatisfy { !$0.judgement.verdict.isBlocked && $0.blockedBy == nil })
    }

    @Test
    func `several rules that refuse the same are told as several`() throws {
        let ends = "SRC=10.0.3.7 DST=10.0.1.5"
        let found = try findings(
            netfilter(1, ends, "TCP SPT=4182 DPT=23 SYN"),
            netfilter(9, ends, "TCP SPT=4190 DPT=23 SYN", prefix: "DROP b: ")
        )
        #expect(found.count == 1 && found.first?.explanation.contains("\" and others refused it") == true)
    }

    @Test
    func `what a prefix does not tell is not judged, and said`() throws {
        let report = try report(netfilter(1, "SRC=10.0.3.7 DST=10.0.1.5", "TCP SPT=4182 DPT=23 SYN", prefix: "seen: "))
        #expect(report.diagnosis.findings.isEmpty)
        #expect(report.inputs[0].notes.contains { $0.hasPrefix("1 records have no addresses or no action") })
    }

    @Test
    func `an alert about a packet of the server is a refusal of the one who asked`() throws {
        let alert =
            #"{"timestamp":"2026-11-24T03:00:01.5+0000","event_type":"alert","direction":"to_client","src_ip":"10.0.1.5","#
            + #""src_port":443,"dest_ip":"10.0.3.7","dest_port":41820,"proto":"TCP","alert":{"action":"blocked","signature":"no \"x\""}}"#
        let found = try findings(alert)
        #expect(found.map(\.line) == ["rejected 10.0.3.7 > 10.0.1.5:443 tcp"])
        #expect(found.first?.blockedBy?.rule == "no \"x\"")
    }

    @Test
    func `a rule's word on a connection holds, though its packets passed at first`() throws {
        let head =
            #"{"timestamp":"2026-11-24T03:00:0S.5+0000","src_ip":"10.0.3.7","src_port":41820,"dest_ip":"10.0.1.5","dest_port":443,"proto":"TCP","#
        let flow =
            head.replacing("0S", with: "01")
            + #""event_type":"flow","flow":{"pkts_toserver":4,"pkts_toclient":3},"tcp":{"tcp_flags_ts":"1b","tcp_flags_tc":"1b"}}"#
        let alert =
            head.replacing("0S", with: "02")
            + #""event_type":"alert","direction":"to_server","alert":{"action":"blocked","signature":"sni"}}"#
        #expect(try findings(flow, alert).map(\.line) == ["rejected 10.0.3.7 > 10.0.1.5:443 tcp"])
        #expect(try findings(flow).isEmpty)
    }

    @Test
    func `a firewall's log and a flow log are judged together`() throws {
        let flows = "2 123456789012 eni-1 10.0.3.7 10.0.1.5 4182 23 6 1 60 1795489201 1795489202 ACCEPT OK"
        let host = netfilter(1, "SRC=10.0.3.7 DST=10.0.1.5", "TCP SPT=4182 DPT=23 SYN")
        let found = try report(flows, host).diagnosis.findings
        #expect(found.map(\.line) == ["rejected 10.0.3.7 > 10.0.1.5:23 tcp"])
        #expect(found.first?.evidence.count == 2 && found.first?.blockedBy?.rule == "UFW BLOCK")
    }

    @Test
    func `a name that the DNS firewall blocks is refused by its rule group`() throws {
        func query(_ second: Int, _ name: String, _ action: String) -> String {
            #"{"version":"1.1","account_id":"1","region":"r","vpc_id":"vpc-1","query_timestamp":"2026-11-24T03:00:0\#(second)Z","query_name":"\#(name)","#
                + #""query_type":"A","query_class":"IN","rcode":"NOERROR","answers":[],"srcaddr":"10.0.3.7","srcport":"4000\#(second)","transport":"UDP","#
                + #""srcids":{"instance":"i-1"}\#(action)}"#
        }
        let blocked =
            #","firewall_rule_action":"BLOCK","firewall_rule_group_id":"rslvr-frg-1","firewall_domain_list_id":"rslvr-fdl-1""#
        let found = try findings(
            query(1, "bad.example.", blocked),
            query(2, "good.example.", ""),
            query(3, "bad.example.", blocked)
        )
        #expect(found.map(\.line) == ["rejected 10.0.3.7 > 169.254.169.253:53 udp"])
        #expect(found.first?.attempts == 2 && found.first?.blockedBy?.rule == "rslvr-frg-1")
        #expect(found.first?.explanation.contains("bad.example.") == true)
    }

    /// A record of a transit gateway, which lost so many packets without a route, by a blackhole, the MTU, and age.
    private func gateway(_ ends: String, _ lost: [Int], flags: Int, at second: Int = 0) -> String {
        let start = 1_795_489_200 + second
        return
            "6 TransitGateway 123456789012 tgw-1 tgw-attach-1 123456789012 123456789012 vpc-1 vpc-2 subnet-1 subnet-2 eni-1 eni-2 "
            + "use1-az1 use1-az2 tgw-attach-2 \(ends) 6 1 60 \(start) \(start + 50) OK IPv4 "
            + lost.map { "\($0)" }.joined(separator: " ") + " \(flags) us-east-1 ingress - -"
    }

    @Test(arguments: [
        ([3, 0, 0, 0], "unreachable", Detail.noRoute, "has no route to 10.2.0.9"),
        ([0, 3, 0, 0], "unreachable", Detail.noRoute, "is a blackhole"),
        ([0, 0, 3, 1], "stalled", Detail.pmtuBlackHole, "larger than"),
        ([0, 0, 0, 3], "unreachable", Detail.icmpTTLExceeded, "time to live"),
    ])
    func `what a transit gateway lost is blocked there`(
        _ row: (lost: [Int], verdict: String, detail: Detail, text: String)
    ) throws {
        let fine =
            gateway("10.1.0.5 10.2.0.8 40000 443", [0, 0, 0, 0], flags: 3) + "\n"
            + gateway("10.2.0.8 10.1.0.5 443 40000", [0, 0, 0, 0], flags: 19)
        let found = try findings(fine, gateway("10.1.0.5 10.2.0.9 40001 5432", row.lost, flags: 2, at: 9))
        #expect(found.map(\.line) == ["\(row.verdict) 10.1.0.5 > 10.2.0.9:5432 tcp"])
        let finding = try #require(found.first)
        #expect(finding.judgement.detail == row.detail && finding.explanation.contains(row.text))
        #expect(finding.whereText == "at tgw-attach-1 of tgw-1" && finding.evidence.map(\.reference.frame) == [3])
        #expect(finding.lostBetween == Finding.LostBetween(last: 0, missing: nil, isReply: false))
    }
}
