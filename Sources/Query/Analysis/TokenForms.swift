/// What a token is by its form alone.
enum TokenForms {
    /// The token that begins at a place, which holds no delimiter.
    static func token(
        _ bytes: borrowing Span<UInt8>,
        _ start: Int,
        _ limit: Int,
        _ classes: [UInt8]
    ) -> MessageScanner.Token {
        if let end = TimeForms.end(bytes, start, limit) { return typed(.time, start, end) }
        var counts = Counts()
        var end = start
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        while end < limit {
            let byte = bytes[end]
            switch classes[Int(byte)] {
            case ByteClass.digit: counts.digits += 1
            case ByteClass.hexadecimal: counts.hexadecimal += 1
            case ByteClass.letter: counts.letters += 1
            case ByteClass.inner: counts.inner += 1
            default:
                return finished(bytes, start, end, limit, counts, hash, classes)
            }
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
            end += 1
        }
        return finished(bytes, start, end, limit, counts, hash, classes)
    }

    private struct Counts {
        var digits = 0
        var hexadecimal = 0
        var letters = 0
        var inner = 0
    }

    private static func typed(_ kind: MessageScanner.Kind, _ start: Int, _ end: Int) -> MessageScanner.Token {
        MessageScanner.Token(kind: kind, start: start, end: end, hash: UInt64(kind.rawValue))
    }

    private static func finished(
        _ bytes: borrowing Span<UInt8>,
        _ start: Int,
        _ end: Int,
        _ limit: Int,
        _ counts: Counts,
        _ hash: UInt64,
        _ classes: [UInt8]
    ) -> MessageScanner.Token {
        if counts.letters == 0, counts.inner == 0, end < limit, bytes[end] == UInt8(ascii: ":"),
            let (kind, last) = colons(bytes, start, limit)
        {
            return typed(kind, start, last)
        }
        // The full stop of a sentence, and a dash at the end, are no part of a word.
        if counts.inner > 0, end - start > 1,
            bytes[end - 1] == UInt8(ascii: ".") || bytes[end - 1] == UInt8(ascii: "-")
        {
            return trimmed(bytes, start, end, limit, classes)
        }
        let length = end - start
        if counts.digits > 0 {
            if let last = number(bytes, start, end) { return typed(.number, start, last) }
            if counts.hexadecimal + counts.letters == 0, counts.inner == 3, isAddress(bytes, start, end) {
                return typed(.address, start, end)
            }
            let isLong = length >= 16 && counts.digits >= 3
            let isHexadecimal = counts.letters == 0 && counts.inner == 0 && length >= 7
            if counts.digits >= 4 || isHexadecimal || isLong || isPrefixed(bytes, start, end, counts) {
                return typed(.id, start, end)
            }
        } else if counts.letters == 0, counts.inner == 0, length >= 16 {
            return typed(.id, start, end)
        }
        if length > MessageScanner.wordLimit { return typed(.token, start, end) }
        return MessageScanner.Token(kind: .word, start: start, end: end, hash: wordHash(hash))
    }

    /// The hash of a word; never one of a kind, and never zero.
    private static func wordHash(_ hash: UInt64) -> UInt64 {
        let mixed = MessageScanner.mix(0, hash)
        return mixed < 16 ? mixed + 16 : mixed
    }

    /// A token without the dots and dashes at its end.
    private static func trimmed(
        _ bytes: borrowing Span<UInt8>,
        _ start: Int,
        _ end: Int,
        _ limit: Int,
        _ classes: [UInt8]
    ) -> MessageScanner.Token {
        var last = end
        while last > start, bytes[last - 1] == UInt8(ascii: ".") || bytes[last - 1] == UInt8(ascii: "-") { last -= 1 }
        // Of dots and dashes alone all are the word.
        if last > start { return token(bytes, start, last, classes) }
        let length = min(end - start, MessageScanner.wordLimit)
        var hash: UInt64 = UInt64(length)
        for place in start..<end { hash = (hash ^ UInt64(bytes[place])) &* 0x0000_0100_0000_01B3 }
        if end - start > MessageScanner.wordLimit { return typed(.token, start, end) }
        return MessageScanner.Token(kind: .word, start: start, end: end, hash: wordHash(hash))
    }

    /// The end of a number's digits where a token is a number, perhaps with a short unit behind it that is a word.
    private static func number(_ bytes: borrowing Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var index = start
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let first = index
        while index < end, bytes[index] &- 48 < 10 { index += 1 }
        guard index > first else { return nil }
        if index + 1 < end, bytes[index] == UInt8(ascii: "."), bytes[index + 1] &- 48 < 10 {
            index += 1
            while index < end, bytes[index] &- 48 < 10 { index += 1 }
        }
        if index == end { return end }
        let unit = end - index
        if unit == 1, bytes[index] == UInt8(ascii: "%") { return index }
        guard unit <= 2 else { return nil }
        for place in index..<end where (bytes[place] | 0x20) &- 97 >= 26 { return nil }
        return index
    }

    /// True for four numbers up to 255 with dots between them.
    private static func isAddress(_ bytes: borrowing Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end - start <= 15 else { return false }
        var octet = 0
        var digits = 0
        var dots = 0
        for index in start..<end {
            if bytes[index] == UInt8(ascii: ".") {
                if digits == 0 { return false }
                dots += 1
                octet = 0
                digits = 0
            } else {
                guard bytes[index] &- 48 < 10 else { return false }
                octet = octet * 10 + Int(bytes[index] &- 48)
                digits += 1
                if digits > 3 || octet > 255 { return false }
            }
        }
        return dots == 3 && digits > 0
    }

    /// True for `0x…`.
    private static func isPrefixed(
        _ bytes: borrowing Span<UInt8>,
        _ start: Int,
        _ end: Int,
        _ counts: Counts
    ) -> Bool {
        end - start >= 4 && bytes[start] == UInt8(ascii: "0") && bytes[start + 1] | 0x20 == UInt8(ascii: "x")
            && counts.letters == 1 && counts.inner == 0
    }

    /// An IPv6 address, or the address of a network card, by the colons between hexadecimal digits.
    private static func colons(
        _ bytes: borrowing Span<UInt8>,
        _ start: Int,
        _ limit: Int
    ) -> (MessageScanner.Kind, Int)? {
        var index = start
        var groups = 1
        var length = 0
        var hasDigit = false
        var pairs = 0
        var gaps = 0
        while index < limit, index - start <= 39 {
            let byte = bytes[index]
            let isDigit = byte &- 48 < 10
            if isDigit || (byte | 0x20) &- 97 < 6 {
                hasDigit = hasDigit || isDigit
                length += 1
                if length > 4 { return nil }
            } else if byte == UInt8(ascii: ":") {
                if length == 2 { pairs += 1 }
                if length == 0 { gaps += 1 }
                length = 0
                groups += 1
            } else {
                if byte == UInt8(ascii: "_") || (byte | 0x20) &- 97 < 26 { return nil }
                break
            }
            index += 1
        }
        if length == 2 { pairs += 1 }
        // A colon at the end belongs to the sentence, unless it is the second of two.
        if length == 0, gaps == 0 {
            index -= 1
            groups -= 1
        }
        guard hasDigit else { return nil }
        if groups == 6, pairs == 6 { return (.id, index) }
        if gaps == 0, groups == 8 { return (.address, index) }
        return gaps == 1 && groups >= 3 && groups <= 8 ? (.address, index) : nil
    }
}
