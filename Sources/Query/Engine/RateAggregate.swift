import Columns

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

    override var byteCount: Int { firsts.count * 2 * MemoryLayout<Point?>.stride }

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
            let ordinal = frame.ordinal(of: row, firstOrdinal)
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
