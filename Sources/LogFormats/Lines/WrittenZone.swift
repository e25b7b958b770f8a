/// The zone behind a time of day: `Z`, `+01:00`, `+0100` or `+01`, and behind a blank `Z`, `+0100` or a name.
struct WrittenZone {
    /// Seconds east of UTC; `nil` for a name that means several zones.
    let offset: Int?
    /// Where the text of it ends.
    let end: Int

    /// Minutes east of UTC, by names that mean only one zone.
    static let named: [(name: [UInt8], minutes: Int)] = [
        ("UTC", 0), ("GMT", 0), ("WET", 0), ("WEST", 60), ("CET", 60), ("CEST", 120), ("EET", 120), ("EEST", 180),
        ("MSK", 180), ("SGT", 480), ("HKT", 480), ("JST", 540), ("AEST", 600), ("AEDT", 660), ("NZST", 720),
        ("NZDT", 780), ("EST", -300), ("EDT", -240), ("MST", -420), ("MDT", -360), ("PST", -480), ("PDT", -420),
    ].map { (Array($0.0.utf8), $0.1) }

    /// Reads what stands at an offset; `nil` where that is no zone.
    init?(_ text: [UInt8], at start: Int) {
        let isApart = start < text.count && text[start] == 32
        let first = isApart ? start + 1 : start
        guard first < text.count else { return nil }
        switch text[first] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): (offset, end) = (0, first + 1)
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            func number(_ offset: Int) -> Int? {
                guard offset + 1 < text.count, text[offset] &- 48 < 10, text[offset + 1] &- 48 < 10 else { return nil }
                return Int(text[offset] - 48) * 10 + Int(text[offset + 1] - 48)
            }
            let second = first + 3 < text.count && text[first + 3] == UInt8(ascii: ":") ? first + 4 : first + 3
            let minutes = number(second)
            // Apart from the time a number may be something else.
            guard let hours = number(first + 1), hours < 15, minutes ?? 0 < 60, minutes != nil || !isApart else {
                return nil
            }
            offset = (hours * 60 + (minutes ?? 0)) * 60 * (text[first] == UInt8(ascii: "-") ? -1 : 1)
            end = minutes == nil ? first + 3 : second + 2
        default:
            let name = Array(text[first...].prefix { $0 &- 65 < 26 })
            guard isApart, name.count >= 3 else { return nil }
            let known = WrittenZone.named.first { $0.name == name }
            // `CST`, `IST`, `BST` and the like.
            guard known != nil || name.count == 3 && name.last == UInt8(ascii: "T") && "SD".utf8.contains(name[1])
            else {
                return nil
            }
            offset = known.map { $0.minutes * 60 }
            end = first + name.count
        }
        guard isApart, end < text.count else { return }
        let next = text[end]
        if next &- 48 < 10 || (next | 32) &- 97 < 26 || next == UInt8(ascii: "-") || next == UInt8(ascii: "_") {
            return nil
        }
    }
}
