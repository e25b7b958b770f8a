import Columns
import RoadblockCore

extension ScalarFunctions {
    static let addresses: [String: ScalarFunction] = [
        "isvalidip": { frame, cells, _ in Cell(address(frame, cells[0]) != nil) },
        "isvalidipv4": { frame, cells, _ in Cell(address(frame, cells[0]) != nil && !isWrittenAsIPv6(cells[0])) },
        "isvalidipv6": { frame, cells, _ in Cell(address(frame, cells[0]) != nil && isWrittenAsIPv6(cells[0])) },
        "isipinsubnet": { frame, cells, prepared in Cell(inSubnet(frame, cells, prepared, nil)) },
        "isipv4insubnet": { frame, cells, prepared in Cell(inSubnet(frame, cells, prepared, true)) },
        "isipv6insubnet": { frame, cells, prepared in Cell(inSubnet(frame, cells, prepared, false)) },
        "ipv4tonumber": { frame, cells, _ in
            cells[0].isAddress ? Cell(number: Double(cells[0].ipv4)) : .missing
        },
        "isprivateip": { frame, cells, _ in Cell(address(frame, cells[0]).map(AddressRange.isPrivate) ?? false) },
        "ispublicip": { frame, cells, _ in
            Cell(address(frame, cells[0]).map { !AddressRange.isPrivate($0) && !AddressRange.isReserved($0) } ?? false)
        },
        "isreservedip": { frame, cells, _ in Cell(address(frame, cells[0]).map(AddressRange.isReserved) ?? false) },
    ]

    /// The address that a value is; leading zeros make one invalid.
    static func address(_ frame: Frame, _ cell: Cell) -> IPAddress? {
        if cell.isAddress { return IPAddress(ipv4: cell.ipv4) }
        guard cell.isText else { return nil }
        let text = frame.pool.string(cell)
        guard text.utf8.count <= 45, text.utf8.contains(UInt8(ascii: ":")) else { return nil }
        return IPAddress(parsing: text)
    }

    /// True for every address that is written with colons: `::ffff:10.0.0.1` too is IPv6 to the language.
    private static func isWrittenAsIPv6(_ cell: Cell) -> Bool { !cell.isAddress }

    private static func inSubnet(_ frame: Frame, _ cells: [Cell], _ prepared: Prepared, _ wantsIPv4: Bool?) -> Bool {
        guard let address = address(frame, cells[0]) else { return false }
        let isIPv4 = !isWrittenAsIPv6(cells[0])
        if let wantsIPv4, isIPv4 != wantsIPv4 { return false }
        guard let prefix = prepared.prefix ?? frame.values.text(cells[1]).flatMap({ IPPrefix(parsing: $0) }) else {
            return false
        }
        return prefix.isIPv4 == isIPv4 && prefix.hasBits(of: address)
    }
}

/// Ranges with a meaning of their own.
///
/// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries.
private enum AddressRange {
    private static func prefixes(_ texts: String...) -> [IPPrefix] { texts.compactMap { IPPrefix(parsing: $0) } }

    private static let privateRanges = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
    private static let reservedRanges = prefixes(
        "0.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "::1/128",
        "100::/64",
        "2001:db8::/32",
        "3fff::/20",
        "fe80::/10",
        "ff00::/8"
    )

    static func isPrivate(_ address: IPAddress) -> Bool { privateRanges.contains { $0.contains(address) } }
    static func isReserved(_ address: IPAddress) -> Bool { reservedRanges.contains { $0.contains(address) } }
}
