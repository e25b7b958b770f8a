import RoadblockCore

/// The commands that work from row to row.
extension QueryParser {
    /// Values of rows before that one command may take.
    private static let farthestRow = 100

    mutating func rowCommand(_ word: String) throws(QueryError) -> RowCommandSyntax? {
        switch word {
        case "accum":
            try advance()
            return .accum(try name(), name: try alias())
        case "autoregress": return try autoregress()
        case "filldown": return try filldown()
        case "fillmissing": return try fillmissing()
        case "addtotals": return try addtotals()
        case "countfrequent":
            try advance()
            return .countFrequent(try names())
        case "sessionize": return try sessionize()
        case "outlier": return try outlier()
        default: return nil
        }
    }

    mutating func alias() throws(QueryError) -> NameSyntax? {
        guard isWord("as") else { return nil }
        try advance()
        return try name()
    }

    /// `p=N` or `p=N-M`.
    private mutating func autoregress() throws(QueryError) -> RowCommandSyntax {
        try advance()
        let field = try name()
        let alias = try alias()
        var range = (nearest: 1, farthest: 1)
        let start = token.span
        if try option("p") {
            range.nearest = try whole()
            range.farthest = range.nearest
            if isSymbol(.minus) {
                try advance()
                range.farthest = try whole()
            }
        }
        guard range.nearest >= 1, range.farthest >= range.nearest, range.farthest <= QueryParser.farthestRow else {
            throw QueryError(.semantic, "`p` is a row, or a range of rows, from 1 to \(QueryParser.farthestRow)", start)
        }
        if let alias, range.farthest > range.nearest {
            throw QueryError(.semantic, "one name cannot stand for several rows", alias.span)
        }
        return .autoregress(field, name: alias, nearest: range.nearest, farthest: range.farthest)
    }

    private mutating func filldown() throws(QueryError) -> RowCommandSyntax {
        try advance()
        var patterns: [FieldPattern] = []
        while !isAtEnd {
            var pattern = ""
            var span = token.span
            if case .word(let word) = token.kind {
                pattern = word.name
                try advance()
            }
            if isSymbol(.star) {
                pattern += "*"
                span = span.joined(token.span)
                try advance()
            }
            guard !pattern.isEmpty else { throw unexpected("a field, or `*`") }
            patterns.append(FieldPattern(text: pattern, span: span))
            if isSymbol(.comma) { try advance() }
        }
        return .filldown(patterns)
    }

    private mutating func fillmissing() throws(QueryError) -> RowCommandSyntax {
        try advance()
        var values: [(value: ExpressionSyntax, field: NameSyntax)] = []
        guard isWord("with") else { return .fillmissing([]) }
        try advance()
        while true {
            let value = try expression()
            guard value.isLiteral else { throw QueryError(.semantic, "a value is a number or a text", value.span) }
            guard isWord("for") else { throw unexpected("`for` and a column") }
            try advance()
            values.append((value, try columnName()))
            guard isSymbol(.comma) else { return .fillmissing(values) }
            try advance()
        }
    }

    /// The name of a column, which may be the text of a call: `count(*)`.
    private mutating func columnName() throws(QueryError) -> NameSyntax {
        let mark = mark
        let start = token.span
        if case .word = token.kind, ahead().kind == .symbol(.leftParenthesis) {
            _ = try expression()
            return NameSyntax(name: text(from: mark), span: start.joined(previous?.span ?? start))
        }
        return try name()
    }

    private mutating func addtotals() throws(QueryError) -> RowCommandSyntax {
        try advance()
        var label = NameSyntax(name: "Total", span: previous?.span ?? token.span)
        var (rows, columns) = (true, false)
        while true {
            if try option("fieldname") {
                label = try name()
            } else if try option("row") {
                rows = try flag()
            } else if try option("col") {
                columns = try flag()
            } else {
                break
            }
        }
        return .addtotals(isAtEnd ? [] : try fieldList(), name: label, ofRows: rows, ofColumns: columns)
    }

    private mutating func sessionize() throws(QueryError) -> RowCommandSyntax {
        try advance()
        let fields = try names()
        var pause: PeriodSyntax?
        if isWord("maxspan") {
            try advance()
            if isSymbol(.equal) { try advance() }
            pause = try period(of: "maxspan")
        }
        guard isWord("as") else { throw unexpected("`as` and a name for the number of the session") }
        try advance()
        return .sessionize(fields, pause: pause, name: try name())
    }

    private mutating func outlier() throws(QueryError) -> RowCommandSyntax {
        try advance()
        var fields: [NameSyntax] = []
        var (removes, factor, usesLower, marks) = (false, 2.5, false, false)
        while !isAtEnd {
            let start = token.span
            if try option("action") {
                guard isWord("transform") || isWord("remove") else { throw unexpected("`transform` or `remove`") }
                removes = isWord("remove")
                try advance()
            } else if try option("param") {
                guard case .number(let value) = token.kind, value > 0 else { throw unexpected("a number above 0") }
                factor = value
                try advance()
            } else if try option("uselower") {
                usesLower = try flag()
            } else if try option("mark") {
                marks = try flag()
            } else {
                fields += try fieldList()
            }
            guard token.span != start else { throw unexpected("a field") }
        }
        return .outlier(fields, removes: removes, factor: factor, usesLower: usesLower, marks: marks)
    }

    /// Takes the name and the `=` of an option, where it is the one that comes next.
    mutating func option(_ word: String) throws(QueryError) -> Bool {
        guard isWord(word), ahead().kind == .symbol(.equal) else { return false }
        try advance()
        try advance()
        return true
    }

    mutating func flag() throws(QueryError) -> Bool {
        guard isWord("true") || isWord("false") else { throw unexpected("`true` or `false`") }
        defer { _ = try? advance() }
        return isWord("true")
    }

    private mutating func whole() throws(QueryError) -> Int {
        guard case .number(let value) = token.kind, let number = Int(exactly: value) else {
            throw unexpected("a whole number")
        }
        try advance()
        return number
    }

    /// Fields with commas or only blanks between them, up to an option.
    private mutating func fieldList() throws(QueryError) -> [NameSyntax] {
        var fields: [NameSyntax] = []
        while !isAtEnd, ahead().kind != .symbol(.equal) {
            fields.append(try columnName())
            if isSymbol(.comma) { try advance() }
        }
        return fields
    }
}

extension ExpressionSyntax {
    /// True for a number, a text or a truth value.
    fileprivate var isLiteral: Bool {
        switch self {
        case .number, .string, .boolean, .unary(.negate, .number, _): true
        default: false
        }
    }
}
