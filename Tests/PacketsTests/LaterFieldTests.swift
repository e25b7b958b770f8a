import Packets
import TestSupport
import Testing

/// Fields that came after Wireshark 4.0, which no installed tshark can be asked about.
struct LaterFieldTests {
    private static func sized(_ bytes: [UInt8]) -> [UInt8] { PacketBytes.word(bytes.count) + bytes }
    private static func words(_ values: [Int]) -> [UInt8] { values.flatMap { PacketBytes.word($0) } }

    /// A client hello with what browsers send, in an order of its own and with values of RFC 8701 between.
    private static func hello() -> [UInt8] {
        let suites = [
            0x0A0A, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C,
            0x009D,
            0x002F, 0x0035,
        ]
        let algorithms = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]
        let contents: [Int: [UInt8]] = [
            0x0000: sized([0] + sized(Array("a.example".utf8))),
            0x0010: sized([2] + Array("h2".utf8) + [8] + Array("http/1.1".utf8)),
            0x002B: [6] + words([0x1A1A, 0x0304, 0x0303]),
            0x000D: sized(words(algorithms)),
            0x000A: sized(words([0x001D])),
            0x000B: [1, 0],
        ]
        let order = [
            0x2A2A, 0x001B, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002D, 0x000D, 0x0005, 0x0023, 0x0012, 0x002B,
            0xFF01,
            0x000B, 0x000A, 0x0015,
        ]
        let extensions = order.flatMap { PacketBytes.word($0) + sized(contents[$0] ?? []) }
        let body = [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + sized(words(suites)) + [1, 0] + sized(extensions)
        return [22, 3, 1] + sized([1, 0] + sized(body))
    }

    @Test
    func `gives the JA4 fingerprint of the example in its definition`() throws {
        let frames = [PacketBytes.segment(Self.hello(), port: 443, sequence: 1)]
        let raw =
            "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_"
            + "0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_"
            + "0403,0804,0401,0503,0805,0501,0806,0601"
        let rows = try FieldRows.read(["tls.handshake.ja4", "tls.handshake.ja4_r"], frames).rows
        #expect(rows == [["t13d1516h2_8daaf6152771_e5627efa2ab1", raw]])
    }

    @Test
    func `numbers pairs of addresses in either direction`() throws {
        let frames = [true, false, true].map {
            PacketBytes.internet(PacketBytes.datagram([1], from: 5000, to: 6000), protocol: 17, fromClient: $0)
        }
        // The last packet comes from elsewhere.
        var other = frames[2]
        other[29] = 99
        let (rows, _) = try FieldRows.read(["eth.stream", "ip.stream", "ipv6.stream"], [frames[0], frames[1], other])
        #expect(rows == [["0", "0", ""], ["0", "0", ""], ["0", "1", ""]])
    }

    @Test(arguments: [
        ("icmp.type.deprecated", 4, true), ("icmp.type.deprecated", 8, false), ("icmp.type.error", 1, true),
        ("icmp.type.error", 8, false), ("icmp.type.error", 253, true),
    ])
    func `marks types of ICMP that nobody should send`(_ field: String, _ type: UInt8, _ holds: Bool) throws {
        let frame = PacketBytes.internet([type, 0, 0, 0, 0, 1, 0, 1], protocol: 1, fromClient: true)
        #expect(try FieldRows.read([field], [frame]).rows == [[holds ? "1" : ""]])
    }

    @Test
    func `shows the columns of the packet list`() throws {
        let frame = PacketBytes.internet(
            PacketBytes.datagram([1, 2], from: 5000, to: 6000),
            protocol: 17,
            fromClient: true
        )
        let rows = try FieldRows.read(["_ws.col.protocol", "_ws.col.info"], [frame]).rows
        #expect(rows == [["UDP", "5000 → 6000 Len=2"]])
    }

    /// Every name of the language is known: a filter that Wireshark takes is never called unknown.
    @Test
    func `knows every field by a unique name`() {
        let names = FieldCatalogue.fields.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.count > 1000)
    }
}
