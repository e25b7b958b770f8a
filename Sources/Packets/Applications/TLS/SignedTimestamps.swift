import RoadblockCore

/// The signed certificate timestamps (RFC 6962 section 3.3) of a certificate or of an extension; only their signatures'
/// algorithms are read.
enum SignedTimestamps {
    /// The object identifier 1.3.6.1.4.1.11129.2.4.2 as DER.
    private static let identifier: [UInt8] = [
        0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0xD6, 0x79, 0x02, 0x04, 0x02,
    ]

    /// Adds the algorithms of the timestamps in a certificate.
    static func read(
        certificate bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        into items: inout ApplicationItems
    ) {
        guard items.wants(.tlsSignatureAlgorithm) else { return }
        var place = start
        while place + identifier.count <= end {
            if bytes.byte(place) == 0x06, isIdentifier(bytes, place) {
                // Two octet strings, one in the other.
                guard let outer = octets(bytes, place + identifier.count, end),
                    let inner = octets(bytes, outer.lowerBound, outer.upperBound)
                else { return }
                return read(list: bytes, inner.lowerBound, inner.upperBound, into: &items)
            }
            place += 1
        }
    }

    /// Adds the algorithms of the timestamps in a list.
    static func read(list bytes: borrowing RawSpan, _ start: Int, _ end: Int, into items: inout ApplicationItems) {
        guard start + 2 <= end else { return }
        let last = min(end, start + 2 + Int(bytes.big16(start)))
        var place = start + 2
        while place + 2 <= last {
            let next = place + 2 + Int(bytes.big16(place))
            // Version, log, time, and extensions behind their length.
            let extensions = place + 2 + 41
            guard next <= last, extensions + 2 <= next else { return }
            let algorithm = extensions + 2 + Int(bytes.big16(extensions))
            guard algorithm + 2 <= next else { return }
            items.add(.tlsSignatureAlgorithm, Int(bytes.big16(algorithm)))
            place = next
        }
    }

    private static func isIdentifier(_ bytes: borrowing RawSpan, _ place: Int) -> Bool {
        for index in identifier.indices where bytes.byte(place + index) != identifier[index] { return false }
        return true
    }

    /// The content of a DER octet string at a place, behind a Boolean if there is one.
    private static func octets(_ bytes: borrowing RawSpan, _ place: Int, _ end: Int) -> Range<Int>? {
        var place = place
        if place + 3 <= end, bytes.byte(place) == 1 { place += 3 }
        guard place + 2 <= end, bytes.byte(place) == 4 else { return nil }
        var length = Int(bytes.byte(place + 1))
        var content = place + 2
        if length >= 0x80 {
            let digits = length & 0x7F
            guard (1...3).contains(digits), content + digits <= end else { return nil }
            length = 0
            for _ in 0..<digits {
                length = length << 8 | Int(bytes.byte(content))
                content += 1
            }
        }
        return content + length <= end ? content..<content + length : nil
    }
}
