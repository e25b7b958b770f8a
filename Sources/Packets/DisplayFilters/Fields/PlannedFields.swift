// A table: the names are one string because a literal of a thousand strings compiles slowly.

extension FieldCatalogue {
    /// Fields of the language whose values are not extracted yet; naming one is an error that says so.
    static let plannedNameList = """
        _ws.col.info _ws.col.protocol _ws.expert _ws.expert.group _ws.expert.message _ws.expert.severity
        _ws.malformed _ws.malformed.expert _ws.short _ws.unreassembled arp.dst.nonzero.probe dns dns.a
        dns.aaaa dns.cname dns.count.add_rr dns.count.answers dns.count.auth_rr dns.count.labels
        dns.count.queries dns.flags dns.flags.authenticated dns.flags.authoritative dns.flags.checkdisable
        dns.flags.opcode dns.flags.rcode dns.flags.recavail dns.flags.recdesired dns.flags.response
        dns.flags.truncated dns.flags.z dns.id dns.length dns.mx.mail_exchange dns.mx.preference dns.ns
        dns.ptr.domain_name dns.qry.class dns.qry.name dns.qry.name.len dns.qry.type dns.resp.class
        dns.resp.len dns.resp.name dns.resp.ttl dns.resp.type dns.response_in dns.response_to
        dns.retransmission dns.retransmit_request dns.retransmit_request_in dns.retransmit_response
        dns.retransmit_response_in dns.soa.minimum_ttl dns.soa.mname dns.soa.rname dns.soa.serial_number
        dns.srv.name dns.srv.port dns.srv.priority dns.srv.target dns.srv.weight dns.time dns.txt
        dns.txt.length dns.unsolicited eth.addr.oui_resolved eth.dst.oui_resolved eth.fcs_bad
        eth.src.oui_resolved eth.stream frame.cb_copy frame.cb_pen frame.darwin.drop
        frame.darwin.drop.component frame.darwin.drop.reason frame.darwin.drop.reason_code
        frame.darwin.process_info.pid frame.darwin.process_info.pname frame.encoding frame.file_off frame.hash
        frame.hash.value frame.incomplete frame.len_lt_caplen frame.link_nr frame.time_invalid
        frame.time_relative_capture_start frame.verdict geneve.option.cilium.service.ipv4
        geneve.option.cilium.service.ipv6 geneve.option.cilium.service.port gre.routing
        gre.wccp.redirect_header gre.wccp.service_id http http.accept http.accept_encoding
        http.accept_language http.authorization http.bad_header_name http.chat http.connection
        http.content_encoding http.content_length http.content_length_header http.content_type http.cookie
        http.date http.file_data http.host http.last_modified http.location http.next_request_in
        http.prev_request_in http.proxy_authenticate http.proxy_authorization http.proxy_connect_host
        http.proxy_connect_port http.referer http.request http.request.full_uri http.request.line
        http.request.method http.request.uri http.request.uri.path http.request.uri.query http.request.version
        http.request_in http.response http.response.code http.response.code.desc http.response.line
        http.response.phrase http.response.version http.response_in http.server http.set_cookie http.time
        http.transfer_encoding http.unknown_header http.user_agent http.www_authenticate http.x_forwarded_for
        icmp.data icmp.type.deprecated icmp.type.error icmpv6.data icmpv6.data_time icmpv6.data_time_relative
        icmpv6.length icmpv6.nd.ra.flag.s icmpv6.type.error icmpv6.unknown_data ip.bogus_header_length
        ip.bogus_ip_length ip.bogus_ip_version ip.fragment ip.fragment.count ip.fragment.error
        ip.fragment.multipletails ip.fragment.overlap ip.fragment.overlap.conflict ip.fragment.toolongfragment
        ip.fragments ip.nop ip.opt.data ip.reassembled.data ip.reassembled.length ip.reassembled_in ip.stream
        ipv6.bogus_ipv6_version ipv6.fragment ipv6.fragment.count ipv6.fragment.error
        ipv6.fragment.multipletails ipv6.fragment.overlap ipv6.fragment.overlap.conflict
        ipv6.fragment.toolongfragment ipv6.fragments ipv6.invalid_header ipv6.reassembled.data
        ipv6.reassembled.in ipv6.reassembled.length ipv6.stream sll.reserved sll.trailer
        tcp.analysis.ambiguous_ack tcp.analysis.partial_ack tcp.analysis.scps_capable tcp.bogus_header_length
        tcp.checksum.partial tcp.continuation_to tcp.fin_retransmission tcp.flags.ace
        tcp.nstrace.rst.window_error_code tcp.options.mss.exceeded tcp.options.sack_perm.absent
        tcp.options.sack_perm.present tcp.options.scps.binding.data tcp.options.scps.binding.id
        tcp.options.scps.binding.len tcp.options.snack.sequence tcp.options.timestamp.tsval.syncookie.ecn
        tcp.options.timestamp.tsval.syncookie.sack tcp.options.timestamp.tsval.syncookie.timestamp
        tcp.options.timestamp.tsval.syncookie.wscale tcp.pdu.last_frame tcp.pdu.size tcp.pdu.time
        tcp.reassembled.data tcp.reassembled.length tcp.reassembled_in tcp.segment tcp.segment.count
        tcp.segment.error tcp.segment.multipletails tcp.segment.overlap tcp.segment.overlap.conflict
        tcp.segment.toolongfragment tcp.segment_data tcp.segments tcp.short_segment
        tcp.stream.client.contiguity_count tcp.stream.server.contiguity_count tcp.suboption_malformed
        tcp.syncookie.hash tcp.syncookie.mss tcp.syncookie.time tls tls.alert_message tls.alert_message.desc
        tls.alert_message.level tls.app_data tls.app_data_proto tls.change_cipher_spec tls.handshake
        tls.handshake.certificate tls.handshake.certificate_length tls.handshake.certificates
        tls.handshake.cipher_suites_length tls.handshake.ciphersuite tls.handshake.ciphersuites
        tls.handshake.comp_method tls.handshake.extension.data tls.handshake.extension.len
        tls.handshake.extension.type tls.handshake.extensions.supported_version
        tls.handshake.extensions_alpn_str tls.handshake.extensions_key_share_group
        tls.handshake.extensions_length tls.handshake.extensions_server_name
        tls.handshake.extensions_server_name_len tls.handshake.extensions_server_name_list_len
        tls.handshake.extensions_server_name_type tls.handshake.extensions_supported_group tls.handshake.ja3
        tls.handshake.ja3_full tls.handshake.ja3s tls.handshake.ja3s_full tls.handshake.ja4
        tls.handshake.ja4_r tls.handshake.length tls.handshake.random tls.handshake.session_id
        tls.handshake.session_id_length tls.handshake.sig_hash_alg tls.handshake.type tls.handshake.version
        tls.record tls.record.content_type tls.record.length tls.record.opaque_type tls.record.version
        udp.checksum.partial udp.checksum.zero udp.checksum_coverage udp.pdu.size vlan.too_many_tags
        """.split(separator: "\n").joined(separator: " ")
}
