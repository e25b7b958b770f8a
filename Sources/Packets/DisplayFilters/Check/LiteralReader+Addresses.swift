import RoadblockCore

extension LiteralReader {
    /// An IPv4 or IPv6 address, or a block in CIDR notation.
    func address(_ text: String, _ span: SourceSpan, _ expected: Expectation) throws(FilterError) -> Meaning {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let isVersion4 = expected.type == .ipv4
        guard let address = IPAddress(parsing: parts[0]), isVersion4 == !parts[0].contains(":") else {
            throw badAddress(text, span, expected)
        }
        var meaning: Meaning
        if isVersion4 {
            meaning = Meaning(.word(Int64(address.ipv4 ?? 0)))
        } else {
            meaning = Meaning(.wide(address))
        }
        guard parts.count == 2 else { return meaning }
        let bits = isVersion4 ? 32 : 128
        guard let length = Int(parts[1]), length <= bits else {
            throw FilterError(
                .badPrefixLength,
                "a prefix of \(isVersion4 ? "IPv4" : "IPv6") has 0 to \(bits) bits",
                span
            )
        }
        meaning.prefixLength = length
        return meaning
    }

    private func badAddress(_ text: String, _ span: SourceSpan, _ expected: Expectation) -> FilterError {
        let isVersion4 = expected.type == .ipv4
        var suggestion: String?
        let other = IPAddress(parsing: text.split(separator: "/")[0])
        if other != nil, let name = expected.name {
            let replacement = isVersion4 ? name.replacingPrefix("ip.", "ipv6.") : name.replacingPrefix("ipv6.", "ip.")
            suggestion = "for this address use `\(replacement)`"
        } else if text.first?.isLetter ?? false, text.contains(where: { $0 > "f" }) || !text.contains(":") {
            suggestion = "names are not looked up; write the address"
        } else if isVersion4, text.allSatisfy({ $0.isNumber || $0 == "." || $0 == "/" }) {
            let octets = text.split(separator: "/")[0].split(separator: ".").map(String.init)
            let padded = (octets + ["0", "0", "0"]).prefix(4).joined(separator: ".")
            if octets.count < 4 { suggestion = "write four parts; a block is `\(padded)/\(octets.count * 8)`" }
        }
        return FilterError(.badAddress, "`\(text)` is not \(expected.type.described)", span, suggestion: suggestion)
    }

    /// Six bytes in any of their spellings, as one number.
    func ethernet(_ text: String, _ span: SourceSpan) throws(FilterError) -> Int64 {
        guard let bytes = LiteralReader.separatedBytes(text) ?? LiteralReader.digits(text), bytes.count == 6 else {
            throw FilterError(
                .badEthernetAddress,
                "`\(text)` is not an Ethernet address",
                span,
                suggestion:
                    "write six bytes, for example 02:00:5e:10:00:01; for a part of it, `eth.src[0:3] == 02:00:5e`"
            )
        }
        return bytes.reduce(0) { $0 << 8 | Int64($1) }
    }

    /// A byte string; bare digits are hexadecimal up to 4.2 and a decimal number from 4.4 on.
    func bytes(_ text: String, _ span: SourceSpan, _ expected: Expectation) throws(FilterError) -> [UInt8] {
        if let bytes = LiteralReader.separatedBytes(text) { return bytes }
        let lower = text.lowercased()
        if lower.hasPrefix("0x") {
            if lower.utf8.count <= 4, let value = UInt8(lower.dropFirst(2), radix: 16) { return [value] }
            throw badBytes(text, span, suggestion: byteSuggestion(lower))
        }
        let isDecimal = text.utf8.allSatisfy { (48...57).contains($0) }
        if isDecimal, profile >= .v44 {
            if expected.isSlice || !expected.isSearch, let value = LiteralReader.number(text) { return [value] }
            let hint = "bare digits are a decimal number here; write bytes with colons"
            throw badBytes(text, span, suggestion: hint)
        }
        if let bytes = LiteralReader.digits(text) { return bytes }
        throw badBytes(text, span, suggestion: "put text in double quotes")
    }

    private func badBytes(_ text: String, _ span: SourceSpan, suggestion: String) -> FilterError {
        FilterError(.badBytes, "`\(text)` is not a string of bytes", span, suggestion: suggestion)
    }

    private func byteSuggestion(_ lower: String) -> String {
        let digits = Array(lower.dropFirst(2))
        let pairs = stride(from: 0, to: digits.count, by: 2).map { String(digits[$0..<min($0 + 2, digits.count)]) }
        return "write bytes in their order: \(pairs.joined(separator: ":"))"
    }

    /// One byte written as a decimal number, or as an octal one with a leading zero.
    private static func number(_ text: String) -> UInt8? {
        if let value = parseUnsigned(text) { return UInt8(exactly: value) }
        return UInt8(text, radix: 16)
    }

    /// Hexadecimal digits without separators; of an odd number the last is a byte of its own.
    private static func digits(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        let all = Array(text)
        guard !all.isEmpty, all.allSatisfy(\.isHexDigit) else { return nil }
        for index in stride(from: 0, to: all.count, by: 2) {
            guard let byte = UInt8(String(all[index..<min(index + 2, all.count)]), radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// Bytes with `:`, `-` or `.` between them, or in groups of two bytes with dots; `nil` for anything else.
    private static func separatedBytes(_ text: String) -> [UInt8]? {
        var body = Substring(text)
        if body.hasPrefix(":") { body = body.dropFirst() }
        guard let separator = body.first(where: { ":-.".contains($0) }) else {
            // The leading colon alone says that this is bytes.
            return text.hasPrefix(":") ? digits(String(body)) : nil
        }
        if body.hasSuffix(":") { body = body.dropLast() }
        var bytes: [UInt8] = []
        for part in body.split(separator: separator, omittingEmptySubsequences: false) {
            guard part.allSatisfy(\.isHexDigit) else { return nil }
            switch part.count {
            case 1, 2: bytes.append(UInt8(part, radix: 16) ?? 0)
            case 4 where separator == ".": bytes += digits(String(part)) ?? []
            default: return nil
            }
        }
        return bytes
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, _ replacement: String) -> String {
        hasPrefix(prefix) ? replacement + dropFirst(prefix.count) : self
    }
}
