/// How logs write times.
enum TimeForms {
    /// Where a time ends that begins at a place; `nil` where none does.
    ///
    /// Dates as ISO 8601 has them, with slashes too, times of the day, and those of syslog and of web servers.
    @inline(__always)
    static func end(_ bytes: borrowing Span<UInt8>, _ start: Int, _ limit: Int) -> Int? {
        let byte = bytes[start]
        if byte &- 48 < 10 { return numeric(bytes, start, limit) }
        return byte &- 65 < 19 ? syslog(bytes, start, limit) : nil
    }

    private static func numeric(_ bytes: borrowing Span<UInt8>, _ start: Int, _ limit: Int) -> Int? {
        guard start + 5 <= limit else { return nil }
        // 12:34:56
        if bytes[start + 2] == UInt8(ascii: ":") { return clock(bytes, start, limit, needsSeconds: true) }
        // 27/Nov/2026:17:22:21 +0000
        if bytes[start + 2] == UInt8(ascii: "/"), digits(bytes, start, 2, limit), start + 11 <= limit,
            isMonth(bytes, start + 3), bytes[start + 6] == UInt8(ascii: "/"), digits(bytes, start + 7, 4, limit)
        {
            guard start + 12 < limit, bytes[start + 11] == UInt8(ascii: ":"),
                let end = clock(bytes, start + 12, limit, needsSeconds: true)
            else { return start + 11 }
            return end + 1 < limit && bytes[end] == 32 ? zone(bytes, end + 1, limit) ?? end : end
        }
        // 2026-11-27T17:22:21.123Z
        let mark = bytes[start + 4]
        guard mark == UInt8(ascii: "-") || mark == UInt8(ascii: "/"), digits(bytes, start, 4, limit),
            digits(bytes, start + 5, 2, limit), start + 10 <= limit, bytes[start + 7] == mark,
            digits(bytes, start + 8, 2, limit)
        else { return nil }
        let date = start + 10
        guard date < limit else { return date }
        if bytes[date] &- 48 < 10 { return nil }
        if bytes[date] == UInt8(ascii: "T") || bytes[date] == 32, date + 1 < limit,
            let end = clock(bytes, date + 1, limit, needsSeconds: false)
        {
            return zone(bytes, end, limit) ?? end
        }
        return (bytes[date] | 0x20) &- 97 < 26 ? nil : date
    }

    /// The end of `Nov 27 17:22:21`.
    private static func syslog(_ bytes: borrowing Span<UInt8>, _ start: Int, _ limit: Int) -> Int? {
        guard start + 14 <= limit, bytes[start + 3] == 32, isMonth(bytes, start) else { return nil }
        var index = start + 4
        if bytes[index] == 32 { index += 1 }
        let day = index
        while index < limit, bytes[index] &- 48 < 10 { index += 1 }
        guard index > day, index - day <= 2, index + 1 < limit, bytes[index] == 32 else { return nil }
        return clock(bytes, index + 1, limit, needsSeconds: true)
    }

    /// Hours and minutes, seconds, and parts of them.
    private static func clock(
        _ bytes: borrowing Span<UInt8>,
        _ start: Int,
        _ limit: Int,
        needsSeconds: Bool
    ) -> Int? {
        guard digits(bytes, start, 2, limit), start + 5 <= limit, bytes[start + 2] == UInt8(ascii: ":"),
            digits(bytes, start + 3, 2, limit)
        else { return nil }
        var end = start + 5
        guard end < limit, bytes[end] == UInt8(ascii: ":"), digits(bytes, end + 1, 2, limit) else {
            return needsSeconds || (end < limit && bytes[end] &- 48 < 10) ? nil : end
        }
        end += 3
        if end + 1 < limit, bytes[end] == UInt8(ascii: ".") || bytes[end] == UInt8(ascii: ","),
            bytes[end + 1] &- 48 < 10
        {
            end += 1
            while end < limit, bytes[end] &- 48 < 10 { end += 1 }
        }
        // Another colon or digit: an address rather than a time.
        if end < limit, bytes[end] &- 48 < 10 { return nil }
        if end + 1 < limit, bytes[end] == UInt8(ascii: ":"), bytes[end + 1] &- 48 < 10 { return nil }
        return end
    }

    /// The end of a zone: `Z`, `+01:00` or `+0100`.
    private static func zone(_ bytes: borrowing Span<UInt8>, _ start: Int, _ limit: Int) -> Int? {
        guard start < limit else { return nil }
        if bytes[start] == UInt8(ascii: "Z") { return start + 1 }
        guard bytes[start] == UInt8(ascii: "+") || bytes[start] == UInt8(ascii: "-"),
            digits(bytes, start + 1, 2, limit)
        else { return nil }
        if digits(bytes, start + 3, 2, limit) { return start + 5 }
        guard start + 3 < limit, bytes[start + 3] == UInt8(ascii: ":"), digits(bytes, start + 4, 2, limit) else {
            return nil
        }
        return start + 6
    }

    private static func digits(_ bytes: borrowing Span<UInt8>, _ start: Int, _ count: Int, _ limit: Int) -> Bool {
        guard start + count <= limit else { return false }
        for index in start..<(start + count) where bytes[index] &- 48 >= 10 { return false }
        return true
    }

    private static func isMonth(_ bytes: borrowing Span<UInt8>, _ start: Int) -> Bool {
        let word = UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
        return switch word {
        case 0x4A_616E, 0x46_6562, 0x4D_6172, 0x41_7072, 0x4D_6179, 0x4A_756E, 0x4A_756C, 0x41_7567, 0x53_6570,
            0x4F_6374, 0x4E_6F76, 0x44_6563:
            true
        default: false
        }
    }
}
