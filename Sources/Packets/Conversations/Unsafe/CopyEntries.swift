// Invariant: `sets` addresses `setCount` sets from `init` until `deinit`, and a set's number is below `setCount`. Loads of
// a payload stay in the range that is checked against the span before the first of them.

import RoadblockCore

/// The newest packets by their fingerprints: sets of four, of which a new one takes the place of the oldest.
@safe
struct CopyEntries: ~Copyable {
    /// What tells a copy from a packet that was sent twice.
    struct Detail {
        var identification: UInt32
        var input: UInt16
        var timeToLive: UInt8
    }

    private struct Entry {
        var fingerprint: UInt64 = 0
        var time = Int64.min
    }

    private static let setCount = 1 << 12
    private let sets: UnsafeMutablePointer<Entry>
    private let details: UnsafeMutablePointer<Detail>

    init() {
        unsafe sets = .allocate(capacity: Self.setCount * 4)
        unsafe details = .allocate(capacity: Self.setCount * 4)
        unsafe sets.initialize(repeating: Entry(), count: Self.setCount * 4)
        unsafe details.initialize(
            repeating: Detail(identification: 0, input: 0, timeToLive: 0),
            count: Self.setCount * 4
        )
    }

    deinit {
        unsafe sets.deallocate()
        unsafe details.deallocate()
    }

    /// What a packet is beside those with the same fingerprint; remembers it where it is new.
    @inline(__always)
    mutating func compare(_ fingerprint: UInt64, _ detail: Detail, _ time: Instant) -> CopyFilter.Relation {
        let first = (Int(truncatingIfNeeded: fingerprint >> 8) & (Self.setCount &- 1)) &* 4
        var oldest = first
        var oldestTime = Int64.max
        for place in first..<(first &+ 4) {
            let entry = unsafe sets[place]
            if entry.time < oldestTime {
                oldest = place
                oldestTime = entry.time
            }
            guard entry.fingerprint == fingerprint else { continue }
            let elapsed = (time.nanoseconds &- entry.time).magnitude
            if let relation = unsafe CopyFilter.relation(detail, details[place], elapsed) { return relation }
        }
        unsafe sets[oldest] = Entry(fingerprint: fingerprint, time: time.nanoseconds)
        unsafe details[oldest] = detail
        return .new
    }

    /// A number that depends on `count` bytes, at least one, at an offset.
    @inline(__always)
    static func fingerprint(_ bytes: borrowing RawSpan, _ start: Int, _ count: Int) -> UInt64 {
        precondition(start >= 0 && count > 0 && start &+ count <= bytes.byteCount)
        var offset = start
        let end = start &+ count
        var hash: UInt64 = 0
        var key: UInt64 = 0xD6E8_FEB8_6659_FD93
        while offset &+ 16 <= end {
            hash ^= CopyFilter.product(word(bytes, offset) ^ key, word(bytes, offset &+ 8) ^ 0xA076_1D64_78BD_642F)
            key &+= 0xE703_7ED1_A0B4_28DB
            offset &+= 16
        }
        guard offset < end else { return hash }
        // What is left, with bytes before it once more where there are any.
        if count >= 16 {
            offset = end &- 16
            return hash ^ CopyFilter.product(word(bytes, offset) ^ key, word(bytes, end &- 8) ^ 0x8EBC_6AF0_9C88_C6E3)
        }
        if count >= 8 {
            return CopyFilter.product(word(bytes, offset) ^ key, word(bytes, end &- 8) ^ 0x8EBC_6AF0_9C88_C6E3)
        }
        var rest: UInt64 = 0
        while offset < end {
            rest = rest << 8 | UInt64(bytes.byte(offset))
            offset &+= 1
        }
        return CopyFilter.product(rest ^ key, 0x8EBC_6AF0_9C88_C6E3)
    }

    @inline(__always)
    private static func word(_ bytes: borrowing RawSpan, _ offset: Int) -> UInt64 {
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
    }
}
