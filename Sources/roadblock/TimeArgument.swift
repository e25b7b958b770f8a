import LogFormats
import RoadblockCore

/// A moment as `--start`, `--end` and `--as-of` take it.
enum TimeArgument {
    /// Milliseconds since 1970 of ISO 8601, epoch seconds (up to 11 digits) or milliseconds, `now`, or a time before
    /// now such as `-3h`.
    ///
    /// - Throws: `Failure` of kind `usage` for anything else.
    static func milliseconds(_ text: String, _ option: String, now: Int64) throws(Failure) -> Int64 {
        if text == "now" { return now }
        if let number = Int64(text), number >= 0, !text.hasPrefix("+") {
            return text.utf8.count <= 11 ? number * 1000 : number
        }
        if let before = before(text) { return now - before }
        let bytes = Array(text.utf8)
        if let time = EventTime.isoMilliseconds(bytes) { return time }
        // A date alone is its first moment; hours and minutes may stand without seconds.
        for rest in ["T00:00:00Z", ":00Z", ":00"] {
            if let time = EventTime.isoMilliseconds(bytes + Array(rest.utf8)) { return time }
        }
        throw Failure(
            .usage,
            "\(option) does not take `\(text)`",
            code: "bad-time",
            suggestion: "write 2026-11-24T14:30:00Z, seconds since 1970, or -3h"
        )
    }

    /// Milliseconds of `-3h`, `-30m`, `-2d` and the like; `nil` for anything else.
    private static func before(_ text: String) -> Int64? {
        guard text.hasPrefix("-") else { return nil }
        let digits = text.dropFirst().prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), count < 1_000_000 else { return nil }
        let units: [String: Int64] = [
            "s": 1000, "sec": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
        ]
        return units[text.dropFirst(1 + digits.count).lowercased()].map { $0 * count }
    }
}
