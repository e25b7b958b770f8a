package import RoadblockCore

/// Where rows come from, batch by batch, for one worker.
///
/// A batch is loaded as a whole, and its fields are decoded only where and for which rows they are asked for.
package protocol RowCursor: AnyObject {
    /// Loads the next batch; false at the end.
    ///
    /// - Throws: `Failure` when reading fails.
    func next() throws(Failure) -> Bool

    /// Makes batches smaller by a factor, for queries that keep many values of each row.
    func divideBatches(by divisor: Int)

    /// Rows in the current batch.
    var rowCount: Int { get }

    /// The place of the batch's first row among all rows of all inputs; later rows have greater ones.
    var firstOrdinal: UInt64 { get }

    /// The place of a row of the batch among all rows.
    func ordinal(of row: Int) -> UInt64

    /// Decodes a requested field for the selected rows of the current batch.
    func fill(_ field: Int, _ rows: RowSelection, into column: CellColumn)

    /// The most values that a requested field has in one row of the current batch.
    func valueCount(_ field: Int) -> Int

    /// Decodes one of several values of a field, counted from 0; it is missing where a row has fewer.
    func fill(_ field: Int, value: Int, _ rows: RowSelection, into column: CellColumn)
}

extension RowCursor {
    // Most tables have few rows in a batch.
    package func divideBatches(by divisor: Int) {}

    // Most tables have one value for each field of a row.
    package func valueCount(_ field: Int) -> Int { 1 }

    package func fill(_ field: Int, value: Int, _ rows: RowSelection, into column: CellColumn) {
        fill(field, rows, into: column)
    }
}

extension RowCursor {
    @inlinable
    package func ordinal(of row: Int) -> UInt64 { firstOrdinal &+ UInt64(row) }
}

/// A table that several workers read at once.
package protocol RowTable: Sendable {
    /// A cursor over a share of the rows for fields by name; cells of fields that a row does not have are missing.
    ///
    /// - Throws: `Failure` when an input cannot be opened.
    func cursor(for fields: [String], pool: TextPool) throws(Failure) -> any RowCursor
}

/// What was read, for the statistics of a query.
package struct ScanStatistics: Hashable, Sendable {
    package var records = 0
    /// Bytes of the records' text, uncompressed.
    package var bytes = 0

    package init() {}
}
