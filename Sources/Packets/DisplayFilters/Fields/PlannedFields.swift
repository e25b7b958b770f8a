// A table: the names are one string because a literal of a thousand strings compiles slowly.

extension FieldCatalogue {
    /// Fields of the language whose values are not extracted yet; naming one is an error that says so.
    static let plannedNameList = """
        _ws.col.info _ws.col.protocol _ws.expert _ws.expert.group _ws.expert.message _ws.expert.severity
        _ws.malformed _ws.malformed.expert _ws.short _ws.unreassembled arp.dst.nonzero.probe eth.addr.oui_resolved
        eth.dst.oui_resolved eth.fcs_bad eth.src.oui_resolved eth.stream frame.cb_copy frame.cb_pen frame.darwin.drop
        frame.darwin.drop.component frame.darwin.drop.reason frame.darwin.drop.reason_code
        frame.darwin.process_info.pid frame.darwin.process_info.pname frame.encoding frame.file_off frame.hash
        frame.hash.value frame.incomplete frame.len_lt_caplen frame.link_nr frame.time_invalid
        frame.time_relative_capture_start frame.verdict geneve.option.cilium.service.ipv4
        geneve.option.cilium.service.ipv6 geneve.option.cilium.service.port gre.routing gre.wccp.redirect_header
        gre.wccp.service_id icmp.data icmp.type.deprecated icmp.type.error icmpv6.data icmpv6.data_time
        icmpv6.data_time_relative icmpv6.length icmpv6.nd.ra.flag.s icmpv6.type.error icmpv6.unknown_data
        ip.bogus_header_length ip.bogus_ip_length ip.bogus_ip_version ip.nop ip.opt.data ip.stream
        ipv6.bogus_ipv6_version ipv6.invalid_header ipv6.stream sll.reserved sll.trailer tcp.analysis.ambiguous_ack
        tcp.analysis.partial_ack tcp.analysis.scps_capable tcp.bogus_header_length tcp.checksum.partial
        tcp.continuation_to tcp.fin_retransmission tcp.flags.ace tcp.nstrace.rst.window_error_code
        tcp.options.mss.exceeded tcp.options.sack_perm.absent tcp.options.sack_perm.present
        tcp.options.scps.binding.data tcp.options.scps.binding.id tcp.options.scps.binding.len
        tcp.options.snack.sequence tcp.options.timestamp.tsval.syncookie.ecn
        tcp.options.timestamp.tsval.syncookie.sack tcp.options.timestamp.tsval.syncookie.timestamp
        tcp.options.timestamp.tsval.syncookie.wscale tcp.pdu.last_frame tcp.pdu.size tcp.pdu.time tcp.segment.error
        tcp.segment.multipletails tcp.segment.overlap tcp.segment.overlap.conflict tcp.segment.toolongfragment
        tcp.short_segment tcp.stream.client.contiguity_count tcp.stream.server.contiguity_count
        tcp.suboption_malformed tcp.syncookie.hash tcp.syncookie.mss tcp.syncookie.time tls.handshake.ja4
        tls.handshake.ja4_r udp.checksum.partial udp.checksum.zero udp.checksum_coverage udp.pdu.size
        vlan.too_many_tags
        """.split(separator: "\n").joined(separator: " ")
}
