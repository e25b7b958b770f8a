import Packets
import TestSupport
import Testing

/// Messages that lie or never end: nothing traps, hangs, or holds more than it may.
struct HostileApplicationTests {
    static let fields = FieldCatalogue.fields.filter { $0.application != nil }.map(\.name)

    @Test
    func `follows no pointer of a name in circles`() throws {
        let head: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, 0xFF, 0, 0, 0, 0]
        let messages: [[UInt8]] = [
            head + [0xC0, 12, 0, 1, 0, 1],
            head + [1, 97, 0xC0, 12, 0, 1, 0, 1],
            head + [0xC0, 14, 0xC0, 12, 0, 1, 0, 1],
            head + [0xC0, 0xFF, 0, 1, 0, 1],
            head + [63] + [UInt8](repeating: 97, count: 20),
            head + [0x40, 0, 0, 1, 0, 1],
        ]
        for message in messages {
            let (rows, _) = try FieldRows.read(["dns.id", "dns.qry.name"], [ApplicationFieldTests.udp(message)])
            #expect(rows[0][0] == "0x0001")
            #expect(rows[0][1].utf8.count <= 1024)
        }
    }

    @Test
    func `takes any cut and any changed byte of a message`() throws {
        let tls = ApplicationFieldTests.hello("a.example")
        let messages: [(bytes: [UInt8], port: Int)] = [
            (ApplicationFieldTests.answer, 0), (tls, 443), (ApplicationFieldTests.request, 80),
            (ApplicationFieldTests.response, 80),
            (PacketBytes.word(ApplicationFieldTests.answer.count) + ApplicationFieldTests.answer, 53),
        ]
        var frames: [[UInt8]] = []
        var port = 1024
        func add(_ bytes: [UInt8], _ service: Int) {
            port += 1
            frames.append(
                service == 0
                    ? ApplicationFieldTests.udp(bytes)
                    : PacketBytes.segment(bytes, port: service, sequence: 1, clientPort: port)
            )
        }
        for (bytes, service) in messages {
            for end in bytes.indices { add(Array(bytes[..<end]), service) }
            for place in bytes.indices {
                for value: UInt8 in [0, 0xFF, bytes[place] ^ 0x80, bytes[place] &+ 1] {
                    var changed = bytes
                    changed[place] = value
                    add(changed, service)
                }
            }
        }
        #expect(try FieldRows.read(Self.fields, frames).rows.count == frames.count)
    }

    @Test
    func `gives up a head that never ends, and says so`() throws {
        var frames = [PacketBytes.segment(Array("GET / HTTP/1.1\r\n".utf8), port: 80, sequence: 1)]
        let line = Array("X-Filler: \(String(repeating: "x", count: 60_000))\r\n".utf8)
        var sequence = 17
        for _ in 0..<300 {
            frames.append(PacketBytes.segment(line, port: 80, sequence: sequence))
            sequence += line.count
        }
        let (rows, notices) = try FieldRows.read(["http.request.method"], frames)
        #expect(rows.allSatisfy { $0 == [""] })
        #expect(notices.contains { $0.contains("longer than can be held") })
    }

    @Test
    func `forgets the oldest of very many connections, and says so when bytes of them waited`() throws {
        let hello = ApplicationFieldTests.hello("a.example")
        var frames = (0..<40_000).map { index in
            PacketBytes.segment(Array(hello[..<20]), port: 443, sequence: 1, clientPort: 1024 + index)
        }
        frames.append(PacketBytes.segment(Array(hello[20...]), port: 443, sequence: 21, clientPort: 1024))
        let (rows, notices) = try FieldRows.read(["tls.handshake.extensions_server_name"], frames)
        #expect(rows.last == [""])
        #expect(notices.contains { $0.contains("connections") })
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["a", "a\n", "1\r\na\r\n"])
    func `reads a message of very many small segments in time that grows with their number`(_ piece: String) throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + (piece.hasPrefix("1") ? "\r\n" : "")
        var frames = [PacketBytes.segment(Array(head.utf8), port: 80, fromClient: false, sequence: 1)]
        var sequence = 1 + head.utf8.count
        for _ in 0..<50_000 {
            frames.append(PacketBytes.segment(Array(piece.utf8), port: 80, fromClient: false, sequence: sequence))
            sequence += piece.utf8.count
        }
        let (rows, _) = try FieldRows.read(["http.response.code"], frames)
        #expect(rows.allSatisfy { $0 == [""] })
    }

    @Test
    func `keeps the bytes of random messages within the frame`() throws {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func random(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        let ports = [0, 53, 443, 80]
        let frames = (0..<4000).map { index in
            var bytes = (0..<random(200)).map { _ in UInt8(random(256)) }
            // Half of them look like a record, a chunk or a message at first.
            if index % 2 == 0, bytes.count > 6 { bytes.replaceSubrange(0..<3, with: [22, 3, UInt8(random(5))]) }
            let port = ports[index % 4]
            return port == 0
                ? ApplicationFieldTests.udp(bytes)
                : PacketBytes.segment(bytes, port: port, sequence: index * 50, clientPort: 2000 + index % 7)
        }
        #expect(try FieldRows.read(Self.fields, frames).rows.count == frames.count)
    }
}
