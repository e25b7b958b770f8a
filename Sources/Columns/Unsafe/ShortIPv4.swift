// Invariant: callers pass memory of `length` readable bytes.

/// The IPv4 address that a text is, in the shortest form only (no leading zeros): then the text can be made again.
@inlinable @inline(__always)
public func shortIPv4(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> UInt32? {
    guard length >= 7, length <= 15 else { return nil }
    var value: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    var index = 0
    while index < length {
        let byte = unsafe bytes[index]
        index &+= 1
        if byte == 0x2E {
            if digits == 0 { return nil }
            value = value << 8 | octet
            octet = 0
            digits = 0
            dots &+= 1
        } else {
            let digit = UInt32(byte &- 48)
            if digit > 9 || (digits > 0 && octet == 0) { return nil }
            octet = octet &* 10 &+ digit
            digits &+= 1
            if octet > 255 { return nil }
        }
    }
    return dots == 3 && digits > 0 ? value << 8 | octet : nil
}
