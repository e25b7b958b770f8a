// Invariant: every load is preceded by the bounds check that `unsafeLoadUnaligned(fromByteOffset:as:)` performs,
// and loads only integer types, for which every bit pattern is valid; a buffer is used only while its span is alive.

extension RawSpan {
    /// The byte at an offset; traps when the offset is outside of the span.
    @inlinable @inline(always)
    package func byte(_ offset: Int) -> UInt8 {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
    }

    /// A 16-bit number in network byte order.
    @inlinable @inline(always)
    package func big16(_ offset: Int) -> UInt16 {
        unsafe UInt16(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// A 32-bit number in network byte order.
    @inlinable @inline(always)
    package func big32(_ offset: Int) -> UInt32 {
        unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// A 64-bit number in network byte order.
    @inlinable @inline(always)
    package func big64(_ offset: Int) -> UInt64 {
        unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// A 64-bit number, least significant byte first.
    @inlinable @inline(always)
    package func little64(_ offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// A 16-bit number, least significant byte first.
    @inlinable @inline(always)
    package func little16(_ offset: Int) -> UInt16 { big16(offset).byteSwapped }

    /// A 32-bit number, least significant byte first.
    @inlinable @inline(always)
    package func little32(_ offset: Int) -> UInt32 { big32(offset).byteSwapped }
}

extension [UInt8] {
    /// Adds all bytes of a span.
    package mutating func append(_ span: borrowing RawSpan) {
        unsafe span.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}
