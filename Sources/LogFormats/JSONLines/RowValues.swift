import Columns

/// The values of several fields, which are read a row at a time and once for all that ask for one of them.
final class RowValues {
    private let columns: [CellColumn]
    private var isRead: [Bool] = []

    init(count: Int) { columns = (0..<count).map { _ in CellColumn() } }

    /// Forgets the rows of the last block.
    func forget() { isRead.removeAll(keepingCapacity: true) }

    /// The value of a field in a row that is being read; missing where none is set.
    subscript(field: Int, row: Int) -> Cell {
        get { columns[field][row] }
        set { columns[field][row] = newValue }
    }

    /// Gives the values of a field; `read` sets those of all fields of a row.
    @inline(__always)
    func fill(
        _ field: Int,
        _ rows: RowSelection,
        _ column: CellColumn,
        rowCount: Int,
        _ read: (Int) -> Void
    ) {
        if isRead.isEmpty {
            isRead.append(contentsOf: repeatElement(false, count: rowCount))
            for column in columns { column.reserve(rowCount) }
        }
        for index in 0..<rows.count {
            let row = rows[index]
            if !isRead[row] {
                isRead[row] = true
                for column in columns { column[row] = .missing }
                read(row)
            }
            column[row] = columns[field][row]
        }
    }
}
