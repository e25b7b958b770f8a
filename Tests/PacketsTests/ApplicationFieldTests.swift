import Packets
import TestSupport
import Testing

struct ApplicationFieldTests {
    // A question for www.example.com, and its answer: an alias by pointer, and an address.
    static let question: [UInt8] =
        [0xE0, 0x39, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3] + Array("www".utf8) + [7] + Array("example".utf8) + [3]
        + Array("com".utf8) + [0, 0, 1, 0, 1]
    static let answer: [UInt8] =
        [0xE0, 0x39, 0x81, 0x83, 0, 1, 0, 2, 0, 0, 0, 0] + question[12...] + [
            0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1,
        ]
        + Array("a".utf8) + [0xC0, 16] + [0xC0, 45, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]

    static func udp(_ content: [UInt8], fromClient: Bool = true) -> [UInt8] {
        let datagram = PacketBytes.datagram(content, from: fromClient ? 5000 : 53, to: fromClient ? 53 : 5000)
        return PacketBytes.internet(datagram, protocol: 17, fromClient: fromClient)
    }

    @Test
    func `reads questions and answers, and which belong together`() throws {
        let (rows, _) = try FieldRows.read(
            [
                "dns.id", "dns.qry.name", "dns.flags.rcode", "dns.resp.name", "dns.cname", "dns.a", "dns.response_to",
                "dns.time", "dns.retransmit_request_in", "frame.protocols",
            ],
            [Self.udp(Self.question), Self.udp(Self.question), Self.udp(Self.answer, fromClient: false)]
        )
        let protocols = "eth:ethertype:ip:udp:dns"
        #expect(rows[0] == ["0xe039", "www.example.com", "", "", "", "", "", "", "", protocols])
        #expect(rows[1][8] == "1")
        #expect(
            rows[2] == [
                "0xe039", "www.example.com", "3", "www.example.com,a.example.com", "a.example.com", "192.0.2.7", "1",
                "0.000020000", "", protocols,
            ]
        )
    }

    @Test
    func `reads a message over TCP in the segment that completes it`() throws {
        let message = PacketBytes.word(Self.question.count) + Self.question
        let doubled = message + message
        let pieces = [doubled[..<1], doubled[1..<20], doubled[20..<50], doubled[50...]]
        var sequence = 1
        var frames: [[UInt8]] = []
        for piece in pieces {
            frames.append(PacketBytes.segment(Array(piece), port: 53, sequence: sequence))
            sequence += piece.count
        }
        let (rows, _) = try FieldRows.read(["dns.qry.name", "tcp.segment", "tcp.reassembled.length"], frames)
        #expect(rows[0] == ["", "", ""])
        #expect(rows[1] == ["", "", ""])
        #expect(rows[2] == ["www.example.com", "1,2,3", "35"])
        #expect(rows[3] == ["www.example.com", "3,4", "35"])
    }

    /// A client hello for a host, with one suite, ALPN and TLS 1.3 on offer.
    static func hello(_ host: String) -> [UInt8] {
        func sized(_ bytes: [UInt8]) -> [UInt8] { PacketBytes.word(bytes.count) + bytes }
        let name: [UInt8] = sized(sized([0] + sized(Array(host.utf8))))
        let alpn: [UInt8] = sized(sized([2] + Array("h2".utf8)))
        let versions: [UInt8] = sized([2, 3, 4])
        let extensions = [0, 0] + name + [0, 16] + alpn + [0, 43] + versions
        let body =
            [3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0, 2, 0x13, 1, 1, 0] + sized(extensions)
        let handshake: [UInt8] = [1, 0] + sized(body)
        return [22, 3, 1] + sized(handshake)
    }

    @Test(arguments: [1, 2, 3, 4, 7, 50, 1000])
    func `reads the server name however the hello is cut into segments`(_ size: Int) throws {
        let hello = Self.hello("blocked.example.org")
        let frames = stride(from: 0, to: hello.count, by: size).map { start in
            let piece = Array(hello[start..<min(start + size, hello.count)])
            return PacketBytes.segment(piece, port: 443, sequence: 1 + start)
        }
        let (rows, _) = try FieldRows.read(
            [
                "tls.handshake.extensions_server_name", "tls.handshake.extensions_alpn_str",
                "tls.handshake.extensions.supported_version", "tls.handshake.ciphersuite", "tls.handshake.ja3_full",
            ],
            frames
        )
        #expect(rows.last == ["blocked.example.org", "h2", "0x0304", "0x1301", "771,4865,0-16-43,,"])
        #expect(rows.dropLast().allSatisfy { $0[0].isEmpty })
    }

    @Test
    func `tells TLS by its first bytes on a port that nothing is registered for`() throws {
        let frames = [PacketBytes.segment(Self.hello("a.example"), port: 8443, sequence: 1)]
        #expect(try FieldRows.read(["tls.handshake.extensions_server_name"], frames).rows == [["a.example"]])
    }

    @Test
    func `computes the digest that JA3 is defined with`() throws {
        let frames = [PacketBytes.segment(Self.hello("a.example"), port: 443, sequence: 1)]
        // md5sum of `771,4865,0-16-43,,`
        #expect(try FieldRows.read(["tls.handshake.ja3"], frames).rows == [["9cd3a3df22ead6ac1977bf836d6ea964"]])
    }

    static let request = Array("GET /a?b=c HTTP/1.1\r\nHost: h.example\r\nX-Own: 1\r\n\r\n".utf8)
    static let response = Array(
        "HTTP/1.1 403 Forbidden\r\nServer: s\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".utf8
    )

    @Test(arguments: [1, 5, 30, 1000])
    func `reads requests and chunked responses however they are cut into segments`(_ size: Int) throws {
        var frames: [[UInt8]] = []
        for (bytes, fromClient) in [(Self.request, true), (Self.response, false)] {
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = Array(bytes[start..<min(start + size, bytes.count)])
                frames.append(
                    PacketBytes.segment(piece, port: 80, fromClient: fromClient, sequence: 1 + start)
                )
            }
        }
        let (rows, _) = try FieldRows.read(
            ["http.request.full_uri", "http.request.uri.query", "http.response.code", "http.file_data", "http.host"],
            frames
        )
        let filled = rows.filter { $0 != ["", "", "", "", ""] }
        #expect(
            filled == [
                ["http://h.example/a?b=c", "b=c", "", "", "h.example"], ["", "", "403", "abcde", ""],
            ]
        )
        #expect(rows.last == filled.last)
    }

    @Test
    func `shows a response without a length where its connection ends`() throws {
        let open = Array("HTTP/1.0 200 OK\r\nServer: s\r\n\r\nbody".utf8)
        let frames = [
            PacketBytes.segment(Self.request, port: 80, sequence: 1),
            PacketBytes.segment(open, port: 80, fromClient: false, sequence: 1),
            PacketBytes.segment(Array(" goes on".utf8), port: 80, fromClient: false, sequence: 1 + open.count),
            PacketBytes.segment([], port: 80, fromClient: false, sequence: 9 + open.count, flags: 0x11),
        ]
        let (rows, _) = try FieldRows.read(["http.response.code", "http.file_data", "http.request_in"], frames)
        #expect(rows[1] == ["", "", ""])
        #expect(rows[2] == ["", "", ""])
        #expect(rows[3] == ["200", "body goes on", "1"])
    }

    @Test
    func `prints what changed between versions as the version does`() throws {
        let frames = [
            PacketBytes.segment(Self.request, port: 80, sequence: 1),
            PacketBytes.segment(Self.response, port: 80, fromClient: false, sequence: 1),
        ]
        let fields = ["http.response", "http.file_data", "http.request.full_uri"]
        #expect(try FieldRows.read(fields, frames).rows[1] == ["1", "abcde", ""])
        let newer = try FieldRows.read(fields, frames, profile: .v44).rows[1]
        #expect(newer == ["True", "6162636465", "http://h.example/a?b=c"])
    }

    @Test
    func `shows nothing of a record that is cut, and names as C does`() throws {
        let name: [UInt8] = [3, 97, 1, 0xFF, 1, 46, 0]
        let odd: [UInt8] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + name + [0, 1, 0, 1]
        let fields = ["dns.qry.name", "dns.qry.name.len", "dns.count.labels", "dns.resp.type", "dns.cname"]
        let cut = Array(Self.answer.dropLast())
        let rows = try FieldRows.read(fields, [Self.udp(odd), Self.udp(cut, fromClient: false)]).rows
        #expect(rows[0] == ["a\\001\u{FFFD}..", "5", "3", "", ""])
        #expect(rows[1] == ["www.example.com", "15", "3", "5", "a.example.com"])
    }

    @Test
    func `pairs requests of one UDP conversation, but no notifications`() throws {
        func message(_ method: String) -> [UInt8] {
            let text = "\(method) * HTTP/1.1\r\nHost: h\r\nNT: a\r\n\r\n"
            let datagram = PacketBytes.datagram(Array(text.utf8), from: 5000, to: 1900)
            return PacketBytes.internet(datagram, protocol: 17)
        }
        let fields = ["http.request", "http.request.method", "http.prev_request_in", "http.unknown_header"]
        let rows = try FieldRows.read(fields, ["M-SEARCH", "NOTIFY", "M-SEARCH"].map(message)).rows
        #expect(rows[0] == ["1", "M-SEARCH", "", ""])
        #expect(rows[1] == ["", "NOTIFY", "", "NT: a\\r\\n"])
        #expect(rows[2] == ["1", "M-SEARCH", "1", ""])
    }

    @Test
    func `reads a DNS message in the body of HTTP 1`() throws {
        let head = "POST / HTTP/1.1\r\nContent-Type: Application/DNS-message; a=b\r\nContent-Length: "
        let request = Array("\(head)\(Self.question.count)\r\n\r\n".utf8) + Self.question
        let rows = try FieldRows.read(
            ["dns.qry.name", "frame.protocols"],
            [PacketBytes.segment(request, port: 80, sequence: 1)]
        ).rows
        #expect(rows[0][0] == "www.example.com")
        #expect(rows[0][1].contains("http:"))
    }
}
