/// Reads JSON text (RFC 8259): as one value, or member by member.
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

        package init(_ message: String, offset: Int) {
            self.message = message
            self.offset = offset
        }
    }

    /// What a value is, by its first character.
    package enum Kind { case object, array, string, other, end }

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
        var reader = JSONReader(bytes, in: range)
        let value = try reader.value()
        guard reader.kind() == .end else { throw reader.problem("unexpected text after the value") }
        return value
    }

    /// Starts at the first byte.
    package init(_ bytes: [UInt8]) { self.init(bytes, in: 0..<bytes.count) }

    /// Starts at the first byte of a part; offsets count from the start of all bytes.
    package init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
    }

    /// The byte that is read next.
    package var offset: Int { index }

    /// A problem at the byte that is read next.
    package func problem(_ message: String) -> Problem { Problem(message, offset: index) }

    private mutating func skipSpace() {
        while index < end {
            let byte = bytes[index]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            index += 1
        }
    }

    /// What comes next; white space before it is passed over.
    package mutating func kind() -> Kind {
        skipSpace()
        guard index < end else { return .end }
        switch bytes[index] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        default: return .other
        }
    }

    /// Passes over a UTF-8 byte order mark, where one is next: files put one after the other may hold several.
    package mutating func skipByteOrderMark() {
        skipSpace()
        if bytes[index..<end].starts(with: [0xEF, 0xBB, 0xBF]) { index += 3 }
    }

    /// Reads a value; `depth` says how deep it lies already.
    package mutating func value(depth: Int = 0) throws(Problem) -> JSONValue {
        switch kind() {
        case .end: throw problem("a value is missing")
        case .string: return .string(try string())
        case .other: return try scalar()
        case .object:
            try checkDepth(depth)
            var members: [JSONValue.Member] = []
            var isFirst = true
            while let name = try nextName(&isFirst) { members.append(.init(name, try value(depth: depth + 1))) }
            return .object(members)
        case .array:
            try checkDepth(depth)
            var items: [JSONValue] = []
            var isFirst = true
            while try nextItem(&isFirst) { items.append(try value(depth: depth + 1)) }
            return .array(items)
        }
    }

    /// Passes over a value and says where it lies.
    package mutating func range() throws(Problem) -> Range<Int> {
        skipSpace()
        let start = index
        try skip()
        return start..<index
    }

    /// Passes over a value without building it; what stands behind backslashes is not looked at.
    package mutating func skip(depth: Int = 0) throws(Problem) {
        var isFirst = true
        switch kind() {
        case .end: throw problem("a value is missing")
        case .string: try skipString()
        case .other: _ = try scalar()
        case .object:
            try checkDepth(depth)
            while try openMember(&isFirst) {
                try skipString()
                try colon()
                try skip(depth: depth + 1)
            }
        case .array:
            try checkDepth(depth)
            while try nextItem(&isFirst) { try skip(depth: depth + 1) }
        }
    }

    private func checkDepth(_ depth: Int) throws(Problem) {
        guard depth < JSONReader.depthLimit else { throw problem("nested too deep") }
    }

    /// Moves to the next member's value and gives its name; `nil` behind the last.
    ///
    /// `isFirst` is true before the object's opening brace.
    package mutating func nextName(_ isFirst: inout Bool) throws(Problem) -> String? {
        guard try openMember(&isFirst) else { return nil }
        let name = try string()
        try colon()
        return name
    }

    /// Moves to the next item's value; false behind the last.
    ///
    /// `isFirst` is true before the array's opening bracket.
    package mutating func nextItem(_ isFirst: inout Bool) throws(Problem) -> Bool {
        try next(
            &isFirst,
            close: UInt8(ascii: "]"),
            unclosed: "the array is not closed",
            between: "`,` or `]` is missing"
        )
    }

    /// Moves to the next member's name; false behind the last.
    private mutating func openMember(_ isFirst: inout Bool) throws(Problem) -> Bool {
        let isThere = try next(
            &isFirst,
            close: UInt8(ascii: "}"),
            unclosed: "the object is not closed",
            between: "`,` or `}` is missing"
        )
        guard isThere else { return false }
        guard kind() == .string else { throw problem("a name in quotes is missing") }
        return true
    }

    private mutating func colon() throws(Problem) {
        skipSpace()
        guard index < end, bytes[index] == UInt8(ascii: ":") else { throw problem("`:` is missing") }
        index += 1
    }

    private mutating func next(
        _ isFirst: inout Bool,
        close: UInt8,
        unclosed: String,
        between: String
    ) throws(Problem) -> Bool {
        defer { isFirst = false }
        skipSpace()
        if isFirst {
            index += 1
            skipSpace()
            guard index < end, bytes[index] == close else { return true }
            index += 1
            return false
        }
        guard index < end else { throw problem(unclosed) }
        let byte = bytes[index]
        guard byte == close || byte == UInt8(ascii: ",") else { throw problem(between) }
        index += 1
        return byte != close
    }

    private mutating func scalar() throws(Problem) -> JSONValue {
        switch bytes[index] {
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
        let hasLeadingZero = digits.first == 48 && digits.dropFirst().first.map { (48...57).contains($0) } ?? false
        if isPlain, !hasLeadingZero {
            if isWhole, let value = Int(text) { return .int(value) }
            if let value = Double(text), value.isFinite { return .double(value) }
        }
        index = start
        throw problem(text.isEmpty ? "not a value" : "not a number")
    }

    private mutating func skipString() throws(Problem) {
        index += 1
        while index < end {
            let byte = bytes[index]
            index += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return }
        }
        index = end
        throw problem("the text is not closed")
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
