import RoadblockCore

/// Queries that are written in the habit of another language, in the words of their writer but the spelling of this one.
///
/// Works on tokens and knows the commonest turns of SQL, Splunk's SPL and Kusto's KQL. What comes out is suggested only
/// where it is a query without mistakes, so that a turn it does not know costs nothing.
struct HabitTranslation {
    /// A token with its text.
    struct Piece: Hashable {
        var text: String
        var kind: QueryToken.Kind
        /// True where a blank stands before it.
        var isApart: Bool

        init(_ text: String, _ kind: QueryToken.Kind, isApart: Bool = true) {
            self.text = text
            self.kind = kind
            self.isApart = isApart
        }

        /// A word, a number or a sign as the lexer would have read it.
        init(_ text: String) { self.init(text, .stray(text)) }

        /// The word as a keyword, in lower case.
        var keyword: String? {
            if case .word(let word) = kind { word.plain } else { nil }
        }

        func isSymbol(_ symbol: QueryToken.Symbol) -> Bool { kind == .symbol(symbol) }

        func isStray(_ text: String) -> Bool { kind == .stray(text) }

        var isNumber: Bool { if case .number = kind { true } else { false } }

        var string: String? { if case .string(let text) = kind { text } else { nil } }
    }

    /// Bytes of a query that is tried: longer ones are hardly typed by hand.
    private static let lengthLimit = 2000
    /// Brackets that may be open at one time.
    private static let depthLimit = 8
    /// Characters of a suggestion.
    private static let shownLimit = 240

    /// What to write instead of a query with a mistake: the command that has it, or all where more has to change.
    static func suggestion(for text: String) -> String? {
        guard text.utf8.count <= lengthLimit, let commands = commands(of: text),
            !commands.contains(where: \.isEmpty)
        else { return nil }
        let translated = commands.map(translate)
        let old = commands.map(written)
        let new = translated.flatMap { $0.map(written) }
        let whole = new.filter { !$0.isEmpty }.joined(separator: " | ")
        guard !whole.isEmpty, whole != old.joined(separator: " | "), isRight(whole) else { return nil }
        let changed = commands.indices.filter { translated[$0].map(written) != [old[$0]] }
        var shown = whole
        if changed.count == 1, commands.count > 1, let index = changed.first, !translated[index].isEmpty {
            shown = translated[index].map(written).joined(separator: " | ")
        }
        guard shown.count <= shownLimit else { return nil }
        return shown.contains("`") ? "write: \(shown)" : "write `\(shown)`"
    }

    private static func isRight(_ text: String) -> Bool {
        do {
            try QueryCheck.check(try QueryParser.parse(text))
            return true
        } catch {
            return false
        }
    }

    /// The pieces of each command; `nil` where the text cannot be cut into tokens.
    private static func commands(of text: String) -> [[Piece]]? {
        var lexer = QueryLexer(text)
        var commands: [[Piece]] = [[]]
        var depth = 0
        var end = 0
        while true {
            guard var token = try? lexer.next() else { return nil }
            let last = commands[commands.count - 1].last
            if token.kind == .symbol(.slash), last == nil || last.map(beginsRegex) == true {
                let start = token.span.start
                guard let regex = try? lexer.regex(at: start) else { return nil }
                token = regex
            }
            switch token.kind {
            case .end: return commands
            case .symbol(.pipe) where depth == 0:
                commands.append([])
                end = token.span.end
                continue
            case .stray("||") where depth == 0:
                var ahead = lexer
                if let next = try? ahead.next(), let word = next.keyword, QueryParser.isCommand(word) {
                    commands.append([])
                    end = token.span.end
                    continue
                }
            case .symbol(.leftParenthesis), .symbol(.leftBracket): depth += 1
            case .symbol(.rightParenthesis), .symbol(.rightBracket): depth -= 1
            default: break
            }
            guard depth <= depthLimit else { return nil }
            commands[commands.count - 1].append(
                Piece(lexer.text(token.span), token.kind, isApart: token.span.start > end)
            )
            end = token.span.end
        }
    }

    private static func beginsRegex(_ piece: Piece) -> Bool {
        if let keyword = piece.keyword {
            return ["like", "parse", "regexp", "rlike", "regex", "matches"].contains(keyword)
        }
        return piece.isSymbol(.matches) || piece.isStray("!~") || piece.isStray("~") || piece.text.hasPrefix("@")
    }

    /// The text of pieces, blanks where they were.
    static func written(_ pieces: [Piece]) -> String {
        var text = ""
        for piece in pieces { text += (piece.isApart && !text.isEmpty && !text.hasSuffix("(") ? " " : "") + piece.text }
        return text
    }

    /// The pieces of a text that this file composes.
    static func pieces(_ text: String) -> [Piece] { commands(of: text)?.first ?? [] }

    // MARK: lists

    /// The place behind the bracket that closes the one at a place; `nil` where none does.
    static func end(ofBracket start: Int, _ pieces: [Piece]) -> Int? {
        var depth = 0
        for index in start..<pieces.count {
            switch pieces[index].kind {
            case .symbol(.leftParenthesis), .symbol(.leftBracket): depth += 1
            case .symbol(.rightParenthesis), .symbol(.rightBracket):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
        }
        return nil
    }

    /// The parts between commas that stand in no bracket.
    static func parts(_ pieces: [Piece]) -> [[Piece]] {
        split(pieces) { $0.isSymbol(.comma) }
    }

    static func split(_ pieces: [Piece], at isSeparator: (Piece) -> Bool) -> [[Piece]] {
        var parts: [[Piece]] = [[]]
        var depth = 0
        for piece in pieces {
            switch piece.kind {
            case .symbol(.leftParenthesis), .symbol(.leftBracket): depth += 1
            case .symbol(.rightParenthesis), .symbol(.rightBracket): depth -= 1
            default: break
            }
            if depth == 0, isSeparator(piece) { parts.append([]) } else { parts[parts.count - 1].append(piece) }
        }
        return parts.count == 1 && parts[0].isEmpty ? [] : parts
    }

    /// The place of the first of some words that stands in no bracket.
    static func index(of words: [String], in pieces: [Piece], from start: Int = 0) -> Int? {
        var depth = 0
        for index in pieces.indices where index >= start {
            switch pieces[index].kind {
            case .symbol(.leftParenthesis), .symbol(.leftBracket): depth += 1
            case .symbol(.rightParenthesis), .symbol(.rightBracket): depth -= 1
            default: break
            }
            if depth == 0, let keyword = pieces[index].keyword, words.contains(keyword) { return index }
        }
        return nil
    }

    static func joined(_ parts: [[Piece]], _ separator: QueryToken.Symbol = .comma) -> [Piece] {
        var result: [Piece] = []
        for (index, part) in parts.enumerated() {
            if index > 0 { result.append(Piece(separator.rawValue, .symbol(separator), isApart: false)) }
            result += part
            if index > 0, let first = result.indices.last.map({ $0 - part.count + 1 }), first < result.count {
                result[first].isApart = true
            }
        }
        return result
    }
}

extension QueryError {
    /// The error with what to write instead, where the query is one in the habit of another language.
    func translated(in text: String) -> QueryError {
        guard errorClass == .syntax || errorClass == .semantic,
            let suggestion = HabitTranslation.suggestion(for: text)
        else { return self }
        return QueryError(errorClass, message, span, suggestion: suggestion)
    }
}
