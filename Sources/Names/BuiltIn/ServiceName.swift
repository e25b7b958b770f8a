/// Which service a port belongs to.
package enum ServiceName {
    /// The short name of a port's usual service, such as `https`; `nil` for ports without one.
    ///
    /// `number` is that of the protocol (IANA "Protocol Numbers"): 6 for TCP, 17 for UDP, 132 for SCTP.
    package static func of(port: UInt16, protocol number: UInt8) -> String? {
        names[UInt32(number) << 16 | UInt32(port)]
    }

    private static let names: [UInt32: String] = {
        var names: [UInt32: String] = [:]
        for row in rows {
            for number in row.protocols { names[UInt32(number) << 16 | UInt32(row.port)] = row.name }
        }
        return names
    }()

    /// A row of the table.
    struct Row: Hashable {
        var port: UInt16
        var protocols: [UInt8]
        var name: String
    }

    /// The table's rows, in its order.
    static let rows: [Row] = table.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard words.count == 3, let port = UInt16(words[0]) else { return nil }
        let protocols = words[1].compactMap { letter -> UInt8? in
            switch letter {
            case "t": 6
            case "u": 17
            case "s": 132
            default: nil
            }
        }
        return Row(port: port, protocols: protocols, name: String(words[2]))
    }
}
