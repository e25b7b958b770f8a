// Invariant: `storage` addresses `capacity` allocated bytes until `deinit`, of which the first `length` are written and
// at least `padding` more may be read; `delimiters` holds offsets below `length`; rows describe ranges inside it.

package import Columns
import RoadblockCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Some whole lines of an input, and where their rows and columns lie.
@safe
package final class LineBlock {
    private var storage: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// Bytes of the lines, line ends included.
    package private(set) var length = 0
    /// Rows, in the order of the lines; damaged lines are none.
    package private(set) var rowCount = 0
    /// Lines that could not be read as rows, and rows that do not fit the format.
    var damage = LineTally()
    var unfit = LineTally()
    /// Lines of the input that the rows were made of.
    var linesRead = 0
    /// The ordinal of the block among all blocks, and its first line's number in its input, from 1.
    package var ordinal: UInt64 = 0
    package var firstLine = 1
    /// What an envelope says of each row; empty for bare lines.
    package var events: [LogEvent] = []
    /// What the rows tell, where they are of a firewall's log.
    package var firewall = FirewallRows()
    /// The columns of the rows, where lines among them name these.
    var headed: HeadedLog?

    private var rowStarts: UnsafeMutablePointer<UInt32>
    private var rowEnds: UnsafeMutablePointer<UInt32>
    /// First delimiter of the row, or the complement of its first entry in `odd`.
    private var rowTokens: UnsafeMutablePointer<Int32>
    private var rowLines: UnsafeMutablePointer<UInt32>
    private var rowCapacity = 1024
    private var delimiters: UnsafeMutablePointer<UInt32>
    /// The places of the line ends among the delimiters.
    private var lineEnds: UnsafeMutablePointer<UInt32>
    private var delimiterCapacity = 4096
    /// Ranges of the tokens of rows that are not plainly separated by single blanks.
    private var odd: [(start: UInt32, end: UInt32)] = []

    /// No line may be longer.
    package static let lineLimit = 0xFF_FFFF
    private static let padding = 64

    package init() {
        capacity = 4096
        unsafe storage = .allocate(capacity: capacity + LineBlock.padding)
        unsafe memset(storage, 0, capacity + LineBlock.padding)
        unsafe rowStarts = .allocate(capacity: rowCapacity)
        unsafe rowEnds = .allocate(capacity: rowCapacity)
        unsafe rowTokens = .allocate(capacity: rowCapacity)
        unsafe rowLines = .allocate(capacity: rowCapacity)
        unsafe delimiters = .allocate(capacity: delimiterCapacity)
        unsafe lineEnds = .allocate(capacity: delimiterCapacity)
    }

    deinit {
        unsafe storage.deallocate()
        unsafe rowStarts.deallocate()
        unsafe rowEnds.deallocate()
        unsafe rowTokens.deallocate()
        unsafe rowLines.deallocate()
        unsafe delimiters.deallocate()
        unsafe lineEnds.deallocate()
    }

    // MARK: filling

    /// Drops all bytes and rows.
    package func clear() {
        length = 0
        rowCount = 0
        damage.clear()
        unfit.clear()
        linesRead = 0
        events.removeAll(keepingCapacity: true)
        firewall.clear()
        headed = nil
        odd.removeAll(keepingCapacity: true)
    }

    /// Appends bytes.
    package func append(_ bytes: [UInt8]) {
        reserve(length + bytes.count)
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            unsafe (storage + length).update(from: base, count: source.count)
        }
        length += bytes.count
    }

    /// Lets a reader write up to `count` bytes behind those that are there; it returns how many it wrote.
    package func append<E>(
        upTo count: Int,
        _ read: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) -> Int {
        reserve(length + count)
        let target = unsafe UnsafeMutableRawBufferPointer(start: storage + length, count: count)
        let got = unsafe try read(target)
        precondition(got >= 0 && got <= count)
        length += got
        return got
    }

    private func reserve(_ bytes: Int) {
        guard bytes > capacity else { return }
        let larger = max(bytes, capacity * 2)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + LineBlock.padding)
        // One call in debug builds too, where `initialize` is a loop.
        unsafe memset(moved, 0, larger + LineBlock.padding)
        unsafe memcpy(moved, storage, length)
        unsafe storage.deallocate()
        unsafe storage = moved
        capacity = larger
    }

    /// Removes and returns what follows the last line end.
    package func takeRest() -> [UInt8] {
        var end = length
        while end > 0, unsafe storage[end - 1] != 10 { end -= 1 }
        return takeRest(from: end)
    }

    /// Removes and returns what follows an offset.
    package func takeRest(from offset: Int) -> [UInt8] {
        let rest = bytes(offset..<length)
        length = offset
        return rest
    }

    /// The offset of the first line end, at or behind an offset; `nil` where there is none.
    package func lineEnd(from offset: Int) -> Int? {
        guard offset < length, let found = unsafe memchr(storage + offset, 10, length - offset) else { return nil }
        return unsafe UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(storage)
    }

    /// Line ends in the block.
    package var lineCount: Int {
        var count = 0
        var offset = 0
        while let end = lineEnd(from: offset) {
            count += 1
            offset = end + 1
        }
        return count
    }

    package func byte(_ offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < length)
        return unsafe storage[offset]
    }

    /// A copy of a part of the block.
    package func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= length)
        return unsafe Array(UnsafeBufferPointer(start: storage + range.lowerBound, count: range.count))
    }

    /// Makes the block's bytes those that a pool's block texts lie in.
    package func lend(to pool: TextPool) {
        unsafe pool.setBlock(UnsafeRawBufferPointer(start: storage, count: length), padding: LineBlock.padding)
    }

    // MARK: rows

    func appendRow(_ start: Int, _ end: Int, tokens: Int32 = 0, line: Int) {
        reserveRows(rowCount + 1)
        setRow(start, end, tokens: tokens, line: line)
    }

    /// Writes the next row, for which there is room.
    @inline(__always)
    private func setRow(_ start: Int, _ end: Int, tokens: Int32, line: Int) {
        precondition(rowCount < rowCapacity)
        unsafe rowStarts[rowCount] = UInt32(truncatingIfNeeded: start)
        unsafe rowEnds[rowCount] = UInt32(truncatingIfNeeded: end)
        unsafe rowTokens[rowCount] = tokens
        unsafe rowLines[rowCount] = UInt32(truncatingIfNeeded: line)
        rowCount &+= 1
    }

    private func reserveRows(_ count: Int) {
        guard count > rowCapacity else { return }
        let larger = max(count, rowCapacity * 2)
        unsafe rowStarts = grown(rowStarts, rowCapacity, larger)
        unsafe rowEnds = grown(rowEnds, rowCapacity, larger)
        unsafe rowTokens = grown(rowTokens, rowCapacity, larger)
        unsafe rowLines = grown(rowLines, rowCapacity, larger)
        rowCapacity = larger
    }

    /// Where a row lies, without its line end.
    @inline(__always)
    package func range(of row: Int) -> Range<Int> {
        precondition(row >= 0 && row < rowCount)
        return unsafe Int(rowStarts[row])..<Int(rowEnds[row])
    }

    /// The number of a row's line in its input.
    @inline(__always)
    package func line(of row: Int) -> Int {
        precondition(row >= 0 && row < rowCount)
        return unsafe firstLine &+ Int(rowLines[row])
    }

    /// Forgets the rows.
    func clearRows() { rowCount = 0 }

    /// Makes a row of each line that is not empty.
    package func splitLines() {
        clearRows()
        var offset = 0
        var line = 0
        while offset < length {
            let end = lineEnd(from: offset) ?? length
            var last = end
            if last > offset, unsafe storage[last - 1] == 13 { last -= 1 }
            if last > offset { appendRow(offset, last, tokens: 0, line: line) }
            offset = end + 1
            line += 1
        }
        linesRead = line
    }

    /// Makes a row of each line that has enough columns, and notes where the columns lie.
    ///
    /// A line whose columns `first` and `second` are not whole numbers is damaged; so is one with too few columns.
    package func splitColumns(_ columns: Int, numbers first: Int?, _ second: Int?) {
        rowCount = 0
        odd.removeAll(keepingCapacity: true)
        if delimiterCapacity < length + 64 {
            unsafe delimiters.deallocate()
            unsafe lineEnds.deallocate()
            delimiterCapacity = length + length / 4 + 64
            unsafe delimiters = .allocate(capacity: delimiterCapacity)
            unsafe lineEnds = .allocate(capacity: delimiterCapacity)
        }
        let found = unsafe findDelimiters(storage, length, delimiters, lineEnds)
        reserveRows(found.lineEnds + 1)
        let isChecked = found.hasRuns
        var start = 0
        var index = 0
        for line in 0..<found.lineEnds {
            let last = unsafe Int(lineEnds[line])
            let end = unsafe Int(delimiters[last])
            let isPlain =
                unsafe last &- index &+ 1 == columns && end > start && storage[end &- 1] != 13
                && (!isChecked || hasNoRuns(start, index, columns))
            if isPlain {
                if isNumber(first, start, index), isNumber(second, start, index) {
                    setRow(start, end, tokens: Int32(truncatingIfNeeded: index), line: line)
                } else {
                    noteDamage(start, end, line)
                }
            } else {
                splitOddLine(start, end, columns, first, second, line)
            }
            index = last &+ 1
            start = end &+ 1
        }
        if start < length { splitOddLine(start, length, columns, first, second, found.lineEnds) }
        linesRead = found.lineEnds + (start < length ? 1 : 0)
    }

    /// Counts a line that is no record, unless it is one more header: of files that were joined.
    private func noteDamage(_ start: Int, _ end: Int, _ line: Int) {
        guard end - start < 64 << 10 else { return damage.add(line) }
        let tokens = bytes(start..<end).split(separator: 32).map { String(decoding: $0, as: UTF8.self) }
        if tokens.count < 2 || !tokens.allSatisfy(FlowLogField.isKnown) { damage.add(line) }
    }

    /// True when no column of the row is empty.
    private func hasNoRuns(_ start: Int, _ index: Int, _ columns: Int) -> Bool {
        var previous = start &- 1
        for column in 0..<columns {
            let at = unsafe Int(delimiters[index &+ column])
            if at &- previous < 2 { return false }
            previous = at
        }
        return true
    }

    @inline(__always)
    private func isNumber(_ column: Int?, _ start: Int, _ index: Int) -> Bool {
        guard let column else { return true }
        let from = column == 0 ? start : unsafe Int(delimiters[index &+ column &- 1]) &+ 1
        return unsafe areDigits(storage + from, Int(delimiters[index &+ column]) &- from)
    }

    /// Reads a line with runs of blanks, a carriage return, or another number of columns than expected.
    private func splitOddLine(_ start: Int, _ end: Int, _ columns: Int, _ first: Int?, _ second: Int?, _ line: Int) {
        var last = end
        if last > start, unsafe storage[last - 1] == 13 { last -= 1 }
        let mark = odd.count
        var offset = start
        while offset < last, odd.count - mark < columns {
            while offset < last, unsafe storage[offset] == 32 || storage[offset] == 9 { offset += 1 }
            let from = offset
            while offset < last, unsafe storage[offset] != 32 && storage[offset] != 9 { offset += 1 }
            if offset > from { odd.append((UInt32(from), UInt32(offset))) }
        }
        guard odd.count - mark == columns,
            [first, second].allSatisfy({ $0.map { isNumber(odd[mark + $0]) } ?? true })
        else {
            if last > start { noteDamage(start, last, line) }
            odd.removeSubrange(mark...)
            return
        }
        appendRow(start, last, tokens: ~Int32(truncatingIfNeeded: mark), line: line)
    }

    private func isNumber(_ range: (start: UInt32, end: UInt32)) -> Bool {
        unsafe areDigits(storage + Int(range.start), Int(range.end - range.start))
    }

    /// Reads the rows that an envelope brought as columns; those that cannot be read go, with their events.
    package func splitEvents(_ columns: Int, numbers first: Int?, _ second: Int?) {
        let ranges = (0..<rowCount).map { (range: range(of: $0), line: line(of: $0) - firstLine) }
        let all = events
        rowCount = 0
        events.removeAll(keepingCapacity: true)
        for (index, (range, line)) in ranges.enumerated() {
            let before = rowCount
            splitOddLine(range.lowerBound, range.upperBound, columns, first, second, line)
            if rowCount > before { events.append(all[index]) } else if range.isEmpty { damage.add(line) }
        }
    }

    /// Where a column of a row lies.
    @inline(__always)
    package func column(_ column: Int, of row: Int) -> (start: Int, end: Int) {
        precondition(row >= 0 && row < rowCount)
        let token = unsafe Int(rowTokens[row])
        guard token >= 0 else {
            let entry = odd[~token + column]
            return (Int(entry.start), Int(entry.end))
        }
        let start = column == 0 ? unsafe Int(rowStarts[row]) : unsafe Int(delimiters[token &+ column &- 1]) &+ 1
        return (start, unsafe Int(delimiters[token &+ column]))
    }

    /// The number of 64 bits that some bytes are; `nil` for anything else.
    @inline(__always)
    package func number(_ start: Int, _ end: Int) -> UInt64? {
        precondition(start >= 0 && end <= length)
        let count = end &- start
        guard count > 0, count < 20 else { return count == 20 ? longNumber(start, end) : nil }
        var value: UInt64 = 0
        var offset = start
        while offset < end {
            let digit = unsafe storage[offset] &- 48
            if digit > 9 { return nil }
            value = value &* 10 &+ UInt64(digit)
            offset &+= 1
        }
        return value
    }

    @inline(never)
    private func longNumber(_ start: Int, _ end: Int) -> UInt64? {
        UInt64(String(decoding: bytes(start..<end), as: UTF8.self))
    }

    /// True when the bytes are a lone hyphen.
    @inline(__always)
    package func isHyphen(_ start: Int, _ end: Int) -> Bool {
        precondition(start >= 0 && end <= length)
        return unsafe end &- start == 1 && storage[start] == 45
    }

    /// The IPv4 address that some bytes are, in the shortest form only; `nil` for anything else.
    @inline(__always)
    package func ipv4(_ start: Int, _ end: Int) -> UInt32? {
        precondition(start >= 0 && end <= length)
        return unsafe shortIPv4(storage + start, end &- start)
    }
}

private func grown<Element: BitwiseCopyable>(
    _ old: UnsafeMutablePointer<Element>,
    _ count: Int,
    _ larger: Int
) -> UnsafeMutablePointer<Element> {
    let new = UnsafeMutablePointer<Element>.allocate(capacity: larger)
    unsafe new.update(from: old, count: count)
    unsafe old.deallocate()
    return unsafe new
}
