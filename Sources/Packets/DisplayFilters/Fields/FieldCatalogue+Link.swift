extension FieldCatalogue {
    /// Addresses in parts, padding and what is wrong with Ethernet frames.
    static let ethernetPartFields: [Field] = [
        unsigned("eth.dst.oui", 24, .part(.ethernet, .header, 0, 3)),
        Field("eth.dst.lg", .boolean, .part(.ethernet, .header, 0, 3, mask: 0x02_0000)).labelled(.trueOrFalse),
        Field("eth.dst.ig", .boolean, .part(.ethernet, .header, 0, 3, mask: 0x01_0000)).labelled(.trueOrFalse),
        unsigned("eth.src.oui", 24, .part(.ethernet, .header, 6, 3)),
        Field("eth.src.lg", .boolean, .part(.ethernet, .header, 6, 3, mask: 0x02_0000)).labelled(.trueOrFalse),
        Field("eth.src.ig", .boolean, .part(.ethernet, .header, 6, 3, mask: 0x01_0000)).labelled(.trueOrFalse),
        unsigned("eth.addr.oui", 24, .part(.ethernet, .link(.addresses), 0, 3)),
        Field("eth.lg", .boolean, .part(.ethernet, .link(.addresses), 0, 3, mask: 0x02_0000)).labelled(.trueOrFalse),
        Field("eth.ig", .boolean, .part(.ethernet, .link(.addresses), 0, 3, mask: 0x01_0000)).labelled(.trueOrFalse),
        unsigned("eth.invalid_lentype", 16, .part(.ethernet, .link(.invalidLength), 0, 2)).hexadecimal(),
        label("eth.invalid_lentype.expert", .part(.ethernet, .remark(.badLengthType), .mark)),
        label("eth.len.past_end", .part(.ethernet, .remark(.lengthPastEnd), .mark)),
        Field("eth.padding", .bytes, .part(.ethernet, .link(.padding), .rest(at: 0))),
        label("eth.padding_bad", .part(.ethernet, .link(.badPadding), .mark)),
        Field("eth.trailer", .bytes, .part(.ethernet, .link(.trailer), .rest(at: 0))),
        unsigned("eth.fcs", 32, .part(.ethernet, .link(.checkSequence), 0, 4)).hexadecimal(),
        unsigned("eth.fcs.status", 8, .part(.ethernet, .link(.checkState), .found)).labelled(.checksum),
        label("eth.src_not_group", .part(.ethernet, .remark(.groupSource), .mark)),
    ]

    /// The tag of IEEE 802.1Q before lengths.
    static let vlanPartFields: [Field] = [
        unsigned("vlan.len", 16, .part(.vlan, .link(.vlanLength), 0, 2)),
        label("vlan.len.past_end", .part(.vlan, .remark(.vlanLengthPastEnd), .mark)),
        Field("vlan.trailer", .bytes, .part(.vlan, .link(.trailer), .rest(at: 0))),
    ]

    /// Linux cooked captures, both versions.
    static let cookedFields: [Field] = [
        unsigned("sll.pkttype", 16, .part(.linuxCooked, .link(.cookedType), .found)),
        unsigned("sll.hatype", 16, .part(.linuxCooked, .link(.cookedHardware), .found)),
        unsigned("sll.halen", 16, .part(.linuxCooked, .link(.cookedAddressLength), .found)),
        Field("sll.src.eth", .ethernet, .part(.linuxCooked, .link(.cookedEthernet), 0, 6)),
        Field("sll.src.ipv4", .ipv4, .part(.linuxCooked, .link(.cookedIPv4), 0, 4)),
        Field("sll.src.other", .bytes, .part(.linuxCooked, .link(.cookedOther), .rest(at: 0))),
        Field("sll.trailer", .bytes, .part(.linuxCooked, .link(.cookedTrailer), .rest(at: 0))),
        Field("sll.unused", .bytes, .part(.linuxCooked, .link(.cookedUnused), .rest(at: 0))),
        unsigned("sll.etype", 16, .part(.linuxCooked, .link(.cookedEtherType), 0, 2)).hexadecimal().labelled(
            .etherTypes
        ),
        unsigned("sll.ltype", 16, .part(.linuxCooked, .link(.cookedLinkType), 0, 2)).hexadecimal(),
        unsigned("sll.gretype", 16, .part(.linuxCooked, .link(.cookedTunnelType), 0, 2)).hexadecimal(),
        unsigned("sll.ifindex", 32, .part(.linuxCooked, .link(.cookedInterface), 0, 4)),
    ]

    /// PPP (RFC 1661).
    static let pointToPointFields: [Field] = [
        proto("ppp", .part(.ppp, .header, .rest(at: 0))),
        unsigned("ppp.address", 8, .part(.ppp, .link(.pppAddress), 0, 1)).hexadecimal(),
        unsigned("ppp.control", 8, .part(.ppp, .link(.pppControl), 0, 1)).hexadecimal(),
        unsigned("ppp.protocol", 16, .part(.ppp, .link(.pppProtocol), .found)).hexadecimal(),
        unsigned("ppp.direction", 8, .part(.ppp, .link(.pppDirection), 0, 1)),
    ]

    /// PPPoE (RFC 2516).
    static let sessionFields: [Field] = [
        unsigned("pppoe.version", 8, .part(.pppoe, .header, 0, 1, mask: 0xF0)),
        unsigned("pppoe.type", 8, .part(.pppoe, .header, 0, 1, mask: 0x0F)),
        unsigned("pppoe.code", 8, .part(.pppoe, .header, 1, 1)).hexadecimal(),
        unsigned("pppoe.session_id", 16, .part(.pppoe, .header, 2, 2)).hexadecimal(),
        unsigned("pppoe.payload_length", 16, .part(.pppoe, .header, 4, 2)),
    ]

    /// BSD loopback.
    static let nullFields: [Field] = [
        proto("null", .part(.null, .header, .rest(at: 0))),
        unsigned("null.family", 32, .part(.null, .link(.nullFamily), .found)),
        unsigned("null.type", 16, .part(.null, .link(.nullType), .found)).hexadecimal(),
    ]

    /// IEEE 802.2.
    static let logicalLinkFields: [Field] = [
        proto("llc", .part(.llc, .header, .rest(at: 0))),
        unsigned("llc.dsap", 8, .part(.llc, .header, 0, 1)).hexadecimal(),
        unsigned("llc.ssap", 8, .part(.llc, .header, 1, 1)).hexadecimal(),
        unsigned("llc.control", 16, .part(.llc, .link(.llcControl), .found)).hexadecimal(),
        unsigned("llc.oui", 24, .part(.llc, .link(.llcOrganization), 0, 3)),
        unsigned("llc.type", 16, .part(.llc, .link(.llcType), 0, 2)).hexadecimal().labelled(.etherTypes),
        unsigned("llc.pid", 16, .part(.llc, .link(.llcProtocol), 0, 2)).hexadecimal(),
    ]
}
