import RoadblockCore

/// The time that CloudWatch writes in front of each event that it exports to S3: `2025-02-25T12:25:04.000Z `.
///
/// Source: CloudWatch Logs User Guide, "Exporting log data to Amazon S3".
enum ExportStamp {
    /// Bytes of the time and of the blank behind it.
    static let length = 25

    private static let shape = Array("0000-00-00T00:00:00.000Z ".utf8)

    /// True where all bytes of a stamp are there, by their kind.
    @inline(__always)
    static func fits(_ count: Int, _ byte: (Int) -> UInt8) -> Bool {
        guard count >= length, byte(10) == UInt8(ascii: "T"), byte(23) == UInt8(ascii: "Z") else { return false }
        for index in 0..<length {
            let wanted = shape[index]
            let found = byte(index)
            if wanted == UInt8(ascii: "0") ? found &- 48 > 9 : found != wanted { return false }
        }
        return true
    }

    /// The lines without their stamps, where the first has one.
    static func messages(_ lines: [[UInt8]]) -> [[UInt8]]? {
        guard let first = lines.first, fits(first.count, { first[$0] }) else { return nil }
        return lines.map { line in fits(line.count, { line[$0] }) ? Array(line.dropFirst(length)) : line }
    }

    /// The log stream of an exported file: `TASK/STREAM/000000.gz`.
    static func stream(of path: String) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count > 1, let file = parts.last, file.hasSuffix(".gz"), file.utf8.count == 9,
            file.utf8.prefix(6).allSatisfy({ $0 &- 48 < 10 })
        else { return nil }
        return String(parts[parts.count - 2])
    }
}

extension LineBlock {
    /// True where an export's time stands at an offset.
    func hasStamp(at offset: Int) -> Bool { ExportStamp.fits(length - offset) { byte(offset + $0) } }

    /// The start of the last line at or behind an offset that begins with a time.
    func lastStamp(from offset: Int) -> Int? {
        var index = length - ExportStamp.length
        while index >= offset {
            if byte(index - 1) == 10, hasStamp(at: index) { return index }
            index -= 1
        }
        return nil
    }

    /// Makes a row of each line with a time in front, without the time, and of the lines behind it that have none.
    func splitStamped() {
        clearRows()
        var offset = 0
        var line = 0
        var row: (start: Int, end: Int, line: Int)?
        while offset < length {
            let end = lineEnd(from: offset) ?? length
            let last = end > offset && byte(end - 1) == 13 ? end - 1 : end
            if hasStamp(at: offset) {
                append(row)
                row = (offset + ExportStamp.length, last, line)
            } else if last > offset {
                row = (row?.start ?? offset, last, row?.line ?? line)
            }
            offset = end + 1
            line += 1
        }
        linesRead = line
        append(row)
    }

    private func append(_ row: (start: Int, end: Int, line: Int)?) {
        guard let row, row.end > row.start else { return }
        appendRow(row.start, row.end, line: row.line)
    }

    /// Milliseconds since 1970 of the time in front of a row.
    func stampedTime(of row: Int) -> Int64? {
        let start = range(of: row).lowerBound - ExportStamp.length
        guard start >= 0, start == 0 || byte(start - 1) == 10, hasStamp(at: start) else { return nil }
        return EventTime.isoMilliseconds(bytes(start..<(start + ExportStamp.length - 1)))
    }
}
