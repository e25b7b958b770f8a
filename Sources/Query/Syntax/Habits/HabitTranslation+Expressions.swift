/// Conditions and calls in the habit of other languages.
extension HabitTranslation {
    /// An expression in the spelling of this language.
    static func expression(_ pieces: [Piece]) -> [Piece] {
        var result: [Piece] = []
        var index = 0
        while index < pieces.count {
            let piece = pieces[index]
            if piece.keyword != nil, index + 1 < pieces.count, pieces[index + 1].isSymbol(.leftParenthesis),
                let end = end(ofBracket: index + 1, pieces)
            {
                let content = Array(pieces[(index + 2)..<(end - 1)])
                if piece.keyword == "in" {
                    result += inList(piece, content)
                } else if ["and", "or", "not"].contains(piece.keyword)
                    || piece.keyword == "like" && result.last.map(isOperand) == true
                {
                    result += [piece, pieces[index + 1]] + expression(content) + [pieces[end - 1]]
                } else {
                    result += call(piece, content)
                }
                index = end
                continue
            }
            if let taken = operation(pieces, index, &result) {
                index += taken
                continue
            }
            result.append(sign(piece))
            index += 1
        }
        return result
    }

    /// Signs that are written otherwise here.
    private static func sign(_ piece: Piece) -> Piece {
        guard case .stray(let text) = piece.kind else { return piece }
        let signs = ["&&": "and", "||": "or", "<>": "!=", "!==": "!=", "≠": "!=", "===": "=", "≤": "<=", "≥": ">="]
        return signs[text].map { Piece($0) } ?? piece
    }

    /// Removes the operand that stands last in what was translated.
    private static func takeOperand(_ result: inout [Piece]) -> [Piece]? {
        guard let last = result.last else { return nil }
        var start = result.count - 1
        if last.isSymbol(.rightParenthesis) {
            var depth = 0
            while start >= 0 {
                if result[start].isSymbol(.rightParenthesis) { depth += 1 }
                if result[start].isSymbol(.leftParenthesis) { depth -= 1 }
                if depth == 0 { break }
                start -= 1
            }
            guard start >= 0 else { return nil }
            if start > 0, let word = result[start - 1].keyword, !QueryParser.reserved.contains(word) { start -= 1 }
        } else {
            switch last.kind {
            case .word, .string, .number: break
            default: return nil
            }
        }
        defer { result.removeSubrange(start...) }
        return Array(result[start...])
    }

    /// Operators that are words, and what is said of nothing; gives how many pieces they are, `nil` for none.
    private static func operation(_ pieces: [Piece], _ index: Int, _ result: inout [Piece]) -> Int? {
        func keyword(_ offset: Int) -> String? { index + offset < pieces.count ? pieces[index + offset].keyword : nil }
        func isNothing(_ offset: Int) -> Bool { ["null", "none", "nil"].contains(keyword(offset)) }
        func quoted(_ offset: Int) -> String? {
            index + offset < pieces.count ? pieces[index + offset].string : nil
        }
        let piece = pieces[index]
        let isNegated = piece.isSymbol(.not) || piece.keyword == "not"
        let word = isNegated ? keyword(1) : piece.keyword
        let length = isNegated ? 2 : 1
        let pattern = index + length < pieces.count ? pieces[index + length].string : nil
        if piece.keyword == "is" {
            let isNot = keyword(1) == "not"
            guard isNothing(isNot ? 2 : 1), let operand = takeOperand(&result) else { return nil }
            result += presence(operand, isPresent: isNot)
            return isNot ? 3 : 2
        }
        let isEqual = piece.isSymbol(.equal) || piece.isSymbol(.doubleEqual)
        if isEqual || piece.isSymbol(.notEqual) || piece.isStray("<>"), isNothing(1) {
            guard let operand = takeOperand(&result) else { return nil }
            result += presence(operand, isPresent: !isEqual)
            return 2
        }
        switch word {
        case "as" where pattern != nil && !isNegated:
            result += [piece, Piece("`\(pattern ?? "")`")]
            return 2
        case "like" where pattern?.hasPrefix("%") == true || pattern?.hasSuffix("%") == true:
            let text = (pattern ?? "").replacing("%", with: "")
            result += (isNegated ? [Piece("not")] : []) + [Piece("like"), Piece(CanonicalText.quoted(text))]
            return length + 1
        case "contains", "has", "contains_cs", "has_cs", "ilike", "rlike", "regexp", "matches":
            var taken = length
            if word == "matches", index + taken < pieces.count, pieces[index + taken].keyword == "regex" { taken += 1 }
            guard index + taken < pieces.count else { return nil }
            let value = pieces[index + taken]
            let isRegex = ["rlike", "regexp", "matches"].contains(word) || word == "ilike"
            result += isNegated ? [Piece("not"), Piece("like")] : [Piece("like")]
            if isRegex, let text = value.string {
                let plain = word == "ilike" ? text.replacing("%", with: "") : text
                result.append(Piece("/\(word == "ilike" ? "(?i)" : "")\(plain.replacing("/", with: "\\/"))/"))
            } else {
                result.append(value)
            }
            return taken + 1
        case "startswith", "endswith", "startswith_cs", "endswith_cs":
            guard let pattern, let word, var operand = takeOperand(&result), !operand.isEmpty else { return nil }
            let name = word.hasPrefix("starts") ? "startsWith" : "endsWith"
            operand[0].isApart = false
            if isNegated { result.append(Piece("not")) }
            result += [Piece("\(name)(")] + operand + [Piece(", ", .symbol(.comma), isApart: false)]
            result += [Piece("\"\(pattern)\")", .stray(""), isApart: false)]
            return length + 1
        case "in" where pattern != nil || index + length < pieces.count && pieces[index + length].isNumber:
            var end = index + length + 1
            while end + 1 < pieces.count, pieces[end].isSymbol(.comma) { end += 2 }
            let values = parts(Array(pieces[(index + length)..<min(end, pieces.count)]))
            if isNegated { result.append(Piece("not")) }
            result += inList(Piece("in"), joined(values))
            return min(end, pieces.count) - index
        case "like" where index + length + 1 < pieces.count && pieces[index + length].isSymbol(.remainder):
            // `like %text%`, whose quotes are missing.
            var end = index + length + 1
            while end < pieces.count, !pieces[end - 1].isSymbol(.remainder) || end == index + length + 1 { end += 1 }
            let text = written(pieces[(index + length)..<end].filter { !$0.isSymbol(.remainder) })
            result += (isNegated ? [Piece("not")] : []) + [Piece("like"), Piece(CanonicalText.quoted(text))]
            return end - index
        case "between":
            guard let operand = takeOperand(&result),
                let middle = (index + length..<pieces.count).first(where: { pieces[$0].keyword == "and" }),
                middle > index + length, middle + 1 < pieces.count
            else { return nil }
            if isNegated { result.append(Piece("not (", .stray(""))) }
            var inner = operand + [Piece(">=")] + pieces[(index + length)..<middle] + [Piece("and")]
            var again = operand
            if !again.isEmpty { again[0].isApart = true }
            inner += again + [Piece("<="), pieces[middle + 1]]
            result += inner
            if isNegated { result.append(Piece(")", .stray(")"), isApart: false)) }
            return middle + 2 - index
        case "eq", "equals", "ne", "gt", "ge", "gte", "lt", "le", "lte":
            guard !isNegated, let word else { return nil }
            let signs = [
                "eq": "=", "equals": "=", "ne": "!=", "gt": ">", "ge": ">=", "gte": ">=", "lt": "<", "le": "<=",
                "lte": "<=",
            ]
            result.append(Piece(signs[word] ?? "="))
            return 1
        case "case" where keyword(1) == "when": return choice(pieces, index, &result)
        default: break
        }
        if piece.isSymbol(.matches), quoted(1) != nil, keyword(2) == "i", !pieces[index + 2].isApart {
            let text = (quoted(1) ?? "").replacing("/", with: "\\/")
            result += [Piece("like"), Piece("/(?i)\(text)/")]
            return 3
        }
        if piece.isStray("!~") || piece.isStray("~"), index + 1 < pieces.count, result.last.map(isOperand) == true {
            let next = apart([pieces[index + 1]])[0]
            result += piece.isStray("~") ? [Piece("like")] : [Piece("not"), Piece("like")]
            result.append(next.string.map { Piece("/\($0.replacing("/", with: "\\/"))/") } ?? next)
            return 2
        }
        return nil
    }

    private static func presence(_ operand: [Piece], isPresent: Bool) -> [Piece] {
        var operand = operand
        if !operand.isEmpty { operand[0].isApart = false }
        let call = [Piece("ispresent", .stray("")), Piece("(", .symbol(.leftParenthesis), isApart: false)] + operand
        let close = Piece(")", .symbol(.rightParenthesis), isApart: false)
        return (isPresent ? [] : [Piece("not")]) + call + [close]
    }

    /// `case when a then b else c end`, with the first word at a place.
    private static func choice(_ pieces: [Piece], _ start: Int, _ result: inout [Piece]) -> Int? {
        guard let end = index(of: ["end"], in: pieces, from: start) else { return nil }
        let inner = split(Array(pieces[(start + 1)..<end])) { ["when", "then", "else"].contains($0.keyword) }
        let parts = inner.filter { !$0.isEmpty }
        guard parts.count >= 2 else { return nil }
        let arguments = parts.map(expression)
        result.append(Piece("case(", .stray("")))
        var list = joined(arguments)
        if !list.isEmpty { list[0].isApart = false }
        result += list + [Piece(")", .symbol(.rightParenthesis), isApart: false)]
        return end + 1 - start
    }

    /// A list in parentheses, whose words are texts.
    private static func inList(_ word: Piece, _ content: [Piece]) -> [Piece] {
        if let first = content.first?.keyword, QueryParser.isCommand(first) {
            return [word, Piece("(")] + content + [Piece(")", .symbol(.rightParenthesis), isApart: false)]
        }
        var list = joined(
            parts(content).map { part in
                if part.count == 1, case .word(let name) = part[0].kind { return [Piece("\"\(name.name)\"")] }
                return part
            }
        )
        if !list.isEmpty { list[0].isApart = false }
        return [word, Piece("[")] + list + [Piece("]", .symbol(.rightBracket), isApart: false)]
    }
}
