import Columns
import RoadblockCore

/// An aggregate function's state for all groups of one worker.
class Aggregate {
    /// Makes room for so many groups.
    func grow(to groups: Int) {}

    /// Adds the selected rows; `groups` has the group of each position of the selection.
    func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) throws(Failure) {}

    /// Takes over another worker's state, which is not looked at afterwards; `map` has the group of each of its groups.
    func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {}

    /// The value of a group.
    func result(_ group: Int, _ frame: Frame) -> Cell { .missing }

    /// Bytes that are held beside some forty for each group.
    var byteCount: Int { 0 }

    /// Bytes that are held for the values of groups and cannot wait in a file.
    var held: Int { 0 }

    /// What of these bytes was counted for the query.
    final var counted = 0

    /// Does what is left to do before there are results.
    ///
    /// - Throws: `Failure` when a temporary file cannot be read.
    func complete(_ frame: Frame) throws(Failure) {}
}

/// Lengthens an array of states to a number of groups.
@inline(__always)
func lengthen<State>(_ states: inout [State], to count: Int, with state: State) {
    if states.count < count { states.append(contentsOf: repeatElement(state, count: count - states.count)) }
}

extension Node {
    /// Gives each number among the values of the selected rows, and the row's group.
    @inline(__always)
    final func eachNumber(
        _ frame: Frame,
        _ rows: RowSelection,
        _ groups: [Int32],
        _ take: (_ number: Double, _ group: Int) -> Void
    ) {
        let column = evaluate(frame, rows)
        for index in 0..<rows.count {
            guard let number = frame.values.number(column[rows[index]]) else { continue }
            take(number, Int(groups[index]))
        }
    }
}

/// `count(*)`, and `count(f)` of rows that have f.
final class CountAggregate: Aggregate {
    private let argument: Node?
    private var counts: [Int] = []

    init(_ argument: Node?) { self.argument = argument }

    override func grow(to groups: Int) { lengthen(&counts, to: groups, with: 0) }

    override func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) {
        guard let argument else {
            for index in 0..<rows.count { counts[Int(groups[index])] &+= 1 }
            return
        }
        let column = argument.evaluate(frame, rows)
        for index in 0..<rows.count where !column[rows[index]].isMissing { counts[Int(groups[index])] &+= 1 }
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        guard let other = other as? CountAggregate else { return }
        for (group, count) in other.counts.enumerated() { counts[Int(map[group])] += count }
    }

    override func result(_ group: Int, _ frame: Frame) -> Cell { Cell(number: Double(counts[group])) }
}

/// `min`, `max`, `sortsFirst` and `sortsLast`, by the order of `sort`.
final class ExtremeAggregate: Aggregate {
    private let wantsGreatest: Bool
    private let argument: Node
    private var best = ReplacedCells()

    init(wantsGreatest: Bool, _ argument: Node) {
        self.wantsGreatest = wantsGreatest
        self.argument = argument
    }

    override var byteCount: Int { best.byteCount }

    override func grow(to groups: Int) { best.grow(to: groups) }

    override func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) {
        let column = argument.evaluate(frame, rows)
        for index in 0..<rows.count { take(column[rows[index]], Int(groups[index]), frame.pool) }
    }

    @inline(__always)
    private func take(_ cell: Cell, _ group: Int, _ pool: TextPool) {
        if cell.isMissing { return }
        let old = best[group]
        if !old.isMissing {
            let isHeld = cell.isText || cell.isStructure
            let order = best.order.compare(isHeld ? best.pool.borrow(cell, from: pool) : cell, old)
            if isHeld { best.pool.forgetScratch() }
            if wantsGreatest ? order <= 0 : order >= 0 { return }
        }
        best.replace(group, cell, from: pool)
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        guard let other = other as? ExtremeAggregate else { return }
        for group in other.best.indices { take(other.best[group], Int(map[group]), other.best.pool) }
    }

    override func result(_ group: Int, _ frame: Frame) -> Cell { frame.pool.borrow(best[group], from: best.pool) }
}

/// `earliest` and `latest`: the value of the row with the smallest or greatest `@timestamp`.
///
/// Rows without the value do not count; of rows at one time the first, or the last, in the order of the input.
final class TimeExtremeAggregate: Aggregate {
    private let wantsLatest: Bool
    private let argument: Node
    private let time: Node
    private var best = ReplacedCells()
    private var moments: [(time: Int64, ordinal: UInt64)] = []

    init(wantsLatest: Bool, _ argument: Node, time: Node) {
        self.wantsLatest = wantsLatest
        self.argument = argument
        self.time = time
    }

    override var byteCount: Int { best.byteCount }

    override func grow(to groups: Int) {
        best.grow(to: groups)
        lengthen(&moments, to: groups, with: (0, 0))
    }

    override func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) {
        let column = argument.evaluate(frame, rows)
        let times = time.evaluate(frame, rows)
        for index in 0..<rows.count {
            let row = rows[index]
            guard times[row].isTime || times[row].isNumber, !column[row].isMissing else { continue }
            let number = min(max(times[row].number, -9e18), 9e18)
            let at = times[row].isTime ? times[row].milliseconds : Int64(number)
            let ordinal = frame.ordinal(of: row, firstOrdinal)
            if isBetter(at, ordinal, Int(groups[index])) {
                best.replace(Int(groups[index]), column[row], from: frame.pool)
                moments[Int(groups[index])] = (at, ordinal)
            }
        }
    }

    private func isBetter(_ time: Int64, _ ordinal: UInt64, _ group: Int) -> Bool {
        if best[group].isMissing { return true }
        let old = moments[group]
        if time != old.time { return wantsLatest ? time > old.time : time < old.time }
        return wantsLatest ? ordinal > old.ordinal : ordinal < old.ordinal
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        guard let other = other as? TimeExtremeAggregate else { return }
        for (group, theirs) in other.moments.enumerated() where !other.best[group].isMissing {
            let mine = Int(map[group])
            if isBetter(theirs.time, theirs.ordinal, mine) {
                best.replace(mine, other.best[group], from: other.best.pool)
                moments[mine] = theirs
            }
        }
    }

    override func result(_ group: Int, _ frame: Frame) -> Cell { frame.pool.borrow(best[group], from: best.pool) }
}
