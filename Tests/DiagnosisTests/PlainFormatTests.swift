import Diagnosis
import LogFormats
import RoadblockCore
import Testing

/// What is told of logs in the default format, which has no TCP flags.
struct PlainFormatTests {
    @Test(arguments: FlowLog.Order.allCases, ["203.0.113.9", "10.0.9.9"])
    func `a scan of ports from one port above is one finding`(_ order: FlowLog.Order, _ scanner: String) {
        var log = FlowLog()
        for index in 0..<220 {
            let way = "\(scanner):40000 > 10.0.3.9:\(3 + 297 * index)"
            log.add("08:00", way, .reject, after: Int64(2 * index), lasting: 1, packets: 1, bytes: 44)
        }
        let findings = log.findings(order)
        #expect(findings.map(\.judgement.verdict) == [.scan])
        #expect(findings.first?.targetPorts == 220 && findings.first?.isNoise == (scanner != "10.0.9.9"))
    }

    @Test(arguments: FlowLog.Order.allCases)
    func `a scan from a server's port is one finding`(_ order: FlowLog.Order) {
        var log = FlowLog()
        for index in 0..<600 {
            let way = "203.0.113.9:443 > 10.0.3.\(1 + index % 200):8088"
            log.add("08:00", way, .reject, after: Int64(6 * index), lasting: 1, packets: 1, bytes: 44)
        }
        #expect(log.findings(order).map(\.line) == ["scan 203.0.113.9 > *:8088 tcp noise"])
    }

    @Test(arguments: FlowLog.Order.allCases, [49_153, 8443, 8088])
    func `a refused service is one finding, whatever the ports of who asks`(_ order: FlowLog.Order, _ port: Int) {
        var log = FlowLog.healthy(flags: false)
        for index in 0..<24 {
            // Between them ports of well-known services, such as a load balancer uses too.
            let from = [3389, 8080, 1433][safe: index] ?? 1500 + 2700 * index
            log.add(
                "08:00",
                "10.0.0.10:\(from) > 10.0.2.30:\(port)",
                .reject,
                after: Int64(90 * index),
                packets: 3,
                bytes: 180
            )
        }
        let findings = log.findings(order)
        #expect(findings.map(\.line) == ["rejected 10.0.0.10 > 10.0.2.30:\(port) tcp"])
        #expect(findings.first?.attempts == 24)
    }

    @Test
    func `clients with one and the same port are no scan`() {
        var log = FlowLog()
        for index in 0..<20 { log.add("08:00", "10.0.1.\(index):40000 > 10.0.2.9:5432", .reject, after: Int64(index)) }
        #expect(log.findings().allSatisfy { $0.destination.port == 5432 && $0.judgement.verdict == .rejected })
        #expect(log.findings().count == 20)
    }

    @Test(arguments: [true, false])
    func `a late packet of an idle connection is no finding`(_ isAnswer: Bool) {
        var log = FlowLog.healthy(flags: false)
        log.addHealthy("08:10", "10.0.1.50:40003", "10.0.2.30:443", flags: false)
        let way = isAnswer ? "10.0.2.30:443 > 10.0.1.50:40003" : "10.0.1.50:40003 > 10.0.2.30:443"
        log.add("08:17", way, .reject, packets: 1, bytes: 40)
        #expect(log.findings().isEmpty)
    }

    @Test(arguments: [true, false])
    func `a connection that is cut off in the middle is told`(_ flags: Bool) throws {
        var log = FlowLog.healthy(flags: false)
        let (way, back) = ("10.0.1.50:40000 > 10.0.2.30:5432", "10.0.2.30:5432 > 10.0.1.50:40000")
        for minute in 0..<30 {
            log.add("08:00", way, .accept, flags: flags ? 0 : nil, after: Int64(60 * minute), packets: 9, bytes: 900)
            log.add("08:00", back, .accept, flags: flags ? 0 : nil, after: Int64(60 * minute), packets: 9, bytes: 900)
            log.add("08:30", way, .reject, flags: flags ? 0 : nil, after: Int64(60 * minute), packets: 2, bytes: 104)
        }
        let finding = try #require(log.findings().first)
        #expect(finding.line == "rejected 10.0.1.50 > 10.0.2.30:5432 tcp")
        #expect(finding.explanation.contains("Accepted until 08:29, refused since 08:30"))
    }

    @Test
    func `keep-alives behind a close are no finding`() {
        var log = FlowLog.healthy(flags: false)
        log.addHealthy("08:10", "10.0.1.50:40000", "10.0.2.30:5432")
        for minute in 0..<12 {
            log.add(
                "08:11",
                "10.0.1.50:40000 > 10.0.2.30:5432",
                .reject,
                flags: 0,
                after: Int64(75 * minute),
                packets: 1
            )
        }
        #expect(log.findings().isEmpty)
    }

    /// Conversations with packets and bytes each, and how many are undecided; more than one make a finding.
    @Test(arguments: [(10, 4, 240, 10), (1, 4, 240, 1), (10, 1, 60, 10), (10, 1, 52, 0), (10, 4, 4000, 0)])
    func `small packets that nobody answers are undecided`(
        _ row: (conversations: Int, packets: Int, bytes: Int, undecided: Int)
    ) {
        var log = FlowLog.healthy(flags: false)
        for index in 0..<row.conversations {
            let way = "10.0.5.6:\(50_000 + index) > 10.0.2.34:1433"
            log.add("08:05", way, .accept, after: Int64(60 * index), packets: row.packets, bytes: row.bytes)
        }
        let report = log.report()
        #expect(report.diagnosis.findings.first?.judgement.detail == (row.undecided > 1 ? .oneWayClient : nil))
        #expect(report.diagnosis.summary.undecided == row.undecided)
    }

    @Test(arguments: [2, 18] as [UInt8])
    func `a log of one direction is undecided`(_ flags: UInt8) {
        var log = FlowLog()
        for index in 0..<5 {
            let (client, server) = ("10.0.1.9:\(50_000 + index)", "10.0.2.2:443")
            let way = flags == 2 ? "\(client) > \(server)" : "\(server) > \(client)"
            log.add("08:00", way, .accept, flags: flags | 1, after: Int64(60 * index), packets: 9, bytes: 900)
        }
        let report = log.report()
        #expect(report.diagnosis.notes[0].contains { $0.hasPrefix("one-sided") })
        #expect(report.diagnosis.summary.undecided == 5 && report.diagnosis.summary.healthy == 0)
        #expect(report.diagnosis.hasUndecided)
    }

    @Test
    func `windows with lost records that follow each other are one time`() {
        var log = FlowLog.healthy(flags: false)
        for minute in 20..<30 { log.addWindow("08:\(minute)", .skipData, lasting: 59) }
        let note = log.report().diagnosis.notes[0].first { $0.contains("SKIPDATA") }
        #expect(note?.contains("10 windows") == true && note?.contains(": eni-2 08:20 to 08:29 UTC;") == true)
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
