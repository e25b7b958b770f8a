import Packets
import TestSupport
import Testing

struct FragmentTests {
    static let datagram = PacketBytes.datagram(ApplicationFieldTests.question, from: 5000, to: 53)

    /// A part of the datagram; `isLast` clears the flag that more follow.
    static func fragment(_ range: Range<Int>, isLast: Bool, identification: Int = 7) -> [UInt8] {
        PacketBytes.internet(
            Array(datagram[range]),
            protocol: 17,
            identification: identification,
            fragment: range.lowerBound / 8 | (isLast ? 0 : 0x2000)
        )
    }

    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
    func `reads a datagram in the packet that completes it, whatever the order`(_ order: [Int]) throws {
        let count = Self.datagram.count
        let parts = [(0..<16, false), (16..<24, false), (24..<count, true)]
        let frames = order.map { Self.fragment(parts[$0].0, isLast: parts[$0].1) }
        let (rows, _) = try FieldRows.read(
            ["udp.dstport", "dns.qry.name", "ip.fragment", "ip.fragment.count", "ip.reassembled.length"],
            frames
        )
        #expect(rows[0] == ["", "", "", "", ""])
        #expect(rows[1] == ["", "", "", "", ""])
        let places = (0..<3).map { part in String((order.firstIndex(of: part) ?? 0) + 1) }.joined(separator: ",")
        #expect(rows[2] == ["53", "www.example.com", places, "3", String(count)])
    }

    @Test
    func `marks fragments that overlap with other bytes`() throws {
        let count = Self.datagram.count
        var other = Self.fragment(8..<16, isLast: false)
        other[other.count - 1] ^= 0xFF
        let frames = [Self.fragment(0..<16, isLast: false), other, Self.fragment(16..<count, isLast: true)]
        let (rows, _) = try FieldRows.read(
            [
                "dns.qry.name", "ip.fragment", "ip.fragment.error", "ip.fragment.overlap",
                "ip.fragment.overlap.conflict",
            ],
            frames
        )
        #expect(rows[2] == ["www.example.com", "1,3", "2", "1", "1"])
    }

    @Test
    func `says which datagrams made room when too many wait`() throws {
        var frames = (0..<20_000).map { Self.fragment(0..<16, isLast: false, identification: $0) }
        frames.append(Self.fragment(16..<Self.datagram.count, isLast: true, identification: 0))
        frames.append(Self.fragment(16..<Self.datagram.count, isLast: true, identification: 19_999))
        let (rows, notices) = try FieldRows.read(["dns.qry.name"], frames)
        #expect(rows[20_000] == [""])
        #expect(rows[20_001] == ["www.example.com"])
        #expect(notices.count == 1 && notices[0].contains("IP datagrams"))
    }
}
