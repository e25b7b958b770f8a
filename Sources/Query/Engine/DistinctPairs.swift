import Columns
import RoadblockCore

/// The different values of groups, exactly: those that do not fit into memory wait in a temporary file.
final class DistinctPairs {
    private let pool = TextPool()
    private let table = GroupTable(keyCount: 2)
    private let memory: Int
    private let level: Int
    private var overflow: SpilledRows?

    init(memory: Int, level: Int) {
        self.memory = memory
        self.level = level
    }

    /// A file for pairs: the value, by which they are spread, and the group.
    static func file(level: Int) -> SpilledRows { SpilledRows(width: 2, keyCount: 1, level: level) }

    private func take(_ value: Cell, _ group: Cell, _ source: TextPool) throws(Failure) {
        guard let overflow else {
            _ = table.group(pool.take(value, from: source).bits, group.bits)
            if table.byteCount + pool.keptBytes > memory { overflow = DistinctPairs.file(level: level) }
            return
        }
        if let cell = pool.find(value, from: source), table.find([cell.bits, group.bits]) != nil { return }
        try overflow.append(0, [value, group], source)
    }

    /// Calls the body once for each different pair.
    private func finish(_ body: (_ group: Int) -> Void) throws(Failure) {
        if let overflow {
            try DistinctPairs.forEach([(overflow, nil)], memory: memory, level: level + 1, isKnown: isKnown, body)
        }
        for pair in 0..<table.count { body(Int(table.key(1, of: pair).number)) }
    }

    private func isKnown(_ value: Cell, _ group: Int, _ source: TextPool) -> Bool {
        guard let cell = pool.find(value, from: source) else { return false }
        return table.find([cell.bits, Cell(number: Double(group)).bits]) != nil
    }

    /// Calls the body once for each different pair in some files that is not known.
    ///
    /// `maps` have the group of each of a file's groups, where these are others.
    /// - Throws: `Failure` when reading or writing a temporary file fails.
    static func forEach(
        _ files: [(rows: SpilledRows, map: [Int32]?)],
        memory: Int,
        level: Int,
        isKnown: (_ value: Cell, _ group: Int, _ source: TextPool) -> Bool,
        _ body: (_ group: Int) -> Void
    ) throws(Failure) {
        for file in files { try file.rows.flush() }
        let source = TextPool()
        for part in 0..<SpilledRows.partCount {
            let rest = DistinctPairs(memory: memory, level: level)
            for file in files {
                try file.rows.read(part, source) { (_, cells) throws(Failure) in
                    let written = Int(cells[1].number)
                    let group = file.map.map { Int($0[written]) } ?? written
                    if !isKnown(cells[0], group, source) {
                        try rest.take(cells[0], Cell(number: Double(group)), source)
                    }
                    source.forgetScratch()
                }
            }
            try rest.finish(body)
        }
    }
}
