import Columns
import RoadblockCore

/// `rate(f, interval)`: how much a number changes in each interval, from the earliest to the latest of a group.
///
/// CloudWatch's page on time-series functions calls it the per-interval rate of change of a numeric field. Nothing where
/// there is only one moment.
final class RateAggregate: Aggregate {
    private struct Point {
        var time: Int64
        var ordinal: UInt64
        var value: Double
    }

    private let argument: Node
    private let time: Node
    private let interval: Double
    private var firsts: [Point?] = []
    private var lasts: [Point?] = []

    init(_ argument: Node, time: Node, milliseconds: Int64) {
        self.argument = argument
        self.time = time
        interval = Double(milliseconds)
    }

    override func grow(to groups: Int) {
        lengthen(&firsts, to: groups, with: nil)
        lengthen(&lasts, to: groups, with: nil)
    }

    override func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) {
        let column = argument.evaluate(frame, rows)
        let times = time.evaluate(frame, rows)
        for index in 0..<rows.count {
            let row = rows[index]
            guard times[row].isTime, let value = frame.values.number(column[row]) else { continue }
            let ordinal = firstOrdinal &+ UInt64(row)
            take(Point(time: times[row].milliseconds, ordinal: ordinal, value: value), Int(groups[index]))
        }
    }

    private func take(_ point: Point, _ group: Int) {
        let place = (point.time, point.ordinal)
        if firsts[group].map({ place < ($0.time, $0.ordinal) }) ?? true { firsts[group] = point }
        if lasts[group].map({ place > ($0.time, $0.ordinal) }) ?? true { lasts[group] = point }
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        guard let other = other as? RateAggregate else { return }
        for (group, points) in zip(other.firsts, other.lasts).enumerated() {
            for case let point? in [points.0, points.1] { take(point, Int(map[group])) }
        }
    }

    override func result(_ group: Int, _ frame: Frame) -> Cell {
        guard let first = firsts[group], let last = lasts[group], last.time > first.time else { return .missing }
        return ScalarFunctions.finite((last.value - first.value) / (Double(last.time - first.time) / interval))
    }
}

/// `histogram(f, buckets)`: how many numbers lie in each of so many ranges of the same width, as a map.
///
/// The ranges go from the least number to the greatest, which the last one includes; their names are `0..10`.
final class HistogramAggregate: Aggregate {
    /// Ranges that one map may have.
    static let limit = 1000

    private let argument: Node
    private let buckets: Int
    private var samples: [[Double]] = []
    private var total = 0

    init(_ argument: Node, _ buckets: Int) {
        self.argument = argument
        self.buckets = buckets
    }

    override var held: Int { total }

    override func grow(to groups: Int) { lengthen(&samples, to: groups, with: []) }

    override func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) {
        let column = argument.evaluate(frame, rows)
        for index in 0..<rows.count {
            guard let value = frame.values.number(column[rows[index]]) else { continue }
            samples[Int(groups[index])].append(value)
            total &+= 1
        }
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        guard let other = other as? HistogramAggregate else { return }
        for group in other.samples.indices { samples[Int(map[group])] += other.samples[group] }
        total += other.total
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
