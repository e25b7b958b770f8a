import RoadblockCore

/// Texts of numbers and addresses, written to memory that has room for them.
extension OutputSpan where Element == UInt8 {
    @inline(__always)
    mutating func append(_ short: String) { for byte in short.utf8 { append(byte) } }

    @inline(__always)
    mutating func append(copying bytes: [UInt8]) { for byte in bytes { append(byte) } }

    /// Adds a number, which is not negative, in decimal digits.
    mutating func append(decimal number: Int) {
        if number < 10 { return append(digit: number) }
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var place = 20
        var left = number.magnitude
        repeat {
            place &-= 1
            digits[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: left % 10)
            left /= 10
        } while left > 0
        while place < 20 {
            append(digits[place])
            place &+= 1
        }
    }

    @inline(__always)
    private mutating func append(digit: Int) { append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)) }

    /// Adds seconds with as many digits as are needed.
    mutating func append(seconds nanoseconds: Int64) {
        if nanoseconds < 0 { append(UInt8(ascii: "-")) }
        let (whole, part) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        append(decimal: Int(whole))
        guard part > 0 else { return }
        append(UInt8(ascii: "."))
        var (rest, digits) = (UInt32(truncatingIfNeeded: part), 9)
        while digits > 3, rest % 1000 == 0 {
            rest /= 1000
            digits &-= 3
        }
        while rest % 10 == 0 {
            rest /= 10
            digits &-= 1
        }
        append(padded: rest, digits: digits)
    }

    /// Adds the first digits of nanoseconds: 3, 6 or 9.
    mutating func append(fraction nanoseconds: UInt32, digits: Int) {
        append(
            padded: digits == 3 ? nanoseconds / 1_000_000 : digits == 6 ? nanoseconds / 1000 : nanoseconds,
            digits: digits
        )
    }

    /// Adds a number with so many digits, nine at most, the first of which may be zeros.
    private mutating func append(padded number: UInt32, digits: Int) {
        var text = InlineArray<9, UInt8>(repeating: UInt8(ascii: "0"))
        var rest = number
        var place = 8
        while rest > 0 {
            text[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            place &-= 1
        }
        for place in (9 &- digits)..<9 { append(text[place]) }
    }

    /// Adds the text of an address.
    mutating func append(_ address: IPAddress) {
        guard let ipv4 = address.ipv4 else { return append(version6: address) }
        append(octet: ipv4 >> 24)
        append(UInt8(ascii: "."))
        append(octet: ipv4 >> 16 & 255)
        append(UInt8(ascii: "."))
        append(octet: ipv4 >> 8 & 255)
        append(UInt8(ascii: "."))
        append(octet: ipv4 & 255)
    }

    @inline(__always)
    private mutating func append(octet: UInt32) {
        let value = Int(octet)
        if value >= 100 { append(digit: value / 100) }
        if value >= 10 { append(digit: value / 10 % 10) }
        append(digit: value % 10)
    }

    /// Adds the text of RFC 5952: the longest run of zeros, the first of several, is left out.
    private mutating func append(version6 address: IPAddress) {
        func group(_ index: Int) -> UInt16 {
            let half = index < 4 ? address.high : address.low
            return UInt16(truncatingIfNeeded: half >> UInt64(48 - (index & 3) * 16))
        }
        var (best, length) = (8, 1)
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, group(end) == 0 { end += 1 }
            if end - start > length { (best, length) = (start, end - start) }
            start = end + 1
        }
        var index = 0
        while index < 8 {
            if index == best {
                append(UInt8(ascii: ":"))
                append(UInt8(ascii: ":"))
                index += length
                continue
            }
            if index > 0, index != best + length || best == 8 { append(UInt8(ascii: ":")) }
            append(hexadecimal: group(index))
            index += 1
        }
    }

    private mutating func append(hexadecimal group: UInt16) {
        var shift = max(0, (15 &- group.leadingZeroBitCount) & ~3)
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: group >> UInt16(truncatingIfNeeded: shift) & 15)
            append(digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &- 10 &+ digit)
            shift &-= 4
        }
    }
}
