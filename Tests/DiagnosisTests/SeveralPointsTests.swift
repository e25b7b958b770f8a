import Diagnosis
import Packets
import RoadblockCore
import TestSupport
import Testing

/// Captures of several points on a path: where packets were lost, whatever clocks and translators do.
struct SeveralPointsTests {
    typealias Point = SeveralPoints.Point
    typealias Packet = SeveralPoints.Packet

    static let near = Point(hops: 0)
    static let far = Point(hops: 2)
    static let tries = [1.0, 2, 4, 8]

    static func text(_ report: DiagnosisReport, swapped: Bool = false) -> [String] {
        report.diagnosis.findings.map { finding in
            let head = "\(finding.judgement.verdict.rawValue) \(finding.judgement.detail.rawValue)"
            guard let lost = finding.lostBetween else { return "\(head) null" }
            func place(_ index: Int?) -> String { index.map { "\(swapped ? 1 - $0 : $0)" } ?? "-" }
            return "\(head) [\(place(lost.last)), \(place(lost.missing))] \(lost.isReply ? "reply" : "request")"
        }
    }

    /// The ways in which a second point may see what the first does.
    static let views: [(name: String, point: Point)] = [
        ("plain", far),
        ("a clock 7.3 s ahead", Point(clock: 7.3, hops: 2)),
        ("a clock an hour behind", Point(clock: -3600, hops: 2)),
        ("a clock a day ahead", Point(clock: 86_400, hops: 2)),
        ("the client's address and port translated", Point(client: 0x0A00_0201, clientPort: 777, hops: 2)),
        ("the server's address and port translated", Point(server: 0x0A00_0299, serverPort: 8000, hops: 2)),
        (
            "both translated, a clock behind",
            Point(
                client: 0x0A00_0201,
                server: 0x0A00_0299,
                clientPort: 777,
                serverPort: 8000,
                clock: -1800,
                hops: 2
            )
        ),
        ("sequence numbers rewritten", Point(shift: 0x1234_5678, hops: 2)),
        ("the client's address translated, numbers rewritten", Point(client: 0x0A00_0201, shift: 0x1234_5678, hops: 2)),
    ]

    @Test(arguments: rows + losses, views.indices)
    func `tells where packets are lost`(_ row: Row, _ view: Int) throws {
        let point = Self.views[view].point
        let isTranslated = point.client != SeveralPoints.client || point.server != SeveralPoints.server
        // A router's or a stranger's own addresses stay what they are; the translated server's error would not.
        if isTranslated, row.name.contains("ICMP error of the server") { return }
        if point.shift != 0, row.name.contains("an ICMP error") { return }
        // The copies that both saw of the SYN have nothing in common any more.
        if point.shift != 0, isTranslated, row.name.contains("copies were lost") { return }
        // Nothing that both saw tells the name that a server has behind the translator, or the clock.
        if row.name.contains("another asker"), isTranslated { return }
        let other = SeveralPoints.healthy(0.2, clientPort: 38_000, otherServer: 0x0A00_0210)
        let healthy = row.hasHealthy ? SeveralPoints.healthy(0.5) : other
        let path = SeveralPoints(
            points: [Self.near, point],
            packets: (healthy + row.packets).sorted { $0.time < $1.time }
        )
        #expect(try Self.text(path.report()) == row.expected, "\(Self.views[view].name)")
        #expect(
            try Self.text(path.report(order: [1, 0]), swapped: true) == row.expected,
            "\(Self.views[view].name), swapped"
        )
    }

    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
    func `of three points names the two between which it is lost`(_ order: [Int]) throws {
        let points = [Self.near, Point(clock: 5, hops: 1), Point(clock: -70, hops: 2)]
        let first: [(packets: [Packet], last: Int, missing: Int?, isReply: Bool)] = [
            (SeveralPoints.syns(Self.tries, at: [0]), 0, 1, false),
            (SeveralPoints.syns(Self.tries, at: [0, 1]), 1, 2, false),
            (SeveralPoints.syns(Self.tries, at: [0, 1, 2]), 2, nil, false),
            (
                SeveralPoints.syns(Self.tries, at: [0, 1, 2]) + SeveralPoints.answers([1.01, 2.01, 4.01], at: [2]), 2,
                1,
                true
            ),
            (
                SeveralPoints.syns(Self.tries, at: [0, 1, 2]) + SeveralPoints.answers([1.01, 2.01, 4.01], at: [1, 2]),
                1,
                0, true
            ),
        ]
        for row in first + Self.laterLosses {
            let packets = SeveralPoints.healthy(0.5, at: [0, 1, 2]) + row.packets
            let report = try SeveralPoints(points: points, packets: packets.sorted { $0.time < $1.time })
                .report(order: order)
            let finding = try #require(report.diagnosis.findings.first)
            #expect(report.diagnosis.findings.count == 1)
            #expect(finding.lostBetween?.last.map { order[$0] } == row.last)
            #expect(finding.lostBetween?.missing.map { order[$0] } == row.missing)
            #expect(finding.lostBetween?.isReply == row.isReply)
        }
    }

    @Test
    func `says how far clocks are apart, and keeps the times of each input`() throws {
        let path = SeveralPoints(
            points: [Self.near, Point(clock: -3600, hops: 2)],
            packets: SeveralPoints.healthy(0.5) + SeveralPoints.syns(Self.tries, at: [0, 1])
        )
        let report = try path.report()
        #expect(
            report.inputs[1].notes == [
                "its clock is 3600.000 s behind that of client.pcap (from 1 exchange that both saw)"
            ]
        )
        let finding = try #require(report.diagnosis.findings.first)
        #expect(Set(finding.evidence.map(\.reference.input)) == [0, 1])
        for item in finding.evidence {
            let start = item.reference.input == 0 ? 1_700_000_000.0 : 1_699_996_400.0
            #expect((1..<9).contains(Double(item.reference.time.nanoseconds) / 1e9 - start))
        }
        // In the order of one clock the far SYN stands behind the first near one, not an hour before it.
        #expect(finding.evidence.prefix(2).map(\.reference.input) == [0, 1])
    }

    @Test
    func `says it in words`() throws {
        let healthy = SeveralPoints.healthy(0.5)
        func finding(_ packets: [Packet], _ point: Point = Self.far) throws -> Finding {
            let path = SeveralPoints(points: [Self.near, point], packets: healthy + packets)
            return try #require(path.report().diagnosis.findings.first)
        }
        let lost = try finding(SeveralPoints.syns(Self.tries, at: [0]))
        #expect(lost.whereText == "between client.pcap and server.pcap, on the way to 10.0.2.9")
        #expect(lost.explanation.contains("The SYN left 10.0.1.5 (it is in client.pcap) and never reached server.pcap"))
        #expect(lost.message.contains("never reached server.pcap"))
        #expect(lost.message.contains("devices between client.pcap and server.pcap, from 10.0.1.5 to 10.0.2.9"))
        let answered = try finding(
            SeveralPoints.syns(Self.tries, at: [0, 1]) + SeveralPoints.answers([1.01, 2.01, 4.01, 8.01], at: [1]),
            Point(client: 0x0A00_0201, clientPort: 777, hops: 2)
        )
        #expect(answered.whereText == "between server.pcap and client.pcap, on the way back to 10.0.1.5")
        #expect(
            answered.message.contains(
                "arrived at server.pcap and was answered there; the answer never reached client.pcap"
            )
        )
        #expect(answered.explanation.contains("in server.pcap it is 10.0.2.1:40777 to 10.0.2.9:443"))
        #expect(answered.source.address.map { "\($0)" } == "10.0.1.5")
        let silent = try finding(SeveralPoints.syns(Self.tries, at: [0, 1]))
        #expect(silent.whereText == "behind server.pcap, towards 10.0.2.9")
        #expect(silent.explanation.contains("The SYN arrived at server.pcap, and nothing answered there"))
    }

    /// Captures in which the second point cannot tell.
    @Test(arguments: [
        ("the other capture had ended", Point(hops: 2, end: 2), [31.0, 32, 34, 38], 60.0),
        ("the other capture had not begun", Point(hops: 2), [1.0, 2, 4, 8], 100.0),
    ])
    func `says nothing of a point that was not recording`(
        _ name: String,
        _ point: Point,
        _ times: [Double],
        _ healthy: Double
    ) throws {
        let path = SeveralPoints(
            points: [Point(hops: 0, end: 200), Point(hops: 2, end: max(point.end, healthy + 1))],
            packets: SeveralPoints.healthy(healthy == 60 ? 0.5 : healthy) + SeveralPoints.syns(times, at: [0])
        )
        var captures = [("client.pcap", path.capture(0)), ("server.pcap", path.capture(1))]
        if healthy == 60 { captures[1].1 = path.capture(1, part: 0..<3) }
        let report = try SeveralPoints.report(captures)
        #expect(Self.text(report) == ["dropped unanswered-syn null"], "\(name)")
    }

    @Test
    func `a second capture without a packet never saw the server`() throws {
        var empty = CaptureBytes()
        empty.fileHeader(link: 101)
        let path = SeveralPoints(points: [Self.near], packets: SeveralPoints.syns(Self.tries, at: [0]))
        let report = try SeveralPoints.report([("client.pcap", path.capture(0)), ("server.pcap", empty)])
        #expect(Self.text(report) == ["dropped unanswered-syn [0, -] request"])
        #expect(report.inputs[1].notes == [])
    }

    @Test
    func `points without a router between them are told apart by the way of what works`() throws {
        let bridge = [Point(hops: 1), Point(hops: 1, delay: 0.0001)]
        let path = SeveralPoints(
            points: bridge,
            packets: SeveralPoints.healthy(0.5) + SeveralPoints.syns(Self.tries, at: [0])
        )
        #expect(try Self.text(path.report()) == ["dropped unanswered-syn [0, 1] request"])
        let back = SeveralPoints(
            points: bridge,
            packets: SeveralPoints.healthy(0.5) + SeveralPoints.syns(Self.tries, at: [1])
        )
        #expect(try Self.text(back.report()) == ["dropped unanswered-syn [1, -] request"])
    }

    @Test
    func `a ring of files is one point`() throws {
        let path = SeveralPoints(
            points: [Self.near, Point(clock: 30, hops: 2)],
            packets: SeveralPoints.healthy(0.5) + SeveralPoints.syns(Self.tries, at: [0, 1])
                + SeveralPoints.answers([1.01, 2.01, 4.01, 8.01], at: [1])
        )
        func ring(_ point: Int, _ name: String) -> [(String, CaptureBytes)] {
            [0..<1.5, 1.5..<3.0, 3.0..<100.0].enumerated().map { number, part in
                ("captures/\(name)_0000\(number + 1)_2026112400000\(number).pcap", path.capture(point, part: part))
            }
        }
        let report = try SeveralPoints.report(ring(0, "client") + ring(1, "server"))
        let finding = try #require(report.diagnosis.findings.first)
        #expect(report.diagnosis.findings.count == 1)
        #expect(finding.judgement.detail.rawValue == "return-path-blocked")
        #expect((3...5).contains(finding.lostBetween?.last ?? -1))
        #expect((0...2).contains(finding.lostBetween?.missing ?? -1))
        #expect(finding.attempts == 4 && finding.conversations == 1)
        #expect(report.inputs[4].notes == ["same capture point as server_00001_20261124000000.pcap"])
    }

    @Test
    func `the two outputs of a tap are one capture`() throws {
        let packets =
            SeveralPoints.healthy(0.5) + SeveralPoints.syns(Self.tries, at: [0])
            + SeveralPoints.syns([1], at: [0], clientPort: 40_001, serverPort: 8443)
            + [
                Packet(
                    time: 1.01,
                    fromClient: false,
                    flags: 0x14,
                    acknowledgment: SeveralPoints.first + 1,
                    seenAt: [0],
                    clientPort: 40_001,
                    serverPort: 8443
                )
            ]
        let halves = [true, false].map { isClient in
            SeveralPoints(
                points: [Self.near],
                packets: packets.filter { $0.fromClient == isClient }.sorted { $0.time < $1.time }
            ).capture(0)
        }
        let report = try SeveralPoints.report([("tx.pcap", halves[0]), ("rx.pcap", halves[1])])
        #expect(Self.text(report) == ["dropped unanswered-syn null", "refused refused-by-host null"])
        #expect(report.diagnosis.summary.healthy == 1)
        #expect(report.inputs.allSatisfy { $0.notes.first?.hasPrefix("read together") ?? false })
    }

    @Test
    func `packets that one point recorded twice change nothing`() throws {
        let packets = SeveralPoints.healthy(0.5) + SeveralPoints.syns(Self.tries, at: [0])
        let doubled = packets.sorted { $0.time < $1.time }
        let path = SeveralPoints(points: [Self.near, Self.far], packets: doubled)
        let twice = try SeveralPoints.report([
            ("client.pcap", path.capture(0, copies: 2)), ("server.pcap", path.capture(1, copies: 2)),
        ])
        #expect(Self.text(twice) == ["dropped unanswered-syn [0, 1] request"])
        #expect(try twice.diagnosis.findings.first?.attempts == path.report().diagnosis.findings.first?.attempts)
    }

    @Test
    func `conversations are counted once, whatever the addresses`() throws {
        let point = Point(client: 0x0A00_0201, server: 0x0A00_0299, clientPort: 777, serverPort: 8000, hops: 2)
        let packets = (0..<20).flatMap { SeveralPoints.healthy(Double($0), clientPort: 39_000 + UInt16($0)) }
        let report = try SeveralPoints(points: [Self.near, point], packets: packets).report()
        #expect(report.diagnosis.summary.conversations == 20)
        #expect(report.diagnosis.summary.healthy == 20)
    }

    /// A target that the second point knows, and of which nothing is shared with the first.
    @Test(arguments: [
        // Others reach it through the point: it lies behind.
        ("a server of others", [Point(hops: 0), Point(hops: 2)], "[0, 1] request"),
        // The second point's own host is a client of it, somewhere else.
        ("a server of the second host", [Point(hops: 2), Point(hops: 0)], "[0, -] request"),
        // Both are as near as the other: two hosts of one segment.
        ("a neighbour", [Point(hops: 0), Point(hops: 1)], "null"),
    ])
    func `a point that hears the target need not lie on the way to it`(
        _ name: String,
        _ points: [Point],
        _ expected: String
    ) throws {
        let others = SeveralPoints.healthy(3, at: [1], otherClient: 0x0A00_0442)
        let path = SeveralPoints(points: points, packets: SeveralPoints.syns(Self.tries, at: [0]) + others)
        #expect(try Self.text(path.report()) == ["dropped unanswered-syn \(expected)"], "\(name)")
    }
}
