import RoadblockCore

extension QueryParser {
    /// The command `parse`, with its word as the current token.
    mutating func parse() throws(QueryError) -> CommandSyntax.Kind {
        try advance()
        var source: ExpressionSyntax?
        if !isPattern, !isFormat { source = try operand() }
        if isFormat { return try format(source) }
        if isSymbol(.slash) { try readRegex() }
        let start = token.span
        switch token.kind {
        case .string(let glob):
            try advance()
            let names = try globNames(glob, start)
            return .parse(ParseSyntax(source: source, pattern: .glob(glob, names: names), patternSpan: start))
        case .regex(let regex):
            try advance()
            var isMulti = try takeMulti()
            var names: [NameSyntax] = []
            if isWord("as") {
                try advance()
                names = try self.names()
            }
            if !isMulti { isMulti = try takeMulti() }
            try requireEnd()
            try check(RegexGroups(regex), names, start)
            let pattern = ParseSyntax.Pattern.expression(regex, names: names, isMulti: isMulti)
            return .parse(ParseSyntax(source: source, pattern: pattern, patternSpan: start))
        default:
            throw unexpected("a pattern, \"…*…\" or /…/")
        }
    }

    private var isPattern: Bool {
        if case .string = token.kind { return true }
        return isSymbol(.slash)
    }

    /// `logfmt as x`, `csv as a, b`.
    private var isFormat: Bool {
        (isWord("logfmt") || isWord("csv")) && ahead().keyword == "as"
    }

    private mutating func format(_ source: ExpressionSyntax?) throws(QueryError) -> CommandSyntax.Kind {
        let word = token
        try advance()
        try advance()
        let start = token.span
        let names = try self.names()
        guard word.keyword == "csv" || names.count == 1 else {
            throw QueryError(.semantic, "`parse … logfmt` makes one map", start.joined(names[names.count - 1].span))
        }
        let pattern: ParseSyntax.Pattern = word.keyword == "csv" ? .csv(names) : .logfmt(names[0])
        return .parse(ParseSyntax(source: source, pattern: pattern, patternSpan: word.span))
    }

    private mutating func takeMulti() throws(QueryError) -> Bool {
        guard isWord("multi") else { return false }
        try advance()
        return true
    }

    private mutating func globNames(_ glob: String, _ span: SourceSpan) throws(QueryError) -> [NameSyntax] {
        let stars = glob.utf8.count { $0 == UInt8(ascii: "*") }
        guard stars > 0 else {
            throw QueryError(
                .semantic,
                "the pattern has no `*`",
                span,
                suggestion: "each `*` stands for the text of one field: `parse @message \"user=*,\" as user`"
            )
        }
        if isWord("as") {
            try advance()
        } else if case .word = token.kind {
            notices.append(QueryNotice(message: "`as` is missing before the names", span: token.span))
        } else {
            throw unexpected("`as` and a name for each `*`")
        }
        let names = try self.names()
        try requireEnd()
        guard names.count == stars else {
            throw QueryError(
                .semantic,
                "the pattern has \(counted(stars, "`*`")), but \(counted(names.count, "name")) "
                    + "follow\(names.count == 1 ? "s" : "")",
                span,
                suggestion: "each `*` needs one name"
            )
        }
        return names
    }

    /// Checks that nothing is left of the command, before its parts are counted.
    private func requireEnd() throws(QueryError) {
        guard isAtEnd else { throw unexpected() }
    }

    private func counted(_ count: Int, _ word: String) -> String {
        count == 1 || word.hasSuffix("`") ? "\(count) \(word)" : "\(count) \(word)s"
    }

    /// Checks that the groups of a regular expression and the names behind `as` fit.
    private func check(_ groups: RegexGroups, _ names: [NameSyntax], _ span: SourceSpan) throws(QueryError) {
        if let bad = groups.badName {
            throw QueryError(
                .semantic,
                "a group's name has letters, digits and `_` only",
                SourceSpan(span.start + 1 + bad.lowerBound, span.start + 1 + bad.upperBound)
            )
        }
        guard groups.count > 0 else {
            throw QueryError(
                .semantic,
                "the regular expression has no group",
                span,
                suggestion: "what a group matches becomes a field: `/user=(?<user>\\w+)/`"
            )
        }
        if names.isEmpty {
            guard groups.names.count > 0 else {
                throw QueryError(
                    .semantic,
                    "the groups of the regular expression have no names",
                    span,
                    suggestion: "write `(?<name>…)`, or `as` and a name for each group"
                )
            }
        } else if names.count != groups.count {
            throw QueryError(
                .semantic,
                "the regular expression has \(counted(groups.count, "group")), but \(counted(names.count, "name")) "
                    + "follow\(names.count == 1 ? "s" : "")",
                span,
                suggestion: "each group needs one name; `(?:…)` groups without taking text"
            )
        }
    }
}

/// The groups of a regular expression that take text, found without compiling it.
struct RegexGroups {
    private(set) var count = 0
    /// Those of groups that have one.
    private(set) var names: [String] = []
    /// The bytes of the first name that is none.
    private(set) var badName: Range<Int>?

    init(_ pattern: String) {
        let bytes = Array(pattern.utf8)
        var index = 0
        var classStart: Int?
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\") {
                index +=
                    index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "Q")
                    ? RegexGroups.quotedLength(bytes[index...]) : 2
                continue
            }
            if let opening = classStart {
                let first = bytes[opening + 1] == UInt8(ascii: "^") ? opening + 2 : opening + 1
                if byte == UInt8(ascii: "]"), index > first { classStart = nil }
            } else if byte == UInt8(ascii: "[") {
                classStart = index
            } else if byte == UInt8(ascii: "(") {
                take(bytes, index)
            }
            index += 1
        }
    }

    /// The length of `\Q…\E`, or of what is left.
    private static func quotedLength(_ bytes: ArraySlice<UInt8>) -> Int {
        var index = bytes.startIndex + 2
        while index < bytes.endIndex {
            if bytes[index...].starts(with: "\\E".utf8) { return index + 2 - bytes.startIndex }
            index += 1
        }
        return bytes.count
    }

    /// Counts the group that opens at a byte if it takes text.
    private mutating func take(_ bytes: [UInt8], _ index: Int) {
        let rest = bytes[(index + 1)...]
        guard rest.first == UInt8(ascii: "?") else {
            // `(*VERB)` is no group.
            if rest.first != UInt8(ascii: "*") { count += 1 }
            return
        }
        guard let opening = ["?<", "?P<", "?'"].first(where: { rest.starts(with: $0.utf8) }) else { return }
        let start = index + 1 + opening.utf8.count
        guard start < bytes.count, bytes[start] != UInt8(ascii: "="), bytes[start] != UInt8(ascii: "!") else { return }
        let close = UInt8(ascii: opening == "?'" ? "'" : ">")
        let end = bytes[start...].firstIndex(of: close) ?? bytes.count
        let isName =
            end > start
            && bytes[start..<end].enumerated().allSatisfy { place, byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
                    || place > 0 && (48...57).contains(byte)
            }
        if !isName, badName == nil { badName = start..<max(end, start + 1) }
        count += 1
        names.append(String(decoding: bytes[start..<end], as: UTF8.self))
    }
}
