import RoadblockCore

/// Traffic logs of Palo Alto firewalls: CSV, plain or behind a syslog header.
///
/// Source: PAN-OS documentation, "Traffic Log Fields".
enum PaloAltoLog {
    static let names = [
        "future_use", "receive_time", "serial", "type", "subtype", "config_version", "time_generated", "src", "dst",
        "natsrc", "natdst", "rule", "srcuser", "dstuser", "app", "vsys", "from", "to", "inbound_if", "outbound_if",
        "logset", "future_use2", "sessionid", "repeatcnt", "sport", "dport", "natsport", "natdport", "flags", "proto",
        "action", "bytes", "bytes_sent", "bytes_received", "packets", "start", "elapsed", "category", "future_use3",
        "seqno", "actionflags", "srcloc", "dstloc", "future_use4", "pkts_sent", "pkts_received", "session_end_reason",
        "dg_hier_level_1", "dg_hier_level_2", "dg_hier_level_3", "dg_hier_level_4", "vsys_name", "device_name",
        "action_source",
    ]
    private static let mark = Array(",TRAFFIC,".utf8)

    /// Where the CSV begins: three columns before the type.
    private static func begin(_ scan: LineScan) -> Int? {
        guard let type = scan.find(mark, before: scan.start + 1024) else { return nil }
        var index = type
        for _ in 0..<2 {
            index -= 1
            while index >= scan.start, scan[index] != UInt8(ascii: ",") { index -= 1 }
            if index < scan.start { return nil }
        }
        // The first column is one word; a header of syslog ends in a blank.
        while index > scan.start, !LineScan.isBlank(scan[index - 1]), scan[index - 1] != UInt8(ascii: ",") {
            index -= 1
        }
        return index
    }

    /// Where a field of the log's own lies.
    static func field(_ place: Int, _ block: LineBlock, _ range: Range<Int>) -> Piece {
        let scan = LineScan(block, range)
        guard let begin = begin(scan) else { return .none }
        let columns = scan.commaColumns(from: begin, limit: place + 1)
        return place < columns.count ? scan.piece(columns[place]) : .none
    }

    /// `2026/11/27 17:00:00`, which has no zone, or an ISO time.
    private static func time(_ scan: LineScan, _ range: Range<Int>) -> Int64? {
        EventTime.isoMilliseconds(scan.bytes(range).map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "-") : $0 })
    }

    static func read(_ block: LineBlock, _ range: Range<Int>, _ clock: LogClock) -> FirewallRecord {
        let scan = LineScan(block, range)
        guard let begin = begin(scan) else { return .other }
        let columns = scan.commaColumns(from: begin, limit: names.count)
        // The head of an exported CSV names its columns.
        guard columns.count > 1, LineScan.isDigit(scan[columns[1].lowerBound]) else { return .other }
        guard columns.count >= 31 else { return .damaged }
        var record = FirewallRecord()
        func column(_ place: Int) -> Range<Int> { place < columns.count ? columns[place] : scan.end..<scan.end }
        func equals(_ place: Int, _ text: String) -> Bool { scan.equals(column(place), Array(text.utf8)) }
        record.time = time(scan, column(6)) ?? time(scan, column(1))
        record.marks = .noZone
        record.source = scan.address(column(7))
        record.destination = scan.address(column(8))
        record.sourcePort = scan.port(column(24))
        record.destinationPort = scan.port(column(25))
        record.protocolNumber = ProtocolName.number(scan.bytes(column(29)))
        record.rule = scan.piece(column(11))
        record.interface = scan.piece(column(18))
        record.device = scan.piece(column(52))
        if record.device.isEmpty, begin > scan.start { record.device = SyslogPrefix(scan, before: begin, clock).host }
        if record.device.isEmpty { record.device = scan.piece(column(2)) }
        record.bytes = scan.number(column(31))
        record.packets = scan.number(column(34))
        record.reason = scan.piece(column(46))
        record.isFromAsker = true
        if let begun = time(scan, column(35)), let elapsed = scan.number(column(36)), elapsed < 1 << 31 {
            record.time = begun
            record.end = begun &+ Int64(elapsed) &* 1000
        }
        settle(&record, scan.bytes(column(4)), scan.bytes(column(30)), scan.number(column(45)), equals)
        if record.time == nil || record.source == nil || record.destination == nil { record.kind = .damaged }
        return record
    }

    private static func settle(
        _ record: inout FirewallRecord,
        _ subtype: [UInt8],
        _ action: [UInt8],
        _ answers: Int?,
        _ equals: (Int, String) -> Bool
    ) {
        let isAllowed = action.elementsEqual("allow".utf8)
        if action.starts(with: "reset".utf8) {
            record.action = .reset
        } else if action.starts(with: "deny".utf8) {
            record.action = .reject
        } else if action.starts(with: "drop".utf8) || subtype.elementsEqual("drop".utf8) {
            record.action = .drop
        } else if subtype.elementsEqual("deny".utf8) {
            record.action = .reject
        } else if isAllowed, subtype.elementsEqual("start".utf8) {
            // The line at the end of the session tells what became of it.
            record.action = .accept
            record.kind = .other
        } else if isAllowed {
            record.action = .accept
            record.answer = .some
            guard record.protocolNumber == 6, let answers else { return }
            if answers == 0, equals(46, "aged-out") { record.answer = .none }
            if answers == 1, equals(46, "tcp-rst-from-server") { record.answer = .reset }
        }
    }
}
