import RoadblockCore
import Testing

@testable import Names

@Suite struct OwnerTableTests {
    static func table(_ texts: String...) throws -> OwnerTable {
        var builder = OwnerTable.Builder()
        for (index, text) in texts.enumerated() { try builder.add(Array(text.utf8), name: "file\(index)") }
        return builder.table()
    }

    /// A list in one of the forms that are in use, and what it says of some addresses.
    struct Form: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var names: [String: String?]
    }

    static let forms: [Form] = [
        Form(
            testDescription: "prefixes with names, no header",
            text: "203.0.113.0/24,Example Scanner Ltd\n2001:db8::/32,\"Six, Inc.\"\n198.51.100.7,One Host\n",
            names: [
                "203.0.113.9": "Example Scanner Ltd", "203.0.112.255": nil, "203.0.114.0": nil,
                "2001:db8:ffff::1": "Six, Inc.", "198.51.100.7": "One Host", "198.51.100.8": nil,
            ]
        ),
        Form(
            testDescription: "a header names the column",
            text: "id;region;network;ASN;Owner\n1;eu;203.0.113.0/24;64496;Example\n2;us;192.0.2.0/24;64497;Other\n",
            names: ["203.0.113.9": "Example", "192.0.2.1": "Other"]
        ),
        Form(
            testDescription: "iptoasn: range, number, country, description",
            text: """
                192.0.2.0\t192.0.2.255\t64496\tUS\tEXAMPLENET - Example
                198.51.100.0\t198.51.100.255\t0\tNone\tNot routed
                203.0.113.0\t203.0.113.127\t64497\tAU\tSCANNER
                """,
            names: [
                "192.0.2.9": "EXAMPLENET - Example", "198.51.100.1": nil, "203.0.113.127": "SCANNER",
                "203.0.113.128": nil,
            ]
        ),
        Form(
            testDescription: "DB-IP: range and country",
            text: "192.0.2.0,192.0.2.255,US\n2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,FR\n",
            names: ["192.0.2.9": "US", "2001:db8::1": "FR", "2001:db9::": nil]
        ),
        Form(
            testDescription: "DB-IP: range, number and organization",
            text: "192.0.2.0,192.0.2.255,64496,\"Example, Inc.\"\n203.0.113.0,203.0.113.255,64497,Other\n",
            names: ["192.0.2.9": "Example, Inc.", "203.0.113.1": "Other"]
        ),
        Form(
            testDescription: "IP2Location: whole numbers",
            text: """
                "0","3221225983","-","-"
                "3221225984","3221226239","US","United States"
                "3405803776","3405804031","AU","Australia"
                """,
            names: ["192.0.1.9": nil, "192.0.2.9": "United States", "203.0.113.1": "Australia"]
        ),
        Form(
            testDescription: "IP2Location: whole numbers of IPv6",
            text: """
                "0","281470681743359","-","-"
                "281473902969344","281473902969599","US","United States"
                "42540766411282592856903984951653826560","42540766490510755371168322545197776895","FR","France"
                """,
            names: ["192.0.2.9": "United States", "2001:db8::1": "France", "::1": nil]
        ),
        Form(
            testDescription: "GeoLite2 ASN blocks",
            text: """
                network,autonomous_system_number,autonomous_system_organization
                192.0.2.0/24,64496,"Example ""Big"" Networks"
                """,
            names: ["192.0.2.9": "Example \"Big\" Networks"]
        ),
        Form(
            testDescription: "comments, blanks, carriage returns, a byte order mark",
            text: "\u{FEFF}# mine\r\n\r\n  10.0.0.0/8 , Head office \r\n10.1.0.0 - 10.1.0.255,\"Line\nbreak\"\r\n",
            names: ["10.2.0.1": "Head office", "10.1.0.9": "Line break"]
        ),
        Form(
            testDescription: "mapped addresses are IPv4",
            text: "::ffff:192.0.2.0/120,Mapped\n::/0,Rest\n",
            names: ["192.0.2.9": "Mapped", "192.0.3.1": nil, "2001:db8::1": "Rest"]
        ),
        Form(
            testDescription: "Amazon's ip-ranges.json",
            text: """
                {"syncToken": "1", "createDate": "2026-01-01-00-00-00", "prefixes": [
                {"ip_prefix": "192.0.2.0/24", "region": "us-east-1", "service": "AMAZON", "network_border_group": "us-east-1"},
                {"ip_prefix": "192.0.2.0/24", "region": "us-east-1", "service": "EC2", "network_border_group": "us-east-1"},
                {"ip_prefix": "198.51.100.0/24", "region": "eu-west-1", "service": "EC2", "network_border_group": "eu-west-1"},
                {"ip_prefix": "198.51.100.0/24", "region": "eu-west-1", "service": "AMAZON", "network_border_group": "x"},
                {"ip_prefix": "198.51.100.0/24", "region": "eu-west-1", "service": "S3", "network_border_group": "x"},
                {"ip_prefix": "203.0.113.0/24", "region": "GLOBAL", "service": "CLOUDFRONT", "network_border_group": "x"}],
                "ipv6_prefixes": [
                {"ipv6_prefix": "2001:db8::/32", "region": "GLOBAL", "service": "AMAZON", "network_border_group": "x"}]}
                """,
            names: [
                "192.0.2.9": "AWS EC2 us-east-1", "198.51.100.1": "AWS S3 eu-west-1", "203.0.113.1": "AWS CLOUDFRONT",
                "2001:db8::1": "AWS", "10.0.0.1": nil,
            ]
        ),
    ]

    @Test(arguments: forms)
    func `reads lists in the forms in use`(_ form: Form) throws {
        let table = try Self.table(form.text)
        #expect(table.notes.isEmpty)
        for (text, name) in form.names {
            #expect(table.name(of: try #require(IPAddress(parsing: text))) == name, "\(text)")
        }
    }

    @Test func `the narrowest range wins, then the first file, then the first line`() throws {
        let table = try Self.table(
            "10.0.0.0/8,Wide\n10.0.0.0/24,First\n10.0.0.0/24,Second\n10.0.1.0-10.0.1.99,Hundred\n",
            "10.0.0.0/24,Later\n10.0.0.128/25,Half\n10.0.1.0/26,Block\n10.0.0.0/8,Later\n"
        )
        let expected: [(UInt32, String)] = [
            (0x0A00_0001, "First"), (0x0A00_0080, "Half"), (0x0A00_0101, "Block"), (0x0A00_0150, "Hundred"),
            (0x0A00_0164, "Wide"), (0x0AFF_FFFF, "Wide"),
        ]
        for (address, name) in expected { #expect(table.name(of: IPAddress(ipv4: address)) == name) }
    }

    @Test func `lists and databases compete by extent`() throws {
        var database = DatabaseBytes()
        database.insert("198.51.100.0/24", record: database.add(.map([("name", .text("Database"))])))
        database.insert("198.51.200.0/24", record: database.add(.map([("city", .text("Nowhere"))])))
        let file = database.file(recordSize: 24)
        let list = Array("198.51.100.0/24,Equal\n198.51.100.0-198.51.100.199,Narrower\n198.51.0.0/16,Wider\n".utf8)
        var builder = OwnerTable.Builder()
        try builder.add(list, name: "list")
        try builder.add(file, name: "database")
        let listFirst = builder.table()
        builder = OwnerTable.Builder()
        try builder.add(file, name: "database")
        try builder.add(list, name: "list")
        let databaseFirst = builder.table()
        #expect(listFirst.name(of: IPAddress(ipv4: 0xC633_64C7)) == "Narrower")
        #expect(listFirst.name(of: IPAddress(ipv4: 0xC633_64C8)) == "Equal")
        #expect(listFirst.name(of: IPAddress(ipv4: 0xC633_6500)) == "Wider")
        #expect(databaseFirst.name(of: IPAddress(ipv4: 0xC633_C801)) == "Wider")
        #expect(databaseFirst.name(of: IPAddress(ipv4: 0xC633_64C7)) == "Narrower")
        #expect(databaseFirst.name(of: IPAddress(ipv4: 0xC633_64C8)) == "Database")
    }

    @Test func `counts damaged lines and names the first`() throws {
        let table = try Self.table(
            """
            # a comment
            prefix,name
            10.0.0.0/8,Good
            10.0.0.0/33,Too long
            11.0.0.1,11.0.0.0,Backwards
            12.0.0.0,2001:db8::,Mixed
            "13.0.0.0/8,Open quote
            300.0.0.0/8,No address
            14.0.0.0/8
            15.0.0.0/8,Good as well
            """
        )
        #expect(table.notes == ["file0: 6 lines of 8 could not be read; the first is line 4: no address"])
        #expect(table.name(of: IPAddress(ipv4: 0x0F00_0001)) == "Good as well")
        #expect(table.name(of: IPAddress(ipv4: 0x0B00_0000)) == nil)
        #expect(table.name(of: IPAddress(ipv4: 0x0E00_0000)) == nil)
    }

    static let failures: [(text: String, message: String, span: Range<Int>?)] = [
        ("", "file0 is empty", nil), (" \n\n", "file0 is empty", nil),
        ("prefix,name\n", "file0 names no owners: it has no line below its header", nil),
        ("a,b\nx 10.0.0.0/33,b\n", "file0 names no owners: line 2: no address", 0..<13),
        ("prefix,name\n10.0.0.0/8\n", "file0 names no owners: line 2: no name", 0..<10),
        (
            "# x\n10.0.0.5,10.0.0.1,b\n", "file0 names no owners: line 2: the range does not end behind its start",
            0..<17
        ),
        ("10.0.0.0/8,-\n", "file0 names no owners: it has no line with a name", nil),
        ("{\"prefixes\": [}", "file0 is damaged JSON: not a value", 14..<15),
        ("{\"values\": []}", "file0 names no owners: it is JSON without `prefixes` as in Amazon's ip-ranges.json", nil),
        ("PK\u{3}\u{4}x", "file0 names no owners: it is a ZIP archive; unpack it first", nil),
        ("x\0y", "file0 names no owners: it is binary, and not a complete MaxMind database", nil),
    ]

    @Test(arguments: failures)
    func `says why a file names no owners, and where`(
        _ row: (text: String, message: String, span: Range<Int>?)
    ) throws {
        let failure = #expect(throws: Failure.self) { try Self.table(row.text) }
        #expect(failure?.kind == .badInput)
        #expect(failure?.message == row.message)
        #expect(failure?.place.map { $0.span.start..<$0.span.end } == row.span)
    }

    @Test(arguments: [
        ("a\u{1B}[31mred\u{7}", "a [31mred"), ("  two\t\tblanks ", "two blanks"), ("a\u{202E}b\u{200B}c", "abc"),
        ("Zürich", "Zürich"), ("a\u{85}b\u{2028}c", "a b c"), ("\u{1}", ""),
        (String(repeating: "é", count: 129), String(repeating: "é", count: 128) + "…"),
        (String(repeating: "x", count: 128), String(repeating: "x", count: 128)),
    ])
    func `names are made fit to print`(_ text: String, _ name: String) {
        #expect(OwnerName.clean(text) == name)
    }

    @Test func `finds what a search of all ranges finds`() {
        var random = PseudoRandom(state: 7)
        for round in 0..<60 {
            let count = 1 + Int(random.next(below: 40))
            let entries = (0..<count).map { index -> RangeTable<UInt32>.Entry in
                // Some ranges reach to the last key of all.
                let base: UInt32 = round % 2 == 0 ? 0 : .max - 255
                let a = base + UInt32(random.next(below: 256))
                let b = base + UInt32(random.next(below: 256))
                return .init(first: min(a, b), last: max(a, b), name: Int32(index), file: 0)
            }
            let table = RangeTable(entries)
            for offset: UInt32 in 0..<256 {
                let key = (round % 2 == 0 ? 0 : .max - 255) + offset
                let around = entries.filter { $0.first <= key && key <= $0.last }
                let best = around.min { ($0.last - $0.first, $0.name) < ($1.last - $1.first, $1.name) }
                #expect(table.find(key)?.name == best?.name)
            }
        }
    }

    @Test func `whole address spaces are ranges too`() throws {
        let table = try Self.table("0.0.0.0/0,Four\n::/0,Six\n255.255.255.255,Last\n")
        #expect(table.name(of: IPAddress(ipv4: 0)) == "Four" && table.name(of: IPAddress(ipv4: .max - 1)) == "Four")
        #expect(table.name(of: IPAddress(ipv4: .max)) == "Last")
        #expect(
            table.name(of: IPAddress(high: 0, low: 0)) == "Six"
                && table.name(of: IPAddress(high: .max, low: .max)) == "Six"
        )
    }

    @Test func `mutated lists do no harm`() {
        var random = PseudoRandom(state: 3)
        var readable = 0
        for round in 0..<2000 {
            var bytes = Array(Self.forms[round % Self.forms.count].text.utf8)
            for _ in 0...(round % 8) {
                let interesting = Array("\"\n,;\t#-/:.{}[]0fA\\\0\u{FF}".utf8)
                let place = Int(random.next(below: UInt64(bytes.count)))
                bytes[place] = interesting[Int(random.next(below: UInt64(interesting.count)))]
            }
            var builder = OwnerTable.Builder()
            guard (try? builder.add(bytes, name: "x")) != nil else { continue }
            readable += 1
            let table = builder.table()
            for name in [IPAddress(ipv4: 0xC000_0209), IPAddress(ipv4: 0), IPAddress(high: 0x2001_0db8 << 32, low: 1)]
                .compactMap(table.name)
            {
                #expect(!name.isEmpty)
            }
        }
        #expect(readable > 1000)
    }

    @Test func `quotes that never close cost no more than other lines`() throws {
        let text = String(repeating: "\"10.0.0.0/8,x\n", count: 20_000) + "10.0.0.0/8,Good\n"
        let table = try Self.table(text)
        #expect(table.name(of: IPAddress(ipv4: 0x0A00_0000)) == "Good")
        #expect(
            table.notes == [
                "file0: 20000 lines of 20001 could not be read; the first is line 1: a quote that does not end"
            ]
        )
    }
}
