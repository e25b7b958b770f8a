import RoadblockCore

/// A domain name of a message (RFC 1035 sections 3.1 and 4.1.4), as text.
struct DNSName {
    var text: [UInt8] = []
    /// Characters of the name, and labels; what stands for a name that cannot be shown counts as one.
    var count = 0
    var labelCount = 1
    /// Bytes that the name takes where it stands.
    var length = 0

    /// Characters of a name that is shown: one of 255 bytes on the wire has two less.
    private static let limit = 253
    private static let root = Array("<Root>".utf8)
    private static let tooLong = Array("<Name too long>".utf8)
    private static let loops = Array("<Name contains a pointer that loops>".utf8)

    /// Reads the name at a place of the message that begins at `start`.
    ///
    /// - Returns: `nil` where the message ends within the name, or its length cannot be told.
    static func read(_ bytes: borrowing RawSpan, _ offset: Int, message start: Int, _ end: Int) -> DNSName? {
        var labels: [UInt8] = []
        var isFirst = true
        var isTooLong = false
        var place = offset
        var next: Int?
        // Each pointer leads somewhere; more of them than the message has names is a loop.
        var jumps = 0
        while true {
            guard place >= start, place < end else { return nil }
            let length = Int(bytes.byte(place))
            switch length >> 6 {
            case 0:
                place += 1
                if length == 0 {
                    let length = (next ?? place) - offset
                    if isTooLong { return DNSName(mark: tooLong, length: length) }
                    return DNSName(labels: labels, length: length)
                }
                guard place + length <= end else { return nil }
                isTooLong = isTooLong || labels.count + length + (isFirst ? 0 : 1) > limit
                if !isTooLong {
                    if !isFirst { labels.append(UInt8(ascii: ".")) }
                    for index in place..<place + length { labels.append(bytes.byte(index)) }
                }
                isFirst = false
                place += length
            case 3:
                guard place + 2 <= end else { return nil }
                let after = next ?? place + 2
                next = after
                jumps += 1
                let target = start + Int(bytes.big16(place) & 0x3FFF)
                guard jumps < 64, target != place else { return DNSName(mark: loops, length: after - offset) }
                place = target
            default: return nil
            }
        }
    }

    private init(mark: [UInt8], length: Int) {
        text = mark
        count = mark.count
        self.length = length
    }

    private init(labels: [UInt8], length: Int) {
        let isRoot = labels.isEmpty || labels == [0]
        text = isRoot ? DNSName.root : DNSName.shown(labels)
        count = isRoot ? text.count : labels.count
        self.length = length
        // Wireshark counts the dots that it shows.
        if !isRoot { for byte in labels where byte == UInt8(ascii: ".") { labelCount += 1 } }
    }

    /// The text of labels: what cannot be printed stands as in the C language.
    private static func shown(_ labels: [UInt8]) -> [UInt8] {
        guard labels.contains(where: { !(32...126).contains($0) }) else { return labels }
        var text: [UInt8] = []
        for byte in String(decoding: labels, as: UTF8.self).utf8 {
            switch byte {
            case 7...13: text += [UInt8(ascii: "\\"), Array("abtnvfr".utf8)[Int(byte) - 7]]
            case 0...31, 127: text += [UInt8(ascii: "\\"), 48 + byte >> 6, 48 + byte >> 3 & 7, 48 + byte & 7]
            default: text.append(byte)
            }
        }
        return text
    }
}
