import Columns
import RoadblockCore

/// All numbers of each group, for every aggregate that looks at the numbers of one argument.
///
/// Those that do not fit into memory wait in a temporary file.
final class NumberSamples {
    /// What is asked of the numbers of each group.
    enum Question: Hashable {
        /// The exact nearest-rank percentile.
        case percentile(Percentage)
        /// How many numbers lie in each of so many ranges of the same width.
        case histogram(Int)
    }

    private let argument: Node
    private var samples: [Sample] = []
    private var total = 0
    private let runs = NumberRuns()
    private var questions: [Question] = []
    /// Once numbers were in a file: the answers to each question by group.
    private var answers: [[Cell]] = []
    /// Among how many of its kind the memory of a worker is shared; 0 where all numbers have to stay in memory.
    var sharers = 1

    private struct Sample {
        var values: [Double] = []
        var isSorted = false

        mutating func sort() {
            if !isSorted { values.sort() }
            isSorted = true
        }
    }

    init(_ argument: Node) { self.argument = argument }

    /// Bytes of the numbers: arrays grow by doubling.
    private var numberBytes: Int { total * 16 }
    /// Bytes of the numbers, and of what each group has beside them.
    var byteCount: Int { numberBytes + samples.count * 56 + runs.byteCount }
    /// Bytes that cannot wait in a file.
    var held: Int { sharers == 0 ? numberBytes : 0 }

    /// The ordinal of a question.
    func ask(_ question: Question) -> Int {
        if let known = questions.firstIndex(of: question) { return known }
        questions.append(question)
        return questions.count - 1
    }

    func grow(to groups: Int) { lengthen(&samples, to: groups, with: Sample()) }

    func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32]) throws(Failure) {
        argument.eachNumber(frame, rows, groups) { number, group in
            samples[group].values.append(number)
            samples[group].isSorted = false
            total &+= 1
        }
        // The other half is for groups.
        if sharers > 0, numberBytes > frame.settings.workerMemory / (2 * sharers) { try writeRun() }
    }

    private func writeRun() throws(Failure) {
        try runs.write(
            samples.indices.lazy.map { group in
                self.samples[group].sort()
                defer { self.samples[group] = Sample() }
                return (group, self.samples[group].values)
            }
        )
        total = 0
    }

    /// Takes over the numbers of another worker, which has none afterwards.
    func merge(_ other: NumberSamples, _ map: [Int32]) {
        for group in other.samples.indices {
            samples[Int(map[group])].values += other.samples[group].values
            samples[Int(map[group])].isSorted = false
            other.samples[group] = Sample()
        }
        runs.take(other.runs, map)
        total += other.total
        other.total = 0
    }

    /// Answers what is asked of numbers that wait in files.
    ///
    /// - Throws: `Failure` when a temporary file cannot be written or read.
    func complete(_ frame: Frame) throws(Failure) {
        guard !runs.isEmpty else { return }
        try writeRun()
        answers = questions.map { _ in Array(repeating: .missing, count: samples.count) }
        try runs.forEachGroup { (group, numbers) throws(Failure) in
            for (question, cell) in try answer(&numbers, frame).enumerated() { answers[question][group] = cell }
        }
    }

    private func answer(_ numbers: inout MergedNumbers, _ frame: Frame) throws(Failure) -> [Cell] {
        var ranks: [Int: [Int]] = [:]
        var ranges: [NumberRanges?] = []
        for (place, question) in questions.enumerated() {
            switch question {
            case .percentile(let percentage):
                ranks[percentage.rank(of: numbers.count), default: []].append(place)
                ranges.append(nil)
            case .histogram(let count): ranges.append(NumberRanges(numbers.least, numbers.greatest, count))
            }
        }
        let hasRanges = ranges.contains { $0 != nil }
        var cells = Array(repeating: Cell.missing, count: questions.count)
        var rank = 0
        while let value = try numbers.next() {
            rank += 1
            for place in ranks[rank] ?? [] { cells[place] = Cell(number: value) }
            if hasRanges { for place in ranges.indices { ranges[place]?.add(value) } }
        }
        for (place, range) in ranges.enumerated() { if let range { cells[place] = frame.pool.keep(range.cell(frame)) } }
        return cells
    }

    /// The answer to a question for a group, once all numbers are there.
    func answer(to question: Int, _ group: Int, _ frame: Frame) -> Cell {
        if !answers.isEmpty { return answers[question][group] }
        samples[group].sort()
        let values = samples[group].values
        guard let least = values.first, let greatest = values.last else { return .missing }
        switch questions[question] {
        case .percentile(let percentage): return Cell(number: values[percentage.rank(of: values.count) - 1])
        case .histogram(let count):
            var ranges = NumberRanges(least, greatest, count)
            for value in values { ranges.add(value) }
            return ranges.cell(frame)
        }
    }
}

/// `pct(f, p)` and `histogram(f, buckets)`; of those with the same argument the first keeps the numbers.
final class SampleAggregate: Aggregate {
    private let samples: NumberSamples
    private let question: Int
    private let isOwner: Bool

    init(_ question: NumberSamples.Question, _ samples: NumberSamples, isOwner: Bool) {
        self.samples = samples
        self.isOwner = isOwner
        self.question = samples.ask(question)
    }

    override var byteCount: Int { isOwner ? samples.byteCount : 0 }
    override var held: Int { isOwner ? samples.held : 0 }

    override func grow(to groups: Int) { if isOwner { samples.grow(to: groups) } }

    override func add(
        _ frame: Frame,
        _ rows: RowSelection,
        _ groups: [Int32],
        _ firstOrdinal: UInt64
    ) throws(Failure) {
        if isOwner { try samples.add(frame, rows, groups) }
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        if isOwner, let other = other as? SampleAggregate { samples.merge(other.samples, map) }
    }

    override func complete(_ frame: Frame) throws(Failure) { if isOwner { try samples.complete(frame) } }

    override func result(_ group: Int, _ frame: Frame) -> Cell { samples.answer(to: question, group, frame) }
}

/// How many numbers lie in each of some ranges of the same width, as a map.
///
/// The ranges go from the least number to the greatest, which the last one includes; their names are `0..10`.
struct NumberRanges {
    /// Ranges that one map may have.
    static let limit = 1000

    private let least: Double
    private let greatest: Double
    private let width: Double
    private var counts: [Int]

    init(_ least: Double, _ greatest: Double, _ count: Int) {
        self.least = least
        self.greatest = greatest
        width = (greatest - least) / Double(count)
        counts = Array(repeating: 0, count: width > 0 && width.isFinite ? count : 1)
    }

    mutating func add(_ value: Double) {
        let place = counts.count > 1 ? Int((value - least) / width) : 0
        counts[min(counts.count - 1, max(0, place))] += 1
    }

    func cell(_ frame: Frame) -> Cell {
        let members = counts.enumerated().map { index, number in
            let low = index == 0 ? least : least + Double(index) * width
            let high = index == counts.count - 1 ? greatest : least + Double(index + 1) * width
            return JSONValue.Member("\(CellText.render(low))..\(CellText.render(high))", .int(number))
        }
        return frame.pool.make(JSONValue.object(members).compact).asStructure
    }
}
