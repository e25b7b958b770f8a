extension FieldCatalogue {
    /// The options of IPv4 (RFC 791), and remarks.
    static let ipv4OptionFields: [Field] = [
        label("ip.ttl.too_small", .part(.ipv4, .remark(.smallTTL), .mark)),
        label("ip.ttl.lncb", .part(.ipv4, .remark(.controlTTL), .mark)),
        unsigned("ip.opt.type", 8, .part(.ipv4, .internet(.anyOption), 0, 1)),
        Field("ip.opt.type.copy", .boolean, .part(.ipv4, .internet(.anyOption), 0, 1, mask: 0x80)).labelled(.yesOrNo),
        unsigned("ip.opt.type.class", 8, .part(.ipv4, .internet(.anyOption), 0, 1, mask: 0x60)),
        unsigned("ip.opt.type.number", 8, .part(.ipv4, .internet(.anyOption), 0, 1, mask: 0x1F)),
        unsigned("ip.opt.len", 8, .part(.ipv4, .internet(.longOption), 1, 1)),
        label("ip.opt.len.invalid", .part(.ipv4, .remark(.badOption4), .mark)),
        unsigned("ip.opt.ptr", 8, .part(.ipv4, .internet(.pointedOption), 2, 1)),
        unsigned("ip.opt.ra", 16, .part(.ipv4, .ipv4Option(148), 2, 2)),
        unsigned("ip.opt.mtu", 16, .part(.ipv4, .internet(.mtuOption), 2, 2)),
        unsigned("ip.opt.time_stamp", 32, .part(.ipv4, .internet(.timestamp), 0, 4)),
        Field("ip.opt.time_stamp_addr", .ipv4, .part(.ipv4, .internet(.timestampAddress), 0, 4)),
        Field("ip.rec_rt", .ipv4, .part(.ipv4, .internet(.recordedRoute), 0, 4)),
        Field("ip.src_rt", .ipv4, .part(.ipv4, .internet(.sourceRoute), 0, 4)),
        Field("ip.cur_rt", .ipv4, .part(.ipv4, .internet(.currentHop), 0, 4)),
        proto("ip.options.eol", .part(.ipv4, .ipv4Option(0), .rest(at: 0))),
        proto("ip.options.nop", .part(.ipv4, .ipv4Option(1), .rest(at: 0))),
        proto("ip.options.security", .part(.ipv4, .ipv4Option(130), .rest(at: 0))),
        proto("ip.options.record_route", .part(.ipv4, .ipv4Option(7), .rest(at: 0))),
        proto("ip.options.route", .part(.ipv4, .ipv4Option(131), .rest(at: 0))),
        proto("ip.options.source_route", .part(.ipv4, .ipv4Option(137), .rest(at: 0))),
        proto("ip.options.timestamp", .part(.ipv4, .ipv4Option(68), .rest(at: 0))),
        proto("ip.options.cipso", .part(.ipv4, .ipv4Option(134), .rest(at: 0))),
        proto("ip.options.routeralert", .part(.ipv4, .ipv4Option(148), .rest(at: 0))),
        proto("ip.options.qs", .part(.ipv4, .ipv4Option(25), .rest(at: 0))),
    ]

    /// What IPv6 addresses hold, and remarks.
    static let ipv6AddressFields: [Field] = [
        Field("ipv6.src_slaac_mac", .ethernet, .part(.ipv6, .internet(.sourceMAC), .found)),
        Field("ipv6.dst_slaac_mac", .ethernet, .part(.ipv6, .internet(.destinationMAC), .found)),
        Field("ipv6.slaac_mac", .ethernet, .part(.ipv6, .internet(.bothMAC), .found)),
        Field("ipv6.src_isatap_ipv4", .ipv4, .part(.ipv6, .internet(.sourceISATAP), 0, 4)),
        Field("ipv6.src_6to4_gw_ipv4", .ipv4, .part(.ipv6, .internet(.source6to4), 0, 4)),
        Field("ipv6.dst_isatap_ipv4", .ipv4, .part(.ipv6, .internet(.destinationISATAP), 0, 4)),
        Field("ipv6.dst_6to4_gw_ipv4", .ipv4, .part(.ipv6, .internet(.destination6to4), 0, 4)),
        Field("ipv6.isatap_ipv4", .ipv4, .part(.ipv6, .internet(.bothISATAP), 0, 4)),
        Field("ipv6.6to4_gw_ipv4", .ipv4, .part(.ipv6, .internet(.both6to4), 0, 4)),
        Field("ipv6.ts_ipv4", .ipv4, .part(.ipv6, .internet(.teredoServer), .found)),
        unsigned("ipv6.tc_port", 16, .part(.ipv6, .internet(.teredoPort), .found)),
        Field("ipv6.tc_ipv4", .ipv4, .part(.ipv6, .internet(.teredoClient), .found)),
        label("ipv6.plen_exceeds_framing", .part(.ipv6, .remark(.payloadExceedsFrame), .mark)),
        label("ipv6.plen_zero", .part(.ipv6, .remark(.payloadZero), .mark)),
    ]

    /// The extension headers of IPv6 (RFC 8200, 8754).
    static let extensionPartFields: [Field] = [
        unsigned("ipv6.hopopts.len", 8, .part(.ipv6Extension, .internet(.hopByHopLength), 0, 1)),
        unsigned("ipv6.hopopts.len_oct", 16, .part(.ipv6Extension, .internet(.hopByHopLength), .found)),
        unsigned("ipv6.dstopts.len", 8, .part(.ipv6Extension, .internet(.destinationLength), 0, 1)),
        unsigned("ipv6.dstopts.len_oct", 16, .part(.ipv6Extension, .internet(.destinationLength), .found)),
        unsigned("ipv6.routing.len", 8, .part(.ipv6Extension, .internet(.routingLength), 0, 1)),
        unsigned("ipv6.routing.len_oct", 16, .part(.ipv6Extension, .internet(.routingLength), .found)),
        label("ipv6.hopopts.not_first", .part(.ipv6Extension, .remark(.hopByHopNotFirst), .mark)),
        label("ipv6.routing.deprecated", .part(.ipv6Extension, .remark(.sourceRouted), .mark)),
        Field("ipv6.routing.src.addr", .ipv6, .part(.ipv6Extension, .internet(.routedAddress), .wide(at: 0))),
        Field("ipv6.routing.srh.addr", .ipv6, .part(.ipv6Extension, .internet(.segment), .wide(at: 0))),
        unsigned("ipv6.routing.srh.last_entry", 8, .part(.ipv6Extension, .internet(.segmentHeader), 4, 1)),
        unsigned("ipv6.routing.srh.flags", 8, .part(.ipv6Extension, .internet(.segmentHeader), 5, 1)).hexadecimal(),
        Field(
            "ipv6.routing.srh.tag",
            .bytes,
            .part(.ipv6Extension, .internet(.segmentHeader), .bytes(at: 6, count: 2))
        ),
        unsigned("ipv6.fraghdr.reserved_octet", 8, .part(.ipv6Extension, .internet(.fragmentHeader), 1, 1))
            .hexadecimal(),
        unsigned(
            "ipv6.fraghdr.reserved_bits",
            16,
            .part(.ipv6Extension, .internet(.fragmentHeader), 2, 2, mask: 0x0006)
        ),
        label("ipv6.opt", .part(.ipv6Extension, .internet(.anyOption6), .mark)),
        unsigned("ipv6.opt.type", 8, .part(.ipv6Extension, .internet(.anyOption6), 0, 1)).hexadecimal(),
        unsigned("ipv6.opt.length", 8, .part(.ipv6Extension, .internet(.longOption6), 1, 1)),
        label("ipv6.opt.pad1", .part(.ipv6Extension, .ipv6Option(0), .mark)),
        Field("ipv6.opt.padn", .bytes, .part(.ipv6Extension, .ipv6Option(1), .all(at: 2))),
        unsigned("ipv6.opt.jumbo", 32, .part(.ipv6Extension, .ipv6Option(194), 2, 4)),
        unsigned("ipv6.opt.router_alert", 16, .part(.ipv6Extension, .ipv6Option(5), 2, 2)),
        Field("ipv6.opt.unknown", .bytes, .part(.ipv6Extension, .internet(.unknownOption6), .rest(at: 0))),
    ]
}
