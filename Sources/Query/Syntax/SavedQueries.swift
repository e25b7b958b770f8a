package import RoadblockCore

/// Queries that are called by name, `$Name(level = "ERROR")`, and put in as text before anything else is read (Amazon
/// CloudWatch Logs User Guide, "Using saved queries with parameters").
package struct SavedQueries: Sendable {
    private struct Saved {
        var text: String
        /// Values of the placeholders for which none is given.
        var defaults: [String: String]
        /// Placeholders in the order of the text, each once.
        var placeholders: [String]
    }

    private var queries: [String: Saved] = [:]

    /// Placeholders that one query may have.
    private static let placeholderLimit = 20

    package init() {}

    /// The names, in order.
    package var names: [String] { queries.keys.sorted() }

    /// Adds a query from the text of its file.
    ///
    /// Lines such as `# param level = ERROR` at its head give the values of placeholders for which none is given.
    /// - Throws: `Failure` of kind `usage` that names the query.
    package mutating func add(_ name: String, _ text: String) throws(Failure) {
        var defaults: [String: String] = [:]
        var body = text.unicodeScalars[...]
        while true {
            body = body.drop(while: \.properties.isWhitespace)
            guard body.first == "#" else { break }
            let line = body.prefix { !CharacterClass.isNewline($0) }
            body = body[line.endIndex...]
            let words = String(line.dropFirst()).split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            guard words.count == 2, words[0] == "param" else { continue }
            let parts = words[1].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            defaults[SavedQueries.trimmed(parts[0])] = SavedQueries.trimmed(parts[1])
        }
        let query = String(body)
        let placeholders = try SavedQueries.placeholders(of: query, name)
        if let unused = defaults.keys.sorted().first(where: { !placeholders.contains($0) }) {
            throw Failure(.usage, "the saved query `\(name)` has no placeholder {{\(unused)}} for its parameter")
        }
        queries[name] = Saved(text: query, defaults: defaults, placeholders: placeholders)
    }

    private static func placeholders(of text: String, _ name: String) throws(Failure) -> [String] {
        var found: [String] = []
        for part in text.split(separator: "{{", omittingEmptySubsequences: false).dropFirst() {
            guard let end = part.firstIndex(of: "}"), part[end...].hasPrefix("}}") else { continue }
            let placeholder = trimmed(part[..<end])
            if !found.contains(placeholder) { found.append(placeholder) }
        }
        guard found.count <= placeholderLimit else {
            throw Failure(.usage, "the saved query `\(name)` has more than \(placeholderLimit) placeholders")
        }
        return found
    }

    /// The text of a query with the saved ones that it calls in their places.
    ///
    /// - Throws: `Failure` with the place of a call that cannot be made.
    package func expanded(_ text: String) throws(Failure) -> String {
        do {
            return try expand(text)
        } catch {
            throw error.failure(in: text)
        }
    }

    private func expand(_ text: String) throws(QueryError) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var calls = CallReader(text)
        var result: [UInt8] = []
        var from = 0
        while let call = try calls.next() {
            result += calls.bytes[from..<call.span.start]
            let query = Array(try replaced(call).utf8)
            result += query
            from = call.span.end
            // A comment at the end of the saved text ends there.
            let line = query[(query.lastIndex(of: 10).map { $0 + 1 } ?? 0)...]
            if line.contains(UInt8(ascii: "#")) { result.append(10) }
        }
        result += calls.bytes[from...]
        return String(decoding: result, as: UTF8.self)
    }

    private func replaced(_ call: SavedCall) throws(QueryError) -> String {
        guard let saved = queries[call.name] else {
            throw QueryError(
                .semantic,
                queries.isEmpty ? "no saved queries were given" : "there is no saved query `\(call.name)`",
                call.nameSpan,
                suggestion: queries.isEmpty
                    ? "--saved-queries DIR names a directory of NAME.cwli files"
                    : nearest(to: call.name, among: names).map { "did you mean `$\($0)(…)`?" }
            )
        }
        var inner = CallReader(saved.text)
        let isNested = try? inner.next() != nil
        if isNested != false {
            throw QueryError(
                .semantic,
                "`\(call.name)` calls another saved query, which cannot be called",
                call.nameSpan
            )
        }
        for (index, argument) in call.arguments.enumerated() {
            guard saved.placeholders.contains(argument.name) else {
                throw QueryError(
                    .semantic,
                    "`\(call.name)` has no placeholder {{\(argument.name)}}",
                    argument.span,
                    suggestion: nearest(to: argument.name, among: saved.placeholders).map { "did you mean `\($0)`?" }
                )
            }
            if call.arguments[..<index].contains(where: { $0.name == argument.name }) {
                throw QueryError(.semantic, "`\(argument.name)` is given twice", argument.span)
            }
        }
        var values: [String: String] = [:]
        for placeholder in saved.placeholders {
            let given = call.arguments.first { $0.name == placeholder }?.value
            guard let value = given ?? saved.defaults[placeholder].map(SavedQueries.literal) else {
                throw QueryError(.semantic, "`\(call.name)` needs a value for `\(placeholder)`", call.span)
            }
            values[placeholder] = value
        }
        return SavedQueries.filled(saved.text, values)
    }

    /// A text with the values of its placeholders, in which none is looked for.
    private static func filled(_ text: String, _ values: [String: String]) -> String {
        let parts = text.split(separator: "{{", omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(into: String(parts.first ?? "")) { result, part in
            if let end = part.firstIndex(of: "}"), part[end...].hasPrefix("}}"),
                let value = values[trimmed(part[..<end])]
            {
                result += value + part[end...].dropFirst(2)
            } else {
                result += "{{" + part
            }
        }
    }

    /// A default as it stands in the query: numbers bare, everything else in quotes.
    private static func literal(_ text: String) -> String {
        if text.hasPrefix("\"") || text.hasPrefix("'") || CellText.number(Array(text.utf8).span) != nil { return text }
        return "\"\(replacing("\"", by: "\\\"", in: text))\""
    }

    private static func replacing(_ part: String, by other: String, in text: String) -> String {
        text.split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }

    private static func trimmed(_ text: Substring) -> String {
        var scalars = text.unicodeScalars.drop(while: \.properties.isWhitespace)
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars)
    }
}

/// `$Name(p = "v", q = 10)` in a query's text.
private struct SavedCall {
    struct Argument {
        var name: String
        /// As it was written, in its quotes.
        var value: String
        var span: SourceSpan
    }

    var name: String
    var nameSpan: SourceSpan
    var arguments: [Argument]
    var span: SourceSpan
}

/// Finds the calls in a query's text: where a command may begin.
private struct CallReader {
    let bytes: [UInt8]
    private var index = 0
    /// True where nothing but blanks stands between here and the pipe before, or the begin.
    private var atCommand = true
    private var lexer: QueryLexer
    /// The word that the command began with, and what was read last: a word, or a symbol.
    private var command = ""
    private var last = ""

    init(_ text: String) {
        lexer = QueryLexer(text)
        bytes = lexer.bytes
    }

    mutating func next() throws(QueryError) -> SavedCall? {
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "$") where atCommand:
                atCommand = false
                if let call = try call() { return call }
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
                atCommand = false
                last = ""
                skipQuoted(byte)
            case UInt8(ascii: "#"):
                while index < bytes.count, bytes[index] != 10 { index += 1 }
            case UInt8(ascii: "/") where isRegexNext: skipRegex()
            case _ where CharacterClass.isWord(byte):
                let start = index
                while index < bytes.count, CharacterClass.isWord(bytes[index]) { index += 1 }
                last = text(start..<index).lowercased()
                if atCommand { command = last }
                atCommand = false
            default:
                if byte == UInt8(ascii: "|") { atCommand = true } else if byte > 32 { atCommand = false }
                if byte > 32 { last = text(index..<index + 1) }
                index += 1
            }
        }
        return nil
    }

    /// True where a slash divides nothing: in `parse`, behind `like` and `=~`, and as an argument.
    private var isRegexNext: Bool { command == "parse" || ["like", "~", "(", ","].contains(last) }

    /// Passes over a regular expression, in which quotes and `#` stand for themselves; the parser says what is wrong with it.
    private mutating func skipRegex() {
        last = ""
        index = (try? lexer.regex(at: index))?.span.end ?? bytes.count
    }

    private mutating func skipQuoted(_ quote: UInt8) {
        index += 1
        while index < bytes.count, bytes[index] != quote {
            index += bytes[index] == UInt8(ascii: "\\") && quote != UInt8(ascii: "`") ? 2 : 1
        }
        index = min(index + 1, bytes.count)
    }

    private mutating func skipBlanks() {
        while index < bytes.count, bytes[index] <= 32 { index += 1 }
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// A name of letters, digits and `_`, or one in backticks.
    private mutating func name() -> String? {
        let start = index
        if index < bytes.count, bytes[index] == UInt8(ascii: "`") {
            skipQuoted(UInt8(ascii: "`"))
            return text(start + 1..<max(start + 1, index - 1))
        }
        while index < bytes.count, CharacterClass.isWord(bytes[index]) { index += 1 }
        return index > start ? text(start..<index) : nil
    }

    private mutating func call() throws(QueryError) -> SavedCall? {
        let start = index
        index += 1
        guard let name = name() else { return nil }
        let nameSpan = SourceSpan(start, index)
        skipBlanks()
        // The parser says what is missing.
        guard index < bytes.count, bytes[index] == UInt8(ascii: "(") else { return nil }
        index += 1
        var arguments: [SavedCall.Argument] = []
        skipBlanks()
        while index < bytes.count, bytes[index] != UInt8(ascii: ")") {
            let begin = index
            guard let parameter = self.name() else { throw problem("a parameter's name is missing", begin) }
            skipBlanks()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else {
                throw problem("`=` and a value are missing behind `\(parameter)`", begin)
            }
            index += 1
            skipBlanks()
            let value = self.value()
            guard !value.isEmpty else { throw problem("the value of `\(parameter)` is missing", begin) }
            arguments.append(.init(name: parameter, value: value, span: SourceSpan(begin, index)))
            skipBlanks()
            guard index < bytes.count, bytes[index] != UInt8(ascii: ")") else { break }
            guard bytes[index] == UInt8(ascii: ",") else { throw problem("a `,` is missing between two values", index) }
            let comma = index
            index += 1
            skipBlanks()
            if index < bytes.count, bytes[index] == UInt8(ascii: ")") {
                throw problem("nothing follows the last `,`", comma)
            }
        }
        guard index < bytes.count else { throw problem("the parentheses of `$\(name)` are not closed", start) }
        index += 1
        return SavedCall(name: name, nameSpan: nameSpan, arguments: arguments, span: SourceSpan(start, index))
    }

    /// A text in quotes, or anything up to a comma, a blank or the closing parenthesis.
    private mutating func value() -> String {
        let start = index
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") {
            skipQuoted(bytes[index])
        } else {
            let ends: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ")")]
            while index < bytes.count, bytes[index] > 32, !ends.contains(bytes[index]) { index += 1 }
        }
        return text(start..<index)
    }

    private func problem(_ message: String, _ start: Int) -> QueryError {
        QueryError(.syntax, message, SourceSpan(start, max(start + 1, min(index + 1, bytes.count))))
    }
}

private enum CharacterClass {
    static func isWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte &- 48 < 10 || (byte | 0x20) &- 97 < 26 || byte >= 0x80
    }

    static func isNewline(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }
}
