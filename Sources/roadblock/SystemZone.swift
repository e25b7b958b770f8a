import Foundation
import Packets
import RoadblockCore

/// The time zone of the system, or of `TZ`.
struct SystemZone: LocalZone {
    private let zone = TimeZone.current

    func offsetSeconds(at instant: Instant) -> Int { zone.secondsFromGMT(for: date(instant)) }

    func name(at instant: Instant) -> String {
        if zone.secondsFromGMT(for: date(instant)) == 0, ["GMT", "UTC", "Etc/UTC"].contains(zone.identifier) {
            return "UTC"
        }
        return zone.abbreviation(for: date(instant)) ?? zone.identifier
    }

    private func date(_ instant: Instant) -> Date {
        Date(timeIntervalSince1970: Double(instant.nanoseconds) / 1e9)
    }
}
