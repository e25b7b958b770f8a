/// Functions in the habit of other languages.
extension HabitTranslation {
    /// A call, with what stands between its parentheses.
    static func call(_ name: Piece, _ content: [Piece]) -> [Piece] {
        let word = name.keyword ?? ""
        let arguments = parts(content).map(expression)
        func made(_ text: String, _ parts: [[Piece]]) -> [Piece] {
            var list = joined(parts)
            if !list.isEmpty { list[0].isApart = false }
            let head = Piece(text, name.kind, isApart: name.isApart)
            return [head, Piece("(", .symbol(.leftParenthesis), isApart: false)] + list
                + [Piece(")", .symbol(.rightParenthesis), isApart: false)]
        }
        /// What stands in the call's place.
        func placed(_ pieces: [Piece]) -> [Piece] {
            var pieces = pieces
            if !pieces.isEmpty { pieces[0].isApart = name.isApart }
            return pieces
        }
        func text(_ index: Int) -> String { index < arguments.count ? written(arguments[index]) : "" }
        switch (word, arguments.count) {
        case ("count", 1):
            if text(0) == "1" { return Array(made(name.text, []).dropLast()) + star }
            if content.first?.keyword == "distinct", content.count > 1 {
                return made("count_distinct", parts(Array(content.dropFirst())).map(expression))
            }
        case ("countif", 1), ("count_if", 1): return made("sum", arguments)
        case ("isnull", 1), ("is_null", 1):
            return [Piece("not", .stray(""), isApart: name.isApart)] + apart(made("ispresent", arguments))
        case ("isnotempty", 1):
            return [Piece("not", .stray(""), isApart: name.isApart)] + apart(made("isempty", arguments))
        case ("median", 1): return made("pct", arguments + [[Piece("50")]])
        case ("pow", 2), ("power", 2): return placed(arguments[0] + [Piece("^")] + apart(arguments[1]))
        case ("mod", 2): return placed(arguments[0] + [Piece("%")] + apart(arguments[1]))
        case ("cast", 1):
            if let mark = index(of: ["as"], in: content), mark > 0, let type = content.last?.keyword {
                let value = expression(Array(content[..<mark]))
                let isText = ["text", "string", "varchar", "char"].contains(type)
                return isText ? placed(value) : made("toNumber", [value])
            }
        case ("cidrmatch", 2):
            return made("isIpInSubnet", arguments[0].first?.string == nil ? arguments : [arguments[1], arguments[0]])
        case ("date_trunc", 2): return rounded(arguments, made) ?? made(name.text, arguments)
        case ("like", 2):
            let pattern = arguments[1].first?.string.map { $0.replacing("%", with: "") }
            return placed(arguments[0] + [Piece("like")])
                + (pattern.map { [Piece("\"\($0)\"")] } ?? apart(arguments[1]))
        case ("match", 2), ("regex_match", 2), ("regexp_like", 2):
            guard let pattern = arguments[1].first?.string else { break }
            return placed(arguments[0]) + [Piece("like"), Piece("/\(pattern.replacing("/", with: "\\/"))/")]
        case ("bin", 1...), ("span", 1...), ("time_bucket", 1...), ("date_bin", 1...):
            guard let period = arguments.compactMap({ Self.period($0) }).first else { break }
            let times = ["@timestamp", "timestamp", "time", "_time", "timegenerated", "eventtime"]
            let field = arguments.first { Self.period($0) == nil && $0.first?.string == nil }
            if let field, !times.contains(written(field).lowercased()) {
                return made("datefloor", [field, pieces(period)])
            }
            return made("bin", [pieces(period)])
        default: break
        }
        for prefix in ["p", "perc", "pctl", "percentile"] where word.hasPrefix(prefix) && arguments.count == 1 {
            guard let percent = Int(word.dropFirst(prefix.count)), (0...100).contains(percent) else { continue }
            return made("pct", arguments + [[Piece("\(percent)")]])
        }
        if FunctionCatalogue.function(named: word) == nil, let same = FunctionCatalogue.equivalent(of: word) {
            return made(same, arguments)
        }
        return made(name.text, arguments)
    }

    private static let star = [
        Piece("*", .symbol(.star), isApart: false), Piece(")", .symbol(.rightParenthesis), isApart: false),
    ]

    static func apart(_ pieces: [Piece]) -> [Piece] {
        var pieces = pieces
        if !pieces.isEmpty { pieces[0].isApart = true }
        return pieces
    }

    /// `date_trunc('hour', t)` as `datefloor(t, 1h)`.
    private static func rounded(_ arguments: [[Piece]], _ made: (String, [[Piece]]) -> [Piece]) -> [Piece]? {
        let units = ["minute": "1m", "hour": "1h", "day": "1d", "week": "1w", "month": "1mo", "year": "1y"]
        guard let name = arguments[0].first?.string?.lowercased(), let period = units[name] else { return nil }
        return made("datefloor", [arguments[1], pieces(period)])
    }

    /// A number with a unit, in quotes or not.
    static func period(_ pieces: [Piece]) -> String? {
        let text = pieces.count == 1 ? pieces[0].string ?? "" : written(pieces)
        let digits = text.prefix { $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard !digits.isEmpty, let known = PeriodSyntax.Unit(spelling: unit.lowercased()) else { return nil }
        return "\(digits)\(CanonicalText.units[known] ?? "")"
    }
}
