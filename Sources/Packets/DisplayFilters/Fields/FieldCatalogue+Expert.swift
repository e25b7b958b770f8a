extension FieldCatalogue {
    /// What is remarkable about a packet, and how its decoding ended.
    static let expertFields: [Field] = [
        proto("_ws.expert", .expert(.mark)),
        unsigned("_ws.expert.group", 32, .expert(.group)).labelled(.expertGroups),
        unsigned("_ws.expert.severity", 32, .expert(.severity)).labelled(.expertSeverities),
        Field("_ws.expert.message", .string, .expert(.message)),
        proto("_ws.malformed", .expert(.malformed)),
        label("_ws.malformed.expert", .expert(.exception)),
        proto("_ws.short", .expert(.short)),
        // Wireshark marks so what it reads of a fragment; here a message is read once it is whole.
        proto("_ws.unreassembled", .never),
        Field("_ws.col.info", .string, .column(.info)),
        Field("_ws.col.protocol", .string, .column(.proto)),
    ]

    /// Headers that cannot be.
    static let brokenHeaderFields: [Field] = [
        label("vlan.too_many_tags", .part(.vlan, .remark(.tooManyTags), .mark)),
        label("ip.bogus_ip_version", .part(.ipv4, .remark(.badVersion4), .mark)),
        label("ip.bogus_header_length", .part(.ipv4, .remark(.shortHeader4), .mark)),
        label("ip.bogus_ip_length", .part(.ipv4, .remark(.badLength4), .mark)),
        label("ip.nop", .part(.ipv4, .remark(.fourNoOperations4), .mark)),
        label("ipv6.bogus_ipv6_version", .part(.ipv6, .remark(.badVersion6), .mark)),
        label("ipv6.invalid_header", .part(.ipv6, .remark(.shortHeader6), .mark)),
        label("tcp.bogus_header_length", .part(.tcp, .remark(.badHeaderLength), .mark)),
        label("tcp.short_segment", .part(.tcp, .remark(.shortSegment), .mark)),
        label("udp.checksum.zero", .part(.udp, .remark(.missingChecksum), .mark)),
    ]

    /// Fields of Wireshark 4.2 and later.
    static let laterFields: [Field] = [
        label("arp.dst.nonzero.probe", .part(.arp, .remark(.probeWithTarget), .mark)),
        label("tcp.checksum.partial", .part(.tcp, .remark(.partialChecksum), .mark)),
        label("udp.checksum.partial", .part(.udp, .remark(.partialChecksum), .mark)),
        label("tcp.options.sack_perm.absent", .part(.tcp, .remark(.missingPermission), .mark)),
        label("tcp.options.sack_perm.present", .part(.tcp, .remark(.strayPermission), .mark)),
        label("icmp.type.deprecated", .part(.icmp, .remark(.deprecatedType), .mark)),
        label("icmp.type.error", .part(.icmp, .remark(.reservedType), .mark)),
        label("icmpv6.type.error", .part(.icmpv6, .remark(.reservedType6), .mark)),
        Field("icmpv6.data_time", .absoluteTime, .part(.icmpv6, .message(.echoTime6), .found)),
        Field("icmpv6.data_time_relative", .relativeTime, .part(.icmpv6, .message(.echoAge6), .found)),
        Field("icmpv6.nd.ra.flag.s", .boolean, .part(.icmpv6, .icmpv6(134), 5, 1, mask: 0x02)).labelled(.setOrNot),
        Field("ip.opt.data", .bytes, .part(.ipv4, .internet(.unreadOption), .rest(at: 0))),
        Field("sll.reserved", .bytes, .part(.linuxCooked, .link(.cookedReserved), .rest(at: 0))),
        unsigned("eth.stream", 32, .tracked(.linkStream)),
        unsigned("ip.stream", 32, .tracked(.stream4)),
        unsigned("ipv6.stream", 32, .tracked(.stream6)),
        Field("geneve.option.cilium.service.ipv4", .ipv4, .part(.geneve, .tunnel(.geneveService4), 0, 4)),
        Field("geneve.option.cilium.service.ipv6", .ipv6, .part(.geneve, .tunnel(.geneveService6), .wide(at: 0))),
        unsigned("geneve.option.cilium.service.port", 16, .part(.geneve, .tunnel(.geneveServicePort), .found)),
    ]
}
