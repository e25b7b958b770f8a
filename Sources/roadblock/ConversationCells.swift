import Diagnosis
import Packets
import RoadblockCore

/// Writes the columns of conversations as texts.
struct ConversationCells {
    /// `nil` is UTC.
    private let zone: SystemZone?
    private let isForPeople: Bool
    /// The text of the newest minute, up to the colon before the seconds; rows come in the order of time.
    private var minute = Int64.min
    private var minuteText: [UInt8] = []

    init(_ zone: SystemZone?, isForPeople: Bool) {
        self.zone = zone
        self.isForPeople = isForPeople
    }

    /// Adds the text of a column; nothing where the conversation does not have it.
    @inline(__always)
    mutating func append(_ column: ConversationColumn, _ listed: ListedConversation, to text: inout [UInt8]) {
        let kind = listed.row.kind
        switch column {
        case .stream: if kind.hasPorts { Self.append(UInt64(truncatingIfNeeded: listed.row.stream), to: &text) }
        case .start: append(listed.row.firstTime, to: &text)
        case .duration: Self.append(seconds: listed.row.duration, to: &text)
        case .proto: Self.append(kind.name, to: &text)
        case .client: Self.append(listed.row.client, to: &text)
        case .clientPort: if kind.hasPorts { Self.append(UInt64(listed.row.clientPort), to: &text) }
        case .server: Self.append(listed.row.server, to: &text)
        case .serverPort: if kind.hasPorts { Self.append(UInt64(listed.row.serverPort), to: &text) }
        case .state: Self.append(listed.row.state, to: &text)
        case .history: listed.row.history.append(to: &text)
        case .completeness: if kind == .tcp { Self.append(UInt64(listed.row.completeness), to: &text) }
        case .synCount: if kind == .tcp { Self.append(listed.row.synCount, to: &text) }
        case .retransmissions: if kind == .tcp { Self.append(listed.row.retransmissions, to: &text) }
        case .clientPackets: Self.append(listed.row.clientPackets, to: &text)
        case .clientBytes: Self.append(listed.row.clientBytes, to: &text)
        case .serverPackets: Self.append(listed.row.serverPackets, to: &text)
        case .serverBytes: Self.append(listed.row.serverBytes, to: &text)
        case .initialRTT:
            if listed.row.initialRTT != 0 { Self.append(seconds: listed.row.initialRTT, to: &text) }
        case .verdict: Self.append(listed.verdict.rawValue, to: &text)
        }
    }

    private static func append(_ short: String, to text: inout [UInt8]) { for byte in short.utf8 { text.append(byte) } }

    private static func append(_ number: Int, to text: inout [UInt8]) {
        append(UInt64(truncatingIfNeeded: number), to: &text)
    }

    /// Adds a number in decimal digits.
    private static func append(_ number: UInt64, to text: inout [UInt8]) {
        if number < 10 { return text.append(48 &+ UInt8(truncatingIfNeeded: number)) }
        FieldPrinter.appendDecimal(Int64(bitPattern: number), to: &text)
    }

    private static func append(_ address: IPAddress, to text: inout [UInt8]) {
        guard let ipv4 = address.ipv4 else { return appendIPv6(address, to: &text) }
        append(octet: ipv4 >> 24, to: &text)
        text.append(UInt8(ascii: "."))
        append(octet: ipv4 >> 16 & 255, to: &text)
        text.append(UInt8(ascii: "."))
        append(octet: ipv4 >> 8 & 255, to: &text)
        text.append(UInt8(ascii: "."))
        append(octet: ipv4 & 255, to: &text)
    }

    @inline(__always)
    private static func append(octet: UInt32, to text: inout [UInt8]) {
        let value = UInt8(truncatingIfNeeded: octet)
        if value >= 100 { text.append(48 &+ value / 100) }
        if value >= 10 { text.append(48 &+ value / 10 % 10) }
        text.append(48 &+ value % 10)
    }

    /// Adds the text of RFC 5952: the longest run of zeros, the first of several, is left out.
    private static func appendIPv6(_ address: IPAddress, to text: inout [UInt8]) {
        var (best, length) = (8, 1)
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, group(address, end) == 0 { end += 1 }
            if end - start > length { (best, length) = (start, end - start) }
            start = end + 1
        }
        var index = 0
        while index < 8 {
            if index == best {
                text.append(UInt8(ascii: ":"))
                text.append(UInt8(ascii: ":"))
                index += length
                continue
            }
            if index > 0, index != best + length || best == 8 { text.append(UInt8(ascii: ":")) }
            append(hexadecimal: group(address, index), to: &text)
            index += 1
        }
    }

    private static func group(_ address: IPAddress, _ index: Int) -> UInt16 {
        let half = index < 4 ? address.high : address.low
        return UInt16(truncatingIfNeeded: half >> UInt64(48 - (index & 3) * 16))
    }

    private static func append(hexadecimal group: UInt16, to text: inout [UInt8]) {
        var hasDigit = false
        for shift in 0..<4 {
            let digit = UInt8(truncatingIfNeeded: group >> UInt16(12 - shift * 4) & 15)
            guard digit > 0 || hasDigit || shift == 3 else { continue }
            hasDigit = true
            text.append(digit < 10 ? 48 &+ digit : 87 &+ digit)
        }
    }

    /// Adds seconds with as many digits as are needed.
    static func append(seconds nanoseconds: Int64, to text: inout [UInt8]) {
        if nanoseconds < 0 { text.append(UInt8(ascii: "-")) }
        let (whole, part) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        append(whole, to: &text)
        guard part > 0 else { return }
        text.append(UInt8(ascii: "."))
        append(fraction: UInt32(truncatingIfNeeded: part), isWhole: false, to: &text)
    }

    /// Adds the nine digits of nanoseconds, without zeros at their end unless all are wanted.
    private static func append(fraction: UInt32, isWhole: Bool, to text: inout [UInt8]) {
        var digits = InlineArray<9, UInt8>(repeating: 48)
        var rest = fraction
        var index = 8
        while rest > 0 {
            digits[index] = 48 &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            index -= 1
        }
        var count = 9
        if !isWhole { while count > 1, digits[count - 1] == 48 { count -= 1 } }
        for place in 0..<count { text.append(digits[place]) }
    }

    /// Adds a time: in the zone for people, in UTC to programs.
    private mutating func append(_ time: Instant, to text: inout [UInt8]) {
        if isForPeople {
            let offset = zone?.offsetSeconds(at: time) ?? 0
            return time.append(to: &text, offsetSeconds: offset, fractionDigits: 6)
        }
        guard time.nanoseconds >= 0 else {
            time.append(to: &text, separator: "T")
            return text.append(UInt8(ascii: "Z"))
        }
        let (newMinute, inMinute) = time.nanoseconds.quotientAndRemainder(dividingBy: 60_000_000_000)
        if newMinute != minute {
            minute = newMinute
            minuteText.removeAll(keepingCapacity: true)
            Instant(nanoseconds: newMinute * 60_000_000_000).append(to: &minuteText, separator: "T", fractionDigits: 0)
            minuteText.removeLast(2)
        }
        text.append(contentsOf: minuteText)
        let (seconds, part) = inMinute.quotientAndRemainder(dividingBy: 1_000_000_000)
        text.append(48 &+ UInt8(truncatingIfNeeded: seconds / 10))
        text.append(48 &+ UInt8(truncatingIfNeeded: seconds % 10))
        if part > 0 {
            text.append(UInt8(ascii: "."))
            let start = text.count
            Self.append(fraction: UInt32(truncatingIfNeeded: part), isWhole: true, to: &text)
            // Milliseconds, microseconds or nanoseconds.
            let digits = part % 1_000_000 == 0 ? 3 : part % 1000 == 0 ? 6 : 9
            text.removeLast(text.count - start - digits)
        }
        text.append(UInt8(ascii: "Z"))
    }
}
