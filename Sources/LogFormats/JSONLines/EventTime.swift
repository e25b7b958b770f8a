import RoadblockCore

/// Times as they stand in log lines.
package enum EventTime {
    /// Milliseconds since 1970 of a time: ISO 8601 with `T` or a blank, UTC where no zone is given; behind a blank
    /// also `+0100` and the name of a zone.
    package static func isoMilliseconds(_ bytes: [UInt8]) -> Int64? {
        guard bytes.count >= 19, bytes.count <= 40 else { return nil }
        func digits(_ start: Int, _ count: Int) -> Int? {
            guard start + count <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[start..<(start + count)] {
                guard byte &- 48 < 10 else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        guard let year = digits(0, 4), bytes[4] == UInt8(ascii: "-"), let month = digits(5, 2),
            bytes[7] == UInt8(ascii: "-"), let day = digits(8, 2), [UInt8(ascii: "T"), 32].contains(bytes[10]),
            let hour = digits(11, 2), bytes[13] == UInt8(ascii: ":"), let minute = digits(14, 2),
            bytes[16] == UInt8(ascii: ":"), let second = digits(17, 2)
        else { return nil }
        var index = 19
        var nanoseconds = 0
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: ",") {
            index += 1
            var unit = 100_000_000
            while index < bytes.count, bytes[index] &- 48 < 10 {
                nanoseconds += Int(bytes[index] - 48) * unit
                unit /= 10
                index += 1
            }
        }
        var offset = 0
        if index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "Z"), UInt8(ascii: "z"):
                guard index + 1 == bytes.count else { return nil }
            case UInt8(ascii: "+"), UInt8(ascii: "-"):
                let minutes = digits(index + 3, 2) ?? digits(index + 4, 2) ?? 0
                guard let hours = digits(index + 1, 2), hours < 24, minutes < 60 else { return nil }
                offset = (hours * 60 + minutes) * 60 * (bytes[index] == UInt8(ascii: "-") ? -1 : 1)
            case 32:
                guard let zone = WrittenZone(bytes, at: index), zone.end == bytes.count, let seconds = zone.offset
                else {
                    return nil
                }
                offset = seconds
            default: return nil
            }
        }
        guard
            let instant = Instant(
                year: year,
                month: month,
                day: day,
                hour: hour,
                minute: minute,
                second: second,
                nanosecond: nanoseconds,
                offsetSeconds: offset
            )
        else { return nil }
        let whole = instant.nanoseconds / 1_000_000
        return instant.nanoseconds < 0 && instant.nanoseconds % 1_000_000 != 0 ? whole - 1 : whole
    }

    /// Milliseconds since 1970 of a number: seconds up to 11 digits, else milliseconds, microseconds or nanoseconds.
    static func milliseconds(_ number: Double) -> Int64? {
        guard number.isFinite, number >= 0 else { return nil }
        switch number {
        case ..<1e11: return Int64(number * 1000)
        case ..<1e14: return Int64(number)
        case ..<1e17: return Int64(number / 1000)
        default: return Int64(exactly: (number / 1e6).rounded(.down))
        }
    }
}
