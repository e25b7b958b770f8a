/// One value of a row in 64 bits: a number, a time, an IPv4 address, a text by reference, or nothing.
///
/// Numbers are IEEE doubles as they are. Everything else lies in the space of negative not-a-numbers: a tag in bits 48
/// to 51 and 48 bits of content. A text that is an IPv4 address in its shortest form is always held as an address, so
/// that equal bits mean equal values for everything but texts, and texts are compared in the `TextPool` they belong to.
@frozen
public struct Cell: Hashable, Sendable {
    public var bits: UInt64

    @inlinable @inline(__always)
    public init(bits: UInt64) { self.bits = bits }

    /// What a cell holds.
    @frozen
    public enum Kind: UInt8, Sendable {
        case number = 0
        case missing = 1
        case address = 2
        case time = 3
        case text = 4
        /// A map or a list, held as its JSON text.
        case structure = 5
    }

    @usableFromInline static let boxed: UInt64 = 0xFFF1_0000_0000_0000
    @usableFromInline static let payloadMask: UInt64 = 0x0000_FFFF_FFFF_FFFF

    /// Nothing: the field is not there.
    @inlinable public static var missing: Cell { Cell(bits: 0xFFF1_0000_0000_0000) }
    @inlinable public static var one: Cell { Cell(number: 1) }
    @inlinable public static var zero: Cell { Cell(number: 0) }

    /// A number; what is not a number is nothing, and negative zero is zero.
    @inlinable @inline(__always)
    public init(number: Double) {
        bits = number == number ? (number + 0).bitPattern : 0xFFF1_0000_0000_0000
    }

    /// 1 or 0.
    @inlinable @inline(__always)
    public init(_ condition: Bool) { bits = condition ? 0x3FF0_0000_0000_0000 : 0 }

    @inlinable @inline(__always)
    public init(ipv4: UInt32) { bits = 0xFFF2_0000_0000_0000 | UInt64(ipv4) }

    /// Milliseconds since 1970; nothing where they do not fit 48 bits (some 4,400 years either side).
    @inlinable @inline(__always)
    public init(milliseconds: Int64) {
        let fits = milliseconds < 1 << 47 && milliseconds >= -(1 << 47)
        bits = fits ? 0xFFF3_0000_0000_0000 | UInt64(bitPattern: milliseconds) & Cell.payloadMask : Cell.boxed
    }

    @inlinable @inline(__always)
    public var isNumber: Bool { bits < Cell.boxed }

    @inlinable @inline(__always)
    public var isMissing: Bool { bits == 0xFFF1_0000_0000_0000 }

    @inlinable @inline(__always)
    public var isAddress: Bool { bits >> 48 == 0xFFF2 }

    @inlinable @inline(__always)
    public var isTime: Bool { bits >> 48 == 0xFFF3 }

    /// True for a text that is held in a pool; addresses are texts to the language but not here.
    @inlinable @inline(__always)
    public var isText: Bool { bits &- 0xFFF4_0000_0000_0000 < 0x0003_0000_0000_0000 }

    /// True for a map or a list, which is held as its JSON text.
    @inlinable @inline(__always)
    public var isStructure: Bool { bits >= 0xFFF8_0000_0000_0000 }

    @inlinable
    public var kind: Kind {
        if isNumber { return .number }
        switch bits >> 48 {
        case 0xFFF1: return .missing
        case 0xFFF2: return .address
        case 0xFFF3: return .time
        default: return isStructure ? .structure : .text
        }
    }

    /// The number; meaningless unless `isNumber`.
    @inlinable @inline(__always)
    public var number: Double { Double(bitPattern: bits) }

    /// The IPv4 address, first octet in the most significant byte; meaningless unless `isAddress`.
    @inlinable @inline(__always)
    public var ipv4: UInt32 { UInt32(truncatingIfNeeded: bits) }

    /// Milliseconds since 1970; meaningless unless `isTime`.
    @inlinable @inline(__always)
    public var milliseconds: Int64 { Int64(bitPattern: bits << 16) >> 16 }
}

extension Cell {
    /// Where a text lies.
    @usableFromInline
    enum Region: UInt64 {
        /// Copied and unique: equal bits and equal texts are the same.
        case kept = 0xFFF4
        /// In the bytes of the current block: 24 bits of offset, 24 of length.
        case block = 0xFFF5
        /// Made by a function for the current batch.
        case scratch = 0xFFF6
    }

    /// The JSON text of a map or a list; any other value as it is.
    @inlinable @inline(__always)
    public var unwrapped: Cell { isStructure ? Cell(bits: bits &- 0x0004_0000_0000_0000) : self }

    /// The map or the list that a JSON text is; the caller has checked that it is one.
    @inlinable @inline(__always)
    public var asStructure: Cell { isText ? Cell(bits: bits &+ 0x0004_0000_0000_0000) : self }

    /// The kept text with an ordinal in its pool.
    @inlinable @inline(__always)
    public init(kept index: Int) { bits = 0xFFF4_0000_0000_0000 | UInt64(truncatingIfNeeded: index) }

    @inlinable @inline(__always)
    init(scratch index: Int) { bits = 0xFFF6_0000_0000_0000 | UInt64(truncatingIfNeeded: index) }

    @inlinable @inline(__always)
    init(blockOffset offset: Int, length: Int) {
        bits = 0xFFF5_0000_0000_0000 | UInt64(truncatingIfNeeded: offset) << 24 | UInt64(truncatingIfNeeded: length)
    }

    /// True for a text that outlives its batch.
    @inlinable @inline(__always)
    public var isKept: Bool { bits >> 48 == 0xFFF4 }

    /// The ordinal of a kept text in its pool, from 0; meaningless unless `isKept`.
    @inlinable @inline(__always)
    public var index: Int { Int(bits & Cell.payloadMask) }

    @inlinable @inline(__always)
    var blockOffset: Int { Int(bits >> 24 & 0xFF_FFFF) }

    @inlinable @inline(__always)
    var blockLength: Int { Int(bits & 0xFF_FFFF) }
}
