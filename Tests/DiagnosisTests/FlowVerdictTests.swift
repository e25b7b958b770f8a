import Diagnosis
import LogFormats
import Packets
import RoadblockCore
import Testing

/// What each pattern of flow records is called.
struct FlowVerdictTests {
    private static let client = "10.0.1.5"
    private static let server = "10.0.2.9:5432"

    @Test(arguments: FlowLog.Order.allCases, [true, false])
    func `a refused request is rejected, once for each asker and service`(_ order: FlowLog.Order, _ flags: Bool) throws
    {
        var log = FlowLog.healthy(flags: flags)
        for index in 0..<6 {
            let way = "\(Self.client):\(50_000 + index) > \(Self.server)"
            // Accepted on its way out at the asker's interface, refused at the server's.
            log.add("08:00", way, .accept, flags: flags ? 2 : nil, at: 1, after: Int64(index * 60))
            log.add("08:00", way, .reject, flags: flags ? 2 : nil, at: 2, after: Int64(index * 60))
        }
        let report = log.report(order)
        #expect(report.diagnosis.findings.map(\.line) == ["rejected 10.0.1.5 > 10.0.2.9:5432 tcp"])
        let finding = try #require(report.diagnosis.findings.first)
        #expect(finding.attempts == 6 && finding.conversations == 6 && finding.packets == 12 && finding.bytes == 624)
        #expect(finding.peakPerMinute == 1)
        #expect(
            finding.firstSeen.rfc3339 == "2026-11-24T08:00:00Z" && finding.lastSeen.rfc3339 == "2026-11-24T08:05:00Z"
        )
        #expect(finding.whereText == "at interface eni-2 (security group or network ACL)")
        #expect(finding.message.contains("inbound rule for tcp/5432 from 10.0.1.5"))
        #expect(finding.lostBetween?.last == 0 && finding.lostBetween?.isReply == false)
        #expect(finding.evidence.allSatisfy { $0.unit == .line && $0.reference.frame > 1 })
        #expect(report.diagnosis.summary.healthy == 10 && report.diagnosis.summary.blocked == 6)
    }

    @Test
    func `a request that is refused on its way out names the sender's rules`() throws {
        var log = FlowLog.healthy()
        log.addHealthy("08:00", "\(Self.client):49000", "10.0.4.4:443")
        for index in 0..<3 {
            log.add("08:0\(index)", "\(Self.client):\(50_000 + index) > \(Self.server)", .reject, flags: 2, at: 1)
        }
        log.add("08:09", "\(Self.client):47000 > 10.0.4.4:443", .accept, flags: 3, at: 1)
        let finding = try #require(log.findings().first)
        #expect(finding.line == "rejected 10.0.1.5 > 10.0.2.9:5432 tcp")
        #expect(finding.message.contains("outbound rule for tcp/5432 to 10.0.2.9"))
    }

    @Test(arguments: FlowLog.Order.allCases, [true, false])
    func `an accepted request whose answer is refused is return-blocked`(_ order: FlowLog.Order, _ flags: Bool) throws {
        var log = FlowLog.healthy(flags: flags)
        for index in 0..<20 {
            let port = 50_000 + index
            log.add(
                "09:00",
                "\(Self.client):\(port) > \(Self.server)",
                .accept,
                flags: flags ? 2 : nil,
                after: Int64(index)
            )
            log.add(
                "09:00",
                "\(Self.server) > \(Self.client):\(port)",
                .reject,
                flags: flags ? 18 : nil,
                after: Int64(index)
            )
        }
        let findings = log.findings(order)
        #expect(findings.map(\.line) == ["return-blocked 10.0.1.5 > 10.0.2.9:5432 tcp"])
        let finding = try #require(findings.first)
        #expect(finding.attempts == 20)
        #expect(finding.lostBetween?.isReply == true)
        #expect(finding.message.contains("network ACL of the subnet of eni-2"))
        #expect(finding.message.contains("1024 to 65535"))
    }

    @Test
    func `a ping that comes back refused is return-blocked`() {
        var log = FlowLog.healthy(flags: false)
        log.add("09:00", "10.0.1.5 > 10.0.2.9", .accept, number: 1)
        log.add("09:00", "10.0.2.9 > 10.0.1.5", .reject, number: 1)
        #expect(log.findings().map(\.line) == ["return-blocked 10.0.1.5 > 10.0.2.9 icmp"])
    }

    @Test(arguments: [true, false])
    func `refused answers alone are one finding from asker to service`(_ flags: Bool) throws {
        var log = FlowLog()
        for index in 0..<30 {
            log.add("09:00", "\(Self.server) > \(Self.client):\(50_000 + index)", .reject, flags: flags ? 18 : nil)
        }
        let report = log.report()
        #expect(report.diagnosis.findings.map(\.line) == ["rejected 10.0.1.5 > 10.0.2.9:5432 tcp"])
        #expect(report.diagnosis.findings.first?.judgement.detail == .answerRejected)
        #expect(report.diagnosis.findings.first?.explanation.contains("rejected records only") == true)
        #expect(report.diagnosis.notes[0].contains { $0.hasPrefix("holds rejected records only") })
    }

    @Test(arguments: [1, 3])
    func `an accepted SYN without an answer is dropped`(_ packets: Int) throws {
        var log = FlowLog.healthy()
        log.add("08:10", "\(Self.client):50000 > \(Self.server)", .accept, flags: 2, at: 1, packets: packets)
        log.add("08:10", "\(Self.client):50000 > \(Self.server)", .accept, flags: 2, at: 2, packets: packets)
        log.add("08:12", "10.0.9.9:50000 > 10.0.9.8:22", .reject, flags: 2, at: 3)
        let finding = try #require(log.findings().first { $0.judgement.verdict == .dropped })
        #expect(finding.line == "dropped 10.0.1.5 > 10.0.2.9:5432 tcp")
        #expect(finding.attempts == 1 && finding.packets == packets)
        #expect(finding.judgement.confidence == (packets == 1 ? .weak : .strong))
        #expect(finding.whereText == "behind interfaces eni-1 and eni-2, or on the way back")
    }

    @Test
    func `an answer in a later window, late or early, is an answer`() {
        var log = FlowLog.healthy()
        log.add("08:10", "\(Self.client):50000 > \(Self.server)", .accept, flags: 2)
        log.add("08:11", "\(Self.server) > \(Self.client):50000", .accept, flags: 18)
        log.add("08:20", "\(Self.server) > \(Self.client):50001", .accept, flags: 18)
        log.add("08:21", "\(Self.client):50001 > \(Self.server)", .accept, flags: 2)
        for order in FlowLog.Order.allCases { #expect(log.findings(order).isEmpty) }
    }

    @Test
    func `silence means nothing without flags, or in the last window`() {
        var log = FlowLog.healthy()
        log.add("08:10", "\(Self.client):50000 > \(Self.server)", .accept, flags: nil)
        log.add("08:45", "10.0.3.7:51000 > 10.0.4.4:443", .accept, flags: 2)
        #expect(log.findings().isEmpty)
        log.add("08:45", "\(Self.client):50001 > 10.0.2.9:80", .accept, flags: 2)
        #expect(log.findings().map(\.line) == ["undecided 10.0.1.5 > 10.0.2.9:80 tcp"])
    }

    @Test(arguments: FlowLog.Order.allCases, [2, 3])
    func `one SYN repeated in every window is dropped, though the last is the log's last`(
        _ order: FlowLog.Order,
        _ windows: Int
    ) throws {
        var log = FlowLog()
        for window in 0..<windows {
            let after = Int64(window * 60)
            log.add(
                "08:10",
                "\(Self.client):50000 > \(Self.server)",
                .accept,
                flags: 2,
                after: after,
                packets: 1,
                bytes: 60
            )
        }
        let findings = log.findings(order)
        let finding = try #require(findings.first)
        #expect(findings.map(\.line) == ["dropped 10.0.1.5 > 10.0.2.9:5432 tcp"])
        #expect(finding.judgement == Judgement(.unansweredSYN, .likely) && finding.attempts == windows)
        #expect(finding.evidence.map(\.reference.frame) == [2, UInt32(windows + 1)])
    }

    /// Conversations of the last window of a log in which another pair of hosts gets answers.
    @Test func `a lone SYN in the last window is undecided, though the service answers others`() {
        var log = FlowLog.healthy()
        log.addHealthy("08:05", "10.0.3.9:49000", Self.server)
        log.add("08:45", "\(Self.client):50000 > \(Self.server)", .accept, flags: 2, packets: 1, bytes: 60)
        log.addHealthy("08:45", "10.0.3.7:42000", "10.0.4.4:443")
        let report = log.report()
        #expect(report.diagnosis.summary.undecided == 1 && report.diagnosis.findings.isEmpty)
    }

    static let lastWindow: [(ports: [Int], packets: Int, bytes: Int, isAnswered: Bool, expected: String?)] = [
        ([50_000], 1, 60, false, "undecided"), ([50_000, 50_001, 50_002], 1, 60, false, "dropped"),
        ([50_000], 3, 180, false, "dropped"), ([50_000, 50_001], 1, 60, true, nil), ([50_000], 3, 180, true, nil),
        ([50_000], 2, 120, false, "undecided"),
        // Sent more than SYNs: the answers are in the next window.
        ([50_000, 50_001], 9, 4000, false, nil),
    ]

    @Test(arguments: lastWindow)
    func `two SYNs in the last window are dropped, unless the service answers the asker`(
        _ row: (ports: [Int], packets: Int, bytes: Int, isAnswered: Bool, expected: String?)
    ) {
        var log = FlowLog.healthy()
        if row.isAnswered { log.addHealthy("08:05", "\(Self.client):49000", Self.server) }
        log.add("08:30", "10.0.9.9:50000 > 10.0.9.8:22", .reject, flags: 2, at: 3)
        for port in row.ports {
            let way = "\(Self.client):\(port) > \(Self.server)"
            log.add("08:45", way, .accept, flags: 2, packets: row.packets, bytes: row.bytes)
        }
        log.addHealthy("08:45", "10.0.3.7:42000", "10.0.4.4:443")
        let finding = log.findings().first { $0.source.address == IPAddress(parsing: Self.client) }
        #expect(finding?.judgement.verdict.rawValue == row.expected)
        if row.expected == "dropped" {
            #expect(finding?.judgement == Judgement(.unansweredSYN, .likely))
            #expect(finding?.attempts == row.ports.count)
        }
    }

    @Test
    func `silence of a log with one direction is undecided`() {
        var log = FlowLog()
        for index in 0..<5 { log.add("08:00", "10.0.3.7:\(50_000 + index) > 10.0.4.4:443", .accept, flags: 3) }
        log.add("08:00", "\(Self.client):50000 > \(Self.server)", .accept, flags: 2, packets: 4)
        log.add("08:30", "10.0.3.7:52000 > 10.0.4.4:443", .accept, flags: 3)
        #expect(log.findings().map(\.line) == ["undecided 10.0.1.5 > 10.0.2.9:5432 tcp"])
    }

    @Test
    func `a reset to an accepted SYN is refused`() throws {
        var log = FlowLog.healthy()
        for index in 0..<2 {
            log.add("08:10", "\(Self.client):\(50_000 + index) > \(Self.server)", .accept, flags: 2, packets: 1)
            log.add("08:10", "\(Self.server) > \(Self.client):\(50_000 + index)", .accept, flags: 4, packets: 1)
        }
        let finding = try #require(log.findings().first)
        #expect(finding.line == "refused 10.0.1.5 > 10.0.2.9:5432 tcp")
        #expect(finding.judgement.detail == .refusedRST)
        #expect(log.report().diagnosis.summary.refused == 2)
        #expect(finding.explanation.hasPrefix("The SYNs of 10.0.1.5 to 10.0.2.9"))
    }

    @Test
    func `one record is one in all sentences`() throws {
        var log = FlowLog()
        log.add("08:10", "\(Self.client):50000 > \(Self.server)", .accept, flags: 2, packets: 1)
        log.add("08:10", "\(Self.server) > \(Self.client):50000", .accept, flags: 4, packets: 1)
        log.add("08:20", "\(Self.client):50000 > 10.0.2.10:5432", .reject, flags: 2, packets: 1)
        let findings = log.findings()
        let refused = try #require(findings.first { $0.judgement.verdict == .refused })
        #expect(refused.explanation.hasPrefix("The SYN of 10.0.1.5 to 10.0.2.9, TCP port 5432, was accepted, and so"))
        #expect(refused.explanation.hasSuffix("No request of this asker succeeded there."))
        #expect(!refused.message.contains("In all"))
        let rejected = try #require(findings.first { $0.judgement.verdict == .rejected })
        #expect(rejected.explanation.contains("1 flow-log record says REJECT"))
    }

    @Test
    func `handshakes that both sides repeat are return-blocked`() {
        var log = FlowLog.healthy()
        log.add("08:10", "\(Self.client):50000 > \(Self.server)", .accept, flags: 2, packets: 4, bytes: 240)
        log.add("08:10", "\(Self.server) > \(Self.client):50000", .accept, flags: 18, packets: 5, bytes: 300)
        #expect(log.findings().map(\.line) == ["return-blocked 10.0.1.5 > 10.0.2.9:5432 tcp"])
    }

    @Test(arguments: [0, 1, 4, 5, nil])
    func `packets after the close are no finding`(_ flags: UInt8?) {
        var log = FlowLog.healthy(flags: flags != nil)
        log.addHealthy("08:10", "\(Self.client):50000", Self.server, flags: flags != nil)
        log.add("08:11", "\(Self.client):50000 > \(Self.server)", .reject, flags: flags)
        log.add("08:11", "\(Self.server) > \(Self.client):50000", .reject, flags: flags)
        let report = log.report()
        #expect(report.diagnosis.findings.isEmpty)
        #expect(report.diagnosis.summary.healthy == 11)
    }

    @Test
    func `refused packets without a SYN and without a past are undecided`() {
        var log = FlowLog.healthy()
        for index in 0..<6 { log.add("08:1\(index)", "\(Self.client):50000 > \(Self.server)", .reject, flags: 0) }
        #expect(log.findings().map(\.line) == ["undecided 10.0.1.5 > 10.0.2.9:5432 tcp"])
    }

    @Test
    func `the reason of a record is told`() throws {
        var log = FlowLog.healthy()
        log.add("08:10", "\(Self.client):50000 > \(Self.server)", .reject, flags: 2, reason: 1000)
        let finding = try #require(log.findings().first)
        #expect(finding.whereText.contains("Block Public Access"))
        #expect(finding.message.contains("Block Public Access"))
    }

    @Test
    func `the ends that packets name are told`() throws {
        var log = FlowLog.healthy()
        log.add("08:10", "10.0.1.20:50000 > \(Self.server)", .reject, flags: 2)
        log.changeLast { $0.packetSource = IPAddress(parsing: "10.9.0.7") }
        let finding = try #require(log.findings().first)
        #expect(finding.explanation.contains("come from 10.9.0.7"))
    }

    @Test
    func `two ports that say nothing are told apart by the accepted ones`() {
        var log = FlowLog()
        for index in 0..<20 {
            log.addHealthy("08:00", "10.0.1.5:\(33_000 + index * 1000)", "10.0.2.9:50051", flags: false)
        }
        for index in 0..<6 {
            log.add("08:30", "10.0.1.5:\(58_000 + index) > 10.0.2.9:50051", .reject, after: Int64(index))
        }
        #expect(log.findings().map(\.line) == ["rejected 10.0.1.5 > 10.0.2.9:50051 tcp"])
    }

    @Test
    func `accepted services are findings when all are wanted`() {
        let report = FlowLog.healthy().report(includesOpen: true)
        #expect(report.diagnosis.findings.map(\.line) == ["open 10.0.3.7 > 10.0.4.4:443 tcp"])
        #expect(report.diagnosis.summary.healthy == 10)
    }
}
