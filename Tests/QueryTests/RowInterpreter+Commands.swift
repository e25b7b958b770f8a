import Query
import RoadblockCore

/// Commands that take values out of others, make several rows of one, or drop those that are there.
extension RowInterpreter {
    /// The tables of `lookup` and `cidrlookup`, as CSV.
    static let tables = [
        "users": "key,name,team\n9,Ann,red\nx10,Bob\n9,Second,blue\n10.0.0.1,Cy,\"a, b\"\n",
        "nets": "cidr,owner\n10.0.0.0/8,all\n10.0.0.0/30,few\nnonsense,none\n",
    ]

    mutating func parse(_ syntax: ParseSyntax) {
        guard let source = syntax.source else { return }
        switch syntax.pattern {
        case .glob(let glob, let names):
            let literals = RowInterpreter.pieces(glob, "*")
            let found = rows.map { row in
                value(source, row).flatMap(RowInterpreter.plainText).flatMap { RowInterpreter.glob(literals, $0) }
            }
            for (index, name) in names.enumerated() { show(name.name, found.map { $0.map { .text($0[index]) } }) }
        case .expression(let pattern, let names, let isMulti):
            let names = names.isEmpty ? RowInterpreter.groupNames(pattern) : names.map(\.name)
            if isMulti { return parseAll(source, pattern, names) }
            let found = rows.map { row in
                value(source, row).flatMap(RowInterpreter.plainText).flatMap {
                    RowInterpreter.match(pattern, $0, at: 0)
                }
            }
            for (index, name) in names.enumerated() {
                show(name, found.map { $0?.groups[index].map { .text($0) } })
            }
        case .logfmt(let name):
            show(
                name.name,
                rows.map { value(source, $0).flatMap(RowInterpreter.plainText).map(RowInterpreter.pairs) }
            )
        case .csv(let names):
            let found = rows.map { row in
                value(source, row).flatMap(RowInterpreter.plainText).map(RowInterpreter.separated) ?? []
            }
            for (index, name) in names.enumerated() {
                show(name.name, found.map { index < $0.count ? .text($0[index]) : nil })
            }
        }
    }

    private mutating func parseAll(_ source: ExpressionSyntax, _ pattern: String, _ names: [String]) {
        for name in names where !columns.contains(name) { columns.append(name) }
        rows = rows.flatMap { row -> [Row] in
            var made: [Row] = []
            var next = 0
            let text = value(source, row).flatMap(RowInterpreter.plainText) ?? ""
            while let match = RowInterpreter.match(pattern, text, at: next) {
                var one = row
                for (index, name) in names.enumerated() { one[name] = match.groups[index].map { .text($0) } }
                made.append(one)
                next = match.end
            }
            var none = row
            for name in names { none[name] = nil }
            return made.isEmpty ? [none] : made
        }
    }

    /// What the stars stand for.
    private static func glob(_ literals: [String], _ text: String) -> [String]? {
        guard var rest = after(literals[0], in: Substring(text))?.rest else { return nil }
        var found: [String] = []
        for (index, literal) in literals.enumerated().dropFirst() {
            if index == literals.count - 1, literal.isEmpty {
                found.append(String(rest))
            } else {
                guard let step = after(literal, in: rest) else { return nil }
                found.append(String(step.before))
                rest = step.rest
            }
        }
        return found
    }

    private static func after(_ literal: String, in text: Substring) -> (before: Substring, rest: Substring)? {
        for start in text.unicodeScalars.indices + [text.endIndex] where text[start...].utf8.starts(with: literal.utf8)
        {
            let end = text.utf8.index(start, offsetBy: literal.utf8.count)
            return (text[..<start], text[end...])
        }
        return nil
    }

    private static func groupNames(_ pattern: String) -> [String] {
        pieces(pattern, "(?<").dropFirst().map { String($0.prefix { $0 != ">" }) }
    }

    /// The groups of the first match from a scalar on, and the scalar behind it.
    static func match(_ pattern: String, _ text: String, at start: Int) -> (groups: [String?], end: Int)? {
        guard let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar) else { return nil }
        let scalars = text.unicodeScalars
        guard start <= scalars.count else { return nil }
        let part = text[scalars.index(scalars.startIndex, offsetBy: start)...]
        guard let match = part.firstMatch(of: regex) else { return nil }
        let end = scalars.distance(from: scalars.startIndex, to: match.range.upperBound)
        return (match.output.dropFirst().map { $0.substring.map { String($0) } }, end)
    }

    /// Pairs of `key=value` as a map.
    private static func pairs(_ text: String) -> Value {
        var members: [JSONValue.Member] = []
        var words: [String] = [""]
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character == " ", !isQuoted { words.append("") } else { words[words.count - 1].append(character) }
        }
        for word in words where !word.isEmpty {
            guard let mark = word.firstIndex(of: "=") else {
                members.append(.init(word, .bool(true)))
                continue
            }
            let value = word[word.index(after: mark)...]
            if mark > word.startIndex {
                members.append(.init(String(word[..<mark]), .string(value.filter { $0 != "\"" })))
            }
        }
        return .structure(.object(members))
    }

    /// Values with commas between them; a quote counts at the start of one.
    private static func separated(_ text: String) -> [String] {
        var items: [String] = []
        var rest = Array(text)[...]
        repeat {
            rest = rest.drop { $0 == " " }
            var item = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let next = rest.popFirst(), next != "\"" { item.append(next) }
                rest = rest.drop { $0 != "," }
            } else {
                item = String(rest.prefix { $0 != "," })
                rest = rest.drop { $0 != "," }
                while item.hasSuffix(" ") { item.removeLast() }
            }
            items.append(item)
        } while rest.popFirst() != nil
        return items
    }

    /// A row for each item of a list; what is no list is one item.
    mutating func expand(_ name: String, _ lists: [Value?]) {
        if !columns.contains(name) { columns.append(name) }
        rows = zip(rows, lists).flatMap { row, list -> [Row] in
            var items: [Value?] = [list]
            if case .structure? = list { items = RowInterpreter.items(list) ?? [list] }
            return items.map { item in
                var one = row
                one[name] = item
                return one
            }
        }
    }

    mutating func dedup(_ names: [String]) {
        var seen: Set<[Value]> = []
        rows = rows.filter { row in
            let key = names.compactMap { row[$0] }
            return key.count < names.count || seen.insert(key).inserted
        }
    }

    mutating func lookUp(_ syntax: LookupSyntax) {
        let lines = (RowInterpreter.tables[syntax.table.name] ?? "").split(separator: "\n").map {
            RowInterpreter.separated(String($0))
        }
        let table = lines.dropFirst()
        func cell(_ line: [String], _ column: String) -> String? {
            lines[0].firstIndex(of: column).flatMap { $0 < line.count ? line[$0] : nil }
        }
        let found = rows.map { row -> [String]? in
            let texts = syntax.keys.map { row[$0.field.name].flatMap(RowInterpreter.plainText) }
            if syntax.isOfBlocks {
                let blocks = table.filter { line in
                    texts[0].map { RowInterpreter.holds(line[0], $0) } ?? false
                }
                return blocks.max {
                    (Int(RowInterpreter.pieces($0[0], "/")[1]) ?? 0) < (Int(RowInterpreter.pieces($1[0], "/")[1]) ?? 0)
                }
            }
            return table.first { line in
                zip(syntax.keys, texts).allSatisfy { key, text in text != nil && cell(line, key.column.name) == text }
            }
        }
        for output in syntax.outputs {
            let values = zip(rows, found).map { row, line -> Value? in
                if syntax.keepsValues, let old = row[output.name.name] { return old }
                return line.flatMap { cell($0, output.column.name) }.map { .text($0) }
            }
            show(output.name.name, values)
        }
    }

    /// Whether an IPv4 address lies in a block.
    private static func holds(_ block: String, _ address: String) -> Bool {
        func bits(_ text: String) -> UInt32? {
            let octets = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
            guard octets.count == 4, !octets.contains(nil) else { return nil }
            return octets.reduce(0) { $0 << 8 | UInt32($1 ?? 0) }
        }
        let parts = pieces(block, "/")
        guard parts.count == 2, let length = Int(parts[1]), let base = bits(parts[0]), let one = bits(address) else {
            return false
        }
        return (base ^ one) >> UInt32(32 - length) == 0
    }
}
