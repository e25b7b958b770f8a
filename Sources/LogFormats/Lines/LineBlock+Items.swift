extension LineBlock {
    /// Appends a row of its own: one event of an envelope, by its number among the block's.
    package func appendEvent(_ message: [UInt8], _ event: LogEvent, place: Int? = nil) {
        let start = length
        append(message)
        appendRow(start, length, line: place ?? rowCount)
        append([10])
        events.append(event)
    }

    /// Appends a row of its own: an item of a list, which began in a line of its input.
    func appendItem(_ text: [UInt8], line: Int) {
        let start = length
        append(text)
        appendRow(start, length, line: line - firstLine)
        append([10])
    }

    /// Makes rows of parts of the block, each with the number of its line in the input.
    func setRows(_ rows: [(range: Range<Int>, line: Int)]) {
        clearRows()
        events.removeAll(keepingCapacity: true)
        for (range, line) in rows {
            precondition(range.lowerBound >= 0 && range.upperBound <= length)
            appendRow(range.lowerBound, range.upperBound, line: line &- firstLine)
        }
    }

    /// True for a column without a value: a hyphen, or what conversions make of one.
    func isNothing(_ start: Int, _ end: Int) -> Bool {
        isHyphen(start, end) || end - start == 4 && (equals(start..<end, "None") || equals(start..<end, "null"))
    }

    /// Notes the rows that do not fit the format.
    @inline(__always)
    func noteUnfit(_ fits: (Int) -> Bool) {
        for row in 0..<rowCount where !fits(row) { unfit.add(line(of: row) - firstLine) }
    }

    /// The first line from an offset on that begins with a text, without its end.
    func line(beginningWith text: [UInt8], from offset: Int) -> Range<Int>? {
        var start = offset
        while start < length {
            let end = lineEnd(from: start) ?? length
            if end > start, byte(start) == text.first, end - start >= text.count,
                bytes(start..<start + text.count) == text
            {
                return start..<(byte(end - 1) == 13 ? end - 1 : end)
            }
            start = end + 1
        }
        return nil
    }

    /// Leaves out the lines that begin with `#`, which are about the file.
    func dropHeaders() {
        let rows = (0..<rowCount).map { (range: range(of: $0), line: line(of: $0)) }
        let others = rows.filter { byte($0.range.lowerBound) != UInt8(ascii: "#") }
        if others.count < rows.count { setRows(others) }
    }
}
