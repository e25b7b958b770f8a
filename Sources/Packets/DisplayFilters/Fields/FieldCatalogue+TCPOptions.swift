extension FieldCatalogue {
    /// Remarks on TCP headers and their options.
    static let tcpRemarkFields: [Field] = [
        label("tcp.option.len.invalid", .part(.tcp, .remark(.badTCPOption), .mark)),
        label("tcp.nop", .part(.tcp, .remark(.fourNoOperations), .mark)),
        label("tcp.non_zero_bytes_after_eol", .part(.tcp, .remark(.bytesAfterEnd), .mark)),
        label("tcp.options.mss.absent", .part(.tcp, .remark(.missingSegmentSize), .mark)),
        label("tcp.options.mss.present", .part(.tcp, .remark(.straySegmentSize), .mark)),
        label("tcp.options.wscale.shift.invalid", .part(.tcp, .remark(.wideShift), .mark)),
        Field("tcp.reset_cause", .string, .part(.tcp, .transport(.resetCause), .rest(at: 0))),
    ]

    /// The rarer TCP options (IANA "TCP Option Kind Numbers").
    static let tcpRareOptionFields: [Field] = [
        label("tcp.options.sack.dsack", .part(.tcp, .transport(.duplicateBlock), .mark)),
        unsigned("tcp.options.sack.dsack_le", 32, .part(.tcp, .transport(.duplicateLeft), .found)),
        unsigned("tcp.options.sack.dsack_re", 32, .part(.tcp, .transport(.duplicateRight), .found)),
        proto("tcp.options.tfo", .part(.tcp, .tcpOption(34), .rest(at: 0))),
        label("tcp.options.tfo.request", .part(.tcp, .transport(.fastOpenRequest), .mark)),
        Field("tcp.options.tfo.cookie", .bytes, .part(.tcp, .transport(.fastOpenCookie), .rest(at: 0))),
        proto("tcp.options.md5", .part(.tcp, .tcpOption(19), .rest(at: 0))),
        Field("tcp.options.md5.digest", .bytes, .part(.tcp, .tcpOption(19), .rest(at: 2))),
        proto("tcp.options.ao", .part(.tcp, .tcpOption(29), .rest(at: 0))),
        unsigned("tcp.options.ao.keyid", 8, .part(.tcp, .tcpOption(29), 2, 1)),
        unsigned("tcp.options.ao.rnextkeyid", 8, .part(.tcp, .tcpOption(29), 3, 1)),
        Field("tcp.options.ao.mac", .bytes, .part(.tcp, .tcpOption(29), .rest(at: 4))),
        // Wireshark shows the reply under the name of the option, and all connection counts under one.
        proto("tcp.options.echo", .part(.tcp, .transport(.echoValue), .rest(at: 0))),
        proto("tcp.options.echoreply", .never),
        unsigned("tcp.options.echo_value", 32, .part(.tcp, .transport(.echoValue), 2, 4)),
        proto("tcp.options.cc", .part(.tcp, .transport(.connectionCount), .rest(at: 0))),
        proto("tcp.options.ccnew", .never),
        proto("tcp.options.ccecho", .never),
        unsigned("tcp.options.cc_value", 32, .part(.tcp, .transport(.connectionCount), 2, 4)),
        proto("tcp.options.user_to", .part(.tcp, .tcpOption(28), .rest(at: 0))),
        Field("tcp.options.user_to_granularity", .boolean, .part(.tcp, .tcpOption(28), 2, 2, mask: 0x8000)).labelled(
            .trueOrFalse
        ),
        unsigned("tcp.options.user_to_val", 16, .part(.tcp, .tcpOption(28), 2, 2, mask: 0x7FFF)),
        proto("tcp.options.qs", .part(.tcp, .tcpOption(27), .rest(at: 0))),
        unsigned("tcp.options.qs.rate", 8, .part(.tcp, .tcpOption(27), 2, 1, mask: 0x0F)),
        unsigned("tcp.options.qs.ttl_diff", 8, .part(.tcp, .tcpOption(27), 3, 1)),
        proto("tcp.options.acc_ecn", .part(.tcp, .transport(.counters), .rest(at: 0))),
        unsigned("tcp.options.acc_ecn.ee0b", 24, .part(.tcp, .transport(.echoCounter0), 0, 3)),
        unsigned("tcp.options.acc_ecn.ee1b", 24, .part(.tcp, .transport(.echoCounter1), 0, 3)),
        unsigned("tcp.options.acc_ecn.eceb", 24, .part(.tcp, .transport(.echoCounterMarked), 0, 3)),
        unsigned("tcp.options.tarr.rate", 8, .part(.tcp, .transport(.rateRequest), 4, 1, mask: 0xFE)),
        unsigned("tcp.options.tar.reserved", 8, .part(.tcp, .transport(.rateRequest), 4, 1, mask: 0x01)),
        proto("tcp.options.experimental", .part(.tcp, .transport(.experiment), .rest(at: 0))),
        unsigned("tcp.options.experimental.exid", 16, .part(.tcp, .transport(.experiment), 2, 2)).hexadecimal(),
        Field("tcp.options.experimental.data", .bytes, .part(.tcp, .transport(.experimentContent), .rest(at: 0))),
        proto("tcp.options.unknown", .part(.tcp, .transport(.unknownOption), .rest(at: 0))),
        Field("tcp.options.unknown.payload", .bytes, .part(.tcp, .transport(.unknownOption), .rest(at: 2))),
        proto("tcp.options.scps", .part(.tcp, .tcpOption(20), .rest(at: 0))),
        unsigned("tcp.options.scps.vector", 8, .part(.tcp, .transport(.capabilities), 2, 1)).hexadecimal(),
        Field("tcp.options.scpsflags.bets", .boolean, .part(.tcp, .transport(.capabilities), 2, 1, mask: 0x80))
            .labelled(.setOrNot),
        Field("tcp.options.scpsflags.snack1", .boolean, .part(.tcp, .transport(.capabilities), 2, 1, mask: 0x40))
            .labelled(.setOrNot),
        Field("tcp.options.scpsflags.snack2", .boolean, .part(.tcp, .transport(.capabilities), 2, 1, mask: 0x20))
            .labelled(.setOrNot),
        Field("tcp.options.scpsflags.compress", .boolean, .part(.tcp, .transport(.capabilities), 2, 1, mask: 0x10))
            .labelled(.setOrNot),
        Field("tcp.options.scpsflags.nlts", .boolean, .part(.tcp, .transport(.capabilities), 2, 1, mask: 0x08))
            .labelled(.setOrNot),
        unsigned("tcp.options.scpsflags.reserved", 8, .part(.tcp, .transport(.capabilities), 2, 1, mask: 0x07)),
        unsigned("tcp.options.scps.binding", 8, .part(.tcp, .transport(.capabilities), 3, 1)),
        proto("tcp.options.snack", .part(.tcp, .tcpOption(21), .rest(at: 0))),
        unsigned("tcp.options.snack.offset", 16, .part(.tcp, .tcpOption(21), 2, 2)),
        unsigned("tcp.options.snack.size", 16, .part(.tcp, .tcpOption(21), 4, 2)),
        unsigned("tcp.options.snack.le", 16, .part(.tcp, .transport(.holeLeft), .found)),
        unsigned("tcp.options.snack.re", 16, .part(.tcp, .transport(.holeRight), .found)),
        proto("tcp.options.scpsrec", .part(.tcp, .tcpOption(22), .rest(at: 0))),
        proto("tcp.options.scpscor", .part(.tcp, .tcpOption(23), .rest(at: 0))),
    ]

    /// Remarks on UDP headers.
    static let udpRemarkFields: [Field] = [
        label("udp.length.bad", .part(.udp, .remark(.badUDPLength), .mark)),
        label("udp.length.bad_zero", .part(.udp, .remark(.zeroUDPLength), .mark)),
        label("udp.possible_traceroute", .part(.udp, .remark(.traceroute), .mark)),
    ]
}
