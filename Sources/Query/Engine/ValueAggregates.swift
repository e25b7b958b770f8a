import Columns
import RoadblockCore

/// The different values of each group with how often each came, exactly: `count_distinct`, `values` and `topk`.
final class DistinctAggregate: Aggregate {
    enum Kind {
        case count
        case values
        case top(Int)
    }

    private let kind: Kind
    private let argument: Node
    /// One entry for each group and value.
    private let pairs = GroupTable(keyCount: 2)
    private var occurrences: [Int] = []
    private var counts: [Int] = []

    init(_ kind: Kind, _ argument: Node) {
        self.kind = kind
        self.argument = argument
    }

    override var held: Int { pairs.count }

    override func grow(to groups: Int) { lengthen(&counts, to: groups, with: 0) }

    override func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) {
        let column = argument.evaluate(frame, rows)
        for index in 0..<rows.count {
            let cell = column[rows[index]]
            if !cell.isMissing { add(Int(groups[index]), frame.pool.keep(cell), 1) }
        }
    }

    @inline(__always)
    private func add(_ group: Int, _ cell: Cell, _ times: Int) {
        let pair = pairs.group(UInt64(truncatingIfNeeded: group), cell.bits)
        if pair == occurrences.count {
            occurrences.append(0)
            counts[group] &+= 1
        }
        occurrences[pair] &+= times
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        guard let other = other as? DistinctAggregate else { return }
        for pair in 0..<other.pairs.count {
            let group = Int(other.pairs.key(0, of: pair).bits)
            let cell = frame.pool.take(other.pairs.key(1, of: pair), from: otherFrame.pool)
            add(Int(map[group]), cell, other.occurrences[pair])
        }
    }

    override func result(_ group: Int, _ frame: Frame) -> Cell {
        switch kind {
        case .count: return Cell(number: Double(counts[group]))
        case .values:
            let cells = values(of: group).map(\.cell).sorted { frame.order.compare($0, $1) < 0 }
            return list(cells, frame)
        case .top(let count):
            let cells = values(of: group).sorted {
                $0.times != $1.times ? $0.times > $1.times : frame.order.compare($0.cell, $1.cell) < 0
            }
            return list(cells.prefix(count).map(\.cell), frame)
        }
    }

    private var byGroup: [[Int32]] = []

    private func values(of group: Int) -> [(cell: Cell, times: Int)] {
        if byGroup.count != counts.count {
            byGroup = Array(repeating: [], count: counts.count)
            for pair in 0..<pairs.count { byGroup[Int(pairs.key(0, of: pair).bits)].append(Int32(pair)) }
        }
        return byGroup[group].map { (pairs.key(1, of: Int($0)), occurrences[Int($0)]) }
    }

    private func list(_ cells: [Cell], _ frame: Frame) -> Cell {
        let items = cells.map { cell -> JSONValue in
            guard cell.isNumber else { return .string(frame.values.text(cell) ?? "") }
            return Int(exactly: cell.number).map { .int($0) } ?? .double(cell.number)
        }
        return frame.pool.make(JSONValue.array(items).compact).asStructure
    }
}

/// The exact nearest-rank percentile of what is a number: `pct(f, p)`.
final class PercentileAggregate: Aggregate {
    private let argument: Node
    private let percent: Double
    private var samples: [[Float64]] = []
    private var total = 0

    init(_ argument: Node, _ percent: Double) {
        self.argument = argument
        self.percent = percent
    }

    override var held: Int { total }

    override func grow(to groups: Int) {
        lengthen(&samples, to: groups, with: [])
    }

    override func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) {
        let column = argument.evaluate(frame, rows)
        for index in 0..<rows.count {
            guard let value = frame.values.number(column[rows[index]]) else { continue }
            samples[Int(groups[index])].append(value)
            total &+= 1
        }
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        guard let other = other as? PercentileAggregate else { return }
        for group in other.samples.indices {
            samples[Int(map[group])] += other.samples[group]
            other.samples[group] = []
        }
        total += other.total
    }

    override func result(_ group: Int, _ frame: Frame) -> Cell {
        guard !samples[group].isEmpty else { return .missing }
        samples[group].sort()
        let rank = (percent / 100 * Double(samples[group].count)).rounded(.up)
        return Cell(number: samples[group][min(max(Int(rank) - 1, 0), samples[group].count - 1)])
    }
}
