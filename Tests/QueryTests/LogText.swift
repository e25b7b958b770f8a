import Columns
import LogFormats
import Query
import RoadblockCore
import TestSupport

/// Lines of text, or of JSON, that are asked a query.
struct LogText {
    var lines: [String]
    var choice: FormatChoice = .given(.text)
    var workers = 1
    var start: Int64?
    var end: Int64?
    /// Bytes that aggregates may hold, and those from which on rows and values wait in files.
    var heldMemory = 256 << 20
    var memory: Int?

    /// The result of a query; blocks are small, so that every worker gets some.
    func result(_ query: String) throws -> ResultTable {
        let inputs = stride(from: 0, to: max(1, lines.count), by: max(1, lines.count / 4)).map { from in
            let part = lines[from..<min(lines.count, from + max(1, lines.count / 4))]
            let bytes = Array(part.joined(separator: "\n").utf8) + [10]
            return LogInput(name: "part \(from)", choice: choice) { MemorySource(bytes) }
        }
        let table = LogTable(inputs)
        let fields = TableFields(known: try table.describe().fields, isOpen: true)
        var settings = QuerySettings(now: 1_704_067_200)
        settings.workers = workers
        settings.start = start
        settings.end = end
        settings.heldMemory = heldMemory
        settings.memory = memory ?? settings.memory
        return try QueryRun.run(QueryPlan(QuerySyntax(parsing: query)), fields, table, settings)
    }

    /// The cells of each row with blanks and bars between them; nothing for what is missing.
    func rows(_ query: String) throws -> [String] {
        let result = try result(query)
        let values = CellText(result.pool)
        return result.rows.map { row in row.map { values.shown($0) ?? "" }.joined(separator: " | ") }
    }
}

/// One text that is asked a query.
struct AskedText {
    var text: String
    var choice = FormatChoice.automatic
    var isOpen = true
    var settings = QuerySettings(now: 0)

    func result(_ query: String) throws -> ResultTable {
        let table = LogTable([LogInput(name: "test", choice: choice, text: text)])
        let fields = TableFields(known: try table.describe().fields, isOpen: isOpen)
        return try QueryRun.run(QueryPlan(QuerySyntax(parsing: query)), fields, table, settings)
    }

    /// The cells of each row with something between them; nothing for what is missing.
    func rows(_ query: String, separator: String) throws -> [String] {
        let result = try result(query)
        let values = CellText(result.pool)
        return result.rows.map { row in row.map { values.text($0) ?? "" }.joined(separator: separator) }
    }

    /// The cells of each row as `name=value`; what is missing is left out.
    func namedRows(_ query: String) throws -> [String] {
        let result = try result(query)
        let values = CellText(result.pool)
        return result.rows.map { row in
            zip(result.columns, row).compactMap { name, cell in values.shown(cell).map { "\(name)=\($0)" } }
                .joined(separator: " ")
        }
    }
}
