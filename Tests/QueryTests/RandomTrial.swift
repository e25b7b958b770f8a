import Columns
import LogFormats
import Query
import TestSupport

/// What the comparisons of random queries with the interpreter share.
enum RandomTrial {
    static let seeds = 0..<seedCount(200)

    /// Rows as JSON lines, in some inputs one behind the other.
    static func table(_ rows: [RowInterpreter.Row], parts: Int) -> LogTable {
        let size = (rows.count + parts - 1) / max(1, parts)
        let inputs = (0..<parts).map { part in
            let share = rows.dropFirst(part * size).prefix(size)
            let bytes = Array((share.map { RandomQuery.json($0) + "\n" }.joined() + "\n").utf8)
            return LogInput(name: "part \(part)", choice: .given(.json)) { MemorySource(bytes) }
        }
        return LogTable(inputs)
    }

    /// The rows of a result as text by column; what is missing is left out.
    static func rows(of result: ResultTable) -> [[String: String]] {
        let values = CellText(result.pool)
        return result.rows.map { row in
            var shown: [String: String] = [:]
            for (name, cell) in zip(result.columns, row) { shown[name] = values.shown(cell) }
            return shown
        }
    }

    /// Rows in an order that depends on their cells alone.
    static func sorted(_ rows: [[String: String]]) -> [String] {
        rows.map { row in row.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",") }
            .sorted()
    }
}
