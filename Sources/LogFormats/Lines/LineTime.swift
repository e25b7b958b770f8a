import RoadblockCore

/// The time that a line of text begins with, in the forms that programs write.
///
/// ISO 8601 with a point or a comma before the fraction, in brackets or as the first value of logfmt; dates with slashes;
/// seconds and milliseconds since 1970; what syslog, `journalctl` and `asctime` write; and the time in brackets behind
/// the names of the Common Log Format.
struct LineTime {
    /// Milliseconds since 1970.
    private(set) var time: Int64?
    private(set) var marks: LogMarks = []

    /// Bytes of a line that are looked at.
    private static let look = 160
    private static let names = ["time=", "timestamp=", "ts=", "t="].map { Array($0.utf8) }

    /// Reads the beginning of a line.
    init(_ block: LineBlock, _ range: Range<Int>, _ clock: LogClock) {
        let scan = LineScan(block, range.lowerBound..<min(range.upperBound, range.lowerBound + LineTime.look))
        let head = scan.bytes(scan.start..<min(scan.end, scan.start + 48))
        if let found = LineTime.iso(head) ?? LineTime.named(head, clock) {
            (time, marks) = found
            return
        }
        time = LineTime.sinceEpoch(head, clock) ?? LineTime.bracketed(scan)
        guard time == nil else { return }
        let syslog = SyslogPrefix(scan, before: scan.end, clock)
        // Seconds since the system's start are no time of the day.
        guard !syslog.marks.contains(.sinceStart) else { return }
        time = syslog.time
        marks = syslog.marks
    }

    /// `2026-11-27T17:00:00.123Z`, `2026-11-27 17:00:00,123 +0100`, `[2026/11/27 17:00:00]`.
    private static func iso(_ head: [UInt8]) -> (time: Int64, marks: LogMarks)? {
        var start = head.startIndex
        while start < head.count, head[start] == UInt8(ascii: "[") || head[start] == UInt8(ascii: "\"") { start += 1 }
        guard head.count - start >= 19, head[start] &- 48 < 10 else { return nil }
        var text = Array(head[start...])
        for place in [4, 7] where text[place] == UInt8(ascii: "/") { text[place] = UInt8(ascii: "-") }
        // Where the time ends, as far as it is digits.
        var end = 19
        if end < text.count, [UInt8(ascii: "."), UInt8(ascii: ",")].contains(text[end]),
            end + 1 < text.count, text[end + 1] &- 48 < 10
        {
            end += 1
            while end < text.count, text[end] &- 48 < 10 { end += 1 }
        }
        let plain = Array(text[..<end])
        guard let zone = WrittenZone(text, at: end) else { return EventTime.isoMilliseconds(plain).map { ($0, []) } }
        if zone.offset != nil, let time = EventTime.isoMilliseconds(Array(text[..<zone.end])) { return (time, []) }
        return EventTime.isoMilliseconds(plain).map { ($0, zone.offset == nil ? .noZone : []) }
    }

    /// `time="2026-11-27T17:00:00Z" level=info`, as logfmt has it.
    private static func named(_ head: [UInt8], _ clock: LogClock) -> (time: Int64, marks: LogMarks)? {
        guard let name = names.first(where: { head.starts(with: $0) }) else { return nil }
        let value = Array(head[name.count...])
        return iso(value) ?? sinceEpoch(value, clock).map { ($0, []) }
    }

    /// The last time of which digits alone are taken to tell, where the clock does not say more: May 2033.
    ///
    /// So no telephone number of North America is one.
    private static let lastEpoch: Int64 = 2_000_000_000_000

    /// Ten digits and a fraction, or thirteen digits; from 2001 on, when the tenth came, to a year ahead.
    private static func sinceEpoch(_ head: [UInt8], _ clock: LogClock) -> Int64? {
        let digits = head.prefix { $0 &- 48 < 10 }.count
        let word = head.prefix { $0 != 32 && $0 != 9 && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ",") }
        guard digits == 10 || digits == 13, word.count < 24, head.first != UInt8(ascii: "0"), word.count < head.count,
            word.count == digits || digits == 10 && word[digits] == UInt8(ascii: ".")
        else { return nil }
        let time = Double(String(decoding: word, as: UTF8.self)).flatMap(EventTime.milliseconds)
        let last = max(lastEpoch, clock.now.map { $0 &+ 366 * 86_400_000 } ?? 0)
        return time.flatMap { $0 < last ? $0 : nil }
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `10.0.0.1 - - [27/Nov/2026:17:00:00 +0100]`, behind at most some words.
    private static func bracketed(_ scan: LineScan) -> Int64? {
        let open = scan.next(UInt8(ascii: "["), from: scan.start)
        return open + 21 <= scan.end ? commonLog(scan.bytes(open + 1..<min(scan.end, open + 28))) : nil
    }

    /// Milliseconds since 1970 of `27/Nov/2026:17:00:00 +0100`, with or without the zone.
    static func commonLog(_ text: [UInt8]) -> Int64? {
        guard text.count >= 20, text[2] == UInt8(ascii: "/"), text[6] == UInt8(ascii: "/"),
            text[11] == UInt8(ascii: ":"),
            let month = months.firstIndex(where: { text[3..<6].elementsEqual($0.utf8) })
        else { return nil }
        let date = Array(text[7..<11]) + Array((month < 9 ? "-0\(month + 1)-" : "-\(month + 1)-").utf8) + text[0..<2]
        let zone = text.count >= 26 && text[20] == 32 ? Array(text[21..<26]) : []
        return EventTime.isoMilliseconds(date + [UInt8(ascii: "T")] + text[12..<20] + zone)
            ?? EventTime.isoMilliseconds(date + [UInt8(ascii: "T")] + text[12..<20])
    }
}
