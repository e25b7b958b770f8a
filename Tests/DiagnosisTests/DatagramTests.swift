import Inputs
import Diagnosis
import Foundation
import Packets
import RoadblockCore
import TestSupport
import Testing

/// UDP and ping: when silence means something, and when it does not.
struct DatagramTests {
    static let client: UInt32 = 0x0A00_0105
    static let server: UInt32 = 0x0A00_0209
    static let router: UInt32 = 0x0A00_0101

    struct Datagram: Sendable {
        var time: Double
        var fromClient = true
        var clientPort: UInt16 = 40_000
        var serverPort: UInt16
        var length = 32
        /// Type and code of an ICMP error of the router's that quotes the datagram before it, instead of a datagram.
        var error: (type: UInt8, code: UInt8)?
    }

    static func ip(_ source: UInt32, _ destination: UInt32, _ number: UInt8, _ identification: Int, _ payload: [UInt8])
        -> [UInt8]
    {
        var packet = CaptureBytes(littleEndian: false)
        packet.bytes = [0x45, 0]
        packet.half(UInt16(20 + payload.count))
        packet.half(UInt16(identification))
        packet.bytes += [0, 0, 64, number, 0, 0]
        packet.word(source)
        packet.word(destination)
        return packet.bytes + payload
    }

    static func findings(_ datagrams: [Datagram], end: Double = 60) throws -> [Finding] {
        var capture = CaptureBytes()
        capture.fileHeader(link: 101)
        var last: [UInt8] = []
        for (index, datagram) in datagrams.enumerated() {
            var packet: [UInt8]
            if let error = datagram.error {
                packet = ip(router, client, 1, index + 1, [error.type, error.code, 0, 0, 0, 0, 0, 0] + last.prefix(28))
            } else {
                var udp = CaptureBytes(littleEndian: false)
                udp.half(datagram.fromClient ? datagram.clientPort : datagram.serverPort)
                udp.half(datagram.fromClient ? datagram.serverPort : datagram.clientPort)
                udp.half(UInt16(8 + datagram.length))
                udp.half(0)
                let (from, to) = datagram.fromClient ? (client, server) : (server, client)
                packet = ip(from, to, 17, index + 1, udp.bytes + Array(repeating: 7, count: datagram.length))
                last = packet
            }
            capture.packet(
                seconds: UInt32(datagram.time),
                fraction: UInt32((datagram.time - datagram.time.rounded(.down)) * 1e6),
                packet
            )
        }
        capture.packet(seconds: UInt32(end), fraction: 0, [0])
        let path = try capture.write()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let open = { () throws(Failure) -> any ByteSource in try FileSource(path: path) }
        return try Diagnoser().diagnose(MergedCapture([("test", open)])).diagnosis.findings
    }

    static func requests(_ port: UInt16, at times: [Double], length: Int = 32) -> [Datagram] {
        times.map { Datagram(time: $0, serverPort: port, length: length) }
    }

    static let answer = Datagram(time: 1.01, fromClient: false, serverPort: 53)

    static let rows: [(name: String, datagrams: [Datagram], details: [String])] = [
        ("a request repeated three times", requests(9999, at: [1, 2, 3]), ["unanswered-request"]),
        ("a request to a port above the client's", requests(41_000, at: [1, 2, 3]), ["unanswered-request"]),
        ("a DNS query without an answer", requests(53, at: [1]), ["unanswered-request"]),
        ("an answered query", requests(53, at: [1]) + [answer], []),
        ("syslog, which never answers", requests(514, at: [1, 2, 3]), []),
        ("a steady beat", requests(25_826, at: (1...20).map(Double.init)), []),
        ("a stream without pauses", requests(5004, at: (1...20).map { 1 + Double($0) / 50 }), []),
        (
            "answers from another port, as TFTP's",
            requests(69, at: [1]) + [Datagram(time: 1.1, fromClient: false, serverPort: 50_000)], []
        ),
        (
            "answers that stop", requests(53, at: [1]) + [answer] + requests(53, at: [5, 7, 9, 11, 13]),
            ["unanswered-request"]
        ),
        (
            "a port unreachable of a router",
            requests(9999, at: [1]) + [Datagram(time: 1.1, serverPort: 9999, error: (3, 3))], ["icmp-port-unreachable"]
        ),
        (
            "an error about a late answer",
            requests(53, at: [1]) + [answer, Datagram(time: 1.02, serverPort: 53, error: (3, 3))], []
        ),
        (
            "fragmentation needed",
            requests(514, at: [1], length: 1400) + [Datagram(time: 1.1, serverPort: 514, error: (3, 4))], []
        ),
        (
            "prohibited", requests(9999, at: [1]) + [Datagram(time: 1.1, serverPort: 9999, error: (3, 13))],
            ["icmp-admin-prohibited"]
        ),
    ]

    @Test(arguments: rows)
    func `silence counts where an answer was due`(
        _ row: (name: String, datagrams: [Datagram], details: [String])
    ) throws {
        let findings = try Self.findings(row.datagrams)
        #expect(findings.map(\.judgement.detail.rawValue) == row.details, "\(row.name)")
    }

    @Test
    func `what stopped being answered is counted from then on`() throws {
        let datagrams =
            Self.requests(53, at: [1]) + [Self.answer] + Self.requests(53, at: [5, 7, 9, 11, 13])
        let finding = try #require(Self.findings(datagrams).first)
        #expect(finding.attempts == 5)
        #expect(finding.firstSeen == Instant(nanoseconds: 5_000_000_000))
    }
}
