import Diagnosis
import Foundation
import Inputs
import Packets
import RoadblockCore
import TestSupport

/// A path with capture points on it, and what passes them: a capture for each point, and one diagnosis of all.
struct SeveralPoints {
    /// How one point sees the conversation.
    struct Point {
        var client = SeveralPoints.client
        var server = SeveralPoints.server
        var clientPort: UInt16?
        var serverPort: UInt16?
        /// Added to the client's and the server's sequence numbers.
        var shift: UInt32 = 0
        /// Seconds that its clock is ahead.
        var clock = 0.0
        /// Routers between the client and the point; two lie between the client and the server.
        var hops: UInt8
        /// The capture's last packet, on its own clock without `clock`.
        var end = 60.0
        /// Seconds of way to the point beside its routers.
        var delay = 0.0
    }

    struct Packet {
        var time: Double
        var fromClient = true
        var flags: UInt8 = 0x02
        var sequence: UInt32 = 0
        var acknowledgment: UInt32 = 0
        var length = 0
        /// The points that it passed.
        var seenAt: [Int]
        var clientPort: UInt16 = 40_000
        var serverPort: UInt16 = 443
        var isDatagram = false
        /// The first fragment of a datagram.
        var isFragment = false
        /// Code of an ICMP "unreachable" of this sender that quotes the packet before it, sent instead of a packet.
        var error: (sender: UInt32, code: UInt8)?
        /// Another asker or target than the usual one, the same at every point.
        var otherClient: UInt32?
        var otherServer: UInt32?

        /// The same packet as other points see it.
        func seen(at points: [Int]) -> Packet {
            var packet = self
            packet.seenAt = points
            return packet
        }
    }

    static let client: UInt32 = 0x0A00_0105
    static let server: UInt32 = 0x0A00_0209
    static let router: UInt32 = 0x0A00_0101
    /// The initial sequence numbers.
    static let (first, second): (UInt32, UInt32) = (1_000_000, 7_000_000)
    static let routers: UInt8 = 2

    var points: [Point]
    var packets: [Packet]

    /// A healthy connection that all points see.
    static func healthy(
        _ time: Double,
        at points: [Int] = [0, 1],
        clientPort: UInt16 = 39_000,
        serverPort: UInt16 = 80,
        otherClient: UInt32? = nil,
        otherServer: UInt32? = nil
    ) -> [Packet] {
        func packet(
            _ after: Double,
            _ fromClient: Bool,
            _ flags: UInt8,
            _ sequence: UInt32,
            _ ack: UInt32,
            _ length: Int
        )
            -> Packet
        {
            Packet(
                time: time + after,
                fromClient: fromClient,
                flags: flags,
                sequence: sequence,
                acknowledgment: ack,
                length: length,
                seenAt: points,
                clientPort: clientPort,
                serverPort: serverPort,
                otherClient: otherClient,
                otherServer: otherServer
            )
        }
        return [
            packet(0, true, 0x02, first, 0, 0), packet(0.01, false, 0x12, second, first + 1, 0),
            packet(0.02, true, 0x10, first + 1, second + 1, 0), packet(0.03, true, 0x18, first + 1, second + 1, 100),
            packet(0.04, false, 0x18, second + 1, first + 101, 300),
            packet(0.05, true, 0x11, first + 101, second + 301, 0),
            packet(0.06, false, 0x11, second + 301, first + 102, 0),
            packet(0.07, true, 0x10, first + 102, second + 302, 0),
        ]
    }

    static func syns(_ times: [Double], at points: [Int], clientPort: UInt16 = 40_000, serverPort: UInt16 = 443)
        -> [Packet]
    {
        times.map { Packet(time: $0, sequence: first, seenAt: points, clientPort: clientPort, serverPort: serverPort) }
    }

    static func answers(_ times: [Double], at points: [Int], flags: UInt8 = 0x12) -> [Packet] {
        times.map {
            Packet(
                time: $0,
                fromClient: false,
                flags: flags,
                sequence: flags & 0x04 == 0 ? second : 0,
                acknowledgment: first + 1,
                seenAt: points
            )
        }
    }

    static func datagrams(_ times: [Double], fromClient: Bool = true, at points: [Int]) -> [Packet] {
        times.map {
            Packet(time: $0, fromClient: fromClient, length: 40, seenAt: points, serverPort: 53, isDatagram: true)
        }
    }

    /// The capture of one point, or of the `part` of it between two times, each packet as often as `copies` says.
    func capture(_ index: Int, part: Range<Double>? = nil, copies: Int = 1) -> CaptureBytes {
        let point = points[index]
        var capture = CaptureBytes()
        capture.fileHeader(magic: 0xA1B2_3C4D, link: 101)
        func write(_ time: Double, _ bytes: [UInt8]) {
            guard part?.contains(time) ?? true else { return }
            // The way to the point takes 1 ms for each router; `time` is that at the middle of the path.
            let nanoseconds = Int64(((1_700_000_000 + time + point.clock) * 1e9).rounded())
            capture.packet(
                seconds: UInt32(nanoseconds / 1_000_000_000),
                fraction: UInt32(nanoseconds % 1_000_000_000),
                bytes
            )
        }
        for (number, packet) in packets.enumerated() where packet.seenAt.contains(index) {
            let way = Double(point.hops) * 0.001 + point.delay
            let fromFront = packet.fromClient == (packet.error == nil)
            for copy in 0..<copies {
                write(packet.time + (fromFront ? way : -way) + Double(copy) * 0.0001, bytes(packet, number, point))
            }
        }
        write(point.end, [0])
        return capture
    }

    private func bytes(_ packet: Packet, _ number: Int, _ point: Point) -> [UInt8] {
        if let error = packet.error {
            let quoted = bytes(packets[number - 1], number - 1, point)
            let target = packet.fromClient ? packet.otherClient ?? point.client : point.server
            return Self.ip(
                error.sender,
                target,
                1,
                number + 1,
                timeToLive: 60,
                [3, error.code, 0, 0, 0, 0, 0, 0] + quoted.prefix(28)
            )
        }
        let client = packet.otherClient ?? point.client
        let server = packet.otherServer ?? point.server
        let ports = (
            packet.otherServer == nil
                ? point.clientPort.map { $0 &+ packet.clientPort } ?? packet.clientPort : packet.clientPort,
            packet.otherServer == nil
                ? point.serverPort.map { $0 &+ packet.serverPort } ?? packet.serverPort : packet.serverPort
        )
        var transport = CaptureBytes(littleEndian: false)
        transport.half(packet.fromClient ? ports.0 : ports.1)
        transport.half(packet.fromClient ? ports.1 : ports.0)
        if packet.isDatagram {
            transport.half(UInt16(8 + packet.length))
            transport.half(0)
        } else {
            let isSYN = packet.flags & 0x02 != 0
            transport.word(packet.sequence &+ point.shift)
            transport.word(packet.acknowledgment == 0 ? 0 : packet.acknowledgment &+ point.shift)
            transport.bytes += [isSYN ? 0x80 : 0x50, packet.flags]
            transport.half(64_000)
            transport.word(0)
            if isSYN {
                transport.bytes += [1, 1, 8, 10]
                // Each connection of a client has its own beginning of timestamps.
                transport.word(UInt32(packet.clientPort) &* 2_654_435_761 &+ UInt32(packet.time * 1000))
                transport.word(0)
            }
        }
        let seed = UInt8(truncatingIfNeeded: packet.clientPort)
        let payload = (0..<packet.length).map { UInt8(truncatingIfNeeded: $0) ^ seed }
        let passed = packet.fromClient ? point.hops : Self.routers - point.hops
        return Self.ip(
            packet.fromClient ? client : server,
            packet.fromClient ? server : client,
            packet.isDatagram ? 17 : 6,
            number + 1,
            timeToLive: 64 - passed,
            isFragment: packet.isFragment,
            transport.bytes + payload
        )
    }

    private static func ip(
        _ source: UInt32,
        _ destination: UInt32,
        _ number: UInt8,
        _ identification: Int,
        timeToLive: UInt8,
        isFragment: Bool = false,
        _ payload: [UInt8]
    ) -> [UInt8] {
        var packet = CaptureBytes(littleEndian: false)
        packet.bytes = [0x45, 0]
        packet.half(UInt16(20 + payload.count))
        packet.half(UInt16(identification))
        packet.bytes += [isFragment ? 0x20 : 0, 0, timeToLive, number, 0, 0]
        packet.word(source)
        packet.word(destination)
        return packet.bytes + payload
    }

    /// Diagnoses captures of these names.
    static func report(_ captures: [(name: String, bytes: CaptureBytes)], includesOpen: Bool = false) throws
        -> DiagnosisReport
    {
        let paths = try captures.map { try $0.bytes.write() }
        defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
        let inputs = zip(captures, paths).map { capture, path in
            (name: capture.name, open: { () throws(Failure) -> any ByteSource in try FileSource(path: path) })
        }
        return try Diagnoser(includesOpen: includesOpen).diagnose(MergedCapture(inputs))
    }

    static let names = ["client.pcap", "middle.pcap", "server.pcap", "other.pcap"]

    /// Diagnoses the captures of all points, in an order.
    func report(order: [Int]? = nil) throws -> DiagnosisReport {
        let order = order ?? Array(points.indices)
        return try Self.report(
            order.map { index in
                let name = points.count == 2 && index == 1 ? "server.pcap" : Self.names[index]
                return (name, capture(index))
            }
        )
    }
}
