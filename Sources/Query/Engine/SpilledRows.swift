import Columns
import RoadblockCore
import Spills

/// Rows of cells in a temporary file, in parts by the hash of their first cells: rows with equal keys are in one part.
///
/// A row is its place among all rows, then its cells; a text is a word with its length, then its bytes in whole words.
final class SpilledRows {
    /// Parts that rows are spread over.
    static let partCount = 16
    /// How often parts may be spread again: by then there are more rows than files can hold.
    private static let levelLimit = 12

    private let width: Int
    private let keyCount: Int
    /// How often the rows were spread before; each time by another hash.
    private let level: Int
    private let file = SpillFile()
    private var pending: [[UInt64]] = Array(repeating: [], count: partCount)
    private var extents: [[SpillFile.Extent]] = Array(repeating: [], count: partCount)
    private var row: [UInt64] = []

    /// Words that are collected before they are written.
    private static let pieceLength = 16 << 10
    private static let textMark: UInt64 = 0xFFF4_0000_0000_0000
    private static let structureMark: UInt64 = 0xFFF8_0000_0000_0000
    private static let markMask: UInt64 = 0xFFFF_0000_0000_0000

    /// Rows of `width` cells, of which the first `keyCount` are keys.
    init(width: Int, keyCount: Int, level: Int) {
        self.width = width
        self.keyCount = keyCount
        self.level = level
    }

    /// Adds a row whose cells are of a pool.
    ///
    /// - Throws: `Failure` when the disk is full, or there are more rows than can be spread.
    func append(_ ordinal: UInt64, _ cells: [Cell], _ pool: TextPool) throws(Failure) {
        row.removeAll(keepingCapacity: true)
        row.append(ordinal)
        var hash = UInt64(truncatingIfNeeded: level) &* 0xD6E8_FEB8_6659_FD93
        for index in 0..<width {
            let start = row.count
            append(cells[index], pool)
            guard index < keyCount else { continue }
            for place in start..<row.count {
                hash = (hash ^ row[place]) &* 0x9E37_79B9_7F4A_7C15
                hash ^= hash >> 29
            }
        }
        let part = Int(truncatingIfNeeded: (hash &* 0xBF58_476D_1CE4_E5B9) >> 60)
        pending[part].append(contentsOf: row)
        if pending[part].count >= SpilledRows.pieceLength { try write(part) }
    }

    private func append(_ cell: Cell, _ pool: TextPool) {
        guard cell.isText || cell.isStructure else {
            row.append(cell.bits)
            return
        }
        pool.withBytes(of: cell.unwrapped) { bytes in
            let mark = cell.isStructure ? SpilledRows.structureMark : SpilledRows.textMark
            row.append(mark | UInt64(truncatingIfNeeded: bytes.count))
            var index = 0
            while index < bytes.count {
                var word: UInt64 = 0
                for place in index..<min(index &+ 8, bytes.count) {
                    word |= UInt64(bytes[place]) << UInt64((place &- index) &* 8)
                }
                row.append(word)
                index &+= 8
            }
        }
    }

    private func write(_ part: Int) throws(Failure) {
        guard level < SpilledRows.levelLimit else {
            throw Failure(
                .usage,
                "the query keeps more rows apart than temporary files can hold",
                code: "too-many-groups",
                suggestion: "group by fewer fields, or filter first"
            )
        }
        extents[part].append(try file.append(pending[part]))
        pending[part].removeAll(keepingCapacity: true)
    }

    /// Writes what is pending, so that nothing is held in memory.
    ///
    /// - Throws: `Failure` when the disk is full.
    func flush() throws(Failure) {
        for part in pending.indices where !pending[part].isEmpty {
            try write(part)
            pending[part] = []
        }
    }

    /// Gives the rows of a part, with their texts as those of the pool's current batch.
    ///
    /// `take` is called with the ordinal and the cells of each row and ends a batch by forgetting the texts.
    ///
    /// - Throws: `Failure` when reading fails.
    func read(
        _ part: Int,
        _ pool: TextPool,
        _ take: (_ ordinal: UInt64, _ cells: [Cell]) throws(Failure) -> Void
    ) throws(Failure) {
        var words: [UInt64] = []
        var text: [UInt8] = []
        var cells = Array(repeating: Cell.missing, count: width)
        for extent in extents[part] {
            try file.read(extent, into: &words)
            var next = 0
            while next < words.count {
                let ordinal = words[next]
                next += 1
                for index in 0..<width { cells[index] = SpilledRows.cell(words, &next, pool, &text) }
                try take(ordinal, cells)
            }
        }
    }

    private static func cell(_ words: [UInt64], _ next: inout Int, _ pool: TextPool, _ text: inout [UInt8]) -> Cell {
        let word = words[next]
        next += 1
        let mark = word & markMask
        guard mark == textMark || mark == structureMark else { return Cell(bits: word) }
        let length = Int(word & ~markMask)
        text.removeAll(keepingCapacity: true)
        while text.count < length {
            var bytes = words[next]
            next += 1
            for _ in 0..<min(8, length - text.count) {
                text.append(UInt8(truncatingIfNeeded: bytes))
                bytes >>= 8
            }
        }
        let cell = pool.makePlain(text)
        return mark == structureMark ? cell.asStructure : cell
    }
}
