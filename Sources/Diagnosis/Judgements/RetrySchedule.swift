import RoadblockCore

/// When systems repeat a SYN that nobody answers: seconds after the first copy.
struct RetrySchedule: Sendable {
    let system: String
    let times: [Double]
    /// What tells systems with the same times apart.
    var initialTimeToLive: UInt8?
    var window: UInt16?

    /// The schedules that are known, the more specific ones first.
    static let known: [RetrySchedule] = [
        RetrySchedule(
            system: "macOS or iOS",
            times: [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67],
            initialTimeToLive: 64,
            window: 65_535
        ),
        RetrySchedule(
            system: "Linux 6.5 and later",
            times: [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67],
            initialTimeToLive: 64
        ),
        RetrySchedule(
            system: "Linux before 6.5",
            times: [0, 1, 3, 7, 15, 31, 63],
            initialTimeToLive: 64
        ),
        RetrySchedule(
            system: "Windows 10, Server 2016 and later",
            times: [0, 1, 3, 7, 15],
            initialTimeToLive: 128
        ),
        RetrySchedule(
            system: "Windows up to 8.1 and Server 2012 R2",
            times: [0, 3, 9],
            initialTimeToLive: 128
        ),
        RetrySchedule(system: "FreeBSD", times: [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]),
        RetrySchedule(system: "a system with a first timeout of 1 s", times: [0, 1, 3, 7, 15, 31, 63]),
        RetrySchedule(system: "a system with a first timeout of 3 s", times: [0, 3, 9, 21, 45]),
        RetrySchedule(system: "lwIP or another embedded stack", times: [0, 3, 6, 12, 24]),
    ]

    /// The first schedule that the times of SYNs fit: each gap within 15 % and 50 ms, the list a beginning of it.
    ///
    /// Fewer than three times fit too much and give nothing. The initial time to live is the next of 64, 128 and 255 from
    /// the captured one.
    static func fitting(_ times: [Instant], timeToLive: UInt8, window: UInt16) -> RetrySchedule? {
        guard times.count >= 3, let first = times.first else { return nil }
        let initial: UInt8 = timeToLive <= 64 ? 64 : timeToLive <= 128 ? 128 : 255
        let seconds = times.map { $0.seconds(since: first) }
        return known.first { schedule in
            if let expected = schedule.initialTimeToLive, expected != initial { return false }
            if let expected = schedule.window, expected != window { return false }
            return schedule.fits(seconds)
        }
    }

    private func fits(_ seconds: [Double]) -> Bool {
        guard seconds.count <= times.count else { return false }
        for index in seconds.indices.dropFirst() {
            let gap = seconds[index] - seconds[index - 1]
            let expected = times[index] - times[index - 1]
            if abs(gap - expected) > expected * 0.15 + 0.05 { return false }
        }
        return true
    }
}
