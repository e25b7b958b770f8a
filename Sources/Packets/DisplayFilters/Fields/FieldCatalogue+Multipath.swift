extension FieldCatalogue {
    /// Multipath TCP (RFC 8684).
    static let multipathFields: [Field] = [
        proto("mptcp", .part(.tcp, .multipath(.any), .rest(at: 0))),
        unsigned("tcp.options.mptcp.subtype", 8, .part(.tcp, .multipath(.subtype), 2, 1, mask: 0xF0)),
        unsigned("tcp.options.mptcp.version", 8, .part(.tcp, .multipath(.version), 0, 1, mask: 0x0F)),
        unsigned("tcp.options.mptcp.flags", 8, .part(.tcp, .multipath(.flags), 0, 1)).hexadecimal(),
        unsigned("tcp.options.mptcp.checksumreq.flags", 8, .part(.tcp, .multipath(.capable), 3, 1, mask: 0x80)),
        unsigned("tcp.options.mptcp.extensibility.flag", 8, .part(.tcp, .multipath(.capable), 3, 1, mask: 0x40)),
        unsigned("tcp.options.mptcp.reserved.flag", 8, .part(.tcp, .multipath(.capable), 3, 1, mask: 0x3E))
            .hexadecimal(),
        unsigned("tcp.options.mptcp.nomoresubflows.flag", 8, .part(.tcp, .multipath(.version1), 3, 1, mask: 0x20)),
        unsigned("tcp.options.mptcp.sha1.flag", 8, .part(.tcp, .multipath(.version0), 3, 1, mask: 0x01)),
        unsigned("tcp.options.mptcp.sha256.flag", 8, .part(.tcp, .multipath(.version1), 3, 1, mask: 0x01)),
        unsigned("tcp.options.mptcp.reserved", 16, .part(.tcp, .multipath(.joinReserved), 0, 2, mask: 0x0FFF))
            .hexadecimal(),
        unsigned("tcp.options.mptcp.sendkey", 64, .part(.tcp, .multipath(.sendKey), 0, 8)),
        unsigned("tcp.options.mptcp.recvkey", 64, .part(.tcp, .multipath(.receiveKey), 0, 8)),
        unsigned("tcp.options.mptcp.recvtok", 32, .part(.tcp, .multipath(.receiveToken), 0, 4)),
        unsigned("tcp.options.mptcp.sendrand", 32, .part(.tcp, .multipath(.sendRandom), 0, 4)),
        unsigned("tcp.options.mptcp.sendtrunchmac", 64, .part(.tcp, .multipath(.sendTruncated), 0, 8)),
        Field("tcp.options.mptcp.sendhmac", .bytes, .part(.tcp, .multipath(.sendHash), .rest(at: 0))),
        unsigned("tcp.options.mptcp.addrid", 8, .part(.tcp, .multipath(.addressID), 0, 1)),
        unsigned("tcp.options.mptcp.addaddrtrunchmac", 64, .part(.tcp, .multipath(.addressHash), 0, 8)),
        unsigned("tcp.options.mptcp.backup.flag", 8, .part(.tcp, .multipath(.joinBackup), 0, 1, mask: 0x01)),
        unsigned("tcp.options.mptcp.echo", 8, .part(.tcp, .multipath(.addEcho), 0, 1, mask: 0x01)),
        unsigned("tcp.options.mptcp.ipver", 8, .part(.tcp, .multipath(.addVersion), 0, 1, mask: 0x0F)),
        Field("tcp.options.mptcp.ipv4", .ipv4, .part(.tcp, .multipath(.address4), 0, 4)),
        Field("tcp.options.mptcp.ipv6", .ipv6, .part(.tcp, .multipath(.address6), .wide(at: 0))),
        unsigned("tcp.options.mptcp.port", 16, .part(.tcp, .multipath(.port), 0, 2)),
        unsigned("tcp.options.mptcp.datafin.flag", 8, .part(.tcp, .multipath(.dataFlags), 0, 1, mask: 0x10)),
        unsigned("tcp.options.mptcp.dataackpresent.flag", 8, .part(.tcp, .multipath(.dataFlags), 0, 1, mask: 0x01)),
        unsigned("tcp.options.mptcp.dataack8.flag", 8, .part(.tcp, .multipath(.dataFlags), 0, 1, mask: 0x02)),
        unsigned("tcp.options.mptcp.dseqnpresent.flag", 8, .part(.tcp, .multipath(.dataFlags), 0, 1, mask: 0x04)),
        unsigned("tcp.options.mptcp.dseqn8.flag", 8, .part(.tcp, .multipath(.dataFlags), 0, 1, mask: 0x08)),
        unsigned("tcp.options.mptcp.rawdataack", 64, .part(.tcp, .multipath(.dataACK), .found)),
        unsigned("tcp.options.mptcp.rawdataseqno", 64, .part(.tcp, .multipath(.dataSequence), .found)),
        unsigned("tcp.options.mptcp.subflowseqno", 32, .part(.tcp, .multipath(.subflowSequence), .found)),
        unsigned("tcp.options.mptcp.datalvllen", 16, .part(.tcp, .multipath(.dataLength), .found)),
        unsigned("tcp.options.mptcp.checksum", 16, .part(.tcp, .multipath(.checksum), .found)).hexadecimal(),
        unsigned("tcp.options.mptcp.rst_reason", 8, .part(.tcp, .multipath(.reset), 3, 1)).hexadecimal(),
        Field("tcp.options.mptcp.flag_T.flag", .boolean, .part(.tcp, .multipath(.reset), 2, 1, mask: 0x01)).labelled(
            .setOrNot
        ),
        Field("tcp.options.mptcp.flag_U.flag", .boolean, .part(.tcp, .multipath(.reset), 2, 1, mask: 0x08)).labelled(
            .setOrNot
        ),
        Field("tcp.options.mptcp.flag_V.flag", .boolean, .part(.tcp, .multipath(.reset), 2, 1, mask: 0x04)).labelled(
            .setOrNot
        ),
        Field("tcp.options.mptcp.flag_W.flag", .boolean, .part(.tcp, .multipath(.reset), 2, 1, mask: 0x02)).labelled(
            .setOrNot
        ),
    ]
}
