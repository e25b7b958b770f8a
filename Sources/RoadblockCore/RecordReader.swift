/// Splits delimited text into records (RFC 4180), one at a time, without copying it.
///
/// Empty lines are passed over, and those that start with `#` where they are comments.
package struct RecordReader {
    /// A cell of a record.
    package struct Cell: Hashable {
        package var start: Int
        package var end: Int
        /// True where two quotes stand for one.
        var hasDoubledQuotes = false
    }

    private let bytes: [UInt8]
    private let delimiter: UInt8
    private let hasComments: Bool
    private var position: Int
    private var nextLine = 1
    /// The number of the record's first line, from 1.
    package private(set) var line = 0
    /// Where the record starts.
    package private(set) var start = 0
    package private(set) var cells: [Cell] = []
    /// True for a quoted cell that does not end where it should.
    package private(set) var isDamaged = false

    /// Cells behind these are passed over.
    package static let cellLimit = 64
    /// Line breaks in a quoted cell; a quote that is still open behind them never closes.
    private static let breakLimit = 4

    package init(_ bytes: [UInt8], from start: Int, delimiter: UInt8, hasComments: Bool = true) {
        self.bytes = bytes
        self.hasComments = hasComments
        self.delimiter = delimiter
        position = start
    }

    /// Moves to the next record; false at the end.
    package mutating func next() -> Bool {
        while skipBlanks() {
            start = position
            line = nextLine
            isDamaged = false
            cells.removeAll(keepingCapacity: true)
            if hasComments, bytes[position] == UInt8(ascii: "#") {
                skipLine()
                continue
            }
            if bytes[position] == UInt8(ascii: "\n") {
                skipLine()
                continue
            }
            readCells()
            return true
        }
        return false
    }

    /// The bytes of a cell; quotes that are doubled still are.
    package func bytes(of cell: Cell) -> ArraySlice<UInt8> { bytes[cell.start..<cell.end] }

    /// The text of a cell, at most so many bytes of it.
    package func text(of cell: Cell, atMost limit: Int = 1024) -> String {
        let text = String(decoding: bytes[cell.start..<min(cell.end, cell.start + limit)], as: UTF8.self)
        return cell.hasDoubledQuotes ? text.replacing("\"\"", with: "\"") : text
    }

    /// Where the line ends that a place lies in.
    package func lineEnd(_ place: Int) -> Int { bytes[place...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count }

    /// Passes over blanks, unless they delimit cells, in front of a record; false at the end.
    private mutating func skipBlanks() -> Bool {
        while position < bytes.count, isBlank(bytes[position]) { position += 1 }
        return position < bytes.count
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0D || byte == 0x09 && delimiter != 0x09
    }

    private mutating func skipLine() {
        position = min(bytes.count, lineEnd(position) + 1)
        nextLine += 1
    }

    private mutating func readCells() {
        while true {
            while position < bytes.count, isBlank(bytes[position]) { position += 1 }
            let cell = position < bytes.count && bytes[position] == UInt8(ascii: "\"") ? quotedCell() : plainCell()
            guard let cell else {
                isDamaged = true
                position = start
                nextLine = line
                skipLine()
                return
            }
            if cells.count < Self.cellLimit { cells.append(cell) }
            guard position < bytes.count else { return }
            position += 1
            if bytes[position - 1] == UInt8(ascii: "\n") {
                nextLine += 1
                return
            }
        }
    }

    private mutating func plainCell() -> Cell {
        let start = position
        while position < bytes.count, bytes[position] != delimiter, bytes[position] != UInt8(ascii: "\n") {
            position += 1
        }
        var end = position
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return Cell(start: start, end: end)
    }

    /// Reads a cell in quotes; `nil` when it does not end before a delimiter or the end of a line.
    private mutating func quotedCell() -> Cell? {
        position += 1
        var cell = Cell(start: position, end: position)
        var breaks = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\n") {
                breaks += 1
                guard breaks <= Self.breakLimit else { return nil }
            }
            guard byte == UInt8(ascii: "\"") else { continue }
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                cell.hasDoubledQuotes = true
                position += 1
                continue
            }
            cell.end = position - 1
            while position < bytes.count, isBlank(bytes[position]) { position += 1 }
            let isEnded =
                position == bytes.count || bytes[position] == delimiter || bytes[position] == UInt8(ascii: "\n")
            nextLine += breaks
            return isEnded ? cell : nil
        }
        return nil
    }
}
