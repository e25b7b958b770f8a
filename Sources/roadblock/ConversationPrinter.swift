import Diagnosis
import Packets
import RoadblockCore

/// Writes conversations as rows in one of the formats.
struct ConversationPrinter {
    private let format: ReportOptions.Format
    /// `nil` is UTC.
    private let zone: SystemZone?
    /// Columns of the table as wide as what was seen so far.
    private var widths = ConversationColumn.allCases.map(\.rawValue.count)
    private var hasHeader = false
    private var isFirst = true
    /// The texts of the columns of the rows that come next, one behind the other, and where each ends.
    private var cells: [UInt8] = []
    private var ends: [Int] = []
    /// How many of these cells were written.
    private var written = 0

    private static let columns = ConversationColumn.allCases

    init(_ format: ReportOptions.Format, _ zone: SystemZone?) {
        self.format = format
        self.zone = zone
    }

    private var isForPeople: Bool { format == .table || format == .markdown }

    /// Adds what stands before the first row.
    func begin(_ text: inout [UInt8]) {
        let names = ConversationColumn.allCases.map(\.rawValue)
        switch format {
        case .table, .ndjson: break
        case .json: text.append(UInt8(ascii: "["))
        case .csv: text.append(contentsOf: (names.joined(separator: ",") + "\n").utf8)
        case .tsv: text.append(contentsOf: (names.joined(separator: "\t") + "\n").utf8)
        case .markdown:
            let rule = ConversationColumn.allCases.map { $0.isNumber ? "| ---: " : "| --- " }.joined()
            text.append(contentsOf: "| \(names.joined(separator: " | ")) |\n\(rule)|\n".utf8)
        }
    }

    /// Takes the rows that `append` is called for next, and makes the columns of a table wide enough for them.
    mutating func prepare(_ rows: [ListedConversation]) {
        guard format != .json, format != .ndjson else { return }
        cells.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        ends.reserveCapacity(rows.count * Self.columns.count)
        written = 0
        for row in rows.indices {
            for index in Self.columns.indices {
                let start = cells.count
                appendCell(Self.columns[index], rows[row])
                ends.append(cells.count)
                widths[index] = max(widths[index], cells.count - start)
            }
        }
    }

    /// Adds the next of the rows that `prepare` took.
    mutating func append(_ row: ListedConversation, to text: inout [UInt8]) {
        if format == .table, !hasHeader { appendHeader(to: &text) }
        hasHeader = true
        switch format {
        case .table: appendLine(to: &text)
        // No value holds a separator or a quote.
        case .csv: appendCells(between: "", ",", "\n", to: &text)
        case .tsv: appendCells(between: "", "\t", "\n", to: &text)
        case .markdown: appendCells(between: "| ", " | ", " |\n", to: &text)
        case .json, .ndjson:
            let members = Self.columns.map { JSONValue.Member($0.rawValue, json($0, row)) }
            if format == .json { text.append(contentsOf: (isFirst ? "\n  " : ",\n  ").utf8) }
            text.append(contentsOf: JSONValue.object(members).compact.utf8)
            if format == .ndjson { text.append(10) }
        }
        isFirst = false
    }

    /// Adds what stands behind the last row.
    mutating func end(_ text: inout [UInt8]) {
        if format == .table, !hasHeader { appendHeader(to: &text) }
        if format == .json { text.append(contentsOf: (isFirst ? "]\n" : "\n]\n").utf8) }
    }

    /// Adds the names of a table's columns.
    private mutating func appendHeader(to text: inout [UInt8]) {
        let last = Self.columns.count - 1
        for (index, column) in Self.columns.enumerated() {
            let name = column.rawValue.utf8
            appendColumn(index, length: name.count, isLast: index == last, to: &text) { $0.append(contentsOf: name) }
        }
        text.append(10)
    }

    /// Adds the next row of a table.
    private mutating func appendLine(to text: inout [UInt8]) {
        let last = Self.columns.count - 1
        for index in Self.columns.indices {
            let range = nextCell()
            appendColumn(index, length: range.count, isLast: index == last, to: &text) { text in
                for place in range { text.append(cells[place]) }
            }
        }
        text.append(10)
    }

    /// Adds what goes in one column of a table, filled up to its width, and the space behind it.
    @inline(__always)
    private func appendColumn(
        _ index: Int,
        length: Int,
        isLast: Bool,
        to text: inout [UInt8],
        _ body: (inout [UInt8]) -> Void
    ) {
        let padding = max(0, widths[index] - length)
        let isNumber = Self.columns[index].isNumber
        if isNumber { for _ in 0..<padding { text.append(32) } }
        body(&text)
        if isLast { return }
        for _ in 0..<((isNumber ? 0 : padding) + 2) { text.append(32) }
    }

    /// Adds the next row, with what stands before, between and behind its cells.
    private mutating func appendCells(
        between start: String,
        _ separator: String,
        _ end: String,
        to text: inout [UInt8]
    ) {
        text.append(contentsOf: start.utf8)
        for index in Self.columns.indices {
            if index > 0 { text.append(contentsOf: separator.utf8) }
            text.append(contentsOf: cells[nextCell()])
        }
        text.append(contentsOf: end.utf8)
    }

    /// Where the next cell's text lies.
    private mutating func nextCell() -> Range<Int> {
        let start = written > 0 ? ends[written - 1] : 0
        written += 1
        return start..<ends[written - 1]
    }

    /// Adds the text of a column; nothing where the conversation does not have it.
    private mutating func appendCell(_ column: ConversationColumn, _ row: ListedConversation) {
        switch column.value(of: row) {
        case .none: break
        case .number(let number): FieldPrinter.appendDecimal(Int64(number), to: &cells)
        case .seconds(let nanoseconds): appendSeconds(nanoseconds)
        case .address(let address):
            if let ipv4 = address.ipv4 {
                FieldPrinter.appendIPv4(ipv4, to: &cells)
            } else {
                cells.append(contentsOf: address.description.utf8)
            }
        case .text(let text): cells.append(contentsOf: text.utf8)
        case .time(let time):
            if isForPeople {
                time.append(to: &cells, offsetSeconds: zone?.offsetSeconds(at: time) ?? 0, fractionDigits: 6)
            } else {
                time.append(to: &cells, separator: "T")
                cells.append(UInt8(ascii: "Z"))
            }
        }
    }

    private func json(_ column: ConversationColumn, _ row: ListedConversation) -> JSONValue {
        switch column.value(of: row) {
        case .none: .null
        case .number(let number): .int(number)
        case .seconds(let nanoseconds): .double(Double(nanoseconds) / 1e9)
        case .address(let address): .string(address.description)
        case .text(let text): .string(text)
        case .time(let time): .string(time.rfc3339)
        }
    }

    /// Adds seconds with as many digits as are needed.
    private mutating func appendSeconds(_ nanoseconds: Int64) {
        FieldPrinter.appendSeconds(nanoseconds, to: &cells)
        while cells.last == UInt8(ascii: "0") { cells.removeLast() }
        if cells.last == UInt8(ascii: ".") { cells.removeLast() }
    }
}
