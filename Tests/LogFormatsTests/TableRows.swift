import Columns
import Inputs
import LogFormats
import RoadblockCore
import TestSupport

/// The rows of a table of logs as texts: numbers, milliseconds, addresses and texts; `nil` for nothing.
struct TableRows {
    var rows: [[String?]] = []
    var formats: [String] = []
    var fields: [String] = []
    var notes: [String] = []
    var skipped = 0
    var skippedLines: String?

    /// Reads some fields of inputs by name, in pieces of at most `step` bytes, in batches smaller by a divisor.
    init(
        _ inputs: [(name: String, bytes: [UInt8])],
        _ names: [String],
        _ choice: FormatChoice = .automatic,
        step: Int = .max,
        divisor: Int = 1
    ) throws {
        let table = LogTable(
            inputs.map { input in
                LogInput(name: input.name, choice: choice) { () throws(Failure) -> any ByteSource in
                    MemorySource(input.bytes, step: step)
                }
            }
        )
        let description = try table.describe()
        formats = description.formats.map(\.title)
        fields = description.fields
        let pool = TextPool()
        let cursor = try table.cursor(for: names, pool: pool)
        cursor.divideBatches(by: divisor)
        let (selection, column) = (RowSelection(), CellColumn())
        while try cursor.next() {
            selection.selectAll(cursor.rowCount)
            var batch = Array(repeating: [String?](), count: cursor.rowCount)
            for field in names.indices {
                cursor.fill(field, selection, into: column)
                for row in batch.indices { batch[row].append(TableRows.text(column[row], pool)) }
            }
            rows += batch
        }
        notes = table.results.flatMap(\.notes)
        skipped = table.results.reduce(0) { $0 + $1.skipped }
        skippedLines = table.results.compactMap(\.skippedLines).first
    }

    init(_ text: String, _ names: [String], _ choice: FormatChoice = .automatic, step: Int = .max) throws {
        try self.init([("test", Array(text.utf8))], names, choice, step: step)
    }

    private static func text(_ cell: Cell, _ pool: TextPool) -> String? {
        switch cell.kind {
        case .missing: nil
        case .number: Int(exactly: cell.number).map { "\($0)" } ?? "\(cell.number)"
        case .address: "\(IPAddress(ipv4: cell.ipv4))"
        case .time: "\(cell.milliseconds)"
        case .text, .structure: pool.string(cell.unwrapped)
        }
    }
}
