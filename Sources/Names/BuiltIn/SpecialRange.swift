package import RoadblockCore

/// What addresses are set aside for, as the registries of IANA have it.
///
/// Every address is exactly one of private, reserved and public; the documentation ranges are reserved ones.
package enum SpecialRange {
    /// How a range counts.
    enum Standing: Hashable {
        /// For use inside of one network: RFC 1918 and RFC 4193.
        case privateUse
        /// For examples: RFC 5737, 6676, 3849 and 9637.
        case documentation
        /// Set aside for anything else: never the address of a host on the internet.
        case reserved
        /// Special, and yet routed on the internet.
        case global
    }

    /// The meaning of an address beyond that of any host's; `nil` for an ordinary one.
    package static func name(of address: IPAddress) -> String? { row(around: address)?.name }

    /// The meaning of an address that is set aside alone, such as `EC2 instance metadata`; `nil` for all others.
    package static func serviceName(of address: IPAddress) -> String? {
        guard let row = row(around: address), row.range.first == row.range.last else { return nil }
        return row.name
    }

    /// True inside of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 and fc00::/7.
    package static func isPrivate(_ address: IPAddress) -> Bool { row(around: address)?.standing == .privateUse }

    /// True inside of 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 233.252.0.0/24, 2001:db8::/32 and 3fff::/20.
    package static func isDocumentation(_ address: IPAddress) -> Bool {
        row(around: address)?.standing == .documentation
    }

    /// True for what is neither private nor routed on the internet.
    ///
    /// This network, shared address space, loopback, link-local, protocol assignments, documentation, benchmarking,
    /// multicast, broadcast, discard, site-local, local NAT64, SRv6, and what IANA or the IETF keep for later.
    package static func isReserved(_ address: IPAddress) -> Bool {
        switch row(around: address)?.standing {
        case .documentation, .reserved: true
        default: false
        }
    }

    /// True for everything else: ordinary addresses, and special ones that are routed on the internet.
    ///
    /// Those are anycast addresses of protocols, AS 112, AMT, ORCHIDv2, drone ids, and, since they stand for addresses
    /// of the internet, 6to4, Teredo and the NAT64 prefix.
    package static func isPublic(_ address: IPAddress) -> Bool {
        switch row(around: address)?.standing {
        case nil, .global: true
        default: false
        }
    }

    /// A row of the table.
    struct Row: Hashable {
        var range: AddressRange
        var name: String
        var standing: Standing
    }

    private static func row(around address: IPAddress) -> Row? {
        if let key = address.ipv4 { return ipv4.find(key).map { rows[Int($0.name)] } }
        return ipv6.find(address.bits).map { rows[Int($0.name)] }
    }

    private static let ipv4 = RangeTable<UInt32>(
        rows.enumerated().compactMap { index, row in
            guard let first = row.range.first.ipv4, let last = row.range.last.ipv4 else { return nil }
            return .init(first: first, last: last, name: Int32(index), file: 0)
        }
    )
    private static let ipv6 = RangeTable<UInt128>(
        rows.enumerated().filter { !$0.element.range.first.isIPv4 }.map { index, row in
            .init(first: row.range.first.bits, last: row.range.last.bits, name: Int32(index), file: 0)
        }
    )
}
