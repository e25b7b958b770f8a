@testable import Query

/// Queries over more than one source, in the plainest way: every row is compared with every other.
extension RowInterpreter {
    /// The rows that `SOURCE` names; the query's own where it names none.
    func rows(of sources: [SourceSyntax], or own: [Row]) -> [Row] {
        if sources.isEmpty { return own }
        return sources.flatMap(\.items).flatMap { item -> [Row] in
            if case .name(let text) = item { others[text.text] ?? [] } else { others.values.flatMap(\.self) }
        }
    }

    /// The columns and rows of an inner query.
    func answer(_ query: SubquerySyntax) -> (columns: [String], rows: [Row]) {
        let syntax = QuerySyntax(text: "", commands: query.commands, notices: [], subqueries: [])
        var inner = RowInterpreter(query: syntax)
        inner.others = others
        inner.own = own
        inner.rows = own
        inner.run()
        return (inner.columns, inner.rows)
    }

    /// Whether a value equals one of those that an inner query gives.
    func holds(_ one: Value, _ query: SubquerySyntax) -> Bool {
        let (columns, rows) = answer(query)
        return rows.contains { row in
            columns.first.flatMap { row[$0] }.map { RowInterpreter.equal(one, $0) } ?? false
        }
    }

    mutating func join(_ syntax: JoinSyntax) {
        let right = rows(of: [syntax.source], or: [])
        rows = rows.flatMap { row -> [Row] in
            let named = row.merging(row.map { ("\(syntax.left.name).\($0)", $1) }) { old, _ in old }
            let partners = right.filter { other in
                guard let a = row[syntax.leftKey.name], let b = other[syntax.rightKey.name] else { return false }
                return RowInterpreter.equal(a, b)
            }
            if partners.isEmpty { return syntax.keepsAll ? [named] : [] }
            return partners.map { other in
                named.merging(other.map { ("\(syntax.right.name).\($0)", $1) }) { _, new in new }
            }
        }
    }

    mutating func append(_ query: SubquerySyntax) {
        guard case .columns(let limit, let replaces) = query.purpose else { return }
        let (names, found) = answer(query)
        let others = found.prefix(limit)
        while rows.count < others.count { rows.append([:]) }
        for (index, other) in others.enumerated() {
            for name in names {
                let own = columns.contains(name) ? rows[index][name] : nil
                rows[index][name] = replaces ? other[name] ?? own : own ?? other[name]
            }
        }
        for index in rows.indices.dropFirst(others.count) {
            for name in names where !columns.contains(name) { rows[index][name] = nil }
        }
        columns += names.filter { !columns.contains($0) }
    }
}
