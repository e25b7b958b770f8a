import Columns
import RoadblockCore

/// What a query inside of another one, or the right side of a `join`, gave.
enum InnerRows: Sendable {
    case values(ValueSet)
    case side(JoinTable)
    case columns(AppendedRows)
}

/// The rows that `appendcols` takes; never changed once they are made.
final class AppendedRows: @unchecked Sendable {
    let result: ResultTable

    init(_ result: ResultTable) { self.result = result }
}

extension RowTransform {
    /// Puts the columns of other rows beside those of each row; what is left over of them makes rows of its own.
    ///
    /// A value that is there stays unless the others replace it.
    /// - Throws: `Failure` where that makes too many values.
    func append(
        _ other: ResultTable,
        _ existing: [Int?],
        replaces: Bool,
        to list: inout RowList,
        _ width: Int
    ) throws(Failure) {
        let pool = list.values.pool
        guard other.rows.count <= RowList.cellLimit / max(1, width) else {
            throw Failure(
                .usage,
                "`appendcols` makes no more than \(RowList.cellLimit) values",
                code: "too-many-rows",
                suggestion: "show fewer fields"
            )
        }
        while list.rows.count < other.rows.count {
            list.rows.append(Array(repeating: .missing, count: width))
        }
        for row in list.rows.indices {
            for column in existing.indices {
                let own = existing[column].map { list.rows[row][$0] } ?? .missing
                let cell = row < other.rows.count ? pool.take(other.rows[row][column], from: other.pool) : .missing
                list.rows[row][column] = replaces ? (cell.isMissing ? own : cell) : (own.isMissing ? cell : own)
            }
        }
    }
}
