import Diagnosis
import Packets
import RoadblockCore
import TestSupport
import Testing

@testable import Diagnosis

/// What is found where the logs of several devices on one way tell of the same.
struct SeveralDeviceTests {
    /// Lines of a host's own firewall, of an ASA, and of Suricata, each a device of its own.
    private func host(_ second: Int, _ port: Int, prefix: String = "[UFW BLOCK] ") -> String {
        "\(time(second))Z host kernel: \(prefix)IN=eth0 OUT= SRC=10.0.3.7 DST=10.0.1.5 LEN=60 PROTO=TCP SPT=\(port) DPT=23 SYN URGP=0"
    }

    private func edge(_ second: Int, _ port: Int, list: String = "outside_in") -> String {
        "<166>\(time(second))Z fw1 : %ASA-4-106023: Deny tcp src outside:10.0.3.7/\(port) dst inside:10.0.1.5/23 "
            + "by access-group \"\(list)\" [0x0, 0x0]"
    }

    private func sensor(_ second: Int, _ port: Int) -> String {
        #"{"timestamp":"\#(time(second)).5+0000","host":"ids","in_iface":"eth9","event_type":"alert","src_ip":"10.0.3.7","src_port":\#(port),"#
            + #""dest_ip":"10.0.1.5","dest_port":23,"proto":"TCP","alert":{"action":"blocked","signature_id":5,"signature":"no telnet"}}"#
    }

    private func flow(_ second: Int, _ ends: String, _ action: String) -> String {
        let start = 1_795_489_200 + second
        return "2 123456789012 eni-1 \(ends) 6 1 60 \(start) \(start + 1) \(action) OK"
    }

    private func time(_ second: Int) -> String {
        let (minute, rest) = (second / 60, second % 60)
        return "2026-11-24T03:\(minute < 10 ? "0" : "")\(minute):\(rest < 10 ? "0" : "")\(rest)"
    }

    private func log(_ lines: String...) -> String { lines.joined(separator: "\n") + "\n" }

    /// The one finding of some logs, whose `lostBetween` names the first of these.
    private func finding(_ logs: [String], _ order: [Int]) throws -> Finding {
        let report = try FirewallFindingTests().report(of: order.map { logs[$0] })
        try #require(report.diagnosis.findings.count == 1)
        let finding = report.diagnosis.findings[0]
        #expect(finding.lostBetween == .init(last: order.firstIndex(of: 0), missing: nil, isReply: false))
        return finding
    }

    static let both = [[0, 1], [1, 0]]
    static let all = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]

    @Test(arguments: both)
    func `of two devices the one that refused first is named, with its own rule`(order: [Int]) throws {
        let finding = try finding([log(edge(1, 4182)), log(host(400, 4190))], order)
        let blocker = finding.blockedBy
        #expect(blocker?.component == "fw1" && blocker?.type == "access-list" && blocker?.rule == "outside_in")
        #expect(finding.whereText == "at interface outside of fw1, by the rule \"outside_in\"")
        #expect(finding.attempts == 2 && finding.conversations == 2 && finding.evidence.count == 2)
        #expect(
            finding.explanation.hasSuffix(
                "1 log line says DROP at interface outside of fw1. The access list \"outside_in\" refused it. "
                    + "Interface eth0 of host says DROP as well (1 log line, the rule \"UFW BLOCK\")."
            )
        )
        #expect(
            finding.message.contains("In all 2 attempts") && finding.message.contains("the rule \"outside_in\" of fw1")
        )
    }

    @Test(arguments: both)
    func `more rules than are kept apart hide no device, and no refusal`(order: [Int]) throws {
        let many = (0..<9).map { edge(10 + $0, 4182, list: "r\($0)") } + (0..<4).map { edge(30 + $0, 4182, list: "r8") }
        let other = (0..<20).map { host(100 + $0, 4182) }
        let finding = try finding([log(other.joined(separator: "\n")), log(many.joined(separator: "\n"))], order)
        #expect(finding.blockedBy?.component == "host" && finding.blockedBy?.rule == "UFW BLOCK")
        #expect(
            finding.attempts == 20 && finding.explanation.contains("20 log lines say DROP at interface eth0 of host")
        )
        #expect(
            finding.explanation.contains("outside of fw1 says DROP as well (13 log lines, the rule \"r8\" and others)")
        )
    }

    @Test(arguments: all)
    func `of three devices the one with most refusals is named`(order: [Int]) throws {
        let finding = try finding(
            [
                log(host(500, 4182), host(600, 4183), host(700, 4184)), log(edge(1, 4185), edge(900, 4186)),
                log(sensor(2, 4187)),
            ],
            order
        )
        let blocker = finding.blockedBy
        #expect(blocker?.component == "host" && blocker?.type == "netfilter" && blocker?.rule == "UFW BLOCK")
        #expect(finding.whereText == "at interface eth0 of host, by the rule \"UFW BLOCK\"")
        #expect(finding.attempts == 6 && finding.explanation.contains("3 log lines say DROP at interface eth0 of host"))
        #expect(finding.explanation.contains("outside of fw1 says DROP as well (2 log lines, the rule \"outside_in\")"))
        #expect(finding.explanation.contains("of ids says DROP as well (1 log line, the rule \"no telnet\")"))
        let ofHost = finding.evidence.filter { Int($0.reference.input) == order.firstIndex(of: 0) }
        #expect(ofHost.map(\.reference.frame) == [1, 3] && ofHost.last?.what == "DROP of the request, the last of 3")
    }

    @Test(arguments: all)
    func `what several devices refuse of one connection is counted once`(order: [Int]) throws {
        let finding = try finding(
            [
                log(edge(1, 4182), edge(2, 4182), edge(4, 4182)), log(host(1, 4182), host(4, 4182)),
                log(sensor(1, 4182)),
            ],
            order
        )
        #expect(finding.attempts == 3 && finding.conversations == 1 && finding.packets == 3)
        #expect(finding.blockedBy?.component == "fw1" && finding.blockedBy?.rule == "outside_in")
    }

    @Test
    func `devices whose lines are in one file are told apart`() throws {
        func gate(_ second: Int, _ port: Int) -> String {
            host(second, port, prefix: "gate drop: ").replacing("Z host ", with: "Z gate ")
        }
        let finding = try finding([log(host(1, 4182), gate(2, 4190), host(3, 4191), gate(4, 4192), gate(5, 4193))], [0])
        #expect(finding.blockedBy?.rule == "gate drop" && finding.blockedBy?.component == "gate")
        #expect(finding.attempts == 5 && finding.evidence.map(\.reference.frame) == [1, 2, 5])
    }

    @Test
    func `of one device the rule that refused most is named`() throws {
        let finding = try finding(
            [log(edge(1, 4182, list: "old"), edge(2, 4190), edge(3, 4191), edge(9, 4192, list: "new"))],
            [0]
        )
        #expect(finding.blockedBy?.rule == "outside_in" && finding.attempts == 4)
        #expect(finding.explanation.contains("4 log lines say DROP at interface outside of fw1. The access list"))
        #expect(finding.explanation.contains("\"outside_in\" and others refused it"))
        #expect(!finding.explanation.contains("as well"))
    }

    @Test(arguments: both)
    func `a flow log's refusals and a host's are told apart`(order: [Int]) throws {
        let ends = "10.0.3.7 10.0.1.5"
        let finding = try finding(
            [log(host(700, 4182), host(800, 4183)), log(flow(3, "\(ends) 4190 23", "REJECT"))],
            order
        )
        #expect(finding.blockedBy?.component == "host" && finding.attempts == 3)
        #expect(finding.explanation.contains("Interface eni-1 says REJECT as well (1 flow-log record)"))
    }

    @Test(arguments: both)
    func `what an edge let pass and the host refused is told of both`(order: [Int]) throws {
        func passed(_ second: Int, _ port: Int) -> String {
            "<166>\(time(second))Z fw1 : %ASA-6-302014: Teardown TCP connection 7 for outside:10.0.3.7/\(port) to "
                + "inside:10.0.1.5/23 duration 0:00:00 bytes 64 TCP Reset-I"
        }
        let finding = try finding(
            [log(host(1, 4182), host(90, 4190)), log(passed(2, 4182), passed(91, 4190))],
            order
        )
        #expect(finding.line == "rejected 10.0.3.7 > 10.0.1.5:23 tcp" && finding.attempts == 2)
        #expect(finding.blockedBy?.component == "host" && finding.blockedBy?.rule == "UFW BLOCK")
        #expect(finding.explanation.hasSuffix("refused it. Interface outside of fw1 had let it pass."))
        #expect(finding.message.contains("Please check the rule \"UFW BLOCK\" of host"))
    }

    @Test(arguments: both)
    func `a host's reset that a flow log accepts is no sign of health`(order: [Int]) throws {
        let flows = [4182, 4190].enumerated().flatMap { index, port in
            [
                flow(1 + index * 90, "10.0.3.7 10.0.1.5 \(port) 23", "ACCEPT"),
                flow(1 + index * 90, "10.0.1.5 10.0.3.7 23 \(port)", "ACCEPT"),
            ]
        }
        let finding = try finding([log(host(1, 4182), host(91, 4190)), flows.joined(separator: "\n") + "\n"], order)
        #expect(finding.blockedBy?.component == "host" && finding.attempts == 2)
        #expect(finding.explanation.hasSuffix("refused it. Interface eni-1 had let it pass."))
    }
}
