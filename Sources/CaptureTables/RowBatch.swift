import Columns
import Packets
import RoadblockCore

/// The fields of a batch of rows, column by column.
final class RowBatch {
    private let block = TextBlock()
    private var columns: [[Entry]]
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

    init(fieldCount: Int) { columns = Array(repeating: [], count: fieldCount) }

    var isFull: Bool { rowCount >= RowBatch.rowLimit || block.count >= RowBatch.textLimit }

    func clear() {
        rowCount = 0
        block.clear()
        for index in columns.indices { columns[index].removeAll(keepingCapacity: true) }
    }

    /// Ends a row; every field was given a value.
    func endRow() { rowCount += 1 }

    func add(_ cell: Cell, to field: Int) { columns[field].append(Entry(cell: cell, start: 0, length: -1)) }

    /// Adds a text; one that the block has no room for is missing.
    func add(text: [UInt8], to field: Int) {
        let start = block.count
        guard block.append(text) else { return add(.missing, to: field) }
        columns[field].append(Entry(cell: .missing, start: Int32(start), length: Int32(text.count)))
    }

    /// Adds what a reader makes of a field.
    func add(to field: Int, _ read: (inout [UInt8]) -> TableValue) {
        scratch.removeAll(keepingCapacity: true)
        switch read(&scratch) {
        case .none: add(.missing, to: field)
        case .number(let number): add(Cell(number: number), to: field)
        case .milliseconds(let time): add(Cell(milliseconds: time), to: field)
        case .ipv4(let address): add(Cell(ipv4: address), to: field)
        case .text: add(text: scratch, to: field)
        }
    }

    /// Makes the batch's texts those of a pool.
    func lend(to pool: TextPool) { block.lend(to: pool) }

    func fill(_ field: Int, _ rows: RowSelection, into column: CellColumn, _ pool: TextPool) {
        column.reserve(rowCount)
        for index in 0..<rows.count {
            let row = rows[index]
            let entry = columns[field][row]
            column[row] =
                entry.length < 0
                ? entry.cell : pool.blockText(offset: Int(entry.start), length: Int(entry.length))
        }
    }
}
