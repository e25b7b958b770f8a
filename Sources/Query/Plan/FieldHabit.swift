/// Names that other tools give the fields of flow logs.
enum FieldHabit {
    /// The field that is meant, where the table has it.
    static func field(for name: String, among known: [String]) -> String? {
        let plain = name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != "." }
        return names.first { $0.others.contains(plain) && known.contains($0.field) }?.field
    }

    private static let names: [(field: String, others: Set<String>)] = [
        (
            "srcAddr",
            [
                "srcip", "src", "source", "sourceip", "sourceaddress", "sourceipaddress", "saddr", "clientip", "ipsrc",
                "idorigh",
            ]
        ),
        (
            "dstAddr",
            [
                "dstip", "dst", "dest", "destip", "destaddr", "destination", "destinationip", "destinationaddress",
                "daddr",
                "ipdst", "idresph",
            ]
        ),
        ("srcPort", ["sourceport", "sport", "tcpsrcport", "idorigp"]),
        ("dstPort", ["destport", "destinationport", "dport", "port", "tcpdstport", "idrespp"]),
        ("protocol", ["proto", "ipproto", "ipprotocol"]), ("action", ["verdict", "decision", "disposition"]),
        ("interfaceId", ["eni", "interface", "networkinterface", "networkinterfaceid"]),
        ("accountId", ["account", "awsaccount", "owner"]), ("bytes", ["octets", "bytecount", "totalbytes"]),
        ("packets", ["pkts", "packetcount"]),
    ]
}
