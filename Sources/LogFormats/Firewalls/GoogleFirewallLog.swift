/// Entries of Google Cloud's firewall rules logging, as Cloud Logging exports them, or their payload alone.
///
/// Source: Google Cloud, "Use VPC Firewall Rules Logging", "Log format".
enum GoogleFirewallLog {
    private enum Name: Int, CaseIterable {
        case timestamp, receiveTimestamp, source, sourcePort, destination, destinationPort, number, disposition, rule
        case direction, machine, network, logName

        /// The path, and whether it lies in the payload.
        var path: (String, isInPayload: Bool) {
            switch self {
            case .timestamp: ("timestamp", false)
            case .receiveTimestamp: ("receiveTimestamp", false)
            case .source: ("connection.src_ip", true)
            case .sourcePort: ("connection.src_port", true)
            case .destination: ("connection.dest_ip", true)
            case .destinationPort: ("connection.dest_port", true)
            case .number: ("connection.protocol", true)
            case .disposition: ("disposition", true)
            case .rule: ("rule_details.reference", true)
            case .direction: ("rule_details.direction", true)
            case .machine: ("instance.vm_name", true)
            case .network: ("vpc.subnetwork_name", true)
            case .logName: ("logName", false)
            }
        }
    }

    private static let entry = Name.allCases.map { name in
        Array((name.path.isInPayload ? "jsonPayload." : "").utf8) + Array(name.path.0.utf8)
    }
    private static let payload = Name.allCases.map { Array($0.path.0.utf8) }
    private static let mark = Array("\"jsonPayload\"".utf8)

    static func read(_ block: LineBlock, _ range: Range<Int>) -> FirewallRecord {
        let isEntry = LineScan(block, range).find(mark) != nil
        let values = JSONValues(block, range, isEntry ? entry : payload)
        guard values.isWhole else { return .damaged }
        func at(_ name: Name) -> Int { name.rawValue }
        guard values.has(at(.disposition)) else { return .other }
        var record = FirewallRecord()
        record.time = values.time(at(.timestamp)) ?? values.time(at(.receiveTimestamp))
        record.source = values.address(at(.source))
        record.destination = values.address(at(.destination))
        record.sourcePort = values.port(at(.sourcePort))
        record.destinationPort = values.port(at(.destinationPort))
        record.protocolNumber = values.whole(at(.number)).flatMap { UInt8(exactly: $0) }
        record.rule = values.piece(at(.rule))
        record.device = values.piece(at(.machine))
        record.interface = values.piece(at(.network))
        record.reason = values.piece(at(.disposition))
        record.isFromAsker = true
        if values.equals(at(.direction), "INGRESS") { record.direction = .ingress }
        if values.equals(at(.direction), "EGRESS") { record.direction = .egress }
        if values.equals(at(.disposition), "DENIED") { record.action = .drop }
        if values.equals(at(.disposition), "ALLOWED") {
            record.action = .accept
            record.answer = .some
        }
        if record.source == nil || record.destination == nil { record.kind = .damaged }
        return record
    }
}
