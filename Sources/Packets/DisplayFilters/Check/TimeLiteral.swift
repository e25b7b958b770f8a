import RoadblockCore

/// Reads a point in time: ISO 8601 and its relatives, `Nov 25, 2013 15:55:28`, or seconds since 1970.
struct TimeLiteral {
    let zone: any LocalZone

    func parse(_ text: String, _ span: SourceSpan) throws(FilterError) -> Int64 {
        var scanner = Scanner(Array(text.utf8))
        guard let time = epoch(text) ?? date(&scanner) else {
            throw FilterError(
                .badTime,
                "`\(text)` is not a point in time",
                span,
                suggestion:
                    "write it as \"2026-11-24 14:32:10\", with a `Z` or `+01:00` behind it where a zone is meant"
            )
        }
        return time
    }

    /// Seconds since 1970 with a fraction; four digits are a year.
    private func epoch(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            parts.count == 2 || parts[0].utf8.count != 4, let seconds = Int64(parts[0]), seconds < 9_000_000_000
        else { return nil }
        let fraction = parts.count == 2 ? (String(parts[1]) + "000000000").prefix(9) : "0"
        return seconds * 1_000_000_000 + (Int64(fraction) ?? 0)
    }

    private func date(_ scanner: inout Scanner) -> Int64? {
        guard let (year, month, day) = scanner.isoDate() ?? scanner.englishDate() else { return nil }
        var time = (hour: 0, minute: 0, second: 0, nanosecond: 0)
        if !scanner.isAtEnd, scanner.skipSeparator() {
            guard let parsed = scanner.timeOfDay() else { return nil }
            time = parsed
        }
        guard let offset = scanner.offset() else { return nil }
        guard scanner.isAtEnd else { return nil }
        let instant = Instant(
            year: year,
            month: month,
            day: day,
            hour: time.hour,
            minute: time.minute,
            second: time.second,
            nanosecond: time.nanosecond,
            offsetSeconds: offset.seconds ?? 0
        )
        guard let instant else { return nil }
        guard offset.seconds == nil else { return instant.nanoseconds }
        // The zone's offset there, taken where the clock shows that time.
        let guess = zone.offsetSeconds(at: instant)
        let local = instant.nanoseconds - Int64(guess) * 1_000_000_000
        let second = zone.offsetSeconds(at: Instant(nanoseconds: local))
        return instant.nanoseconds - Int64(second) * 1_000_000_000
    }

    /// Seconds east of Greenwich; none where no zone is written.
    private struct ZoneOffset {
        var seconds: Int?
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { position >= bytes.count }

        mutating func take(_ character: Character) -> Bool {
            guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
            position += 1
            return true
        }

        mutating func number(_ digits: ClosedRange<Int>) -> Int? {
            let start = position
            while position < bytes.count, position - start < digits.upperBound, (48...57).contains(bytes[position]) {
                position += 1
            }
            guard position - start >= digits.lowerBound else { return nil }
            return Int(String(decoding: bytes[start..<position], as: UTF8.self))
        }

        mutating func skipBlanks() {
            while position < bytes.count, bytes[position] == 32 { position += 1 }
        }

        /// A `T` or blanks; false before a zone.
        mutating func skipSeparator() -> Bool {
            if take("T") { return true }
            let start = position
            skipBlanks()
            if position > start, position < bytes.count, (48...57).contains(bytes[position]) { return true }
            position = start
            return false
        }

        mutating func isoDate() -> (Int, Int, Int)? {
            let start = position
            guard let year = number(4...4) else { return nil }
            if isAtEnd { return (year, 1, 1) }
            guard take("-"), let month = number(1...2), take("-"), let day = number(1...2) else {
                position = start
                return nil
            }
            return (year, month, day)
        }

        mutating func englishDate() -> (Int, Int, Int)? {
            let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            guard bytes.count >= position + 3 else { return nil }
            let word = String(decoding: bytes[position..<(position + 3)], as: UTF8.self).lowercased()
            guard let month = months.firstIndex(of: word) else { return nil }
            position += 3
            skipBlanks()
            guard let day = number(1...2), take(",") else { return nil }
            skipBlanks()
            guard let year = number(4...4) else { return nil }
            return (year, month + 1, day)
        }

        mutating func timeOfDay() -> (hour: Int, minute: Int, second: Int, nanosecond: Int)? {
            guard let hour = number(1...2), hour < 24 else { return nil }
            guard take(":") else { return (hour, 0, 0, 0) }
            guard let minute = number(1...2) else { return nil }
            guard take(":") else { return (hour, minute, 0, 0) }
            guard let second = number(1...2) else { return nil }
            guard take(".") || take(",") else { return (hour, minute, second, 0) }
            var nanosecond = 0
            var digits = 0
            while position < bytes.count, (48...57).contains(bytes[position]) {
                if digits < 9 { nanosecond = nanosecond * 10 + Int(bytes[position] - 48) }
                digits += 1
                position += 1
            }
            guard digits > 0 else { return nil }
            while digits < 9 {
                nanosecond *= 10
                digits += 1
            }
            return (hour, minute, second, nanosecond)
        }

        /// The zone: no seconds where none is written; `nil` for text that is none.
        mutating func offset() -> ZoneOffset? {
            skipBlanks()
            guard !isAtEnd else { return ZoneOffset(seconds: nil) }
            let names = ["Z": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6]
                .merging(["PST": -8, "PDT": -7]) { first, _ in first }
            let rest = String(decoding: bytes[position...], as: UTF8.self)
            if let hours = names[rest] {
                position = bytes.count
                return ZoneOffset(seconds: hours * 3600)
            }
            let isWest = take("-")
            guard isWest || take("+"), let hours = number(2...2) else { return nil }
            _ = take(":")
            guard let minutes = number(2...2), hours <= 14, minutes < 60 else { return nil }
            let seconds = hours * 3600 + minutes * 60
            return ZoneOffset(seconds: isWest ? -seconds : seconds)
        }
    }
}
