import RoadblockCore

/// Times as texts: `strftime` letters for printing, Java's pattern letters for reading.
enum DateFormats {
    private static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// Seconds east of UTC that a zone names: `UTC`, `Z` or an offset such as `+02:00`; `nil` for anything else.
    static func offset(_ zone: String) -> Int? {
        if ["utc", "z", "gmt", "etc/utc"].contains(zone.lowercased()) { return 0 }
        let bytes = Array(zone.utf8)
        guard let sign = bytes.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        let digits = bytes.dropFirst().filter { $0 != UInt8(ascii: ":") }
        guard digits.count == 4 || digits.count == 2, digits.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
        let values = digits.map { Int($0 - 48) }
        guard values[0] * 10 + values[1] <= 18, values.count == 2 || values[2] < 6 else { return nil }
        let minutes = (values[0] * 10 + values[1]) * 60 + (values.count == 4 ? values[2] * 10 + values[3] : 0)
        return sign == UInt8(ascii: "-") ? -minutes * 60 : minutes * 60
    }

    /// The time in a format of `strftime` letters; letters that it does not know stay as they are.
    static func format(_ milliseconds: Int64, _ format: String, offsetSeconds: Int) -> String {
        guard Period.times.contains(milliseconds) else { return "" }
        let second = floorDivide(milliseconds, 1000)
        let civil = Instant.civil(
            seconds: Int(second) + offsetSeconds,
            nanosecond: Int(milliseconds - second * 1000) * 1_000_000
        )
        let dayNumber = floorDivide(milliseconds + Int64(offsetSeconds) * 1000, 86_400_000)
        let weekday = Int(((dayNumber + 4) % 7 + 7) % 7)
        let sign = offsetSeconds < 0 ? "-" : "+"
        let minutes = abs(offsetSeconds) / 60
        var result = ""
        var isEscaped = false
        for character in format {
            guard isEscaped else {
                if character == "%" { isEscaped = true } else { result.append(character) }
                continue
            }
            isEscaped = false
            switch character {
            case "Y": result += padded(civil.year, 4)
            case "y": result += padded(civil.year % 100, 2)
            case "m": result += padded(civil.month, 2)
            case "d": result += padded(civil.day, 2)
            case "e": result += String(civil.day)
            case "H": result += padded(civil.hour, 2)
            case "I": result += padded((civil.hour + 11) % 12 + 1, 2)
            case "M": result += padded(civil.minute, 2)
            case "S": result += padded(civil.second, 2)
            case "L", "f": result += padded(civil.nanosecond / 1_000_000, 3)
            case "p": result += civil.hour < 12 ? "AM" : "PM"
            case "C": result += padded(civil.year / 100, 2)
            case "h": result += months[civil.month - 1].prefix(3)
            case "j": result += padded(dayOfYear(civil), 3)
            case "k": result += (civil.hour < 10 ? " " : "") + String(civil.hour)
            case "l":
                let hour = (civil.hour + 11) % 12 + 1
                result += (hour < 10 ? " " : "") + String(hour)
            case "n": result += "\n"
            case "t": result += "\t"
            case "D": result += "\(padded(civil.month, 2))/\(padded(civil.day, 2))/\(padded(civil.year % 100, 2))"
            case "R": result += "\(padded(civil.hour, 2)):\(padded(civil.minute, 2))"
            case "r":
                let hour = padded((civil.hour + 11) % 12 + 1, 2)
                let half = civil.hour < 12 ? "AM" : "PM"
                result += "\(hour):\(padded(civil.minute, 2)):\(padded(civil.second, 2)) \(half)"
            // Weeks that begin on Sunday, on Monday, and those of ISO 8601.
            case "U": result += padded((dayOfYear(civil) + 6 - weekday) / 7, 2)
            case "W": result += padded((dayOfYear(civil) + 6 - (weekday + 6) % 7) / 7, 2)
            case "V": result += padded(week(civil, weekday).week, 2)
            case "G": result += padded(week(civil, weekday).year, 4)
            case "F": result += "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
            case "T": result += "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
            case "A": result += days[weekday]
            case "a": result += days[weekday].prefix(3)
            case "B": result += months[civil.month - 1]
            case "b": result += months[civil.month - 1].prefix(3)
            case "u": result += String(weekday == 0 ? 7 : weekday)
            case "w": result += String(weekday)
            case "s": result += String(floorDivide(milliseconds, 1000))
            case "z": result += "\(sign)\(padded(minutes / 60, 2))\(padded(minutes % 60, 2))"
            case "Z":
                result += offsetSeconds == 0 ? "UTC" : "\(sign)\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
            case "%": result += "%"
            default:
                result += "%"
                result.append(character)
            }
        }
        return result
    }

    /// The day of the year, from 1.
    private static func dayOfYear(_ civil: Instant.Civil) -> Int {
        Instant.daysSince1970(year: civil.year, month: civil.month, day: civil.day)
            - Instant.daysSince1970(year: civil.year, month: 1, day: 1) + 1
    }

    /// The week of ISO 8601, and the year that it belongs to: that of its Thursday.
    private static func week(_ civil: Instant.Civil, _ weekday: Int) -> (year: Int, week: Int) {
        let day = Instant.daysSince1970(year: civil.year, month: civil.month, day: civil.day)
        let thursday = day - (weekday + 6) % 7 + 3
        let year = Instant.date(daysSince1970: thursday).year
        return (year, (thursday - Instant.daysSince1970(year: year, month: 1, day: 1)) / 7 + 1)
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }

    /// Milliseconds since 1970 of a text in a Java date pattern; `nil` where it does not fit.
    static func parse(_ text: String, _ pattern: String, offsetSeconds: Int) -> Int64? {
        var parts: [Character: Int] = [:]
        var offset = offsetSeconds
        var rest = Substring(text)
        var pattern = Substring(pattern)
        while let letter = pattern.first {
            if letter == "'" {
                let quoted = pattern.dropFirst().prefix { $0 != "'" }
                pattern = pattern.dropFirst(quoted.count + 2)
                let wanted = quoted.isEmpty ? "'" : String(quoted)
                guard rest.hasPrefix(wanted) else { return nil }
                rest = rest.dropFirst(wanted.count)
                continue
            }
            let run = pattern.prefix { $0 == letter }.count
            pattern = pattern.dropFirst(run)
            guard letter.isASCII, letter.isLetter else {
                let wanted = String(repeating: letter, count: run)
                guard rest.hasPrefix(wanted) else { return nil }
                rest = rest.dropFirst(run)
                continue
            }
            switch letter {
            case "y", "u", "M", "d", "H", "h", "m", "s", "S":
                if letter == "M", run >= 3 {
                    guard
                        let month = months.firstIndex(where: {
                            rest.lowercased().hasPrefix((run == 3 ? String($0.prefix(3)) : $0).lowercased())
                        })
                    else { return nil }
                    rest = rest.dropFirst(run == 3 ? 3 : months[month].count)
                    parts["M"] = month + 1
                    continue
                }
                // Where digits follow at once, the pattern says how many belong to this part.
                let follows = pattern.first.map { $0.isLetter } ?? false
                let digits = rest.prefix(follows ? run : letter == "y" || letter == "u" ? 4 : max(run, 2))
                    .prefix { $0.isASCII && $0.isNumber }
                guard !digits.isEmpty, var value = Int(digits) else { return nil }
                rest = rest.dropFirst(digits.count)
                if letter == "S" { for _ in digits.count..<max(digits.count, 3) { value *= 10 } }
                if letter == "S", digits.count > 3 { value = Int(digits.prefix(3)) ?? 0 }
                if letter == "y", run == 2 { value += value < 70 ? 2000 : 1900 }
                parts[letter == "u" ? "y" : letter] = value
            case "a":
                let mark = rest.prefix(2).lowercased()
                guard mark == "am" || mark == "pm" else { return nil }
                parts["a"] = mark == "pm" ? 12 : 0
                rest = rest.dropFirst(2)
            case "E":
                guard let day = days.first(where: { rest.hasPrefix(run > 3 ? $0 : String($0.prefix(3))) }) else {
                    return nil
                }
                rest = rest.dropFirst(run > 3 ? day.count : 3)
            case "X", "x", "Z", "z":
                let word = rest.prefix { !$0.isWhitespace }
                guard let told = DateFormats.offset(String(word)) else { return nil }
                offset = told
                rest = rest.dropFirst(word.count)
            default: return nil
            }
        }
        guard rest.isEmpty, let year = parts["y"] else { return nil }
        let hour = parts["H"] ?? (parts["h"].map { $0 % 12 + (parts["a"] ?? 0) } ?? 0)
        guard
            let instant = Instant(
                year: year,
                month: parts["M"] ?? 1,
                day: parts["d"] ?? 1,
                hour: hour,
                minute: parts["m"] ?? 0,
                second: parts["s"] ?? 0,
                nanosecond: (parts["S"] ?? 0) * 1_000_000,
                offsetSeconds: offset
            )
        else { return nil }
        return floorDivide(instant.nanoseconds, 1_000_000)
    }
}
