package import Columns
package import RoadblockCore
import Synchronization

/// Runs a plan over a table and gives its result.
package enum QueryRun {
    /// Checks that a plan fits a table's fields, without reading anything.
    ///
    /// - Throws: `Failure` with the place of what cannot be resolved.
    package static func check(
        _ plan: QueryPlan,
        _ fields: TableFields,
        _ settings: QuerySettings
    ) throws(Failure) -> [QueryNotice] {
        let pipeline = try Pipeline(plan, fields, settings)
        return plan.notices + pipeline.notices
    }

    /// Reads the table once with several workers and returns the rows in their order.
    ///
    /// `isCancelled` is asked between batches; rows that were read before then are the result.
    /// - Throws: `Failure` when an input cannot be read, or the result is larger than a limit.
    package static func run(
        _ plan: QueryPlan,
        _ fields: TableFields,
        _ table: any RowTable,
        _ settings: QuerySettings
    ) throws(Failure) -> ResultTable {
        var settings = settings
        let isCut = try answerInner(plan, fields, &settings)
        var result = try gather(plan, fields, table, settings).result()
        result.hitRegexLimit = result.hitRegexLimit || isCut
        return result
    }

    /// Answers the queries inside of another one, which it needs before its first row; true where a regular expression
    /// was given up.
    private static func answerInner(
        _ plan: QueryPlan,
        _ fields: TableFields,
        _ settings: inout QuerySettings
    ) throws(Failure) -> Bool {
        guard !plan.inner.isEmpty else { return false }
        let outline = try Pipeline(plan, fields, settings)
        var isCut = false
        for inner in plan.inner {
            let source = try settings.sources.rows(for: inner, settings)
            var own = settings
            if source.isSequential { own.workers = 1 }
            let worker = try gather(outline.sidePlan(inner) ?? inner.plan, source.fields, source.table, own)
            isCut = isCut || worker.hitRegexLimit
            switch inner.plan.purpose {
            case .side: settings.inner[inner.place] = worker.keyed.map { .side($0.table()) }
            case .values:
                settings.inner[inner.place] = .values(worker.keyed?.values() ?? ValueSet(worker.result()))
            case .rows: settings.inner[inner.place] = .columns(AppendedRows(worker.result()))
            }
        }
        return isCut
    }

    /// Reads a table with several workers and gives the first, which has taken over what the others found.
    private static func gather(
        _ plan: QueryPlan,
        _ fields: TableFields,
        _ table: any RowTable,
        _ settings: QuerySettings
    ) throws(Failure) -> Worker {
        let outcomes = Mutex<[Result<Worker, Failure>]>([])
        let isOver = Atomic<Bool>(false)
        runThreads(max(1, settings.workers)) { _ in
            let outcome = Worker.run(plan, fields, table, settings, isOver)
            if case .failure = outcome { isOver.store(true, ordering: .relaxed) }
            outcomes.withLock { $0.append(outcome) }
        }
        var workers: [Worker] = []
        for outcome in outcomes.withLock({ $0 }) { workers.append(try outcome.get()) }
        guard let first = workers.first else { throw Failure(.readOrWrite, "no worker could be started") }
        for other in workers.dropFirst() { try first.merge(other) }
        try first.finish()
        return first
    }
}

/// One worker's share of a run.
private final class Worker: @unchecked Sendable {
    private let pipeline: Pipeline
    /// The rows that are left, by stage.
    private let selections: [RowSelection]
    private var matched = 0
    /// Rows that were made of others since the last batch was read.
    private var expanded = 0
    private static let expandedLimit = 1 << 24

    private init(_ pipeline: Pipeline) {
        self.pipeline = pipeline
        selections = pipeline.stages.map { _ in RowSelection() }
    }

    static func run(
        _ plan: QueryPlan,
        _ fields: TableFields,
        _ table: any RowTable,
        _ settings: QuerySettings,
        _ isOver: borrowing Atomic<Bool>
    ) -> Result<Worker, Failure> {
        do throws(Failure) {
            let worker = Worker(try Pipeline(plan, fields, settings))
            let cursor = try table.cursor(for: worker.pipeline.fields, pool: worker.pipeline.frame.pool)
            while !isOver.load(ordering: .relaxed), try cursor.next() {
                if try worker.take(stage: 0, cursor) {
                    isOver.store(true, ordering: .relaxed)
                }
            }
            return .success(worker)
        } catch {
            return .failure(error)
        }
    }

    /// Runs the current batch of a cursor through a stage, and through those that its rows go on to; true when no more
    /// rows are wanted.
    private func take(stage index: Int, _ cursor: any RowCursor) throws(Failure) -> Bool {
        let frame = pipeline.frame
        let stage = pipeline.stages[index]
        let rows = selections[index]
        if index == 0 { expanded = 0 }
        frame.cursor = cursor
        frame.begin(rows: cursor.rowCount)
        rows.selectAll(cursor.rowCount)
        for condition in stage.conditions where rows.count > 0 {
            let column = condition.evaluate(frame, rows)
            let values = frame.values
            rows.keep { values.truth(column[$0]) == true }
        }
        if index == 0 { matched += rows.count }
        if let aggregation = stage.aggregation { try aggregation.add(rows, firstOrdinal: cursor.firstOrdinal) }
        if let collector = stage.collector { try collector.add(frame, rows, cursor) }
        if let keyed = stage.keyed, rows.count > 0 { try keyed.add(rows, cursor) }
        if let expansion = stage.expansion, rows.count > 0 {
            return try expansion.expand(frame, rows, firstOrdinal: cursor.firstOrdinal) {
                (more) throws(Failure) in
                try count(more.rowCount)
                return try take(stage: index + 1, more)
            }
        }
        guard !frame.pool.isExhausted else {
            throw Failure(
                .usage,
                "the query makes more than \(TextPool.scratchLimit >> 20) MiB of text out of one batch of rows",
                code: "result-too-large"
            )
        }
        return stage.collector?.isSatisfied(anyOrder: pipeline.takesAnyOrder) ?? false
    }

    /// Counts rows that were made of others: one list in another one multiplies them.
    private func count(_ rows: Int) throws(Failure) {
        expanded += rows
        guard expanded <= Worker.expandedLimit else {
            throw Failure(
                .usage,
                "one batch of rows becomes more than \(Worker.expandedLimit) rows",
                code: "too-many-rows",
                suggestion: "filter before rows are multiplied"
            )
        }
    }

    /// Takes over what another worker counted.
    func merge(_ other: Worker) throws(Failure) {
        matched += other.matched
        let mine = pipeline.stages[pipeline.firstEnd]
        let theirs = other.pipeline.stages[pipeline.firstEnd]
        if let aggregation = mine.aggregation, let more = theirs.aggregation { try aggregation.merge(more) }
        if let collector = mine.collector, let more = theirs.collector { try collector.merge(more) }
        if let keyed = mine.keyed, let more = theirs.keyed { try keyed.merge(more) }
        if other.pipeline.frame.hitRegexLimit { pipeline.frame.hitRegexLimit = true }
    }

    /// Runs the stages behind the first over its groups.
    func finish() throws(Failure) {
        for (index, stage) in pipeline.stages.enumerated().dropLast() {
            let cursor: any RowCursor
            if let groups = stage.aggregation {
                cursor = GroupCursor(groups)
            } else if let gathering = stage.gathering, let collector = stage.collector {
                cursor = RowListCursor(try gathering.rows(collector), pipeline.frame.pool)
            } else {
                continue
            }
            while try cursor.next() {
                pipeline.frame.pool.forgetScratch()
                _ = try take(stage: index + 1, cursor)
            }
        }
    }

    /// What the last stage keeps for another query.
    var keyed: KeyedRows? { pipeline.stages.last?.keyed }

    var hitRegexLimit: Bool { pipeline.frame.hitRegexLimit }

    /// The rows of the last stage.
    func result() -> ResultTable {
        guard let collector = pipeline.stages.last?.collector else { return ResultTable(columns: [], TextPool(), []) }
        let rows = collector.rows()
        return ResultTable(
            columns: pipeline.columns,
            collector.pool,
            rows,
            matched: matched,
            hitRegexLimit: pipeline.frame.hitRegexLimit
        )
    }
}

/// The groups of a `stats` as rows: their keys, then the results of the aggregates.
private final class GroupCursor: RowCursor {
    private let groups: Aggregation
    private var start = 0
    private(set) var rowCount = 0

    var firstOrdinal: UInt64 { UInt64(start) }

    private static let batchSize = 4096

    init(_ groups: Aggregation) {
        self.groups = groups
        // Without groups there is one row over everything, even over nothing.
        if groups.table.keyCount == 0, groups.table.count == 0 {
            _ = groups.table.group([])
            for aggregate in groups.aggregates { aggregate.grow(to: 1) }
        }
    }

    func next() throws(Failure) -> Bool {
        start += rowCount
        rowCount = min(GroupCursor.batchSize, groups.table.count - start)
        return rowCount > 0
    }

    func fill(_ field: Int, _ rows: RowSelection, into column: CellColumn) {
        let keyCount = groups.table.keyCount
        for index in 0..<rows.count {
            let row = rows[index]
            column[row] =
                field < keyCount
                ? groups.table.key(field, of: start + row)
                : groups.aggregates[field - keyCount].result(start + row, groups.frame)
        }
    }
}
