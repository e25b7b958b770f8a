import RoadblockCore
import Testing

@testable import Names

@Suite struct MaxMindTests {
    /// A database of networks and one of countries in one tree, with every kind of value in the records.
    static func database(hasIPv6: Bool = true) -> DatabaseBytes {
        var database = DatabaseBytes(hasIPv6: hasIPv6)
        let shared = database.add(.text("Shared Name Ltd"))
        let everything = database.add(
            .map([
                ("is_anycast", .bool(true)), ("scores", .array([.double(0.5), .number(7), .map([("x", .number(1))])])),
                ("autonomous_system_number", .number(64496)), ("big", .number(1 << 40)),
                ("long", .text(String(repeating: "x", count: 300))), ("name", .text("Second Choice")),
                ("autonomous_system_organization", .text("Example Networks")),
            ])
        )
        let pointed = database.add(.map([("isp", .pointer(shared))]))
        let country = database.add(
            .map([
                ("registered_country", .map([("iso_code", .text("XX"))])),
                (
                    "country",
                    .map([
                        ("iso_code", .text("XY")),
                        ("names", .map([("de", .text("Land")), ("en", .text("Somewhere"))])),
                    ])
                ),
            ])
        )
        let code = database.add(.map([("registered_country", .map([("iso_code", .text("XX"))]))]))
        let traits = database.add(.map([("traits", .map([("organization", .text("Inner Ltd"))]))]))
        let nameless = database.add(.map([("location", .map([("latitude", .double(1))])), ("name", .text(" "))]))
        database.insert("198.51.100.0/24", record: everything)
        database.insert("198.51.100.128/25", record: pointed)
        database.insert("203.0.113.0/24", record: country)
        database.insert("203.0.113.7/32", record: code)
        database.insert("192.0.2.0/25", record: nameless)
        if hasIPv6 {
            database.insert("2001:db8::/32", record: traits)
            database.insert("2001:db8:0:1::/64", record: everything)
        }
        return database
    }

    static let names: [(address: String, name: String?)] = [
        ("198.51.100.1", "Example Networks"), ("198.51.100.127", "Example Networks"),
        ("198.51.100.128", "Shared Name Ltd"), ("198.51.101.0", nil), ("203.0.113.6", "Somewhere"),
        ("203.0.113.7", "XX"), ("203.0.113.8", "Somewhere"), ("192.0.2.1", nil), ("192.0.2.129", nil),
        ("2001:db8::1", "Inner Ltd"), ("2001:db8:0:1::9", "Example Networks"), ("2001:db9::", nil), ("::1", nil),
    ]

    static func table(_ bytes: [UInt8]) throws -> OwnerTable {
        var builder = OwnerTable.Builder()
        try builder.add(bytes, name: "test.mmdb")
        return builder.table()
    }

    @Test(arguments: [24, 28, 32], [true, false])
    func `finds names with every size of tree records`(_ recordSize: Int, _ hasIPv6: Bool) throws {
        let table = try Self.table(Self.database(hasIPv6: hasIPv6).file(recordSize: recordSize))
        for row in Self.names {
            let address = try #require(IPAddress(parsing: row.address))
            let expected = hasIPv6 || address.isIPv4 ? row.name : nil
            #expect(table.name(of: address) == expected, "\(row.address)")
        }
    }

    @Test func `reads what another program wrote`() throws {
        let table = try Self.table(ForeignDatabase.bytes)
        for row in ForeignDatabase.names {
            #expect(table.name(of: try #require(IPAddress(parsing: row.address))) == row.name, "\(row.address)")
        }
    }

    @Test func `follows pointers of every size`() throws {
        for padding in [10, 3000, 600_000] {
            var database = DatabaseBytes()
            _ = database.add(.text(String(repeating: "x", count: padding)))
            let shared = database.add(.text("Far Away"))
            let record = database.add(.map([("organization", .pointer(shared))]))
            database.insert("198.51.100.0/24", record: record)
            let table = try Self.table(database.file(recordSize: 32))
            #expect(table.name(of: IPAddress(ipv4: 0xC633_6401)) == "Far Away")
        }
    }

    @Test func `pointers to pointers and circles name nobody`() throws {
        var database = DatabaseBytes()
        let good = database.add(.map([("name", .text("Good"))]))
        let circle = database.add(.pointer(good + 11))
        let second = database.add(.map([("name", .pointer(circle)), ("isp", .pointer(circle))]))
        database.insert("198.51.100.0/24", record: good)
        database.insert("203.0.113.0/24", record: second)
        database.insert("192.0.2.0/24", record: circle)
        let table = try Self.table(database.file(recordSize: 24))
        #expect(table.name(of: IPAddress(ipv4: 0xC633_6401)) == "Good")
        #expect(table.name(of: IPAddress(ipv4: 0xCB00_7101)) == nil)
        #expect(table.name(of: IPAddress(ipv4: 0xC000_0201)) == nil)
    }

    @Test func `a record that claims millions of members ends soon`() throws {
        var database = DatabaseBytes()
        let good = database.add(.map([("name", .text("Good"))]))
        database.insert("198.51.100.0/24", record: good)
        let huge = database.records.count
        _ = database.add(.text("x"))
        database.insert("203.0.113.0/24", record: huge)
        var bytes = database.file(recordSize: 24)
        // The text's control byte becomes that of a map of 16 million pairs, which reads the description as its members.
        let place = try #require(bytes.indices.last { bytes[$0] == 0x41 && bytes[$0 + 1] == UInt8(ascii: "x") })
        bytes.replaceSubrange(
            place..<(place + 2),
            with: [0xFF, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0xE0, count: 9000)
        )
        let table = try Self.table(bytes)
        #expect(table.name(of: IPAddress(ipv4: 0xCB00_7101)) == nil)
    }

    static let failures: [(what: String, bytes: [UInt8], message: String)] = [
        ("version", database().file(recordSize: 24, version: 3), "format 3"),
        ("record size", database().file(recordSize: 20), "records of 20 bits"),
        ("tree", Array(database().file(recordSize: 24).suffix(600)), "cut off"),
        ("names", nameless(), "names no owners"),
    ]

    private static func nameless() -> [UInt8] {
        var database = DatabaseBytes()
        database.insert("198.51.100.0/24", record: database.add(.map([("connection_type", .text("Cable"))])))
        return database.file(recordSize: 24)
    }

    @Test(arguments: failures)
    func `says what is wrong with a database`(_ row: (what: String, bytes: [UInt8], message: String)) throws {
        let failure = #expect(throws: Failure.self) { try Self.table(row.bytes) }
        #expect(failure?.kind == .badInput && failure?.message.contains(row.message) == true)
    }

    /// Addresses around everything that the test databases hold.
    private static let probes = names.compactMap { IPAddress(parsing: $0.address) }

    /// Looks addresses up in bytes that may be a damaged database; true where it was taken for one.
    private static func survives(_ bytes: [UInt8]) -> Bool {
        guard let table = try? table(bytes) else { return false }
        for address in probes {
            if let name = table.name(of: address) { #expect(!name.isEmpty) }
        }
        return true
    }

    @Test func `a database cut anywhere does no harm`() {
        let bytes = Self.database().file(recordSize: 28)
        let kept = (0..<bytes.count).count { Self.survives(Array(bytes[..<$0])) }
        // The last members of the description are needed.
        #expect(kept == 0)
    }

    @Test func `records cut anywhere do no harm`() throws {
        let database = Self.database()
        let bytes = database.file(recordSize: 24)
        let marker = try #require(bytes.lastIndex(of: 0xAB))
        let cuts = (0..<database.records.count).map { Array(bytes[..<(marker - $0 - 1)] + bytes[marker...]) }
        #expect(cuts.count { Self.survives($0) } > 100)
    }

    @Test(arguments: [24, 28, 32])
    func `damaged bytes do no harm`(_ recordSize: Int) {
        let bytes = Self.database().file(recordSize: recordSize)
        var random = PseudoRandom(state: UInt64(recordSize))
        var readable = 0
        for round in 0..<3000 {
            var damaged = bytes
            for _ in 0...(round % 4) {
                damaged[Int(random.next(below: UInt64(bytes.count)))] = UInt8(truncatingIfNeeded: random.next())
            }
            if Self.survives(damaged) { readable += 1 }
        }
        #expect((1000..<3000).contains(readable))
    }
}

/// Numbers that look random and are the same in each run (SplitMix64).
struct PseudoRandom {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func next(below limit: UInt64) -> UInt64 { next() % limit }
}
