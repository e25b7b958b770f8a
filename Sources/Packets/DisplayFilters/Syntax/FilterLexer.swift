import RoadblockCore

/// Cuts a filter's text into tokens, one at a time.
struct FilterLexer {
    let bytes: [UInt8]
    private(set) var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var end: SourceSpan { SourceSpan(bytes.count, bytes.count) }

    /// Goes on from another place: after a part that is read character by character.
    mutating func move(to position: Int) { self.position = position }

    mutating func skipSpace() {
        while position < bytes.count, [9, 10, 13, 32].contains(bytes[position]) { position += 1 }
    }

    func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    /// The next token; past the text, tokens of kind `end`.
    mutating func next() throws(FilterError) -> FilterToken {
        skipSpace()
        let start = position
        guard start < bytes.count else { return FilterToken(kind: .end, span: end) }
        let first = bytes[start]
        if first == UInt8(ascii: "\"") {
            return try string(start, isRaw: false)
        }
        if first == UInt8(ascii: "r") || first == UInt8(ascii: "R"), byte(start + 1) == UInt8(ascii: "\"") {
            position += 1
            return try string(start, isRaw: true)
        }
        if first == UInt8(ascii: "'") { return try character(start) }
        if isWordStart(start) { return word(start) }
        for symbol in FilterToken.Symbol.byLength where bytes[start...].starts(with: symbol.rawValue.utf8) {
            position += symbol.rawValue.utf8.count
            return FilterToken(kind: .symbol(symbol), span: SourceSpan(start, position))
        }
        guard first < 128 else { throw badCharacter(start) }
        position += 1
        return FilterToken(
            kind: .stray(Character(UnicodeScalar(first))),
            span: SourceSpan(start, position)
        )
    }

    private func badCharacter(_ start: Int) -> FilterError {
        let character = String(decoding: bytes[start...], as: UTF8.self).first.map(String.init) ?? ""
        let isQuote = "“”„‟‘’‚‛«»".contains(character)
        return FilterError(
            .badCharacter,
            "`\(character)` is not part of the language",
            SourceSpan(start, start + character.utf8.count),
            suggestion: isQuote
                ? "use the straight quote \" instead of typographic ones"
                : "write text that is not plain ASCII in double quotes"
        )
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private func isWordStart(_ offset: Int) -> Bool {
        let first = byte(offset)
        if FilterLexer.isWordByte(first) { return true }
        // A leading dot says "a field", a leading colon "bytes or an address".
        if first == UInt8(ascii: ".") { return FilterLexer.isWordByte(byte(offset + 1)) }
        guard first == UInt8(ascii: ":") else { return false }
        return byte(offset + 1) == first || FilterLexer.isWordByte(byte(offset + 1))
    }

    private mutating func word(_ start: Int) -> FilterToken {
        var offset = start
        var hasGap = false
        var dots = 0
        var colons = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            if FilterLexer.isWordByte(byte) || byte == UInt8(ascii: "-") {
                offset += 1
            } else if byte == UInt8(ascii: ".") {
                // Two dots are a range, a dot at the end is none of the word's.
                guard FilterLexer.isWordByte(self.byte(offset + 1)) else { break }
                dots += 1
                offset += 1
            } else if byte == UInt8(ascii: ":") {
                if self.byte(offset + 1) == byte {
                    guard !hasGap else { break }
                    hasGap = true
                    offset += 1
                    colons += 1
                }
                colons += 1
                offset += 1
            } else {
                break
            }
        }
        let isAddress =
            colons >= 2
            || dots >= 2 && bytes[start..<offset].allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
        if isAddress, byte(offset) == UInt8(ascii: "/"), (48...57).contains(byte(offset + 1)) {
            offset += 1
            while (48...57).contains(byte(offset)) { offset += 1 }
        }
        position = offset
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        let kind = FilterToken.Keyword(rawValue: text).map(FilterToken.Kind.keyword) ?? .word(text)
        return FilterToken(kind: kind, span: SourceSpan(start, offset))
    }
}

extension FilterToken.Symbol {
    /// Longest first, so that `===` is not read as `==` and `=`.
    fileprivate static let byLength = allCases.sorted { $0.rawValue.utf8.count > $1.rawValue.utf8.count }
}

extension FilterLexer {
    /// A quoted string, with the position at its opening quote.
    private mutating func string(_ start: Int, isRaw: Bool) throws(FilterError) -> FilterToken {
        position += 1
        var content: [UInt8] = []
        while true {
            guard position < bytes.count else {
                throw FilterError(
                    .unterminated,
                    "the string that starts here has no closing quote",
                    SourceSpan(start, bytes.count)
                )
            }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                if isRaw {
                    content.append(byte)
                    position += 1
                    if position < bytes.count {
                        content.append(bytes[position])
                        position += 1
                    }
                } else {
                    content += try escape(of: .string)
                }
            } else {
                content.append(byte)
                position += 1
            }
        }
        position += 1
        return FilterToken(kind: .string(content), span: SourceSpan(start, position))
    }

    private enum Quoted { case string, character }

    /// The bytes that an escape stands for, with the position at its backslash.
    private mutating func escape(of kind: Quoted) throws(FilterError) -> [UInt8] {
        let start = position
        let letter = byte(start + 1)
        position += 2
        let simple: [UInt8: UInt8] = [
            UInt8(ascii: "\""): 34, UInt8(ascii: "'"): 39, UInt8(ascii: "\\"): 92, UInt8(ascii: "a"): 7,
            UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
            UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11,
        ]
        if let value = simple[letter] { return [value] }
        switch letter {
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            position = start + 1
            let (value, _) = digits(radix: 8, atMost: 3)
            guard value <= 255 else { break }
            return [UInt8(value)]
        case UInt8(ascii: "x"):
            let (value, count) = digits(radix: 16, atMost: 2)
            guard count > 0 else { break }
            return [UInt8(value)]
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let wanted = letter == UInt8(ascii: "u") ? 4 : 8
            let (value, count) = digits(radix: 16, atMost: wanted)
            guard count == wanted, value >= 128, let scalar = UnicodeScalar(UInt32(value)) else { break }
            return Array(String(Character(scalar)).utf8)
        default: break
        }
        let length = max(2, position - start)
        let text = String(decoding: bytes[start..<min(bytes.count, start + length)], as: UTF8.self)
        throw FilterError(
            .badEscape,
            "`\(text)` is no escape of strings",
            SourceSpan(start, min(bytes.count, start + length)),
            suggestion: kind == .string
                ? "for a regular expression use a raw string, r\"…\", or two backslashes" : nil
        )
    }

    /// A number of some digits; the position moves behind it.
    private mutating func digits(radix: Int, atMost limit: Int) -> (value: Int, count: Int) {
        var value = 0
        var count = 0
        while count < limit, position < bytes.count,
            let digit = Character(UnicodeScalar(bytes[position])).hexDigitValue, digit < radix
        {
            value = value * radix + digit
            count += 1
            position += 1
        }
        return (value, count)
    }

    /// A character constant, with the position at its opening quote.
    private mutating func character(_ start: Int) throws(FilterError) -> FilterToken {
        var offset = start + 1
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "'") {
            offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard offset < bytes.count else {
            throw FilterError(
                .unterminated,
                "the character constant that starts here has no closing quote",
                SourceSpan(start, bytes.count)
            )
        }
        let whole = SourceSpan(start, offset + 1)
        let bad = FilterError(
            .badCharacterConstant,
            "a character constant holds one ASCII character",
            whole,
            suggestion: "use double quotes for text"
        )
        position = start + 1
        var value: [UInt8] = []
        if byte(position) == UInt8(ascii: "\\") {
            do {
                value = try escape(of: .character)
            } catch {
                throw bad
            }
        } else if offset > position, (32...126).contains(byte(position)) {
            value = [byte(position)]
            position += 1
        }
        guard position == offset, value.count == 1 else { throw bad }
        position = offset + 1
        return FilterToken(kind: .character(value[0]), span: whole)
    }
}
