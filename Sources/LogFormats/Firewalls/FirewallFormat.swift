/// Whose log it is.
package enum FirewallKind: UInt8, CaseIterable, Sendable {
    case netfilter, networkFirewall, azure, google, windows, cisco, paloAlto, zeek
    /// Not a firewall's, but of the same kind of evidence: what a transit gateway lost.
    case transitGateway
    /// The DNS Firewall of Route 53 Resolver.
    case resolver
    /// Elastic Load Balancing: what did not reach a target, and what AWS WAF rejected.
    case loadBalancer

    /// What its makers and users call the firewall.
    package var title: String {
        switch self {
        case .netfilter: "netfilter"
        case .networkFirewall: "AWS Network Firewall or Suricata"
        case .azure: "Azure network security group"
        case .google: "Google Cloud firewall"
        case .windows: "Windows Firewall"
        case .cisco: "Cisco ASA"
        case .paloAlto: "Palo Alto firewall"
        case .zeek: "Zeek"
        case .transitGateway: "transit gateway"
        case .resolver: "Route 53 Resolver DNS Firewall"
        case .loadBalancer: "load balancer"
        }
    }

    /// The type of a component that refuses, for programs.
    package var component: String {
        switch self {
        case .netfilter: "netfilter"
        case .networkFirewall: "network-firewall"
        case .azure: "network-security-group"
        case .google: "vpc-firewall"
        case .windows: "windows-firewall"
        case .cisco: "access-list"
        case .paloAlto: "security-policy"
        case .zeek: "sensor"
        case .transitGateway: "transit-gateway"
        case .resolver: "dns-firewall"
        case .loadBalancer: "load-balancer"
        }
    }
}

/// The format of a firewall's log, with the columns that its header names.
package struct FirewallFormat: Hashable, Sendable {
    package var kind: FirewallKind
    /// Columns by position, for those formats that have them.
    var columns: [String] = []
    /// What stands between columns.
    var separator: UInt8 = 32
    /// One JSON object a line.
    var isJSON = false

    init(_ kind: FirewallKind, columns: [String] = [], separator: UInt8 = 32, isJSON: Bool = false) {
        self.kind = kind
        self.columns = columns
        self.separator = separator
        self.isJSON = isJSON
    }

    /// The names that `--format` takes.
    package static let named: [(name: String, kind: FirewallKind, meaning: String)] = [
        ("netfilter", .netfilter, "Linux LOG lines of iptables, nftables, ufw and firewalld; also journalctl -o json"),
        ("network-firewall", .networkFirewall, "AWS Network Firewall, alerts and flows (JSON)"),
        ("suricata", .networkFirewall, "Suricata EVE, alerts, drops and flows (JSON)"),
        ("azure-flow", .azure, "Azure network security group and virtual network flow logs (JSON)"),
        ("gcp-firewall", .google, "Google Cloud firewall rules logging (JSON)"),
        ("windows-firewall", .windows, "Windows pfirewall.log"),
        ("cisco-asa", .cisco, "Cisco ASA and FTD syslog"),
        ("palo-alto", .paloAlto, "Palo Alto traffic log (CSV, plain or in syslog)"),
        ("zeek-conn", .zeek, "Zeek conn.log, tab-separated or JSON"),
    ]

    /// The format of a name; what headers tell of its columns is found when the log is opened.
    package init?(named name: String) {
        guard let entry = FirewallFormat.named.first(where: { $0.name == name }) else { return nil }
        self.init(entry.kind)
    }

    /// The name that `--format` takes.
    package var name: String { FirewallFormat.named.first { $0.kind == kind }?.name ?? title }

    /// True for JSON whose fields are those of its objects; Azure's tuples are none.
    var holdsPlainJSON: Bool { isJSON && kind != .azure }

    package var title: String {
        switch kind {
        case .netfilter: "netfilter log"
        case .networkFirewall: "AWS Network Firewall or Suricata log"
        case .azure: "Azure flow log"
        case .google: "Google Cloud firewall log"
        case .windows: "Windows firewall log"
        case .cisco: "Cisco ASA log"
        case .paloAlto: "Palo Alto traffic log"
        case .zeek: "Zeek conn.log"
        case .transitGateway: "transit gateway flow log"
        case .resolver: "Route 53 Resolver query log"
        case .loadBalancer: "load balancer access log"
        }
    }

    /// The columns that every firewall's log has.
    package static let normalised = [
        "time", "end", "src", "dst", "srcPort", "dstPort", "proto", "direction", "action", "rule", "device",
        "interface", "packets", "bytes", "tcpFlags", "reason", "raw",
    ]

    /// The names of the fields of the log's own.
    var ownNames: [String] {
        switch kind {
        case .netfilter: NetfilterLog.names
        case .azure: AzureFlowLog.names
        case .cisco: CiscoLog.names
        case .paloAlto: PaloAltoLog.names
        case .windows, .zeek: columns
        case .networkFirewall, .google, .transitGateway, .resolver, .loadBalancer: []
        }
    }

    /// Reads the record of a line, which keeps to the block's bytes.
    func read(_ block: LineBlock, _ range: Range<Int>, _ clock: LogClock) -> FirewallRecord {
        switch kind {
        case .netfilter: isJSON ? JournalLog.read(block, range, clock) : NetfilterLog.read(block, range, clock)
        case .networkFirewall: EVELog.read(block, range)
        case .google: GoogleFirewallLog.read(block, range)
        case .windows: WindowsFirewallLog.read(block, range, self)
        case .cisco: CiscoLog.read(block, range, clock)
        case .paloAlto: PaloAltoLog.read(block, range, clock)
        case .zeek: isJSON ? ZeekLog.readJSON(block, range) : ZeekLog.read(block, range, self)
        case .resolver: ResolverLog.read(block, range)
        case .loadBalancer: LoadBalancerLog.read(block, range)
        case .azure, .transitGateway: .other
        }
    }
}

/// What is known of the time when a log is read, for lines that have no year.
package struct LogClock: Hashable, Sendable {
    /// Milliseconds since 1970; `nil` where it is not known.
    package var now: Int64?

    package init(now: Int64? = nil) { self.now = now }
}

/// What the lines of a block tell, as a firewall's log.
package struct FirewallRows: Sendable {
    /// By row.
    package var records: [FirewallRecord] = []
    /// Lines that tell of something else.
    var others = 0
    var marks: LogMarks = []
    /// What rows of Azure's logs lie in.
    var azure: [AzureGroup] = []
    /// By row, the place in `azure`.
    var groups: [Int32] = []

    mutating func clear() {
        records.removeAll(keepingCapacity: true)
        groups.removeAll(keepingCapacity: true)
        azure.removeAll(keepingCapacity: true)
        (others, marks) = (0, [])
    }
}

/// What is missing in a log, mostly in its times.
struct LogMarks: OptionSet, Hashable, Sendable {
    var rawValue: UInt8

    static let noYear = LogMarks(rawValue: 1)
    static let noZone = LogMarks(rawValue: 2)
    /// Seconds since the system was started.
    static let sinceStart = LogMarks(rawValue: 4)
    /// The log says that it does not hold everything.
    static let lost = LogMarks(rawValue: 8)
}
