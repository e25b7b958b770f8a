import RoadblockCore

/// pfirewall.log of Windows: columns that a `#Fields:` line names, times without a zone.
///
/// Source: Microsoft, "Interpreting the Windows Firewall log".
enum WindowsFirewallLog {
    private static let fields = Array("#Fields:".utf8)
    /// The columns of version 1.5, for a log whose head is lost.
    static let usual = [
        "date", "time", "action", "protocol", "src-ip", "dst-ip", "src-port", "dst-port", "size", "tcpflags", "tcpsyn",
        "tcpack", "tcpwin", "icmptype", "icmpcode", "info", "path",
    ]

    /// The format that the header lines give.
    static func format(header lines: [[UInt8]]) -> FirewallFormat? {
        for line in lines.prefix(16) where line.starts(with: fields) {
            let columns = line.dropFirst(fields.count).split(separator: 32).map { String(decoding: $0, as: UTF8.self) }
            guard columns.count >= 8, columns.count <= 64,
                ["date", "time", "action", "src-ip", "dst-ip"].allSatisfy(columns.contains)
            else { return nil }
            return FirewallFormat(.windows, columns: columns)
        }
        return nil
    }

    private static let flags: [(letter: UInt8, bit: UInt8)] = [
        (UInt8(ascii: "F"), 1), (UInt8(ascii: "S"), 2), (UInt8(ascii: "R"), 4), (UInt8(ascii: "P"), 8),
        (UInt8(ascii: "A"), 16), (UInt8(ascii: "U"), 32),
    ]

    static func read(_ block: LineBlock, _ range: Range<Int>, _ format: FirewallFormat) -> FirewallRecord {
        let scan = LineScan(block, range)
        if scan[scan.start] == UInt8(ascii: "#") { return .other }
        let columns = scan.columns(32, limit: format.columns.count + 1)
        var record = FirewallRecord()
        func column(_ name: String) -> Range<Int>? {
            guard let place = format.columns.firstIndex(of: name), place < columns.count else { return nil }
            let range = columns[place]
            return range.count == 1 && scan[range.lowerBound] == UInt8(ascii: "-") ? nil : range
        }
        func equals(_ name: String, _ text: String) -> Bool {
            column(name).map { scan.equals($0, Array(text.utf8)) } ?? false
        }
        if let date = column("date"), let time = column("time") {
            record.time = EventTime.isoMilliseconds(scan.bytes(date) + [UInt8(ascii: "T")] + scan.bytes(time))
        }
        record.marks = .noZone
        // Windows says so where it could not keep up; the line has no packet.
        if equals("action", "INFO-EVENTS-LOST") {
            record.kind = .other
            record.marks = .lost
            return record
        }
        record.source = column("src-ip").flatMap(scan.address)
        record.destination = column("dst-ip").flatMap(scan.address)
        record.sourcePort = column("src-port").flatMap(scan.port)
        record.destinationPort = column("dst-port").flatMap(scan.port)
        record.protocolNumber = column("protocol").flatMap { ProtocolName.number(scan.bytes($0)) }
        record.packets = 1
        record.bytes = column("size").flatMap(scan.number)
        if record.protocolNumber == 6, let letters = column("tcpflags") {
            record.tcpFlags = scan.bytes(letters).reduce(0) { bits, letter in
                bits | (flags.first { $0.letter == letter }?.bit ?? 0)
            }
        }
        if equals("path", "RECEIVE") { record.direction = .ingress }
        if equals("path", "SEND") { record.direction = .egress }
        if equals("path", "FORWARD") { record.direction = .forward }
        record.reason = column("info").map(scan.piece) ?? .none
        if equals("action", "DROP") || equals("action", "DROP-ICMP") { record.action = .drop }
        if equals("action", "ALLOW") || equals("action", "OPEN-INBOUND") || equals("action", "OPEN") {
            (record.action, record.answer, record.isFromAsker) = (.accept, .some, true)
        }
        // Later versions have one more column.
        let isWhole = columns.count + 1 >= format.columns.count
        if !isWhole || record.time == nil || record.source == nil || record.destination == nil {
            record.kind = .damaged
        }
        return record
    }
}
