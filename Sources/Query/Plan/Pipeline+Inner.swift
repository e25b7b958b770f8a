import Columns
import RoadblockCore

/// What a query reads beside its own rows: the sources of inner queries and of the right side of a `join`.
extension Pipeline {
    /// Opens the sources of inner queries, and finds the columns that these have.
    func openInner() throws(Failure) {
        var settings = frame.settings
        settings.pointsAtEvents = false
        for inner in plan.inner {
            let source = try settings.sources.rows(for: inner, settings)
            innerFields[inner.place] = source.fields
            if case .side = inner.plan.purpose { continue }
            if case .columns(let rows)? = settings.inner[inner.place] {
                innerColumns[inner.place] = rows.result.columns
            } else if settings.inner[inner.place] == nil {
                let outline = try Pipeline(inner.plan, source.fields, settings)
                innerColumns[inner.place] = outline.columns
                notices += QueryLint(outline.plan, source.fields).merged(with: outline.notices)
            }
        }
    }

    /// Checks the fields that the right side of a `join` is asked for.
    func checkSide() throws(Failure) {
        for inner in plan.inner where frame.settings.inner[inner.place] == nil {
            guard let side = sidePlan(inner) else { continue }
            notices += try Pipeline(side, innerFields[inner.place] ?? .init(known: [], isOpen: true), frame.settings)
                .notices
        }
    }

    /// The plan that reads the right side of a `join`, with the fields that this query takes of it.
    func sidePlan(_ inner: InnerPlan) -> QueryPlan? {
        guard case .side = inner.plan.purpose,
            let join = stages.lazy.compactMap({ $0.expansion as? JoinExpansion }).first,
            let key = joinKey
        else { return nil }
        var plan = inner.plan
        plan.purpose = .side(key: key, fields: join.rightFields)
        return plan
    }

    /// The rows that a `join` makes, and what names mean in them.
    func join(_ syntax: JoinSyntax, _ builder: NodeBuilder) throws(QueryError) -> (rows: JoinExpansion, scope: Scope) {
        var table: JoinTable?
        if case .side(let side)? = frame.settings.inner[syntax.span.start] { table = side }
        let key = try builder.scope.node(syntax.leftKey)
        let rows = JoinExpansion(frame, key: key, table, keepsAll: syntax.keepsAll)
        joinKey = syntax.rightKey
        let fields = innerFields[syntax.span.start]
        let sides = JoinSides(
            left: syntax.left.name,
            right: syntax.right.name,
            rightHas: { fields?.known.contains($0) ?? false },
            field: { FieldNode(rows.right($0)) }
        )
        return (rows, Scope(of: builder.scope, sides) { rows.pass($0) })
    }

    /// The nodes that read the right side of a `join`.
    func buildSide(_ key: NameSyntax, _ fields: [NameSyntax], _ scope: Scope) throws(QueryError) -> Stage {
        var stage = Stage()
        stage.conditions += try timeConditions(scope)
        stage.timeWatch = timeWatch(scope, stage.conditions.count, asked: nil)
        var outputs: [Node] = []
        for field in fields { outputs.append(try scope.node(field)) }
        stage.keyed = KeyedRows(
            frame,
            key: try scope.node(key),
            outputs: outputs,
            time: scope.field("@timestamp"),
            .side
        )
        notices += scope.notices
        return stage
    }

    /// The columns that `appendcols` puts beside those that are there.
    func appended(
        _ query: SubquerySyntax,
        _ list: ColumnList,
        _ keys: [RowCollector.Key],
        _ order: RowOrder
    ) -> (RowGathering, added: [String]) {
        let names = innerColumns[query.span.start] ?? []
        var nodes: [Node] = []
        let existing = names.map { name -> Int? in
            guard let column = list.columns.first(where: { $0.name == name }) else { return nil }
            nodes.append(column.node)
            return names.count + nodes.count - 1
        }
        var rows: AppendedRows?
        if case .columns(let found)? = frame.settings.inner[query.span.start] { rows = found }
        var replaces = false
        if case .columns(_, let wanted) = query.purpose { replaces = wanted }
        let kind = RowTransform.Kind.appendcols(rows, existing: existing, replaces: replaces)
        let transform = RowTransform(kind: kind, added: names.count)
        let gathering = RowGathering(
            transform,
            nodes,
            keys: keys,
            isNewestFirst: order == .newestFirst,
            word: "appendcols"
        )
        return (gathering, names)
    }

    /// The time ranges of the query's sources by group, where they have their own.
    private func sourceTimes() throws(QueryError) -> [(name: LogGroupName, times: [ClosedRange<Int64>])]? {
        guard plan.sources.contains(where: { $0.start != nil || $0.end != nil }) else { return nil }
        return try SourceSelection(plan.sources, among: frame.settings.sources.names, frame.settings).groups
    }

    /// The time range of the run, or that of the sources where they have their own; `nil` where groups have several.
    func timeRange() throws(QueryError) -> ClosedRange<Int64>? {
        guard let groups = try sourceTimes() else {
            let start = frame.settings.start ?? .min
            return start...max(start, frame.settings.end ?? .max)
        }
        guard let first = groups.first?.times, first.count == 1, groups.allSatisfy({ $0.times == first }) else {
            return nil
        }
        return first[0]
    }

    /// The conditions on the time of rows; `earliest` is the first time that counts where that is before the range.
    func timeConditions(_ scope: Scope, from earliest: Int64? = nil) throws(QueryError) -> [Node] {
        guard let range = try timeRange() else {
            let byGroup = (try sourceTimes() ?? []).map { (frame.pool.keep($0.name.text), $0.times) }
            return [SourceTimeNode(scope.field("@log"), scope.field("@timestamp"), byGroup)]
        }
        if range == .min ... .max { return [] }
        let start = min(range.lowerBound, earliest ?? .max)
        return [TimeRangeNode(scope.field("@timestamp"), start...range.upperBound)]
    }
}

extension Pipeline {
    /// Where rows without a time are counted: before a range of times is asked for, or where the query first does; `ranges`
    /// is the number of conditions that ask for ranges, `asked` the place of the first command that needs the time.
    func timeWatch(_ scope: Scope, _ ranges: Int, asked: Int?) -> TimeWatch? {
        // Where the query makes its own time, it knows.
        let lint = QueryLint(plan, TableFields(known: [], isOpen: true))
        guard !lint.names.contains("@timestamp") else { return nil }
        if ranges > 0 {
            return TimeWatch(0, scope.field("@timestamp"), "the time range leaves such rows out")
        }
        guard let asked, let outcome = TimeUse(plan).outcome else { return nil }
        return TimeWatch(asked, scope.field("@timestamp"), outcome)
    }
}

/// Whether the event's time lies in a range; that of events without a time does not.
final class TimeRangeNode: Node {
    private let time: Node
    private let range: ClosedRange<Int64>

    init(_ time: Node, _ range: ClosedRange<Int64>) {
        self.time = time
        self.range = range
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let times = time.evaluate(frame, rows)
        for index in 0..<rows.count {
            let row = rows[index]
            let cell = times[row]
            column[row] = Cell(cell.isTime && range.contains(cell.milliseconds))
        }
    }
}

/// Whether the event's time lies in a range of its log group; where that is all time, events without one are in it.
final class SourceTimeNode: Node {
    private let group: Node
    private let time: Node
    private let ranges: [UInt64: [ClosedRange<Int64>]]

    /// `ranges` are by the text that `@log` has, kept.
    init(_ group: Node, _ time: Node, _ ranges: [(group: Cell, times: [ClosedRange<Int64>])]) {
        self.group = group
        self.time = time
        self.ranges = Dictionary(ranges.map { ($0.group.bits, $0.times) }) { $0 + $1 }
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let groups = group.evaluate(frame, rows)
        let times = time.evaluate(frame, rows)
        for index in 0..<rows.count {
            let row = rows[index]
            let cell = times[row]
            let own = frame.pool.find(groups[row]).flatMap { ranges[$0.bits] }
            let isWithin = own?.contains { range in
                cell.isTime ? range.contains(cell.milliseconds) : range == .min ... .max
            }
            column[row] = Cell(isWithin ?? true)
        }
    }
}
