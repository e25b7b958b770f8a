import RoadblockCore

extension EventTime {
    private static let shape = Array("[00/aaa/0000:00:00:00 ?0000]".utf8)
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        .map { Array($0.utf8) }

    /// Milliseconds since 1970 of the first `[27/Nov/2026:17:22:21 +0100]`, as web servers write it; `nil` where none is.
    ///
    /// Source: Apache HTTP Server, mod_log_config, `%t`.
    static func bracketed(_ bytes: [UInt8]) -> Int64? {
        guard bytes.count >= shape.count else { return nil }
        for start in 0...(bytes.count - shape.count) where bytes[start] == shape[0] {
            if let time = bracketed(bytes, start) { return time }
        }
        return nil
    }

    private static func bracketed(_ bytes: [UInt8], _ start: Int) -> Int64? {
        for (index, wanted) in shape.enumerated() {
            let byte = bytes[start + index]
            let fits =
                switch wanted {
                case UInt8(ascii: "0"): byte &- 48 < 10
                case UInt8(ascii: "a"): true
                case UInt8(ascii: "?"): byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
                default: byte == wanted
                }
            guard fits else { return nil }
        }
        func number(_ place: Int, _ count: Int) -> Int {
            bytes[(start + place)..<(start + place + count)].reduce(0) { $0 * 10 + Int($1 - 48) }
        }
        guard let month = months.firstIndex(where: { bytes[(start + 4)..<(start + 7)].elementsEqual($0) }) else {
            return nil
        }
        let offset = (number(23, 2) * 60 + number(25, 2)) * 60
        let instant = Instant(
            year: number(8, 4),
            month: month + 1,
            day: number(1, 2),
            hour: number(13, 2),
            minute: number(16, 2),
            second: number(19, 2),
            nanosecond: 0,
            offsetSeconds: bytes[start + 22] == UInt8(ascii: "-") ? -offset : offset
        )
        return instant.map { $0.nanoseconds / 1_000_000 }
    }
}
