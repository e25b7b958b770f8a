/// Lines of netfilter in the system's journal, as `journalctl -o json` prints it: the line is in `MESSAGE`.
///
/// Source: systemd, manual pages journalctl(1) and systemd.journal-fields(7).
enum JournalLog {
    private enum Name: Int, CaseIterable {
        case message, time, host

        var path: String {
            switch self {
            case .message: "MESSAGE"
            case .time: "__REALTIME_TIMESTAMP"
            case .host: "_HOSTNAME"
            }
        }
    }

    private static let names = Name.allCases.map { Array($0.path.utf8) }

    static func read(_ block: LineBlock, _ range: Range<Int>, _ clock: LogClock) -> FirewallRecord {
        let values = JSONValues(block, range, names)
        guard values.isWhole else { return .damaged }
        let message = values.piece(Name.message.rawValue)
        // What stands in it has no escapes, apart from its prefix.
        var record = message.isEmpty ? .other : NetfilterLog.read(block, Int(message.start)..<Int(message.end), clock)
        record.rule.isEscaped = message.isEscaped
        record.time = values.time(Name.time.rawValue)
        record.marks = []
        record.device = values.piece(Name.host.rawValue)
        return record
    }

    /// Where the value of a field of the line lies.
    static func field(_ name: [UInt8], _ block: LineBlock, _ range: Range<Int>, _ clock: LogClock) -> Piece {
        let values = JSONValues(block, range, names)
        if name == Array("host".utf8) { return values.piece(Name.host.rawValue) }
        let message = values.piece(Name.message.rawValue)
        guard !message.isEmpty else { return .none }
        var piece = NetfilterLog.field(name, block, Int(message.start)..<Int(message.end), clock)
        piece.isEscaped = message.isEscaped
        return piece
    }
}
