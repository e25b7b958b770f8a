// Invariant: `clock_gettime` fills the value whose address it is given.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The system's clock.
enum SystemClock {
    /// Milliseconds since 1970.
    static var milliseconds: Int64 {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_REALTIME, &time) == 0 else { return 0 }
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
