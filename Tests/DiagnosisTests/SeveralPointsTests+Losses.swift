import Diagnosis
import TestSupport
import Testing

/// What is lost, rejected or forged at one of two points, beside the plain losses.
extension SeveralPointsTests {
    static let repeats = [2.0, 2.3, 2.9, 4, 6]

    /// Acknowledgments of the server for the first 100 bytes.
    static func acknowledged(_ times: [Double], at points: [Int]) -> [Packet] {
        times.map {
            Packet(
                time: $0,
                fromClient: false,
                flags: 0x10,
                sequence: SeveralPoints.second + 1,
                acknowledgment: SeveralPoints.first + 101,
                seenAt: points
            )
        }
    }

    /// Data of the server that answers the first 100 bytes, and the client's acknowledgment of it.
    static func response(_ times: [Double], at points: [Int]) -> [Packet] {
        acknowledged(times, at: points).map { packet in
            var packet = packet
            packet.flags = 0x18
            packet.length = 100
            return packet
        }
    }

    static func thanks(_ times: [Double], at points: [Int]) -> [Packet] {
        times.map {
            Packet(
                time: $0,
                flags: 0x10,
                sequence: SeveralPoints.first + 101,
                acknowledgment: SeveralPoints.second + 101,
                seenAt: points
            )
        }
    }

    static func syns(_ times: [Double], at points: [Int]) -> [Packet] { SeveralPoints.syns(times, at: points) }

    /// A connection that begins after many SYNs, and one of which the data is never acknowledged.
    private static let slow: [Packet] =
        syns([1, 2, 4, 8, 16], at: [0]) + SeveralPoints.healthy(32, clientPort: 40_000, serverPort: 443).prefix(3)
    private static let mute: [Packet] = data + sent([22, 22.3, 22.9, 24, 26], at: [0])

    /// The acknowledgment of the SYN/ACK is lost once.
    private static let withoutLastStep: [Packet] = {
        var lost = data[2].seen(at: [0])
        lost.time = 0.72
        return syns([0.7], at: [0, 1]) + SeveralPoints.answers([0.71], at: [0, 1]) + [lost] + data[1...]
    }()

    /// Data of a server that got none of the client's.
    private static let unacknowledging: [Packet] = response([2.1, 2.4, 3, 4.2, 6.6], at: [0, 1]).map { packet in
        var packet = packet
        packet.acknowledgment = SeveralPoints.first + 1
        return packet
    }

    /// Requests of which the first fragment came by.
    private static func fragments(at points: [Int]) -> [Packet] {
        SeveralPoints.datagrams([1, 2, 3], at: points).map { packet in
            var packet = packet
            packet.isFragment = true
            return packet
        }
    }

    private static func reset(_ time: Double, fromClient: Bool = false, at points: [Int]) -> Packet {
        Packet(
            time: time,
            fromClient: fromClient,
            flags: 0x14,
            sequence: (fromClient ? SeveralPoints.first : SeveralPoints.second) + 1,
            acknowledgment: (fromClient ? SeveralPoints.second : SeveralPoints.first) + 1,
            seenAt: points
        )
    }

    static let losses = rejections + forgeries + repetitions + stalls

    private static let rejections: [Row] = [
        Row(
            name: "an ICMP error of the server that is lost on its way back",
            packets: syns([1], at: [0, 1]) + [Packet(time: 1.01, seenAt: [1], error: (SeveralPoints.server, 13))]
                + syns([2], at: [0, 1]),
            expected: ["prohibited icmp-admin-prohibited [1, 0] reply"]
        ),
        Row(
            name: "an ICMP error of the server about a datagram that is lost on its way back",
            packets: SeveralPoints.datagrams([1], at: [0, 1])
                + [Packet(time: 1.01, seenAt: [1], isDatagram: true, error: (SeveralPoints.server, 3))]
                + SeveralPoints.datagrams([2, 3], at: [0, 1]),
            expected: ["refused udp-port-closed [1, 0] reply"]
        ),
        Row(
            name: "an ICMP error of a router behind both that is lost on its way back",
            packets: syns([1], at: [0, 1]) + [Packet(time: 1.01, seenAt: [1], error: (SeveralPoints.router, 13))]
                + syns([2], at: [0, 1]),
            expected: ["prohibited icmp-admin-prohibited [1, -] request"]
        ),
        Row(
            name: "an ICMP error in the name of the server, made between the points",
            packets: syns([1], at: [0]) + [Packet(time: 1.01, seenAt: [0], error: (SeveralPoints.server, 13))],
            expected: ["prohibited icmp-admin-prohibited [0, 1] request"]
        ),
        Row(
            name: "an ICMP error of a router between the points about data",
            packets: data + sent([2], at: [0]) + [Packet(time: 2.01, seenAt: [0], error: (SeveralPoints.router, 13))],
            expected: ["prohibited icmp-admin-prohibited [0, 1] request"]
        ),
        Row(
            name: "an ICMP error that asks for smaller packets and is lost on its way back",
            packets: data + sent([2], at: [0, 1], length: 1400)
                + [Packet(time: 2.01, seenAt: [1], error: (SeveralPoints.router, 4))]
                + sent([2.3, 2.9, 4, 6], at: [0, 1], length: 1400),
            expected: ["stalled pmtu-black-hole [1, 0] reply"]
        ),
        Row(
            name: "large segments that are lost between the points without a word",
            packets: data + sent(repeats, at: [0], length: 1400),
            expected: ["stalled pmtu-black-hole [0, 1] request"]
        ),
    ]

    private static let forgeries: [Row] = [
        Row(
            name: "a reset that is made between the points while the SYN goes on",
            packets: syns([1], at: [0, 1]) + SeveralPoints.answers([1.01], at: [0], flags: 0x14),
            expected: ["refused refused-by-middlebox null"]
        ),
        Row(
            name: "a reset that is made between the points where data does not pass",
            packets: data + sent([2], at: [0]) + [reset(2.01, at: [0])],
            expected: ["reset reset-by-middlebox [0, 1] request"]
        ),
        Row(
            name: "a reset that is made between the points although data passes",
            packets: data + sent([2], at: [0, 1]) + [reset(2.01, at: [0])] + acknowledged([2.02], at: [1]),
            expected: ["reset reset-by-middlebox null"]
        ),
        Row(
            name: "a reset of the server that both points saw",
            packets: data + sent([2], at: [0, 1]) + [reset(2.01, at: [0, 1])],
            expected: ["reset reset-by-server null"]
        ),
    ]

    private static let repetitions: [Row] = [
        Row(
            name: "a connection of whose SYN the first copies were lost",
            packets: syns([0.7], at: [0]) + data,
            expected: ["lossy established-after-loss [0, 1] request"]
        ),
        Row(
            name: "a connection whose first SYN/ACK was lost",
            packets: syns([0.7], at: [0, 1]) + SeveralPoints.answers([0.71], at: [1]) + data,
            expected: ["lossy established-after-loss [1, 0] reply"]
        ),
        Row(
            name: "a connection of which the first acknowledgment was lost",
            packets: withoutLastStep,
            expected: ["lossy established-after-loss [0, 1] request"]
        ),
        Row(
            name: "data that was lost once",
            packets: data + sent([2], at: [0]) + sent([2.3], at: [0, 1]) + acknowledged([2.31], at: [0, 1]),
            expected: ["lossy established-after-loss [0, 1] request"]
        ),
        Row(
            name: "a response that was lost once",
            packets: data + sent([2], at: [0, 1]) + response([2.1], at: [1]) + response([2.4], at: [0, 1])
                + thanks([2.41], at: [0, 1]),
            expected: ["lossy established-after-loss [1, 0] reply"]
        ),
        Row(
            name: "data that both points saw twice",
            packets: data + sent([2, 2.3], at: [0, 1]) + acknowledged([2.31], at: [0, 1]),
            expected: ["lossy established-after-loss null"]
        ),
    ]

    private static let stalls: [Row] = [
        Row(
            name: "acknowledgments that are lost on their way back",
            packets: data + sent(repeats, at: [0, 1]) + acknowledged(repeats.map { $0 + 0.01 }, at: [1]),
            expected: ["stalled first-data-drop [1, 0] reply"]
        ),
        Row(
            name: "a datagram in fragments, of which others than the first may be lost between the points",
            packets: fragments(at: [0, 1]),
            expected: ["dropped unanswered-request null"]
        ),
        Row(
            name: "a datagram in fragments, of which the first is lost between the points",
            packets: fragments(at: [0]),
            expected: ["dropped unanswered-request [0, 1] request"]
        ),
        Row(
            name: "acknowledgments of the client that are lost between the points",
            packets: data + sent([2], at: [0, 1]) + response([2.1, 2.4, 3, 4.2, 6.6], at: [0, 1])
                + thanks([2.11, 2.41, 3.01, 4.21, 6.61], at: [0]),
            expected: ["stalled data-never-acked [0, 1] request"]
        ),
        Row(
            name: "everything of the client that is lost once the connection stands",
            packets: data + sent(repeats, at: [0]) + unacknowledging,
            expected: ["stalled data-never-acked [0, 1] request"]
        ),
    ]

    private static func rejected(_ sender: UInt32, at points: [Int]) -> [Packet] {
        [Packet(time: 1.01, seenAt: points, error: (sender, 13))]
    }

    /// What happens on a path with three points once the handshake has begun.
    static let laterLosses: [(packets: [Packet], last: Int, missing: Int?, isReply: Bool)] = {
        let data = Array(SeveralPoints.healthy(1, at: [0, 1, 2], clientPort: 40_000, serverPort: 443).prefix(3))
        let arrived = data + sent(repeats, at: [0, 1, 2])
        let lastStep = Array(data.prefix(2)) + [data[2].seen(at: [0, 1])]
        return [
            (data + sent(repeats, at: [0]), 0, 1, false),
            (data + sent(repeats, at: [0, 1]), 1, 2, false),
            (arrived, 2, nil, false),
            (arrived + acknowledged([2.1, 3], at: [2]), 2, 1, true),
            (arrived + acknowledged([2.1, 3], at: [1, 2]), 1, 0, true),
            (lastStep + sent(repeats, at: [0, 1]), 1, 2, false),
            (syns([1], at: [0, 1]) + SeveralPoints.answers([1.01], at: [0, 1], flags: 0x14), 1, 2, false),
            (syns([1, 2], at: [0, 1]) + rejected(SeveralPoints.router, at: [1]), 1, 2, false),
            (syns([1, 2], at: [0, 1, 2]) + rejected(SeveralPoints.server, at: [1, 2]), 1, 0, true),
            (syns([0.7], at: [0, 1]) + data, 1, 2, false),
            (syns([0.7], at: [0, 1, 2]) + SeveralPoints.answers([0.71], at: [2]) + data, 2, 1, true),
        ]
    }()

    private typealias Recording = (name: String, packets: [Packet], part: Range<Double>, expected: String)

    /// What the second point may have missed before it began, or after it ended, proves nothing.
    private static let recordings: [Recording] = [
        ("lost before the other capture began", slow, 31..<100, "lossy established-after-loss null"),
        ("lost while both were running", slow, 0..<100, "lossy established-after-loss [0, 1] request"),
        ("after the other capture had ended", mute, 0..<2, "stalled first-data-drop null"),
        ("before the other capture ended", mute, 0..<100, "stalled first-data-drop [0, 1] request"),
    ]

    @Test(arguments: recordings)
    private func `only a point that was recording shows what was lost`(_ row: Recording) throws {
        let all = SeveralPoints.healthy(0.5) + row.packets + SeveralPoints.healthy(40, clientPort: 39_001)
        let path = SeveralPoints(points: [Self.near, Self.far], packets: all.sorted { $0.time < $1.time })
        let captures = [("client.pcap", path.capture(0)), ("server.pcap", path.capture(1, part: row.part))]
        #expect(try Self.text(SeveralPoints.report(captures)) == [row.expected], "\(row.name)")
        let swapped = try SeveralPoints.report(captures.reversed())
        #expect(Self.text(swapped, swapped: true) == [row.expected], "\(row.name), swapped")
    }

    /// An answer that the server's end alone saw leave, while the client's end was not yet recording.
    @Test(arguments: [(0.0, "[1, 0] reply"), (30, "null")])
    func `a client's point that began later shows nothing of a lost answer`(_ start: Double, _ place: String) throws {
        let packets =
            SeveralPoints.syns([1, 2, 4], at: [0, 1]) + SeveralPoints.answers([1.01, 2.01, 4.01], at: [1])
            + SeveralPoints.healthy(40)
        let path = SeveralPoints(points: [Self.near, Self.far], packets: packets.sorted { $0.time < $1.time })
        let report = try SeveralPoints.report([
            ("client.pcap", path.capture(0, part: start..<100)), ("server.pcap", path.capture(1)),
        ])
        #expect(Self.text(report) == ["return-blocked return-path-blocked \(place)"])
    }

    @Test
    func `keep-alives that die between the points`() throws {
        let probes = Self.sent([200, 201, 202, 203], at: [0], length: 1).map { probe in
            var probe = probe
            probe.sequence += 99
            probe.flags = 0x10
            return probe
        }
        var packets = SeveralPoints.healthy(0.5) + Self.data + Self.sent([2], at: [0, 1])
        packets += Self.acknowledged([2.1], at: [0, 1]) + probes + SeveralPoints.healthy(250, clientPort: 39_001)
        let path = SeveralPoints(points: [Point(hops: 0, end: 300), Point(hops: 2, end: 300)], packets: packets)
        #expect(try Self.text(path.report()) == ["reset idle-session-dropped [0, 1] request"])
    }

    /// A row's first finding, in words.
    @Test(arguments: [
        (
            "an ICMP error of the server that is lost on its way back",
            "turned away by 10.0.2.9 itself; its ICMP error never"
        ),
        (
            "an ICMP error that asks for smaller packets and is lost on its way back",
            "asks for smaller packets is in server"
        ),
        ("a reset that is made between the points while the SYN goes on", "made between the capture points"),
        (
            "a reset that is made between the points although data passes",
            "is in server.pcap as well, and the reset is not"
        ),
        ("data that was lost once", "is in client.pcap more often than in server.pcap"),
        (
            "a datagram in fragments, of which others than the first may be lost between the points",
            "first fragment came to"
        ),
    ])
    func `says what was seen where`(_ name: String, _ words: String) throws {
        let row = try #require(Self.losses.first { $0.name == name })
        let packets = (SeveralPoints.healthy(0.5) + row.packets).sorted { $0.time < $1.time }
        let report = try SeveralPoints(points: [Self.near, Self.far], packets: packets).report()
        let finding = try #require(report.diagnosis.findings.first)
        #expect(finding.explanation.contains(words), "\(finding.explanation)")
    }
}
