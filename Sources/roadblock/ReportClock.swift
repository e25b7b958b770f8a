import Diagnosis
import Foundation
import RoadblockCore

/// Time zones by name, from the system's database.
enum ReportClock {
    /// - Throws: `Failure` of kind `usage` for a name that the system does not know.
    static func named(_ name: String) throws(Failure) -> DiagnosisReport.Clock {
        if name == "UTC" { return .utc }
        let zone = name == "local" ? TimeZone.current : TimeZone(identifier: name)
        guard let zone else {
            let guess = nearest(to: name, among: TimeZone.knownTimeZoneIdentifiers)
            throw Failure(
                .usage,
                "unknown time zone \(name)",
                code: "unknown-time-zone",
                suggestion: guess.map { "did you mean `\($0)`?" } ?? "use a name such as Europe/Berlin, UTC or local"
            )
        }
        return DiagnosisReport.Clock(zone: zone.identifier) { instant in
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.nanoseconds) / 1e9))
        }
    }
}

/// What the environment asks for.
enum ProcessEnvironment {
    /// False where `NO_COLOR` is set (no-color.org) or the terminal is dumb.
    static var allowsColor: Bool {
        let environment = ProcessInfo.processInfo.environment
        return (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
}
