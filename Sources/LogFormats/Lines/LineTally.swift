/// Lines that something is to be said of: how many there are, and where the first ones lie.
struct LineTally: Sendable {
    private(set) var count = 0
    /// Places in a block, from 0; not more than are told.
    private(set) var lines: [Int] = []

    /// Lines that are told by their number.
    static let told = 5

    mutating func add(_ line: Int) {
        count += 1
        if lines.count < LineTally.told { lines.append(line) }
    }

    mutating func clear() {
        count = 0
        lines.removeAll(keepingCapacity: true)
    }
}

/// The numbers of the lines in a whole input that something is to be said of, whoever reads its blocks in which order.
struct LineNumbers {
    /// A line by the place of its block.
    private struct Entry: Comparable {
        var block: Int
        var line: Int

        static func < (one: Entry, other: Entry) -> Bool { (one.block, one.line) < (other.block, other.line) }
    }

    private(set) var count = 0
    private var entries: [Entry] = []

    /// Adds the lines of a block whose first line has a number, as far as lines are counted.
    mutating func add(_ tally: LineTally, block: Int, firstLine: Int) {
        count += tally.count
        guard !tally.lines.isEmpty else { return }
        entries += tally.lines.map { Entry(block: block, line: firstLine + $0) }
        entries = Array(entries.sorted().prefix(LineTally.told))
    }

    /// The first lines' numbers, as far as they are known yet: `5`, `5, 6 and 9`, `1, 2, 3, 4, 5 …`.
    func list(_ starts: LineStarts) -> String? {
        let numbers = entries.compactMap { entry in starts[entry.block].map { "\($0 + entry.line)" } }
        guard let last = numbers.last else { return nil }
        let first = numbers.dropLast().joined(separator: ", ")
        if count > numbers.count { return numbers.joined(separator: ", ") + " …" }
        return first.isEmpty ? last : "\(first) and \(last)"
    }
}

/// How many lines there are in front of each block, whose lines are counted in any order.
struct LineStarts {
    private var starts = [0]
    /// Blocks behind one that is not counted yet.
    private var waiting: [Int: Int] = [:]

    mutating func add(_ count: Int, block: Int) {
        waiting[block] = count
        while let next = waiting.removeValue(forKey: starts.count - 1) {
            starts.append(starts[starts.count - 1] + next)
        }
    }

    /// Lines in front of a block; `nil` while those of a block before it are not counted.
    subscript(block: Int) -> Int? { block < starts.count ? starts[block] : nil }
}
