/// Columns of text side by side, two blanks between, a line at a time; the last column is not padded.
///
/// The cells are measured first and written afterwards, so that nobody has to hold all lines at once.
package struct AlignedColumns {
    private var widths: [Int]
    /// Columns that are aligned to the right.
    private let numbers: Set<Int>

    package init(_ columns: [String], numbers: Set<Int>) {
        self.numbers = numbers
        widths = columns.map { AlignedColumns.width(of: $0) }
    }

    /// True for a column whose width matters.
    package func isMeasured(_ column: Int) -> Bool { column < widths.count - 1 || numbers.contains(column) }

    /// Makes room for a cell.
    package mutating func fit(_ cell: String, in column: Int) {
        guard isMeasured(column) else { return }
        widths[column] = max(widths[column], AlignedColumns.width(of: cell))
    }

    /// The line of a row, without its end; `style` wraps a cell in colour, the width is that of the plain text.
    package func line(_ cells: [String], style: (Int, String) -> String = { $1 }) -> String {
        var text = ""
        for (column, cell) in cells.enumerated() {
            let isRight = numbers.contains(column)
            let blanks = isMeasured(column) ? widths[column] - AlignedColumns.width(of: cell) : 0
            if isRight { text += String(repeating: " ", count: blanks) }
            text += style(column, cell)
            if !isRight { text += String(repeating: " ", count: blanks) }
            if column < cells.count - 1 { text += "  " }
        }
        return text
    }

    /// Characters of a text, which are as many as its bytes where these are ASCII.
    private static func width(of text: String) -> Int {
        let isPlain = text.utf8.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "\r") }
        return isPlain ? text.utf8.count : text.count
    }
}
