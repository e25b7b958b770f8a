import Columns
import Patterns
import RoadblockCore

/// One worker's own copy of a plan: nodes, groups, collected rows.
final class Pipeline {
    /// One part: conditions in their order, and what takes the rows that are left.
    struct Stage {
        var conditions: [Node] = []
        var expansion: Expansion?
        var aggregation: Aggregation?
        var collector: RowCollector?
    }

    private(set) var stages: [Stage] = []
    /// The first stage that holds on to what it is given, and does not hand it on row by row.
    var firstEnd: Int { stages.firstIndex { $0.expansion == nil } ?? 0 }
    /// The fields that rows are asked for.
    private(set) var fields: [String] = []
    /// The names of the result's columns.
    private(set) var columns: [String] = []
    private(set) var notices: [QueryNotice] = []
    private(set) var takesAnyOrder = false
    let frame: Frame
    private let plan: QueryPlan
    private let isStrict: Bool
    private var time: Node?

    /// Builds the nodes of a plan over a table's fields.
    ///
    /// - Throws: `Failure` with the place of what cannot be resolved.
    init(_ plan: QueryPlan, _ table: TableFields, _ settings: QuerySettings) throws(Failure) {
        self.plan = plan
        isStrict = settings.isStrict
        frame = Frame(settings)
        do {
            try build(table)
        } catch {
            throw error.failure(in: plan.text)
        }
    }

    private func build(_ table: TableFields) throws(QueryError) {
        var scope = Scope(table: table, isStrict: isStrict)
        var list = ColumnList([])
        var isOverEvents = true
        let first = scope
        for (index, syntax) in plan.stages.enumerated() {
            var stage = Stage()
            var builder = NodeBuilder(frame: frame, scope: scope, text: plan.text)
            if index == 0, frame.settings.start != nil || frame.settings.end != nil {
                stage.conditions.append(TimeRangeNode(scope.field("@timestamp")))
            }
            for command in syntax.steps { try add(command, to: &stage, &list, builder) }
            if case .stats(let aggregates, let groups, let offset)? = syntax.stats?.kind {
                if let offset { throw QueryError(.unsupported, "`offset` is not supported yet", offset.span) }
                let columns = try self.stats(aggregates, groups, &stage, &builder)
                notices += scope.notices
                scope = Scope(columns: columns, isStrict: isStrict)
                list = ColumnList(columns)
                isOverEvents = false
            } else if let command = syntax.expansion {
                let expansion = try self.expansion(command, builder)
                stage.expansion = expansion.rows
                notices += scope.notices
                scope = Scope(of: scope) { expansion.rows.pass($0) }
                list.map { scope.passed($0) }
                for (index, name) in expansion.names.enumerated() {
                    let node = FieldNode(index)
                    scope.replace(name.name, node)
                    list.show(name.name, node)
                }
            } else {
                try finish(syntax, &stage, list, builder, isOverEvents: isOverEvents)
                notices += scope.notices
            }
            stages.append(stage)
        }
        fields = first.fields
    }

    private func add(
        _ command: CommandSyntax,
        to stage: inout Stage,
        _ list: inout ColumnList,
        _ builder: NodeBuilder
    ) throws(QueryError) {
        switch command.kind {
        case .filter(let condition): try addConditions(condition, to: &stage, builder)
        case .fields(let expressions):
            for item in expressions { list.show(item.name, try define(item, builder)) }
        case .display(let expressions):
            list.restrict()
            for item in expressions { list.display(item.name, try define(item, builder)) }
        case .parse(let syntax):
            for (name, node) in try parse(syntax, builder) {
                try builder.scope.define(name, node)
                list.show(name.name, node)
            }
        case .stats, .sort, .limit, .dedup, .unnest, .expand, .unsupported: break
        }
    }

    private func define(_ item: NamedExpression, _ builder: NodeBuilder) throws(QueryError) -> Node {
        let node = try builder.node(item.expression)
        if let alias = item.alias {
            try builder.scope.define(alias, node)
        } else if case .field = item.expression {
            // A field keeps its own name.
        } else {
            builder.scope.define(text: item.text, node)
        }
        return node
    }

    /// The parts of an `and` are conditions of their own: the later ones see fewer rows.
    private func addConditions(
        _ condition: ExpressionSyntax,
        to stage: inout Stage,
        _ builder: NodeBuilder
    ) throws(QueryError) {
        if case .binary(.and, let left, let right, _) = condition {
            try addConditions(left, to: &stage, builder)
            try addConditions(right, to: &stage, builder)
        } else {
            stage.conditions.append(try builder.node(condition))
        }
    }

    private func parse(_ syntax: ParseSyntax, _ builder: NodeBuilder) throws(QueryError) -> [(NameSyntax, Node)] {
        let message = ExpressionSyntax.field(NameSyntax(name: "@message", span: syntax.patternSpan))
        let source = try builder.node(syntax.source ?? message)
        switch syntax.pattern {
        case .glob(let glob, let names):
            let literals = glob.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(
                Array.init
            )
            guard literals.count == names.count + 1 else {
                throw QueryError(
                    .semantic,
                    "the pattern has \(literals.count - 1) `*` for \(names.count) names",
                    syntax.patternSpan
                )
            }
            let parse = ParseNode(source, .glob(literals), parts: names.count)
            return names.enumerated().map { ($1, PartNode(parse, $0)) }
        case .expression(let pattern, let names, _):
            let (regex, groups, found) = try self.groups(pattern, names, syntax.patternSpan, builder)
            let parse = ParseNode(source, .regex(regex, groups: groups), parts: groups.count)
            return found.enumerated().map { ($1, PartNode(parse, $0)) }
        case .logfmt(let name):
            return [(name, CallNode(TextFormats.logfmt, [source], Prepared()))]
        case .csv(let names):
            let list = CallNode(TextFormats.csv, [source], Prepared())
            return names.enumerated().map { ($1, PathNode(list, [.index($0)])) }
        }
    }

    /// A regular expression with the groups to take and their names.
    private func groups(
        _ pattern: String,
        _ names: [NameSyntax],
        _ span: SourceSpan,
        _ builder: NodeBuilder
    ) throws(QueryError) -> (RegularExpression, groups: [Int], names: [NameSyntax]) {
        let regex = try builder.regex(pattern, span)
        let groups =
            names.isEmpty
            ? regex.groupNames.indices.filter { !regex.groupNames[$0].isEmpty }
            : Array(1..<max(1, regex.groupNames.count))
        let found = names.isEmpty ? groups.map { NameSyntax(name: regex.groupNames[$0], span: span) } : names
        guard !groups.isEmpty, groups.count == found.count else {
            throw QueryError(
                .semantic,
                groups.isEmpty
                    ? "the pattern has no groups to take"
                    : "the pattern has \(groups.count) groups for \(found.count) names",
                span,
                suggestion: groups.isEmpty ? "name one as in `/user=(?<user>\\w+)/`" : nil
            )
        }
        return (regex, groups, found)
    }

    /// What makes several rows of one, and the names of what is new in them.
    private func expansion(
        _ command: CommandSyntax,
        _ builder: NodeBuilder
    ) throws(QueryError) -> (rows: Expansion, names: [NameSyntax]) {
        switch command.kind {
        case .unnest(let list, let name):
            return (Expansion(.items(try builder.node(list)), parts: 1), [name])
        case .expand(let name):
            // A list among the fields of an event is known by its items; the message has it whole.
            let message = ExpressionSyntax.field(NameSyntax(name: "@message", span: name.span))
            let call = ExpressionSyntax.call(
                NameSyntax(name: "jsonParse", span: name.span),
                [message],
                isStar: false,
                name.span
            )
            let isColumn = builder.scope.isColumn(name.name)
            let list =
                try isColumn
                ? builder.scope.node(name) : PathNode(try builder.node(call), name.parts.map { .key($0) })
            return (Expansion(.items(list), parts: 1), [name])
        case .parse(let syntax):
            guard case .expression(let pattern, let names, _) = syntax.pattern else { break }
            let message = ExpressionSyntax.field(NameSyntax(name: "@message", span: syntax.patternSpan))
            let source = try builder.node(syntax.source ?? message)
            let (regex, groups, found) = try self.groups(pattern, names, syntax.patternSpan, builder)
            return (Expansion(.matches(source, regex, groups: groups), parts: groups.count), found)
        default: break
        }
        throw QueryError(.unsupported, "this makes no rows", command.span)
    }

    private func stats(
        _ aggregates: [NamedExpression],
        _ groups: [NamedExpression],
        _ stage: inout Stage,
        _ builder: inout NodeBuilder
    ) throws(QueryError) -> [(name: String, node: Node)] {
        var keys: [Node] = []
        for group in groups { keys.append(try builder.node(group.expression)) }
        let list = AggregateList(keyCount: keys.count, builder)
        var columns: [(name: String, node: Node)] = []
        for (index, group) in groups.enumerated() {
            let node = FieldNode(index)
            columns.append((group.name, node))
            list.define(group.name, node)
        }
        builder.aggregates = list
        for item in aggregates {
            let before = list.aggregates.count
            let node = try builder.node(item.expression)
            let names = FieldNames.of(item.expression, except: [], in: plan.text)
            guard list.aggregates.count > before || (!names.isEmpty && names.allSatisfy { list.named($0) != nil })
            else {
                throw QueryError(
                    .semantic,
                    "`\(item.text)` is no aggregate",
                    item.expression.span,
                    suggestion: "fields go behind `by`: stats count(*) by \(item.text)"
                )
            }
            if let alias = item.alias, columns.contains(where: { $0.name == alias.name }) {
                throw QueryError(.alias, "the name `\(alias.name)` is given twice", alias.span)
            }
            columns.append((item.name, node))
            list.define(item.name, node)
        }
        stage.aggregation = Aggregation(frame, keys: keys, aggregates: list.aggregates)
        return columns
    }

    private func finish(
        _ syntax: QueryPlan.StageSyntax,
        _ stage: inout Stage,
        _ list: ColumnList,
        _ builder: NodeBuilder,
        isOverEvents: Bool
    ) throws(QueryError) {
        var list = list
        if list.isEmpty, isOverEvents {
            for name in ["@timestamp", "@message"] { list.show(name, builder.scope.field(name)) }
        }
        var keys: [RowCollector.Key] = []
        for sort in syntax.sorts {
            for key in sort {
                guard let node = try sortNode(key, builder) else { continue }
                if key.isDescending == nil {
                    builder.scope.note(
                        "without `asc` or `desc` the order is ascending here; CloudWatch's is not documented",
                        key.expression.span
                    )
                }
                keys.append(.init(node: node, isDescending: key.isDescending ?? false))
            }
        }
        let word = plan.limit?.word
        takesAnyOrder = word == .limitAny
        if isOverEvents, word != .limitAny {
            keys.append(.init(node: builder.scope.field("@timestamp"), isDescending: true))
        } else if !isOverEvents, let previous = stages.last?.aggregation {
            // Groups have no order of their own: by their keys, so that two runs print the same.
            for key in 0..<previous.table.keyCount { keys.append(.init(node: FieldNode(key), isDescending: false)) }
        }
        var distinct: [Node]?
        if let names = syntax.dedup {
            distinct = []
            for name in names { distinct?.append(try builder.scope.node(name)) }
        }
        columns = list.columns.map(\.name)
        stage.collector = RowCollector(
            keys: keys,
            outputs: list.columns.map(\.node),
            limit: plan.limit?.count ?? QueryPlan.defaultLimit,
            isNewestFirst: isOverEvents && word != .limitAny,
            distinct: distinct
        )
    }

    /// A key of the order; behind a `stats`, one that is no column of it orders nothing.
    private func sortNode(_ key: SortKeySyntax, _ builder: NodeBuilder) throws(QueryError) -> Node? {
        if let node = builder.scope.column(text: key.text) { return node }
        do {
            return try builder.node(key.expression)
        } catch {
            guard builder.scope.table == nil, error.errorClass == .semantic else { throw error }
            builder.scope.note(
                "`\(key.text)` is no column of the `stats` before, so it orders nothing",
                key.expression.span
            )
            return nil
        }
    }
}

/// The columns of a result, in the order of their first appearance.
struct ColumnList {
    private(set) var columns: [(name: String, node: Node)]
    private var isRestricted = false

    init(_ columns: [(name: String, node: Node)]) { self.columns = columns }

    var isEmpty: Bool { columns.isEmpty }

    /// Puts other nodes in the places of all.
    mutating func map(_ other: (Node) -> Node) {
        for index in columns.indices { columns[index].node = other(columns[index].node) }
    }

    /// From here on only what the last `display` names is shown.
    mutating func restrict() {
        isRestricted = true
        columns = []
    }

    /// Shows a column; one of the same name is replaced in its place.
    mutating func show(_ name: String, _ node: Node) {
        if !isRestricted { display(name, node) }
    }

    /// Shows a column that the last `display` names.
    mutating func display(_ name: String, _ node: Node) {
        if let index = columns.firstIndex(where: { $0.name == name }) {
            columns[index].node = node
        } else {
            columns.append((name, node))
        }
    }
}

/// Whether the event's time lies in the range that the run was given; events without a time do.
final class TimeRangeNode: Node {
    private let time: Node

    init(_ time: Node) { self.time = time }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let times = time.evaluate(frame, rows)
        let start = frame.settings.start ?? .min
        let end = frame.settings.end ?? .max
        for index in 0..<rows.count {
            let row = rows[index]
            let cell = times[row]
            column[row] = Cell(!cell.isTime || (cell.milliseconds >= start && cell.milliseconds <= end))
        }
    }
}
