import Columns

extension ScalarFunctions {
    static let encodings: [String: ScalarFunction] = [
        "urlencode": { frame, cells, _ in
            frame.values.text(cells[0]).map { frame.pool.make(Encodings.percentEncoded($0)) } ?? .missing
        },
        "urldecode": { frame, cells, _ in
            frame.values.text(cells[0]).map { frame.pool.make(Encodings.percentDecoded($0)) } ?? .missing
        },
        "base64encode": { frame, cells, _ in
            frame.values.text(cells[0]).map { frame.pool.make(Encodings.base64(Array($0.utf8))) } ?? .missing
        },
        "base64decode": { frame, cells, _ in
            frame.values.text(cells[0]).flatMap(Encodings.bytes(base64:)).map { frame.pool.make($0) } ?? .missing
        },
        "hextoascii": { frame, cells, _ in
            frame.values.text(cells[0]).flatMap(Encodings.bytes(hex:)).map { frame.pool.make($0) } ?? .missing
        },
        "hextodec": { frame, cells, _ in
            guard let text = frame.values.text(cells[0]) else { return .missing }
            let isNegative = text.hasPrefix("-")
            var digits = text.dropFirst(isNegative ? 1 : 0)
            if digits.lowercased().hasPrefix("0x") { digits = digits.dropFirst(2) }
            guard let value = UInt64(digits, radix: 16), !digits.hasPrefix("+") else { return .missing }
            return Cell(number: isNegative ? -Double(value) : Double(value))
        },
        "dectohex": { frame, cells, _ in
            guard let value = frame.values.number(cells[0]), let whole = Int64(exactly: value) else { return .missing }
            return frame.pool.make((whole < 0 ? "-" : "") + "0x" + String(whole.magnitude, radix: 16))
        },
    ]
}

/// Texts as other texts.
private enum Encodings {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func percentEncoded(_ text: String) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return text.utf8.reduce(into: []) { result, byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.append(byte)
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
    }

    static func percentDecoded(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = nibble(bytes[index + 1]),
                let low = nibble(bytes[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(bytes[index] == UInt8(ascii: "+") ? 32 : bytes[index])
                index += 1
            }
        }
        return result
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }

    static func base64(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
            for place in 0..<4 {
                let digit = Int(word >> UInt32(18 - 6 * place) & 63)
                result.append(place <= part.count ? alphabet[digit] : UInt8(ascii: "="))
            }
        }
        return result
    }

    static func bytes(base64 text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var word: UInt32 = 0
        var bits = 0
        for byte in text.utf8 where byte != UInt8(ascii: "=") {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            word = word << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
        return result
    }

    static func bytes(hex text: String) -> [UInt8]? {
        var digits = Array(text.utf8)[...]
        if digits.starts(with: "0x".utf8) { digits = digits.dropFirst(2) }
        guard digits.count % 2 == 0 else { return nil }
        var result: [UInt8] = []
        for start in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
            guard let high = nibble(digits[start]), let low = nibble(digits[start + 1]) else { return nil }
            result.append(high << 4 | low)
        }
        return result
    }
}
