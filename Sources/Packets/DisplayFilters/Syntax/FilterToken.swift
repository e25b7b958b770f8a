import RoadblockCore

/// A piece of a filter's text and its place.
struct FilterToken: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// A name, a number, an address, bytes: what it means is decided by what it is compared with.
        case word(String)
        case keyword(Keyword)
        /// Quoted or raw, without its quotes and escapes.
        case string([UInt8])
        case character(UInt8)
        case symbol(Symbol)
        /// A character that begins nothing in the language.
        case stray(Character)
        case end
    }

    enum Keyword: String, CaseIterable, Sendable {
        case and, or, xor, not
        case `in`
        case contains, matches, any, all
        case eq, ne, gt, ge, lt, le
        case anyEqual = "any_eq"
        case anyNotEqual = "any_ne"
        case allEqual = "all_eq"
        case allNotEqual = "all_ne"
        case bitwiseAnd = "bitwise_and"
        case bitAnd = "bitand"
    }

    enum Symbol: String, CaseIterable, Sendable {
        case leftParenthesis = "("
        case rightParenthesis = ")"
        case leftBrace = "{"
        case rightBrace = "}"
        case leftBracket = "["
        case rightBracket = "]"
        case comma = ","
        case range = ".."
        case allEqual = "==="
        case equal = "=="
        case anyNotEqual = "!=="
        case notEqual = "!="
        case tildeEqual = "~="
        case lessOrEqual = "<="
        case less = "<"
        case greaterOrEqual = ">="
        case greater = ">"
        case logicalAnd = "&&"
        case bitAnd = "&"
        case logicalOr = "||"
        case logicalXor = "^^"
        case not = "!"
        case tilde = "~"
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case remainder = "%"
        case at = "@"
        case hash = "#"
        case dollar = "$"
    }

    var kind: Kind
    var span: SourceSpan

    /// The token as an error message names it.
    var described: String {
        switch kind {
        case .word(let text): "`\(text)`"
        case .keyword(let keyword): "`\(keyword.rawValue)`"
        case .string: "a quoted string"
        case .character: "a character constant"
        case .symbol(let symbol): "`\(symbol.rawValue)`"
        case .stray(let character): "`\(character)`"
        case .end: "the end"
        }
    }
}
