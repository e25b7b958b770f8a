/// Fields that no capture alone gives a value: a filter that names them is right, and they are absent from every packet.
extension FieldCatalogue {
    static let absentFields: [Field] =
        databaseFields
        + processFields
        + checkFields
        + readingFields
        + userFields
        + unreadFields
        + unassembledFields
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
        label("eth.fcs_bad", .never),
        unsigned("udp.checksum_calculated", 16, .never).hexadecimal(),
        label("udp.checksum.bad", .never),
    ]

    /// Another reading of the type of service, of sequence numbers and of times; places in the file.
    private static let readingFields: [Field] = [
        unsigned("ip.tos", 8, .never),
        unsigned("ip.tos.precedence", 8, .never),
        boolean("ip.tos.delay", .never),
        boolean("ip.tos.throughput", .never),
        boolean("ip.tos.reliability", .never),
        boolean("ip.tos.cost", .never),
        boolean("ip.flags.sf", .never),
        label("ip.evil_packet", .never),
        Field("frame.file_off", .signed(bits: 64), .never),
        unsigned("tcp.syncookie.time", 8, .never),
        unsigned("tcp.syncookie.mss", 8, .never),
        unsigned("tcp.syncookie.hash", 24, .never).hexadecimal(),
        unsigned("tcp.options.timestamp.tsval.syncookie.timestamp", 32, .never),
        boolean("tcp.options.timestamp.tsval.syncookie.ecn", .never, .none),
        boolean("tcp.options.timestamp.tsval.syncookie.sack", .never, .none),
        unsigned("tcp.options.timestamp.tsval.syncookie.wscale", 8, .never),
    ]

    /// What other programs bring along, or write to files in a way of their own.
    private static let unreadFields: [Field] = [
        // A list of manufacturers.
        Field("eth.dst.oui_resolved", .string, .never),
        Field("eth.src.oui_resolved", .string, .never),
        Field("eth.addr.oui_resolved", .string, .never),
        // Custom blocks are packets to Wireshark, and none here.
        unsigned("frame.cb_pen", 32, .never),
        boolean("frame.cb_copy", .never, .none),
        // Options of Apple's own.
        boolean("frame.darwin.drop", .never, .none),
        Field("frame.darwin.drop.component", .string, .never),
        Field("frame.darwin.drop.reason", .string, .never),
        unsigned("frame.darwin.drop.reason_code", 32, .never),
        unsigned("frame.darwin.process_info.pid", 32, .never),
        Field("frame.darwin.process_info.pname", .string, .never),
        // Formats that are not read: NetScaler traces, captures of several links, texts.
        Field("tcp.nstrace.rst.window_error_code", .string, .never),
        unsigned("frame.link_nr", 16, .never),
        unsigned("frame.encoding", 32, .never),
        // The start of the capture stands behind its packets.
        Field("frame.time_relative_capture_start", .relativeTime, .never),
        // UDP-Lite.
        unsigned("udp.checksum_coverage", 16, .never),
        // RPL and other messages whose content is not read.
        Field("icmpv6.unknown_data", .bytes, .never),
        Field("icmp.data", .bytes, .never),
        // Messages that have their length in front, over UDP: DNP3.
        unsigned("udp.pdu.size", 32, .never),
    ]

    /// How segments overlap: what comes again is not put into messages.
    private static let unassembledFields: [Field] = [
        boolean("tcp.segment.overlap", .never, .none),
        boolean("tcp.segment.overlap.conflict", .never, .none),
        boolean("tcp.segment.multipletails", .never, .none),
        boolean("tcp.segment.toolongfragment", .never, .none),
        Field("tcp.segment.error", .frameNumber, .never),
        Field("tcp.continuation_to", .frameNumber, .never),
        Field("tcp.fin_retransmission", .frameNumber, .never),
        // What is counted, concluded or read only with both directions in mind.
        unsigned("tcp.stream.client.contiguity_count", 32, .never),
        unsigned("tcp.stream.server.contiguity_count", 32, .never),
        label("tcp.options.mss.exceeded", .never),
        label("tcp.analysis.scps_capable", .never),
        label("tcp.analysis.ambiguous_ack", .never),
        unsigned("tcp.options.scps.binding.id", 8, .never),
        unsigned("tcp.options.scps.binding.len", 8, .never),
        Field("tcp.options.scps.binding.data", .bytes, .never),
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
        Field("tcp.pdu.time", .relativeTime, .never),
        Field("tcp.pdu.last_frame", .frameNumber, .never),
    ]

    /// Names that are known and that no version fills.
    private static let unusedFields: [Field] = [
        boolean("vlan.cfi", .never),
        Field("ip.opt.padding", .bytes, .never),
        proto("pppoe", .never),
        label("frame.incomplete", .never),
        label("tcp.suboption_malformed", .never),
        label("tcp.options.snack.sequence", .never),
    ]
}
