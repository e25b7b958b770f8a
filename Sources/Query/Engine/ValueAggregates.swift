import Columns
import RoadblockCore

/// The different values of each group with how often each came, exactly: `count_distinct`, `values` and `topk`.
///
/// Where values are only counted, those that do not fit into memory wait in a temporary file.
final class DistinctAggregate: Aggregate {
    enum Kind {
        case count
        case values
        case top(Int)

        var isCount: Bool { if case .count = self { true } else { false } }
    }

    private let kind: Kind
    private let argument: Node
    /// One entry for each group and value.
    private let pairs = GroupTable(keyCount: 2)
    private var occurrences: [Int] = []
    private var counts: [Int] = []
    /// Bytes of texts that were kept for values.
    private var textBytes = 0
    private var overflow: SpilledRows?
    /// Pairs of other workers in files, and the group here of each of theirs.
    private var others: [(rows: SpilledRows, map: [Int32]?)] = []

    init(_ kind: Kind, _ argument: Node) {
        self.kind = kind
        self.argument = argument
    }

    override var byteCount: Int { pairs.byteCount + occurrences.count * 8 + textBytes }
    override var held: Int { kind.isCount ? 0 : byteCount }

    override func grow(to groups: Int) { lengthen(&counts, to: groups, with: 0) }

    override func add(
        _ frame: Frame,
        _ rows: RowSelection,
        _ groups: [Int32],
        _ firstOrdinal: UInt64
    ) throws(Failure) {
        let column = argument.evaluate(frame, rows)
        if let overflow { return try add(frame, column, rows, groups, beyond: overflow) }
        let before = frame.pool.keptBytes
        for index in 0..<rows.count {
            let cell = column[rows[index]]
            if !cell.isMissing { add(Int(groups[index]), frame.pool.keep(cell), 1) }
        }
        textBytes += frame.pool.keptBytes - before
        if kind.isCount, byteCount > frame.settings.workerMemory { overflow = DistinctPairs.file(level: 0) }
    }

    private func add(
        _ frame: Frame,
        _ column: CellColumn,
        _ rows: RowSelection,
        _ groups: [Int32],
        beyond overflow: SpilledRows
    ) throws(Failure) {
        for index in 0..<rows.count {
            let cell = column[rows[index]]
            if cell.isMissing || isKnown(cell, Int(groups[index]), frame, frame.pool) { continue }
            try overflow.append(0, [cell, Cell(number: Double(groups[index]))], frame.pool)
        }
    }

    private func isKnown(_ cell: Cell, _ group: Int, _ frame: Frame, _ source: TextPool) -> Bool {
        guard let value = frame.pool.find(cell, from: source) else { return false }
        return pairs.find([UInt64(truncatingIfNeeded: group), value.bits]) != nil
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
        let before = frame.pool.keptBytes
        for pair in 0..<other.pairs.count {
            let group = Int(other.pairs.key(0, of: pair).bits)
            let cell = frame.pool.take(other.pairs.key(1, of: pair), from: otherFrame.pool)
            add(Int(map[group]), cell, other.occurrences[pair])
        }
        textBytes += frame.pool.keptBytes - before
        if let more = other.overflow { others.append((more, map)) }
    }

    override func complete(_ frame: Frame) throws(Failure) {
        var files = others
        if let overflow { files.append((overflow, nil)) }
        guard !files.isEmpty else { return }
        others = []
        overflow = nil
        try DistinctPairs.forEach(
            files,
            memory: frame.settings.workerMemory,
            level: 1,
            isKnown: { isKnown($0, $1, frame, $2) },
            { counts[$0] += 1 }
        )
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

    /// The pairs of all groups, one group after the other, and where those of each begin.
    private var byGroup: [Int32] = []
    private var starts: [Int] = []

    private func values(of group: Int) -> [(cell: Cell, times: Int)] {
        if starts.count != counts.count + 1 || byGroup.count != pairs.count { orderByGroup() }
        return byGroup[starts[group]..<starts[group + 1]].map { pair in
            (pairs.key(1, of: Int(pair)), occurrences[Int(pair)])
        }
    }

    private func orderByGroup() {
        starts = Array(repeating: 0, count: counts.count + 1)
        for group in counts.indices { starts[group + 1] = starts[group] + counts[group] }
        var next = starts
        byGroup = Array(repeating: 0, count: pairs.count)
        for pair in 0..<pairs.count {
            let group = Int(pairs.key(0, of: pair).bits)
            byGroup[next[group]] = Int32(truncatingIfNeeded: pair)
            next[group] += 1
        }
    }

    private func list(_ cells: [Cell], _ frame: Frame) -> Cell {
        let items = cells.map { cell -> JSONValue in
            guard cell.isNumber else { return .string(frame.values.text(cell) ?? "") }
            return Int(exactly: cell.number).map { .int($0) } ?? .double(cell.number)
        }
        return frame.pool.make(JSONValue.array(items).compact).asStructure
    }
}
