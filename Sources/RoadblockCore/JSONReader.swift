/// Reads one JSON text (RFC 8259) into a value.
///
/// Objects keep the order of their members; of members with one name the last counts when they are looked up.
/// Nesting is limited, so that no text can exhaust the stack.
package struct JSONReader {
    private let bytes: [UInt8]
    private var index: Int
    private let end: Int

    /// Arrays and objects may lie this deep in each other.
    package static let depthLimit = 256

    /// What is wrong with a text, and at which byte.
    package struct Problem: Error, Hashable, Sendable {
        package var message: String
        package var offset: Int
    }

    /// The value of a whole text; white space around it is allowed, anything else is not.
    ///
    /// - Throws: `Problem` with the byte offset of the first mistake.
    package static func value(of bytes: [UInt8]) throws(Problem) -> JSONValue {
        try value(of: bytes, in: 0..<bytes.count)
    }

    /// The value of a part of some bytes; offsets of problems count from the start of all bytes.
    ///
    /// - Throws: `Problem` with the byte offset of the first mistake.
    package static func value(of bytes: [UInt8], in range: Range<Int>) throws(Problem) -> JSONValue {
        var reader = JSONReader(bytes: bytes, index: range.lowerBound, end: range.upperBound)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.index == reader.end else { throw reader.problem("unexpected text after the value") }
        return value
    }

    private func problem(_ message: String) -> Problem { Problem(message: message, offset: index) }

    private mutating func skipSpace() {
        while index < end, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[index]) { index += 1 }
    }

    private mutating func value(depth: Int) throws(Problem) -> JSONValue {
        skipSpace()
        guard index < end else { throw problem("a value is missing") }
        guard depth < JSONReader.depthLimit else { throw problem("nested too deep") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(Problem) -> JSONValue {
        guard bytes[index..<end].starts(with: text.utf8) else { throw problem("not a value") }
        index += text.utf8.count
        return value
    }

    private mutating func object(_ depth: Int) throws(Problem) -> JSONValue {
        index += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        if index < end, bytes[index] == UInt8(ascii: "}") {
            index += 1
            return .object([])
        }
        while true {
            skipSpace()
            guard index < end, bytes[index] == UInt8(ascii: "\"") else { throw problem("a name in quotes is missing") }
            let name = try string()
            skipSpace()
            guard index < end, bytes[index] == UInt8(ascii: ":") else { throw problem("`:` is missing") }
            index += 1
            members.append(.init(name, try value(depth: depth + 1)))
            skipSpace()
            guard index < end else { throw problem("the object is not closed") }
            index += 1
            if bytes[index - 1] == UInt8(ascii: "}") { return .object(members) }
            guard bytes[index - 1] == UInt8(ascii: ",") else {
                index -= 1
                throw problem("`,` or `}` is missing")
            }
        }
    }

    private mutating func array(_ depth: Int) throws(Problem) -> JSONValue {
        index += 1
        var items: [JSONValue] = []
        skipSpace()
        if index < end, bytes[index] == UInt8(ascii: "]") {
            index += 1
            return .array([])
        }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            guard index < end else { throw problem("the array is not closed") }
            index += 1
            if bytes[index - 1] == UInt8(ascii: "]") { return .array(items) }
            guard bytes[index - 1] == UInt8(ascii: ",") else {
                index -= 1
                throw problem("`,` or `]` is missing")
            }
        }
    }

    private mutating func number() throws(Problem) -> JSONValue {
        let start = index
        var isWhole = true
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
            case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isWhole = false
            default:
                return try finishNumber(start, isWhole)
            }
            index += 1
        }
        return try finishNumber(start, isWhole)
    }

    private mutating func finishNumber(_ start: Int, _ isWhole: Bool) throws(Problem) -> JSONValue {
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        let isPlain = digits.first.map { (48...57).contains($0) } ?? false
        let hasLeadingZero = digits.count > 1 && digits.prefix(2).elementsEqual([48, 48])
        if isPlain, !hasLeadingZero {
            if isWhole, let value = Int(text) { return .int(value) }
            if let value = Double(text), value.isFinite { return .double(value) }
        }
        index = start
        throw problem(text.isEmpty ? "not a value" : "not a number")
    }

    private mutating func string() throws(Problem) -> String {
        index += 1
        let start = index
        while index < end, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") { index += 1 }
        guard index < end else { throw problem("the text is not closed") }
        if bytes[index] == UInt8(ascii: "\"") {
            index += 1
            return String(decoding: bytes[start..<(index - 1)], as: UTF8.self)
        }
        var text = Array(bytes[start..<index])
        while true {
            guard index < end else { throw problem("the text is not closed") }
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            guard index < end else { throw problem("the text is not closed") }
            index += 1
            switch bytes[index - 1] {
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "u"): text.append(contentsOf: try escapedCharacter().utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[index - 1])
            default:
                index -= 1
                throw problem("no such escape")
            }
        }
    }

    /// The character of `\uXXXX`, or of two of them that are a surrogate pair; a lone surrogate becomes U+FFFD.
    private mutating func escapedCharacter() throws(Problem) -> String {
        let first = try fourDigits()
        if let scalar = Unicode.Scalar(first) { return String(Character(scalar)) }
        guard first < 0xDC00, index + 6 <= end, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        let mark = index
        index += 2
        let second = try fourDigits()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else {
            index = mark
            return "\u{FFFD}"
        }
        return String(Character(scalar))
    }

    private mutating func fourDigits() throws(Problem) -> UInt32 {
        guard index + 4 <= end, bytes[index] != UInt8(ascii: "+"), bytes[index] != UInt8(ascii: "-"),
            let value = UInt32(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
        else { throw problem("four hexadecimal digits are missing") }
        index += 4
        return value
    }
}

extension JSONValue {
    /// The value of a member; the last of several with the name, `nil` where there is none or this is no object.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text of a string; `nil` for anything else.
    package var text: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The items of an array; `nil` for anything else.
    package var items: [JSONValue]? {
        if case .array(let items) = self { return items }
        return nil
    }
}
