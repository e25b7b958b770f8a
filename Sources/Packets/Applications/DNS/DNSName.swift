import RoadblockCore

/// A domain name of a message (RFC 1035 sections 3.1 and 4.1.4), as text.
struct DNSName {
    var text: [UInt8] = []
    var labelCount = 0
    /// Bytes that the name takes where it stands.
    var length = 0

    /// Bytes of text at most; a name has at most 255 on the wire.
    private static let limit = 1024
    private static let root = Array("<Root>".utf8)
    private static let tooLong = Array("<Name too long>".utf8)
    private static let loops = Array("<Name contains a pointer that loops>".utf8)
    private static let unknownLabel = Array("<Unknown label type>".utf8)

    /// Reads the name at a place of the message that begins at `start`.
    ///
    /// - Returns: `nil` where the message ends within the name.
    static func read(_ bytes: borrowing RawSpan, _ offset: Int, message start: Int, _ end: Int) -> DNSName? {
        var name = DNSName()
        var place = offset
        // Each pointer leads somewhere; more of them than the message has bytes is a loop.
        var jumps = 0
        while true {
            guard place >= start, place < end else { return nil }
            let length = Int(bytes.byte(place))
            switch length >> 6 {
            case 0:
                place += 1
                if length == 0 {
                    if jumps == 0 { name.length = place - offset }
                    if name.text.isEmpty {
                        name.text = root
                        name.labelCount = 1
                    }
                    return name
                }
                guard place + length <= end else { return nil }
                guard name.text.count + length + 1 <= limit else {
                    name.text = tooLong
                    return jumps > 0 ? name : DNSName.skip(name, bytes, offset, end)
                }
                if name.labelCount > 0 { name.text.append(UInt8(ascii: ".")) }
                for index in place..<place + length { name.text.append(bytes.byte(index)) }
                name.labelCount += 1
                place += length
            case 3:
                guard place + 2 <= end else { return nil }
                if jumps == 0 { name.length = place + 2 - offset }
                jumps += 1
                let target = start + Int(bytes.big16(place) & 0x3FFF)
                guard jumps < 64, target != place else {
                    name.text = loops
                    return name
                }
                place = target
            default:
                name.text = unknownLabel
                if jumps == 0 { name.length = place + 1 - offset }
                return name
            }
        }
    }

    /// A name that is too long to show, with the bytes that it takes.
    private static func skip(_ name: DNSName, _ bytes: borrowing RawSpan, _ offset: Int, _ end: Int) -> DNSName? {
        var name = name
        var place = offset
        while place < end {
            let length = Int(bytes.byte(place))
            if length >> 6 == 3 {
                name.length = place + 2 - offset
                return place + 2 <= end ? name : nil
            }
            place += 1 + length & 0x3F
            if length == 0 {
                name.length = place - offset
                return name
            }
        }
        return nil
    }
}
