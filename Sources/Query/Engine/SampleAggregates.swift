import Columns
import RoadblockCore

/// An aggregate that keeps every number of each group.
class SampleAggregate: Aggregate {
    private let argument: Node
    fileprivate var samples: [[Double]] = []
    private var total = 0

    init(_ argument: Node) { self.argument = argument }

    override final var byteCount: Int { held + samples.count * 48 }
    override final var held: Int { total * 16 }

    override final func grow(to groups: Int) { lengthen(&samples, to: groups, with: []) }

    override final func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) {
        let column = argument.evaluate(frame, rows)
        for index in 0..<rows.count {
            guard let value = frame.values.number(column[rows[index]]) else { continue }
            samples[Int(groups[index])].append(value)
            total &+= 1
        }
    }

    override final func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        guard let other = other as? SampleAggregate else { return }
        for group in other.samples.indices {
            samples[Int(map[group])] += other.samples[group]
            other.samples[group] = []
        }
        total += other.total
    }
}

/// The exact nearest-rank percentile of what is a number: `pct(f, p)`.
final class PercentileAggregate: SampleAggregate {
    private let percent: Double

    init(_ argument: Node, _ percent: Double) {
        self.percent = percent
        super.init(argument)
    }

    override func result(_ group: Int, _ frame: Frame) -> Cell {
        guard !samples[group].isEmpty else { return .missing }
        samples[group].sort()
        let rank = (percent / 100 * Double(samples[group].count)).rounded(.up)
        return Cell(number: samples[group][min(max(Int(rank) - 1, 0), samples[group].count - 1)])
    }
}

/// `histogram(f, buckets)`: how many numbers lie in each of so many ranges of the same width, as a map.
///
/// The ranges go from the least number to the greatest, which the last one includes; their names are `0..10`.
final class HistogramAggregate: SampleAggregate {
    /// Ranges that one map may have.
    static let limit = 1000

    private let buckets: Int

    init(_ argument: Node, _ buckets: Int) {
        self.buckets = buckets
        super.init(argument)
    }

    override func result(_ group: Int, _ frame: Frame) -> Cell {
        guard let least = samples[group].min(), let greatest = samples[group].max() else { return .missing }
        let width = (greatest - least) / Double(buckets)
        let count = width > 0 && width.isFinite ? buckets : 1
        var counts = Array(repeating: 0, count: count)
        for value in samples[group] {
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
