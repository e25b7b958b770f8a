import Columns
import RoadblockCore

/// The different values of each group with how often each came, exactly, for every aggregate that looks at the values of
/// one argument.
///
/// Where values are only counted, those that do not fit into memory wait in a temporary file.
final class DistinctValues {
    private let argument: Node
    /// One entry for each group and value.
    private var pairs = GroupTable(keyCount: 2)
    private var occurrences: [Int] = []
    private var counts: [Int] = []
    /// Bytes of texts that were kept for values.
    private var textBytes = 0
    /// True where some aggregate lists the values, so that they have to stay in memory.
    var isListed = false
    /// Among how many of its kind the memory of a worker is shared; 0 where all values have to stay in memory.
    var sharers = 1
    private var overflow: SpilledRows?
    /// Pairs of other workers in files, and the group here of each of theirs.
    private var others: [(rows: SpilledRows, map: [Int32]?)] = []

    init(_ argument: Node) { self.argument = argument }

    private var staysInMemory: Bool { isListed || sharers == 0 }
    var byteCount: Int { pairs.byteCount + occurrences.count * 8 + textBytes }
    /// Bytes that cannot wait in a file.
    var held: Int { staysInMemory ? byteCount : 0 }

    func grow(to groups: Int) { lengthen(&counts, to: groups, with: 0) }

    func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32]) throws(Failure) {
        let column = argument.evaluate(frame, rows)
        if let overflow { return try add(frame, column, rows, groups, beyond: overflow) }
        let before = frame.pool.keptBytes
        for index in 0..<rows.count {
            let cell = column[rows[index]]
            if !cell.isMissing { add(Int(groups[index]), frame.pool.keep(cell), 1) }
        }
        textBytes += frame.pool.keptBytes - before
        if !staysInMemory, byteCount > memory(frame) { overflow = DistinctPairs.file(level: 0) }
    }

    private func memory(_ frame: Frame) -> Int { frame.settings.workerMemory / max(1, sharers) }

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

    /// Takes over the values of another worker, which has none afterwards.
    func merge(_ other: DistinctValues, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        let before = frame.pool.keptBytes
        for pair in 0..<other.pairs.count {
            let group = Int(other.pairs.key(0, of: pair).bits)
            let cell = frame.pool.take(other.pairs.key(1, of: pair), from: otherFrame.pool)
            add(Int(map[group]), cell, other.occurrences[pair])
        }
        textBytes += frame.pool.keptBytes - before
        if let more = other.overflow { others.append((more, map)) }
        other.pairs = GroupTable(keyCount: 2)
        other.occurrences = []
        other.textBytes = 0
    }

    /// Counts what waits in files.
    ///
    /// - Throws: `Failure` when a temporary file cannot be read.
    func complete(_ frame: Frame) throws(Failure) {
        var files = others
        if let overflow { files.append((overflow, nil)) }
        guard !files.isEmpty else { return }
        others = []
        overflow = nil
        try DistinctPairs.forEach(
            files,
            memory: memory(frame),
            level: 1,
            isKnown: { isKnown($0, $1, frame, $2) },
            { counts[$0] += 1 }
        )
    }

    /// How many values a group has.
    func count(of group: Int) -> Int { counts[group] }

    /// The pairs of all groups, one group after the other, and where those of each begin.
    private var byGroup: [Int32] = []
    private var starts: [Int] = []

    /// The values of a group in the order of `sort`, or the most frequent first, as a list in JSON.
    func list(of group: Int, mostFrequent limit: Int?, _ frame: Frame) -> Cell {
        if starts.count != counts.count + 1 || byGroup.count != pairs.count { orderByGroup() }
        let sorted = byGroup[starts[group]..<starts[group + 1]].sorted { a, b in
            let (first, second) = (occurrences[Int(a)], occurrences[Int(b)])
            if limit != nil, first != second { return first > second }
            return frame.order.compare(pairs.key(1, of: Int(a)), pairs.key(1, of: Int(b))) < 0
        }
        var text = "["
        for (index, pair) in sorted.prefix(limit ?? .max).enumerated() {
            if index > 0 { text += "," }
            text += item(pairs.key(1, of: Int(pair)), frame).compact
        }
        return frame.pool.make(text + "]").asStructure
    }

    private func item(_ cell: Cell, _ frame: Frame) -> JSONValue {
        guard cell.isNumber else { return .string(frame.values.text(cell) ?? "") }
        return Int(exactly: cell.number).map { .int($0) } ?? .double(cell.number)
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
}
