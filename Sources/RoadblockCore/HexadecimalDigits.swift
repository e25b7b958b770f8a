extension Sequence<UInt8> {
    /// The bytes as two lower-case hexadecimal digits each.
    package var hexadecimal: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(2 * underestimatedCount)
        for byte in self { text.append(hexadecimal: byte) }
        return text
    }
}

extension [UInt8] {
    /// Appends a byte as two lower-case hexadecimal digits.
    @inlinable
    package mutating func append(hexadecimal byte: UInt8) {
        for digit in [byte >> 4, byte & 15] { append(digit < 10 ? 48 + digit : 87 + digit) }
    }
}
