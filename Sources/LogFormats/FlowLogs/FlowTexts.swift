import Columns

/// The interface ids and other words of flow records, each kept once and named by a number.
package final class FlowTexts {
    let pool = TextPool()
    /// The block that was lent last: several readers take turns.
    private var current: ObjectIdentifier?

    package init() {}

    /// Lends a block, where another one was lent since.
    @inline(__always)
    func use(_ block: LineBlock) {
        if current != ObjectIdentifier(block) { lend(block) }
    }

    /// Lends a block whose bytes are new.
    func lend(_ block: LineBlock) {
        block.lend(to: pool)
        current = ObjectIdentifier(block)
    }

    /// The text of a number; empty for 0.
    package subscript(id: Int32) -> String {
        guard id > 0, Int(id) <= pool.keptCount else { return "" }
        return pool.string(Cell(kept: Int(id) - 1))
    }

    /// The number of a text, from 1; 0 where there are too many different ones.
    package func id(_ text: String) -> Int32 {
        let cell = pool.keep(text)
        return cell.isKept ? Int32(truncatingIfNeeded: cell.index + 1) : 0
    }

    /// The number of a part of the block that was lent to the pool.
    @inline(__always)
    func id(_ start: Int, _ end: Int) -> Int32 {
        let cell = pool.blockWord(offset: start, length: end - start)
        return cell.isKept ? Int32(truncatingIfNeeded: cell.index &+ 1) : 0
    }
}
