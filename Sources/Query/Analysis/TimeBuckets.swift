/// Counts by time without knowing the range beforehand: at most 64 buckets, which become longer when time needs it.
///
/// Buckets are powers of two of milliseconds and begin at multiples of their length, so that they depend on the earliest
/// and the latest time only. A bucket's slot is its number modulo 64.
struct TimeBuckets {
    static let limit = 64

    /// The binary logarithm of a bucket's milliseconds.
    private(set) var shift: Int
    /// The first and the last bucket.
    private(set) var low: Int64 = 0
    private(set) var high: Int64 = -1
    /// The first and the last time.
    private(set) var earliest = Int64.max
    private(set) var latest = Int64.min

    /// Buckets of at least `1 << shift` milliseconds, by default about a second.
    init(shift: Int = 10) { self.shift = shift }

    var isEmpty: Bool { high < low }
    var count: Int { Int(high - low) + 1 }
    var milliseconds: Int64 { 1 << Int64(shift) }

    static func slot(_ bucket: Int64) -> Int { Int(truncatingIfNeeded: bucket & Int64(limit - 1)) }

    /// The slot of a time; counts are moved with `rearrange` where buckets become longer for it.
    mutating func slot(_ time: Int64, _ rearrange: (([UInt32]) -> [UInt32]) -> Void) -> Int {
        earliest = min(earliest, time)
        latest = max(latest, time)
        let bucket = time >> Int64(shift)
        if bucket < low || bucket > high || isEmpty { widen(bucket, bucket, rearrange) }
        return TimeBuckets.slot(time >> Int64(shift))
    }

    /// Makes room for buckets of the present length.
    private mutating func widen(_ first: Int64, _ last: Int64, _ rearrange: (([UInt32]) -> [UInt32]) -> Void) {
        var wanted = isEmpty ? (first, last) : (min(low, first), max(high, last))
        while wanted.1 - wanted.0 >= Int64(TimeBuckets.limit) {
            wanted = (wanted.0 >> 1, wanted.1 >> 1)
            double(rearrange)
        }
        (low, high) = wanted
    }

    private mutating func double(_ rearrange: (([UInt32]) -> [UInt32]) -> Void) {
        if !isEmpty {
            let range = low...high
            rearrange { old in
                // Several rows of 64 slots may stand one behind the other.
                var new = Array(repeating: UInt32(0), count: old.count)
                for start in stride(from: 0, to: old.count, by: TimeBuckets.limit) {
                    for bucket in range {
                        new[start + TimeBuckets.slot(bucket >> 1)] &+= old[start + TimeBuckets.slot(bucket)]
                    }
                }
                return new
            }
            low >>= 1
            high >>= 1
        }
        shift += 1
    }

    /// Makes two workers' buckets the same; each one's counts are moved.
    static func align(
        _ a: inout TimeBuckets,
        _ moveA: (([UInt32]) -> [UInt32]) -> Void,
        _ b: inout TimeBuckets,
        _ moveB: (([UInt32]) -> [UInt32]) -> Void
    ) {
        while a.shift < b.shift { a.double(moveA) }
        while b.shift < a.shift { b.double(moveB) }
        if !b.isEmpty { a.widen(b.low, b.high, moveA) }
        while b.shift < a.shift { b.double(moveB) }
        a.earliest = min(a.earliest, b.earliest)
        a.latest = max(a.latest, b.latest)
    }
}
