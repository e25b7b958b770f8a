/// Names that logs and tools give the fields of flow logs.
enum FieldHabit {
    /// The field that is meant: the flow log's, or what another log calls it.
    static func field(for name: String, among known: [String]) -> String? {
        let wanted = plain(name)
        guard let meant = names.first(where: { plain($0.field) == wanted || $0.others.contains(wanted) }) else {
            return nil
        }
        if known.contains(meant.field) { return meant.field }
        return known.first { field in
            [field, field.split(separator: ".").last.map(String.init) ?? ""].map(plain)
                .contains { $0 == plain(meant.field) || meant.others.contains($0) }
        }
    }

    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != "." }
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
