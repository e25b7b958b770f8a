import Columns

/// Gives the fields of a firewall's log: the normalised ones, and those of the log's own.
///
/// Where both have a name, the normalised field has it.
final class FirewallFieldReader {
    /// How one field is read.
    private enum Source {
        case time, end, source, destination, sourcePort, destinationPort, number, direction, action
        case rule, device, interface, packets, bytes, flags, reason, raw
        case json
        /// A column by its position.
        case column(Int)
        /// A field of the log's own by its name.
        case own(String)
    }

    private let format: FirewallFormat
    private let clock: LogClock
    private let sources: [Source]
    private let json: JSONFieldReader

    init(_ fields: [String], _ format: FirewallFormat, _ clock: LogClock) {
        self.format = format
        self.clock = clock
        json = JSONFieldReader(fields)
        sources = fields.map { FirewallFieldReader.source($0, format) }
    }

    private static let normalised: [String: Source] = [
        "time": .time, "end": .end, "src": .source, "dst": .destination, "srcPort": .sourcePort,
        "dstPort": .destinationPort, "proto": .number, "direction": .direction, "action": .action, "rule": .rule,
        "device": .device, "interface": .interface, "packets": .packets, "bytes": .bytes, "tcpFlags": .flags,
        "reason": .reason, "raw": .raw,
    ]

    private static func source(_ name: String, _ format: FirewallFormat) -> Source {
        if let known = normalised[name] { return known }
        if let place = format.columns.firstIndex(of: name) { return .column(place) }
        if format.kind == .paloAlto, let place = PaloAltoLog.names.firstIndex(of: name) { return .column(place) }
        if format.kind == .netfilter, format.isJSON, NetfilterLog.names.contains(name) { return .own(name) }
        return format.holdsPlainJSON ? .json : .own(name)
    }

    /// Forgets the rows of the last block.
    func forget() { json.forget() }

    func fill(_ field: Int, _ rows: RowSelection, _ column: CellColumn, _ block: LineBlock, _ pool: TextPool) {
        if case .json = sources[field] {
            json.fill(field, rows, column, block, pool)
            return
        }
        for index in 0..<rows.count {
            let row = rows[index]
            column[row] =
                row < block.firewall.records.count
                ? cell(sources[field], block.firewall.records[row], row, block, pool) : .missing
        }
    }

    private func cell(
        _ source: Source,
        _ record: FirewallRecord,
        _ row: Int,
        _ block: LineBlock,
        _ pool: TextPool
    ) -> Cell {
        let range = block.range(of: row)
        if case .raw = source { return pool.blockText(offset: range.lowerBound, length: range.count) }
        switch source {
        case .column(let place): return own(column(place, block, range), block, pool)
        case .own(let name): return own(piece(name, row, block, range), block, pool)
        default: break
        }
        // A damaged line has what could be read of it.
        if record.kind != .record, record.source == nil, record.time == nil { return .missing }
        return switch source {
        case .time: record.time.map { Cell(milliseconds: $0) } ?? .missing
        case .end: record.end.map { Cell(milliseconds: $0) } ?? .missing
        case .source: record.source.map { pool.makePlain("\($0)") } ?? .missing
        case .destination: record.destination.map { pool.makePlain("\($0)") } ?? .missing
        case .sourcePort: number(record.sourcePort.map(Int.init))
        case .destinationPort: number(record.destinationPort.map(Int.init))
        case .number: record.protocolNumber.map { pool.keep(ProtocolName.of($0)) } ?? .missing
        case .direction: record.direction.map { pool.keep($0.word) } ?? .missing
        case .action: record.source == nil ? .missing : pool.keep(record.action.word)
        case .rule: text(record.rule, block, pool)
        case .device: text(record.device, block, pool)
        case .interface: text(record.interface, block, pool)
        case .packets: number(record.packets)
        case .bytes: number(record.bytes)
        case .flags: number(record.tcpFlags.map(Int.init))
        case .reason: text(record.reason, block, pool)
        case .raw, .json, .column, .own: .missing
        }
    }

    private func number(_ value: Int?) -> Cell { value.map { Cell(number: Double($0)) } ?? .missing }

    private func text(_ piece: Piece, _ block: LineBlock, _ pool: TextPool) -> Cell {
        if piece.isEmpty { return .missing }
        if piece.isEscaped { return pool.make(block.bytes(piece)) }
        return pool.blockText(offset: Int(piece.start), length: Int(piece.end - piece.start))
    }

    /// The value of a field of the log's own: digits are a number, a lone hyphen is nothing.
    private func own(_ piece: Piece, _ block: LineBlock, _ pool: TextPool) -> Cell {
        let (start, end) = (Int(piece.start), Int(piece.end))
        if piece.isEmpty || end - start == 1 && block.byte(start) == UInt8(ascii: "-") { return .missing }
        if !piece.isEscaped, end - start <= 15, block.byte(start) != UInt8(ascii: "0") || end - start == 1,
            let number = block.number(start, end)
        {
            return Cell(number: Double(number))
        }
        return text(piece, block, pool)
    }

    private func column(_ place: Int, _ block: LineBlock, _ range: Range<Int>) -> Piece {
        if format.kind == .paloAlto { return PaloAltoLog.field(place, block, range) }
        let scan = LineScan(block, range)
        if scan[range.lowerBound] == UInt8(ascii: "#") { return .none }
        let columns = scan.columns(format.separator, limit: place + 1)
        return place < columns.count ? scan.piece(columns[place]) : .none
    }

    private func piece(_ name: String, _ row: Int, _ block: LineBlock, _ range: Range<Int>) -> Piece {
        switch format.kind {
        case .netfilter:
            format.isJSON
                ? JournalLog.field(Array(name.utf8), block, range, clock)
                : NetfilterLog.field(Array(name.utf8), block, range, clock)
        case .azure: AzureFlowLog.field(name, block, row)
        case .cisco: CiscoLog.names.contains(name) ? CiscoLog.field(name, block, range, clock) : .none
        default: .none
        }
    }
}
