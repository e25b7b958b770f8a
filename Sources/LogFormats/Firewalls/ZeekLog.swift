import RoadblockCore

/// Zeek's conn.log: one line for each connection that its sensor saw.
///
/// Source: Zeek, `scripts/base/protocols/conn/main.zeek`, and the header lines of its ASCII writer.
enum ZeekLog {
    private enum Name: Int, CaseIterable {
        case time, duration, source, sourcePort, destination, destinationPort, number, state, packets, bytes
        case answerPackets, answerBytes, history, protocolNumber

        var path: String {
            switch self {
            case .time: "ts"
            case .duration: "duration"
            case .source: "id.orig_h"
            case .sourcePort: "id.orig_p"
            case .destination: "id.resp_h"
            case .destinationPort: "id.resp_p"
            case .number: "proto"
            case .state: "conn_state"
            case .packets: "orig_pkts"
            case .bytes: "orig_ip_bytes"
            case .answerPackets: "resp_pkts"
            case .answerBytes: "resp_ip_bytes"
            case .history: "history"
            case .protocolNumber: "ip_proto"
            }
        }
    }

    private static let names = Name.allCases.map { Array($0.path.utf8) }

    /// Columns that a log of connections has at least.
    static func isConnectionLog(_ columns: [String]) -> Bool {
        ["ts", "id.orig_h", "id.resp_h", "proto", "conn_state"].allSatisfy(columns.contains)
    }

    /// The format that header lines give: `#separator \x09` and `#fields`.
    static func format(header lines: [[UInt8]]) -> FirewallFormat? {
        var separator = UInt8(ascii: "\t")
        for line in lines.prefix(32) {
            let text = String(decoding: line.prefix(16 << 10), as: UTF8.self)
            guard text.hasPrefix("#") else { return nil }
            if text.hasPrefix("#separator ") {
                let value = text.dropFirst("#separator ".count)
                if value.hasPrefix("\\x") {
                    separator = UInt8(value.dropFirst(2).prefix(2), radix: 16) ?? separator
                } else if let byte = value.utf8.first {
                    separator = byte
                }
            }
            guard text.hasPrefix("#fields") else { continue }
            let columns = line.split(separator: separator).dropFirst().map { String(decoding: $0, as: UTF8.self) }
            guard columns.count <= 256, isConnectionLog(columns), separator != 10 else { return nil }
            return FirewallFormat(.zeek, columns: columns, separator: separator)
        }
        return nil
    }

    static func read(_ block: LineBlock, _ range: Range<Int>, _ format: FirewallFormat) -> FirewallRecord {
        let scan = LineScan(block, range)
        if scan[scan.start] == UInt8(ascii: "#") { return .other }
        let columns = scan.columns(format.separator, limit: format.columns.count + 1)
        guard columns.count == format.columns.count else { return .damaged }
        var record = FirewallRecord()
        func column(_ name: Name) -> Range<Int>? {
            guard let place = format.columns.firstIndex(of: name.path) else { return nil }
            let range = columns[place]
            return range.count == 1 && scan[range.lowerBound] == UInt8(ascii: "-") ? nil : range
        }
        func seconds(_ name: Name) -> Double? {
            guard let range = column(name), range.count < 40 else { return nil }
            return Double(String(decoding: scan.bytes(range), as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
        }
        record.time =
            seconds(.time).flatMap(EventTime.milliseconds)
            ?? column(.time).flatMap { EventTime.isoMilliseconds(scan.bytes($0)) }
        record.source = column(.source).flatMap(scan.address)
        record.destination = column(.destination).flatMap(scan.address)
        record.sourcePort = column(.sourcePort).flatMap(scan.port)
        record.destinationPort = column(.destinationPort).flatMap(scan.port)
        // Later versions have the number as well, of protocols that they do not know too.
        record.protocolNumber =
            (column(.protocolNumber) ?? column(.number)).flatMap { ProtocolName.number(scan.bytes($0)) }
        record.packets = column(.packets).flatMap(scan.number)
        record.bytes = column(.bytes).flatMap(scan.number)
        record.reason = column(.state).map(scan.piece) ?? .none
        settle(&record, seconds(.duration), state: column(.state).map(scan.bytes) ?? [])
        return record
    }

    static func readJSON(_ block: LineBlock, _ range: Range<Int>) -> FirewallRecord {
        let values = JSONValues(block, range, names)
        guard values.isWhole else { return .damaged }
        func at(_ name: Name) -> Int { name.rawValue }
        guard values.has(at(.state)) else { return .other }
        var record = FirewallRecord()
        record.time = values.time(at(.time))
        record.source = values.address(at(.source))
        record.destination = values.address(at(.destination))
        record.sourcePort = values.port(at(.sourcePort))
        record.destinationPort = values.port(at(.destinationPort))
        let number = values.has(at(.protocolNumber)) ? Name.protocolNumber : .number
        record.protocolNumber = ProtocolName.number(values.bytes(at(number)))
        record.packets = values.whole(at(.packets))
        record.bytes = values.whole(at(.bytes))
        record.reason = values.piece(at(.state))
        settle(&record, values.number(at(.duration)), state: values.bytes(at(.state)))
        return record
    }

    /// What the state of a connection says of it.
    private static func settle(_ record: inout FirewallRecord, _ duration: Double?, state: [UInt8]) {
        record.isFromAsker = true
        if let time = record.time, let duration, duration >= 0, duration < 1e9 {
            record.end = time &+ Int64(duration * 1000)
        }
        // It is called `icmp` in both versions.
        if record.protocolNumber == 1, record.source?.isIPv4 == false { record.protocolNumber = 58 }
        // The ports of ICMP are its type and code.
        if record.protocolNumber == 1 || record.protocolNumber == 58 {
            (record.sourcePort, record.destinationPort) = (nil, nil)
        }
        let isTCP = record.protocolNumber == 6
        switch String(decoding: state, as: UTF8.self) {
        case "S0", "SH", "RSTOS0":
            if isTCP { (record.action, record.answer) = (.drop, .none) }
        case "REJ": (record.action, record.answer) = (.reject, .reset)
        case "RSTO", "RSTR": (record.action, record.answer) = (.reset, .some)
        case "SF", "S1", "S2", "S3": (record.action, record.answer) = (.accept, .some)
        case "SHR", "RSTRH", "OTH": break
        default: record.kind = .damaged
        }
        if record.source == nil || record.destination == nil || record.time == nil { record.kind = .damaged }
    }
}
