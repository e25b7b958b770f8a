import RoadblockCore
import Testing

@testable import Names

@Suite struct SpecialRangeTests {
    enum Standing { case privateUse, documentation, reserved, open }

    static let addresses: [(text: String, standing: Standing, name: String?)] = [
        ("0.0.0.0", .reserved, "unspecified address"), ("0.1.2.3", .reserved, "this network"),
        ("9.255.255.255", .open, nil), ("10.0.0.0", .privateUse, "private (RFC 1918)"),
        ("10.255.255.255", .privateUse, "private (RFC 1918)"), ("11.0.0.0", .open, nil),
        ("100.63.255.255", .open, nil), ("100.64.0.0", .reserved, "shared address space (RFC 6598)"),
        ("100.127.255.255", .reserved, "shared address space (RFC 6598)"), ("100.128.0.0", .open, nil),
        ("127.0.0.1", .reserved, "loopback"), ("169.254.0.1", .reserved, "link-local"),
        ("169.254.169.123", .reserved, "Amazon Time Sync"), ("169.254.169.253", .reserved, "Amazon DNS"),
        ("169.254.169.254", .reserved, "EC2 instance metadata"), ("169.254.169.255", .reserved, "link-local"),
        ("172.15.255.255", .open, nil), ("172.16.0.0", .privateUse, "private (RFC 1918)"),
        ("172.31.255.255", .privateUse, "private (RFC 1918)"), ("172.32.0.0", .open, nil),
        ("192.0.0.1", .reserved, "IPv4 service continuity (DS-Lite, 464XLAT)"),
        ("192.0.0.9", .open, "Port Control Protocol anycast"), ("192.0.0.11", .reserved, "IETF protocol assignments"),
        ("192.0.1.0", .open, nil), ("192.0.2.1", .documentation, "documentation (TEST-NET-1)"),
        ("192.0.3.0", .open, nil), ("192.168.255.255", .privateUse, "private (RFC 1918)"), ("192.169.0.0", .open, nil),
        ("198.17.255.255", .open, nil), ("198.18.0.0", .reserved, "benchmarking"),
        ("198.19.255.255", .reserved, "benchmarking"), ("198.20.0.0", .open, nil),
        ("198.51.100.1", .documentation, "documentation (TEST-NET-2)"),
        ("203.0.113.255", .documentation, "documentation (TEST-NET-3)"), ("203.0.114.0", .open, nil),
        ("224.0.0.251", .reserved, "mDNS (multicast)"), ("239.1.1.1", .reserved, "multicast inside of an organization"),
        ("240.0.0.1", .reserved, "reserved for future use"), ("255.255.255.254", .reserved, "reserved for future use"),
        ("255.255.255.255", .reserved, "broadcast on the segment"), ("8.8.8.8", .open, nil),
        ("::", .reserved, "unspecified address"), ("::1", .reserved, "loopback"),
        ("::2", .reserved, "reserved by the IETF"),
        ("64:ff9b::808:808", .open, "NAT64"), ("64:ff9b:1::1", .reserved, "NAT64 inside of a network"),
        ("100::1", .reserved, "discard-only"), ("2000::", .open, nil), ("2001::1", .open, "Teredo"),
        ("2001:1::4", .reserved, "IETF protocol assignments"), ("2001:2::1", .reserved, "benchmarking"),
        ("2001:20::1", .open, "ORCHIDv2"), ("2001:200::1", .open, nil),
        ("2001:db8:ffff::1", .documentation, "documentation"), ("2001:db9::", .open, nil),
        ("2002:808:808::1", .open, "6to4"),
        ("2600:1f18::1", .open, nil), ("3fff::1", .documentation, "documentation"),
        ("3fff:1000::", .open, nil), ("4000::1", .reserved, "reserved by the IETF"),
        ("5f00::1", .reserved, "SRv6 segment identifiers"), ("fbff::1", .reserved, "reserved by the IETF"),
        ("fc00::1", .privateUse, "unique local (RFC 4193)"), ("fd00:ec2::254", .privateUse, "EC2 instance metadata"),
        ("fdff:ffff::1", .privateUse, "unique local (RFC 4193)"), ("fe00::1", .reserved, "reserved by the IETF"),
        ("fe80::1", .reserved, "link-local"), ("febf::1", .reserved, "link-local"),
        ("fec0::1", .reserved, "site-local (deprecated)"), ("ff02::1", .reserved, "all hosts (multicast)"),
        ("ff0e::1", .reserved, "multicast"),
    ]

    @Test(arguments: addresses)
    func `names what an address is set aside for`(_ row: (text: String, standing: Standing, name: String?)) throws {
        let address = try #require(IPAddress(parsing: row.text))
        #expect(SpecialRange.name(of: address) == row.name)
        #expect(SpecialRange.isPrivate(address) == (row.standing == .privateUse))
        #expect(SpecialRange.isDocumentation(address) == (row.standing == .documentation))
        #expect(SpecialRange.isReserved(address) == (row.standing == .reserved || row.standing == .documentation))
        #expect(SpecialRange.isPublic(address) == (row.standing == .open))
    }

    @Test func `every row of the table is a range, and none is there twice`() {
        #expect(SpecialRange.rows.count == SpecialRange.table.count)
        #expect(Set(SpecialRange.rows.map(\.range)).count == SpecialRange.rows.count)
    }

    @Test(arguments: [
        "10.1.2.3", "172.20.0.1", "192.168.1.1", "100.100.0.1", "169.254.1.1", "127.0.0.1", "fd00::1", "fe80::1", "::1",
    ])
    func `nothing that a diagnosis counts as inside is public`(_ text: String) throws {
        #expect(!SpecialRange.isPublic(try #require(IPAddress(parsing: text))))
    }

    @Test(arguments: [
        ("169.254.169.254", "EC2 instance metadata"), ("10.0.0.1", nil), ("169.254.1.1", nil), ("8.8.8.8", nil),
    ])
    func `only single addresses are services`(_ text: String, _ name: String?) throws {
        #expect(SpecialRange.serviceName(of: try #require(IPAddress(parsing: text))) == name)
    }
}

@Suite struct ServiceNameTests {
    static let services: [(port: UInt16, number: UInt8, name: String?)] = [
        (22, 6, "ssh"), (22, 17, nil), (53, 6, "dns"), (53, 17, "dns"), (443, 17, "https"), (514, 6, "shell"),
        (514, 17, "syslog"), (3389, 6, "rdp"), (5060, 132, "sip"), (38412, 132, "ngap"), (443, 1, nil), (0, 6, nil),
        (65535, 6, nil),
    ]

    @Test(arguments: services)
    func `knows the usual service of a port`(_ row: (port: UInt16, number: UInt8, name: String?)) {
        #expect(ServiceName.of(port: row.port, protocol: row.number) == row.name)
    }

    @Test func `every line of the table is a row, in order, and no port has two names`() {
        let rows = ServiceName.rows
        #expect(rows.count == ServiceName.table.split(separator: "\n").count)
        #expect(rows.allSatisfy { !$0.protocols.isEmpty })
        #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.port <= $1.port })
        let keys = rows.flatMap { row in row.protocols.map { UInt32($0) << 16 | UInt32(row.port) } }
        #expect(Set(keys).count == keys.count)
    }
}
