import RoadblockCore

/// What a DNS message says (RFC 1035 section 4), and where it does.
struct DNSMessage {
    /// What tells messages of the family apart.
    enum Variant: Sendable { case dns, mdns, llmnr }

    let identifier: UInt16
    let isResponse: Bool
    /// False where the message is cut or malformed.
    var isWhole = true

    /// Adds the values of the message from `start` to `end`; reading stops where the message is cut.
    ///
    /// - Returns: `nil` where the head of the message is cut.
    static func read(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ variant: Variant,
        into items: inout ApplicationItems
    ) -> DNSMessage? {
        guard start + 4 <= end else { return nil }
        items.add(.dnsID, Int(bytes.big16(start)))
        let flags = bytes.big16(start + 2)
        var message = DNSMessage(identifier: bytes.big16(start), isResponse: flags & 0x8000 != 0)
        addFlags(flags, variant, into: &items)
        // Updates (RFC 2136) count other things in the same places.
        let counted: [ApplicationField] = [.dnsQueryCount, .dnsAnswerCount, .dnsAuthorityCount, .dnsAdditionalCount]
        let isUpdate = flags >> 11 & 15 == 5
        var counts = [0, 0, 0, 0]
        for index in 0..<4 {
            guard start + 6 + 2 * index <= end else { return nil }
            counts[index] = Int(bytes.big16(start + 4 + 2 * index))
            if !isUpdate || index == 3 { items.add(counted[index], counts[index]) }
        }
        var place = start + 12
        for _ in 0..<counts[0] {
            guard let next = question(bytes, place, start, end, variant, into: &items) else {
                message.isWhole = false
                return message
            }
            place = next
        }
        for _ in 0..<counts[1] + counts[2] + counts[3] {
            guard let next = DNSRecord.read(bytes, place, message: start, end, variant, into: &items) else {
                message.isWhole = false
                return message
            }
            place = next
        }
        return message
    }

    private static func addFlags(_ flags: UInt16, _ variant: Variant, into items: inout ApplicationItems) {
        items.add(.dnsFlags, Int(flags))
        let isResponse = flags & 0x8000 != 0
        func add(_ field: ApplicationField, _ mask: UInt16) {
            items.add(field, flags & mask != 0 ? 1 : 0)
        }
        add(.dnsIsResponse, 0x8000)
        items.add(.dnsOpcode, Int(flags >> 11 & 15))
        if variant == .llmnr {
            add(.dnsTruncated, 0x0200)
            if isResponse { items.add(.dnsResultCode, Int(flags & 15)) }
            return
        }
        if isResponse { add(.dnsAuthoritative, 0x0400) }
        add(.dnsTruncated, 0x0200)
        add(.dnsRecursionDesired, 0x0100)
        if isResponse { add(.dnsRecursionAvailable, 0x0080) }
        add(.dnsReserved, 0x0040)
        if isResponse || flags & 0x0020 != 0 { add(.dnsAuthenticated, 0x0020) }
        add(.dnsCheckingDisabled, 0x0010)
        if isResponse { items.add(.dnsResultCode, Int(flags & 15)) }
    }

    private static func question(
        _ bytes: borrowing RawSpan,
        _ place: Int,
        _ start: Int,
        _ end: Int,
        _ variant: Variant,
        into items: inout ApplicationItems
    ) -> Int? {
        guard let name = DNSName.read(bytes, place, message: start, end) else { return nil }
        let after = place + name.length
        guard after + 4 <= end else { return nil }
        items.add(.dnsQueryName, made: name.text)
        // A name of one letter counts as the root does.
        let isLetter = name.count == 1
        items.add(.dnsQueryNameLength, isLetter ? 0 : name.count)
        items.add(.dnsLabelCount, isLetter ? 0 : name.labelCount)
        items.add(.dnsQueryType, Int(bytes.big16(after)))
        items.add(.dnsQueryClass, Int(bytes.big16(after + 2) & (variant == .mdns ? 0x7FFF : 0xFFFF)))
        return after + 4
    }
}
