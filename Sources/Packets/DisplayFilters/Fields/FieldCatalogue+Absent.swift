/// Fields that no capture alone gives a value: a filter that names them is right, and they are absent from every packet.
extension FieldCatalogue {
    static let absentFields: [Field] =
        databaseFields
        + processFields
        + checkFields
        + readingFields
        + userFields
        + secondPassFields
        + unusedFields

    /// A database of places.
    private static let databaseFields: [Field] = [
        unsigned("ip.geoip.asnum", 32, .never),
        unsigned("ip.geoip.src_asnum", 32, .never),
        unsigned("ip.geoip.dst_asnum", 32, .never),
        Field("ip.geoip.org", .string, .never),
        Field("ip.geoip.src_org", .string, .never),
        Field("ip.geoip.dst_org", .string, .never),
        Field("ip.geoip.country", .string, .never),
        Field("ip.geoip.src_country", .string, .never),
        Field("ip.geoip.dst_country", .string, .never),
        Field("ip.geoip.country_iso", .string, .never),
        Field("ip.geoip.src_country_iso", .string, .never),
        Field("ip.geoip.dst_country_iso", .string, .never),
        Field("ip.geoip.city", .string, .never),
        Field("ip.geoip.src_city", .string, .never),
        Field("ip.geoip.dst_city", .string, .never),
        Field("ip.geoip.lat", .real, .never),
        Field("ip.geoip.lon", .real, .never),
    ]

    /// A look at the running system.
    private static let processFields: [Field] = [
        Field("tcp.proc.srccmd", .string, .never),
        unsigned("tcp.proc.srcpid", 32, .never),
        unsigned("tcp.proc.srcuid", 32, .never),
        Field("tcp.proc.srcuname", .string, .never),
        Field("tcp.proc.dstcmd", .string, .never),
        unsigned("tcp.proc.dstpid", 32, .never),
        unsigned("tcp.proc.dstuid", 32, .never),
        Field("tcp.proc.dstuname", .string, .never),
        Field("udp.proc.srccmd", .string, .never),
        Field("udp.proc.dstcmd", .string, .never),
        unsigned("udp.proc.srcpid", 32, .never),
        unsigned("udp.proc.srcuid", 32, .never),
        Field("udp.proc.srcuname", .string, .never),
        unsigned("udp.proc.dstpid", 32, .never),
        unsigned("udp.proc.dstuid", 32, .never),
        Field("udp.proc.dstuname", .string, .never),
    ]

    /// Checks of checksums, which are off by default.
    private static let checkFields: [Field] = [
        unsigned("ip.checksum_calculated", 16, .never).hexadecimal(),
        label("ip.checksum_bad.expert", .never),
        unsigned("tcp.checksum_calculated", 16, .never).hexadecimal(),
        label("tcp.checksum_bad.expert", .never),
        label("tcp.checksum.ffff", .never),
        unsigned("udp.checksum_calculated", 16, .never).hexadecimal(),
        label("udp.checksum.bad", .never),
    ]

    /// Another reading of the type of service.
    private static let readingFields: [Field] = [
        unsigned("ip.tos", 8, .never),
        unsigned("ip.tos.precedence", 8, .never),
        boolean("ip.tos.delay", .never),
        boolean("ip.tos.throughput", .never),
        boolean("ip.tos.reliability", .never),
        boolean("ip.tos.cost", .never),
        boolean("ip.flags.sf", .never),
        label("ip.evil_packet", .never),
    ]

    /// Marks, colours, names and hashes that a user asks for.
    private static let userFields: [Field] = [
        label("frame.ref_time", .never),
        Field("frame.md5_hash", .string, .never),
        Field("frame.coloring_rule.name", .string, .never),
        Field("frame.coloring_rule.string", .string, .never),
        Field("vlan.id_name", .string, .never),
        label("arp.packet-storm-detected", .never),
    ]

    /// A second pass over the capture.
    private static let secondPassFields: [Field] = [
        Field("icmp.resp_in", .frameNumber, .never),
        label("icmp.resp_not_found", .never),
        label("icmp.no_resp", .never),
        Field("icmpv6.resp_in", .frameNumber, .never),
        label("icmpv6.resp_not_found", .never),
        label("icmpv6.no_resp", .never),
    ]

    /// Names that are known and that no version fills.
    private static let unusedFields: [Field] = [
        boolean("vlan.cfi", .never),
        Field("ip.opt.padding", .bytes, .never),
        proto("pppoe", .never),
    ]
}
