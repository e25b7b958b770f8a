import Diagnosis
import LogFormats
import RoadblockCore
import Testing

/// Who asked, in logs without TCP flags and between ports that say nothing.
struct PlainDirectionTests {
    /// Ports all over the range, the same in every run.
    private static func port(_ index: Int, from: Int = 1024) -> Int { from + (index * 7919 + 13) % (65_536 - from) }

    @Test(
        arguments: FlowLog.Order.allCases,
        [("203.0.113.9", 6), ("10.0.9.9", 6), ("203.0.113.9", 17), ("10.0.9.9", 17)]
    )
    func `a scan between high ports is one finding`(_ order: FlowLog.Order, _ asker: (address: String, number: UInt8)) {
        var log = FlowLog.healthy(flags: false)
        for index in 0..<220 {
            let way = "\(asker.address):\(Self.port(index, from: 32_768)) > 10.0.2.30:\(Self.port(index * 31 + 5))"
            log.add("09:00", way, .reject, after: Int64(index), lasting: 1, packets: 1, bytes: 44, number: asker.number)
        }
        let findings = log.findings(order)
        #expect(findings.map(\.judgement.verdict) == [.scan])
        #expect(findings.first?.targetPorts == 220 && findings.first?.attempts == 220)
    }

    @Test(arguments: ["203.0.113.9", "10.0.9.9"])
    func `a sweep of a high port is one finding`(_ scanner: String) {
        var log = FlowLog.healthy(flags: false)
        for index in 0..<300 {
            let way = "\(scanner):\(Self.port(index, from: 32_768)) > 10.0.\(index / 200).\(1 + index % 200):50051"
            log.add("09:00", way, .reject, after: Int64(index * 30), lasting: 1, packets: 1, bytes: 60)
        }
        let scan = log.findings().first
        #expect(log.findings().count == 1 && scan?.judgement.verdict == .scan)
        #expect(scan?.targetHosts == 300 && scan?.targetPorts == 1 && scan?.peakPerMinute == 2)
    }

    @Test
    func `answers of one high port are no sweep`() {
        var log = FlowLog.healthy(flags: false)
        for index in 0..<40 {
            let way = "10.0.2.30:30080 > 10.0.1.\(1 + index):\(Self.port(index, from: 49_152))"
            log.add("09:00", way, .reject, after: Int64(index * 10))
        }
        let findings = log.findings()
        #expect(findings.count == 40)
        #expect(findings.allSatisfy { $0.destination.port == 30080 && $0.judgement.detail == .answerRejected })
    }

    @Test
    func `clients below 1024 are clients`() {
        var log = FlowLog.healthy(flags: false)
        for index in 0..<60 {
            log.add("09:00", "10.0.1.5:\(700 + index * 5) > 10.0.2.20:2049", .reject, after: Int64(index * 60))
        }
        #expect(log.findings().map(\.line) == ["rejected 10.0.1.5 > 10.0.2.20:2049 tcp"])
    }

    @Test
    func `a format without source ports tells the service`() {
        var log = FlowLog()
        for index in 0..<20 {
            log.add("09:00", "10.0.1.5 > 10.0.2.20:50051", .reject, after: Int64(index * 60))
            log.changeLast {
                $0.sourcePort = nil
                $0.protocolNumber = nil
            }
        }
        #expect(log.findings().map(\.line) == ["rejected 10.0.1.5 > 10.0.2.20:50051 tcp"])
    }

    @Test(arguments: [true, false])
    func `without ports or sizes no refusal is taken for a late packet`(_ hasPorts: Bool) {
        var log = FlowLog()
        let way = hasPorts ? "10.0.1.5:40000 > 10.0.2.20:5432" : "10.0.1.5 > 10.0.2.20:5432"
        for index in 0..<24 {
            log.add("09:00", way, index < 4 ? .accept : .reject, after: Int64(index * 30))
            log.changeLast {
                $0.bytes = nil
                if !hasPorts { $0.sourcePort = nil }
            }
        }
        #expect(log.findings().map(\.attempts) == [20])
    }

    @Test(arguments: [60, 52])
    func `SYNs that are refused are no late packets, and FINs are`(_ size: Int) {
        var log = FlowLog.healthy(flags: false)
        log.addHealthy("09:00", "10.0.1.5:40000", "10.0.2.20:8443", flags: false)
        for index in 0..<6 where size == 52 || index < 3 {
            let way = "10.0.1.5:40000 > 10.0.2.20:8443"
            log.add("09:01", way, .reject, after: Int64(index * 60), packets: 1, bytes: size)
        }
        #expect(log.findings().map(\.line) == (size == 60 ? ["rejected 10.0.1.5 > 10.0.2.20:8443 tcp"] : []))
    }

    @Test
    func `silence until the end of the log is all one`() {
        var log = FlowLog.healthy(flags: false)
        log.addHealthy("08:00", "10.0.1.5:39000", "10.0.2.20:5432", flags: false)
        for index in 0..<30 {
            let way = "10.0.1.5:\(40_000 + index) > 10.0.2.20:5432"
            let packets = index % 3 == 0 ? 1 : 4
            log.add("08:30", way, .accept, after: Int64(index * 30), packets: packets, bytes: packets * 60)
        }
        let finding = log.findings().first
        #expect(finding?.judgement.detail == .oneWayClient && finding?.attempts == 30)
        #expect(finding?.lastSeen.rfc3339 == "2026-11-24T08:44:30Z")
        #expect(finding?.explanation.contains("without success since 08:30") == true)
    }

    @Test
    func `a service that a monitor keeps asking is no scan`() {
        var log = FlowLog.healthy(flags: false)
        for minute in 0..<30 {
            for host in 0..<20 {
                let way = "10.0.9.1:\(Self.port(minute * 20 + host, from: 32_768)) > 10.0.4.\(1 + host):9100"
                log.add("09:00", way, .reject, after: Int64(minute * 60 + host), lasting: 1, packets: 1, bytes: 60)
            }
        }
        let findings = log.findings()
        #expect(findings.count == 20 && findings.allSatisfy { $0.judgement.verdict == .rejected })
    }

    /// Ports of a pool that come again every few minutes: refused, or silent, from 09:00 on.
    @Test(arguments: [("refused", true), ("refused", false), ("silent", true), ("silent", false)])
    func `trouble begins in the middle of a pool of ports`(_ row: (kind: String, hasFlags: Bool)) {
        var log = FlowLog.healthy(flags: false)
        log.add("08:00", "10.0.9.9:50000 > 10.0.9.8:22", .reject, flags: 2, at: 3)
        for index in 0..<240 {
            let (client, server) = ("10.0.1.5:\(40_000 + index % 20)", "10.0.2.20:8443")
            let after = Int64(index * 30)
            if index < 120 {
                log.addHealthy("08:00", client, server, flags: row.hasFlags, after: after)
            } else {
                let action: FlowRecord.Action = row.kind == "refused" ? .reject : .accept
                let flags: UInt8? = row.hasFlags ? 2 : nil
                let way = "\(client) > \(server)"
                log.add("08:00", way, action, flags: flags, after: after, lasting: 10, packets: 3, bytes: 180)
            }
        }
        let finding = log.findings().first { $0.destination.port == 8443 }
        #expect(finding?.attempts == 120 && finding?.firstSeen.rfc3339 == "2026-11-24T09:00:00Z")
        #expect(finding?.explanation.contains("Accepted until 08:59") == true)
    }

    @Test
    func `refused answers of a server outside are no scan`() {
        var log = FlowLog()
        for index in 0..<40 {
            let way = "198.51.100.80:8883 > 10.0.1.5:\(Self.port(index, from: 32_768))"
            log.add("09:00", way, .reject, at: 2, after: Int64(index * 10))
        }
        #expect(log.findings().map(\.line) == ["rejected 10.0.1.5 > 198.51.100.80:8883 tcp"])
    }

    @Test
    func `refused answers to clients below 1024 are told as such`() {
        var log = FlowLog.healthy(flags: false)
        for index in 0..<40 {
            let (client, server) = ("10.0.1.5:\(600 + index * 7)", "10.0.2.20:2049")
            log.add("09:00", "\(client) > \(server)", .accept, after: Int64(index * 60))
            log.add("09:00", "\(server) > \(client)", .reject, after: Int64(index * 60 + 1))
        }
        #expect(log.findings().map(\.line) == ["return-blocked 10.0.1.5 > 10.0.2.20:2049 tcp"])
    }

    @Test
    func `a scan that begins anew is one scan`() {
        var log = FlowLog.healthy(flags: false)
        for round in 0..<15 {
            for port in 0..<60 {
                let way = "10.0.9.9:\(Self.port(round * 60 + port, from: 32_768)) > 10.0.2.20:\(20 + port * 13)"
                log.add("09:00", way, .reject, after: Int64(round * 240 + port), lasting: 1, packets: 1, bytes: 44)
            }
        }
        #expect(log.findings().map(\.judgement.verdict) == [.scan])
    }

    @Test
    func `the busiest minute is found in any order`() {
        var log = FlowLog()
        let way = { (index: Int) in "10.0.1.5:\(40_000 + index) > 10.0.2.20:5432" }
        for index in 0..<101 { log.add("09:10", way(index), .reject, flags: 2, after: Int64(index / 2), lasting: 1) }
        log.add("09:17", way(3), .reject, flags: 2)
        #expect(log.findings().map(\.peakPerMinute) == [101])
    }
}
