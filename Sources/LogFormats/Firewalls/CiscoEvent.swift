import RoadblockCore

/// A connection event of Cisco Secure Firewall Threat Defense: `SrcIP: 10.0.0.1, DstIP: 203.0.113.7, …`.
///
/// Source: Cisco Secure Firewall Threat Defense Syslog Messages, "Security Event Syslog Messages".
struct CiscoEvent {
    private let scan: LineScan
    private let text: Range<Int>

    init(_ scan: LineScan, _ text: Range<Int>) {
        self.scan = scan
        self.text = text
    }

    /// The value of a name; empty where it is not there.
    private func value(_ name: String) -> Range<Int> {
        let wanted = Array("\(name): ".utf8)
        var from = text.lowerBound
        while let at = scan.find(wanted, from: from, before: text.upperBound) {
            let start = at + wanted.count
            if at == text.lowerBound || at >= 2 && scan.holds(Array(", ".utf8), at: at - 2) {
                return start..<(scan.find(Array(", ".utf8), from: start, before: text.upperBound) ?? text.upperBound)
            }
            from = start
        }
        return text.upperBound..<text.upperBound
    }

    /// Reads the event of the begin or of the end of a connection.
    func read(_ record: inout FirewallRecord, isEnd: Bool) {
        record.source = scan.address(value("SrcIP"))
        record.destination = scan.address(value("DstIP"))
        record.sourcePort = scan.port(value("SrcPort"))
        record.destinationPort = scan.port(value("DstPort"))
        record.protocolNumber = ProtocolName.number(scan.bytes(value("Protocol")))
        record.interface = scan.piece(value("IngressInterface"))
        record.rule = scan.piece(value("AccessControlRuleName"))
        record.reason = scan.piece(value("AccessControlRuleReason"))
        record.isFromAsker = true
        let answers = scan.number(value("ResponderPackets"))
        record.packets = sum(scan.number(value("InitiatorPackets")), answers)
        record.bytes = sum(scan.number(value("InitiatorBytes")), scan.number(value("ResponderBytes")))
        if let begun = EventTime.isoMilliseconds(scan.bytes(value("FirstPacketSecond"))) {
            record.time = begun
            record.marks = []
            if let seconds = scan.number(value("ConnectionDuration")), seconds < 1 << 31 {
                record.end = begun &+ Int64(seconds) &* 1000
            }
        }
        let action = scan.bytes(value("AccessControlRuleAction"))
        if action.starts(with: "Block with reset".utf8) {
            record.action = .reset
        } else if action.starts(with: "Block".utf8) || action.starts(with: "Interactive Block".utf8) {
            record.action = .drop
        } else {
            record.action = .accept
            record.answer = isEnd && record.protocolNumber == 6 && answers == 0 ? .none : .some
            // Its end tells what became of it.
            if !isEnd { record.kind = .other }
        }
    }

    private func sum(_ one: Int?, _ other: Int?) -> Int? {
        one.flatMap { one in
            let (sum, isTooLarge) = one.addingReportingOverflow(other ?? 0)
            return isTooLarge ? nil : sum
        }
    }
}
