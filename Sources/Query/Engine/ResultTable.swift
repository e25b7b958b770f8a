package import Columns

/// The rows that a query returned.
package struct ResultTable {
    package var columns: [String]
    package let pool: TextPool
    package var rows: [[Cell]]
    /// Rows that passed the filters of the first part.
    package var matched: Int
    /// True when a regular expression was given up in some rows, which then count as no match.
    package var hitRegexLimit: Bool
    /// What is to be said of how the rows came about, one line each without a full stop.
    package var notes: [String]
    /// Rows that there were, where only the first of them are here because the query has no `limit`.
    package var foundBeforeLimit: Int?
    /// What is to be said of the query now that it has run.
    package var notices: [QueryNotice] = []

    /// True where one of the first rows has a lone hyphen, which flow logs have in place of a value.
    package var hasHyphen: Bool {
        rows.prefix(1000).contains { row in
            row.contains { $0.isText && pool.withBytes(of: $0) { $0.count == 1 && $0[0] == UInt8(ascii: "-") } }
        }
    }

    package init(
        columns: [String],
        _ pool: TextPool,
        _ rows: [[Cell]],
        matched: Int = 0,
        hitRegexLimit: Bool = false,
        notes: [String] = []
    ) {
        self.columns = columns
        self.pool = pool
        self.rows = rows
        self.matched = matched
        self.hitRegexLimit = hitRegexLimit
        self.notes = notes
    }
}
