extension FieldCatalogue {
    /// GRE (RFC 2784, 2890, 2637).
    static let greFields: [Field] = [
        unsigned("gre.flags_and_version", 16, .part(.gre, .header, 0, 2)).hexadecimal(),
        Field("gre.flags.checksum", .boolean, .part(.gre, .header, 0, 2, mask: 0x8000)).labelled(.yesOrNo),
        Field("gre.flags.routing", .boolean, .part(.gre, .header, 0, 2, mask: 0x4000)).labelled(.yesOrNo),
        Field("gre.flags.key", .boolean, .part(.gre, .header, 0, 2, mask: 0x2000)).labelled(.yesOrNo),
        Field("gre.flags.sequence_number", .boolean, .part(.gre, .header, 0, 2, mask: 0x1000)).labelled(.yesOrNo),
        Field("gre.flags.strict_source_route", .boolean, .part(.gre, .header, 0, 2, mask: 0x0800)).labelled(.yesOrNo),
        unsigned("gre.flags.recursion_control", 16, .part(.gre, .header, 0, 2, mask: 0x0700)),
        Field("gre.flags.ack", .boolean, .part(.gre, .tunnel(.greVersion1), 0, 2, mask: 0x0080)).labelled(.yesOrNo),
        unsigned("gre.flags.reserved", 16, .part(.gre, .tunnel(.greReserved), .found)),
        unsigned("gre.flags.version", 16, .part(.gre, .header, 0, 2, mask: 0x0007)),
        unsigned("gre.proto", 16, .part(.gre, .header, 2, 2)).hexadecimal().labelled(.tunnelled),
        unsigned("gre.checksum", 16, .part(.gre, .tunnel(.greChecksum), 0, 2)).hexadecimal(),
        unsigned("gre.checksum.status", 8, .part(.gre, .tunnel(.greChecksumState), .found)).labelled(.checksum),
        label("gre.checksum.incorrect", .part(.gre, .tunnel(.greBadChecksum), .mark)),
        unsigned("gre.offset", 16, .part(.gre, .tunnel(.greOffset), 0, 2)),
        unsigned("gre.key", 32, .part(.gre, .tunnel(.greKey), 0, 4)).hexadecimal(),
        unsigned("gre.key.payload_length", 16, .part(.gre, .tunnel(.grePayloadLength), 0, 2)),
        unsigned("gre.key.call_id", 16, .part(.gre, .tunnel(.greCall), 0, 2)),
        unsigned("gre.sequence_number", 32, .part(.gre, .tunnel(.greSequence), 0, 4)),
        unsigned("gre.ack_number", 32, .part(.gre, .tunnel(.greAcknowledgment), 0, 4)),
        label("gre.routing", .part(.gre, .tunnel(.greRoute), .mark)),
        label("gre.wccp.redirect_header", .part(.gre, .tunnel(.greRedirect), .mark)),
        unsigned("gre.wccp.service_id", 8, .part(.gre, .tunnel(.greRedirect), 1, 1)),
    ]

    /// ERSPAN (draft-foschiano-erspan).
    static let mirrorFields: [Field] = [
        proto("erspan", .part(.erspan, .header, .all(at: 0))),
        unsigned("erspan.version", 16, .part(.erspan, .header, 0, 2, mask: 0xF000)),
        unsigned("erspan.vlan", 16, .part(.erspan, .header, 0, 2, mask: 0x0FFF)),
        unsigned("erspan.truncated", 16, .part(.erspan, .header, 2, 2, mask: 0x0400)),
        unsigned("erspan.spanid", 16, .part(.erspan, .header, 2, 2, mask: 0x03FF)),
        unsigned("erspan.index", 32, .part(.erspan, .tunnel(.mirror2), 4, 4, mask: 0x000F_FFFF)),
        unsigned("erspan.timestamp", 32, .part(.erspan, .tunnel(.mirror3), 4, 4)),
        Field("erspan.direction", .boolean, .part(.erspan, .tunnel(.mirror3), 11, 1, mask: 0x08)).labelled(
            .trueOrFalse
        ),
    ]

    /// VXLAN (RFC 7348), its group policy and its generic extension.
    static let vxlanPartFields: [Field] = [
        unsigned("vxlan.flags", 16, .part(.vxlan, .tunnel(.vxlanFlags), .found)).hexadecimal(),
        Field("vxlan.flag_g", .boolean, .part(.vxlan, .tunnel(.vxlanPlain), 0, 2, mask: 0x8000)).labelled(.trueOrFalse),
        Field("vxlan.flag_i", .boolean, .part(.vxlan, .tunnel(.vxlanPlain), 0, 2, mask: 0x0800)).labelled(.trueOrFalse),
        Field("vxlan.flag_d", .boolean, .part(.vxlan, .tunnel(.vxlanPlain), 0, 2, mask: 0x0040)).labelled(.trueOrFalse),
        Field("vxlan.flag_a", .boolean, .part(.vxlan, .tunnel(.vxlanPlain), 0, 2, mask: 0x0008)).labelled(.trueOrFalse),
        unsigned("vxlan.flags_reserved", 16, .part(.vxlan, .tunnel(.vxlanPlain), 0, 2, mask: 0x77B7)).hexadecimal(),
        unsigned("vxlan.gbp", 16, .part(.vxlan, .tunnel(.vxlanPlain), 2, 2)),
        unsigned("vxlan.ver", 8, .part(.vxlan, .tunnel(.vxlanGeneric), 0, 1, mask: 0x30)),
        unsigned("vxlan.i_bit", 8, .part(.vxlan, .tunnel(.vxlanGeneric), 0, 1, mask: 0x08)),
        unsigned("vxlan.p_bit", 8, .part(.vxlan, .tunnel(.vxlanGeneric), 0, 1, mask: 0x04)),
        unsigned("vxlan.o_bit", 8, .part(.vxlan, .tunnel(.vxlanGeneric), 0, 1, mask: 0x01)),
        unsigned("vxlan.reserved_16", 16, .part(.vxlan, .tunnel(.vxlanGeneric), 1, 2)),
        unsigned("vxlan.next_proto", 8, .part(.vxlan, .tunnel(.vxlanGeneric), 3, 1)),
        unsigned("vxlan.reserved8", 8, .part(.vxlan, .header, 7, 1)),
    ]

    /// Geneve (RFC 8926).
    static let genevePartFields: [Field] = [
        unsigned("geneve.version", 8, .part(.geneve, .header, 0, 1, mask: 0xC0)),
        unsigned("geneve.flags", 8, .part(.geneve, .header, 1, 1)).hexadecimal(),
        Field("geneve.flags.oam", .boolean, .part(.geneve, .header, 1, 1, mask: 0x80)).labelled(.trueOrFalse),
        Field("geneve.flags.critical", .boolean, .part(.geneve, .header, 1, 1, mask: 0x40)).labelled(.trueOrFalse),
        Field("geneve.flags.reserved", .boolean, .part(.geneve, .header, 1, 1, mask: 0x3F)).labelled(.trueOrFalse),
        unsigned("geneve.proto_type", 16, .part(.geneve, .header, 2, 2)).hexadecimal().labelled(.etherTypes),
        unsigned("geneve.reserved", 8, .part(.geneve, .header, 7, 1)).hexadecimal(),
        Field("geneve.options", .bytes, .part(.geneve, .tunnel(.geneveOptions), .rest(at: 0))),
        Field("geneve.option", .bytes, .part(.geneve, .tunnel(.geneveOption), .rest(at: 0))),
        unsigned("geneve.option.class", 16, .part(.geneve, .tunnel(.geneveOption), 0, 2)).hexadecimal(),
        unsigned("geneve.option.type", 8, .part(.geneve, .tunnel(.geneveOption), 2, 1)).hexadecimal(),
        Field("geneve.option.type.critical", .boolean, .part(.geneve, .tunnel(.geneveOption), 2, 1, mask: 0x80))
            .labelled(.trueOrFalse),
        unsigned("geneve.option.flags", 8, .part(.geneve, .tunnel(.geneveOption), 3, 1, mask: 0xE0)).hexadecimal(),
        Field("geneve.option.flags.reserved", .boolean, .part(.geneve, .tunnel(.geneveOption), 3, 1, mask: 0xE0))
            .labelled(.trueOrFalse),
        unsigned("geneve.option.length", 8, .part(.geneve, .tunnel(.geneveLength), .found)),
        Field("geneve.option.unknown.data", .bytes, .part(.geneve, .tunnel(.geneveUnknown), .rest(at: 0))),
        unsigned("geneve.option.gcp.vnid", 32, .part(.geneve, .tunnel(.geneveNetwork), 0, 4, mask: 0xFFFF_FFF0)),
        Field("geneve.option.gcp.reserved", .boolean, .part(.geneve, .tunnel(.geneveNetwork), 0, 4, mask: 0x0E))
            .labelled(.trueOrFalse),
        Field("geneve.option.gcp.direction", .boolean, .part(.geneve, .tunnel(.geneveNetwork), 0, 4, mask: 0x01))
            .labelled(.trueOrFalse),
        Field("geneve.option.gcp.endpoint", .bytes, .part(.geneve, .tunnel(.geneveEndpoint), .rest(at: 0))),
        unsigned("geneve.option.gcp.profile", 64, .part(.geneve, .tunnel(.geneveProfile), 0, 8)),
        label("geneve.option.length.invalid", .part(.geneve, .remark(.badGeneveOption), .mark)),
        label("geneve.version.unknown", .part(.geneve, .remark(.unknownGeneveVersion), .mark)),
    ]

    /// MPLS (RFC 3032).
    static let labelFields: [Field] = [
        unsigned("mpls.exp", 32, .part(.mpls, .header, 0, 4, mask: 0x0E00)),
        unsigned("mpls.bottom", 32, .part(.mpls, .header, 0, 4, mask: 0x0100)),
        unsigned("mpls.ttl", 32, .part(.mpls, .header, 0, 4, mask: 0x00FF)),
    ]
}
