extension LineBlock {
    /// Appends a row of its own: one event of an envelope.
    package func appendEvent(_ message: [UInt8], _ event: LogEvent) {
        let start = length
        append(message)
        appendRow(start, length, line: rowCount)
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
}
