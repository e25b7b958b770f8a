import RoadblockCore

/// What stands in front of a message: the time, and the host that logged it.
///
/// Read are RFC 3164 and RFC 5424, what `journalctl` prints (short, short-iso, short-full, short-unix), the kernel's ring
/// buffer with time since start or with dates, and Cisco's times with a year.
struct SyslogPrefix {
    /// Milliseconds since 1970.
    var time: Int64?
    var marks: TimeMarks = []
    var host = Piece.none
    /// Where what was read ends.
    private(set) var end: Int

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        .map { Array($0.utf8) }
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].map { Array($0.utf8) }

    /// Reads what stands before `limit`.
    init(_ scan: LineScan, before limit: Int, _ clock: LogClock) {
        var index = scan.start
        end = index
        if scan[index] == UInt8(ascii: "<") {
            let close = scan.next(UInt8(ascii: ">"), from: index, before: min(limit, index + 6))
            if scan[close] == UInt8(ascii: ">") { index = close + 1 }
        }
        var word = scan.word(from: index, before: limit)
        let hasVersion = word.count == 1 && LineScan.isDigit(scan[word.lowerBound])
        if hasVersion { word = scan.word(from: word.upperBound, before: limit) }
        if scan[word.lowerBound] == UInt8(ascii: "[") {
            index = readBracket(scan, word.lowerBound, before: limit)
        } else {
            index = readTime(scan, word, before: limit, clock)
        }
        end = index
        guard time != nil || !marks.isEmpty else { return }
        word = scan.word(from: index, before: limit)
        // Between time and host Cisco has a colon or a zone.
        if word.count == 1, scan[word.lowerBound] == UInt8(ascii: ":") {
            word = scan.word(from: word.upperBound, before: limit)
        }
        // The ring buffer has no host.
        let hasHost = scan[index - 1] != UInt8(ascii: "]")
        let isTag = scan[word.upperBound - 1] == UInt8(ascii: ":") || scan[word.lowerBound] == UInt8(ascii: "[")
        if !word.isEmpty, !isTag, hasHost {
            host = scan.piece(word)
            end = word.upperBound
        }
    }

    /// `[  123.456]` or `[Fri Nov 27 17:00:00 2026]`; gives the offset behind it.
    private mutating func readBracket(_ scan: LineScan, _ open: Int, before limit: Int) -> Int {
        let close = scan.next(UInt8(ascii: "]"), from: open, before: min(limit, open + 40))
        guard scan[close] == UInt8(ascii: "]") else { return open }
        let inside = scan.trimmed(open + 1..<close)
        if let seconds = SyslogPrefix.seconds(scan, inside) {
            time = seconds
            marks = .sinceStart
            return close + 1
        }
        let parts = words(scan, inside, 5)
        guard parts.count == 5, let month = month(scan, parts[1]), let day = scan.number(parts[2]),
            let clockTime = SyslogPrefix.clockTime(scan, parts[3]), let year = scan.number(parts[4])
        else { return open }
        time = SyslogPrefix.milliseconds(year, month, day, clockTime)
        marks = .noZone
        return close + 1
    }

    private mutating func readTime(_ scan: LineScan, _ word: Range<Int>, before limit: Int, _ clock: LogClock) -> Int {
        var word = word
        // A weekday, and the marks of clocks that are not set.
        if SyslogPrefix.days.contains(where: { scan.equals(word, $0) }) {
            word = scan.word(from: word.upperBound, before: limit)
        }
        while word.count > 1, [UInt8(ascii: "*"), UInt8(ascii: "."), UInt8(ascii: "%")].contains(scan[word.lowerBound])
        {
            word = word.lowerBound + 1..<word.upperBound
        }
        if let month = month(scan, word) { return readMonth(scan, word, month, before: limit, clock) }
        if word.count >= 10, LineScan.isDigit(scan[word.lowerBound]) {
            if let seconds = SyslogPrefix.seconds(scan, word), seconds > 100_000_000_000 {
                time = seconds
                return word.upperBound
            }
            return readISO(scan, word, before: limit)
        }
        return word.lowerBound
    }

    private mutating func readISO(_ scan: LineScan, _ word: Range<Int>, before limit: Int) -> Int {
        let last = scan[word.upperBound - 1] == UInt8(ascii: ":") ? word.upperBound - 1 : word.upperBound
        if word.count > 10 {
            let text = scan.bytes(word.lowerBound..<last)
            time = EventTime.isoMilliseconds(text)
            if !SyslogPrefix.hasZone(text) { marks = .noZone }
            return word.upperBound
        }
        let second = scan.word(from: word.upperBound, before: limit)
        let text = scan.bytes(word) + [UInt8(ascii: "T")] + scan.bytes(second)
        time = EventTime.isoMilliseconds(text)
        guard time != nil, !SyslogPrefix.hasZone(text) else { return second.upperBound }
        let zone = scan.word(from: second.upperBound, before: limit)
        if scan.equals(zone, Array("UTC".utf8)) { return zone.upperBound }
        marks = .noZone
        return second.upperBound
    }

    private static func hasZone(_ text: [UInt8]) -> Bool {
        text.count > 19
            && text[19...].contains { [UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-")].contains($0) }
    }

    /// `Nov 27 17:00:00`, with a year behind the day or without.
    private mutating func readMonth(
        _ scan: LineScan,
        _ word: Range<Int>,
        _ month: Int,
        before limit: Int,
        _ clock: LogClock
    ) -> Int {
        let dayWord = scan.word(from: word.upperBound, before: limit)
        var next = scan.word(from: dayWord.upperBound, before: limit)
        guard let day = scan.number(dayWord) else { return word.lowerBound }
        var year = next.count == 4 ? scan.number(next) : nil
        if year != nil { next = scan.word(from: next.upperBound, before: limit) }
        guard let clockTime = SyslogPrefix.clockTime(scan, next) else { return word.lowerBound }
        marks = .noZone
        if year == nil {
            marks.insert(.noYear)
            year = clock.now.flatMap { SyslogPrefix.year(before: $0, month, day, clockTime) }
        }
        time = year.flatMap { SyslogPrefix.milliseconds($0, month, day, clockTime) }
        var index = next.upperBound
        // `UTC:`, as Cisco has it.
        let zone = scan.word(from: index, before: limit)
        if scan.equals(zone, Array("UTC:".utf8)) || scan.equals(zone, Array("UTC".utf8)) {
            marks.remove(.noZone)
            index = zone.upperBound
        }
        return index
    }

    /// The last year in which a time is not more than a day ahead.
    private static func year(before now: Int64, _ month: Int, _ day: Int, _ time: (Int, Int, Int, Int)) -> Int? {
        guard now >= 0, now < 1 << 43 else { return nil }
        let this = Instant(nanoseconds: now * 1_000_000).civil().year
        // Eight years back there is a leap year in any case.
        return stride(from: this + 1, through: this - 8, by: -1).first { year in
            milliseconds(year, month, day, time).map { $0 <= now + 86_400_000 } ?? false
        }
    }

    private static func milliseconds(_ year: Int, _ month: Int, _ day: Int, _ time: (Int, Int, Int, Int)) -> Int64? {
        let instant = Instant(
            year: year,
            month: month,
            day: day,
            hour: time.0,
            minute: time.1,
            second: time.2,
            nanosecond: time.3 * 1_000_000,
            offsetSeconds: 0
        )
        return instant.map { $0.nanoseconds / 1_000_000 }
    }

    /// `17:00:00` with or without a fraction and a colon: hour, minute, second and milliseconds.
    private static func clockTime(_ scan: LineScan, _ word: Range<Int>) -> (Int, Int, Int, Int)? {
        let at = word.lowerBound
        guard word.count >= 8, scan[at + 2] == UInt8(ascii: ":"), scan[at + 5] == UInt8(ascii: ":"),
            let hour = scan.number(at..<at + 2), let minute = scan.number(at + 3..<at + 5),
            let second = scan.number(at + 6..<at + 8)
        else { return nil }
        var milliseconds = 0
        if scan[at + 8] == UInt8(ascii: "."), word.count >= 12 {
            milliseconds = scan.number(at + 9..<at + 12) ?? 0
        }
        return (hour, minute, second, milliseconds)
    }

    /// `1795798800.123456` in milliseconds; digits, a point and digits.
    private static func seconds(_ scan: LineScan, _ range: Range<Int>) -> Int64? {
        let point = scan.next(UInt8(ascii: "."), from: range.lowerBound, before: range.upperBound)
        guard point < range.upperBound, let whole = scan.number(range.lowerBound..<point), whole < 1 << 40,
            scan.number(point + 1..<range.upperBound) != nil
        else { return nil }
        let digits = min(3, range.upperBound - point - 1)
        let fraction = scan.number(point + 1..<point + 1 + digits) ?? 0
        return Int64(whole) * 1000 + Int64(fraction * [1000, 100, 10, 1][digits])
    }

    private func month(_ scan: LineScan, _ word: Range<Int>) -> Int? {
        guard word.count == 3 else { return nil }
        return SyslogPrefix.months.firstIndex { scan.equals(word, $0) }.map { $0 + 1 }
    }

    private func words(_ scan: LineScan, _ range: Range<Int>, _ count: Int) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var index = range.lowerBound
        while words.count < count {
            let word = scan.word(from: index, before: range.upperBound)
            if word.isEmpty { break }
            words.append(word)
            index = word.upperBound
        }
        return words
    }
}
