import RoadblockCore

/// The length of a chart's bins, which are counted from 1970 in UTC.
package enum BinLength: Hashable, Sendable {
    /// At least 1.
    case milliseconds(Int64)
    /// At least 1.
    case months(Int64)

    /// The number of the bin that holds a time in milliseconds; `nil` for times outside of the years 1678 to 2261.
    func index(of time: Int64) -> Int64? {
        guard time.magnitude < BinLength.farthest else { return nil }
        switch self {
        case .milliseconds(let count): return BinLength.floor(time, count)
        case .months(let count):
            let civil = Instant(milliseconds: time).civil()
            return BinLength.floor(Int64((civil.year - 1970) * 12 + civil.month - 1), count)
        }
    }

    /// When the bin with a number starts, in milliseconds.
    func start(of index: Int64) -> Int64 {
        switch self {
        case .milliseconds(let count): return index * count
        case .months(let count):
            let month = index * count
            let year = BinLength.floor(month, 12)
            let instant = Instant(year: Int(1970 + year), month: Int(month - year * 12) + 1, day: 1)
            return (instant?.nanoseconds ?? (year < 0 ? .min : .max)) / 1_000_000
        }
    }

    private static let farthest: UInt64 = 9_200_000_000_000

    private static func floor(_ value: Int64, _ step: Int64) -> Int64 {
        value / step - (value % step < 0 ? 1 : 0)
    }

    /// The lengths that rows are counted by where no query says otherwise.
    private static let usual: [Int64] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
        600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
        172_800_000, 604_800_000,
    ]

    /// The shortest usual length that cuts the span of some times into at most a number of bins.
    static func cutting(_ times: [Int64], intoAtMost limit: Int) -> BinLength {
        let known = times.filter { $0.magnitude < farthest }
        guard let first = known.min(), let last = known.max() else { return .milliseconds(1000) }
        let length = usual.first { floor(last, $0) - floor(first, $0) < Int64(limit) }
        if let length { return .milliseconds(length) }
        let months: [Int64] = [1, 3, 12, 60]
        let count = months.first { count in
            guard let a = BinLength.months(count).index(of: first), let b = BinLength.months(count).index(of: last)
            else { return false }
            return b - a < Int64(limit)
        }
        return .months(count ?? 120)
    }

    /// True where bins start at midnight in UTC.
    var isWholeDays: Bool {
        switch self {
        case .milliseconds(let count): count % 86_400_000 == 0
        case .months: true
        }
    }

    /// The digits behind the seconds' point that tell bins apart; `nil` where minutes do.
    var secondDigits: Int? {
        guard case .milliseconds(let count) = self, count % 60_000 != 0 else { return nil }
        return count % 1000 == 0 ? 0 : 3
    }

    /// `30 min`, `1 d`, `3 months`; several bins where they are drawn as one.
    func text(times factor: Int64 = 1) -> String {
        switch self {
        case .months(let count):
            let months = count * factor
            if months % 12 == 0 { return months == 12 ? "1 year" : "\(grouped(months / 12)) years" }
            return months == 1 ? "1 month" : "\(grouped(months)) months"
        case .milliseconds(let count):
            let (whole, overflow) = count.multipliedReportingOverflow(by: factor)
            let length = overflow ? Int64.max : whole
            let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")]
            for (unit, name) in units where length >= unit && length % unit == 0 && length / unit < 1000 {
                return "\(length / unit) \(name)"
            }
            // Many short bins together are no round length.
            guard length >= 1000, let (unit, name) = units.first(where: { length >= $0.0 }) else {
                return "\(length) ms"
            }
            return "about \(numberText((Double(length) / Double(unit) * 10).rounded() / 10)) \(name)"
        }
    }
}
