extension FieldCatalogue {
    /// ICMP (RFC 792, 950, 1256, 4884, 5837).
    static let icmpPartFields: [Field] = [
        label("icmp.checksum_bad", .part(.icmp, .remark(.badChecksum), .mark)),
        Field("icmp.unused", .bytes, .part(.icmp, .message(.unused), .rest(at: 0))),
        Field("icmp.reserved", .bytes, .part(.icmp, .message(.interfaceReserved), .rest(at: 0))),
        unsigned("icmp.pointer", 32, .part(.icmp, .message(.pointer), 0, 1)),
        unsigned("icmp.length", 8, .part(.icmp, .message(.originalLength), 0, 1)),
        unsigned("icmp.length.original_datagram", 8, .part(.icmp, .message(.originalLength), .found)),
        Field("icmp.data_time", .absoluteTime, .part(.icmp, .message(.echoTime), .found)),
        Field("icmp.data_time_relative", .relativeTime, .part(.icmp, .message(.echoAge), .found)),
        unsigned("icmp.originate_timestamp", 32, .part(.icmp, .message(.timestamps), 8, 4)),
        unsigned("icmp.receive_timestamp", 32, .part(.icmp, .message(.timestamps), 12, 4)),
        unsigned("icmp.transmit_timestamp", 32, .part(.icmp, .message(.timestamps), 16, 4)),
        Field("icmp.address_mask", .ipv4, .part(.icmp, .message(.addressMask), 8, 4)),
        unsigned("icmp.num_addrs", 8, .part(.icmp, .icmp(9), 4, 1)),
        unsigned("icmp.addr_entry_size", 8, .part(.icmp, .icmp(9), 5, 1)),
        unsigned("icmp.lifetime", 16, .part(.icmp, .icmp(9), 6, 2)),
        Field("icmp.router_address", .ipv4, .part(.icmp, .message(.routerAddress), 0, 4)),
        Field("icmp.pref_level", .signed(bits: 32), .part(.icmp, .message(.routerPreference), .found)),
        label("icmp.ext", .part(.icmp, .message(.extensions), .mark)),
        unsigned("icmp.ext.version", 8, .part(.icmp, .message(.extensions), 0, 1, mask: 0xF0)),
        unsigned("icmp.ext.res", 16, .part(.icmp, .message(.extensions), 0, 2, mask: 0x0FFF)).hexadecimal(),
        unsigned("icmp.ext.checksum", 16, .part(.icmp, .message(.extensions), 2, 2)).hexadecimal(),
        unsigned("icmp.ext.checksum.status", 8, .part(.icmp, .message(.extensionChecksum), .found)).labelled(.checksum),
        unsigned("icmp.ext.length", 16, .part(.icmp, .message(.extensionObject), 0, 2)),
        unsigned("icmp.ext.class", 8, .part(.icmp, .message(.extensionObject), 2, 1)),
        unsigned("icmp.ext.ctype", 8, .part(.icmp, .message(.extensionObject), 3, 1)),
        Field("icmp.ext.data", .bytes, .part(.icmp, .message(.extensionContent), .rest(at: 0))),
        unsigned("icmp.mpls.label", 24, .part(.icmp, .message(.labelEntry), 0, 3, mask: 0xFF_FFF0)),
        unsigned("icmp.mpls.exp", 24, .part(.icmp, .message(.labelEntry), 0, 3, mask: 0x0E)),
        Field("icmp.mpls.s", .boolean, .part(.icmp, .message(.labelEntry), 2, 1, mask: 0x01)).labelled(.setOrNot),
        unsigned("icmp.mpls.ttl", 8, .part(.icmp, .message(.labelEntry), 3, 1)),
        unsigned("icmp.int_info.role", 8, .part(.icmp, .message(.interfaceRole), 0, 1, mask: 0xC0)),
        unsigned("icmp.int_info.index", 32, .part(.icmp, .message(.interfaceIndex), 0, 4)),
        Field("icmp.int_info.ipv4", .ipv4, .part(.icmp, .message(.interfaceIPv4), 0, 4)),
        Field("icmp.int_info.ipv6", .ipv6, .part(.icmp, .message(.interfaceIPv6), .wide(at: 0))),
        Field("icmp.int_info.name", .string, .part(.icmp, .message(.interfaceName), .rest(at: 0))),
        unsigned("icmp.int_info.mtu", 32, .part(.icmp, .message(.interfaceMTU), 0, 4)),
    ]

    /// ICMPv6 (RFC 4443, 4861, 8106).
    static let icmpv6PartFields: [Field] = [
        label("icmpv6.checksum_bad.expert", .part(.icmpv6, .remark(.badChecksum), .mark)),
        unsigned("icmpv6.length", 8, .part(.icmpv6, .message(.originalLength6), 0, 1)),
        Field("icmpv6.data", .bytes, .part(.icmpv6, .message(.unread6), .rest(at: 0))),
        unsigned("icmpv6.pointer", 32, .part(.icmpv6, .icmpv6(4), 4, 4)),
        Field("icmpv6.reserved", .bytes, .part(.icmpv6, .message(.reserved6), .rest(at: 0))),
        unsigned("icmpv6.nd.na.flag", 32, .part(.icmpv6, .icmpv6(136), 4, 4)).hexadecimal(),
        Field("icmpv6.nd.na.flag.r", .boolean, .part(.icmpv6, .icmpv6(136), 4, 4, mask: 0x8000_0000)).labelled(
            .setOrNot
        ),
        Field("icmpv6.nd.na.flag.s", .boolean, .part(.icmpv6, .icmpv6(136), 4, 4, mask: 0x4000_0000)).labelled(
            .setOrNot
        ),
        Field("icmpv6.nd.na.flag.o", .boolean, .part(.icmpv6, .icmpv6(136), 4, 4, mask: 0x2000_0000)).labelled(
            .setOrNot
        ),
        unsigned("icmpv6.nd.na.flag.rsv", 32, .part(.icmpv6, .icmpv6(136), 4, 4, mask: 0x1FFF_FFFF)),
        unsigned("icmpv6.nd.ra.cur_hop_limit", 8, .part(.icmpv6, .icmpv6(134), 4, 1)),
        unsigned("icmpv6.nd.ra.flag", 8, .part(.icmpv6, .icmpv6(134), 5, 1)).hexadecimal(),
        Field("icmpv6.nd.ra.flag.m", .boolean, .part(.icmpv6, .icmpv6(134), 5, 1, mask: 0x80)).labelled(.setOrNot),
        Field("icmpv6.nd.ra.flag.o", .boolean, .part(.icmpv6, .icmpv6(134), 5, 1, mask: 0x40)).labelled(.setOrNot),
        Field("icmpv6.nd.ra.flag.h", .boolean, .part(.icmpv6, .icmpv6(134), 5, 1, mask: 0x20)).labelled(.setOrNot),
        unsigned("icmpv6.nd.ra.flag.prf", 8, .part(.icmpv6, .icmpv6(134), 5, 1, mask: 0x18)),
        Field("icmpv6.nd.ra.flag.p", .boolean, .part(.icmpv6, .icmpv6(134), 5, 1, mask: 0x04)).labelled(.setOrNot),
        unsigned("icmpv6.nd.ra.flag.rsv", 8, .part(.icmpv6, .icmpv6(134), 5, 1, mask: 0x01)),
        unsigned("icmpv6.nd.ra.router_lifetime", 16, .part(.icmpv6, .icmpv6(134), 6, 2)),
        unsigned("icmpv6.nd.ra.reachable_time", 32, .part(.icmpv6, .icmpv6(134), 8, 4)),
        unsigned("icmpv6.nd.ra.retrans_timer", 32, .part(.icmpv6, .icmpv6(134), 12, 4)),
        Field("icmpv6.nd.rd.target_address", .ipv6, .part(.icmpv6, .icmpv6(137), .wide(at: 8))),
        Field("icmpv6.rd.na.destination_address", .ipv6, .part(.icmpv6, .icmpv6(137), .wide(at: 24))),
        label("icmpv6.opt", .part(.icmpv6, .message(.anyOption), .mark)),
        unsigned("icmpv6.opt.type", 8, .part(.icmpv6, .message(.anyOption), 0, 1)),
        unsigned("icmpv6.opt.length", 8, .part(.icmpv6, .message(.anyOption), 1, 1)),
        Field("icmpv6.opt.linkaddr", .bytes, .part(.icmpv6, .message(.linkAddress), .rest(at: 2))).withColons(),
        Field("icmpv6.opt.src_linkaddr", .bytes, .part(.icmpv6, .neighborOption(1), .rest(at: 2))).withColons(),
        Field("icmpv6.opt.target_linkaddr", .bytes, .part(.icmpv6, .neighborOption(2), .rest(at: 2))).withColons(),
        unsigned("icmpv6.opt.mtu", 32, .part(.icmpv6, .neighborOption(5), 4, 4)),
        Field("icmpv6.opt.prefix", .ipv6, .part(.icmpv6, .neighborOption(3), .wide(at: 16))),
        unsigned("icmpv6.opt.prefix.length", 8, .part(.icmpv6, .neighborOption(3), 2, 1)),
        Field("icmpv6.opt.prefix.flag.l", .boolean, .part(.icmpv6, .neighborOption(3), 3, 1, mask: 0x80)).labelled(
            .setOrNot
        ),
        Field("icmpv6.opt.prefix.flag.a", .boolean, .part(.icmpv6, .neighborOption(3), 3, 1, mask: 0x40)).labelled(
            .setOrNot
        ),
        unsigned("icmpv6.opt.prefix.valid_lifetime", 32, .part(.icmpv6, .neighborOption(3), 4, 4)),
        unsigned("icmpv6.opt.prefix.preferred_lifetime", 32, .part(.icmpv6, .neighborOption(3), 8, 4)),
        Field("icmpv6.opt.rdnss", .ipv6, .part(.icmpv6, .message(.nameServer), .wide(at: 0))),
        unsigned("icmpv6.opt.rdnss.lifetime", 32, .part(.icmpv6, .neighborOption(25), 4, 4)),
        label("icmpv6.invalid_option_length", .part(.icmpv6, .remark(.badNeighborOption), .mark)),
    ]
}
