// A table: the names are one string because a literal of a thousand strings compiles slowly.

extension FieldCatalogue {
    /// Fields of the language whose values are not extracted yet; naming one is an error that says so.
    static let plannedNameList = """
        _ws.col.info _ws.col.protocol _ws.expert _ws.expert.group _ws.expert.message _ws.expert.severity
        _ws.malformed _ws.malformed.expert _ws.short _ws.unreassembled arp.dst.hw arp.dst.nonzero.probe
        arp.dst.proto arp.duplicate-address-detected arp.duplicate-address-frame arp.isannouncement
        arp.packet-storm-detected arp.seconds-since-duplicate-address-frame arp.src.hw arp.src.proto data data.data
        data.len erspan erspan.direction erspan.index erspan.spanid erspan.timestamp erspan.truncated erspan.version
        erspan.vlan eth.addr.oui eth.addr.oui_resolved eth.addr_resolved eth.dst.ig eth.dst.lg eth.dst.oui
        eth.dst.oui_resolved eth.dst_resolved eth.fcs eth.fcs.status eth.fcs_bad eth.ig eth.invalid_lentype
        eth.invalid_lentype.expert eth.len.past_end eth.lg eth.padding eth.padding_bad eth.src.ig eth.src.lg
        eth.src.oui eth.src.oui_resolved eth.src_not_group eth.src_resolved eth.stream eth.trailer frame.cb_copy
        frame.cb_pen frame.coloring_rule.name frame.coloring_rule.string frame.comment frame.comment.expert
        frame.darwin.drop frame.darwin.drop.component frame.darwin.drop.reason frame.darwin.drop.reason_code
        frame.darwin.process_info.pid frame.darwin.process_info.pname frame.drop_count frame.encap_type
        frame.encoding frame.file_off frame.hash frame.hash.value frame.ignored frame.incomplete
        frame.interface_description frame.interface_name frame.interface_queue frame.len_lt_caplen frame.link_nr
        frame.marked frame.md5_hash frame.offset_shift frame.p2p_dir frame.packet_flags frame.packet_flags_crc_error
        frame.packet_flags_direction frame.packet_flags_fcs_length frame.packet_flags_packet_too_error
        frame.packet_flags_packet_too_short_error frame.packet_flags_preamble_error
        frame.packet_flags_reception_type frame.packet_flags_reserved frame.packet_flags_start_frame_delimiter_error
        frame.packet_flags_symbol_error frame.packet_flags_unaligned_frame_error
        frame.packet_flags_wrong_inter_frame_gap_error frame.packet_id frame.ref_time frame.section_number
        frame.time_invalid frame.time_relative_capture_start frame.time_utc frame.verdict frame.verdict.ebpf_tc
        frame.verdict.ebpf_xdp frame.verdict.hw frame.verdict.unknown geneve.flags geneve.flags.critical
        geneve.flags.oam geneve.flags.reserved geneve.option geneve.option.cilium.service.ipv4
        geneve.option.cilium.service.ipv6 geneve.option.cilium.service.port geneve.option.class geneve.option.flags
        geneve.option.flags.reserved geneve.option.gcp.direction geneve.option.gcp.endpoint
        geneve.option.gcp.profile geneve.option.gcp.reserved geneve.option.gcp.vnid geneve.option.length
        geneve.option.length.invalid geneve.option.type geneve.option.type.critical geneve.option.unknown.data
        geneve.options geneve.proto_type geneve.reserved geneve.version geneve.version.unknown gre.ack_number
        gre.checksum gre.checksum.incorrect gre.checksum.status gre.flags.ack gre.flags.checksum gre.flags.key
        gre.flags.recursion_control gre.flags.reserved gre.flags.routing gre.flags.sequence_number
        gre.flags.strict_source_route gre.flags.version gre.flags_and_version gre.key gre.key.call_id
        gre.key.payload_length gre.offset gre.proto gre.routing gre.sequence_number gre.wccp.redirect_header
        gre.wccp.service_id icmp.addr_entry_size icmp.address_mask icmp.checksum_bad icmp.data icmp.data_time
        icmp.data_time_relative icmp.ext icmp.ext.checksum icmp.ext.checksum.status icmp.ext.class icmp.ext.ctype
        icmp.ext.data icmp.ext.length icmp.ext.res icmp.ext.version icmp.int_info.index icmp.int_info.ipv4
        icmp.int_info.ipv6 icmp.int_info.mtu icmp.int_info.name icmp.int_info.role icmp.length
        icmp.length.original_datagram icmp.lifetime icmp.mpls.exp icmp.mpls.label icmp.mpls.s icmp.mpls.ttl
        icmp.no_resp icmp.num_addrs icmp.originate_timestamp icmp.pointer icmp.pref_level icmp.receive_timestamp
        icmp.reserved icmp.resp_in icmp.resp_not_found icmp.resp_to icmp.resptime icmp.router_address
        icmp.transmit_timestamp icmp.type.deprecated icmp.type.error icmp.unused icmpv6.checksum_bad.expert
        icmpv6.data icmpv6.data_time icmpv6.data_time_relative icmpv6.invalid_option_length icmpv6.length
        icmpv6.nd.na.flag icmpv6.nd.na.flag.o icmpv6.nd.na.flag.r icmpv6.nd.na.flag.rsv icmpv6.nd.na.flag.s
        icmpv6.nd.ra.cur_hop_limit icmpv6.nd.ra.flag icmpv6.nd.ra.flag.h icmpv6.nd.ra.flag.m icmpv6.nd.ra.flag.o
        icmpv6.nd.ra.flag.p icmpv6.nd.ra.flag.prf icmpv6.nd.ra.flag.rsv icmpv6.nd.ra.flag.s
        icmpv6.nd.ra.reachable_time icmpv6.nd.ra.retrans_timer icmpv6.nd.ra.router_lifetime
        icmpv6.nd.rd.target_address icmpv6.no_resp icmpv6.opt icmpv6.opt.length icmpv6.opt.linkaddr icmpv6.opt.mtu
        icmpv6.opt.prefix icmpv6.opt.prefix.flag.a icmpv6.opt.prefix.flag.l icmpv6.opt.prefix.length
        icmpv6.opt.prefix.preferred_lifetime icmpv6.opt.prefix.valid_lifetime icmpv6.opt.rdnss
        icmpv6.opt.rdnss.lifetime icmpv6.opt.src_linkaddr icmpv6.opt.target_linkaddr icmpv6.opt.type icmpv6.pointer
        icmpv6.rd.na.destination_address icmpv6.reserved icmpv6.resp_in icmpv6.resp_not_found icmpv6.resp_to
        icmpv6.resptime icmpv6.type.error icmpv6.unknown_data ip.bogus_header_length ip.bogus_ip_length
        ip.bogus_ip_version ip.checksum_bad.expert ip.checksum_calculated ip.cur_rt ip.evil_packet ip.flags.sf
        ip.geoip.asnum ip.geoip.city ip.geoip.country ip.geoip.country_iso ip.geoip.dst_asnum ip.geoip.dst_city
        ip.geoip.dst_country ip.geoip.dst_country_iso ip.geoip.dst_org ip.geoip.lat ip.geoip.lon ip.geoip.org
        ip.geoip.src_asnum ip.geoip.src_city ip.geoip.src_country ip.geoip.src_country_iso ip.geoip.src_org ip.nop
        ip.opt.data ip.opt.len ip.opt.len.invalid ip.opt.mtu ip.opt.padding ip.opt.ptr ip.opt.ra ip.opt.time_stamp
        ip.opt.time_stamp_addr ip.opt.type ip.opt.type.class ip.opt.type.copy ip.opt.type.number ip.options.cipso
        ip.options.eol ip.options.nop ip.options.qs ip.options.record_route ip.options.route ip.options.routeralert
        ip.options.security ip.options.source_route ip.options.timestamp ip.rec_rt ip.src_rt ip.stream ip.tos
        ip.tos.cost ip.tos.delay ip.tos.precedence ip.tos.reliability ip.tos.throughput ip.ttl.lncb ip.ttl.too_small
        ipv6.6to4_gw_ipv4 ipv6.bogus_ipv6_version ipv6.dst_6to4_gw_ipv4 ipv6.dst_isatap_ipv4 ipv6.dst_slaac_mac
        ipv6.dstopts.len ipv6.dstopts.len_oct ipv6.fraghdr.reserved_bits ipv6.fraghdr.reserved_octet
        ipv6.hopopts.len ipv6.hopopts.len_oct ipv6.hopopts.not_first ipv6.invalid_header ipv6.isatap_ipv4 ipv6.opt
        ipv6.opt.jumbo ipv6.opt.length ipv6.opt.pad1 ipv6.opt.padn ipv6.opt.router_alert ipv6.opt.type
        ipv6.opt.unknown ipv6.plen_exceeds_framing ipv6.plen_zero ipv6.routing.deprecated ipv6.routing.len
        ipv6.routing.len_oct ipv6.routing.src.addr ipv6.routing.srh.addr ipv6.routing.srh.flags
        ipv6.routing.srh.last_entry ipv6.routing.srh.tag ipv6.slaac_mac ipv6.src_6to4_gw_ipv4 ipv6.src_isatap_ipv4
        ipv6.src_slaac_mac ipv6.stream ipv6.tc_ipv4 ipv6.tc_port ipv6.ts_ipv4 llc llc.control llc.dsap llc.oui
        llc.pid llc.ssap llc.type mpls.bottom mpls.exp mpls.ttl mptcp null null.family null.type ppp ppp.address
        ppp.control ppp.direction ppp.protocol pppoe pppoe.code pppoe.payload_length pppoe.session_id pppoe.type
        pppoe.version sll.etype sll.gretype sll.halen sll.hatype sll.ifindex sll.ltype sll.pkttype sll.reserved
        sll.src.eth sll.src.ipv4 sll.src.other sll.trailer sll.unused tcp.analysis.ambiguous_ack
        tcp.analysis.partial_ack tcp.analysis.scps_capable tcp.bogus_header_length tcp.checksum.ffff
        tcp.checksum.partial tcp.checksum_bad.expert tcp.checksum_calculated tcp.completeness.str
        tcp.connection.fin_active tcp.connection.fin_passive tcp.continuation_to tcp.fin_retransmission
        tcp.flags.ace tcp.non_zero_bytes_after_eol tcp.nop tcp.nstrace.rst.window_error_code tcp.option.len.invalid
        tcp.options.acc_ecn tcp.options.acc_ecn.eceb tcp.options.acc_ecn.ee0b tcp.options.acc_ecn.ee1b
        tcp.options.ao tcp.options.ao.keyid tcp.options.ao.mac tcp.options.ao.rnextkeyid tcp.options.cc
        tcp.options.cc_value tcp.options.ccecho tcp.options.ccnew tcp.options.echo tcp.options.echo_value
        tcp.options.echoreply tcp.options.experimental tcp.options.experimental.data tcp.options.experimental.exid
        tcp.options.md5 tcp.options.md5.digest tcp.options.mptcp.addaddrtrunchmac tcp.options.mptcp.addrid
        tcp.options.mptcp.backup.flag tcp.options.mptcp.checksum tcp.options.mptcp.checksumreq.flags
        tcp.options.mptcp.dataack8.flag tcp.options.mptcp.dataackpresent.flag tcp.options.mptcp.datafin.flag
        tcp.options.mptcp.datalvllen tcp.options.mptcp.dseqn8.flag tcp.options.mptcp.dseqnpresent.flag
        tcp.options.mptcp.echo tcp.options.mptcp.extensibility.flag tcp.options.mptcp.flag_T.flag
        tcp.options.mptcp.flag_U.flag tcp.options.mptcp.flag_V.flag tcp.options.mptcp.flag_W.flag
        tcp.options.mptcp.flags tcp.options.mptcp.ipv4 tcp.options.mptcp.ipv6 tcp.options.mptcp.ipver
        tcp.options.mptcp.nomoresubflows.flag tcp.options.mptcp.port tcp.options.mptcp.rawdataack
        tcp.options.mptcp.rawdataseqno tcp.options.mptcp.recvkey tcp.options.mptcp.recvtok
        tcp.options.mptcp.reserved tcp.options.mptcp.reserved.flag tcp.options.mptcp.rst_reason
        tcp.options.mptcp.sendhmac tcp.options.mptcp.sendkey tcp.options.mptcp.sendrand
        tcp.options.mptcp.sendtrunchmac tcp.options.mptcp.sha1.flag tcp.options.mptcp.sha256.flag
        tcp.options.mptcp.subflowseqno tcp.options.mptcp.subtype tcp.options.mptcp.version tcp.options.mss.absent
        tcp.options.mss.exceeded tcp.options.mss.present tcp.options.qs tcp.options.qs.rate tcp.options.qs.ttl_diff
        tcp.options.rvbd.probe tcp.options.rvbd.probe.appli_ver tcp.options.rvbd.probe.client.ip
        tcp.options.rvbd.probe.flags tcp.options.rvbd.probe.flags.last tcp.options.rvbd.probe.flags.notcfe
        tcp.options.rvbd.probe.flags.probe tcp.options.rvbd.probe.flags.server tcp.options.rvbd.probe.flags.ssl
        tcp.options.rvbd.probe.prober tcp.options.rvbd.probe.proxy.ip tcp.options.rvbd.probe.proxy.port
        tcp.options.rvbd.probe.reserved tcp.options.rvbd.probe.storeid tcp.options.rvbd.probe.type1
        tcp.options.rvbd.probe.type2 tcp.options.rvbd.probe.version tcp.options.rvbd.probe.version_raw
        tcp.options.rvbd.trpy tcp.options.rvbd.trpy.client.port tcp.options.rvbd.trpy.dst.ip
        tcp.options.rvbd.trpy.dst.port tcp.options.rvbd.trpy.flags tcp.options.rvbd.trpy.flags.chksum
        tcp.options.rvbd.trpy.flags.fw_rst tcp.options.rvbd.trpy.flags.fw_rst_inner
        tcp.options.rvbd.trpy.flags.fw_rst_probe tcp.options.rvbd.trpy.flags.mode tcp.options.rvbd.trpy.flags.oob
        tcp.options.rvbd.trpy.src.ip tcp.options.rvbd.trpy.src.port tcp.options.sack.dsack tcp.options.sack.dsack_le
        tcp.options.sack.dsack_re tcp.options.sack_perm.absent tcp.options.sack_perm.present tcp.options.scps
        tcp.options.scps.binding tcp.options.scps.binding.data tcp.options.scps.binding.id
        tcp.options.scps.binding.len tcp.options.scps.vector tcp.options.scpscor tcp.options.scpsflags.bets
        tcp.options.scpsflags.compress tcp.options.scpsflags.nlts tcp.options.scpsflags.reserved
        tcp.options.scpsflags.snack1 tcp.options.scpsflags.snack2 tcp.options.scpsrec tcp.options.snack
        tcp.options.snack.le tcp.options.snack.offset tcp.options.snack.re tcp.options.snack.sequence
        tcp.options.snack.size tcp.options.tar.reserved tcp.options.tarr.rate tcp.options.tfo tcp.options.tfo.cookie
        tcp.options.tfo.request tcp.options.timestamp.tsval.syncookie.ecn tcp.options.timestamp.tsval.syncookie.sack
        tcp.options.timestamp.tsval.syncookie.timestamp tcp.options.timestamp.tsval.syncookie.wscale
        tcp.options.unknown tcp.options.unknown.payload tcp.options.user_to tcp.options.user_to_granularity
        tcp.options.user_to_val tcp.options.wscale.shift.invalid tcp.pdu.last_frame tcp.pdu.size tcp.pdu.time
        tcp.proc.dstcmd tcp.proc.dstpid tcp.proc.dstuid tcp.proc.dstuname tcp.proc.srccmd tcp.proc.srcpid
        tcp.proc.srcuid tcp.proc.srcuname tcp.reset_cause tcp.segment.error tcp.segment.multipletails
        tcp.segment.overlap tcp.segment.overlap.conflict tcp.segment.toolongfragment tcp.short_segment
        tcp.stream.client.contiguity_count tcp.stream.pnum tcp.stream.server.contiguity_count
        tcp.suboption_malformed tcp.syncookie.hash tcp.syncookie.mss tcp.syncookie.time tls.handshake.ja4
        tls.handshake.ja4_r udp.checksum.bad udp.checksum.partial udp.checksum.zero udp.checksum_calculated
        udp.checksum_coverage udp.length.bad udp.length.bad_zero udp.pdu.size udp.possible_traceroute
        udp.proc.dstcmd udp.proc.dstpid udp.proc.dstuid udp.proc.dstuname udp.proc.srccmd udp.proc.srcpid
        udp.proc.srcuid udp.proc.srcuname udp.stream udp.stream.pnum udp.time_delta udp.time_relative vlan.cfi
        vlan.id_name vlan.len vlan.len.past_end vlan.too_many_tags vlan.trailer vxlan.flag_a vxlan.flag_d
        vxlan.flag_g vxlan.flag_i vxlan.flags vxlan.flags_reserved vxlan.gbp vxlan.i_bit vxlan.next_proto
        vxlan.o_bit vxlan.p_bit vxlan.reserved8 vxlan.reserved_16 vxlan.ver
        """.split(separator: "\n").joined(separator: " ")
}
