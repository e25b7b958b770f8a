/// The words that stand for a field's numbers, one list for each kind of number.
enum LabelTable: Sendable {
    case none, setOrNot, yesOrNo, trueOrFalse, tunnelled, protocols, etherTypes, checksum, tcpOptions, icmpTypes,
        icmpv6Types
    case arpOperations, hardware, codePoints, congestion
    case dnsDirections, dnsOperations, dnsResults, dnsTypes, dnsClasses
    case tlsContentTypes, tlsHandshakeTypes, tlsVersions, tlsCipherSuites, tlsExtensions, tlsGroups, tlsAlertLevels
    case tlsAlerts
    case expertGroups, expertSeverities

    /// Words and their numbers; the first word of a number is the one to print.
    var entries: [(text: String, number: Int64)] {
        switch self {
        case .none: []
        case .setOrNot: [("Set", 1), ("Not set", 0)]
        case .trueOrFalse: [("True", 1), ("False", 0)]
        case .tunnelled:
            [
                ("IP", 0x0800), ("IPv6", 0x86DD), ("PPP", 0x880B), ("ERSPAN", 0x88BE), ("ERSPAN III", 0x22EB),
                ("Transparent Ethernet bridging", 0x6558), ("WCCP", 0x883E), ("MPLS label switched packet", 0x8847),
                ("ARP", 0x0806),
            ]
        case .yesOrNo: [("Yes", 1), ("No", 0)]
        case .protocols: LabelTable.protocolNumbers
        case .etherTypes:
            [
                ("IPv4", 0x0800), ("ARP", 0x0806), ("IPv6", 0x86DD), ("802.1Q Virtual LAN", 0x8100),
                ("802.1ad Provider Bridge (Q-in-Q)", 0x88A8), ("MPLS label switched packet", 0x8847),
                ("PPPoE Session", 0x8864), ("PPPoE Discovery", 0x8863), ("802.1X Authentication", 0x888E),
                ("Transparent Ethernet bridging", 0x6558),
            ]
        case .checksum: [("Bad", 0), ("Good", 1), ("Unverified", 2), ("Not present", 3)]
        case .tcpOptions:
            [
                ("End of Option List", 0), ("No-Operation", 1), ("Maximum Segment Size", 2), ("Window Scale", 3),
                ("SACK Permitted", 4), ("SACK", 5), ("Time Stamp Option", 8), ("MD5 Signature Option", 19),
                ("TCP Authentication Option", 29), ("Multipath TCP", 30), ("TCP Fast Open Cookie", 34),
            ]
        case .icmpTypes:
            [
                ("Echo (ping) reply", 0), ("Destination unreachable", 3), ("Source quench", 4), ("Redirect", 5),
                ("Echo (ping) request", 8), ("Router advertisement", 9), ("Router solicitation", 10),
                ("Time-to-live exceeded", 11), ("Parameter problem", 12), ("Timestamp request", 13),
                ("Timestamp reply", 14),
            ]
        case .icmpv6Types:
            [
                ("Destination Unreachable", 1), ("Packet Too Big", 2), ("Time Exceeded", 3),
                ("Parameter Problem", 4), ("Echo (ping) request", 128), ("Echo (ping) reply", 129),
                ("Router Solicitation", 133), ("Router Advertisement", 134), ("Neighbor Solicitation", 135),
                ("Neighbor Advertisement", 136), ("Redirect", 137),
            ]
        case .arpOperations: [("request", 1), ("reply", 2), ("reverse request", 3), ("reverse reply", 4)]
        case .hardware: [("Ethernet", 1)]
        case .codePoints:
            [("Default", 0), ("Expedited Forwarding", 46)]
                + (1...7).map { ("Class Selector \($0)", Int64($0 * 8)) }
                + (1...4).flatMap { level in
                    (1...3).map { ("Assured Forwarding \(level)\($0)", Int64(level * 8 + $0 * 2)) }
                }
        case .congestion:
            [
                ("Not ECN-Capable Transport", 0), ("ECN-Capable Transport codepoint '01'", 1),
                ("ECN-Capable Transport codepoint '10'", 2), ("Congestion Experienced", 3),
            ]
        case .dnsDirections: [("Message is a response", 1), ("Message is a query", 0)]
        case .dnsOperations:
            [
                ("Standard query", 0), ("Inverse query", 1), ("Server status request", 2),
                ("Zone change notification", 4), ("Dynamic update", 5), ("DNS Stateful operations (DSO)", 6),
            ]
        case .dnsResults: LabelTable.dnsResultWords
        case .dnsTypes: LabelTable.dnsTypeWords
        case .dnsClasses: [("IN", 1), ("CS", 2), ("CH", 3), ("HS", 4), ("NONE", 254), ("ANY", 255)]
        case .tlsContentTypes:
            [
                ("Change Cipher Spec", 20), ("Alert", 21), ("Handshake", 22), ("Application Data", 23),
                ("Heartbeat", 24), ("Connection ID", 25),
            ]
        case .tlsHandshakeTypes: LabelTable.tlsHandshakeWords
        case .tlsVersions: LabelTable.tlsVersionWords
        case .tlsCipherSuites: LabelTable.tlsCipherSuiteWords
        case .tlsExtensions: LabelTable.tlsExtensionWords
        case .tlsGroups: LabelTable.tlsGroupWords
        case .tlsAlertLevels: [("Warning", 1), ("Fatal", 2)]
        case .tlsAlerts: LabelTable.tlsAlertWords
        case .expertGroups:
            [
                ("Checksum", 1 << 24), ("Sequence", 2 << 24), ("Response", 3 << 24), ("Request", 4 << 24),
                ("Undecoded", 5 << 24), ("Reassemble", 6 << 24), ("Malformed", 7 << 24), ("Debug", 8 << 24),
                ("Protocol", 9 << 24), ("Security", 10 << 24), ("Comment", 11 << 24), ("Decryption", 12 << 24),
                ("Assumption", 13 << 24), ("Deprecated", 14 << 24),
            ]
        case .expertSeverities:
            [("Comment", 1 << 20), ("Chat", 2 << 20), ("Note", 4 << 20), ("Warning", 6 << 20), ("Error", 8 << 20)]
        }
    }

    /// IANA "Protocol Numbers".
    private static let protocolNumbers: [(String, Int64)] = [
        ("ICMP", 1), ("IGMP", 2), ("IPIP", 4), ("TCP", 6), ("EGP", 8), ("IGP", 9), ("UDP", 17), ("DCCP", 33),
        ("IPv6", 41), ("RSVP", 46), ("GRE", 47), ("ESP", 50), ("AH", 51), ("ICMPv6", 58), ("EIGRP", 88),
        ("OSPF", 89), ("OSPF IGP", 89), ("PIM", 103), ("VRRP", 112), ("L2TP", 115), ("SCTP", 132), ("UDPLite", 136),
    ]

    /// The numbers that a word stands for, compared without case; none for another word.
    func numbers(_ text: String) -> [Int64] {
        let lower = text.lowercased()
        return entries.filter { $0.text.lowercased() == lower }.map(\.number)
    }

    /// The word of a number.
    func text(_ number: Int64) -> String? { entries.first { $0.number == number }?.text }
}
