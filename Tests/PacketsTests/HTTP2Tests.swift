import Packets
import TestSupport
import Testing

/// What connections carry that began with HTTP/1 or with the preface of HTTP/2.
struct HTTP2Tests {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let settings = frame(4, flags: 0, stream: 0, [])
    /// "application/dns-message" in Huffman code, under the name of entry 31, to be remembered.
    static let contentType: [UInt8] =
        [0x5F, 0x80 | 16] + [
            0x1D, 0x75, 0xD0, 0x62, 0x0D, 0x26, 0x3D, 0x4C, 0x49, 0x52, 0x16, 0xA4, 0xA8, 0x40, 0xE6, 0x2F,
        ]

    static func frame(_ type: UInt8, flags: UInt8, stream: Int, _ content: [UInt8]) -> [UInt8] {
        [0] + PacketBytes.word(content.count) + [type, flags] + PacketBytes.long(stream) + content
    }

    static func segments(_ bytes: [UInt8], fromClient: Bool, by size: Int, from first: Int = 1) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: size).map { start in
            PacketBytes.segment(
                Array(bytes[start..<min(start + size, bytes.count)]),
                port: 80,
                fromClient: fromClient,
                sequence: first + start
            )
        }
    }

    static let query = ApplicationFieldTests.question
    static let answer = ApplicationFieldTests.answer

    @Test(arguments: [1, 7, 23, 1000])
    func `reads the DNS messages that HTTP 2 carries however they are cut`(_ size: Int) throws {
        let client =
            Self.frame(1, flags: 4, stream: 1, [0x83] + Self.contentType)
            + Self.frame(0, flags: 8, stream: 1, [2] + Self.query[..<9] + [0, 0])
            + Self.frame(0, flags: 1, stream: 1, Array(Self.query[9...]))
            // The second stream names the first entry that was remembered, in two frames.
            + Self.frame(1, flags: 0, stream: 3, [0x83]) + Self.frame(9, flags: 4, stream: 3, [0xBE])
            + Self.frame(0, flags: 1, stream: 3, Self.query)
            + Self.frame(1, flags: 4, stream: 5, [0x83]) + Self.frame(0, flags: 1, stream: 5, Self.query)
        let server =
            Self.frame(1, flags: 4, stream: 3, [0x88] + Self.contentType)
            + Self.frame(0, flags: 0, stream: 3, Self.answer) + Self.frame(0, flags: 1, stream: 3, [])
        let opening = Self.segments(Self.preface, fromClient: true, by: 24)
        let (rows, _) = try FieldRows.read(
            ["dns.qry.name", "dns.a", "dns.response_to", "dns.retransmission"],
            opening + Self.segments(client, fromClient: true, by: size, from: 25)
                + Self.segments(server, fromClient: false, by: size)
        )
        let questions = rows.filter { !$0[0].isEmpty && $0[1].isEmpty }
        #expect(questions.flatMap { $0[0].split(separator: ",") } == ["www.example.com", "www.example.com"])
        #expect(questions.allSatisfy { $0[3].isEmpty })
        let asked = rows.lastIndex { !$0[0].isEmpty && $0[1].isEmpty } ?? -1
        #expect(rows.last == ["www.example.com", "192.0.2.7", String(asked + 1), ""])
    }

    @Test(arguments: [("h2c", "http:http2"), ("WebSocket", "http:websocket"), ("other", "http:data")])
    func `names what an upgrade leads to`(_ value: String, _ protocols: String) throws {
        let request = Array("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: \(value)\r\n\r\n".utf8)
        let response = Array("HTTP/1.1 101 Switching Protocols\r\nUpgrade: \(value)\r\n\r\n".utf8)
        let content = value == "WebSocket" ? [0x81, 7] + Array("GET / H".utf8) : Self.settings
        let (rows, _) = try FieldRows.read(
            ["frame.protocols", "http", "http.response.code"],
            [
                PacketBytes.segment(request, port: 80, sequence: 1),
                PacketBytes.segment(response, port: 80, fromClient: false, sequence: 1),
                PacketBytes.segment(content, port: 80, fromClient: false, sequence: 1 + response.count),
            ]
        )
        #expect(rows[1][2] == "101")
        #expect(rows[2] == ["eth:ethertype:ip:tcp:\(protocols)", "", ""])
    }

    @Test
    func `takes any changed byte of headers and frames`() throws {
        let bytes =
            Self.preface + Self.frame(1, flags: 4, stream: 1, [0x3F, 0xE1, 0xFF, 0x03, 0x83] + Self.contentType)
            + Self.frame(5, flags: 12, stream: 1, [1, 0, 0, 0, 2, 0xBE, 0x40, 1, 97, 1, 98, 0])
            + Self.frame(0, flags: 9, stream: 1, [1] + Self.query + [0])
        var frames: [[UInt8]] = []
        for place in bytes.indices {
            for value: UInt8 in [0, 0xFF, 0x7F, bytes[place] ^ 0x80, bytes[place] &+ 1] {
                var changed = bytes
                changed[place] = value
                frames.append(
                    PacketBytes.segment(changed, port: 80, sequence: 1, clientPort: 1024 + frames.count)
                )
            }
        }
        #expect(try FieldRows.read(HostileApplicationTests.fields, frames).rows.count == frames.count)
    }
}
