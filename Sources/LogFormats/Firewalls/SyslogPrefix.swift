import RoadblockCore

/// What stands in front of a message: the time, and the host that logged it.
///
/// Read are RFC 3164 and RFC 5424, what `journalctl` prints (short, short-iso, short-full, short-unix), the kernel's ring
/// buffer with time since start or with dates (`dmesg`, also with -T and -x), OpenWrt's `logread`, and Cisco's times with
/// a year.
struct SyslogPrefix {
    /// Milliseconds since 1970.
    var time: Int64?
    var marks: LogMarks = []
    var host = Piece.none
    /// True for a header of RFC 5424, whose structured data ends where the message begins.
    private(set) var isStructured = false
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
            // Cisco may have a colon there.
            if scan[index] == UInt8(ascii: ":") { index += 1 }
        }
        index = SyslogPrefix.skipLevel(scan, index, before: limit)
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
        if hasVersion, let message = readHeader(scan, index, before: limit) {
            (end, isStructured) = (message, true)
            return
        }
        word = scan.word(from: index, before: limit)
        // Between time and host Cisco has a colon or a zone.
        if word.count == 1, scan[word.lowerBound] == UInt8(ascii: ":") {
            word = scan.word(from: word.upperBound, before: limit)
        }
        // The ring buffer has no host.
        let hasHost = scan[index - 1] != UInt8(ascii: "]")
        let isTag = scan[word.upperBound - 1] == UInt8(ascii: ":") || scan[word.lowerBound] == UInt8(ascii: "[")
        if !word.isEmpty, !isTag, hasHost {
            if !SyslogPrefix.isLevel(scan, word) { host = scan.piece(word) }
            end = word.upperBound
        }
    }

    /// Goes over `kern  :warn  : `, which `dmesg -x` puts in front.
    private static func skipLevel(_ scan: LineScan, _ start: Int, before limit: Int) -> Int {
        var index = start
        for _ in 0..<2 {
            let begin = index
            while index < limit, (scan[index] | 32) &- 97 < 26 || LineScan.isDigit(scan[index]) { index += 1 }
            guard index > begin, index - begin < 10 else { return start }
            while index < limit, scan[index] == 32 { index += 1 }
            guard index < limit, scan[index] == UInt8(ascii: ":") else { return start }
            index += 1
        }
        return index
    }

    private static let levels = ["emerg", "alert", "crit", "err", "warn", "warning", "notice", "info", "debug"]
        .map { Array($0.utf8) }

    /// True for `kern.warn`, which stands in the host's place where `logread` prints.
    private static func isLevel(_ scan: LineScan, _ word: Range<Int>) -> Bool {
        let point = scan.next(UInt8(ascii: "."), from: word.lowerBound, before: word.upperBound)
        return point < word.upperBound && levels.contains { scan.equals(point + 1..<word.upperBound, $0) }
    }

    /// Host, program, process, kind and structured data of RFC 5424, section 6; the offset of the message, `nil` where
    /// something else stands there.
    private mutating func readHeader(_ scan: LineScan, _ start: Int, before limit: Int) -> Int? {
        let parts = words(scan, start..<limit, 4)
        guard parts.count == 4, scan[parts[3].upperBound - 1] != UInt8(ascii: ":") else { return nil }
        var index = parts[3].upperBound + 1
        if scan[index] == UInt8(ascii: "-") {
            index += 1
        } else {
            let first = index
            while index < limit, scan[index] == UInt8(ascii: "[") {
                guard let close = SyslogPrefix.elementEnd(scan, index, before: limit) else { return nil }
                index = close
            }
            if index == first { return nil }
        }
        guard index >= limit || LineScan.isBlank(scan[index]) else { return nil }
        if !scan.equals(parts[0], [UInt8(ascii: "-")]) { host = scan.piece(parts[0]) }
        return min(index, limit)
    }

    /// Where an element of structured data ends: `[name@1 key="value \"x\" ]"]`.
    private static func elementEnd(_ scan: LineScan, _ open: Int, before limit: Int) -> Int? {
        var index = open + 1
        var isInText = false
        while index < limit {
            switch scan[index] {
            case UInt8(ascii: "\\") where isInText: index += 1
            case UInt8(ascii: "\""): isInText.toggle()
            case UInt8(ascii: "]") where !isInText: return index + 1
            default: break
            }
            index += 1
        }
        return nil
    }

    /// Reads the name of a zone, with or without a colon behind it; gives the offset behind it.
    ///
    /// Where there `isOne` in any case, others are read over.
    private mutating func readZone(_ scan: LineScan, _ start: Int, before limit: Int, isOne: Bool) -> Int {
        let word = scan.word(from: start, before: limit)
        let hasColon = word.count > 1 && scan[word.upperBound - 1] == UInt8(ascii: ":")
        let name = hasColon ? word.lowerBound..<word.upperBound - 1 : word
        if let zone = WrittenZone.named.first(where: { scan.equals(name, $0.name) }) {
            marks.remove(.noZone)
            time = time.map { $0 &- Int64(zone.minutes) &* 60_000 }
            return word.upperBound
        }
        return isOne && !word.isEmpty ? word.upperBound : start
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
        let hasDay = SyslogPrefix.days.contains { scan.equals(word, $0) }
        if hasDay { word = scan.word(from: word.upperBound, before: limit) }
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
            return readISO(scan, word, before: limit, hasZone: hasDay)
        }
        return word.lowerBound
    }

    private mutating func readISO(_ scan: LineScan, _ word: Range<Int>, before limit: Int, hasZone: Bool) -> Int {
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
        marks = .noZone
        // `journalctl -o short-full` has one, whatever it is called.
        return readZone(scan, second.upperBound, before: limit, isOne: hasZone)
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
        let last = scan.word(from: next.upperBound, before: limit)
        if year == nil, last.count == 4, let number = scan.number(last), number > 1969 { (year, next) = (number, last) }
        if year == nil {
            marks.insert(.noYear)
            year = clock.now.flatMap { SyslogPrefix.year(before: $0, month, day, clockTime) }
        }
        time = year.flatMap { SyslogPrefix.milliseconds($0, month, day, clockTime) }
        // `UTC:`, as Cisco has it.
        return readZone(scan, next.upperBound, before: limit, isOne: false)
    }

    /// The last year in which a time is not more than a day ahead.
    private static func year(before now: Int64, _ month: Int, _ day: Int, _ time: (Int, Int, Int, Int)) -> Int? {
        guard now >= 0, now < 1 << 43 else { return nil }
        let this = Instant(milliseconds: now).civil().year
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
        // No other year has 29 February.
        guard day < 29 || Instant(year: year, month: month, day: day)?.civil().day == day else { return nil }
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
