package import RoadblockCore

/// The time zone that a chart's times are printed in.
package struct ChartZone: Sendable {
    /// What holds at a moment: seconds east of UTC, and the short name, such as `EST`.
    package struct Offset: Hashable, Sendable {
        package var seconds: Int
        package var name: String

        package init(seconds: Int, name: String) {
            self.seconds = seconds
            self.name = name
        }

        /// `EST (UTC-05:00)`; the number alone where the zone has no letters of its own.
        var text: String {
            let size = abs(seconds)
            let rest = size % 60 == 0 ? "" : ":" + padded(size % 60, 2)
            let number = "UTC\(seconds < 0 ? "-" : "+")\(padded(size / 3600, 2)):\(padded(size / 60 % 60, 2))\(rest)"
            return name.first?.isLetter == true ? "\(name) (\(number))" : number
        }
    }

    private let name: String
    private let offset: @Sendable (Instant) -> Offset

    /// A zone by its name, and what holds in it at a moment.
    package init(name: String, offset: @escaping @Sendable (Instant) -> Offset) {
        self.name = name
        self.offset = offset
    }

    package static var utc: ChartZone { ChartZone(name: "UTC") { _ in Offset(seconds: 0, name: "UTC") } }

    /// The offset at a time, or at the nearest instant: bins of many years may start before the first that there is.
    func offset(at time: Int64) -> Offset { offset(Instant(milliseconds: time)) }

    /// `2026-11-24 01:00 EST`, as finely as the bins need it.
    package func text(_ time: Int64, _ bin: BinLength) -> String { "\(plainText(time, bin)) \(offset(at: time).name)" }

    /// The same without the zone.
    func plainText(_ time: Int64, _ bin: BinLength) -> String {
        let offset = offset(at: time)
        let instant = Instant(milliseconds: time)
        var text = instant.text(offsetSeconds: offset.seconds, fractionDigits: bin.secondDigits ?? 0)
        if bin.isWholeDays, name == "UTC" {
            text.removeLast(9)
        } else if bin.secondDigits == nil, offset.seconds % 60 == 0 {
            text.removeLast(3)
        }
        return text
    }

    /// `2026-11-24 01:00:00.000 EST`, whatever the bins.
    package func text(_ time: Int64) -> String { text(time, .milliseconds(1)) }

    /// The zone and its distance from UTC between two times, with the moment of a change.
    func description(from first: Int64, to last: Int64) -> String {
        guard name != "UTC" else { return "times and bins in UTC" }
        let changes = changes(from: first, to: last)
        var text = "bins are cut in UTC; times in \(name): \(offset(at: first).text)"
        if changes.count > ChartZone.shownChanges {
            let others = Set(changes.map { offset(at: $0) }).subtracting([offset(at: first)])
            return text + others.map { " and \($0.text)" }.sorted().joined() + ", as the time of year has it"
        }
        for change in changes {
            text += ", then \(offset(at: change).text) from \(plainText(change, .milliseconds(60_000))) on"
        }
        return text
    }

    private static let shownChanges = 2

    /// When the distance from UTC changes, to the second; a look at every week or so finds all of them.
    private func changes(from first: Int64, to last: Int64) -> [Int64] {
        var changes: [Int64] = []
        let step = max(7 * 86_400_000, (last - first) / 2000)
        var time = first
        while time < last, changes.count <= ChartZone.shownChanges {
            let next = min(last, time + step)
            if offset(at: time) != offset(at: next) {
                var (before, after) = (time / 1000, next / 1000)
                let old = offset(at: time)
                while after - before > 1 {
                    let middle = before + (after - before) / 2
                    if offset(at: middle * 1000) == old { before = middle } else { after = middle }
                }
                changes.append(after * 1000)
            }
            time = next
        }
        return changes
    }
}
