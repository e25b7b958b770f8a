import RoadblockCore

/// Cuts a query's text into tokens, one at a time.
///
/// A slash is a symbol here; the parser asks for a regular expression where one may stand.
struct QueryLexer {
    let bytes: [UInt8]
    private(set) var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var end: SourceSpan { SourceSpan(bytes.count, bytes.count) }

    func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    func text(_ start: Int, _ end: Int) -> String { String(decoding: bytes[start..<end], as: UTF8.self) }

    func text(_ span: SourceSpan) -> String { text(span.start, span.end) }

    /// The next token; past the text, tokens of kind `end`.
    mutating func next() throws(QueryError) -> QueryToken {
        skipSpace()
        let start = position
        guard start < bytes.count else { return QueryToken(kind: .end, span: end) }
        let first = bytes[start]
        switch first {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return try string(start)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(start)
        default: break
        }
        if isPartStart(start) {
            let word = try word()
            return QueryToken(kind: .word(word), span: SourceSpan(start, position))
        }
        for text in QueryLexer.foreign where bytes[start...].starts(with: text.utf8) {
            position += text.utf8.count
            return QueryToken(kind: .stray(text), span: SourceSpan(start, position))
        }
        for symbol in QueryToken.Symbol.byLength where bytes[start...].starts(with: symbol.rawValue.utf8) {
            position += symbol.rawValue.utf8.count
            return QueryToken(kind: .symbol(symbol), span: SourceSpan(start, position))
        }
        let (scalar, length) = scalar(at: start)
        position += length
        let isPlain = scalar.value >= 0x20 && scalar.value != 0x7F && !(0x80..<0xA0).contains(scalar.value)
        let name = isPlain ? String(scalar) : "U+" + String(scalar.value, radix: 16, uppercase: true)
        return QueryToken(kind: .stray(name), span: SourceSpan(start, position))
    }

    /// Operators of other languages, read as one token so that the error names the whole of it.
    private static let foreign = ["&&", "||", "<>", "!~", "===", "!=="]

    /// The name parts from a byte on, which begins the first of them.
    mutating func word(at start: Int) throws(QueryError) -> QueryToken {
        position = start
        let word = try word()
        return QueryToken(kind: .word(word), span: SourceSpan(start, position))
    }

    /// True where a name, or a part behind a dot, begins.
    func isPartStart(_ offset: Int) -> Bool {
        guard offset < bytes.count else { return false }
        return bytes[offset] == UInt8(ascii: "`") || nameLength(offset) > 0
    }

    private mutating func word() throws(QueryError) -> QueryToken.Word {
        let start = position
        var word = QueryToken.Word(parts: [])
        repeat {
            if !word.parts.isEmpty { position += 1 }
            let partStart = position
            if byte(position) == UInt8(ascii: "`") {
                word.parts.append(try backtickName())
                word.hasBackticks = true
            } else {
                while case let length = nameLength(position), length > 0 { position += length }
                word.parts.append(text(partStart, position))
            }
        } while byte(position) == UInt8(ascii: ".") && isPartStart(position + 1)
        if word.parts.count == 1, !word.hasBackticks, word.parts[0].allSatisfy({ $0 == "@" }) {
            throw QueryError(.syntax, "`@` alone is no name", SourceSpan(start, position))
        }
        return word
    }

    private mutating func backtickName() throws(QueryError) -> String {
        let start = position
        guard let close = bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "`")) else {
            throw QueryError(
                .syntax,
                "the backtick that opens here is not closed",
                SourceSpan(start, start + 1),
                suggestion: "a name in backticks ends with another one: `` `detail-type` ``"
            )
        }
        position = close + 1
        guard close > start + 1 else {
            throw QueryError(.syntax, "the name between the backticks is empty", SourceSpan(start, position))
        }
        return text(start + 1, close)
    }

    private mutating func number(_ start: Int) throws(QueryError) -> QueryToken {
        skipDigits()
        if byte(position) == UInt8(ascii: "."), isDigit(position + 1) {
            position += 1
            skipDigits()
        }
        if byte(position) | 0x20 == UInt8(ascii: "e") {
            let hasSign = [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(byte(position + 1))
            let digits = position + (hasSign ? 2 : 1)
            if isDigit(digits) {
                position = digits
                skipDigits()
            }
        }
        let span = SourceSpan(start, position)
        guard let value = Double(text(span)), value.isFinite else {
            throw QueryError(.semantic, "the number is out of range", span)
        }
        return QueryToken(kind: .number(value), span: span)
    }

    private func isDigit(_ offset: Int) -> Bool { (48...57).contains(byte(offset)) }

    private mutating func skipDigits() {
        while isDigit(position) { position += 1 }
    }
}

extension QueryLexer {
    /// A quoted string, with the position at its opening quote.
    private mutating func string(_ start: Int) throws(QueryError) -> QueryToken {
        let quote = bytes[start]
        var content: [UInt8] = []
        var hasEscapedQuote = false
        position = start + 1
        while position < bytes.count, bytes[position] != quote {
            let byte = bytes[position]
            let next = self.byte(position + 1)
            let isEscape = byte == UInt8(ascii: "\\") && position + 1 < bytes.count
            if isEscape, [UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'")].contains(next) {
                hasEscapedQuote = hasEscapedQuote || next == quote
                content.append(next)
                position += 2
            } else {
                content.append(byte)
                position += 1
            }
        }
        guard position < bytes.count else { throw unclosedString(start, content, hasEscapedQuote) }
        position += 1
        return QueryToken(
            kind: .string(String(decoding: content, as: UTF8.self)),
            span: SourceSpan(start, position)
        )
    }

    private func unclosedString(_ start: Int, _ content: [UInt8], _ hasEscapedQuote: Bool) -> QueryError {
        let quote = Character(UnicodeScalar(bytes[start]))
        let isTypographic = String(decoding: content, as: UTF8.self).contains { "“”„‟‘’‚‛".contains($0) }
        var suggestion = "close it with \(quote)"
        if hasEscapedQuote { suggestion = "a backslash before a quote escapes it; write `\\\\` for a backslash" }
        if isTypographic { suggestion = "a typographic quote does not close it; use the straight \(quote)" }
        return QueryError(
            .syntax,
            "the string that opens here is not closed",
            SourceSpan(start, start + 1),
            suggestion: suggestion
        )
    }

    /// A regular expression, from its opening slash on.
    ///
    /// A slash after a backslash or within a class does not close it.
    mutating func regex(at start: Int) throws(QueryError) -> QueryToken {
        var offset = start + 1
        var classStart: Int?
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\\") {
                offset += 2
                continue
            }
            if let opening = classStart {
                // The first character of a class may be the closing bracket itself.
                let first = self.byte(opening + 1) == UInt8(ascii: "^") ? opening + 2 : opening + 1
                if byte == UInt8(ascii: "]"), offset > first { classStart = nil }
            } else if byte == UInt8(ascii: "[") {
                classStart = offset
            } else if byte == UInt8(ascii: "/") {
                break
            }
            offset += 1
        }
        guard offset < bytes.count else {
            throw QueryError(
                .syntax,
                "the regular expression that opens here is not closed",
                SourceSpan(start, start + 1),
                suggestion: classStart.map { "the `[` at character \(characters(before: $0) + 1) is not closed" }
                    ?? "close it with `/`; a slash inside is written `\\/`"
            )
        }
        position = offset + 1
        let span = SourceSpan(start, position)
        guard offset > start + 1 else {
            throw QueryError(
                .syntax,
                "the regular expression is empty",
                span,
                suggestion: "a comment starts with `#`, not with `//`"
            )
        }
        try refuseFlags()
        return QueryToken(kind: .regex(text(start + 1, offset)), span: span)
    }

    /// Letters directly behind the closing slash mean flags elsewhere.
    private func refuseFlags() throws(QueryError) {
        var offset = position
        while "gimsuxy".utf8.contains(byte(offset)) { offset += 1 }
        guard offset > position, nameLength(offset) == 0 else { return }
        throw QueryError(
            .syntax,
            "a regular expression has no flags behind its slash",
            SourceSpan(position, offset),
            suggestion: "write them inside, at its start: `/(?i)…/`"
        )
    }

    /// How many characters stand before a byte.
    func characters(before offset: Int) -> Int { text(0, min(offset, bytes.count)).count }
}

extension QueryLexer {
    private mutating func skipSpace() {
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "#") {
                while position < bytes.count, bytes[position] != 10, bytes[position] != 13 { position += 1 }
            } else {
                let length = spaceLength(position)
                guard length > 0 else { return }
                position += length
            }
        }
    }

    /// Blanks of every kind: what is pasted from a web page is full of unbreakable ones.
    private func spaceLength(_ offset: Int) -> Int {
        if bytes[offset] < 128 { return (9...13).contains(bytes[offset]) || bytes[offset] == 32 ? 1 : 0 }
        let (scalar, length) = scalar(at: offset)
        return switch scalar.value {
        case 0x85, 0xA0, 0x1680, 0x2000...0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF: length
        default: 0
        }
    }

    /// The bytes of the name character here; none for anything else.
    private func nameLength(_ offset: Int) -> Int {
        let byte = byte(offset)
        guard byte >= 128 else {
            let isName =
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (48...57).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "@")
            return isName ? 1 : 0
        }
        let (scalar, length) = scalar(at: offset)
        return scalar.properties.isAlphabetic || scalar.properties.generalCategory == .nonspacingMark ? length : 0
    }

    private func scalar(at offset: Int) -> (scalar: UnicodeScalar, length: Int) {
        let scalar = text(offset, min(offset + 4, bytes.count)).unicodeScalars.first ?? "\u{FFFD}"
        return (scalar, min(UTF8.width(scalar), bytes.count - offset))
    }
}
