import RoadblockCore
import Testing

struct AddressTests {
    static let texts: [(text: String, canonical: String?)] = [
        ("10.0.0.1", "10.0.0.1"), ("255.255.255.255", "255.255.255.255"), ("256.0.0.1", nil), ("10.0.0", nil),
        ("10.0.0.0.1", nil), ("", nil), ("::", "::"), ("::1", "::1"), ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("fe80:0:0:0:0:0:0:0", "fe80::"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:7", nil), ("1::2::3", nil),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("12345::", nil), (":1", nil), ("1:", nil), ("::g", nil), ("1:2:3:4:5:6:7:8:9", nil),
        ("0:0:0:1::", "0:0:0:1::"),
    ]

    @Test(arguments: texts)
    func `parses and prints the forms of RFC 4291 and RFC 5952`(_ row: (text: String, canonical: String?)) {
        #expect(IPAddress(parsing: row.text)?.description == row.canonical)
    }

    static let blocks: [(block: String, address: String, isInside: Bool)] = [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.1/24", "10.0.0.200", true),
        ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false), ("10.0.0.1", "10.0.0.1", true),
        ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false), ("::/0", "2001:db8::1", true),
        ("2001:db8::/65", "2001:db8::1", true), ("2001:db8::/65", "2001:db8:0:0:8000::1", false),
        ("::1/128", "::1", true), ("::1/128", "::2", false),
    ]

    @Test(arguments: blocks)
    func `contains exactly the addresses of the block`(_ row: (block: String, address: String, isInside: Bool)) throws {
        let block = try #require(IPPrefix(parsing: row.block))
        let address = try #require(IPAddress(parsing: row.address))
        #expect(block.contains(address) == row.isInside)
    }

    @Test(arguments: ["10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "x/8"])
    func `refuses blocks that are none`(_ text: String) {
        #expect(IPPrefix(parsing: text) == nil)
    }
}
