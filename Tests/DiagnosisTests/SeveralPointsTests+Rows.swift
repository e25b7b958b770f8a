import RoadblockCore
import TestSupport
import Testing

/// What passes two capture points of a path, and what is to be found.
extension SeveralPointsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var packets: [Packet]
        /// `verdict detail [last, missing] direction` of each finding, in order.
        var expected: [String]
        /// True where one of the servers was heard at both points.
        var hasHealthy = true

        var testDescription: String { name }
    }

    static let data = Array(SeveralPoints.healthy(1, clientPort: 40_000, serverPort: 443).prefix(3))

    static func sent(_ times: [Double], fromClient: Bool = true, at points: [Int], length: Int = 100) -> [Packet] {
        times.map {
            Packet(
                time: $0,
                fromClient: fromClient,
                flags: 0x18,
                sequence: (fromClient ? SeveralPoints.first : SeveralPoints.second) + 1,
                acknowledgment: (fromClient ? SeveralPoints.second : SeveralPoints.first) + 1,
                length: length,
                seenAt: points
            )
        }
    }

    static let rows: [Row] = [
        Row(
            name: "a SYN that is lost between the points",
            packets: SeveralPoints.syns(tries, at: [0]),
            expected: ["dropped unanswered-syn [0, 1] request"]
        ),
        Row(
            name: "a SYN that is lost behind both",
            packets: SeveralPoints.syns(tries, at: [0, 1]),
            expected: ["dropped unanswered-syn [1, -] request"]
        ),
        Row(
            name: "a SYN whose copies were lost first, then arrived",
            packets: SeveralPoints.syns([1, 2], at: [0]) + SeveralPoints.syns([4, 8], at: [0, 1]),
            expected: ["dropped unanswered-syn [1, -] request"]
        ),
        Row(
            name: "answers that are lost on their way back",
            packets: SeveralPoints.syns(tries, at: [0, 1]) + SeveralPoints.answers([1.01, 2.01, 4.01, 8.01], at: [1]),
            expected: ["return-blocked return-path-blocked [1, 0] reply"]
        ),
        Row(
            name: "one answer that is lost on its way back",
            packets: SeveralPoints.syns([1], at: [0, 1]) + SeveralPoints.answers([1.01], at: [1]),
            expected: ["return-blocked return-path-blocked [1, 0] reply"]
        ),
        Row(
            name: "a reset that is lost on its way back",
            packets: SeveralPoints.syns([1, 2], at: [0, 1])
                + SeveralPoints.answers([1.01, 2.01], at: [1], flags: 0x14),
            expected: ["return-blocked return-path-blocked [1, 0] reply"]
        ),
        Row(
            name: "a reset of the server",
            packets: SeveralPoints.syns([1], at: [0, 1]) + SeveralPoints.answers([1.01], at: [0, 1], flags: 0x14),
            expected: ["refused refused-by-host null"]
        ),
        Row(
            name: "a reset that is made between the points",
            packets: SeveralPoints.syns([1], at: [0]) + SeveralPoints.answers([1.01], at: [0], flags: 0x14),
            expected: ["refused refused-by-middlebox [0, 1] request"]
        ),
        Row(
            name: "a reset in the name of a server that accepts",
            packets: SeveralPoints.syns([1], at: [0, 1]) + SeveralPoints.answers([1.01], at: [1])
                + SeveralPoints.answers([1.02], at: [0], flags: 0x14),
            expected: ["refused refused-by-middlebox [1, 0] reply"]
        ),
        Row(
            name: "an ICMP error of a router between the points",
            packets: SeveralPoints.syns([1], at: [0])
                + [Packet(time: 1.01, seenAt: [0], error: (SeveralPoints.router, 13))],
            expected: ["prohibited icmp-admin-prohibited [0, 1] request"]
        ),
        Row(
            name: "an ICMP error of a router behind both",
            packets: SeveralPoints.syns([1], at: [0, 1])
                + [Packet(time: 1.01, seenAt: [0, 1], error: (SeveralPoints.router, 13))],
            expected: ["prohibited icmp-admin-prohibited [1, -] request"]
        ),
        Row(
            name: "an ICMP error of the server",
            packets: SeveralPoints.syns([1], at: [0, 1])
                + [Packet(time: 1.01, seenAt: [0, 1], error: (SeveralPoints.server, 13))],
            expected: ["prohibited icmp-admin-prohibited null"]
        ),
        Row(
            name: "an ICMP error about the answers",
            packets: SeveralPoints.syns([1], at: [0, 1]) + SeveralPoints.answers([1.01], at: [1])
                + [Packet(time: 1.02, fromClient: false, seenAt: [1], error: (SeveralPoints.router, 13))]
                + SeveralPoints.syns([2], at: [0, 1]),
            expected: ["prohibited icmp-admin-prohibited [1, 0] reply"]
        ),
        Row(
            name: "data that is lost between the points",
            packets: data + sent([2, 2.3, 2.9, 4, 6], at: [0]),
            expected: ["stalled first-data-drop [0, 1] request"]
        ),
        Row(
            name: "data that arrives and is never acknowledged",
            packets: data + sent([2, 2.3, 2.9, 4, 6], at: [0, 1]),
            expected: ["stalled first-data-drop [1, -] request"]
        ),
        Row(
            name: "data of the server that is lost on its way back",
            packets: data + sent([2], at: [0, 1])
                + [3, 3.3, 3.9, 5, 7].map {
                    Packet(
                        time: $0,
                        fromClient: false,
                        flags: 0x18,
                        sequence: SeveralPoints.second + 1,
                        acknowledgment: SeveralPoints.first + 101,
                        length: 100,
                        seenAt: [1]
                    )
                },
            expected: ["stalled data-never-acked [1, 0] reply"]
        ),
        Row(
            name: "a datagram that is lost between the points",
            packets: SeveralPoints.datagrams([1, 2, 3], at: [0]),
            expected: ["dropped unanswered-request [0, 1] request"]
        ),
        Row(
            name: "a datagram that is lost behind both",
            packets: SeveralPoints.datagrams([1, 2, 3], at: [0, 1]),
            expected: ["dropped unanswered-request [1, -] request"]
        ),
        Row(
            name: "a reply that is lost on its way back",
            packets: SeveralPoints.datagrams([1, 2, 3], at: [0, 1])
                + SeveralPoints.datagrams([1.1, 2.1, 3.1], fromClient: false, at: [1]),
            expected: ["return-blocked return-path-blocked [1, 0] reply"]
        ),
        Row(
            name: "an answered datagram",
            packets: SeveralPoints.datagrams([1], at: [0, 1])
                + SeveralPoints.datagrams([1.1], fromClient: false, at: [0, 1]),
            expected: []
        ),
        Row(
            name: "a server that the other point never hears",
            packets: SeveralPoints.syns(tries, at: [0]),
            expected: ["dropped unanswered-syn [0, -] request"],
            hasHealthy: false
        ),
        Row(
            name: "a server that the other point hears, but not on the way of what works",
            packets: SeveralPoints.syns(tries, at: [0])
                + (0..<4).flatMap { SeveralPoints.healthy(10 + Double($0), at: [0], clientPort: 41_000 + UInt16($0)) },
            expected: ["dropped unanswered-syn null"]
        ),
        Row(
            name: "another asker, of whom the first point knows nothing",
            packets: SeveralPoints.syns(tries, at: [1]).map { packet in
                var packet = packet
                packet.otherClient = 0x0A00_0377
                return packet
            },
            expected: ["dropped unanswered-syn [1, -] request"]
        ),
    ]
}
