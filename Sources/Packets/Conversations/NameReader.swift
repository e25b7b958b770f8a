import RoadblockCore

/// Reads the answers of DNS responses (RFC 1035 section 4) as far as they were captured.
struct NameReader {
    /// Calls back with the name that was asked for and each address (A, AAAA) that answers it.
    static func readAnswers(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ end: Int,
        _ body: (String, IPAddress) -> Void
    ) {
        guard start + 12 <= end else { return }
        let flags = bytes.big16(start + 2)
        // A response, standard query, without an error, to one question.
        guard flags & 0xF80F == 0x8000, bytes.big16(start + 4) == 1 else { return }
        guard let question = name(bytes, start, start + 12, end), question.next + 4 <= end, !question.text.isEmpty
        else { return }
        var offset = question.next + 4
        for _ in 0..<min(bytes.big16(start + 6), 64) {
            guard let owner = name(bytes, start, offset, end), owner.next + 10 <= end else { return }
            let type = bytes.big16(owner.next)
            let length = Int(bytes.big16(owner.next + 8))
            let value = owner.next + 10
            guard value + length <= end else { return }
            if type == 1, length == 4 {
                body(question.text, IPAddress(ipv4: bytes.big32(value)))
            } else if type == 28, length == 16 {
                body(question.text, IPAddress(high: bytes.big64(value), low: bytes.big64(value + 8)))
            }
            offset = value + length
        }
    }

    /// The name at an offset and where the next field starts; `nil` when it is cut or its pointers run in circles.
    private static func name(
        _ bytes: borrowing RawSpan,
        _ start: Int,
        _ offset: Int,
        _ end: Int
    ) -> (text: String, next: Int)? {
        var text = ""
        var position = offset
        var next: Int?
        for _ in 0..<128 {
            guard position < end else { return nil }
            let length = Int(bytes.byte(position))
            if length == 0 { return (text, next ?? position + 1) }
            if length & 0xC0 == 0xC0 {
                guard position + 2 <= end else { return nil }
                if next == nil { next = position + 2 }
                position = start + Int(bytes.big16(position) & 0x3FFF)
                continue
            }
            guard length < 64, position + 1 + length <= end, text.utf8.count + length < 255 else { return nil }
            if !text.isEmpty { text += "." }
            for index in 1...length {
                let byte = bytes.byte(position + index)
                text.unicodeScalars.append(Unicode.Scalar((33...126).contains(byte) ? byte : UInt8(ascii: "?")))
            }
            position += 1 + length
        }
        return nil
    }
}
