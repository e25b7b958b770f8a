import RoadblockCore

/// Query logs of Route 53 Resolver, for what its DNS Firewall blocked.
///
/// They are tables of their own to queries; to a diagnosis a query is a request of an address to the resolver.
/// Source: Amazon Route 53 Developer Guide, "Values that appear in VPC Resolver query logs".
enum ResolverLog {
    private enum Name: Int, CaseIterable {
        case time = 0, source, port, transport, action, rule, query, network, code

        var path: String {
            switch self {
            case .time: "query_timestamp"
            case .source: "srcaddr"
            case .port: "srcport"
            case .transport: "transport"
            case .action: "firewall_rule_action"
            case .rule: "firewall_rule_group_id"
            case .query: "query_name"
            case .network: "vpc_id"
            case .code: "rcode"
            }
        }
    }

    private static let names = Name.allCases.map { Array($0.path.utf8) }
    /// The resolver's addresses in every network (Amazon VPC User Guide, "Amazon DNS server").
    private static let resolvers = (IPAddress(parsing: "169.254.169.253"), IPAddress(parsing: "fd00:ec2::253"))

    static func read(_ block: LineBlock, _ range: Range<Int>) -> FirewallRecord {
        let values = JSONValues(block, range, names)
        guard values.isWhole else { return .damaged }
        func at(_ name: Name) -> Int { name.rawValue }
        guard values.has(at(.query)), values.has(at(.code)), values.has(at(.source)) else { return .other }
        var record = FirewallRecord()
        record.time = values.time(at(.time))
        record.source = values.address(at(.source))
        record.destination = record.source?.isIPv4 == false ? resolvers.1 : resolvers.0
        record.sourcePort = values.port(at(.port))
        record.destinationPort = 53
        record.protocolNumber = values.equals(at(.transport), "TCP") ? 6 : 17
        record.rule = values.piece(at(.rule))
        record.device = values.piece(at(.network))
        record.reason = values.piece(at(.query))
        record.isFromAsker = true
        // The answer's code says nothing of a block: it may be NOERROR as well.
        if values.equals(at(.action), "BLOCK") {
            record.action = .drop
        } else {
            (record.action, record.answer) = (.accept, .some)
        }
        if record.source == nil || record.time == nil { record.kind = .damaged }
        return record
    }
}

extension FirewallFormat {
    /// The format in which an opened log is evidence of a diagnosis; `nil` for flow logs and for what tells of no traffic.
    package static func evidence(in input: OpenLogInput) -> FirewallFormat? {
        switch input.format {
        case .firewall(let format): return format
        case .flowLog: return nil
        case .service(.applicationLoadBalancer), .service(.classicLoadBalancer): return FirewallFormat(.loadBalancer)
        default:
            let format = FirewallFormat(.resolver, isJSON: true)
            let block = LineBlock(of: input.reader.firstLines(20)[...])
            let known = (0..<block.rowCount).count { ResolverLog.read(block, block.range(of: $0)).kind == .record }
            return known > 0 && known * 5 >= block.rowCount ? format : nil
        }
    }
}
