import Columns
import RoadblockCore

/// How the rows of a result follow each other: by the keys of `sort`, then by their places in the input.
struct RowOrdering {
    /// By key: whether the greatest comes first.
    let descends: [Bool]
    /// Rows that are equal by all keys come in the order of the input, or the other way round.
    let isNewestFirst: Bool

    /// The same rows from the last to the first.
    var reversed: Self { RowOrdering(descends: descends.map { !$0 }, isNewestFirst: !isNewestFirst) }

    /// Whether a row precedes another; the texts of the keys are of the order's pool.
    func precedes(
        _ a: ArraySlice<UInt64>,
        _ place: UInt64,
        _ b: ArraySlice<UInt64>,
        _ otherPlace: UInt64,
        _ order: NaturalOrder
    ) -> Bool {
        for index in descends.indices {
            let step = order.compare(Cell(bits: a[a.startIndex + index]), Cell(bits: b[b.startIndex + index]))
            if step != 0 { return (step < 0) != descends[index] }
        }
        return isNewestFirst ? place > otherPlace : place < otherPlace
    }
}

/// The first row of each combination of the keys of `dedup`.
///
/// Where they need more memory than they may have, rows of further combinations wait in a temporary file, in parts by the
/// hash of the keys, and are told apart part by part.
final class DistinctRows {
    private let keyCount: Int
    /// Cells of a row, without its place.
    private let width: Int
    private let ordering: RowOrdering
    private let memory: Int
    private let level: Int
    private var pool = TextPool()
    private var table: GroupTable
    /// The cells of the row of each combination, then its place.
    private var rows: [UInt64] = []
    private var overflow: SpilledRows?
    private var others: [SpilledRows] = []
    private var tuple: [UInt64]
    private var candidate: [UInt64] = []
    /// Bytes of texts at which those of rows that were replaced are let go.
    private var textLimit = 4 << 20

    /// Rows are `keyCount` keys and `width` cells, which begin with those that they are ordered by.
    init(keyCount: Int, width: Int, _ ordering: RowOrdering, memory: Int, level: Int = 0) {
        self.keyCount = keyCount
        self.width = width
        self.ordering = ordering
        self.memory = memory
        self.level = level
        table = GroupTable(keyCount: keyCount)
        tuple = Array(repeating: 0, count: keyCount)
    }

    /// Combinations that are held in memory.
    var count: Int { table.count }

    private var isFull: Bool { table.byteCount + rows.count * 8 + pool.keptBytes > memory }

    /// Takes a row, which is its keys and then its cells, of another pool.
    ///
    /// - Throws: `Failure` when the disk is full.
    func take(_ cells: [Cell], _ place: UInt64, _ source: TextPool) throws(Failure) {
        guard let overflow else {
            insert(cells, place, source)
            if isFull {
                compact()
                if isFull {
                    self.overflow = SpilledRows(width: keyCount + width, keyCount: keyCount, level: level)
                }
            }
            return
        }
        if !settle(cells, place, source) { try overflow.append(place, cells, source) }
    }

    private func insert(_ cells: [Cell], _ place: UInt64, _ source: TextPool) {
        for key in 0..<keyCount { tuple[key] = pool.take(cells[key], from: source).bits }
        let group = table.group(tuple)
        guard group * (width + 1) == rows.count else { return replace(group, cells, place, source) }
        for index in 0..<width { rows.append(pool.take(cells[keyCount + index], from: source).bits) }
        rows.append(place)
    }

    /// Takes a row whose combination is here; false where it is not.
    private func settle(_ cells: [Cell], _ place: UInt64, _ source: TextPool) -> Bool {
        for key in 0..<keyCount {
            guard let cell = pool.find(cells[key], from: source) else { return false }
            tuple[key] = cell.bits
        }
        guard let group = table.find(tuple) else { return false }
        replace(group, cells, place, source)
        return true
    }

    /// Puts a row in the place of the one that has the same keys where it precedes that.
    private func replace(_ group: Int, _ cells: [Cell], _ place: UInt64, _ source: TextPool) {
        let start = group * (width + 1)
        candidate.removeAll(keepingCapacity: true)
        for index in ordering.descends.indices {
            candidate.append(pool.borrow(cells[keyCount + index], from: source).bits)
        }
        let order = NaturalOrder(pool)
        let precedes = ordering.precedes(candidate[...], place, rows[start...], rows[start + width], order)
        pool.forgetScratch()
        guard precedes else { return }
        for index in 0..<width { rows[start + index] = pool.take(cells[keyCount + index], from: source).bits }
        rows[start + width] = place
        if pool.keptBytes > textLimit { compact() }
    }

    /// Lets go of the texts of rows that were replaced.
    private func compact() {
        let kept = TextPool()
        let fresh = GroupTable(keyCount: keyCount)
        for group in 0..<table.count {
            for key in 0..<keyCount { tuple[key] = kept.take(table.key(key, of: group), from: pool).bits }
            _ = fresh.group(tuple)
            let start = group * (width + 1)
            for index in start..<(start + width) { rows[index] = kept.take(Cell(bits: rows[index]), from: pool).bits }
        }
        pool = kept
        table = fresh
        textLimit = max(4 << 20, 2 * kept.keptBytes)
    }

    /// Takes over the rows of another worker.
    func merge(_ other: DistinctRows) {
        other.forEach { cells, place in insert(cells, place, other.pool) }
        others += other.others
        if let more = other.overflow { others.append(more) }
    }

    private func forEach(_ body: ([Cell], UInt64) -> Void) {
        var cells = Array(repeating: Cell.missing, count: keyCount + width)
        for group in 0..<table.count {
            let start = group * (width + 1)
            for key in 0..<keyCount { cells[key] = table.key(key, of: group) }
            for index in 0..<width { cells[keyCount + index] = Cell(bits: rows[start + index]) }
            body(cells, rows[start + width])
        }
    }

    /// Hands on the first row of each combination: its cells, of a pool, and its place.
    ///
    /// - Throws: `Failure` when reading or writing a temporary file fails.
    func finish(
        _ body: (_ cells: ArraySlice<UInt64>, _ place: UInt64, _ pool: TextPool) throws(Failure) -> Void
    ) throws(Failure) {
        let waiting = others + (overflow.map { [$0] } ?? [])
        for rows in waiting { try rows.flush() }
        let source = TextPool()
        for part in 0..<SpilledRows.partCount where !waiting.isEmpty {
            let rest = DistinctRows(keyCount: keyCount, width: width, ordering, memory: memory, level: level + 1)
            for rows in waiting {
                try rows.read(part, source) { (place, cells) throws(Failure) in
                    if !settle(cells, place, source) { try rest.take(cells, place, source) }
                    source.forgetScratch()
                }
            }
            try rest.finish(body)
        }
        for start in stride(from: 0, to: rows.count, by: width + 1) {
            try body(rows[start..<(start + width)], rows[start + width], pool)
        }
    }
}
