import Diagnosis
import Packets
import RoadblockCore

/// Writes the columns of conversations as texts.
struct ConversationCells {
    /// Bytes that all columns of a row take at most, with what stands between them in any format.
    static let rowLimit = 1024

    /// `nil` is UTC.
    private let zone: SystemZone?
    private let isForPeople: Bool
    /// The text of the newest minute, up to the colon before the seconds; rows come in the order of time.
    private var minute = Int64.min
    private var minuteText: [UInt8] = []

    init(_ zone: SystemZone?, isForPeople: Bool) {
        self.zone = zone
        self.isForPeople = isForPeople
    }

    /// Adds the text of a column; nothing where the conversation does not have it.
    @inline(__always)
    mutating func append(_ column: ConversationColumn, _ listed: ListedConversation, to text: inout OutputSpan<UInt8>) {
        let kind = listed.row.kind
        switch column {
        case .stream: if kind.hasPorts { text.append(decimal: listed.row.stream) }
        case .start: append(listed.row.firstTime, to: &text)
        case .duration: text.append(seconds: listed.row.duration)
        case .proto: text.append(kind.name)
        case .client: text.append(listed.row.client)
        case .clientPort: if kind.hasPorts { text.append(decimal: Int(listed.row.clientPort)) }
        case .server: text.append(listed.row.server)
        case .serverPort: if kind.hasPorts { text.append(decimal: Int(listed.row.serverPort)) }
        case .state: text.append(listed.row.state)
        case .history: listed.row.history.append(to: &text)
        case .completeness: if kind == .tcp { text.append(decimal: Int(listed.row.completeness)) }
        case .synCount: if kind == .tcp { text.append(decimal: listed.row.synCount) }
        case .retransmissions: if kind == .tcp { text.append(decimal: listed.row.retransmissions) }
        case .clientPackets: text.append(decimal: listed.row.clientPackets)
        case .clientBytes: text.append(decimal: listed.row.clientBytes)
        case .serverPackets: text.append(decimal: listed.row.serverPackets)
        case .serverBytes: text.append(decimal: listed.row.serverBytes)
        case .initialRTT: if listed.row.initialRTT != 0 { text.append(seconds: listed.row.initialRTT) }
        case .verdict: text.append(listed.verdict.rawValue)
        }
    }

    /// Adds a time: in the zone for people, in UTC to programs.
    private mutating func append(_ time: Instant, to text: inout OutputSpan<UInt8>) {
        let offset = isForPeople ? zone?.offsetSeconds(at: time) ?? 0 : 0
        let (local, overflow) = time.nanoseconds.addingReportingOverflow(Int64(offset) * 1_000_000_000)
        guard local >= 0, !overflow else {
            let (separator, digits) = isForPeople ? (" ", 6) : ("T", nil)
            text.append(time.text(separator: separator, offsetSeconds: offset, fractionDigits: digits))
            if !isForPeople { text.append(UInt8(ascii: "Z")) }
            return
        }
        let (newMinute, inMinute) = local.quotientAndRemainder(dividingBy: 60_000_000_000)
        if newMinute != minute {
            minute = newMinute
            minuteText.removeAll(keepingCapacity: true)
            Instant(nanoseconds: newMinute * 60_000_000_000)
                .append(to: &minuteText, separator: isForPeople ? " " : "T", fractionDigits: 0)
            minuteText.removeLast(2)
        }
        text.append(copying: minuteText)
        let (seconds, part) = inMinute.quotientAndRemainder(dividingBy: 1_000_000_000)
        text.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: seconds / 10))
        text.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: seconds % 10))
        let fraction = UInt32(truncatingIfNeeded: part)
        if isForPeople {
            text.append(UInt8(ascii: "."))
            text.append(fraction: fraction, digits: 6)
        } else {
            if part > 0 {
                text.append(UInt8(ascii: "."))
                // Milliseconds, microseconds or nanoseconds.
                text.append(fraction: fraction, digits: part % 1_000_000 == 0 ? 3 : part % 1000 == 0 ? 6 : 9)
            }
            text.append(UInt8(ascii: "Z"))
        }
    }
}
