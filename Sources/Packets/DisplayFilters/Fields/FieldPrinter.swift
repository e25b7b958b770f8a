package import RoadblockCore

/// The zone that local times are in.
package protocol LocalZone: Sendable {
    /// Seconds east of Greenwich at an instant.
    func offsetSeconds(at instant: Instant) -> Int
    /// The zone's short name at an instant, such as `UTC` or `CEST`.
    func name(at instant: Instant) -> String
}

/// Coordinated universal time as the local zone.
package struct UTCZone: LocalZone {
    package init() {}
    package func offsetSeconds(at instant: Instant) -> Int { 0 }
    package func name(at instant: Instant) -> String { "UTC" }
}

/// Writes field values the way `-T fields` does.
package struct FieldPrinter: Sendable {
    private let profile: WiresharkProfile
    private let zone: any LocalZone

    package init(profile: WiresharkProfile, zone: any LocalZone) {
        self.profile = profile
        self.zone = zone
    }

    /// Adds the text of a value.
    package func append(_ value: FieldValue, of field: Field, _ bytes: borrowing RawSpan, to text: inout [UInt8]) {
        switch value {
        case .word(let number): append(number, of: field, to: &text)
        case .wide(let address): text.append(contentsOf: address.ipv6Text.utf8)
        case .real(let number): text.append(contentsOf: FieldPrinter.real(number).utf8)
        case .range, .bytes:
            switch field.type(in: profile) {
            case .protocol: text.append(contentsOf: field.name.utf8)
            case .string: FieldPrinter.appendEscaped(FieldPrinter.text(value, bytes), to: &text)
            default:
                if value.byteCount == 0 { text.append(contentsOf: FieldPrinter.emptyBytes(field).utf8) }
                let isLink = field.radix == .colons && value.byteCount == 6
                for index in 0..<value.byteCount {
                    if index > 0, isLink { text.append(UInt8(ascii: ":")) }
                    if index > 0, field.radix == .blanks, case .bytes = value { text.append(32) }
                    text.append(hexadecimal: value.byte(index, bytes))
                }
            }
        }
    }

    private func append(_ number: Int64, of field: Field, to text: inout [UInt8]) {
        switch field.type(in: profile) {
        case .boolean:
            let word = profile >= .v42 ? (number == 0 ? "False" : "True") : number == 0 ? "0" : "1"
            text.append(contentsOf: word.utf8)
        case .ipv4: FieldPrinter.appendIPv4(UInt32(truncatingIfNeeded: number), to: &text)
        case .ethernet: text.append(contentsOf: FieldPrinter.ethernet(number).utf8)
        case .relativeTime: FieldPrinter.appendSeconds(number, to: &text)
        case .absoluteTime:
            if field.name == "frame.time_epoch" { return FieldPrinter.appendSeconds(number, to: &text) }
            text.append(contentsOf: date(Instant(nanoseconds: number)).utf8)
        default:
            if field.type == .unsigned(bits: 64), field.radix == .decimal {
                text.append(contentsOf: String(UInt64(bitPattern: number)).utf8)
            } else if field.radix == .hexadecimal {
                text.append(contentsOf: FieldPrinter.hexadecimal(number, field.type).utf8)
            } else {
                FieldPrinter.appendDecimal(number, to: &text)
            }
        }
    }

    /// `Nov 25, 2013 15:55:28.482374000 UTC`, from 4.6 on `2013-11-25T15:55:28.482374000+0000`.
    private func date(_ instant: Instant) -> String {
        let offset = zone.offsetSeconds(at: instant)
        if profile >= .v46 {
            let sign = offset < 0 ? "-" : "+"
            let minutes = abs(offset) / 60
            return instant.text(separator: "T", offsetSeconds: offset, fractionDigits: 9)
                + "\(sign)\(padded(minutes / 60, 2))\(padded(minutes % 60, 2))"
        }
        let parts = instant.civil(offsetSeconds: offset)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = parts.day < 10 ? " \(parts.day)" : "\(parts.day)"
        let time = "\(padded(parts.hour, 2)):\(padded(parts.minute, 2)):\(padded(parts.second, 2))"
        return "\(months[parts.month - 1]) \(day), \(parts.year) \(time).\(padded(parts.nanosecond, 9)) "
            + zone.name(at: instant)
    }

    /// `0x` and as many lower-case digits as the type is wide.
    static func hexadecimal(_ number: Int64, _ type: FieldType) -> String {
        let width =
            switch type {
            case .unsigned(let bits), .signed(let bits): bits / 4
            default: 8
            }
        let digits = String(UInt64(bitPattern: number), radix: 16)
        return "0x" + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    static func ethernet(_ number: Int64) -> String {
        var text: [UInt8] = []
        for shift in stride(from: 40, through: 0, by: -8) {
            text.append(hexadecimal: UInt8(truncatingIfNeeded: number >> Int64(shift)))
            if shift > 0 { text.append(UInt8(ascii: ":")) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The shortest text; whole numbers without a fraction.
    static func real(_ number: Double) -> String {
        if let whole = Int64(exactly: number) { return String(whole) }
        return String(number)
    }

    package static func appendDecimal(_ number: Int64, to text: inout [UInt8]) {
        if number < 0 { text.append(UInt8(ascii: "-")) }
        var left = number.magnitude
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var place = 20
        repeat {
            place &-= 1
            digits[place] = 48 &+ UInt8(truncatingIfNeeded: left % 10)
            left /= 10
        } while left > 0
        while place < 20 {
            text.append(digits[place])
            place &+= 1
        }
    }

    package static func appendIPv4(_ address: UInt32, to text: inout [UInt8]) {
        for shift in stride(from: 24, through: 0, by: -8) {
            appendDecimal(Int64(address >> UInt32(shift) & 255), to: &text)
            if shift > 0 { text.append(UInt8(ascii: ".")) }
        }
    }

    /// Seconds with nine fraction digits.
    package static func appendSeconds(_ nanoseconds: Int64, digits: Int = 9, to text: inout [UInt8]) {
        if nanoseconds < 0 { text.append(UInt8(ascii: "-")) }
        appendDecimal(Int64(nanoseconds.magnitude / 1_000_000_000), to: &text)
        guard digits > 0 else { return }
        text.append(UInt8(ascii: "."))
        var rest = nanoseconds.magnitude % 1_000_000_000
        var divisor: UInt64 = 100_000_000
        for _ in 0..<digits {
            text.append(48 + UInt8(rest / divisor))
            rest %= divisor
            divisor = max(1, divisor / 10)
        }
    }

    /// A text's own bytes; one of a header field ends at a zero byte, and is repaired.
    private static func text(_ value: FieldValue, _ bytes: borrowing RawSpan) -> [UInt8] {
        guard case .range = value else { return value.copy(bytes) }
        let own = value.copy(bytes).prefix { $0 != 0 }
        return Array(String(decoding: own, as: UTF8.self).utf8)
    }

    /// What stands for no bytes at all.
    private static func emptyBytes(_ field: Field) -> String {
        switch field.source {
        case .application, .content: "<MISSING>"
        default: "<none>"
        }
    }

    private static func appendEscaped(_ bytes: [UInt8], to text: inout [UInt8]) {
        for byte in bytes {
            switch byte {
            case 8...10, 12, 13:
                // The letters of the C language.
                text.append(UInt8(ascii: "\\"))
                text.append(Array("btnvfr".utf8)[Int(byte) - 8])
            default: text.append(byte)
            }
        }
    }
}
