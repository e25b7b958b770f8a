import RoadblockCore

extension Pipeline {
    /// True for a filter that acts where the plan has it.
    ///
    /// The plan puts one behind the only `stats` before it where the names are fields of events; that is said. Such a name
    /// may be a column's in another case, where the table is not known to have it, and not in strict mode.
    func actsHere(_ command: CommandSyntax, _ scope: Scope) -> Bool {
        guard let moved = plan.moved.first(where: { $0.span == command.span }) else { return true }
        let isClosed = scope.table?.isOpen == false
        let unknown = moved.names.filter { !scope.hasInAnyCase($0) }.sorted()
        let isMiswritten =
            unknown.count == moved.names.count
            && unknown.allSatisfy { name in
                moved.columns.contains { $0.lowercased() == name.lowercased() }
            }
        if isMiswritten, !isStrict { return false }
        var message = "names fields of events, so it acts before `stats`"
        for name in unknown {
            let call = moved.columns.first { $0.lowercased().hasPrefix("\(name.lowercased())(") }
            guard let column = call ?? nearest(to: name, among: moved.columns) else { continue }
            message +=
                isClosed ? ", and no row has `\(name)`: did you mean `\(column)`?" : ": did you mean `\(column)`?"
            scope.explain(name)
        }
        scope.note(message, command.span)
        return true
    }
}

extension Scope {
    /// True for a name that this scope knows, whatever its case.
    fileprivate func hasInAnyCase(_ name: String) -> Bool {
        // The other side of a `join` may have it.
        if isJoined || has(name) { return true }
        let known = (table?.known ?? []) + TableFields.system + columnNames
        return known.contains { $0.lowercased() == name.lowercased() }
    }
}
