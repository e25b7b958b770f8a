import RoadblockCore

/// What a literal is compared with: this decides what its text means.
struct Expectation {
    var type: FieldType
    var labels = LabelTable.none
    /// The field's name, for messages.
    var name: String?
    /// The other side is a part of a value, or raw bytes.
    var isSlice = false
    /// The right side of `contains`.
    var isSearch = false
}

/// Turns a literal's text into values.
struct LiteralReader {
    let profile: WiresharkProfile
    let zone: any LocalZone

    /// What a literal means: several values where a label stands for several numbers; a prefix for an address block.
    struct Meaning {
        var values: [FieldValue]
        var prefixLength: Int?

        init(_ value: FieldValue) { values = [value] }

        init(_ values: [FieldValue]) { self.values = values }
    }

    /// An unquoted word.
    func word(_ text: String, _ span: SourceSpan, _ expected: Expectation) throws(FilterError) -> Meaning {
        switch expected.type {
        case .unsigned, .signed, .frameNumber: return try integer(text, span, expected)
        case .boolean: return try boolean(text, span, expected)
        case .real:
            guard let number = LiteralReader.real(text) else {
                throw FilterError(.badInteger, "`\(text)` is not a number", span)
            }
            return Meaning(.real(number))
        case .string: return Meaning(.bytes(Array(text.utf8)))
        case .bytes, .protocol: return Meaning(.bytes(try bytes(text, span, expected)))
        case .ipv4, .ipv6: return try address(text, span, expected)
        case .ethernet: return Meaning(.word(try ethernet(text, span)))
        case .relativeTime:
            if let nanoseconds = LiteralReader.duration(text) { return Meaning(.word(nanoseconds)) }
            if isEpoch(expected) { return Meaning(.word(try TimeLiteral(zone: zone).parse(text, span))) }
            throw FilterError(
                .badTime,
                "`\(text)` is not a length of time",
                span,
                suggestion: "write seconds as a decimal number, for example 0.04"
            )
        case .absoluteTime: return Meaning(.word(try TimeLiteral(zone: zone).parse(text, span)))
        case .label: throw FilterError(.operatorNotForType, "a mark has no value to compare with", span)
        }
    }

    /// A quoted string.
    func string(_ content: [UInt8], _ span: SourceSpan, _ expected: Expectation) throws(FilterError) -> Meaning {
        let text = String(decoding: content, as: UTF8.self)
        switch expected.type {
        case .string, .bytes, .protocol: return Meaning(.bytes(content))
        case .absoluteTime: return Meaning(.word(try TimeLiteral(zone: zone).parse(text, span)))
        case .relativeTime where isEpoch(expected):
            return Meaning(.word(try TimeLiteral(zone: zone).parse(text, span)))
        case .boolean: return try boolean(text, span, expected, isQuoted: true)
        case .unsigned, .signed, .frameNumber:
            let numbers = expected.labels.numbers(text)
            if !numbers.isEmpty { return Meaning(numbers.map { .word($0) }) }
            if case .none = expected.labels { break }
            throw unknownLabel(text, span, expected)
        default: break
        }
        let isPort = expected.name?.hasSuffix("port") ?? false
        var suggestion = "remove the quotes"
        if isPort, let port = LiteralReader.services[text.lowercased()] {
            suggestion = "ports are numbers only; \(text) is \(port)"
        }
        throw FilterError(
            .quotedString,
            "a quoted string cannot be compared with \(described(expected))",
            span,
            suggestion: suggestion
        )
    }

    /// A character constant.
    func character(_ value: UInt8, _ span: SourceSpan, _ expected: Expectation) throws(FilterError) -> Meaning {
        switch expected.type {
        case .unsigned, .signed, .frameNumber: return Meaning(.word(Int64(value)))
        case .boolean: return Meaning(.word(value == 0 ? 0 : 1))
        case .string, .bytes, .protocol: return Meaning(.bytes([value]))
        case .real: return Meaning(.real(Double(value)))
        default:
            throw FilterError(
                .quotedString,
                "a character constant cannot be compared with \(described(expected))",
                span
            )
        }
    }

    /// Seconds since 1970, which up to 4.0 were a length of time.
    private func isEpoch(_ expected: Expectation) -> Bool { expected.name == "frame.time_epoch" }

    private func described(_ expected: Expectation) -> String {
        expected.name.map { "`\($0)`, which is \(expected.type.described)" } ?? expected.type.described
    }

    private func integer(_ text: String, _ span: SourceSpan, _ expected: Expectation) throws(FilterError) -> Meaning {
        if let number = parseUnsigned(text) {
            return Meaning(.word(try checkRange(number, span, expected)))
        }
        if text.allSatisfy(\.isNumber), !text.hasPrefix("0") { throw outOfRange(span, expected) }
        if text.lowercased().hasPrefix("0x"), text.count > 2, text.dropFirst(2).allSatisfy(\.isHexDigit) {
            throw outOfRange(span, expected)
        }
        let numbers = expected.labels.numbers(text)
        if !numbers.isEmpty { return Meaning(numbers.map { .word($0) }) }
        if case .none = expected.labels {
        } else if text.first?.isLetter ?? false {
            throw unknownLabel(text, span, expected)
        }
        var suggestion: String?
        if let port = LiteralReader.services[text.lowercased()], expected.name?.hasSuffix("port") ?? false {
            suggestion = "ports are numbers only; \(text) is \(port)"
        } else if text.contains("-") {
            suggestion = "put blanks around the minus to subtract, or write a range as `in {1..9}`"
        }
        throw FilterError(.badInteger, "`\(text)` is not an integer", span, suggestion: suggestion)
    }

    private func checkRange(
        _ number: UInt64,
        _ span: SourceSpan,
        _ expected: Expectation
    ) throws(FilterError) -> Int64 {
        guard number <= LiteralReader.maximum(expected.type) else { throw outOfRange(span, expected) }
        return Int64(number)
    }

    private static func maximum(_ type: FieldType) -> UInt64 {
        switch type {
        case .unsigned(let bits): bits >= 64 ? UInt64(Int64.max) : (1 << UInt64(bits)) - 1
        case .signed(let bits): (1 << UInt64(bits - 1)) - 1
        case .frameNumber: UInt64(UInt32.max)
        default: UInt64(Int64.max)
        }
    }

    private func outOfRange(_ span: SourceSpan, _ expected: Expectation) -> FilterError {
        FilterError(
            .integerOutOfRange,
            "the number does not fit \(expected.name.map { "`\($0)`" } ?? "the other side")",
            span,
            suggestion: "the largest value is \(LiteralReader.maximum(expected.type))"
        )
    }

    private func boolean(
        _ text: String,
        _ span: SourceSpan,
        _ expected: Expectation,
        isQuoted: Bool = false
    ) throws(FilterError) -> Meaning {
        switch text.lowercased() {
        case "true": return Meaning(.word(1))
        case "false": return Meaning(.word(0))
        default: break
        }
        if let number = expected.labels.numbers(text).first { return Meaning(.word(number)) }
        if !isQuoted, let number = parseUnsigned(text) { return Meaning(.word(number == 0 ? 0 : 1)) }
        throw unknownLabel(text, span, expected)
    }

    private func unknownLabel(_ text: String, _ span: SourceSpan, _ expected: Expectation) -> FilterError {
        var labels = expected.labels.entries.map(\.text)
        if case .boolean = expected.type, labels.isEmpty { labels = ["True", "False"] }
        let near = nearest(to: text, among: labels)
        let list = labels.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
        return FilterError(
            .unknownLabel,
            "`\(text)` is no value of \(expected.name.map { "`\($0)`" } ?? "the other side")",
            span,
            suggestion: near.map { "did you mean `\($0)`?" } ?? "it knows \(list)\(labels.count > 8 ? ", …" : "")"
        )
    }

    private static func real(_ text: String) -> Double? {
        if text.lowercased().hasPrefix("0x") { return parseUnsigned(text).map(Double.init) }
        guard let first = text.utf8.first, first != UInt8(ascii: "n"), first != UInt8(ascii: "N") else { return nil }
        return Double(text)
    }

    /// Decimal seconds, or with an exponent, as nanoseconds.
    private static func duration(_ text: String) -> Int64? {
        guard let first = text.utf8.first, (48...57).contains(first) else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }) {
            guard let whole = Int64(parts[0]), whole < 9_000_000_000 else { return nil }
            let fraction = parts.count == 2 ? (String(parts[1]) + "000000000").prefix(9) : "0"
            return whole * 1_000_000_000 + (Int64(fraction) ?? 0)
        }
        guard let seconds = real(text), abs(seconds) < 9e9 else { return nil }
        return Int64((seconds * 1e9).rounded())
    }

    /// Ports that people write by name.
    private static let services: [String: Int] = [
        "http": 80, "https": 443, "ssh": 22, "dns": 53, "domain": 53, "smtp": 25, "ftp": 21, "telnet": 23, "ntp": 123,
        "ldap": 389, "ldaps": 636, "smb": 445, "rdp": 3389, "mysql": 3306, "postgresql": 5432, "postgres": 5432,
        "redis": 6379, "imap": 143, "imaps": 993, "pop3": 110, "snmp": 161, "syslog": 514, "kerberos": 88, "bgp": 179,
    ]
}
