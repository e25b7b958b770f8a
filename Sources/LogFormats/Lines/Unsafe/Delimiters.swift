// Invariant: callers pass memory of `length` readable bytes followed by at least 64 more, and room for one number for
// each byte.

/// What `findDelimiters` found.
struct DelimiterCounts {
    var delimiters: Int
    var lineEnds: Int
    /// True where two delimiters follow each other somewhere: a run of blanks, or an empty line.
    var hasRuns: Bool
}

/// Writes the offsets of blanks and line ends, in ascending order, and for each line end its place among them.
func findDelimiters(
    _ bytes: UnsafePointer<UInt8>,
    _ length: Int,
    _ offsets: UnsafeMutablePointer<UInt32>,
    _ lineEnds: UnsafeMutablePointer<UInt32>
) -> DelimiterCounts {
    let blank = SIMD16<UInt8>(repeating: 32)
    let lineFeed = SIMD16<UInt8>(repeating: 10)
    let raw = unsafe UnsafeRawPointer(bytes)
    var count = 0
    var lines = 0
    var offset = 0
    var runs: UInt64 = 0
    // The last byte of the 64 before; a delimiter at the very front is a run too.
    var carry: UInt64 = 1
    while offset < length {
        var blanks: UInt64 = 0
        var ends: UInt64 = 0
        for part in 0..<4 {
            let some = unsafe raw.loadUnaligned(fromByteOffset: offset &+ part &* 16, as: SIMD16<UInt8>.self)
            blanks |= bits(some .== blank) << UInt64(part &* 16)
            ends |= bits(some .== lineFeed) << UInt64(part &* 16)
        }
        if offset &+ 64 > length {
            let valid = ~UInt64(0) >> UInt64(64 &- (length &- offset))
            blanks &= valid
            ends &= valid
        }
        var mask = blanks | ends
        runs |= mask & (mask << 1 | carry)
        carry = mask >> 63
        // Line ends are rare: their places are counted from the delimiters before them.
        while ends != 0 {
            let bit = ends.trailingZeroBitCount
            let before = (mask & ((1 << UInt64(bit)) &- 1)).nonzeroBitCount
            unsafe lineEnds[lines] = UInt32(truncatingIfNeeded: count &+ before)
            lines &+= 1
            ends &= ends &- 1
        }
        while mask != 0 {
            unsafe offsets[count] = UInt32(truncatingIfNeeded: offset &+ mask.trailingZeroBitCount)
            count &+= 1
            mask &= mask &- 1
        }
        offset &+= 64
    }
    return DelimiterCounts(delimiters: count, lineEnds: lines, hasRuns: runs != 0)
}

/// One bit for each byte of a comparison's outcome.
@inline(__always)
private func bits(_ hits: SIMDMask<SIMD16<Int8>>) -> UInt64 {
    let halves = unsafe unsafeBitCast(hits, to: SIMD2<UInt64>.self) & SIMD2(repeating: 0x0101_0101_0101_0101)
    // One multiplication gathers the lowest bits of eight bytes in the topmost byte.
    let low = (halves[0] &* 0x0102_0408_1020_4080) >> 56
    let high = (halves[1] &* 0x0102_0408_1020_4080) >> 56
    return low | high << 8
}

/// True when some bytes are all decimal digits, one to 19 of them.
@inline(__always)
func areDigits(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard count > 0, count <= 19 else { return false }
    var offset = 0
    while offset &+ 8 <= count {
        let word = unsafe UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let high = word & 0xF0F0_F0F0_F0F0_F0F0
        let carried = (word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0
        if high != 0x3030_3030_3030_3030 || carried != 0x3030_3030_3030_3030 { return false }
        offset &+= 8
    }
    while offset < count {
        if unsafe bytes[offset] &- 48 > 9 { return false }
        offset &+= 1
    }
    return true
}
