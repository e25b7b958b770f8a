/// Why a run ends without its answer; the number is the process's exit code (`sysexits.h` where one fits).
package enum FailureKind: Int32, Sendable {
    /// `tags`: an instance is not there.
    case instanceNotFound = 3
    /// `tags`: an instance does not have a desired tag.
    case tagMissing = 4
    /// The command line or a query is wrong.
    case usage = 64
    /// The input is not what it should be.
    case badInput = 65
    /// An input cannot be opened.
    case cannotOpen = 66
    /// A service cannot be reached.
    case unavailable = 69
    /// Reading or writing failed.
    case readOrWrite = 74
    /// A permission is missing.
    case permission = 77

    /// The stable word that stands for the kind in JSON.
    package var code: String {
        switch self {
        case .instanceNotFound: "instance-not-found"
        case .tagMissing: "tag-missing"
        case .usage: "usage"
        case .badInput: "bad-input"
        case .cannotOpen: "cannot-open"
        case .unavailable: "unavailable"
        case .readOrWrite: "read-or-write"
        case .permission: "permission"
        }
    }
}

/// A half-open range of UTF-8 byte offsets in a text that the user wrote.
package struct SourceSpan: Hashable, Sendable {
    package var start: Int
    package var end: Int

    package init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = max(start, end)
    }

    /// The smallest span that holds both.
    package func joined(_ other: SourceSpan) -> SourceSpan { SourceSpan(min(start, other.start), max(end, other.end)) }
}

/// An error as the user sees it: what is wrong, where, and what to do instead.
package struct Failure: Error, Hashable, Sendable {
    /// A text that was parsed and the place in it that is wrong.
    package struct Place: Hashable, Sendable {
        package var text: String
        package var span: SourceSpan

        package init(text: String, span: SourceSpan) {
            self.text = text
            self.span = span
        }
    }

    package var kind: FailureKind
    /// A finer word than the kind's for JSON, such as `unknown-field`.
    package var code: String
    /// One line without a full stop.
    package var message: String
    package var place: Place?
    /// What to type instead, as a sentence part: "did you mean `srcAddr`?".
    package var suggestion: String?

    package init(
        _ kind: FailureKind,
        _ message: String,
        code: String? = nil,
        place: Place? = nil,
        suggestion: String? = nil
    ) {
        self.kind = kind
        self.code = code ?? kind.code
        self.message = message
        self.place = place
        self.suggestion = suggestion
    }

    /// The lines to print after `roadblock: error: `: the message, the text with a caret under the place, the suggestion.
    ///
    /// A long line is shown around the caret only; control characters are never printed as they are.
    package var rendered: String {
        var lines = [Failure.printable(message)]
        if let place, !place.text.allSatisfy(\.isWhitespace) {
            let (line, column, width) = Failure.underline(place)
            lines.append("  \(line)")
            lines.append("  " + String(repeating: " ", count: column) + String(repeating: "^", count: width))
        }
        if let suggestion { lines.append("  \(Failure.printable(suggestion))") }
        return lines.joined(separator: "\n")
    }

    /// The text with every control character but the line feed as one visible character.
    private static func printable(_ text: String) -> String {
        String(
            text.map { character -> Character in
                let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
                return character == "\t" ? " " : isControl && character != "\n" ? "\u{FFFD}" : character
            }
        )
    }

    /// Characters of a line that are shown, and how many of them before the caret.
    private static let window = (width: 160, before: 60)

    /// The line that holds the start of the place, the column of the caret and its width, in characters.
    private static func underline(_ place: Place) -> (line: String, column: Int, width: Int) {
        let bytes = Array(place.text.utf8)
        let start = min(max(0, place.span.start), bytes.count)
        let end = min(max(start, place.span.end), bytes.count)
        let lineStart = bytes[..<start].lastIndex(of: 10).map { $0 + 1 } ?? 0
        var lineEnd = bytes[start...].firstIndex(of: 10) ?? bytes.count
        if lineEnd > start, bytes[lineEnd - 1] == 13 { lineEnd -= 1 }
        func visible(_ range: Range<Int>) -> String { printable(String(decoding: bytes[range], as: UTF8.self)) }
        let width = visible(start..<max(start, min(end, lineEnd))).count
        let line = visible(lineStart..<lineEnd)
        let column = visible(lineStart..<start).count
        guard line.count > window.width else { return (line, column, max(1, width)) }
        let cut = max(0, column - window.before)
        let rest = line.dropFirst(cut)
        let shown = (cut > 0 ? "…" : "") + rest.prefix(window.width) + (rest.count > window.width ? "…" : "")
        let place = column - cut + (cut > 0 ? 1 : 0)
        return (shown, place, max(1, min(width, shown.count - place)))
    }
}
