import RoadblockCore

extension FilterParser {
    /// Arithmetic, `&` binding loosest.
    mutating func sum() throws(FilterError) -> OperandSyntax {
        var left = try additive()
        while isSymbol(.bitAnd) || isKeyword(.bitwiseAnd) || isKeyword(.bitAnd) {
            try advance()
            try descend()
            left = .arithmetic(.bitAnd, left, try additive())
        }
        return left
    }

    private mutating func additive() throws(FilterError) -> OperandSyntax {
        var left = try product()
        while isSymbol(.plus) || isSymbol(.minus) {
            let operation: ArithmeticOperator = isSymbol(.plus) ? .add : .subtract
            try advance()
            try descend()
            left = .arithmetic(operation, left, try product())
        }
        return left
    }

    private mutating func product() throws(FilterError) -> OperandSyntax {
        var left = try unary()
        while true {
            let operation: ArithmeticOperator
            switch token.kind {
            case .symbol(.times): operation = .multiply
            case .symbol(.divide): operation = .divide
            case .symbol(.remainder): operation = .remainder
            default: return left
            }
            try advance()
            try descend()
            left = .arithmetic(operation, left, try unary())
        }
    }

    private mutating func unary() throws(FilterError) -> OperandSyntax {
        let start = token
        if isSymbol(.plus) || isSymbol(.minus) {
            let isNegative = isSymbol(.minus)
            try advance()
            try descend()
            let inner = try unary()
            ascend()
            return .negated(inner, isNegative: isNegative, start.span.joined(inner.span))
        }
        guard isSymbol(.leftBrace) else { return try operand() }
        open.append(token)
        try advance()
        try descend()
        let inner = try sum()
        ascend()
        try expect(.rightBrace)
        open.removeLast()
        return inner
    }

    private mutating func operand() throws(FilterError) -> OperandSyntax {
        let start = token
        switch start.kind {
        case .string(let bytes):
            try advance()
            return .string(bytes, start.span)
        case .character(let value):
            try advance()
            return .character(value, start.span)
        case .symbol(.dollar): throw reference()
        case .symbol(.at):
            try advance()
            guard case .word(let text) = token.kind else { throw unexpected("a field after `@`") }
            return try slices(try field(text, isRaw: true))
        case .word(let text):
            // A function's name is followed by its arguments.
            var ahead = lexer
            if (try? ahead.next())?.kind == .symbol(.leftParenthesis), !text.hasPrefix(".") {
                return try slices(try call(text))
            }
            return try slices(try field(text, isRaw: false))
        default: throw unexpected()
        }
    }

    /// A word, which may be a field, and the layers behind it.
    private mutating func field(_ text: String, isRaw: Bool) throws(FilterError) -> OperandSyntax {
        let hasDot = text.hasPrefix(".")
        var word = WordSyntax(text: hasDot ? String(text.dropFirst()) : text, span: token.span)
        word.hasDot = hasDot
        word.isRaw = isRaw
        word.isField = hasDot || isRaw
        try advance()
        if isSymbol(.hash) {
            word.isField = true
            word.layers = try layers()
        }
        return .word(word)
    }

    /// `#2` or `#[…]`, with the hash as the current token.
    private mutating func layers() throws(FilterError) -> [IndexRange] {
        let start = token.span.end
        if lexer.byte(start) == UInt8(ascii: "[") {
            guard lexer.byte(start + 1) != UInt8(ascii: "]") else {
                throw FilterError(
                    .unexpectedToken,
                    "expected a layer, found `]`",
                    SourceSpan(start + 1, start + 2)
                )
            }
            return try ranges(at: start, .badLayer)
        }
        var end = start
        while (48...57).contains(lexer.byte(end)) { end += 1 }
        guard end > start, end - start < 9, let number = Int(String(decoding: lexer.bytes[start..<end], as: UTF8.self))
        else {
            let isComment = start >= lexer.bytes.count || [32, 9].contains(lexer.byte(start))
            throw FilterError(
                .badLayer,
                "`#` is followed by the number of a layer: `ip.src#2`, `ip.src#[-1]`",
                SourceSpan(start, min(lexer.bytes.count, start + 1)),
                suggestion: isComment ? "there are no comments in filters" : nil
            )
        }
        lexer.move(to: end)
        try advance()
        return [.from(number, count: 1)]
    }

    /// Any number of `[…]` behind an operand.
    private mutating func slices(_ operand: OperandSyntax) throws(FilterError) -> OperandSyntax {
        var result = operand
        var count = 0
        while isSymbol(.leftBracket) {
            let start = token.span
            let ranges = try ranges(at: start.start, .badSlice)
            result = .slice(result, ranges, operand.span.joined(previous?.span ?? start))
            count += 1
            guard count < 64 else { throw FilterError(.tooDeep, "too many slices of one value", start) }
        }
        return result
    }

    /// Reads `[range, …]` from its bracket on; the token behind it is then the current one.
    private mutating func ranges(at bracket: Int, _ errorClass: FilterErrorClass) throws(FilterError) -> [IndexRange] {
        var end = bracket + 1
        let isText: (UInt8) -> Bool = { byte in
            byte != UInt8(ascii: "]") && byte != UInt8(ascii: "=") && byte != UInt8(ascii: "[") && byte != 0
        }
        while end < lexer.bytes.count, isText(lexer.bytes[end]) { end += 1 }
        guard end < lexer.bytes.count, lexer.bytes[end] == UInt8(ascii: "]") else {
            throw FilterError(
                .unexpectedToken,
                "the bracket that opens here is not closed",
                SourceSpan(bracket, lexer.bytes.count)
            )
        }
        var ranges: [IndexRange] = []
        var start = bracket + 1
        for part in lexer.bytes[start..<end].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let place = SourceSpan(start, start + part.count)
            let text = part.filter { ![9, 10, 13, 32].contains($0) }
            guard let range = IndexRange(parsing: text) else { throw badRange(text, place, errorClass) }
            ranges.append(range)
            start += part.count + 1
        }
        lexer.move(to: end + 1)
        try advance()
        previous = FilterToken(kind: .symbol(.rightBracket), span: SourceSpan(end, end + 1))
        return ranges
    }

    private func badRange(_ text: [UInt8], _ place: SourceSpan, _ errorClass: FilterErrorClass) -> FilterError {
        let flags = ["tcpflags", "icmptype", "icmpcode"]
        let written = String(decoding: text, as: UTF8.self)
        return FilterError(
            errorClass,
            "`\(written)` names no bytes",
            place,
            suggestion: flags.contains(written)
                ? "this is a capture filter; display filters write `tcp.flags.syn == 1`, `icmp.type == 3`"
                : "`[i:n]` is n bytes from i, `[i-j]` is i to j, `[i]` one byte, `[i:]` the rest, `[:n]` the first n"
        )
    }

    /// A function with its arguments, with its name as the current token.
    private mutating func call(_ name: String) throws(FilterError) -> OperandSyntax {
        let nameSpan = token.span
        try advance()
        open.append(token)
        try advance()
        try descend()
        var arguments: [OperandSyntax] = []
        if !isSymbol(.rightParenthesis) {
            arguments.append(try sum())
            while isSymbol(.comma) {
                try advance()
                arguments.append(try sum())
            }
        }
        ascend()
        let close = token.span
        guard isSymbol(.rightParenthesis) else { throw unexpected("`,` or `)`") }
        open.removeLast()
        try advance()
        return .call(name, nameSpan, arguments, nameSpan.joined(close))
    }

    /// `${…}` and `$name`: what a selected packet or a user's macro says.
    private func reference() -> FilterError {
        let start = token.span.start
        var end = token.span.end
        var name = ""
        if lexer.byte(end) == UInt8(ascii: "{") {
            let close = lexer.bytes[end...].firstIndex(of: UInt8(ascii: "}")) ?? lexer.bytes.count
            name = String(decoding: lexer.bytes[(end + 1)..<max(end + 1, close)], as: UTF8.self)
            end = min(lexer.bytes.count, close + 1)
        } else {
            var ahead = lexer
            if case .word(let text)? = (try? ahead.next())?.kind {
                name = text
                end = ahead.position
            }
        }
        let span = SourceSpan(start, end)
        guard FieldCatalogue.isKnown(name) else {
            return FilterError(.unknownMacro, "there is no macro `\(name)`", span)
        }
        return FilterError(
            .unsupported,
            "`\(name)` of a selected packet cannot be meant here: no packet is selected",
            span
        )
    }
}

extension IndexRange {
    /// `i:n`, `i-j`, `i`, `i:` or `:n`; `nil` for anything else, and for parts without a byte.
    fileprivate init?(parsing text: [UInt8]) {
        let colon = UInt8(ascii: ":")
        if let index = text.firstIndex(of: colon) {
            let start = index == 0 ? 0 : IndexRange.number(text[..<index])
            guard let start else { return nil }
            guard index + 1 < text.count else {
                guard index > 0 else { return nil }
                self = .from(start, count: nil)
                return
            }
            guard let count = IndexRange.number(text[(index + 1)...]), count > 0 else { return nil }
            self = .from(start, count: count)
            return
        }
        // A minus that is not the first character separates two ends.
        if let index = text.dropFirst().firstIndex(of: UInt8(ascii: "-")) {
            guard let first = IndexRange.number(text[..<index]), let last = IndexRange.number(text[(index + 1)...]),
                (first < 0) == (last < 0), first <= last
            else { return nil }
            self = .through(first, last)
            return
        }
        guard let single = IndexRange.number(text[...]) else { return nil }
        self = .from(single, count: 1)
    }

    private static func number(_ text: ArraySlice<UInt8>) -> Int? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text
        guard let value = parseUnsigned(String(decoding: digits, as: UTF8.self)), value <= 1 << 30 else { return nil }
        return isNegative ? -Int(value) : Int(value)
    }
}

/// A number in the spellings of the language: decimal, `0x`, `0b`, and octal with a leading zero.
func parseUnsigned(_ text: String) -> UInt64? {
    guard let first = text.utf8.first, (48...57).contains(first) else { return nil }
    let lower = text.lowercased()
    if lower.hasPrefix("0x") { return parseDigits(lower.dropFirst(2), 16) }
    if lower.hasPrefix("0b") { return parseDigits(lower.dropFirst(2), 2) }
    if lower.hasPrefix("0"), lower.utf8.count > 1 { return parseDigits(lower.dropFirst(), 8) }
    return parseDigits(lower[...], 10)
}

private func parseDigits(_ text: Substring, _ radix: Int) -> UInt64? {
    guard let first = text.first, first != "+", first != "-" else { return nil }
    return UInt64(text, radix: radix)
}
