/// An IPv4 or IPv6 address.
///
/// IPv4 addresses are held in their IPv4-mapped form (RFC 4291 section 2.5.5.2), so that one type serves both families.
public struct IPAddress: Hashable, BitwiseCopyable, Sendable {
    /// The upper 64 bits of the 128-bit form.
    public var high: UInt64
    /// The lower 64 bits of the 128-bit form.
    public var low: UInt64

    @inlinable @inline(always)
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The IPv4 address of four octets, the first in the most significant byte.
    @inlinable @inline(always)
    public init(ipv4: UInt32) {
        high = 0
        low = 0x0000_FFFF_0000_0000 | UInt64(ipv4)
    }

    @inlinable @inline(always)
    public var isIPv4: Bool { high == 0 && low >> 32 == 0x0000_FFFF }

    /// The four octets of an IPv4 address, the first in the most significant byte; `nil` for IPv6.
    @inlinable
    public var ipv4: UInt32? { isIPv4 ? UInt32(truncatingIfNeeded: low) : nil }
}

extension IPAddress {
    // IPv4 addresses are told apart by their lower half.
    @inlinable
    public func hash(into hasher: inout Hasher) {
        if high != 0 { hasher.combine(high) }
        hasher.combine(low)
    }
}

extension IPAddress: Comparable {
    @inlinable @inline(__always)
    public static func == (a: IPAddress, b: IPAddress) -> Bool { (a.high ^ b.high) | (a.low ^ b.low) == 0 }

    @inlinable @inline(always)
    public static func < (a: IPAddress, b: IPAddress) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }
}

extension IPAddress {
    /// An IPv4 dotted quad or any RFC 4291 text form of IPv6; `nil` for anything else (no zones, no brackets).
    package init?(parsing text: some StringProtocol) {
        let bytes = Array(text.utf8)
        if bytes.contains(UInt8(ascii: ":")) {
            guard let address = IPAddress.parseIPv6(bytes) else { return nil }
            self = address
        } else {
            guard let value = IPAddress.parseIPv4(bytes[...]) else { return nil }
            self.init(ipv4: value)
        }
    }

    private static func parseIPv4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        var value: UInt32 = 0
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        for part in parts {
            guard (1...3).contains(part.count) else { return nil }
            var octet: UInt32 = 0
            for byte in part {
                guard (48...57).contains(byte) else { return nil }
                octet = octet * 10 + UInt32(byte - 48)
            }
            guard octet <= 255 else { return nil }
            value = value << 8 | octet
        }
        return value
    }

    private static func parseIPv6(_ bytes: [UInt8]) -> IPAddress? {
        var groups: [UInt16] = []
        var gap: Int?
        var index = 0
        if bytes.starts(with: [58, 58]) {
            gap = 0
            index = 2
        } else if bytes.first == 58 {
            return nil
        }
        while index < bytes.count {
            var end = index
            while end < bytes.count, bytes[end] != 58 { end += 1 }
            let part = bytes[index..<end]
            if part.contains(UInt8(ascii: ".")) {
                guard end == bytes.count, let tail = parseIPv4(part) else { return nil }
                groups += [UInt16(tail >> 16), UInt16(truncatingIfNeeded: tail)]
                index = end
                break
            }
            guard (1...4).contains(part.count), let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16),
                part.first != UInt8(ascii: "+")
            else { return nil }
            groups.append(group)
            index = end
            guard index < bytes.count else { break }
            index += 1
            if index < bytes.count, bytes[index] == 58 {
                guard gap == nil else { return nil }
                gap = groups.count
                index += 1
            } else if index == bytes.count {
                return nil
            }
            guard groups.count <= 8 else { return nil }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        return IPAddress(
            high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) },
            low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
        )
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted quad, or IPv6 in the form of RFC 5952.
    public var description: String {
        if let ipv4 {
            return "\(ipv4 >> 24).\(ipv4 >> 16 & 255).\(ipv4 >> 8 & 255).\(ipv4 & 255)"
        }
        return ipv6Text
    }

    /// RFC 5952 text of the 128-bit form.
    package var ipv6Text: String {
        var groups: [UInt16] = []
        for word in [high, low] {
            for shift in stride(from: 48, through: 0, by: -16) { groups.append(UInt16(word >> UInt64(shift) & 0xFFFF)) }
        }
        if high == 0, low >> 32 == 0x0000_FFFF { return "::ffff:\(IPAddress(ipv4: UInt32(low & 0xFFFF_FFFF)))" }
        var best = 0..<0
        var index = 0
        while index < 8 {
            guard groups[index] == 0 else {
                index += 1
                continue
            }
            var end = index
            while end < 8, groups[end] == 0 { end += 1 }
            if end - index > best.count, end - index > 1 { best = index..<end }
            index = end
        }
        func text(_ range: Range<Int>) -> String {
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        return best.isEmpty ? text(0..<8) : "\(text(0..<best.lowerBound))::\(text(best.upperBound..<8))"
    }
}

/// A block of addresses in CIDR notation (RFC 4632).
package struct IPPrefix: Hashable, Sendable {
    package let address: IPAddress
    /// Bits that count, in the block's own family: 0 to 32 or 0 to 128.
    package let length: Int
    /// False for a block that is written as one of IPv6, `::ffff:0:0/96` too.
    package let isIPv4: Bool

    /// The block that an address and a length name; `nil` when the length does not fit the family.
    package init?(_ address: IPAddress, length: Int) { self.init(address, length: length, isIPv4: address.isIPv4) }

    /// The same in a family, which for addresses of IPv4 may be IPv6 as well.
    package init?(_ address: IPAddress, length: Int, isIPv4: Bool) {
        guard address.isIPv4 || !isIPv4, (0...(isIPv4 ? 32 : 128)).contains(length) else { return nil }
        self.address = address
        self.length = length
        self.isIPv4 = isIPv4
    }

    /// `10.0.0.0/8`, `fd00::/8`, or a lone address, which is a block of one.
    package init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddress(parsing: parts[0]) else { return nil }
        let isIPv4 = !parts[0].utf8.contains(UInt8(ascii: ":"))
        guard let length = parts.count == 2 ? Int(parts[1]) : isIPv4 ? 32 : 128 else { return nil }
        self.init(address, length: length, isIPv4: isIPv4)
    }

    /// The same block, named by its first address.
    package var first: IPPrefix {
        let (high, low) = masks
        let start = IPAddress(high: address.high & high, low: address.low & low)
        return IPPrefix(start, length: length, isIPv4: isIPv4) ?? self
    }

    /// The bits that count, of an address's 128.
    private var masks: (high: UInt64, low: UInt64) {
        let bits = isIPv4 ? length + 96 : length
        return (
            bits >= 64 ? ~0 : bits == 0 ? 0 : ~0 << UInt64(64 - bits),
            bits <= 64 ? 0 : bits == 128 ? ~0 : ~0 << UInt64(128 - bits)
        )
    }

    package func contains(_ other: IPAddress) -> Bool { other.isIPv4 == isIPv4 && hasBits(of: other) }

    /// True where an address begins with the block's bits, whatever family it is written in.
    package func hasBits(of other: IPAddress) -> Bool {
        let (high, low) = masks
        return (address.high ^ other.high) & high == 0 && (address.low ^ other.low) & low == 0
    }
}
