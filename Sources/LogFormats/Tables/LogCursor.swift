import Columns
import RoadblockCore

/// One worker's way through a table of logs.
final class LogCursor: RowCursor {
    private let table: LogTable
    private let fields: [String]
    private let pool: TextPool
    private let block = LineBlock()
    private var input: SharedInput?
    /// Bytes that a block is filled with.
    private var blockSize = LineReader.blockSize
    private var decoders: [FieldDecoder] = []
    private let json: JSONFieldReader
    private var firewall: FirewallFieldReader?
    private let service: ServiceFieldReader
    private let headed: HeadedFieldReader
    private let hyphen: Cell
    /// What is missing in the times of text lines.
    private var marks: LogMarks = []

    var rowCount: Int { block.rowCount }
    var firstOrdinal: UInt64 { block.ordinal }

    init(_ table: LogTable, _ fields: [String], _ pool: TextPool) {
        self.table = table
        self.fields = fields
        self.pool = pool
        json = JSONFieldReader(fields)
        service = ServiceFieldReader(fields, pool)
        headed = HeadedFieldReader(fields, pool)
        hyphen = pool.keep("-")
    }

    func next() throws(Failure) -> Bool {
        while true {
            if input == nil {
                guard let taken = try table.take(after: nil) else { return false }
                use(taken)
            }
            guard let current = input else { return false }
            guard try current.fill(block, table, blockSize) else {
                current.end(table, marks)
                marks = []
                guard let taken = try table.take(after: current) else { return false }
                use(taken)
                continue
            }
            current.split(block)
            current.count(block, table)
            block.lend(to: pool)
            json.forget()
            firewall?.forget()
            service.forget()
            headed.forget()
            if let log = block.headed, log != headed.log {
                headed.use(log)
                decoders = fields.map { FieldDecoder($0, .headed(log)) }
            }
            if block.rowCount > 0 { return true }
        }
    }

    private func use(_ taken: SharedInput) {
        input = taken
        if case .firewall(let format) = taken.format {
            firewall = FirewallFieldReader(fields, format, taken.clock)
        } else {
            firewall = nil
        }
        decoders = fields.map { FieldDecoder($0, taken.format) }
        json.isFragment = taken.format == .service(.lambda)
        if case .service(let log) = taken.format { service.use(log) }
        if case .headed(let log) = taken.format { headed.use(log) }
    }

    func divideBatches(by divisor: Int) { blockSize = max(4096, LineReader.blockSize / max(1, divisor)) }

    func fill(_ field: Int, _ rows: RowSelection, into column: CellColumn) {
        column.reserve(block.rowCount)
        switch decoders[field] {
        case .missing: fillAll(rows, column) { _ in .missing }
        case .message: fillAll(rows, column) { row in message(row, 0) }
        case .exportedMessage(let first):
            fillAll(rows, column) { row in message(row, block.column(first, of: row).start) }
        case .logGroup:
            let cell = input?.logGroup.map { pool.keep($0) }
            fillAll(rows, column) { row in cell ?? eventText(row) { $0.group } }
        case .eventTime(let start): fillAll(rows, column) { row in eventTime(row, start) }
        case .ingestionTime: fillAll(rows, column) { row in eventCell(row) { $0.ingestionTime } }
        case .stream:
            let cell = input?.logStream.map { pool.keep($0) }
            fillAll(rows, column) { row in cell ?? eventText(row) { $0.stream } }
        case .number(let position): fillNumbers(position, rows, column)
        case .address(let position): fillAddresses(position, rows, column)
        case .word(let position):
            for index in 0..<rows.count {
                let row = rows[index]
                let (start, end) = block.column(position, of: row)
                column[row] = end > start ? pool.blockWord(offset: start, length: end &- start) : .missing
            }
        case .json: json.fill(field, rows, column, block, pool)
        case .jsonTime: fillAll(rows, column) { row in jsonTime(row) }
        case .firewall: firewall?.fill(field, rows, column, block, pool)
        case .firewallTime: fillAll(rows, column) { row in firewallTime(row) }
        case .textTime: fillAll(rows, column) { row in textTime(row) }
        case .service: service.fill(field, rows, column, block, pool)
        case .serviceTime: fillAll(rows, column) { row in serviceTime(row) }
        case .headed: headed.fill(field, rows, column, block, pool)
        case .headedTime: fillAll(rows, column) { row in headedTime(row) }
        case .extra: fillAll(rows, column) { row in extra(row) }
        case .pointer: fillAll(rows, column) { row in pool.make(String(ordinal(of: row), radix: 36)) }
        }
    }

    @inline(__always)
    private func fillAll(_ rows: RowSelection, _ column: CellColumn, _ cell: (Int) -> Cell) {
        for index in 0..<rows.count {
            let row = rows[index]
            column[row] = cell(row)
        }
    }

    /// The text of a row from an offset of the block on.
    private func message(_ row: Int, _ offset: Int) -> Cell {
        let range = block.range(of: row)
        let start = max(range.lowerBound, offset)
        return pool.blockText(offset: start, length: range.upperBound - start)
    }

    /// What a flow record has behind its last column.
    private func extra(_ row: Int) -> Cell {
        guard case .flowLog(let layout) = input?.format else { return .missing }
        var start = block.column(layout.columns.count - 1, of: row).end
        let end = block.range(of: row).upperBound
        while start < end, block.byte(start) == 32 || block.byte(start) == 9 { start += 1 }
        return start < end ? message(row, start) : .missing
    }

    private func eventText(_ row: Int, _ value: (LogEvent) -> String?) -> Cell {
        guard row < block.events.count, let text = value(block.events[row]) else { return .missing }
        return pool.keep(text)
    }

    private func eventCell(_ row: Int, _ value: (LogEvent) -> Int64?) -> Cell {
        guard row < block.events.count, let time = value(block.events[row]) else { return .missing }
        return Cell(milliseconds: time)
    }

    /// The time that an envelope or an export tells of an event.
    private func toldTime(_ row: Int) -> Cell {
        guard input?.isStamped == true else { return eventCell(row) { $0.timestamp } }
        return block.stampedTime(of: row).map { Cell(milliseconds: $0) } ?? .missing
    }

    private func headedTime(_ row: Int) -> Cell {
        let told = toldTime(row)
        return told.isMissing ? headed.time(block, row) : told
    }

    private func serviceTime(_ row: Int) -> Cell {
        let told = toldTime(row)
        return told.isMissing ? service.time(block, row) : told
    }

    /// The event's time: the envelope's, else the start of the flow record's window.
    private func eventTime(_ row: Int, _ start: Int?) -> Cell {
        let told = eventCell(row) { $0.timestamp }
        guard told.isMissing, let start else { return told }
        let (from, to) = block.column(start, of: row)
        guard let seconds = block.number(from, to) else { return .missing }
        let value = Int64(clamping: seconds)
        return Cell(milliseconds: value > 0xFFFF_FFFF ? value : value * 1000)
    }

    private func jsonTime(_ row: Int) -> Cell {
        let told = toldTime(row)
        guard told.isMissing else { return told }
        // Lines of text may stand among the objects.
        let range = block.range(of: row)
        let first = range.first { block.byte($0) != 32 && block.byte($0) != 9 }
        guard let first, block.byte(first) == UInt8(ascii: "{") else { return lineTime(range) ?? .missing }
        return json.time(block, row)
    }

    private func firewallTime(_ row: Int) -> Cell {
        let told = toldTime(row)
        guard told.isMissing else { return told }
        let own = row < block.firewall.records.count ? block.firewall.records[row].time : nil
        return own.map { Cell(milliseconds: $0) } ?? textTime(row)
    }

    private func textTime(_ row: Int) -> Cell {
        let told = toldTime(row)
        guard told.isMissing else { return told }
        let range = block.range(of: row)
        if let time = lineTime(range) { return time }
        guard json.isFragment else { return .missing }
        // A level may stand before the time.
        if let tab = range.prefix(10).first(where: { block.byte($0) == 9 }),
            let time = lineTime(tab + 1..<range.upperBound)
        {
            return time
        }
        return json.time(block, row)
    }

    private func lineTime(_ range: Range<Int>) -> Cell? {
        let found = LineTime(block, range, input?.clock ?? LogClock())
        marks.formUnion(found.marks)
        return found.time.map { Cell(milliseconds: $0) }
    }

    private func fillNumbers(_ position: Int, _ rows: RowSelection, _ column: CellColumn) {
        for index in 0..<rows.count {
            let row = rows[index]
            let (start, end) = block.column(position, of: row)
            if let value = block.number(start, end) {
                column[row] = Cell(number: Double(value))
            } else {
                column[row] = block.isNothing(start, end) ? hyphen : .missing
            }
        }
    }

    private func fillAddresses(_ position: Int, _ rows: RowSelection, _ column: CellColumn) {
        for index in 0..<rows.count {
            let row = rows[index]
            let (start, end) = block.column(position, of: row)
            if let value = block.ipv4(start, end) {
                column[row] = Cell(ipv4: value)
            } else {
                let isEmpty = end == start
                column[row] =
                    isEmpty
                    ? .missing
                    : block.isNothing(start, end) ? hyphen : pool.blockWord(offset: start, length: end &- start)
            }
        }
    }
}

/// How a field of one format is read.
enum FieldDecoder {
    case missing
    case message
    /// From a column on, without the time in front of it.
    case exportedMessage(Int)
    case logGroup
    /// The column that holds the start of the window.
    case eventTime(start: Int?)
    case ingestionTime
    case stream
    case number(Int)
    case address(Int)
    case word(Int)
    case json
    case jsonTime
    case textTime
    case firewall
    case firewallTime
    case service
    case serviceTime
    case headed
    case headedTime
    /// What is behind the last column.
    case extra
    /// What names the event among all events.
    case pointer

    init(_ name: String, _ format: RecordFormat) {
        switch name {
        case "@message":
            if case .flowLog(let layout) = format, layout.exportCount > 0, layout.exportCount < layout.columns.count {
                self = .exportedMessage(layout.exportCount)
            } else {
                self = .message
            }
        case "@ptr": self = .pointer
        case "@log": self = .logGroup
        case "@logStream":
            if case .flowLog(let layout) = format, let position = layout.position(FlowLogField.exportStream.name) {
                self = .word(position)
            } else {
                self = .stream
            }
        case "@ingestionTime": self = .ingestionTime
        case "@timestamp":
            switch format {
            case .flowLog(let layout): self = .eventTime(start: layout.position("start"))
            case .service(let log): self = log.isJSON ? .jsonTime : log == .lambda ? .textTime : .serviceTime
            case .headed: self = .headedTime
            case .json, .mixed: self = .jsonTime
            case .text: self = .textTime
            case .firewall: self = .firewallTime
            }
        default:
            switch format {
            case .service(let log): self = FieldDecoder(name, log)
            case .headed(let log): self = log.columns.contains(name) ? .headed : .missing
            // CloudWatch finds the fields of each event that is an object, whatever the others are.
            case .json, .mixed: self = .json
            case .text: self = .missing
            case .firewall: self = .firewall
            case .flowLog(let layout): self = FieldDecoder(name, layout)
            }
        }
    }

    private init(_ name: String, _ log: ServiceLog) {
        let isOwn = log == .lambda && log.fieldNames.contains(name) || log.columns?.field(name) != nil
        self = isOwn ? .service : log.columns == nil ? .json : .missing
    }

    private init(_ name: String, _ layout: FlowLogLayout) {
        if name == "_extra" {
            self = .extra
            return
        }
        let wanted = ["startTime": "start", "endTime": "end"][name] ?? name
        guard let position = layout.columns.firstIndex(where: { $0.discovered == wanted }) else {
            self = .missing
            return
        }
        self =
            switch layout.columns[position].kind {
            case .number: .number(position)
            case .address: .address(position)
            case .word, .text: .word(position)
            }
    }
}
