package import Columns
package import RoadblockCore

/// A table with further fields, each made of the value of one of its own: whose address it is, the tags of an instance.
package struct DerivedTable: RowTable {
    /// A field that is made of another.
    package struct Field: Sendable {
        package var name: String
        package var source: String
        /// The text for a value's text; `nil` for nothing.
        package var text: @Sendable (String) -> String?

        package init(name: String, source: String, text: @escaping @Sendable (String) -> String?) {
            self.name = name
            self.source = source
            self.text = text
        }
    }

    private let base: any RowTable
    /// The field of a name, where it is a derived one.
    private let field: @Sendable (String) -> Field?

    package init(_ base: any RowTable, field: @escaping @Sendable (String) -> Field?) {
        self.base = base
        self.field = field
    }

    package func cursor(for fields: [String], pool: TextPool) throws(Failure) -> any RowCursor {
        var wanted = fields
        let derived = fields.map { name -> (Field, Int)? in
            guard let field = field(name) else { return nil }
            wanted.append(field.source)
            return (field, wanted.count - 1)
        }
        return DerivedCursor(try base.cursor(for: wanted, pool: pool), derived, pool)
    }
}

private final class DerivedCursor: RowCursor {
    private let base: any RowCursor
    private let derived: [(field: DerivedTable.Field, source: Int)?]
    private let pool: TextPool
    private let values: CellText
    private let column = CellColumn()
    /// What was made of kept texts and addresses, by field.
    private var known: [[Cell: Cell]]

    /// Values that are remembered for each field.
    private static let limit = 1 << 18

    init(_ base: any RowCursor, _ derived: [(DerivedTable.Field, Int)?], _ pool: TextPool) {
        self.base = base
        self.derived = derived.map { $0.map { ($0.0, $0.1) } }
        self.pool = pool
        values = CellText(pool)
        known = Array(repeating: [:], count: derived.count)
    }

    func next() throws(Failure) -> Bool { try base.next() }

    func divideBatches(by divisor: Int) { base.divideBatches(by: divisor) }
    var rowCount: Int { base.rowCount }
    var firstOrdinal: UInt64 { base.firstOrdinal }

    func fill(_ field: Int, _ rows: RowSelection, into target: CellColumn) {
        guard let (derivation, source) = derived[field] else {
            base.fill(field, rows, into: target)
            return
        }
        target.reserve(rowCount)
        base.fill(source, rows, into: column)
        for index in 0..<rows.count {
            let row = rows[index]
            target[row] = cell(derivation, field, pool.keep(column[row]))
        }
    }

    func valueCount(_ field: Int) -> Int { derived[field] == nil ? base.valueCount(field) : 1 }

    func fill(_ field: Int, value: Int, _ rows: RowSelection, into target: CellColumn) {
        guard derived[field] == nil else { return fill(field, rows, into: target) }
        base.fill(field, value: value, rows, into: target)
    }

    private func cell(_ derivation: DerivedTable.Field, _ field: Int, _ value: Cell) -> Cell {
        if let cell = known[field][value] { return cell }
        let made = values.text(value).flatMap(derivation.text).map { pool.keep($0) } ?? .missing
        if known[field].count > DerivedCursor.limit { known[field].removeAll() }
        known[field][value] = made
        return made
    }
}
