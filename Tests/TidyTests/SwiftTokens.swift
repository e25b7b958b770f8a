/// A word or a punctuation mark of Swift code.
struct Token: Hashable {
    let text: String
    let line: Int
    /// True where no space stands before it: `try!`, not `try !`.
    let isAttached: Bool
}

/// Reads Swift source as tokens, leaving out comments, literals and names in backticks.
///
/// Code in string interpolations counts as code; regular-expression literals are not recognised.
struct SwiftTokens {
    private let characters: [Character]
    private var position = 0
    private var line = 1
    private var tokens: [Token] = []

    static func read(_ text: String) -> [Token] {
        var reader = SwiftTokens(characters: Array(text))
        reader.readCode(isInterpolation: false)
        return reader.tokens
    }

    private init(characters: [Character]) { self.characters = characters }

    private func peek(_ offset: Int = 0) -> Character? {
        position + offset < characters.count ? characters[position + offset] : nil
    }

    private func sees(_ text: String) -> Bool {
        text.enumerated().allSatisfy { peek($0.offset) == $0.element }
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < characters.count {
            if characters[position].isNewline { line += 1 }
            position += 1
        }
    }

    /// Reads to the end, or past the parenthesis that closes an interpolation.
    private mutating func readCode(isInterpolation: Bool) {
        var depth = 0
        while let character = peek() {
            if sees("//") {
                while let next = peek(), !next.isNewline { advance() }
            } else if sees("/*") {
                skipBlockComment()
            } else if let hashes = hashesBeforeQuote() {
                readString(hashes: hashes)
            } else if character == "`" {
                advance()
                while let next = peek(), next != "`" { advance() }
                advance()
            } else if SwiftTokens.isWord(character) {
                readWord()
            } else {
                if character == "(" { depth += 1 }
                if character == ")" {
                    depth -= 1
                    if isInterpolation, depth < 0 { return advance() }
                }
                let start = position
                advance()
                if !character.isWhitespace { append(from: start) }
            }
        }
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    private mutating func readWord() {
        let start = position
        while let character = peek(), SwiftTokens.isWord(character) { advance() }
        append(from: start)
    }

    private mutating func append(from start: Int) {
        let isAttached = start > 0 && !characters[start - 1].isWhitespace
        tokens.append(Token(text: String(characters[start..<position]), line: line, isAttached: isAttached))
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                advance(2)
            } else if sees("*/") {
                depth -= 1
                advance(2)
            } else {
                advance()
            }
        } while depth > 0 && peek() != nil
    }

    /// How many number signs stand before the quote that opens a string here; `nil` when none opens.
    private func hashesBeforeQuote() -> Int? {
        var count = 0
        while peek(count) == "#" { count += 1 }
        return peek(count) == "\"" ? count : nil
    }

    private mutating func readString(hashes: Int) {
        advance(hashes)
        let quote = sees("\"\"\"") ? "\"\"\"" : "\""
        let marks = String(repeating: "#", count: hashes)
        advance(quote.count)
        while peek() != nil, !sees(quote + marks) {
            if sees("\\" + marks + "(") {
                advance(hashes + 2)
                readCode(isInterpolation: true)
            } else {
                advance(sees("\\" + marks) ? hashes + 2 : 1)
            }
        }
        advance(quote.count + hashes)
    }
}
