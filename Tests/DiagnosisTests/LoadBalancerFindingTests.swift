import LogFormats
import Packets
import RoadblockCore
import TestSupport
import Testing

@testable import Diagnosis

/// What is found in access logs of Application and Classic Load Balancers.
struct LoadBalancerFindingTests {
    private static let balancer = "app/my-loadbalancer/50dc6c495c0c9188"

    private func report(_ texts: [String], includesOpen: Bool = false) throws -> DiagnosisReport {
        let sources = texts.enumerated().map { index, text in
            MergedFlowLogs.Source(
                name: "log-\(index)",
                choice: .automatic,
                isStream: true,
                open: { MemorySource(Array(text.utf8)) }
            )
        }
        let logs = try MergedFlowLogs(sources)
        var diagnoser = FlowDiagnoser(includesOpen: includesOpen)
        while try logs.next({ diagnoser.receive($0, input: $1) }) {}
        let inputs = logs.outcomes.map { outcome in
            var input = DiagnosisReport.Input(
                source: outcome.name,
                records: 0,
                skipped: outcome.skipped,
                start: nil,
                end: nil,
                damage: outcome.notes,
                notes: []
            )
            if outcome.isFirewallLog { input.kind = .firewallLog }
            return input
        }
        return diagnoser.finish(inputs: inputs) { logs.texts[$0] }
    }

    private func report(_ lines: String...) throws -> DiagnosisReport { try report([lines.joined(separator: "\n")]) }

    private func findings(_ lines: String...) throws -> [Finding] {
        try report([lines.joined(separator: "\n")]).diagnosis.findings
    }

    /// A line in the form of the guide's examples: seconds after 22:23, target, times, and both statuses.
    private func line(
        _ second: Int,
        _ target: String,
        _ times: String,
        _ statuses: String,
        client: String = "192.168.131.39:2817",
        took: Int = 0,
        actions: String = "forward",
        balancer: String = balancer
    ) -> String {
        func time(_ second: Int) -> String {
            "2018-07-02T22:\(23 + second / 60):\(second % 60 < 10 ? "0" : "")\(second % 60)"
        }
        return "https \(time(second)).186641Z \(balancer) \(client) \(target) \(times) \(statuses) 34 366 "
            + "\"GET https://www.example.com:443/a?b=c://d HTTP/1.1\" \"curl/7.46.0\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 "
            + "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "
            + "\"Root=1-58337262-36d228ad5d99923122bbe354\" \"-\" \"-\" 0 \(time(second - took)).186641Z \"\(actions)\" \"-\" \"-\" "
            + "\"\(target)\" \"-\" \"-\" \"-\" TID_1234abcd5678ef90"
    }

    private func fine(_ second: Int, _ target: String = "10.0.0.1:80") -> String {
        line(second, target, "0.000 0.001 0.000", "200 200")
    }

    @Test
    func `the examples of the guide are healthy, whoever answered them`() throws {
        // Elastic Load Balancing, "Access logs for your Application Load Balancer", "Example log entries".
        let tail =
            "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 \"Root=1-58337262\" "
        let head = "2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 "
        let http =
            "http \(head)192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 \"GET http://www.example.com:80/ HTTP/1.1\" "
            + "\"curl/7.46.0\" - - \(tail)\"-\" \"-\" 0 2018-07-02T22:22:48.364000Z \"forward\" \"-\" \"-\" \"10.0.0.1:80\" \"200\" \"-\" \"-\""
        let tls =
            "https \(head)192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 \"GET https://www.example.com:443/ HTTP/1.1\" "
            + "\"curl/7.46.0\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 \(tail)\"www.example.com\" \"arn:aws:acm:us-east-2:1:certificate/1\" 1 "
            + "2018-07-02T22:22:48.364000Z \"authenticate,forward\" \"-\" \"-\" \"10.0.0.1:80\" \"200\" \"-\" \"-\" TID_1"
        let second =
            "h2 \(head)10.0.1.252:48160 10.0.0.66:9000 0.000 0.002 0.000 200 200 5 257 \"GET https://10.0.2.105:773/ HTTP/2.0\" "
            + "\"curl/7.46.0\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 \(tail)\"-\" \"-\" 1 2018-07-02T22:22:48.364000Z \"redirect\" "
            + "\"https://example.com:80/\" \"-\" \"10.0.0.66:9000\" \"200\" \"-\" \"-\""
        let socket =
            "ws \(head)10.0.0.140:40914 10.0.1.192:8010 0.001 0.003 0.000 101 101 218 587 \"GET http://10.0.0.30:80/ HTTP/1.1\" \"-\" - - "
            + "\(tail)\"-\" \"-\" 1 2018-07-02T22:22:48.364000Z \"forward\" \"-\" \"-\" \"10.0.1.192:8010\" \"101\" \"-\" \"-\""
        let function =
            "http \(head)192.168.131.39:2817 - 0.000 0.001 0.000 200 200 34 366 \"GET http://www.example.com:80/ HTTP/1.1\" \"curl/7.46.0\" - - "
            + "\(tail)\"-\" \"-\" 0 2018-07-02T22:22:48.364000Z \"forward\" \"-\" \"-\" \"-\" \"-\" \"-\" \"-\""
        let failure =
            "http \(head)192.168.131.39:2817 - 0.000 0.001 0.000 502 - 34 366 \"GET http://www.example.com:80/ HTTP/1.1\" \"curl/7.46.0\" - - "
            + "\(tail)\"-\" \"-\" 0 2018-07-02T22:22:48.364000Z \"forward\" \"-\" \"LambdaInvalidResponse\" \"-\" \"-\" \"-\" \"-\""
        let report = try report(http, tls, second, socket, function, failure)
        #expect(report.diagnosis.findings.isEmpty)
        #expect(report.diagnosis.summary.healthy == 6 && report.diagnosis.summary.conversations == 6)
        #expect(report.inputs[0].kind == .firewallLog && report.inputs[0].records == 6 && report.inputs[0].skipped == 0)
        #expect(report.inputs[0].notes.contains { $0.contains("own security group") && $0.contains("flow logs") })
        #expect(report.inputs[0].notes.contains { $0.hasPrefix("1 request failed in the load balancer itself") })
    }

    @Test(arguments: [
        ("10.0.0.1:8080", "-1 -1 -1", "502 -", "refused * > 10.0.0.1:8080 tcp", Detail.refusedRST),
        ("[2001:db8::7]:8080", "0.001 -1 -1", "502 -", "refused * > 2001:db8::7:8080 tcp", .refusedRST),
        ("10.0.0.1:8080", "0.001 0.020 -1", "502 -", "reset * > 10.0.0.1:8080 tcp", .resetByServer),
        ("10.0.0.1:8080", "-1 -1 -1", "504 -", "dropped * > 10.0.0.1:8080 tcp", .unansweredSYN),
        ("10.0.0.1:8080", "0.001 -1 -1", "504 -", "dropped * > 10.0.0.1:8080 tcp", .unansweredSYN),
        ("-", "-1 -1 -1", "503 -", "undecided * > *:443 tcp", .oneWayClient),
        ("10.0.0.1:8080", "0.001 -1 -1", "460 -", "undecided * > *:443 tcp", .clientAbortedBeforeAnswer),
        ("-", "-1 -1 -1", "460 -", "undecided * > *:443 tcp", .clientAbortedBeforeAnswer),
    ])
    func `each status without one of the target has its reading`(
        _ row: (target: String, times: String, statuses: String, line: String, detail: Detail)
    ) throws {
        let found = try findings(fine(1), line(2, row.target, row.times, row.statuses), fine(3, "10.0.0.9:80"))
        #expect(found.map(\.line) == [row.line])
        let finding = try #require(found.first)
        #expect(finding.judgement.detail == row.detail && finding.evidence.map(\.reference.frame) == [2])
        #expect(finding.evidence.allSatisfy { $0.unit == .line } && !finding.isNoise)
        let named = finding.source.name ?? finding.destination.name
        #expect(named == Self.balancer && finding.source.port == nil)
        for text in [finding.explanation, finding.message] { #expect(text.contains(Self.balancer)) }
    }

    @Test(arguments: [
        ("10.0.0.1:80", "0.001 0.002 0.000", "502 502", "forward"),
        ("10.0.0.1:80", "0.001 0.002 0.000", "503 503", "forward"),
        ("10.0.0.1:80", "0.001 0.002 0.000", "403 403", "waf,forward"),
        ("10.0.0.1:80", "0.001 0.002 0.000", "404 404", "forward"),
        ("-", "-1 -1 -1", "301 -", "redirect"), ("-", "-1 -1 -1", "403 -", "waf,fixed-response"),
        ("-", "-1 -1 -1", "403 -", "fixed-response"), ("-", "-1 -1 -1", "400 -", "-"),
        ("-", "-1 -1 -1", "500 -", "waf-failed"), ("-", "-1 -1 -1", "561 -", "authenticate"),
        ("10.0.0.1:80", "0.001 0.002 0.000", "502 -", "forward"),
    ])
    func `a target's own errors, and the load balancer's, are no block`(
        _ row: (target: String, times: String, statuses: String, actions: String)
    ) throws {
        let report = try report(line(1, row.target, row.times, row.statuses, actions: row.actions))
        #expect(report.diagnosis.findings.isEmpty && report.diagnosis.summary.healthy == 1)
    }

    @Test
    func `thousands of clients are one finding for each target, and no scan or noise`() throws {
        var lines: [String] = []
        for index in 0..<600 {
            let client = "198.51.\(index / 200).\(index % 200 + 1):4000"
            lines.append(line(index / 10, "10.0.0.\(index % 20 + 1):8080", "-1 -1 -1", "504 -", client: client))
        }
        let report = try report([lines.joined(separator: "\n")])
        #expect(report.diagnosis.findings.count == 20)
        #expect(
            report.diagnosis.findings.allSatisfy {
                $0.judgement.verdict == .dropped && !$0.isNoise && $0.attempts == 30
            }
        )
        #expect(report.diagnosis.summary.blocked == 600 && report.diagnosis.summary.noise == 0)
    }

    @Test
    func `two load balancers in front of one target are two findings`() throws {
        let found = try findings(
            line(1, "10.0.0.1:80", "-1 -1 -1", "504 -"),
            line(2, "10.0.0.1:80", "-1 -1 -1", "504 -", balancer: "app/other/1")
        )
        #expect(Set(found.map(\.source.name)) == [Self.balancer, "app/other/1"])
        #expect(found.map(\.line) == Array(repeating: "dropped * > 10.0.0.1:80 tcp", count: 2))
    }

    @Test
    func `silence names the usual cause, and long waiting another one`() throws {
        let quick = try findings(line(1, "10.0.0.1:80", "-1 -1 -1", "504 -", took: 10))
        #expect(quick.first?.judgement == Judgement(.unansweredSYN, .likely))
        for text in [quick.first?.message, quick.first?.nextStep] {
            #expect(text?.contains("security group") == true && text?.contains("network ACL") == true)
        }
        let slow = line(70, "10.0.0.1:80", "0.001 -1 -1", "504 -", took: 60)
        #expect(try findings(slow).first?.judgement == Judgement(.unansweredRequest, .weak))
        #expect(try findings(slow).first?.explanation.contains("slow") == true)
        let both = try findings(line(1, "10.0.0.1:80", "-1 -1 -1", "504 -", took: 10), slow)
        #expect(both.count == 1 && both.first?.judgement.detail == .unansweredSYN && both.first?.attempts == 2)
        #expect(both.first?.explanation.contains("Some requests waited for longer") == true)
    }

    @Test
    func `what the target answered before is told, and cited`() throws {
        let bad = { (second: Int) in self.line(second, "10.0.0.1:80", "-1 -1 -1", "502 -") }
        let since = try #require(try findings(fine(1), fine(60), bad(130), bad(200)).first)
        #expect(since.explanation.contains("Accepted until 22:24, without success since 22:25 (UTC)."))
        #expect(since.evidence.map(\.reference.frame) == [2, 3, 4] && since.attempts == 2)
        let over = try #require(try findings(fine(1), bad(5), fine(9)).first)
        #expect(over.message.contains("It works again"))
        let mixed = try #require(try findings(fine(1), bad(5), fine(6), bad(7), fine(9)).first)
        #expect(mixed.explanation.contains("The target answered 3 other requests, also in between."))
        let wrong = (0..<4).map { line($0 * 50, "10.0.0.1:8081", "-1 -1 -1", "502 -") }
        let right = (0..<4).map { fine($0 * 50 + 1) }
        let port = try #require(try report([(wrong + right).joined(separator: "\n")]).diagnosis.findings.first)
        #expect(port.nextStep.contains("is accepted on port 80 of the same host"))
    }

    @Test
    func `what AWS WAF rejects is the client's, and noise where it is little of the internet`() throws {
        func rejected(_ second: Int, _ client: String, _ actions: String = "waf", _ status: String = "403 -") -> String
        {
            line(second, "-", "-1 -1 -1", status, client: client, actions: actions)
        }
        let found = try findings(
            rejected(1, "10.1.0.7:4000"),
            rejected(2, "10.1.0.7:4001"),
            rejected(3, "203.0.113.7:4002", "waf", "429 -")
        )
        #expect(found.map(\.line) == ["rejected 10.1.0.7 > *:443 tcp", "rejected 203.0.113.7 > *:443 tcp noise"])
        #expect(found.allSatisfy { $0.destination.name == Self.balancer && $0.blockedBy == nil })
        #expect(found.first?.whereText == "at the load balancer, by AWS WAF" && found.first?.attempts == 2)
        #expect(found.first?.judgement == Judgement(.rejected, .certain))
        #expect(found.first?.message.contains("web ACL") == true)
        let many = try report([(1...40).map { rejected($0, "203.0.113.\($0):4000") }.joined(separator: "\n")])
        #expect(many.diagnosis.findings.map(\.line) == ["rejected * > *:443 tcp noise"])
        #expect(many.diagnosis.findings.first?.destination.name == Self.balancer)
        #expect(many.diagnosis.summary.noise == 40)
    }

    @Test
    func `endpoints without an address have their name in every form of the report`() throws {
        let report = try report(line(1, "10.0.0.1:80", "-1 -1 -1", "502 -"), line(2, "-", "-1 -1 -1", "503 -"))
        let finding = report.diagnosis.findings[0]
        #expect(finding.title == "\(Self.balancer) to 10.0.0.1 tcp/80")
        #expect(report.diagnosis.findings[1].title == "several sources to \(Self.balancer) tcp/443")
        #expect(finding.json.compact.contains(#""source":{"address":null,"port":null,"name":"\#(Self.balancer)"}"#))
        #expect(report.terminal(.utc, colored: false).contains("\(Self.balancer)  10.0.0.1 "))
        #expect(report.markdown(.utc).contains("## 1. refused: \(Self.balancer) to 10.0.0.1 tcp/80"))
        #expect(report.table.csv.contains("false,,,\(Self.balancer),10.0.0.1,80,,tcp"))
        let all = try self.report([fine(1)], includesOpen: true).diagnosis
        #expect(all.findings.map(\.line) == ["open * > 10.0.0.1:80 tcp"] && all.healthy == 1)
    }

    @Test
    func `a Classic Load Balancer's log names no instance that did not answer`() throws {
        func classic(_ second: Int, _ backend: String, _ times: String, _ statuses: String) -> String {
            "2015-05-13T23:39:0\(second).945958Z my-lb 192.168.131.39:2817 \(backend) \(times) \(statuses) 0 29 "
                + "\"GET http://www.example.com:80/ HTTP/1.1\" \"curl/7.38.0\" - -"
        }
        let report = try report(
            classic(1, "10.0.0.1:80", "0.000073 0.001048 0.000057", "200 200"),
            classic(2, "-", "-1 -1 -1", "504 0"),
            classic(3, "-", "-1 -1 -1", "503 0"),
            classic(4, "10.0.0.1:80", "0.001069 0.000028 0.000041", "- -"),
            classic(5, "10.0.0.2:80", "0.000086 -1 -1", "502 0")
        )
        let found = report.diagnosis.findings
        #expect(
            found.map(\.line) == [
                "refused * > 10.0.0.2:80 tcp", "dropped * > * tcp", "undecided * > *:80 tcp",
            ]
        )
        #expect(found[1].source.name == "my-lb" && found[1].destination.name == "an instance of my-lb")
        #expect(found[1].explanation.contains("does not tell which instance"))
        #expect(found[1].judgement.confidence == .weak && found[2].destination.name == "my-lb")
        #expect(report.diagnosis.summary.healthy == 2 && report.inputs[0].skipped == 0)
    }

    @Test
    func `a load balancer's log stands beside flow logs without touching what they say`() throws {
        let flows = """
            2 123456789012 eni-1 10.0.3.7 10.0.1.5 4182 22 6 9 900 1530570180 1530570200 ACCEPT OK
            2 123456789012 eni-1 10.0.3.7 10.0.1.5 4183 23 6 1 60 1530570181 1530570200 REJECT OK
            """
        let both = try report([line(1, "10.0.0.1:80", "-1 -1 -1", "504 -"), flows])
        #expect(
            both.diagnosis.findings.map(\.line) == [
                "rejected 10.0.3.7 > 10.0.1.5:23 tcp", "dropped * > 10.0.0.1:80 tcp",
            ]
        )
        #expect(both.inputs.map(\.kind) == [.firewallLog, .flowLog])
        #expect(both.inputs[1].notes.isEmpty && both.inputs[0].notes.count == 1)
    }

    @Test
    func `lines that cannot be read are counted, and named once`() throws {
        let cut = "http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.1"
        let odd = line(2, "10.0.0.300:80", "-1 -1 -1", "504 -")
        let report = try report(fine(1), cut, odd, "nothing of it", fine(3))
        #expect(report.diagnosis.findings.isEmpty && report.diagnosis.healthy == 2)
        #expect(report.inputs[0].skipped == 3 && report.inputs[0].damage == ["not read: lines 2, 3 and 4"])
    }

    @Test
    func `lines that were damaged anywhere do no harm`() throws {
        let good = Array(line(2, "[2001:db8::7]:80", "0.001 -1 -1", "504 -", took: 10, actions: "waf,forward").utf8)
        let odd: [UInt8] = Array("\"\\:/-[] \t.9~".utf8) + [0, 0xFF]
        for damage in 0..<good.count * 3 {
            let place = damage / 3
            var bytes = good
            switch damage % 3 {
            case 0: bytes[place] = odd[place % odd.count]
            case 1: bytes.remove(at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 40))
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let report = try report([([fine(1)] + [text, text] + [fine(3), fine(4)]).joined(separator: "\n")])
            let summary = report.diagnosis.summary
            let judged = summary.healthy + summary.blocked + summary.undecided + summary.noise
            #expect(judged == summary.conversations && summary.conversations + report.inputs[0].skipped == 5, "\(text)")
        }
    }

    @Test
    func `a log of a Network Load Balancer stays no evidence`() throws {
        let line =
            "tls 2.0 2026-11-24T08:51:42 net/my/c6e77e28c25b2234 g3d4b5e8bb8464cd 192.0.2.1:51341 10.0.0.5:443 5 2 98 246 "
            + "46 arn:cert serial ECDHE-RSA tlsv12 group a.example.com h2 - \"h2\" 2026-11-24T08:51:20"
        let failure = #expect(throws: Failure.self) { try self.report([line]) }
        #expect(failure?.message.contains("no evidence") == true && failure?.kind == .badInput)
    }
}
