import RoadblockCore

/// A span of time that times are rounded to: a fixed number of milliseconds, or calendar months.
package struct Period: Hashable, Sendable {
    package enum Length: Hashable, Sendable {
        case milliseconds(Int64)
        case months(Int64)
    }

    package let length: Length
    /// True when the number was above its unit's cap and was reduced to it.
    let isCapped: Bool

    /// A period as it was written, its number reduced to the cap of its unit; `nil` for zero.
    init?(_ syntax: PeriodSyntax) {
        let cap = syntax.unit.cap
        guard syntax.count > 0 else { return nil }
        let count = Int64(min(syntax.count, cap))
        isCapped = syntax.count > cap
        length =
            switch syntax.unit {
            case .millisecond: .milliseconds(count)
            case .second: .milliseconds(count * 1000)
            case .minute: .milliseconds(count * 60_000)
            case .hour: .milliseconds(count * 3_600_000)
            case .day: .milliseconds(count * 86_400_000)
            case .week: .milliseconds(count * 7 * 86_400_000)
            case .month: .months(count)
            case .quarter: .months(count * 3)
            case .year: .months(count * 12)
            }
    }

    /// Milliseconds of a period of fixed length; `nil` for calendar periods.
    var fixedMilliseconds: Int64? {
        if case .milliseconds(let count) = length { return count }
        return nil
    }

    /// The start of the period that holds a time; periods count from 1970, months from January.
    @inline(__always)
    func floor(_ time: Int64) -> Int64 {
        switch length {
        case .milliseconds(let count):
            let rest = time % count
            return time - (rest < 0 ? rest + count : rest)
        case .months(let count):
            let month = CalendarMonth.of(time)
            let rest = month % count
            return CalendarMonth.start(month - (rest < 0 ? rest + count : rest))
        }
    }

    /// The start of the next period; a time that is a start stays.
    func ceiling(_ time: Int64) -> Int64 {
        let start = floor(time)
        return start == time ? time : next(start)
    }

    /// The start of the period behind the one that starts at a time.
    func next(_ start: Int64) -> Int64 {
        switch length {
        case .milliseconds(let count): start + count
        case .months(let count): CalendarMonth.start(CalendarMonth.of(start) + count)
        }
    }
}

/// Months counted from January 1970, in UTC.
private enum CalendarMonth {
    static func of(_ time: Int64) -> Int64 {
        let days = time >= 0 ? time / 86_400_000 : (time - 86_399_999) / 86_400_000
        let (year, month, _) = Instant.date(daysSince1970: Int(days))
        return Int64((year - 1970) * 12 + month - 1)
    }

    static func start(_ month: Int64) -> Int64 {
        let years = month >= 0 ? month / 12 : (month - 11) / 12
        let days = Instant.daysSince1970(year: Int(1970 + years), month: Int(month - years * 12 + 1), day: 1)
        return Int64(days) * 86_400_000
    }
}
