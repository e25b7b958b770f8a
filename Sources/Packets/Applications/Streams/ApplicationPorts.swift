/// Which protocol a port is registered for, as Wireshark 4.0 has it by default (`tshark -G decodes`).
enum ApplicationPorts {
    /// What a TCP port carries.
    enum Registration: Sendable {
        case none
        case protocolRead(ApplicationProtocol)
        /// A protocol that is not read here, and so nothing else is looked for.
        case other
    }

    private static let tls = ports(
        """
        324 443 465 636 802 853 993 995 1300 2221 2443 3249-3252 3496 5061 5671 5684 5868 8883 11207
        19999 27017
        """
    )
    private static let http = ports(
        """
        80 631 1900 2710 2869 3128 3132 3689 5985 8080 8088 11371
        """
    )
    private static let dns = ports("53 5353")
    private static let others = ports(
        """
        7 13 19-23 25 37 42-43 49 70 79 88 102 104 110-111 119 123 139 143 161-162 179 199 210 323 389
        427 445 464 473 500 502 512-515 524 547-548 554 564 587 639 646-647 674 705 829 854 862 873 925
        988 1080 1090 1099 1102 1153 1194 1213 1344 1433 1521 1533 1547 1723 1755 1861 1863 1883 1935
        1978-1979 1998 2000-2001 2065 2099 2123 2126 2152 2190 2234 2240 2269 2321-2322 2345 2401 2404
        2424 2427 2433 2501-2502 2571 2575 2600 2727 2812 2855 2944-2945 3002-3003 3006 3014 3016-3019
        3050 3205 3245-3248 3268 3288 3306 3333-3334 3357 3369 3386 3389 3452 3478 3567 3632 3671 3724
        3804 3860 3863 3868 3918 4002 4058 4155 4189 4222-4224 4249-4250 4321 4342 4369 4420 4551
        4555-4556 4661-4663 4712 4730 4737 4739 4788 4840 4880 5000 5010 5060 5066 5084 5094 5190 5222
        5253 5432 5445 5500-5501 5534 5555 5672 5683 5701 5721 5900-5901 5997 6000-6063 6068 6075 6084
        6121 6160 6346 6379 6417 6653 6666-6668 6881-6889 7000 7075 7171-7172 7236 7275-7276 7871 7890
        7900 7911 7930 8004 8009-8010 8023 8074 8085 8554 8567 9009 9042 9092 9168 9300 9418 9600
        9955-9956 9999-10000 10288 11210-11211 13400 13819 14001 15740 17500 17755-17756 19006
        19042-19043 19506 19543 20000 20256 21064 22222 24800 29418 30000-30200 34980 44321-44322 44818
        48049 48898 57000
        """
    )

    static func registration(_ port: UInt16) -> Registration {
        if tls.contains(port) { return .protocolRead(.tls) }
        if http.contains(port) { return .protocolRead(port == 631 ? .ipp : .http) }
        if dns.contains(port) { return .protocolRead(.dns) }
        return others.contains(port) ? .other : .none
    }

    /// What a UDP port carries.
    static func datagrams(_ port: UInt16) -> ApplicationProtocol? {
        switch port {
        case 53: .dns
        case 5353: .mdns
        case 5355: .llmnr
        case 1900: .ssdp
        default: nil
        }
    }

    /// What is inside TLS at a server's port, as Wireshark calls it; the bytes themselves are not read.
    static func nameInsideTLS(_ port: UInt16) -> String? {
        switch port {
        case 443: "Hypertext Transfer Protocol"
        case 465: "Simple Mail Transfer Protocol"
        case 636: "Lightweight Directory Access Protocol"
        case 853: "Domain Name System"
        case 993: "Internet Message Access Protocol"
        case 995: "Post Office Protocol"
        case 5061: "Session Initiation Protocol"
        case 5671: "Advanced Message Queuing Protocol"
        case 8883: "MQ Telemetry Transport Protocol"
        case 27017: "Mongo Wire Protocol"
        default: nil
        }
    }

    /// Reads numbers and ranges.
    private static func ports(_ text: String) -> Set<UInt16> {
        var ports: Set<UInt16> = []
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let ends = word.split(separator: "-").compactMap { UInt16($0) }
            if let first = ends.first, let last = ends.last { ports.formUnion(first...last) }
        }
        return ports
    }
}
