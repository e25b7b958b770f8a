// A table: the items in the order in which Wireshark finds them.

extension ExpertItem {
    /// All items, in their order; an item's ordinal in this list is its name.
    static let all: [ExpertItem] = ofFrames + ofLayers.flatMap(\.items) + ofApplications

    /// Where the items of each kind of layer stand in the list, by the kind's number.
    static let ranges: [Range<Int>] = {
        var ranges: [Range<Int>] = Array(repeating: 0..<0, count: Int(LayerKind.data.rawValue) + 1)
        var place = ofFrames.count
        for entry in ofLayers {
            ranges[Int(entry.kind.rawValue)] = place..<place + entry.items.count
            place += entry.items.count
        }
        return ranges
    }()

    /// The ordinal of the item that a mark of an application is.
    static let ordinals: [Int?] = {
        var ordinals: [Int?] = Array(repeating: nil, count: ApplicationField.allCases.count)
        for (ordinal, item) in all.enumerated() {
            if case .application(let field) = item.source { ordinals[Int(field.rawValue)] = ordinal }
        }
        return ordinals
    }()

    static let ofFrames: [ExpertItem] = [
        ExpertItem(.record(.commentMark), .comment, .comment, ""),
        ExpertItem(.record(.oddTimeMark), .note, .sequence, "the fraction of the arrival time is no fraction"),
        ExpertItem(.record(.longMark), .error, .malformed, "more bytes were captured than the packet is said to have"),
    ]

    private static let ofLayers: [(kind: LayerKind, items: [ExpertItem])] = [
        (.ethernet, ofEthernet), (.linuxCooked, ofCooked), (.vlan, ofVLAN), (.arp, ofARP), (.ipv4, ofIPv4),
        (.ipv6, ofIPv6),
        (.ipv6Extension, ofExtensions), (.tcp, ofTCP), (.udp, ofUDP), (.icmp, ofICMP), (.icmpv6, ofICMPv6),
        (.gre, ofGRE), (.geneve, ofGeneve),
    ]

    private static func remark(
        _ kind: LayerKind,
        _ remark: Remark,
        _ severity: Severity,
        _ group: Group,
        _ text: String
    ) -> ExpertItem {
        ExpertItem(.part(kind, .remark(remark), .mark), severity, group, text)
    }

    private static let ofEthernet: [ExpertItem] = [
        remark(.ethernet, .groupSource, .warning, .protocol, "the source is a group address"),
        remark(.ethernet, .badLengthType, .warning, .protocol, "the number is neither a length nor a type"),
        remark(.ethernet, .lengthPastEnd, .error, .malformed, "the length goes past the end of the frame"),
        ExpertItem(.part(.ethernet, .link(.badPadding), .mark), .note, .protocol, "the padding is not zero"),
    ]

    private static let ofCooked: [ExpertItem] = [
        ExpertItem(.part(.linuxCooked, .link(.cookedPadding), .mark), .note, .protocol, "the padding is not zero")
    ]

    private static let ofVLAN: [ExpertItem] = [
        remark(.vlan, .vlanLengthPastEnd, .error, .malformed, "the length goes past the end of the frame"),
        remark(.vlan, .tooManyTags, .warning, .undecoded, "there are more tags than are read"),
    ]

    private static let ofARP: [ExpertItem] = [
        ExpertItem(.tracked(.claim), .warning, .sequence, "two link addresses claim the same IP address")
    ]

    private static let ofIPv4: [ExpertItem] = [
        remark(.ipv4, .badVersion4, .error, .protocol, "the version is not 4"),
        remark(.ipv4, .shortHeader4, .error, .protocol, "the header is shorter than 20 bytes"),
        remark(.ipv4, .badLength4, .error, .protocol, "the total length cannot be"),
        remark(
            .ipv4,
            .controlTTL,
            .note,
            .sequence,
            "packets of the local network are not sent with this time to live"
        ),
        remark(.ipv4, .smallTTL, .note, .sequence, "the time to live is about to end"),
        remark(.ipv4, .fourNoOperations4, .warning, .protocol, "four options without an operation follow each other"),
        remark(.ipv4, .badOption4, .warning, .protocol, "an option goes past the end of the header"),
    ]

    private static let ofIPv6: [ExpertItem] = [
        remark(.ipv6, .badVersion6, .error, .malformed, "the version is not 6"),
        remark(.ipv6, .shortHeader6, .error, .malformed, "there is no room for the header"),
        remark(.ipv6, .payloadExceedsFrame, .warning, .protocol, "the payload is longer than the frame"),
        remark(
            .ipv6,
            .payloadZero,
            .chat,
            .protocol,
            "the payload length is 0: a segment before it is cut, or a jumbogram"
        ),
    ]

    private static let ofExtensions: [ExpertItem] = [
        remark(.ipv6Extension, .hopByHopNotFirst, .error, .protocol, "hop-by-hop options have to come first"),
        remark(.ipv6Extension, .sourceRouted, .note, .deprecated, "routing headers of type 0 are deprecated"),
    ]

    private static let ofTCP: [ExpertItem] = [
        remark(.tcp, .shortSegment, .warning, .malformed, "the IP packet ends within the header"),
        ExpertItem(.verdict(AnalysisFlags.fastOpenACK.rawValue), .note, .sequence, "the data of the SYN was taken"),
        ExpertItem(
            .verdict(AnalysisFlags.fastOpenIgnored.rawValue),
            .note,
            .sequence,
            "the data of the SYN was not taken"
        ),
        remark(.tcp, .badHeaderLength, .error, .protocol, "the header is shorter than 20 bytes"),
        ExpertItem(.mark(.nonzeroACK), .note, .protocol, "there is a number to acknowledge and no ACK flag"),
        ExpertItem(.mark(.rst), .warning, .sequence, "the connection is reset (RST)"),
        ExpertItem(.mark(.syn), .chat, .sequence, "a connection is asked for (SYN)"),
        ExpertItem(.mark(.synACK), .chat, .sequence, "a connection is accepted (SYN, ACK)"),
        ExpertItem(.mark(.fin), .chat, .sequence, "a side has no more to send (FIN)"),
        ExpertItem(.mark(.activeFIN), .note, .sequence, "this side is the first to close"),
        ExpertItem(.mark(.passiveFIN), .note, .sequence, "this side closes after the other"),
        ExpertItem(.mark(.urgentPointer), .note, .protocol, "there is an urgent pointer and no URG flag"),
        remark(.tcp, .missingSegmentSize, .note, .protocol, "the SYN names no maximum segment size"),
        remark(.tcp, .straySegmentSize, .warning, .protocol, "a maximum segment size without SYN"),
        ExpertItem(.verdict(AnalysisFlags.fastOpenSYN.rawValue), .note, .sequence, "the SYN has a Fast Open cookie"),
        remark(.tcp, .badTCPOption, .note, .sequence, "an option's length cannot be"),
        remark(.tcp, .wideShift, .warning, .protocol, "a window scale beyond 14"),
        remark(.tcp, .fourNoOperations, .warning, .protocol, "four options without an operation follow each other"),
        remark(.tcp, .bytesAfterEnd, .error, .protocol, "bytes behind the end of the options"),
        ExpertItem(
            .part(.tcp, .transport(.duplicateBlock), .mark),
            .warning,
            .sequence,
            "something came twice (D-SACK)"
        ),
        verdict(.fastRetransmission, .note, "seems to be a fast retransmission"),
        verdict(.spuriousRetransmission, .note, "seems to repeat what was acknowledged before"),
        verdict(.outOfOrder, .warning, "seems to be out of order"),
        verdict(.reusedPorts, .note, "a new connection between the same ports"),
        verdict(.lostSegment, .warning, "a segment before this one was not captured"),
        verdict(.anyRetransmission, .note, "seems to be a retransmission"),
        verdict(.ackLostSegment, .warning, "acknowledges what was not captured"),
        verdict(.windowUpdate, .chat, "the receiver has room again"),
        verdict(.windowFull, .warning, "the receiver has no more room"),
        verdict(.keepAlive, .note, "asks whether the other side is alive"),
        verdict(.keepAliveACK, .note, "answers that this side is alive"),
        verdict(.duplicateACK, .note, "acknowledges the same again"),
        verdict(.zeroWindowProbe, .note, "asks whether there is room again"),
        verdict(.zeroWindow, .warning, "this side has no room"),
        verdict(.zeroWindowProbeACK, .note, "answers whether there is room"),
    ]

    private static func verdict(_ flags: AnalysisFlags, _ severity: Severity, _ text: String) -> ExpertItem {
        ExpertItem(.verdict(flags.rawValue), severity, .sequence, "the segment " + text)
    }

    private static let ofUDP: [ExpertItem] = [
        remark(.udp, .traceroute, .chat, .sequence, "the port is one of traceroute"),
        remark(.udp, .badUDPLength, .error, .malformed, "the length does not fit the IP packet"),
        remark(.udp, .zeroUDPLength, .warning, .protocol, "the length is 0"),
        remark(.udp, .missingChecksum, .error, .checksum, "there is no checksum, which IPv6 demands"),
    ]

    private static let ofICMP: [ExpertItem] = [
        remark(.icmp, .badChecksum, .warning, .checksum, "the checksum is wrong")
    ]

    private static let ofICMPv6: [ExpertItem] = [
        remark(.icmpv6, .badChecksum, .warning, .checksum, "the checksum is wrong"),
        remark(.icmpv6, .badNeighborOption, .error, .malformed, "an option has the length 0"),
        ExpertItem(.part(.icmpv6, .message(.unread6), .mark), .note, .undecoded, "the type is not known"),
    ]

    private static let ofGRE: [ExpertItem] = [
        ExpertItem(.part(.gre, .tunnel(.greBadChecksum), .mark), .warning, .protocol, "the checksum is wrong")
    ]

    private static let ofGeneve: [ExpertItem] = [
        remark(.geneve, .badGeneveOption, .warning, .protocol, "the options do not fill their length"),
        remark(.geneve, .unknownGeneveVersion, .warning, .protocol, "the version is not known"),
    ]

    private static let ofApplications: [ExpertItem] = [
        application(.httpChat, .chat, .sequence, "a request or a response"),
        application(.httpBadHeader, .warning, .protocol, "a header's name has characters that it cannot have"),
        application(.dnsRepeatedRequest, .warning, .protocol, "the question was asked before"),
        application(.dnsRepeatedResponse, .warning, .protocol, "the question was answered before"),
        application(.expertItem, .error, .malformed, "the packet ends within a message"),
    ]

    private static func application(
        _ field: ApplicationField,
        _ severity: Severity,
        _ group: Group,
        _ text: String
    ) -> ExpertItem {
        ExpertItem(.application(field), severity, group, text)
    }
}
