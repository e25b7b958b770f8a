import Diagnosis
import LogFormats
import Packets
import RoadblockCore
import Testing

/// What flow logs tell over time and over many records: changes, other ports, scans, strays, gaps.
struct FlowStoryTests {
    /// An application that asks once a minute, accepted or refused by the time.
    private static func addApplication(
        _ log: inout FlowLog,
        from begin: String,
        minutes: Int,
        flags: Bool,
        way: String = "10.0.1.5 > 10.0.2.9:5432",
        isRefused: (Int) -> Bool
    ) {
        let ends = way.split(separator: ">").map { String($0.filter { $0 != " " }) }
        for minute in 0..<minutes {
            let client = "\(ends[0]):\(40_000 + minute)"
            if isRefused(minute) {
                log.add(begin, "\(client) > \(ends[1])", .reject, flags: flags ? 2 : nil, after: Int64(minute * 60 + 5))
            } else {
                log.addHealthy(begin, client, ends[1], flags: flags, after: Int64(minute * 60 + 5))
            }
        }
    }

    @Test(arguments: FlowLog.Order.allCases, [true, false])
    func `an application that worked until a moment is told to the minute`(_ order: FlowLog.Order, _ flags: Bool) throws
    {
        var log = FlowLog()
        Self.addApplication(&log, from: "12:00", minutes: 240, flags: flags) { $0 >= 152 }
        let report = log.report(order)
        let finding = try #require(report.diagnosis.findings.first)
        #expect(report.diagnosis.findings.map(\.line) == ["rejected 10.0.1.5 > 10.0.2.9:5432 tcp"])
        #expect(finding.explanation.contains("Accepted until 14:31, refused since 14:32 (UTC)."))
        #expect(finding.message.contains("Accepted until 14:31, refused since 14:32 (UTC)."))
        #expect(finding.firstSeen.rfc3339 == "2026-11-24T14:32:05Z")
        #expect(finding.attempts == 88 && finding.peakPerMinute == 1)
        #expect(report.diagnosis.summary.healthy == 152)
        let zone = DiagnosisReport.Clock(zone: "Asia/Tokyo") { _ in 9 * 3600 }
        let local = try #require(log.report(order, clock: zone).diagnosis.findings.first)
        #expect(local.message.contains("Accepted until 23:31, refused since 23:32 (Asia/Tokyo)."))
    }

    @Test(arguments: FlowLog.Order.allCases, [true, false])
    func `an application that was refused for a while works again`(_ order: FlowLog.Order, _ flags: Bool) throws {
        var log = FlowLog()
        Self.addApplication(&log, from: "08:00", minutes: 180, flags: flags) { (70...115).contains($0) }
        let finding = try #require(log.findings(order).first)
        #expect(
            finding.explanation.contains("Refused from 09:10 to 09:55, accepted before, and again since 09:56 (UTC).")
        )
    }

    @Test
    func `a ping tells the same, though it is one conversation all day`() throws {
        var log = FlowLog()
        for minute in 0..<180 {
            let isRefused = (70...115).contains(minute)
            log.add("08:00", "10.0.1.5 > 10.0.2.9", isRefused ? .reject : .accept, after: Int64(minute * 60), number: 1)
            guard !isRefused else { continue }
            log.add("08:00", "10.0.2.9 > 10.0.1.5", .accept, after: Int64(minute * 60), number: 1)
        }
        let finding = try #require(log.findings().first)
        #expect(finding.line == "rejected 10.0.1.5 > 10.0.2.9 icmp")
        #expect(
            finding.explanation.contains("Refused from 09:10 to 09:55, accepted before, and again since 09:56 (UTC).")
        )
        #expect(finding.attempts == 46)
    }

    @Test
    func `accepts and refusals by turns are called that`() throws {
        var log = FlowLog()
        Self.addApplication(&log, from: "08:00", minutes: 60, flags: true) { $0 % 3 == 0 }
        let finding = try #require(log.findings().first)
        #expect(finding.explanation.contains("40 other conversations were accepted there"))
    }

    @Test(arguments: FlowLog.Order.allCases)
    func `accepts and rejects in two inputs are joined`(_ order: FlowLog.Order) throws {
        var log = FlowLog()
        for minute in 0..<120 {
            let client = "10.0.1.5:\(40_000 + minute)"
            if minute < 60 {
                log.addHealthy("12:00", client, "10.0.2.9:5432", flags: false, after: Int64(minute * 60), input: 0)
            } else {
                log.add("12:00", "\(client) > 10.0.2.9:5432", .reject, after: Int64(minute * 60), input: 1)
            }
            log.add("12:00", "10.0.1.6:\(40_000 + minute) > 10.0.2.9:443", .accept, after: Int64(minute * 60), input: 0)
            log.add("12:00", "10.0.2.9:443 > 10.0.1.6:\(40_000 + minute)", .reject, after: Int64(minute * 60), input: 1)
        }
        let findings = log.findings(order)
        #expect(
            findings.map(\.line) == [
                "return-blocked 10.0.1.6 > 10.0.2.9:443 tcp", "rejected 10.0.1.5 > 10.0.2.9:5432 tcp",
            ]
        )
        #expect(findings.last?.explanation.contains("Accepted until 12:59, refused since 13:00 (UTC).") == true)
        #expect(findings.last?.evidence.contains { $0.reference.input == 1 } == true)
    }

    @Test
    func `the port on which the same asker is accepted is told`() throws {
        var log = FlowLog()
        Self.addApplication(&log, from: "08:00", minutes: 60, flags: true, way: "10.0.1.20 > 10.0.2.30:80") { _ in false
        }
        Self.addApplication(&log, from: "08:00", minutes: 60, flags: true, way: "10.0.1.20 > 10.0.2.30:8080") { _ in
            true
        }
        let finding = try #require(log.findings().first)
        #expect(finding.line == "rejected 10.0.1.20 > 10.0.2.30:8080 tcp")
        let text = "10.0.1.20 is accepted on port 80 of the same host"
        #expect(
            finding.explanation.contains(text) && finding.nextStep.hasPrefix(text) && finding.message.contains(text)
        )
    }

    @Test
    func `a load balancer that is refused by twenty hosts is no scan`() {
        var log = FlowLog()
        for host in 0..<20 {
            Self.addApplication(&log, from: "08:00", minutes: 20, flags: true, way: "10.0.1.20 > 10.0.2.\(host):80") {
                _ in
                false
            }
            Self.addApplication(&log, from: "08:00", minutes: 20, flags: true, way: "10.0.1.20 > 10.0.2.\(host):81") {
                _ in
                true
            }
        }
        #expect(log.findings().count == 20)
        #expect(log.findings().allSatisfy { $0.judgement.verdict == .rejected })
    }

    @Test(arguments: ["203.0.113.77", "10.0.9.9"], FlowLog.Order.allCases)
    func `a scan of one port is one finding with begin, end and rate`(_ source: String, _ order: FlowLog.Order) throws {
        var log = FlowLog()
        for index in 0..<720 {
            let way = "\(source):\(33_000 + index) > 10.0.2.\(index % 60):8088"
            log.add("08:00", way, .reject, flags: 2, after: Int64(index * 30), packets: 1, bytes: 40)
        }
        let report = log.report(order)
        let findings = report.diagnosis.findings
        let isOutside = source != "10.0.9.9"
        let headline = report.terminal(.utc, colored: false).prefix { $0 != "\n" }
        #expect(headline.contains("720 of scans from inside") == !isOutside)
        #expect(findings.map(\.line) == ["scan \(source) > *:8088 tcp" + (isOutside ? " noise" : "")])
        let scan = try #require(findings.first)
        #expect(scan.targetHosts == 60 && scan.targetPorts == 1 && scan.attempts == 720 && scan.peakPerMinute == 2)
        #expect(scan.firstSeen.rfc3339 == "2026-11-24T08:00:00Z" && scan.lastSeen.rfc3339 == "2026-11-24T13:59:30Z")
        #expect(scan.explanation.contains("2.0 a minute") && scan.explanation.contains("horizontal"))
    }

    @Test(arguments: [true, false])
    func `a scan of 220 ports is one finding`(_ flags: Bool) throws {
        var log = FlowLog()
        for port in 1...220 {
            log.add(
                "08:00",
                "198.51.100.7:45000 > 10.0.2.9:\(port)",
                .reject,
                flags: flags ? 2 : nil,
                after: Int64(port)
            )
        }
        let scan = try #require(log.findings().first)
        #expect(log.findings().map(\.line) == ["scan 198.51.100.7 > 10.0.2.9 tcp noise"])
        #expect(scan.targetPorts == 220 && scan.targetHosts == 1)
        #expect(scan.explanation.contains("vertical"))
    }

    @Test(arguments: [14, 15])
    func `fifteen hosts make a scan, fourteen do not`(_ hosts: Int) {
        var log = FlowLog()
        for host in 0..<hosts { log.add("08:00", "10.0.9.9:45000 > 10.0.2.\(host):22", .reject, flags: 2, packets: 1) }
        #expect((log.findings().first?.judgement.verdict == .scan) == (hosts == 15))
    }

    @Test
    func `an application that loses twenty hosts at once is no scan`() {
        var log = FlowLog()
        for host in 0..<20 {
            Self.addApplication(&log, from: "08:00", minutes: 20, flags: true, way: "10.0.1.5 > 10.0.2.\(host):5432") {
                $0 >= 10
            }
        }
        #expect(log.findings().count == 20)
        #expect(log.findings().allSatisfy { $0.explanation.contains("Accepted until 08:09, refused since 08:10") })
    }

    @Test
    func `strays of the internet are folded behind the operator's own trouble`() throws {
        var log = FlowLog()
        for index in 0..<900 {
            let source = "203.0.\(100 + index / 200).\(index % 200)"
            log.add(
                "08:00",
                "\(source):45000 > 10.0.2.\(index % 7):\(20 + index % 11)",
                .reject,
                flags: 2,
                after: Int64(index)
            )
        }
        log.add("08:05", "10.0.1.5:50000 > 10.0.2.9:5432", .reject, flags: 2)
        let report = log.report()
        #expect(
            report.diagnosis.findings.map(\.line) == [
                "rejected 10.0.1.5 > 10.0.2.9:5432 tcp", "rejected * > * tcp noise",
            ]
        )
        let strays = try #require(report.diagnosis.findings.last)
        #expect(strays.attempts == 900 && strays.conversations == 900)
        #expect(strays.targetHosts == 7 && strays.targetPorts == 11 && strays.peakPerMinute == 60)
        #expect(report.diagnosis.summary.noise == 900 && report.diagnosis.summary.blocked == 1)
    }

    @Test(arguments: [4, 5])
    func `up to four attempts of one outside are noise`(_ attempts: Int) {
        var log = FlowLog()
        for index in 0..<attempts { log.add("08:00", "203.0.113.9:\(45_000 + index) > 10.0.2.9:22", .reject, flags: 2) }
        #expect(log.findings().map(\.isNoise) == [attempts == 4])
    }

    @Test
    func `an interface's own public address is inside`() {
        var log = FlowLog()
        for index in 0..<5 { log.addHealthy("08:00", "198.51.100.\(index):40000", "203.0.113.9:443") }
        log.add("08:00", "203.0.113.9:50000 > 198.51.100.200:25", .reject, flags: 2)
        #expect(log.findings().map(\.line) == ["rejected 203.0.113.9 > 198.51.100.200:25 tcp"])
    }

    @Test(arguments: FlowLog.Order.allCases)
    func `one five-tuple at several times is several conversations`(_ order: FlowLog.Order) throws {
        var log = FlowLog()
        for hour in 8..<12 { log.addHealthy("\(hour):00", "10.0.1.5:40000", "10.0.2.9:5432") }
        log.add("12:00", "10.0.1.5:40000 > 10.0.2.9:5432", .accept, flags: 2)
        // Parts that belong together in whatever order they come: 13:00, 13:12, 13:24.
        log.add("13:24", "10.0.1.5:40000 > 10.0.2.9:5432", .accept, flags: 1)
        log.add("13:00", "10.0.2.9:5432 > 10.0.1.5:40000", .accept, flags: 18)
        log.add("13:12", "10.0.2.9:5432 > 10.0.1.5:40000", .accept, flags: 0)
        log.add("13:00", "10.0.1.5:40000 > 10.0.2.9:5432", .accept, flags: 2)
        log.add("13:12", "10.0.2.9:5432 > 10.0.1.5:40000", .accept, flags: 0)
        let report = log.report(order)
        #expect(report.diagnosis.findings.map(\.line) == ["dropped 10.0.1.5 > 10.0.2.9:5432 tcp"])
        #expect(report.diagnosis.findings.first?.attempts == 1)
        #expect(report.diagnosis.summary.conversations == 6 && report.diagnosis.summary.healthy == 5)
        #expect(report.diagnosis.notes[0].contains("1 copy of records left out"))
    }

    @Test
    func `copies of records count once`() {
        var log = FlowLog()
        for input in 0..<2 {
            log.add("08:00", "10.0.1.5:50000 > 10.0.2.9:5432", .reject, flags: 2, input: input)
            log.addHealthy("08:00", "10.0.1.6:50000", "10.0.2.9:443", input: input)
        }
        let report = log.report()
        #expect(report.diagnosis.findings.first?.attempts == 1)
        #expect(report.diagnosis.summary.conversations == 2)
        #expect(report.diagnosis.notes[0] == ["3 copies of records left out"])
    }

    @Test(arguments: [false, true])
    func `lost records weaken silence and are noted`(_ hasOthers: Bool) throws {
        var log = FlowLog()
        for index in 0..<10 {
            log.addHealthy("08:00", "10.0.3.7:\(41_000 + index)", "10.0.4.4:443", after: Int64(index * 300))
        }
        log.addWindow("08:10", .skipData)
        log.addWindow("08:20", .noData)
        log.add("08:10", "10.0.1.5:50000 > 10.0.2.9:5432", .accept, flags: 2, packets: 4)
        if hasOthers { log.addHealthy("08:20", "10.0.1.5:50001", "10.0.2.9:5432") }
        let report = log.report()
        #expect(
            report.diagnosis.notes[0].contains {
                $0.hasPrefix("1 window with SKIPDATA (AWS lost records): eni-2 08:10 to 08:11")
            }
        )
        #expect(report.diagnosis.findings.isEmpty == hasOthers)
        guard !hasOthers else { return }
        let finding = try #require(report.diagnosis.findings.first)
        #expect(finding.judgement.verdict == .dropped && finding.judgement.confidence == .weak)
        #expect(finding.explanation.contains("SKIPDATA"))
    }

    @Test
    func `a log of accepted records says so`() throws {
        var log = FlowLog()
        log.addHealthy("08:00", "10.0.3.7:41000", "10.0.4.4:443")
        log.add("08:00", "10.0.1.5:50000 > 10.0.2.9:5432", .accept, flags: 2, packets: 4)
        log.addHealthy("09:00", "10.0.3.7:41000", "10.0.4.4:443")
        let report = log.report()
        #expect(report.diagnosis.notes[0].contains { $0.hasPrefix("holds accepted records only") })
        #expect(report.diagnosis.findings.first?.judgement.confidence == .likely)
    }

    @Test
    func `what is let go in want of room is no evidence, and is said`() {
        var log = FlowLog()
        for index in 0..<300 {
            log.add(
                "08:00",
                "10.0.1.\(index % 200):\(40_000 + index) > 10.0.4.4:443",
                .accept,
                flags: 2,
                after: Int64(index / 10)
            )
        }
        let report = log.report(conversations: 100)
        #expect(report.diagnosis.findings.allSatisfy { $0.judgement.verdict == .undecided })
        #expect(report.diagnosis.notes[0].contains { $0.contains("were let go before 15 minutes had passed") })
    }

    @Test
    func `what is older than the pairing time makes room first`() {
        var log = FlowLog()
        for index in 0..<1000 {
            log.addHealthy("08:00", "10.0.1.5:\(40_000 + index)", "10.0.4.4:443", after: Int64(index * 20))
        }
        log.add("13:40", "10.0.1.5:50000 > 10.0.2.9:5432", .reject, flags: 2)
        let report = log.report(conversations: 100)
        #expect(report.diagnosis.findings.map(\.line) == ["rejected 10.0.1.5 > 10.0.2.9:5432 tcp"])
        #expect(report.diagnosis.summary.healthy == 1000)
        #expect(report.diagnosis.notes[0].isEmpty)
    }

    @Test
    func `findings behind the limit are counted`() {
        var log = FlowLog()
        for index in 0..<10 { log.add("08:00", "10.0.1.\(index):40000 > 10.0.4.4:443", .reject, flags: 2) }
        let report = log.report(limit: 4)
        #expect(report.diagnosis.findings.count == 4)
        #expect(report.leftOut == 6 && report.diagnosis.summary.blocked == 10 && report.diagnosis.hasBlocked)
    }

    @Test
    func `names stand beside addresses`() throws {
        var log = FlowLog()
        log.add("08:00", "10.0.1.5:40000 > 10.0.2.9:5432", .reject, flags: 2)
        let names = EndpointNames(address: { "\($0)" == "10.0.1.5" ? "web-1" : nil }, service: { _, _ in "postgresql" })
        let finding = try #require(log.report(names: names).diagnosis.findings.first)
        #expect(finding.source.name == "web-1" && finding.destination.name == nil)
        #expect(finding.message.contains("web-1 (10.0.1.5) could not reach 10.0.2.9, TCP port 5432 (postgresql)"))
    }
}

/// Reports that are put together.
struct ReportMergingTests {
    @Test
    func `findings of several reports are one list, with their inputs' own places`() {
        var small = FlowLog()
        small.add("08:00", "10.0.1.5:40000 > 10.0.2.9:5432", .reject, flags: 2)
        var large = FlowLog()
        for index in 0..<3 {
            large.add("08:00", "10.0.1.6:\(40_000 + index) > 10.0.2.9:443", .reject, flags: 2, input: 1)
        }
        large.addHealthy("08:00", "10.0.1.7:40000", "10.0.2.9:80")
        let report = DiagnosisReport.merging([(small.report(), [1]), (large.report(), [2, 0])], limit: 1000)
        #expect(report.inputs.map(\.records) == [3, 1, 2])
        #expect(report.diagnosis.findings.map(\.id) == [1, 2])
        #expect(report.diagnosis.findings.map(\.attempts) == [3, 1])
        #expect(report.diagnosis.findings.map { $0.evidence[0].reference.input } == [0, 1])
        #expect(report.diagnosis.findings.map { $0.lostBetween?.last } == [0, 1])
        #expect(report.diagnosis.summary.conversations == 5 && report.diagnosis.summary.healthy == 1)
    }
}
