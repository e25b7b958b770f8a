/// A time zone's offsets from UTC, and when each of them begins.
package struct ZoneOffsets: Sendable {
    /// In milliseconds since 1970; before the first one its offset holds as well.
    private let starts: [Int64]
    private let seconds: [Int]

    package init(_ changes: [(start: Int64, seconds: Int)]) {
        starts = changes.map(\.start)
        seconds = changes.map(\.seconds)
    }

    /// Seconds east of UTC at a time in milliseconds.
    func seconds(at time: Int64) -> Int {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return seconds.isEmpty ? 0 : seconds[max(0, low - 1)]
    }

    /// The same at what a clock of the zone shows, read as if it were UTC.
    func seconds(atLocal time: Int64) -> Int {
        let first = seconds(at: time &- Int64(seconds(at: time)) &* 1000)
        return seconds(at: time &- Int64(first) &* 1000)
    }
}
