import Columns
import Diagnosis
import Query
import RoadblockCore

/// Writes the rows of a query in a format.
struct ResultWriter {
    let result: ResultTable
    let statistics: ScanStatistics
    /// Seconds east of UTC at a moment, for formats that people read.
    let offset: (Int64) -> Int
    private let values: CellText

    init(_ result: ResultTable, _ statistics: ScanStatistics, offset: @escaping (Int64) -> Int) {
        self.result = result
        self.statistics = statistics
        self.offset = offset
        values = CellText(result.pool)
    }

    /// One object with columns, rows and statistics; numbers are numbers and missing cells `null`.
    func writeJSON(to output: OutputWriter) throws(Failure) {
        let names = JSONValue.array(result.columns.map(JSONValue.string)).compact
        try output.write("{\n  \"columns\": \(names),\n  \"rows\": [")
        for (index, row) in result.rows.enumerated() {
            try output.write((index == 0 ? "\n    " : ",\n    ") + JSONValue.array(row.map(json)).compact)
        }
        try output.write(result.rows.isEmpty ? "],\n" : "\n  ],\n")
        let statistics: JSONValue = .object([
            .init("recordsMatched", .int(result.matched)), .init("recordsScanned", .int(self.statistics.records)),
            .init("bytesScanned", .int(self.statistics.bytes)),
        ])
        try output.write("  \"statistics\": \(statistics.compact)\n}\n")
    }

    /// One object a row; missing cells are `null`.
    func writeJSONLines(to output: OutputWriter) throws(Failure) {
        for row in result.rows {
            let members = zip(result.columns, row).map { JSONValue.Member($0, json($1)) }
            try output.write(JSONValue.object(members).compact + "\n")
        }
    }

    /// What `GetQueryResults` returns: all values are strings, missing cells are left out.
    func writeInsightsJSON(to output: OutputWriter) throws(Failure) {
        let rows = result.rows.map { row in
            JSONValue.array(
                zip(result.columns, row).filter { !$1.isMissing }.map { name, cell in
                    .object([.init("field", .string(name)), .init("value", .string(machineText(cell)))])
                }
            )
        }
        let object: JSONValue = .object([
            .init("results", .array(rows)),
            .init(
                "statistics",
                .object([
                    .init("recordsMatched", .int(result.matched)),
                    .init("recordsScanned", .int(statistics.records)),
                    .init("bytesScanned", .int(statistics.bytes)),
                ])
            ),
            .init("status", .string("Complete")),
        ])
        try output.write(object.pretty + "\n")
    }

    private func json(_ cell: Cell) -> JSONValue {
        switch cell.kind {
        case .number: Int(exactly: cell.number).map { .int($0) } ?? .double(cell.number)
        case .missing: .null
        default: .string(values.shown(cell) ?? "")
        }
    }

    /// The text of a cell in UTC and with all digits; empty for nothing.
    private func machineText(_ cell: Cell) -> String { values.shown(cell) ?? "" }

    /// The rows as text in UTC and with all digits, for `csv` and `tsv`.
    var machineTable: TextTable {
        TextTable(columns: result.columns, rows: result.rows.map { $0.map(machineText) }, numbers: numberColumns)
    }

    /// The rows as people read them: four digits behind the point, times in their zone, nothing that moves a cursor.
    var table: TextTable {
        TextTable(
            columns: result.columns.map(ResultWriter.harmless),
            rows: result.rows.map { $0.map(text) },
            numbers: numberColumns
        )
    }

    /// Writes the rows as `table` has them, side by side; a row at a time, as there may be many long ones.
    func writeTable(to output: OutputWriter) throws(Failure) {
        let columns = result.columns.map(ResultWriter.harmless)
        var aligned = AlignedColumns(columns, numbers: numberColumns)
        for column in columns.indices where aligned.isMeasured(column) {
            for row in result.rows { aligned.fit(text(row[column]), in: column) }
        }
        try output.write(aligned.line(columns) + "\n")
        for row in result.rows { try output.write(aligned.line(row.map(text)) + "\n") }
    }

    private func text(_ cell: Cell) -> String {
        if cell.isNumber { return ResultWriter.rounded(cell.number) }
        if cell.isTime {
            return CellText.time(cell.milliseconds, offsetSeconds: offset(cell.milliseconds))
        }
        return ResultWriter.harmless(values.shown(cell) ?? "")
    }

    /// Whole numbers in plain digits, others with at most four digits behind the point.
    private static func rounded(_ number: Double) -> String {
        if Int(exactly: number) != nil || abs(number) >= 1e15 { return CellText.render(number) }
        var text = fixed(number, 4)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text == "-0" ? "0" : text
    }

    /// Control characters as escapes, so that no log line can move the cursor of a terminal.
    private static func harmless(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where isControl(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
    }

    /// Columns in which every cell is a number.
    private var numberColumns: Set<Int> {
        Set(
            result.columns.indices.filter { column in
                var isNumber = false
                for row in result.rows where !row[column].isMissing {
                    guard row[column].isNumber else { return false }
                    isNumber = true
                }
                return isNumber
            }
        )
    }
}
