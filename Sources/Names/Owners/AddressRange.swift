import RoadblockCore

/// A range of addresses of one family.
struct AddressRange: Hashable {
    let first: IPAddress
    let last: IPAddress

    /// The range from one address to another; `nil` when they are of different families or in the wrong order.
    init?(_ first: IPAddress, _ last: IPAddress) {
        guard first.isIPv4 == last.isIPv4, first <= last else { return nil }
        self.first = first
        self.last = last
    }

    /// The block around an address; bits behind the length are taken for zeros.
    init?(_ address: IPAddress, length: Int) {
        guard (0...(address.isIPv4 ? 32 : 128)).contains(length) else { return nil }
        let fixed = address.isIPv4 ? length + 96 : length
        let free: UInt128 = fixed == 0 ? .max : fixed == 128 ? 0 : .max >> UInt128(fixed)
        first = IPAddress(bits: address.bits & ~free)
        last = IPAddress(bits: address.bits | free)
    }

    /// What the text of a cell says.
    enum Reading: Hashable {
        /// A lone address, perhaps the first or last one of a range.
        case address(IPAddress)
        /// A block, or a range in one cell.
        case range(AddressRange)
    }

    /// Reads `10.0.0.1`, `10.0.0.0/8`, `fd00::/8` or `10.0.0.0-10.0.0.255`.
    static func read(_ text: ArraySlice<UInt8>) -> Reading? {
        // No text of an address is longer than 45 characters.
        guard text.count <= 100, let start = text.first, isHexDigit(start) || start == UInt8(ascii: ":") else {
            return nil
        }
        if let slash = text.firstIndex(of: UInt8(ascii: "/")) {
            guard let address = address(text[..<slash]), var length = number(text[(slash + 1)...]) else { return nil }
            if address.isIPv4, text[..<slash].contains(UInt8(ascii: ":")) {
                // A block of mapped addresses counts the 96 bits before them.
                guard length >= 96 else { return nil }
                length -= 96
            }
            return AddressRange(address, length: length).map(Reading.range)
        }
        if let dash = text.firstIndex(of: UInt8(ascii: "-")) {
            let from = text[..<dash].trimmingBlanks
            let to = text[(dash + 1)...].trimmingBlanks
            guard let first = address(from), let last = address(to) else { return nil }
            return AddressRange(first, last).map(Reading.range)
        }
        return address(text).map(Reading.address)
    }

    /// The range of two whole numbers, as some lists write addresses; above 32 bits they are of IPv6.
    static func read(number first: ArraySlice<UInt8>, number last: ArraySlice<UInt8>) -> AddressRange? {
        guard let from = wideNumber(first), let to = wideNumber(last), from <= to else { return nil }
        guard to > UInt128(UInt32.max) else {
            return AddressRange(IPAddress(ipv4: UInt32(from)), IPAddress(ipv4: UInt32(to)))
        }
        return AddressRange(IPAddress(bits: from), IPAddress(bits: to))
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private static func address(_ text: ArraySlice<UInt8>) -> IPAddress? {
        dottedQuad(text)
            ?? (text.contains(UInt8(ascii: ":")) ? IPAddress(parsing: String(decoding: text, as: UTF8.self)) : nil)
    }

    /// An IPv4 address, read without a copy: most lists hold hundreds of thousands of them.
    private static func dottedQuad(_ text: ArraySlice<UInt8>) -> IPAddress? {
        var value: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var dots = 0
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                value = value << 8 | octet
                (octet, digits) = (0, 0)
                dots += 1
            } else {
                guard (48...57).contains(byte), digits < 3 else { return nil }
                octet = octet * 10 + UInt32(byte - 48)
                digits += 1
                guard octet <= 255 else { return nil }
            }
        }
        return dots == 3 && digits > 0 ? IPAddress(ipv4: value << 8 | octet) : nil
    }

    private static func number(_ text: ArraySlice<UInt8>) -> Int? {
        guard (1...3).contains(text.count), text.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return text.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    private static func wideNumber(_ text: ArraySlice<UInt8>) -> UInt128? {
        guard (1...39).contains(text.count) else { return nil }
        var value: UInt128 = 0
        for byte in text {
            guard (48...57).contains(byte) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt128(byte - 48))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }
}

extension ArraySlice<UInt8> {
    /// The bytes without blanks, tabs and carriage returns around them.
    var trimmingBlanks: ArraySlice<UInt8> {
        var slice = self
        while let byte = slice.first, byte == 0x20 || byte == 0x09 || byte == 0x0D { slice.removeFirst() }
        while let byte = slice.last, byte == 0x20 || byte == 0x09 || byte == 0x0D { slice.removeLast() }
        return slice
    }
}

extension IPAddress {
    /// The 128-bit form as one number.
    var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

    init(bits: UInt128) {
        self.init(high: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits))
    }
}
