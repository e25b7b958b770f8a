/// What the text of a literal looks like.
enum LiteralShape {
    static let protocols = [
        "icmp": 1, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "icmpv6": 58, "icmp6": 58, "sctp": 132,
    ]

    static let ports = [
        "ssh": 22, "smtp": 25, "dns": 53, "http": 80, "ntp": 123, "ldap": 389, "https": 443, "smb": 445, "mysql": 3306,
        "rdp": 3389, "postgres": 5432, "postgresql": 5432,
    ]

    /// What other firewalls call the two actions of a flow log.
    static let verdicts = [
        "deny": "REJECT", "denied": "REJECT", "drop": "REJECT", "dropped": "REJECT", "block": "REJECT",
        "blocked": "REJECT", "rejected": "REJECT", "allow": "ACCEPT", "allowed": "ACCEPT", "accepted": "ACCEPT",
        "permit": "ACCEPT", "pass": "ACCEPT",
    ]

    /// An address of another block that has the text of a block's first octets in it; `nil` where there is none.
    static func other(holding text: String, _ octets: [Substring]) -> String? {
        guard octets.count > 2 else { return octets.count == 1 ? "1.\(text)0.5" : "1.\(text)5" }
        guard let first = octets.first.flatMap({ Int($0) }), first < 100 else { return nil }
        return first < 56 && first > 9 ? "2\(text)5" : "1\(text)5"
    }

    /// True for `x.x.x.x` and the like, which manuals have in place of a value.
    static func isPlaceholder(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isAddress =
            parts.count == 4 && parts.contains { ["x", "y", "xx", "xxx", "yyy"].contains($0.lowercased()) }
            && parts.allSatisfy { UInt8($0) != nil || $0.allSatisfy { "xXyY".contains($0) } && !$0.isEmpty }
        return isAddress || text.hasPrefix("<") && text.hasSuffix(">") && !text.contains(" ") && text.count > 2
            || text.hasPrefix("YOUR_") || text.hasPrefix("your-")
    }
}
