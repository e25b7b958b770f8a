import Columns
import Packets
import RoadblockCore

/// The fields of a batch of rows, column by column.
final class RowBatch {
    private let block = TextBlock()
    private var columns: [[Entry]]
    /// By field: the rows with several values, and where these lie among all of them.
    private var several: [[(row: Int32, values: Range<Int32>)]]
    private var values: [Entry] = []
    /// By field: the most values of a row.
    private var most: [Int]
    private(set) var rowCount = 0
    private var scratch: [UInt8] = []

    /// A cell, or where its text lies in the block.
    private struct Entry {
        var cell: Cell
        var start: Int32
        /// -1 for a cell.
        var length: Int32
    }

    static let rowLimit = 1024
    /// Bytes of text that end a batch.
    private static let textLimit = 4 << 20
    /// Values of fields with several that end a batch.
    private static let valueLimit = 1 << 16

    init(fieldCount: Int) {
        columns = Array(repeating: [], count: fieldCount)
        several = Array(repeating: [], count: fieldCount)
        most = Array(repeating: 1, count: fieldCount)
    }

    var isFull: Bool {
        rowCount >= RowBatch.rowLimit || block.count >= RowBatch.textLimit || values.count >= RowBatch.valueLimit
    }

    func clear() {
        rowCount = 0
        block.clear()
        values.removeAll(keepingCapacity: true)
        for index in columns.indices {
            columns[index].removeAll(keepingCapacity: true)
            several[index].removeAll(keepingCapacity: true)
            most[index] = 1
        }
    }

    /// Ends a row; every field was given a value.
    func endRow() { rowCount += 1 }

    func add(_ cell: Cell, to field: Int) { columns[field].append(Entry(cell: cell, start: 0, length: -1)) }

    func add(text: [UInt8], to field: Int) { columns[field].append(entry(text)) }

    func add(text: String?, to field: Int) {
        if let text { add(text: Array(text.utf8), to: field) } else { add(.missing, to: field) }
    }

    /// Adds what a reader makes of a field.
    func add(to field: Int, _ read: (inout [UInt8]) -> TableValue) { columns[field].append(entry(read)) }

    /// Adds the values of a field that has several in this row; what they are together was added before.
    func add(_ count: Int, valuesTo field: Int, _ read: (Int, inout [UInt8]) -> TableValue) {
        let start = Int32(values.count)
        for index in 0..<count { values.append(entry { read(index, &$0) }) }
        several[field].append((Int32(rowCount), start..<Int32(values.count)))
        most[field] = max(most[field], count)
    }

    private func entry(_ read: (inout [UInt8]) -> TableValue) -> Entry {
        scratch.removeAll(keepingCapacity: true)
        let cell: Cell
        switch read(&scratch) {
        case .none: cell = .missing
        case .number(let number): cell = Cell(number: number)
        case .milliseconds(let time): cell = Cell(milliseconds: time)
        case .ipv4(let address): cell = Cell(ipv4: address)
        case .text: return entry(scratch)
        }
        return Entry(cell: cell, start: 0, length: -1)
    }

    /// A text; one that the block has no room for is missing.
    private func entry(_ text: [UInt8]) -> Entry {
        let start = block.count
        guard block.append(text) else { return Entry(cell: .missing, start: 0, length: -1) }
        return Entry(cell: .missing, start: Int32(start), length: Int32(text.count))
    }

    /// Makes the batch's texts those of a pool.
    func lend(to pool: TextPool) { block.lend(to: pool) }

    func fill(_ field: Int, _ rows: RowSelection, into column: CellColumn, _ pool: TextPool) {
        column.reserve(rowCount)
        for index in 0..<rows.count {
            let row = rows[index]
            column[row] = cell(columns[field][row], pool)
        }
    }

    func valueCount(_ field: Int) -> Int { most[field] }

    func fill(_ field: Int, value: Int, _ rows: RowSelection, into column: CellColumn, _ pool: TextPool) {
        if value == 0 {
            fill(field, rows, into: column, pool)
        } else {
            column.reserve(rowCount)
            for index in 0..<rows.count { column[rows[index]] = .missing }
        }
        for (row, own) in several[field] where value < own.count {
            column[Int(row)] = cell(values[Int(own.lowerBound) + value], pool)
        }
    }

    private func cell(_ entry: Entry, _ pool: TextPool) -> Cell {
        entry.length < 0 ? entry.cell : pool.blockText(offset: Int(entry.start), length: Int(entry.length))
    }
}
