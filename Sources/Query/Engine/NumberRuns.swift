import RoadblockCore
import Spills

/// Numbers of groups that did not fit into memory: sorted runs in a temporary file, which are merged group by group.
final class NumberRuns {
    /// Numbers that were sorted together, group after group.
    private struct Run {
        let file: SpillFile
        var pieces: [SpillFile.Extent] = []
        var groups: [Int32] = []
        /// Where the numbers of each of the groups begin, and where the last ones end.
        var starts: [Int] = [0]
    }

    private let file = SpillFile()
    private var runs: [Run] = []
    /// Bytes that are held to find the numbers again.
    private(set) var byteCount = 0

    /// Numbers that are written, and read, at once.
    private static let pieceLength = 4 << 10

    var isEmpty: Bool { runs.isEmpty }

    /// Writes the numbers of groups, each group's from the least to the greatest.
    ///
    /// - Throws: `Failure` when the disk is full.
    func write(_ groups: some Sequence<(group: Int, values: [Double])>) throws(Failure) {
        var run = Run(file: file)
        var pending: [UInt64] = []
        pending.reserveCapacity(NumberRuns.pieceLength)
        var count = 0
        for (group, values) in groups where !values.isEmpty {
            for value in values {
                pending.append(value.bitPattern)
                guard pending.count == NumberRuns.pieceLength else { continue }
                run.pieces.append(try file.append(pending))
                pending.removeAll(keepingCapacity: true)
            }
            count += values.count
            run.groups.append(Int32(truncatingIfNeeded: group))
            run.starts.append(count)
        }
        guard count > 0 else { return }
        if !pending.isEmpty { run.pieces.append(try file.append(pending)) }
        keep(run)
    }

    /// Takes over the runs of another worker; `map` has the group here of each of its groups.
    func take(_ other: NumberRuns, _ map: [Int32]) {
        for var run in other.runs {
            // Their order may be another one here: `forEachGroup` puts them in order.
            for index in run.groups.indices { run.groups[index] = map[Int(run.groups[index])] }
            keep(run)
        }
        other.runs = []
        other.byteCount = 0
    }

    private func keep(_ run: Run) {
        runs.append(run)
        byteCount += run.groups.count * 12 + run.pieces.count * 16
    }

    /// Gives each group's numbers, in the order of the groups.
    ///
    /// - Throws: `Failure` when reading fails.
    func forEachGroup(_ take: (Int, inout MergedNumbers) throws(Failure) -> Void) throws(Failure) {
        let readers = runs.map { NumberReader($0.file, $0.pieces, pieceLength: NumberRuns.pieceLength) }
        let orders = runs.map { run in run.groups.indices.sorted { run.groups[$0] < run.groups[$1] } }
        var places = Array(repeating: 0, count: runs.count)
        while true {
            var group = Int32.max
            for run in runs.indices where places[run] < orders[run].count {
                group = min(group, runs[run].groups[orders[run][places[run]]])
            }
            guard group < .max else { return }
            var parts: [(reader: NumberReader, range: Range<Int>)] = []
            for run in runs.indices where places[run] < orders[run].count {
                let place = orders[run][places[run]]
                guard runs[run].groups[place] == group else { continue }
                parts.append((readers[run], runs[run].starts[place]..<runs[run].starts[place + 1]))
                places[run] += 1
            }
            var numbers = try MergedNumbers(parts)
            try take(Int(group), &numbers)
        }
    }
}

/// Reads numbers of a run, a piece at a time.
final class NumberReader {
    private let file: SpillFile
    private let pieces: [SpillFile.Extent]
    private let pieceLength: Int
    private var words: [UInt64] = []
    private var piece = -1

    init(_ file: SpillFile, _ pieces: [SpillFile.Extent], pieceLength: Int) {
        self.file = file
        self.pieces = pieces
        self.pieceLength = pieceLength
    }

    /// The number in a place of the run.
    func number(at place: Int) throws(Failure) -> Double {
        let wanted = place / pieceLength
        if wanted != piece {
            try file.read(pieces[wanted], into: &words)
            piece = wanted
        }
        return Double(bitPattern: words[place - wanted * pieceLength])
    }
}

/// The numbers of one group from the least to the greatest, merged from several runs.
struct MergedNumbers {
    /// A run's next number, and its places.
    private struct Head {
        var value: Double
        var next: Int
        let end: Int
        let reader: NumberReader
    }

    /// The least value is that of the first head; those of 2n+1 and 2n+2 are not below that of n.
    private var heads: [Head] = []
    let count: Int
    let least: Double
    let greatest: Double

    fileprivate init(_ parts: [(reader: NumberReader, range: Range<Int>)]) throws(Failure) {
        var (count, greatest) = (0, -Double.infinity)
        for (reader, range) in parts {
            count += range.count
            greatest = max(greatest, try reader.number(at: range.upperBound - 1))
            let first = try reader.number(at: range.lowerBound)
            heads.append(Head(value: first, next: range.lowerBound + 1, end: range.upperBound, reader: reader))
        }
        // Heads in order are a heap.
        heads.sort { $0.value < $1.value }
        self.count = count
        self.greatest = greatest
        least = heads.first?.value ?? 0
    }

    /// The next number; `nil` behind the last.
    mutating func next() throws(Failure) -> Double? {
        guard let first = heads.first else { return nil }
        if first.next < first.end {
            heads[0].value = try first.reader.number(at: first.next)
            heads[0].next += 1
        } else {
            heads[0] = heads[heads.count - 1]
            heads.removeLast()
        }
        sink()
        return first.value
    }

    private mutating func sink() {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heads.count {
                if heads[child].value < heads[least].value { least = child }
            }
            guard least != place else { return }
            heads.swapAt(place, least)
            place = least
        }
    }
}
