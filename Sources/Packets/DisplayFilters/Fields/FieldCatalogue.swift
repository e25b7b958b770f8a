/// All fields by name: one list for each protocol.
package enum FieldCatalogue {
    package static let fields: [Field] = lists.flatMap(\.self)

    /// One list for each topic; a topic of its own is a file of its own and a line here.
    private static let lists: [[Field]] = [
        expertFields, frameFields, recordFields, linkFields, ethernetPartFields, vlanPartFields, cookedFields,
        pointToPointFields,
        sessionFields,
        nullFields, logicalLinkFields, greFields, mirrorFields, vxlanPartFields, genevePartFields, labelFields,
        ipv4Fields, ipv4OptionFields, ipv6Fields, ipv6AddressFields, extensionPartFields, tcpFields, tcpAnalysisFields,
        tcpOptionFields, tcpRemarkFields, tcpRareOptionFields, multipathFields, optimizerFields, udpFields,
        udpRemarkFields, absentFields, dnsFields, tlsFields, httpFields, reassemblyFields, icmpFields, icmpPartFields,
        icmpv6PartFields, arpFields, brokenHeaderFields, laterFields,
    ]

    private static let byName: [String: Int] = Dictionary(
        uniqueKeysWithValues: fields.enumerated().map { ($1.name, $0) }
    )

    /// The field of a name.
    package static func field(_ name: String) -> Field? { byName[name].map { fields[$0] } }

    /// True for every field's name.
    package static func isKnown(_ name: String) -> Bool { byName[name] != nil }

    /// The names to look through for the one that was meant.
    static var allNames: [String] { fields.map(\.name) }

    /// The names of protocols, which are fields of their own; those of options and extension headers left out.
    static let protocolNames: [String] = fields.filter { $0.type(in: .v44) == .protocol && !$0.name.contains(".") }
        .map(\.name).sorted()

    static func unsigned(_ name: String, _ bits: Int, _ source: FieldSource) -> Field {
        Field(name, .unsigned(bits: bits), source)
    }

    static func boolean(_ name: String, _ source: FieldSource, _ labels: LabelTable = .setOrNot) -> Field {
        Field(name, .boolean, source).labelled(labels)
    }

    static func label(_ name: String, _ source: FieldSource) -> Field { Field(name, .label, source) }

    static func proto(_ name: String, _ source: FieldSource) -> Field { Field(name, .protocol, source) }
}

extension FieldSource {
    /// Whole bytes of a header.
    static func bits(_ kind: LayerKind, _ offset: UInt8, _ bytes: UInt8) -> FieldSource {
        .bits(kind, at: offset, bytes: bytes, mask: .max)
    }
}

extension FieldCatalogue {
    static let frameFields: [Field] = [
        proto("frame", .wholeFrame),
        unsigned("frame.number", 32, .frame(.number)),
        Field("frame.time", .absoluteTime, .frame(.time)),
        Field("frame.time_epoch", .absoluteTime, .frame(.time)),
        Field("frame.time_delta", .relativeTime, .frame(.timeDelta)),
        Field("frame.time_delta_displayed", .relativeTime, .frame(.timeDeltaDisplayed)),
        Field("frame.time_relative", .relativeTime, .frame(.timeRelative)),
        unsigned("frame.len", 32, .frame(.length)),
        unsigned("frame.cap_len", 32, .frame(.capturedLength)),
        unsigned("frame.interface_id", 32, .frame(.interface)),
        Field("frame.time_utc", .absoluteTime, .frame(.time)),
        Field("frame.offset_shift", .relativeTime, .frame(.shift)),
        Field("frame.encap_type", .signed(bits: 16), .frame(.encapsulation)),
        boolean("frame.marked", .frame(.marked), .trueOrFalse),
        boolean("frame.ignored", .frame(.ignored), .trueOrFalse),
        proto("data", .content(.unread)),
        Field("data.data", .bytes, .content(.unread)),
        Field("data.len", .signed(bits: 32), .unreadLength),
    ]

    static let linkFields: [Field] = [
        proto("eth", .layer(.ethernet)),
        Field("eth.dst", .ethernet, .bits(.ethernet, 0, 6)),
        Field("eth.src", .ethernet, .bits(.ethernet, 6, 6)),
        Field("eth.addr", .ethernet, .pair(.ethernet, first: 0, second: 6, bytes: 6)),
        unsigned("eth.type", 16, .ip(.ethernetType)).hexadecimal().labelled(.etherTypes),
        unsigned("eth.len", 16, .ip(.ethernetLength)),
        proto("vlan", .layer(.vlan)),
        unsigned("vlan.id", 16, .bits(.vlan, at: 0, bytes: 2, mask: 0x0FFF)),
        unsigned("vlan.priority", 16, .bits(.vlan, at: 0, bytes: 2, mask: 0xE000)),
        boolean("vlan.dei", .bits(.vlan, at: 0, bytes: 2, mask: 0x1000), .none),
        unsigned("vlan.etype", 16, .ip(.vlanType)).hexadecimal().labelled(.etherTypes),
        proto("sll", .part(.linuxCooked, .header, .rest(at: 0))),
        Field("eth.dst_resolved", .string, .text(.destinationLink)),
        Field("eth.src_resolved", .string, .text(.sourceLink)),
        Field("eth.addr_resolved", .string, .text(.link)),
        proto("gre", .layer(.gre)),
        proto("vxlan", .layer(.vxlan)),
        unsigned("vxlan.vni", 24, .bits(.vxlan, 4, 3)),
        proto("geneve", .layer(.geneve)),
        unsigned("geneve.vni", 24, .bits(.geneve, 4, 3)).hexadecimal(),
        proto("mpls", .layer(.mpls)),
        unsigned("mpls.label", 32, .bits(.mpls, at: 0, bytes: 4, mask: 0xFFFF_F000)),
    ]

    static let ipv4Fields: [Field] = [
        proto("ip", .layer(.ipv4)),
        unsigned("ip.version", 8, .ip(.version)),
        unsigned("ip.hdr_len", 8, .ip(.headerLength)),
        unsigned("ip.dsfield", 8, .bits(.ipv4, 1, 1)).hexadecimal(),
        unsigned("ip.dsfield.dscp", 8, .bits(.ipv4, at: 1, bytes: 1, mask: 0xFC)).labelled(.codePoints),
        unsigned("ip.dsfield.ecn", 8, .bits(.ipv4, at: 1, bytes: 1, mask: 0x03)).labelled(.congestion),
        unsigned("ip.len", 16, .ip(.totalLength)),
        unsigned("ip.id", 16, .bits(.ipv4, 4, 2)).hexadecimal(),
        unsigned("ip.flags", 8, .bits(.ipv4, at: 6, bytes: 1, mask: 0xE0)).hexadecimal(),
        boolean("ip.flags.rb", .bits(.ipv4, at: 6, bytes: 1, mask: 0x80)),
        boolean("ip.flags.df", .bits(.ipv4, at: 6, bytes: 1, mask: 0x40)),
        boolean("ip.flags.mf", .bits(.ipv4, at: 6, bytes: 1, mask: 0x20)),
        unsigned("ip.frag_offset", 16, .ip(.fragmentOffset)),
        unsigned("ip.ttl", 8, .bits(.ipv4, 8, 1)),
        unsigned("ip.proto", 8, .bits(.ipv4, 9, 1)).labelled(.protocols),
        unsigned("ip.checksum", 16, .bits(.ipv4, 10, 2)).hexadecimal(),
        unsigned("ip.checksum.status", 8, .ip(.checksumStatus)).labelled(.checksum),
        Field("ip.src", .ipv4, .bits(.ipv4, 12, 4)),
        Field("ip.dst", .ipv4, .bits(.ipv4, 16, 4)),
        Field("ip.addr", .ipv4, .pair(.ipv4, first: 12, second: 16, bytes: 4)),
        Field("ip.src_host", .string, .text(.sourceHost4)),
        Field("ip.dst_host", .string, .text(.destinationHost4)),
        Field("ip.host", .string, .text(.host4)),
    ]

    static let ipv6Fields: [Field] =
        [
            proto("ipv6", .layer(.ipv6)),
            unsigned("ipv6.version", 8, .bits(.ipv6, at: 0, bytes: 1, mask: 0xF0)),
            unsigned("ipv6.tclass", 32, .bits(.ipv6, at: 0, bytes: 4, mask: 0x0FF0_0000)).hexadecimal(),
            unsigned("ipv6.tclass.dscp", 32, .bits(.ipv6, at: 0, bytes: 4, mask: 0x0FC0_0000)).labelled(.codePoints),
            unsigned("ipv6.tclass.ecn", 32, .bits(.ipv6, at: 0, bytes: 4, mask: 0x0030_0000)).labelled(.congestion),
            unsigned("ipv6.flow", 24, .bits(.ipv6, at: 0, bytes: 4, mask: 0x000F_FFFF)).hexadecimal(),
            unsigned("ipv6.plen", 16, .bits(.ipv6, 4, 2)),
            unsigned("ipv6.nxt", 8, .bits(.ipv6, 6, 1)).labelled(.protocols),
            unsigned("ipv6.hlim", 8, .bits(.ipv6, 7, 1)),
            Field("ipv6.src", .ipv6, .wide(.ipv6, at: 8)),
            Field("ipv6.dst", .ipv6, .wide(.ipv6, at: 24)),
            Field("ipv6.addr", .ipv6, .widePair(.ipv6, first: 8, second: 24)),
            Field("ipv6.src_host", .string, .text(.sourceHost6)),
            Field("ipv6.dst_host", .string, .text(.destinationHost6)),
            Field("ipv6.host", .string, .text(.host6)),
        ] + extensionFields

    private static let extensionFields: [Field] = [
        proto("ipv6.hopopts", .extensionLayer(0)),
        unsigned("ipv6.hopopts.nxt", 8, .extensionBits(0, at: 0, bytes: 1, mask: .max)).labelled(.protocols),
        proto("ipv6.dstopts", .extensionLayer(60)),
        unsigned("ipv6.dstopts.nxt", 8, .extensionBits(60, at: 0, bytes: 1, mask: .max)).labelled(.protocols),
        proto("ipv6.routing", .extensionLayer(43)),
        unsigned("ipv6.routing.nxt", 8, .extensionBits(43, at: 0, bytes: 1, mask: .max)).labelled(.protocols),
        unsigned("ipv6.routing.type", 8, .extensionBits(43, at: 2, bytes: 1, mask: .max)),
        unsigned("ipv6.routing.segleft", 8, .extensionBits(43, at: 3, bytes: 1, mask: .max)),
        proto("ipv6.fraghdr", .extensionLayer(44)),
        unsigned("ipv6.fraghdr.nxt", 8, .extensionBits(44, at: 0, bytes: 1, mask: .max)).labelled(.protocols),
        unsigned("ipv6.fraghdr.offset", 16, .extensionBits(44, at: 2, bytes: 2, mask: 0xFFF8)),
        boolean("ipv6.fraghdr.more", .extensionBits(44, at: 2, bytes: 2, mask: 1), .yesOrNo),
        unsigned("ipv6.fraghdr.ident", 32, .extensionBits(44, at: 4, bytes: 4, mask: .max)).hexadecimal(),
    ]
}
