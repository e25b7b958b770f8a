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

    /// Times that can be rounded, as cells hold them (some 4,400 years either side of 1970): no sum of one and a period
    /// overflows.
    static let times: Range<Int64> = -(1 << 47)..<1 << 47

    /// The start of the period that holds one of `times`; periods count from 1970, months from January.
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
        let (year, month) = civil(days)
        return (year - 1970) * 12 + month - 1
    }

    static func start(_ month: Int64) -> Int64 {
        let years = month >= 0 ? month / 12 : (month - 11) / 12
        return days(1970 + years, month - years * 12 + 1) * 86_400_000
    }

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let day = shifted - era * 146_097
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (year + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9)
    }

    private static func days(_ year: Int64, _ month: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
