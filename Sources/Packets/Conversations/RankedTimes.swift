import RoadblockCore

/// Times of which one is asked for by its rank.
struct RankedTimes {
    private var times: [Int64] = []

    mutating func reserve(_ count: Int) { times.reserveCapacity(count) }

    mutating func append(_ time: Instant) { times.append(time.nanoseconds) }

    var isEmpty: Bool { times.isEmpty }
    var count: Int { times.count }

    /// The time that so many others come before, of which there is at least one more.
    ///
    /// The range that holds it is narrowed by counting the values of eight bits at a time.
    func nthSmallest(_ rank: Int) -> Instant {
        precondition(rank >= 0 && rank < times.count)
        var candidates = times.map { UInt64(bitPattern: $0) ^ 1 << 63 }
        var rank = rank
        var shift: UInt64 = 56
        while candidates.count > 1 {
            var counts = InlineArray<256, Int>(repeating: 0)
            for time in candidates { counts[Int(time >> shift & 0xFF)] += 1 }
            var digit = 0
            while rank >= counts[digit] {
                rank -= counts[digit]
                digit += 1
            }
            if counts[digit] < candidates.count { candidates.removeAll { Int($0 >> shift & 0xFF) != digit } }
            guard shift > 0 else { break }
            shift -= 8
        }
        return Instant(nanoseconds: Int64(bitPattern: candidates[0] ^ 1 << 63))
    }
}
