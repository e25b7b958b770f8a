/// Where the newest messages of one direction stand that took more than one segment.
///
/// Bytes that come again are not read again, but where they belong to such a message Wireshark shows them as its part.
struct SpannedMessages {
    private struct Span {
        var start: UInt32
        var end: UInt32
        var isWhole: Bool
    }

    private static let limit = 32
    private var spans: [Span] = []

    /// Notes a message from its first bytes on; the same again once more is known of it.
    mutating func note(_ start: UInt32, _ end: UInt32, isWhole: Bool) {
        let span = Span(start: start, end: end, isWhole: isWhole)
        if let index = spans.firstIndex(where: { $0.start == start }) {
            spans[index] = span
        } else {
            if spans.count == Self.limit { spans.removeFirst() }
            spans.append(span)
        }
    }

    /// True where bytes that came late or again are shown as part of a message, by what the analysis calls their segment.
    func shows(_ start: UInt32, _ end: UInt32, _ flags: AnalysisFlags) -> Bool {
        if spans.contains(where: { $0.start == start }) { return true }
        if flags.contains(.spuriousRetransmission) { return false }
        func isBefore(_ a: UInt32, _ b: UInt32) -> Bool { Int32(bitPattern: a &- b) < 0 }
        // What came late is read for itself, where no message waits for it.
        guard flags.contains(.retransmission) else {
            return spans.contains { !$0.isWhole && isBefore($0.start, start) && isBefore(start, $0.end) }
        }
        // What came again is not, but within a message that was whole it is no part of anything.
        return !spans.contains { $0.isWhole && isBefore($0.start, end) && isBefore(end, $0.end) }
    }
}
