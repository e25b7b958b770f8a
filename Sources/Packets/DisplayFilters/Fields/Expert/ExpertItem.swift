/// Something remarkable about a packet, rated as Wireshark's expert information rates it; the words are our own.
struct ExpertItem: Sendable {
    /// `_ws.expert.severity`.
    enum Severity: Int64, Sendable {
        case comment = 0x10_0000
        case chat = 0x20_0000
        case note = 0x40_0000
        case warning = 0x60_0000
        case error = 0x80_0000
    }

    /// `_ws.expert.group`.
    enum Group: Int64, Sendable {
        case checksum = 0x0100_0000
        case sequence = 0x0200_0000
        case undecoded = 0x0500_0000
        case malformed = 0x0700_0000
        case `protocol` = 0x0900_0000
        case comment = 0x0B00_0000
        case deprecated = 0x0E00_0000
    }

    /// The label that the item stands for.
    let source: FieldSource
    let severity: Severity
    let group: Group
    let text: String

    init(_ source: FieldSource, _ severity: Severity, _ group: Group, _ text: String) {
        self.source = source
        self.severity = severity
        self.group = group
        self.text = text
    }
}

/// What a field takes of a packet's expert items.
enum ExpertValue: UInt8, Hashable, Sendable {
    case mark, group, severity, message
    /// One for each item of the group "malformed", and one for a decoder that ran past the end.
    case malformed
    /// That a decoder ran past the end of what was sent, and past the end of what was captured.
    case exception, short
}
