// Invariant: callers pass memory of `length` readable bytes followed by at least 64 more, and room for one number for
// each byte.

/// Writes the offsets of blanks and line ends, in ascending order, and returns how many there are.
func findDelimiters(
    _ bytes: UnsafePointer<UInt8>,
    _ length: Int,
    _ offsets: UnsafeMutablePointer<UInt32>
) -> Int {
    let blank = SIMD16<UInt8>(repeating: 32)
    let lineEnd = SIMD16<UInt8>(repeating: 10)
    let raw = unsafe UnsafeRawPointer(bytes)
    var count = 0
    var offset = 0
    while offset < length {
        var mask: UInt64 = 0
        for part in 0..<4 {
            let some = unsafe raw.loadUnaligned(fromByteOffset: offset &+ part &* 16, as: SIMD16<UInt8>.self)
            let hits = (some .== blank) .| (some .== lineEnd)
            let halves = unsafe unsafeBitCast(hits, to: SIMD2<UInt64>.self) & SIMD2(repeating: 0x0101_0101_0101_0101)
            // One multiplication gathers the lowest bits of eight bytes in the topmost byte.
            let low = (halves[0] &* 0x0102_0408_1020_4080) >> 56
            let high = (halves[1] &* 0x0102_0408_1020_4080) >> 56
            mask |= (low | high << 8) << UInt64(part &* 16)
        }
        if offset &+ 64 > length { mask &= ~0 >> UInt64(64 &- (length &- offset)) }
        while mask != 0 {
            unsafe offsets[count] = UInt32(truncatingIfNeeded: offset &+ mask.trailingZeroBitCount)
            count &+= 1
            mask &= mask &- 1
        }
        offset &+= 64
    }
    return count
}
