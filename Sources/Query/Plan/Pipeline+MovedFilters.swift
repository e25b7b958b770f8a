import RoadblockCore

extension Pipeline {
    /// Says that a filter behind the only `stats` acts before it, unless it is a misspelt column that it names.
    func checkMoved(_ command: CommandSyntax, _ condition: ExpressionSyntax, _ scope: Scope) throws(QueryError) {
        guard let moved = plan.moved.first(where: { $0.span == command.span }) else { return }
        var message = "names fields of events, so it acts before `stats`"
        for name in moved.names.sorted() where !scope.hasInAnyCase(name) {
            let call = moved.columns.first { $0.lowercased().hasPrefix("\(name.lowercased())(") }
            guard let column = call ?? nearest(to: name, among: moved.columns) else { continue }
            // Rows of an open table may have the field nevertheless.
            guard scope.table?.isOpen == true else {
                throw QueryError(
                    .semantic,
                    "neither the rows nor `stats` have `\(name)`",
                    condition.place(of: name) ?? command.span,
                    suggestion: "did you mean `\(column)`?"
                )
            }
            message += ": did you mean `\(column)`?"
        }
        scope.note(message, command.span)
    }
}

extension Scope {
    /// True for a name that this scope knows, whatever its case.
    fileprivate func hasInAnyCase(_ name: String) -> Bool {
        if has(name) { return true }
        let known = (table?.known ?? []) + TableFields.system + columnNames
        return known.contains { $0.lowercased() == name.lowercased() }
    }
}

extension ExpressionSyntax {
    /// Where a name first stands.
    fileprivate func place(of name: String) -> SourceSpan? {
        if case .field(let field) = self { return field.name == name ? field.span : nil }
        for part in parts { if let place = part.place(of: name) { return place } }
        return nil
    }
}
