import Columns

/// One cell for each group, which better ones replace: texts that are no longer needed do not stay in memory.
struct ReplacedCells {
    private(set) var pool = TextPool()
    private(set) var order: NaturalOrder
    private var cells: [Cell] = []
    /// Bytes of texts at which those that are needed are copied, and the others let go.
    private var limit = leastLimit
    /// There may be hundreds of aggregates.
    private static let leastLimit = 64 << 10

    init() { order = NaturalOrder(pool) }

    /// Bytes that the texts take.
    var byteCount: Int { pool.keptBytes }

    mutating func grow(to count: Int) { lengthen(&cells, to: count, with: .missing) }

    /// The cell of a group, whose text is one of `pool`.
    @inline(__always)
    subscript(group: Int) -> Cell { cells[group] }

    var indices: Range<Int> { cells.indices }

    /// Puts a cell of another pool in the place of a group's.
    @inline(__always)
    mutating func replace(_ group: Int, _ cell: Cell, from other: TextPool) {
        cells[group] = pool.take(cell, from: other)
        if pool.keptBytes > limit { compact() }
    }

    private mutating func compact() {
        let kept = TextPool()
        for index in cells.indices { cells[index] = kept.take(cells[index], from: pool) }
        pool = kept
        order = NaturalOrder(kept)
        limit = max(ReplacedCells.leastLimit, 2 * kept.keptBytes)
    }
}
