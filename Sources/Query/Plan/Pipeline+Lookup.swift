import Columns
import RoadblockCore

extension Pipeline {
    /// Gives names to what a lookup table has for each row.
    func lookUp(_ syntax: LookupSyntax, _ list: inout ColumnList, _ builder: NodeBuilder) throws(QueryError) {
        let tables = frame.settings.lookups
        guard let table = tables[syntax.table.name] else {
            throw QueryError(
                .semantic,
                "there is no lookup table `\(syntax.table.name)`",
                syntax.table.span,
                suggestion: nearest(to: syntax.table.name, among: Array(tables.keys)).map { "did you mean `\($0)`?" }
                    ?? "--lookup \(syntax.table.name)=FILE.csv names its file"
            )
        }
        var keys: [Node] = []
        var columns: [Int] = []
        for key in syntax.keys {
            columns.append(try place(of: key.column, in: table))
            keys.append(try builder.scope.node(key.field))
        }
        let index: LookupNode.Index
        if syntax.isOfBlocks {
            let blocks = table.blocks(columns[0])
            index = .blocks(blocks)
            if let refused = blocks.refused {
                let rows = refused.count == 1 ? "1 row of the table is" : "\(refused.count) rows of the table are"
                builder.scope.note(
                    "\(rows) left out: `\(refused.first.prefix(60))` is no block of addresses",
                    syntax.table.span
                )
            }
        } else {
            index = .exact(table.index(columns))
        }
        let lookup = LookupNode(keys, index)
        for output in syntax.outputs {
            let column = try place(of: output.column, in: table)
            let cells = table.rows.map { $0.indices.contains(column) ? frame.pool.keep($0[column]) : .missing }
            let existing = syntax.keepsValues ? try builder.scope.node(output.name) : nil
            let node = LookupColumnNode(lookup, cells, existing: existing)
            builder.scope.replace(output.name.name, node)
            list.show(output.name.name, node)
        }
    }

    private func place(of column: NameSyntax, in table: LookupTable) throws(QueryError) -> Int {
        if let place = table.columns.firstIndex(of: column.name) { return place }
        throw QueryError(
            .semantic,
            "the lookup table has no column `\(column.name)`",
            column.span,
            suggestion: nearest(to: column.name, among: table.columns).map { "did you mean `\($0)`?" }
                ?? "its columns are \(table.columns.map { "`\($0)`" }.joined(separator: ", "))"
        )
    }
}
