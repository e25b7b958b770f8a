import RoadblockCore

extension QueryParser {
    /// `lookup table key [as field] {, …} OUTPUT column [as name] {, …}`, and `cidrlookup table field [as column] OUTPUT …`.
    mutating func lookup(isOfBlocks: Bool) throws(QueryError) -> LookupSyntax {
        try advance()
        let table = try name()
        var keys: [(column: NameSyntax, field: NameSyntax)] = []
        while true {
            let first = try name()
            let second = try alias() ?? first
            keys.append(isOfBlocks ? (second, first) : (first, second))
            guard isSymbol(.comma) else { break }
            try advance()
        }
        if isOfBlocks, keys.count > 1 {
            throw QueryError(.semantic, "`cidrlookup` looks for one address", keys[1].field.span)
        }
        guard isWord("output") || isWord("outputnew") else { throw unexpected("`OUTPUT` and columns of the table") }
        let keepsValues = isWord("outputnew")
        try advance()
        var outputs: [(column: NameSyntax, name: NameSyntax)] = []
        while true {
            let column = try name()
            outputs.append((column, try alias() ?? column))
            guard isSymbol(.comma) else { break }
            try advance()
        }
        return LookupSyntax(
            table: table,
            keys: keys,
            outputs: outputs,
            keepsValues: keepsValues,
            isOfBlocks: isOfBlocks
        )
    }
}
