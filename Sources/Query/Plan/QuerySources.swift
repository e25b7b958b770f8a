package import Columns
package import RoadblockCore
import Synchronization

/// Rows that a query reads, and what fields they have.
package struct RowSource: Sendable {
    package var fields: TableFields
    package var table: any RowTable
    /// True where one worker has to read everything.
    package var isSequential: Bool

    package init(_ fields: TableFields, _ table: any RowTable, isSequential: Bool = false) {
        self.fields = fields
        self.table = table
        self.isSequential = isSequential
    }
}

/// The log groups that a query may name beside its own rows.
package final class QuerySources: Sendable {
    package let names: [LogGroupName]
    /// Opens groups, or, without any, the query's own rows once more.
    private let open: @Sendable ([LogGroupName]?) throws(Failure) -> RowSource
    /// What was opened, by the place in the query that asked for it.
    private let opened = Mutex<[Int: RowSource]>([:])

    package init(
        _ names: [LogGroupName],
        open: @escaping @Sendable ([LogGroupName]?) throws(Failure) -> RowSource
    ) {
        self.names = names
        self.open = open
    }

    /// No groups, and rows that can be read only once.
    package convenience init() {
        self.init([]) { (_) throws(Failure) -> RowSource in
            throw Failure(
                .usage,
                "the rows can be read only once",
                suggestion: "name those of the inner query with `SOURCE` and --log-group"
            )
        }
    }

    /// The rows of an inner query, opened once.
    func rows(for inner: InnerPlan, _ settings: QuerySettings) throws(Failure) -> RowSource {
        if let known = opened.withLock({ $0[inner.place] }) { return known }
        let source = try open(try inner.plan.groups(among: names, settings))
        opened.withLock { $0[inner.place] = source }
        return source
    }
}

/// A query inside of another one, or the right side of a `join`.
package struct InnerPlan: Sendable {
    package var plan: QueryPlan
    /// Where it stands in the text.
    package let span: SourceSpan
    /// What tells it from the others of a query.
    var place: Int { span.start }
}
