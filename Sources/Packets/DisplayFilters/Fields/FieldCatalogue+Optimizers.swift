extension FieldCatalogue {
    /// The options of Riverbed's WAN optimizers.
    static let optimizerFields: [Field] = [
        proto("tcp.options.rvbd.probe", .part(.tcp, .tcpOption(76), .rest(at: 0))),
        unsigned("tcp.options.rvbd.probe.type1", 8, .part(.tcp, .optimizer(.type1), 0, 1, mask: 0xF0)),
        unsigned("tcp.options.rvbd.probe.version", 8, .part(.tcp, .optimizer(.version), .found)),
        unsigned("tcp.options.rvbd.probe.type2", 8, .part(.tcp, .optimizer(.type2), 0, 1, mask: 0xFE)),
        unsigned("tcp.options.rvbd.probe.version_raw", 8, .part(.tcp, .optimizer(.versionBit), 0, 1, mask: 0x01)),
        unsigned("tcp.options.rvbd.probe.reserved", 8, .part(.tcp, .optimizer(.reserved), 0, 1)).hexadecimal(),
        Field("tcp.options.rvbd.probe.prober", .ipv4, .part(.tcp, .optimizer(.prober), 0, 4)),
        Field("tcp.options.rvbd.probe.proxy.ip", .ipv4, .part(.tcp, .optimizer(.proxy), 0, 4)),
        unsigned("tcp.options.rvbd.probe.proxy.port", 16, .part(.tcp, .optimizer(.proxyPort), 0, 2)),
        Field("tcp.options.rvbd.probe.client.ip", .ipv4, .part(.tcp, .optimizer(.client), 0, 4)),
        unsigned("tcp.options.rvbd.probe.appli_ver", 16, .part(.tcp, .optimizer(.application), 0, 2)),
        unsigned("tcp.options.rvbd.probe.storeid", 32, .part(.tcp, .optimizer(.store), 0, 4)),
        unsigned("tcp.options.rvbd.probe.flags", 8, .part(.tcp, .optimizer(.flags), 0, 1)).hexadecimal(),
        Field("tcp.options.rvbd.probe.flags.last", .boolean, .part(.tcp, .optimizer(.notifyFlags), 0, 1, mask: 0x01))
            .labelled(.setOrNot),
        Field("tcp.options.rvbd.probe.flags.notcfe", .boolean, .part(.tcp, .optimizer(.notifyFlags), 0, 1, mask: 0x04))
            .labelled(.setOrNot),
        Field("tcp.options.rvbd.probe.flags.probe", .boolean, .part(.tcp, .optimizer(.answerFlags), 0, 1, mask: 0x10))
            .labelled(.setOrNot),
        Field("tcp.options.rvbd.probe.flags.server", .boolean, .part(.tcp, .optimizer(.answerFlags), 0, 1, mask: 0x01))
            .labelled(.setOrNot),
        Field("tcp.options.rvbd.probe.flags.ssl", .boolean, .part(.tcp, .optimizer(.answerFlags), 0, 1, mask: 0x02))
            .labelled(.setOrNot),
        proto("tcp.options.rvbd.trpy", .part(.tcp, .tcpOption(78), .rest(at: 0))),
        unsigned("tcp.options.rvbd.trpy.flags", 16, .part(.tcp, .transport(.transparency), 2, 2)).hexadecimal(),
        Field("tcp.options.rvbd.trpy.flags.mode", .boolean, .part(.tcp, .transport(.transparency), 2, 2, mask: 0x0001))
            .labelled(.trueOrFalse),
        Field("tcp.options.rvbd.trpy.flags.oob", .boolean, .part(.tcp, .transport(.transparency), 2, 2, mask: 0x0002))
            .labelled(.setOrNot),
        Field(
            "tcp.options.rvbd.trpy.flags.chksum",
            .boolean,
            .part(.tcp, .transport(.transparency), 2, 2, mask: 0x0004)
        ).labelled(.setOrNot),
        Field(
            "tcp.options.rvbd.trpy.flags.fw_rst",
            .boolean,
            .part(.tcp, .transport(.transparency), 2, 2, mask: 0x0100)
        ).labelled(.setOrNot),
        Field(
            "tcp.options.rvbd.trpy.flags.fw_rst_inner",
            .boolean,
            .part(.tcp, .transport(.transparency), 2, 2, mask: 0x0200)
        ).labelled(.setOrNot),
        Field(
            "tcp.options.rvbd.trpy.flags.fw_rst_probe",
            .boolean,
            .part(.tcp, .transport(.transparency), 2, 2, mask: 0x0400)
        ).labelled(.setOrNot),
        Field("tcp.options.rvbd.trpy.src.ip", .ipv4, .part(.tcp, .transport(.transparency), 4, 4)),
        Field("tcp.options.rvbd.trpy.dst.ip", .ipv4, .part(.tcp, .transport(.transparency), 8, 4)),
        unsigned("tcp.options.rvbd.trpy.src.port", 16, .part(.tcp, .transport(.transparency), 12, 2)),
        unsigned("tcp.options.rvbd.trpy.dst.port", 16, .part(.tcp, .transport(.transparency), 14, 2)),
        unsigned("tcp.options.rvbd.trpy.client.port", 16, .part(.tcp, .transport(.transparency), 16, 2)),
    ]
}
