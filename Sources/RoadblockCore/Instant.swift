/// A point in time in UTC: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Range: the years 1677 to 2262, what 64 bits of nanoseconds hold.
public struct Instant: Hashable, Comparable, BitwiseCopyable, Sendable {
    public var nanoseconds: Int64

    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    @inlinable @inline(__always)
    public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    // The standard library's own go through a witness table.
    @inlinable @inline(__always)
    public static func > (a: Instant, b: Instant) -> Bool { a.nanoseconds > b.nanoseconds }

    @inlinable @inline(__always)
    public static func <= (a: Instant, b: Instant) -> Bool { a.nanoseconds <= b.nanoseconds }

    @inlinable @inline(__always)
    public static func >= (a: Instant, b: Instant) -> Bool { a.nanoseconds >= b.nanoseconds }

    /// Seconds from another instant to this one; saturates instead of trapping.
    @inlinable @inline(__always)
    public func seconds(since other: Instant) -> Double {
        Double(nanoseconds) / 1e9 - Double(other.nanoseconds) / 1e9
    }

    /// This instant and some nanoseconds more; the last instant of all where that is too late.
    @inlinable
    public func adding(nanoseconds more: Int64) -> Instant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(more)
        return Instant(nanoseconds: overflow ? (more < 0 ? .min : .max) : sum)
    }

    /// Nanoseconds from another instant to this one, wrapping.
    @inlinable @inline(__always)
    public func nanoseconds(since other: Instant) -> Int64 { nanoseconds &- other.nanoseconds }
}

extension Instant {
    /// The instant of a time in milliseconds since 1970, or the nearest that there is.
    package init(milliseconds: Int64) {
        let (nanoseconds, isOver) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        self.init(nanoseconds: !isOver ? nanoseconds : milliseconds < 0 ? .min : .max)
    }
}

extension Instant {
    /// Date and time of day in UTC.
    package struct Civil: Hashable, Sendable {
        package var year: Int
        package var month: Int
        package var day: Int
        package var hour: Int
        package var minute: Int
        package var second: Int
        package var nanosecond: Int
    }

    /// The parts of this instant, shifted by a zone's offset from UTC.
    package func civil(offsetSeconds: Int = 0) -> Civil {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let fraction = Int(remainder < 0 ? remainder + 1_000_000_000 : remainder)
        return Instant.civil(seconds: Int(quotient) - (remainder < 0 ? 1 : 0) + offsetSeconds, nanosecond: fraction)
    }

    /// The parts of a time in seconds since 1970, which may be too far away for an instant: some millions of years.
    package static func civil(seconds: Int, nanosecond: Int) -> Civil {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        let (year, month, day) = Instant.date(daysSince1970: days)
        return Civil(
            year: year,
            month: month,
            day: day,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            nanosecond: nanosecond
        )
    }

    /// The proleptic Gregorian date of a day number.
    package static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        // Counted in 400-year cycles from 1 March of year 0, so that the leap day is the last of its year.
        let shifted = days + 719_468
        let cycle = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfCycle = shifted - cycle * 146_097
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The day number of a date of the proleptic Gregorian calendar.
    package static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let cycle = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfCycle = shifted - cycle * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return cycle * 146_097 + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear - 719_468
    }

    /// The instant of a date and time of day in UTC; `nil` when it does not fit or a part is out of its range.
    package init?(
        year: Int,
        month: Int,
        day: Int,
        hour: Int = 0,
        minute: Int = 0,
        second: Int = 0,
        nanosecond: Int = 0,
        offsetSeconds: Int = 0
    ) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day), (0...24).contains(hour),
            (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let days = Instant.daysSince1970(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offsetSeconds
        let (high, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return nil }
        let (sum, overflowed) = high.addingReportingOverflow(Int64(nanosecond))
        guard !overflowed else { return nil }
        self.init(nanoseconds: sum)
    }

    /// RFC 3339 text in UTC with as many fraction digits as are needed of 0, 3, 6 and 9: `2026-11-24T14:32:10.250Z`.
    package var rfc3339: String { "\(text(separator: "T"))Z" }

    /// `2026-11-24 14:32:10.250` at an offset from UTC.
    package func text(separator: String = " ", offsetSeconds: Int = 0, fractionDigits: Int? = nil) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(32)
        append(to: &text, separator: separator, offsetSeconds: offsetSeconds, fractionDigits: fractionDigits)
        return String(decoding: text, as: UTF8.self)
    }

    /// Adds `2026-11-24 14:32:10.250` at an offset from UTC to a text.
    package func append(
        to text: inout [UInt8],
        separator: String = " ",
        offsetSeconds: Int = 0,
        fractionDigits: Int? = nil
    ) {
        let parts = civil(offsetSeconds: offsetSeconds)
        appendPadded(parts.year, 4, to: &text)
        text.append(UInt8(ascii: "-"))
        appendPadded(parts.month, 2, to: &text)
        text.append(UInt8(ascii: "-"))
        appendPadded(parts.day, 2, to: &text)
        text.append(contentsOf: separator.utf8)
        appendPadded(parts.hour, 2, to: &text)
        text.append(UInt8(ascii: ":"))
        appendPadded(parts.minute, 2, to: &text)
        text.append(UInt8(ascii: ":"))
        appendPadded(parts.second, 2, to: &text)
        let nano = parts.nanosecond
        let digits = fractionDigits ?? (nano == 0 ? 0 : nano % 1_000_000 == 0 ? 3 : nano % 1000 == 0 ? 6 : 9)
        guard digits > 0 else { return }
        text.append(UInt8(ascii: "."))
        appendPadded(nano, 9, to: &text)
        text.removeLast(max(0, 9 - digits))
    }
}

/// Adds a number that is not negative with leading zeros up to a width.
private func appendPadded(_ value: Int, _ width: Int, to text: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<width { divisor &*= 10 }
    while value / divisor > 9 { divisor &*= 10 }
    while divisor > 0 {
        text.append(48 &+ UInt8(truncatingIfNeeded: value / divisor % 10))
        divisor /= 10
    }
}

/// A number with leading zeros up to a width.
package func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
    return (value < 0 ? "-" : "") + zeros + digits
}

/// A number with a fixed count of fraction digits, rounded half away from zero: `fixed(1.25, 1)` is `1.3`.
///
/// Stands for `String(format:)`, which needs Foundation.
package func fixed(_ value: Double, _ digits: Int) -> String {
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    guard abs(value) < min(1e15, 9e18 / Double(scale)) else { return String(value) }
    let scaled = Int((abs(value) * Double(scale)) + 0.5)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return digits == 0 ? "\(sign)\(scaled)" : "\(sign)\(scaled / scale).\(padded(scaled % scale, digits))"
}
