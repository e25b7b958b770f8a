import Query
import RoadblockCore

/// What aggregates say of the numbers of a group, each in another way than the engine's.
extension RowInterpreter {
    /// The least number that has at least so many percent of all up to it, in whole thousandths of a percent.
    static func percentile(_ numbers: [Double], _ percent: Double) -> Double? {
        let thousandths = Int((percent * 1000).rounded())
        return numbers.sorted().enumerated().first { ($0.offset + 1) * 100_000 >= thousandths * numbers.count }?.element
    }

    /// The sum, added in whole units of 2⁻⁸⁰, which the numbers of the random tables are made of, and rounded once.
    static func sum(_ numbers: [Double]) -> Double {
        Double(numbers.reduce(0 as Int128) { $0 + Int128($1 * 0x1p80) }) * 0x1p-80
    }

    /// The variance, in whole numbers: those of the random tables are quarters.
    static func spread(_ numbers: [Double]) -> Double {
        let quarters = numbers.map { Int($0 * 4) }
        let sum = quarters.reduce(0, +)
        let squares = quarters.reduce(0) { $0 + $1 * $1 }
        let count = max(1, quarters.count)
        return Double(count * squares - sum * sum) / Double(16 * count * count)
    }

    /// The change from the earliest to the latest row, per so many milliseconds; rows are newest first.
    func rate(_ group: [Row], _ argument: ExpressionSyntax, _ length: Double) -> Double? {
        let points = group.compactMap { row -> (time: Int64, value: Double)? in
            guard case .time(let time)? = row["@timestamp"],
                let number = value(argument, row).flatMap(RowInterpreter.number)
            else { return nil }
            return (time, number)
        }
        guard let first = points.last, let last = points.first, last.time > first.time else { return nil }
        return (last.value - first.value) / (Double(last.time - first.time) / length)
    }

    /// The numbers of each of some ranges of one width.
    static func histogram(_ numbers: [Double], _ buckets: Int) -> JSONValue? {
        let sorted = numbers.sorted()
        guard let least = sorted.first, let greatest = sorted.last else { return nil }
        let count = least == greatest ? 1 : buckets
        let width = (greatest - least) / Double(buckets)
        func edge(_ index: Int) -> Double { index == count ? greatest : least + Double(index) * width }
        return .object(
            (0..<count).map { index in
                let members = sorted.filter { number in
                    number >= edge(index) && (number < edge(index + 1) || index == count - 1)
                }
                let name = "\(text(.number(edge(index))))..\(text(.number(edge(index + 1))))"
                return JSONValue.Member(name, .int(members.count))
            }
        )
    }
}
