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
        return QueryLint(pipeline.plan, fields).merged(with: plan.notices + pipeline.notices)
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
        settings.held = HeldBytes(limit: settings.heldMemory)
        let remarks = try answerInner(plan, fields, &settings)
        var result = try gather(plan, fields, table, settings).result()
        result.hitRegexLimit = result.hitRegexLimit || remarks.hitRegexLimit
        result.notes = remarks.notes + result.notes
        result.notices = QueryLint.sorted(remarks.notices + result.notices)
        return result
    }

    /// Answers the queries inside of another one, which it needs before its first row; gives what is to be said of them.
    private static func answerInner(
        _ plan: QueryPlan,
        _ fields: TableFields,
        _ settings: inout QuerySettings
    ) throws(Failure) -> RunRemarks {
        var remarks = RunRemarks()
        guard !plan.inner.isEmpty else { return remarks }
        let outline = try Pipeline(plan, fields, settings)
        for inner in plan.inner {
            let source = try settings.sources.rows(for: inner, settings)
            var own = settings
            own.pointsAtEvents = false
            if source.isSequential { own.workers = 1 }
            let worker = try gather(outline.sidePlan(inner) ?? inner.plan, source.fields, source.table, own)
            switch inner.plan.purpose {
            case .side: settings.inner[inner.place] = worker.keyed.map { .side($0.table()) }
            case .values:
                if let keyed = worker.keyed {
                    settings.inner[inner.place] = .values(keyed.values())
                } else {
                    settings.inner[inner.place] = .values(ValueSet(try worker.result()))
                }
            case .rows: settings.inner[inner.place] = .columns(AppendedRows(try worker.result()))
            }
            remarks.add(worker.remarks)
        }
        return remarks
    }

    /// Reads a table with several workers and gives the first, which has taken over what the others found.
    private static func gather(
        _ plan: QueryPlan,
        _ fields: TableFields,
        _ table: any RowTable,
        _ settings: QuerySettings
    ) throws(Failure) -> Worker {
        let outcomes = Mutex<[(number: Int, Result<Worker, Failure>)]>([])
        let isOver = Atomic<Bool>(false)
        runThreads(max(1, settings.workers)) { number in
            let outcome = Worker.run(plan, fields, table, settings, isOver)
            if case .failure = outcome { isOver.store(true, ordering: .relaxed) }
            outcomes.withLock { $0.append((number, outcome)) }
        }
        var workers: [Worker] = []
        try outcomes.withLock { (outcomes) throws(Failure) in
            // By number, whichever ended first.
            for (_, outcome) in outcomes.sorted(by: { $0.number < $1.number }) { workers.append(try outcome.get()) }
            outcomes = []
        }
        guard let first = workers.first else { throw Failure(.readOrWrite, "no worker could be started") }
        // What was merged is let go at once.
        while workers.count > 1, let other = workers.popLast() { try first.merge(other) }
        try first.finish()
        return first
    }
}

/// What is to be said of a run beside its rows.
private struct RunRemarks {
    var hitRegexLimit = false
    var notes: [String] = []
    var notices: [QueryNotice] = []

    mutating func add(_ other: RunRemarks) {
        hitRegexLimit = hitRegexLimit || other.hitRegexLimit
        notes += other.notes
        notices += other.notices
    }
}

/// One worker's share of a run.
private final class Worker: @unchecked Sendable {
    private let pipeline: Pipeline
    /// Makes another pipeline of the same query.
    private let fresh: () throws(Failure) -> Pipeline
    /// The rows that are left, by stage.
    private let selections: [RowSelection]
    private var matched = 0
    /// What commands have to say of their rows.
    private var notes: [String] = []
    /// Rows for which a watched condition of the first stage was neither true nor false.
    private var undecided: [Int: Int] = [:]
    /// Rows of the table, and those that each condition of the first stage left.
    private var read = 0
    private var left: [Int]
    /// Rows that were made of others since the last batch was read.
    private var expanded = 0
    private static let expandedLimit = 1 << 24

    private init(_ fresh: @escaping () throws(Failure) -> Pipeline) throws(Failure) {
        let pipeline = try fresh()
        self.fresh = fresh
        self.pipeline = pipeline
        selections = pipeline.stages.map { _ in RowSelection() }
        left = pipeline.stages.first.map { $0.conditions.map { _ in 0 } } ?? []
    }

    static func run(
        _ plan: QueryPlan,
        _ fields: TableFields,
        _ table: any RowTable,
        _ settings: QuerySettings,
        _ isOver: borrowing Atomic<Bool>
    ) -> Result<Worker, Failure> {
        do throws(Failure) {
            let worker = try Worker { () throws(Failure) in try Pipeline(plan, fields, settings) }
            let cursor = try table.cursor(for: worker.pipeline.fields, pool: worker.pipeline.frame.pool)
            // Each expression has a column of a batch's rows.
            cursor.divideBatches(by: max(1, plan.expressionCount / 64))
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
        if index == 0 { read += rows.count }
        for (place, condition) in stage.conditions.enumerated() where rows.count > 0 {
            let column = condition.evaluate(frame, rows)
            let values = frame.values
            if place == stage.timeWatch?.place { stage.timeWatch?.count(frame, rows) }
            if index == 0, stage.watched[place] != nil {
                var count = 0
                for row in 0..<rows.count where values.truth(column[rows[row]]) == nil { count += 1 }
                undecided[place, default: 0] += count
            }
            rows.keep { values.truth(column[$0]) == true }
            if index == 0 { left[place] += rows.count }
        }
        if index == 0 { matched += rows.count }
        if stage.conditions.count == stage.timeWatch?.place { stage.timeWatch?.count(frame, rows) }
        if let aggregation = stage.aggregation { try aggregation.add(rows, firstOrdinal: cursor.firstOrdinal) }
        if let analysis = stage.analysis { analysis.add(frame, rows) }
        if let collector = stage.collector {
            try collector.add(frame, rows, cursor)
            try stage.gathering?.check(collector)
        }
        if let keyed = stage.keyed, rows.count > 0 { try keyed.add(rows, cursor) }
        if let expansion = stage.expansion, rows.count > 0 {
            return try expansion.expand(frame, rows, firstOrdinal: cursor.firstOrdinal) {
                (more) throws(Failure) in
                try count(more.rowCount)
                return try take(stage: index + 1, more)
            }
        }
        guard !frame.isRegexHopeless else {
            throw Failure(
                .usage,
                "a regular expression was given up in too many rows: it needs more steps than one search may take",
                code: "regex-limit",
                suggestion: "repeat no group that repeats itself, as in `(a+)+`"
            )
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
        undecided.merge(other.undecided, uniquingKeysWith: +)
        read += other.read
        for place in left.indices { left[place] += other.left[place] }
        let mine = pipeline.stages[pipeline.firstEnd]
        let theirs = other.pipeline.stages[pipeline.firstEnd]
        if let aggregation = mine.aggregation, let more = theirs.aggregation { try aggregation.merge(more) }
        if let analysis = mine.analysis, let more = theirs.analysis { analysis.merge(more) }
        if let more = other.pipeline.stages[0].timeWatch { pipeline.stages[0].timeWatch?.merge(more) }
        if let collector = mine.collector, let more = theirs.collector { try collector.merge(more) }
        if let keyed = mine.keyed, let more = theirs.keyed { try keyed.merge(more) }
        if other.pipeline.frame.hitRegexLimit { pipeline.frame.hitRegexLimit = true }
    }

    /// Runs the stages behind the first over its groups.
    func finish() throws(Failure) {
        if let note = pipeline.stages[0].timeWatch?.note { notes.append(note) }
        for (index, stage) in pipeline.stages.enumerated().dropLast() {
            if let groups = stage.aggregation {
                var count: UInt64 = 0
                try handOn(groups, of: index, &count)
            } else if let gathering = stage.gathering, let collector = stage.collector {
                try handOn(RowListCursor(try gathering.rows(collector), pipeline.frame.pool), of: index)
            } else if let analysis = stage.analysis {
                let (rows, more) = try analysis.result(pipeline.frame.settings)
                notes += more
                try handOn(RowListCursor(rows, pipeline.frame.pool), of: index)
            }
        }
    }

    /// What the last stage keeps for another query.
    var keyed: KeyedRows? { pipeline.stages.last?.keyed }

    /// What is to be said of this run.
    var remarks: RunRemarks {
        var notices: [QueryNotice] = []
        for (place, notice) in pipeline.stages[0].watched {
            guard let count = undecided[place], count > 0 else { continue }
            let rows = count == 1 ? "1 row is" : "\(count) rows are"
            notices.append(QueryNotice(message: "\(rows) left out \(notice.message)", span: notice.span))
        }
        if let empty = emptyNotice { notices.append(empty) }
        return RunRemarks(
            hitRegexLimit: pipeline.frame.hitRegexLimit,
            notes: notes,
            notices: QueryLint.sorted(notices)
        )
    }

    /// Which condition left no row, where one did.
    private var emptyNotice: QueryNotice? {
        guard read > 0, let place = left.firstIndex(of: 0), let span = pipeline.stages[0].spans[place] else {
            return nil
        }
        let before = place == 0 ? 0 : left[place - 1]
        // Conditions that nobody wrote, such as a time range, come first.
        guard place > 0, pipeline.stages[0].spans[place - 1] != nil else {
            return QueryNotice(message: "no row meets this condition", span: span)
        }
        let rows = before == 1 ? "1 row meets" : "\(before) rows meet"
        return QueryNotice(message: "\(rows) the conditions before, and none this one", span: span)
    }

    /// The rows of the last stage.
    func result() throws(Failure) -> ResultTable {
        guard let collector = pipeline.stages.last?.collector else { return ResultTable(columns: [], TextPool(), []) }
        let rows = try collector.rows()
        let remarks = remarks
        var result = ResultTable(
            columns: pipeline.columns,
            collector.pool,
            rows,
            matched: matched,
            hitRegexLimit: remarks.hitRegexLimit,
            notes: remarks.notes + RoundedNumbers.note(of: rows)
        )
        result.notices = remarks.notices
        if pipeline.plan.limit == nil, rows.count == QueryPlan.defaultLimit, collector.matched > rows.count {
            result.foundBeforeLimit = collector.matched
        }
        return result
    }

    private func handOn(_ cursor: any RowCursor, of stage: Int) throws(Failure) {
        while true {
            pipeline.frame.pool.forgetScratch()
            guard try cursor.next() else { return }
            _ = try take(stage: stage + 1, cursor)
        }
    }

    /// Hands on the groups of a stage, those first whose rows wait in files; `count` are before them.
    private func handOn(_ groups: Aggregation, of stage: Int, _ count: inout UInt64) throws(Failure) {
        let waiting = try groups.takeOverflow()
        if !waiting.isEmpty {
            for part in 0..<SpilledRows.partCount {
                guard let rest = try fresh().stages[stage].aggregation else { break }
                rest.level = groups.level + 1
                for rows in waiting { try groups.regroup(rows, part, into: rest) }
                try handOn(rest, of: stage, &count)
            }
        }
        for aggregate in groups.aggregates { try aggregate.complete(groups.frame) }
        try handOn(GroupCursor(groups, pipeline.frame.pool, after: count), of: stage)
        count += UInt64(groups.table.count)
    }
}

/// The groups of a `stats` as rows: their keys, then the results of the aggregates.
private final class GroupCursor: RowCursor {
    private let groups: Aggregation
    /// The pool of those that read the rows.
    private let pool: TextPool
    /// Groups that were handed on before.
    private let count: UInt64
    private var start = 0
    private(set) var rowCount = 0

    var firstOrdinal: UInt64 { count + UInt64(start) }

    private static let batchSize = 4096

    init(_ groups: Aggregation, _ pool: TextPool, after count: UInt64) {
        self.groups = groups
        self.pool = pool
        self.count = count
        // Without groups there is one row over everything, even over nothing.
        if groups.table.keyCount == 0, groups.table.count == 0 {
            _ = groups.table.group([])
            for aggregate in groups.aggregates { aggregate.grow(to: 1) }
        }
    }

    func next() throws(Failure) -> Bool {
        groups.frame.pool.forgetScratch()
        start += rowCount
        rowCount = min(GroupCursor.batchSize, groups.table.count - start)
        return rowCount > 0
    }

    func fill(_ field: Int, _ rows: RowSelection, into column: CellColumn) {
        let keyCount = groups.table.keyCount
        for index in 0..<rows.count {
            let row = rows[index]
            let cell =
                field < keyCount
                ? groups.table.key(field, of: start + row)
                : groups.aggregates[field - keyCount].result(start + row, groups.frame)
            column[row] = pool.borrow(cell, from: groups.frame.pool)
        }
    }
}
