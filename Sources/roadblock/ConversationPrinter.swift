import Diagnosis
import Packets
import RoadblockCore

/// Writes conversations as rows in one of the formats.
struct ConversationPrinter {
    private let format: ReportOptions.Format
    private var writer: ConversationCells
    /// Columns of the table as wide as what was seen so far.
    private var widths = ConversationColumn.allCases.map(\.rawValue.count)
    private var hasHeader = false
    private var isFirst = true
    /// The texts of the columns of the rows that come next, one behind the other, and where each ends.
    private var cells: [UInt8] = []
    private var ends: [Int] = []
    /// How many of these cells were written.
    private var written = 0

    private let columns = ConversationColumn.allCases
    /// The columns' names as members of an object.
    private let names = ConversationColumn.allCases.map { Array("\"\($0.rawValue)\":".utf8) }

    init(_ format: ReportOptions.Format, _ zone: SystemZone?) {
        self.format = format
        writer = ConversationCells(zone, isForPeople: format == .table || format == .markdown)
    }

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
        guard format == .table else { return }
        cells.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        ends.reserveCapacity(rows.count * columns.count)
        written = 0
        for row in rows.indices {
            let start = cells.count
            cells.append(addingCapacity: ConversationCells.rowLimit) { text in
                for index in columns.indices {
                    let before = text.count
                    writer.append(columns[index], rows[row], to: &text)
                    ends.append(start + text.count)
                    widths[index] = max(widths[index], text.count - before)
                }
            }
        }
    }

    /// Adds the next of the rows that `prepare` took.
    mutating func append(_ row: ListedConversation, to text: inout [UInt8]) {
        if format == .table {
            if !hasHeader { appendHeader(to: &text) }
            hasHeader = true
            return appendLine(to: &text)
        }
        text.append(addingCapacity: ConversationCells.rowLimit) { text in
            switch format {
            case .table: break
            // No value holds a separator or a quote.
            case .csv: appendCells(row, UInt8(ascii: ","), to: &text)
            case .tsv: appendCells(row, UInt8(ascii: "\t"), to: &text)
            case .markdown:
                for index in columns.indices {
                    text.append("| ")
                    writer.append(columns[index], row, to: &text)
                    text.append(UInt8(ascii: " "))
                }
                text.append("|\n")
            case .json, .ndjson:
                if format == .json { text.append(isFirst ? "\n  " : ",\n  ") }
                appendObject(row, to: &text)
                if format == .ndjson { text.append(10) }
            }
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
        let last = columns.count - 1
        for (index, column) in columns.enumerated() {
            let name = column.rawValue.utf8
            appendColumn(index, length: name.count, isLast: index == last, to: &text) { $0.append(contentsOf: name) }
        }
        text.append(10)
    }

    /// Adds the next row of a table.
    private mutating func appendLine(to text: inout [UInt8]) {
        let last = columns.count - 1
        for index in columns.indices {
            let range = nextCell()
            appendColumn(index, length: range.count, isLast: index == last, to: &text) { text in
                text.append(contentsOf: cells[range])
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
        let isNumber = columns[index].isNumber
        if isNumber { for _ in 0..<padding { text.append(32) } }
        body(&text)
        if isLast { return }
        for _ in 0..<((isNumber ? 0 : padding) + 2) { text.append(32) }
    }

    /// Adds a row, with a byte between its cells.
    private mutating func appendCells(
        _ row: ListedConversation,
        _ separator: UInt8,
        to text: inout OutputSpan<UInt8>
    ) {
        for index in columns.indices {
            if index > 0 { text.append(separator) }
            writer.append(columns[index], row, to: &text)
        }
        text.append(10)
    }

    /// Adds a row as an object; no value holds a quote, or anything else that JSON would write in another way.
    private mutating func appendObject(_ row: ListedConversation, to text: inout OutputSpan<UInt8>) {
        text.append(UInt8(ascii: "{"))
        for index in columns.indices {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text.append(copying: names[index])
            let start = text.count
            let column = columns[index]
            if column.isNumber {
                if column == .duration || column == .initialRTT {
                    appendSeconds(column == .duration ? row.row.duration : row.row.initialRTT, column, to: &text)
                } else {
                    writer.append(column, row, to: &text)
                }
                if text.count == start { text.append("null") }
            } else {
                text.append(UInt8(ascii: "\""))
                writer.append(column, row, to: &text)
                if text.count == start + 1, column == .history {
                    _ = text.removeLast()
                    text.append("null")
                } else {
                    text.append(UInt8(ascii: "\""))
                }
            }
        }
        text.append(UInt8(ascii: "}"))
    }

    /// Adds seconds as JSON writes them: very small and very large ones with an exponent.
    private func appendSeconds(_ nanoseconds: Int64, _ column: ConversationColumn, to text: inout OutputSpan<UInt8>) {
        if nanoseconds == 0, column == .initialRTT { return }
        if nanoseconds == 0 || (100_000...1_000_000_000_000_000).contains(nanoseconds) {
            text.append(seconds: nanoseconds)
        } else {
            text.append(JSONValue.double(Double(nanoseconds) / 1e9).compact)
        }
    }

    /// Where the next cell's text lies.
    private mutating func nextCell() -> Range<Int> {
        let start = written > 0 ? ends[written - 1] : 0
        written += 1
        return start..<ends[written - 1]
    }
}
