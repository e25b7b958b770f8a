/// Events of Suricata (EVE), bare or in the envelope of AWS Network Firewall.
///
/// Source: Suricata documentation, "EVE JSON Format"; AWS Network Firewall Developer Guide, "Contents of a AWS Network
/// Firewall log".
enum EVELog {
    private enum Name: Int, CaseIterable {
        case timestamp, type, source, sourcePort, destination, destinationPort, number, interface, host, direction
        case alertAction, signature, signatureID, category, dropReason, verdict
        case flowStart, flowEnd, toServer, toClient, bytesToServer, bytesToClient, flowAction
        case netPackets, netBytes, netStart, netEnd
        case flags, flagsToServer, flagsToClient

        var path: String {
            switch self {
            case .timestamp: "timestamp"
            case .type: "event_type"
            case .source: "src_ip"
            case .sourcePort: "src_port"
            case .destination: "dest_ip"
            case .destinationPort: "dest_port"
            case .number: "proto"
            case .interface: "in_iface"
            case .host: "host"
            case .direction: "direction"
            case .alertAction: "alert.action"
            case .signature: "alert.signature"
            case .signatureID: "alert.signature_id"
            case .category: "alert.category"
            case .dropReason: "drop.reason"
            case .verdict: "verdict.action"
            case .flowStart: "flow.start"
            case .flowEnd: "flow.end"
            case .toServer: "flow.pkts_toserver"
            case .toClient: "flow.pkts_toclient"
            case .bytesToServer: "flow.bytes_toserver"
            case .bytesToClient: "flow.bytes_toclient"
            case .flowAction: "flow.action"
            case .netPackets: "netflow.pkts"
            case .netBytes: "netflow.bytes"
            case .netStart: "netflow.start"
            case .netEnd: "netflow.end"
            case .flags: "tcp.tcp_flags"
            case .flagsToServer: "tcp.tcp_flags_ts"
            case .flagsToClient: "tcp.tcp_flags_tc"
            }
        }
    }

    private static let bare = Name.allCases.map { Array($0.path.utf8) }
    private static let wrapped =
        Name.allCases.map { Array("event.\($0.path)".utf8) } + [Array("firewall_name".utf8)]
    private static let envelope = Array("\"firewall_name\"".utf8)

    static func read(_ block: LineBlock, _ range: Range<Int>) -> FirewallRecord {
        let scan = LineScan(block, range)
        let isWrapped = scan.find(envelope, before: range.lowerBound + 4096) != nil
        let values = JSONValues(block, range, isWrapped ? wrapped : bare)
        func has(_ name: Name) -> Bool { values.has(name.rawValue) }
        guard values.isWhole else { return .damaged }
        guard has(.type), has(.timestamp) else { return .other }
        var record = FirewallRecord()
        record.time = values.time(Name.timestamp.rawValue)
        record.source = values.address(Name.source.rawValue)
        record.destination = values.address(Name.destination.rawValue)
        record.sourcePort = values.port(Name.sourcePort.rawValue)
        record.destinationPort = values.port(Name.destinationPort.rawValue)
        record.protocolNumber = ProtocolName.number(values.bytes(Name.number.rawValue))
        record.device = values.piece(isWrapped ? Name.allCases.count : Name.host.rawValue)
        record.interface = values.piece(Name.interface.rawValue)
        record.rule = values.piece(Name.signature.rawValue)
        if record.rule.isEmpty { record.rule = values.piece(Name.signatureID.rawValue) }
        record.isReply = values.equals(Name.direction.rawValue, "to_client")
        let isTold = record.isReply || values.equals(Name.direction.rawValue, "to_server")
        // Packets are of the one who asked where the event does not say it, unless ports say otherwise.
        record.isFromAsker = isTold || (record.sourcePort ?? 0) > (record.destinationPort ?? 0)
        if values.equals(Name.type.rawValue, "alert") {
            record.reason = values.piece(Name.category.rawValue)
            record.action = alertAction(values)
            record.answer = record.action == .accept ? .some : .untold
        } else if values.equals(Name.type.rawValue, "drop") {
            record.reason = values.piece(Name.dropReason.rawValue)
            record.action = verdict(values, Name.verdict) ?? .drop
            if record.action == .accept { record.action = .drop }
        } else if values.equals(Name.type.rawValue, "flow") {
            readFlow(values, &record)
        } else if values.equals(Name.type.rawValue, "netflow") {
            readNetflow(values, &record)
        } else {
            record.kind = .other
        }
        if record.kind == .record, record.source == nil || record.destination == nil { record.kind = .damaged }
        return record
    }

    private static func verdict(_ values: JSONValues, _ name: Name) -> FirewallRecord.Action? {
        let found: [(String, FirewallRecord.Action)] = [
            ("drop", .drop), ("blocked", .drop), ("reject", .reject), ("pass", .accept), ("accept", .accept),
            ("alert", .accept), ("allowed", .accept),
        ]
        return found.first { values.equals(name.rawValue, $0.0) }?.1
    }

    private static func alertAction(_ values: JSONValues) -> FirewallRecord.Action {
        let told = verdict(values, .alertAction) ?? .unknown
        guard let verdict = verdict(values, .verdict) else { return told }
        return told.isRefusal && !verdict.isRefusal ? told : verdict
    }

    private static func readFlow(_ values: JSONValues, _ record: inout FirewallRecord) {
        record.time = values.time(Name.flowStart.rawValue) ?? record.time
        record.end = values.time(Name.flowEnd.rawValue)
        record.isFromAsker = true
        let (asked, answered) = (values.whole(Name.toServer.rawValue), values.whole(Name.toClient.rawValue) ?? 0)
        record.packets = asked.map { saturated($0, answered) }
        record.bytes = values.whole(Name.bytesToServer.rawValue).map {
            saturated($0, values.whole(Name.bytesToClient.rawValue) ?? 0)
        }
        let (flags, answerFlags) = (hexFlags(values, .flagsToServer), hexFlags(values, .flagsToClient) ?? 0)
        record.tcpFlags = flags
        if let action = verdict(values, .flowAction), action.isRefusal {
            record.action = action
        } else if answered > 0 {
            record.action = .accept
            record.answer =
                answerFlags & 4 != 0 && answerFlags & 2 == 0 && flags.map { $0 & 2 != 0 } ?? false ? .reset : .some
        } else if let flags, flags & 18 == 2 {
            // A sensor that sees a lone SYN does not know who lost it.
            record.answer = .none
        }
    }

    /// One direction of a flow, whatever became of it: acknowledgments show that it was let through.
    private static func readNetflow(_ values: JSONValues, _ record: inout FirewallRecord) {
        record.time = values.time(Name.netStart.rawValue) ?? record.time
        record.end = values.time(Name.netEnd.rawValue)
        record.packets = values.whole(Name.netPackets.rawValue)
        record.bytes = values.whole(Name.netBytes.rawValue)
        record.tcpFlags = hexFlags(values, .flags)
        record.isFromAsker = false
        if let flags = record.tcpFlags, flags & 16 != 0 { record.action = .accept }
    }

    private static func hexFlags(_ values: JSONValues, _ name: Name) -> UInt8? {
        UInt8(String(decoding: values.bytes(name.rawValue), as: UTF8.self), radix: 16)
    }

    private static func saturated(_ one: Int, _ other: Int) -> Int {
        let (sum, overflow) = one.addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
