import Columns
import RoadblockCore

/// All numbers of each group, for every aggregate that looks at the numbers of one argument.
final class NumberSamples {
    private let argument: Node
    private var samples: [Sample] = []
    private var total = 0

    private struct Sample {
        var values: [Double] = []
        var isSorted = false
    }

    init(_ argument: Node) { self.argument = argument }

    /// Bytes of the numbers: arrays grow by doubling.
    var held: Int { total * 16 }
    /// Bytes of the numbers, and of what each group has beside them.
    var byteCount: Int { held + samples.count * 56 }

    func grow(to groups: Int) { lengthen(&samples, to: groups, with: Sample()) }

    func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32]) {
        argument.eachNumber(frame, rows, groups) { number, group in
            samples[group].values.append(number)
            total &+= 1
        }
    }

    /// Takes over the numbers of another worker, which has none afterwards.
    func merge(_ other: NumberSamples, _ map: [Int32]) {
        for group in other.samples.indices {
            samples[Int(map[group])].values += other.samples[group].values
            other.samples[group] = Sample()
        }
        total += other.total
        other.total = 0
    }

    /// The numbers of a group, in no order.
    func values(of group: Int) -> [Double] { samples[group].values }

    /// The number with a rank from 1 on, once all numbers are there.
    func value(of group: Int, rank: (_ count: Int) -> Int) -> Double? {
        guard !samples[group].values.isEmpty else { return nil }
        if !samples[group].isSorted {
            samples[group].values.sort()
            samples[group].isSorted = true
        }
        return samples[group].values[rank(samples[group].values.count) - 1]
    }
}

/// An aggregate of all numbers of each group; of those with the same argument the first keeps them.
class SampleAggregate: Aggregate {
    let samples: NumberSamples
    private let isOwner: Bool

    init(_ samples: NumberSamples, isOwner: Bool) {
        self.samples = samples
        self.isOwner = isOwner
    }

    override var byteCount: Int { isOwner ? samples.byteCount : 0 }
    override var held: Int { isOwner ? samples.held : 0 }

    override func grow(to groups: Int) { if isOwner { samples.grow(to: groups) } }

    override func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) {
        if isOwner { samples.add(frame, rows, groups) }
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        if isOwner, let other = other as? SampleAggregate { samples.merge(other.samples, map) }
    }
}

/// The exact nearest-rank percentile of what is a number: `pct(f, p)`.
final class PercentileAggregate: SampleAggregate {
    private let percentage: Percentage

    init(_ samples: NumberSamples, isOwner: Bool, _ percent: Double) {
        percentage = Percentage(percent)
        super.init(samples, isOwner: isOwner)
    }

    override func result(_ group: Int, _ frame: Frame) -> Cell {
        samples.value(of: group, rank: percentage.rank).map { Cell(number: $0) } ?? .missing
    }
}

/// `histogram(f, buckets)`: how many numbers lie in each of so many ranges of the same width, as a map.
///
/// The ranges go from the least number to the greatest, which the last one includes; their names are `0..10`.
final class HistogramAggregate: SampleAggregate {
    /// Ranges that one map may have.
    static let limit = 1000

    private let buckets: Int

    init(_ samples: NumberSamples, isOwner: Bool, _ buckets: Int) {
        self.buckets = buckets
        super.init(samples, isOwner: isOwner)
    }

    override func result(_ group: Int, _ frame: Frame) -> Cell {
        let values = samples.values(of: group)
        guard let least = values.min(), let greatest = values.max() else { return .missing }
        let width = (greatest - least) / Double(buckets)
        let count = width > 0 && width.isFinite ? buckets : 1
        var counts = Array(repeating: 0, count: count)
        for value in values {
            let place = count > 1 ? (value - least) / width : 0
            counts[min(count - 1, max(0, Int(place)))] += 1
        }
        let members = counts.enumerated().map { index, number in
            let low = index == 0 ? least : least + Double(index) * width
            let high = index == count - 1 ? greatest : least + Double(index + 1) * width
            return JSONValue.Member("\(CellText.render(low))..\(CellText.render(high))", .int(number))
        }
        return frame.pool.make(JSONValue.object(members).compact).asStructure
    }
}
