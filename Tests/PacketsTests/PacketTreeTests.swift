import Packets
import RoadblockCore
import TestSupport
import Testing

struct PacketTreeTests {
    static func lines(_ frames: [[UInt8]]) throws -> [String] {
        var file = CaptureBytes()
        file.fileHeader()
        for (index, frame) in frames.enumerated() { file.packet(seconds: UInt32(index), fraction: 0, frame) }
        let capture = try PcapngWriterTests.open([file.bytes])
        var dissection = PacketDissection(
            profile: .v44,
            depth: .flight,
            applications: ApplicationFieldSet(ApplicationField.allCases),
            isTracking: true
        )
        let tree = PacketTree(profile: .v44, zone: UTCZone())
        var text: [UInt8] = []
        while let (frame, input) = try capture.next() {
            try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
                let joined = dissection.dissect(frame, bytes)
                #expect(joined == nil)
                tree.append(dissection.packet, bytes, dissection.facts, to: &text)
            }
        }
        return String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }

    @Test func `each layer has its fields below it, in their order`() throws {
        let query: [UInt8] =
            [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4] + Array("\u{1B}[2J".utf8) + [3, 111, 114, 103, 0, 0, 1, 0, 1]
        let lines = try Self.lines([
            PacketBytes.internet(PacketBytes.datagram(query, from: 40000, to: 53), protocol: 17)
        ])
        let headings = lines.filter { !$0.hasPrefix(" ") && !$0.isEmpty }
        #expect(
            headings == [
                "Frame 1: 68 bytes, 68 captured", "Ethernet (eth)", "Internet Protocol version 4 (ip)",
                "User Datagram Protocol (udp)", "Domain Name System (dns)",
            ]
        )
        let expected = [
            "  frame.protocols: eth:ethertype:ip:udp:dns", "Ethernet (eth)", "  eth.src: 02:00:00:00:00:01",
            "  ip.flags: 0x00", "    ip.flags.df: False", "  ip.proto: 17 (UDP)", "  ip.src: 10.0.0.1",
            "  ip.dst: 10.0.0.2", "  udp.dstport: 53", "  dns.id: 0x1234", "    dns.flags.opcode: 0 (Standard query)",
            "  dns.qry.name: \\033[2J.org", "  dns.qry.type: 1 (A (Host Address))",
        ]
        var rest = lines[...]
        for line in expected {
            let place = try #require(rest.firstIndex(of: line), "\(line) is not where it should be")
            rest = rest[(place + 1)...]
        }
        #expect(!lines.contains { $0.contains("ip.addr") || $0.contains("\u{1B}") })
    }

    @Test func `long values are cut`() throws {
        let lines = try Self.lines([
            PacketBytes.segment(Array(repeating: 0xAB, count: 1000), port: 9, sequence: 1)
        ])
        let value = String(repeating: "ab", count: 64) + "… (1000 bytes)"
        #expect(lines.contains("  tcp.payload: \(value)") && lines.contains("  data.data: \(value)"))
        #expect(lines.contains("Data, 1000 bytes (data)"))
    }

    @Test func `a frame without bytes is a frame`() throws {
        let lines = try Self.lines([[]])
        #expect(lines[0] == "Frame 1: 0 bytes, 0 captured" && lines.contains("  frame.len: 0"))
    }
}
