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

    /// Makes the columns of a table wide enough for some rows.
    mutating func widen(for rows: [ListedConversation]) {
        guard format == .table else { return }
        for row in rows {
            for (index, column) in ConversationColumn.allCases.enumerated() {
                widths[index] = max(widths[index], cell(column, row).utf8.count)
            }
        }
    }

    /// Adds a row.
    mutating func append(_ row: ListedConversation, to text: inout [UInt8]) {
        if format == .table, !hasHeader { appendLine(ConversationColumn.allCases.map(\.rawValue), to: &text) }
        hasHeader = true
        switch format {
        case .table: appendLine(ConversationColumn.allCases.map { cell($0, row) }, to: &text)
        case .csv, .tsv:
            // No value holds a separator or a quote.
            let separator = format == .csv ? "," : "\t"
            text.append(contentsOf: ConversationColumn.allCases.map { cell($0, row) }.joined(separator: separator).utf8)
            text.append(10)
        case .markdown:
            let cells = ConversationColumn.allCases.map { cell($0, row) }
            text.append(contentsOf: "| \(cells.joined(separator: " | ")) |\n".utf8)
        case .json, .ndjson:
            let members = ConversationColumn.allCases.map { JSONValue.Member($0.rawValue, json($0, row)) }
            if format == .json { text.append(contentsOf: (isFirst ? "\n  " : ",\n  ").utf8) }
            text.append(contentsOf: JSONValue.object(members).compact.utf8)
            if format == .ndjson { text.append(10) }
        }
        isFirst = false
    }

    /// Adds what stands behind the last row.
    mutating func end(_ text: inout [UInt8]) {
        if format == .table, !hasHeader { appendLine(ConversationColumn.allCases.map(\.rawValue), to: &text) }
        if format == .json { text.append(contentsOf: (isFirst ? "]\n" : "\n]\n").utf8) }
    }

    private func appendLine(_ cells: [String], to text: inout [UInt8]) {
        let last = cells.count - 1
        for (index, column) in ConversationColumn.allCases.enumerated() {
            let padding = max(0, widths[index] - cells[index].utf8.count)
            if column.isNumber { text.append(contentsOf: repeatElement(32, count: padding)) }
            text.append(contentsOf: cells[index].utf8)
            if index == last { continue }
            if !column.isNumber { text.append(contentsOf: repeatElement(32, count: padding)) }
            text.append(contentsOf: [32, 32])
        }
        text.append(10)
    }

    /// The text of a column; empty where the conversation does not have it.
    private func cell(_ column: ConversationColumn, _ row: ListedConversation) -> String {
        switch column.value(of: row) {
        case .none: return ""
        case .number(let number): return String(number)
        case .seconds(let nanoseconds): return ConversationPrinter.seconds(nanoseconds)
        case .address(let address): return address.description
        case .text(let text): return text
        case .time(let time):
            guard isForPeople else { return time.rfc3339 }
            return time.text(offsetSeconds: zone?.offsetSeconds(at: time) ?? 0, fractionDigits: 6)
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

    /// Seconds with as many digits as are needed.
    private static func seconds(_ nanoseconds: Int64) -> String {
        var text: [UInt8] = []
        FieldPrinter.appendSeconds(nanoseconds, to: &text)
        while text.last == UInt8(ascii: "0") { text.removeLast() }
        if text.last == UInt8(ascii: ".") { text.removeLast() }
        return String(decoding: text, as: UTF8.self)
    }
}
