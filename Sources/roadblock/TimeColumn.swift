import ArgumentParser
import Packets
import RoadblockCore

/// What the time column counts: the values of tshark's `-t`.
enum TimeColumn: String, ExpressibleByArgument, CaseIterable {
    case relative = "r"
    case delta = "d"
    case deltaDisplayed = "dd"
    case local = "a"
    case localDate = "ad"
    case utc = "u"
    case utcDate = "ud"
    case epoch = "e"

    /// True for a number of seconds.
    var isNumber: Bool {
        switch self {
        case .relative, .delta, .deltaDisplayed, .epoch: true
        default: false
        }
    }

    /// Adds the text for a packet, with as many fraction digits as its file has.
    func append(_ facts: PacketFacts, _ zone: SystemZone, to text: inout [UInt8]) {
        let digits = facts.frame.hasNanoseconds ? 9 : 6
        let time = facts.frame.time
        switch self {
        case .relative: FieldPrinter.appendSeconds(facts.timeRelative, digits: digits, to: &text)
        case .delta: FieldPrinter.appendSeconds(facts.timeDelta, digits: digits, to: &text)
        case .deltaDisplayed: FieldPrinter.appendSeconds(facts.timeDeltaDisplayed, digits: digits, to: &text)
        case .epoch: FieldPrinter.appendSeconds(time.nanoseconds, digits: digits, to: &text)
        case .local, .localDate, .utc, .utcDate:
            let offset = self == .local || self == .localDate ? zone.offsetSeconds(at: time) : 0
            let whole = time.text(offsetSeconds: offset, fractionDigits: digits)
            let hasDate = self == .localDate || self == .utcDate
            text.append(contentsOf: (hasDate ? whole : String(whole.drop(while: { $0 != " " }).dropFirst())).utf8)
        }
    }
}
