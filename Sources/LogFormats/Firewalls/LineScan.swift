import RoadblockCore

/// A look at the bytes of one line, which stay where they are.
struct LineScan {
    let block: LineBlock
    let start: Int
    let end: Int

    init(_ block: LineBlock, _ range: Range<Int>) {
        self.block = block
        start = range.lowerBound
        end = range.upperBound
    }

    /// The byte at an offset of the block, 0 outside of the line.
    @inline(__always)
    subscript(offset: Int) -> UInt8 { offset >= start && offset < end ? block.byte(offset) : 0 }

    /// The offset of the first occurrence of a text at or behind an offset.
    func find(_ text: [UInt8], from offset: Int? = nil, before limit: Int? = nil) -> Int? {
        let (from, to) = (offset ?? start, min(limit ?? end, end))
        guard let first = text.first, to - from >= text.count else { return nil }
        var index = from
        while index <= to - text.count {
            if block.byte(index) == first, holds(text, at: index) { return index }
            index += 1
        }
        return nil
    }

    /// The offset of the first such byte at or behind an offset, or the line's end.
    @inline(__always)
    func next(_ byte: UInt8, from offset: Int, before limit: Int? = nil) -> Int {
        let to = min(limit ?? end, end)
        var index = offset
        while index < to, block.byte(index) != byte { index += 1 }
        return min(index, to)
    }

    /// True when the text stands at an offset.
    func holds(_ text: [UInt8], at offset: Int) -> Bool {
        guard offset >= start, offset + text.count <= end else { return false }
        for (index, byte) in text.enumerated() where block.byte(offset + index) != byte { return false }
        return true
    }

    /// Where the word that begins behind blanks lies; empty at the end of the line.
    func word(from offset: Int, before limit: Int? = nil) -> Range<Int> {
        let to = min(limit ?? end, end)
        var from = offset
        while from < to, LineScan.isBlank(block.byte(from)) { from += 1 }
        var last = from
        while last < to, !LineScan.isBlank(block.byte(last)) { last += 1 }
        return min(from, to)..<last
    }

    /// A range without the blanks around it.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (from, to) = (range.lowerBound, range.upperBound)
        while from < to, LineScan.isBlank(block.byte(from)) { from += 1 }
        while to > from, LineScan.isBlank(block.byte(to - 1)) { to -= 1 }
        return from..<to
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    func number(_ range: Range<Int>) -> Int? {
        block.number(range.lowerBound, range.upperBound).flatMap { Int(exactly: $0) }
    }

    func port(_ range: Range<Int>) -> UInt16? {
        block.number(range.lowerBound, range.upperBound).flatMap { UInt16(exactly: $0) }
    }

    func address(_ range: Range<Int>) -> IPAddress? { block.address(range.lowerBound, range.upperBound) }

    func piece(_ range: Range<Int>) -> Piece { Piece(range.lowerBound, range.upperBound) }

    func bytes(_ range: Range<Int>) -> [UInt8] { block.bytes(range) }

    func equals(_ range: Range<Int>, _ text: [UInt8]) -> Bool {
        range.count == text.count && holds(text, at: range.lowerBound)
    }

    /// The columns of a line that lie between separators, at most so many; blanks count as one.
    func columns(_ separator: UInt8, limit: Int) -> [Range<Int>] {
        var columns: [Range<Int>] = []
        var index = start
        if separator == 32 {
            while columns.count < limit {
                let word = word(from: index)
                if word.isEmpty { break }
                columns.append(word)
                index = word.upperBound
            }
            return columns
        }
        while columns.count < limit {
            let stop = next(separator, from: index)
            columns.append(index..<stop)
            if stop >= end { break }
            index = stop + 1
        }
        return columns
    }

    /// The columns of a CSV line from an offset on, at most so many; quotes around a column are left out.
    func commaColumns(from offset: Int, limit: Int) -> [Range<Int>] {
        var columns: [Range<Int>] = []
        var index = offset
        while columns.count < limit {
            if index < end, block.byte(index) == UInt8(ascii: "\"") {
                var stop = index + 1
                while stop < end {
                    if block.byte(stop) == UInt8(ascii: "\"") {
                        guard self[stop + 1] == UInt8(ascii: "\"") else { break }
                        stop += 1
                    }
                    stop += 1
                }
                columns.append(min(index + 1, end)..<max(min(index + 1, end), min(stop, end)))
                index = next(UInt8(ascii: ","), from: min(stop + 1, end))
            } else {
                let stop = next(UInt8(ascii: ","), from: index)
                columns.append(index..<stop)
                index = stop
            }
            if index >= end { break }
            index += 1
        }
        return columns
    }
}
