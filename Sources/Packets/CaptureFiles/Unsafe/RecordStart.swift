// Invariant: `init` checks that `length` bytes from the offset on lie in the span; a word is read only where it lies in
// these bytes, and of the span that `init` was given.

import RoadblockCore

/// The first bytes of a record: checked once, then read word by word.
@safe
struct RecordStart {
    private let offset: Int
    private let length: Int

    /// The start of a record at an offset; `nil` where the span ends before.
    @inline(__always)
    init?(_ bytes: borrowing RawSpan, _ offset: Int, length: Int) {
        guard offset >= 0, length >= 0, offset <= bytes.byteCount &- length else { return nil }
        self.offset = offset
        self.length = length
    }

    /// A 32-bit number at a place that is a constant, which leaves nothing of the check.
    @inline(__always)
    func word(_ bytes: borrowing RawSpan, _ place: Int, isLittleEndian: Bool) -> UInt32 {
        precondition(place >= 0 && place &+ 4 <= length)
        let value = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ place, as: UInt32.self)
        return isLittleEndian ? UInt32(littleEndian: value) : UInt32(bigEndian: value)
    }
}
