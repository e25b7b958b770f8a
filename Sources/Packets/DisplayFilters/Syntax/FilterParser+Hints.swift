import RoadblockCore

extension FilterParser {
    /// The error for the current token, which nothing in the grammar allows here.
    func unexpected(_ expected: String? = nil, suggestion: String? = nil) -> FilterError {
        if token.kind == .end { return unexpectedEnd(expected) }
        let wanted = expected.map { "expected \($0), found " } ?? "did not expect "
        return FilterError(
            .unexpectedToken,
            "\(wanted)\(token.described)",
            token.span,
            suggestion: suggestion ?? hint()
        )
    }

    private func unexpectedEnd(_ expected: String?) -> FilterError {
        let suggestion = open.last.map { bracket in
            "the \(bracket.described) at character \(bracket.span.start + 1) is not closed"
        }
        return FilterError(
            .unexpectedEnd,
            "the filter ends too early" + (expected.map { ": expected \($0)" } ?? ""),
            lexer.end,
            suggestion: suggestion
        )
    }

    /// What was probably meant.
    private func hint() -> String? {
        switch token.kind {
        case .stray("="): return "write `==` to compare"
        case .stray("|"): return "write `||` or `or`"
        case .stray("^"): return "write `^^` or `xor`"
        case .symbol(.leftParenthesis):
            if case .symbol? = previous?.kind {
                return "several values go into a set, `in {1, 2}`; arithmetic is grouped with braces, `{a + b}`"
            }
            return nil
        case .symbol(.divide), .symbol(.times):
            return lexer.byte(token.span.end) == UInt8(ascii: "/") || lexer.byte(token.span.end) == UInt8(ascii: "*")
                ? "there are no comments in filters" : nil
        case .symbol(.comma): return "join tests with `and` or `or`; a set is written `in {1, 2}`"
        case .symbol(.greater) where previous?.kind == .symbol(.less): return "write `!=` for unequal"
        case .word(let text):
            if let keyword = FilterToken.Keyword(rawValue: text.lowercased()) {
                return "keywords are lower case: `\(keyword.rawValue)`"
            }
            if let comparison = ["equal": "==", "equals": "==", "is": "==", "like": "matches"][text] {
                return "write `\(comparison)`"
            }
            if case .word(let before)? = previous?.kind { return wordHint(before, text) }
            return nil
        default: return nil
        }
    }

    /// The set with a comma between an element and the token that follows it.
    func setHint(behind element: OperandSyntax) -> String? {
        switch token.kind {
        case .word, .string, .character: break
        default: return nil
        }
        func text(_ span: SourceSpan) -> String {
            String(decoding: lexer.bytes[span.start..<span.end].prefix(40), as: UTF8.self)
        }
        return "the values of a set have commas between them: `\(text(element.span)), \(text(token.span))`"
    }

    /// The block for an address with a mask in dotted form, which ends in the current token.
    private func blockHint(_ before: String, _ text: String) -> String? {
        let parts = before.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, previous?.span.end == token.span.start,
            let address = IPAddress(parsing: String(parts[0])),
            address.isIPv4, let mask = IPAddress(parsing: parts[1] + text)?.ipv4
        else { return nil }
        let length = (~mask).leadingZeroBitCount
        guard mask.trailingZeroBitCount == 32 - length else {
            return "mask bits with `&`: `ip.addr & \(parts[1])\(text) == …`"
        }
        return "a block of addresses has the length of its prefix: `\(address)/\(length)`"
    }

    private func wordHint(_ before: String, _ text: String) -> String? {
        if let hint = blockHint(before, text) { return hint }
        if let keyword = FilterToken.Keyword(rawValue: before.lowercased()) {
            return "keywords are lower case: `\(keyword.rawValue)`"
        }
        return captureFilterHint(before, text) ?? "join tests with `and` or `or`"
    }

    /// The display filter for two words of a capture filter.
    private func captureFilterHint(_ first: String, _ second: String) -> String? {
        let words: Set<String> = [
            "host", "net", "port", "portrange", "src", "dst", "ether", "gateway", "broadcast", "multicast", "less",
            "greater",
        ]
        guard words.contains(first) || words.contains(second) else { return nil }
        let intro = "this looks like a capture filter; as a display filter: "
        switch first {
        case "port": return intro + "`tcp.port == \(second) or udp.port == \(second)`"
        case "host": return intro + "`ip.addr == \(second)`"
        case "net": return intro + "`ip.addr == \(second)`"
        case "less": return intro + "`frame.len <= \(second)`"
        case "greater": return intro + "`frame.len >= \(second)`"
        case "portrange":
            let ends = second.split(separator: "-")
            return intro + "`tcp.port in {\(ends.joined(separator: ".."))}`"
        case "tcp" where second == "port", "udp" where second == "port":
            return intro + "`\(first).port == …`"
        case "src" where second == "host", "src" where second == "net": return intro + "`ip.src == …`"
        case "dst" where second == "host", "dst" where second == "net": return intro + "`ip.dst == …`"
        case "src" where second == "port": return intro + "`tcp.srcport == …`"
        case "dst" where second == "port": return intro + "`tcp.dstport == …`"
        default: return intro + "see `ip.addr`, `tcp.port`, `udp.port`, `eth.addr`"
        }
    }
}
