// Invariant: the process has one thread while a zone is asked, since `TZ` and the C library's zone are the process's;
// the zone that was in force before is put back before a call returns. `tm_zone` is copied before it can change.

import Diagnosis
import Packets
import RoadblockCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A time zone of the system's database (tz, RFC 9636), or the one that `TZ` and the system have set.
struct SystemZone: LocalZone {
    /// `nil` is the zone that is set.
    private var name: String?

    /// The zone that is set.
    init() {}

    /// The zone of a name such as `Europe/Berlin`; `local` is the one that is set.
    ///
    /// - Throws: `Failure` of kind `usage` for a name that the database does not have.
    init(named name: String) throws(Failure) {
        guard name != "local" else { return }
        let names = SystemZone.names()
        guard name == "UTC" || names.contains(name) else {
            throw Failure(
                .usage,
                "unknown time zone \(name)",
                code: "unknown-time-zone",
                suggestion: nearest(to: name, among: names).map { "did you mean `\($0)`?" }
                    ?? "use a name such as Europe/Berlin, UTC or local"
            )
        }
        self.name = name
    }

    func offsetSeconds(at instant: Instant) -> Int { parts(at: instant).offset }

    func name(at instant: Instant) -> String { parts(at: instant).name }

    private func parts(at instant: Instant) -> (offset: Int, name: String) {
        inForce { SystemZone.parts(at: instant.nanoseconds / 1_000_000_000) }
    }

    /// The offsets from UTC between 1970 and 2100, and the seconds since 1970 at which they begin.
    ///
    /// No zone changes its offset twice within a week.
    func changes() -> [(start: Int64, seconds: Int)] {
        inForce {
            let week: Int64 = 604_800
            var changes: [(start: Int64, seconds: Int)] = [(0, SystemZone.parts(at: 0).offset)]
            for end in stride(from: week, to: 4_102_444_800, by: Int64.Stride(week)) {
                let offset = SystemZone.parts(at: end).offset
                guard offset != changes[changes.count - 1].seconds else { continue }
                var (low, high) = (end - week, end)
                while high - low > 1 {
                    let middle = (low + high) / 2
                    if SystemZone.parts(at: middle).offset == offset { high = middle } else { low = middle }
                }
                changes.append((high, offset))
            }
            return changes
        }
    }

    /// Does something while this is the process's zone.
    private func inForce<Result>(_ body: () -> Result) -> Result {
        let before = unsafe getenv("TZ").map { unsafe String(cString: $0) }
        if let name { unsafe setenv("TZ", name, 1) }
        defer {
            if name != nil {
                if let before { unsafe setenv("TZ", before, 1) } else { unsafe unsetenv("TZ") }
                tzset()
            }
        }
        tzset()
        return body()
    }

    private static func parts(at time: Int64) -> (offset: Int, name: String) {
        var seconds = time_t(time)
        var parts = unsafe tm()
        guard unsafe localtime_r(&seconds, &parts) != nil else { return (0, "UTC") }
        let text = unsafe parts.tm_zone.map { unsafe String(cString: $0) } ?? "UTC"
        let offset = unsafe Int(parts.tm_gmtoff)
        return (offset, text == "GMT" && offset == 0 ? "UTC" : text)
    }

    /// The names in the database, such as `Europe/Berlin`.
    private static func names() -> Set<String> {
        let folder = unsafe getenv("TZDIR").map { unsafe String(cString: $0) } ?? "/usr/share/zoneinfo"
        let files = (try? FileTree.files(under: folder)) ?? []
        return Set(files.map { String($0.dropFirst(folder.utf8.count + 1)) }.filter { !$0.contains(".") })
    }
}

extension DiagnosisReport.Clock {
    /// A clock for people in a zone.
    init(_ zone: SystemZone, named name: String) {
        self.init(zone: name == "local" ? "local time" : name) { zone.offsetSeconds(at: $0) }
    }
}
