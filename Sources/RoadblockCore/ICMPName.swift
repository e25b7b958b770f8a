/// The names of ICMP errors, as operators know them (RFC 792, 1122, 1812, 4443).
package enum ICMPName {
    /// The name of a type and code; the numbers where there is none.
    package static func text(type: UInt8, code: UInt8, isVersion6: Bool) -> String {
        (isVersion6 ? name6(type, code) : name4(type, code)) ?? "type \(type), code \(code)"
    }

    private static func name4(_ type: UInt8, _ code: UInt8) -> String? {
        switch (type, code) {
        case (3, 0): "network unreachable"
        case (3, 1): "host unreachable"
        case (3, 2): "protocol unreachable"
        case (3, 3): "port unreachable"
        case (3, 4): "fragmentation needed"
        case (3, 5): "source route failed"
        case (3, 6): "destination network unknown"
        case (3, 7): "destination host unknown"
        case (3, 8): "source host isolated"
        case (3, 9): "network administratively prohibited"
        case (3, 10): "host administratively prohibited"
        case (3, 11): "network unreachable for this type of service"
        case (3, 12): "host unreachable for this type of service"
        case (3, 13): "communication administratively prohibited"
        case (3, 14): "host precedence violation"
        case (3, 15): "precedence cutoff in effect"
        case (11, 0): "time to live exceeded in transit"
        case (11, 1): "fragment reassembly time exceeded"
        default: nil
        }
    }

    private static func name6(_ type: UInt8, _ code: UInt8) -> String? {
        switch (type, code) {
        case (1, 0): "no route to destination"
        case (1, 1): "communication administratively prohibited"
        case (1, 2): "beyond scope of source address"
        case (1, 3): "address unreachable"
        case (1, 4): "port unreachable"
        case (1, 5): "source address failed ingress or egress policy"
        case (1, 6): "reject route to destination"
        case (2, _): "packet too big"
        case (3, 0): "hop limit exceeded in transit"
        case (3, 1): "fragment reassembly time exceeded"
        default: nil
        }
    }
}
