import Columns
import RoadblockCore

/// The aggregates of one `stats`: each call becomes a column of the groups, which the outputs are computed from.
final class AggregateList {
    private(set) var aggregates: [Aggregate] = []
    private(set) var nodes: [Node] = []
    /// What the aggregates read of each row.
    private(set) var arguments: [Node] = []
    /// By the canonical text of an argument: its node, and what keeps its numbers and its values.
    private var known: [String: Node] = [:]
    private var samples: [String: NumberSamples] = [:]
    private var distinct: [String: DistinctValues] = [:]
    /// Outputs and group keys that have a name already, for later expressions of the same command.
    private var names: [String: Node] = [:]
    private let keyCount: Int
    private let inner: NodeBuilder

    /// `inner` builds the arguments, over the rows.
    init(keyCount: Int, _ inner: NodeBuilder) {
        self.keyCount = keyCount
        self.inner = inner
    }

    func define(_ name: String, _ node: Node) { names[name] = node }

    func named(_ name: String) -> Node? { names[name] }

    /// The column of a call's results; the groups' keys come first.
    func node(
        _ function: QueryFunction,
        _ arguments: [ExpressionSyntax],
        _ name: NameSyntax,
        _ outer: NodeBuilder
    ) throws(QueryError) -> Node {
        aggregates.append(try aggregate(function, arguments, name))
        let node = FieldNode(keyCount + aggregates.count - 1)
        nodes.append(node)
        return node
    }

    private func aggregate(
        _ function: QueryFunction,
        _ arguments: [ExpressionSyntax],
        _ name: NameSyntax
    ) throws(QueryError) -> Aggregate {
        func argument(_ index: Int) throws(QueryError) -> Node {
            guard index < arguments.count else {
                throw QueryError(.semantic, "`\(function.signature)` lacks an argument", name.span)
            }
            let text = self.text(arguments[index])
            if let node = known[text] { return node }
            let node = keep(try inner.node(arguments[index]))
            known[text] = node
            return node
        }
        func values(_ index: Int, _ kind: DistinctAggregate.Kind) throws(QueryError) -> Aggregate {
            let node = try argument(index)
            let text = self.text(arguments[index])
            if let shared = distinct[text] { return DistinctAggregate(kind, shared, isOwner: false) }
            let values = DistinctValues(node)
            distinct[text] = values
            return DistinctAggregate(kind, values, isOwner: true)
        }
        func sample(_ question: NumberSamples.Question) throws(QueryError) -> Aggregate {
            let node = try argument(0)
            let text = self.text(arguments[0])
            if let shared = samples[text] { return SampleAggregate(question, shared, isOwner: false) }
            let numbers = NumberSamples(node)
            samples[text] = numbers
            return SampleAggregate(question, numbers, isOwner: true)
        }
        switch function.name {
        case "count": return CountAggregate(arguments.isEmpty ? nil : try argument(0))
        case "sum": return SumAggregate(isAverage: false, try argument(0))
        case "avg": return SumAggregate(isAverage: true, try argument(0))
        case "stddev": return VarianceAggregate(isDeviation: true, try argument(0))
        case "variance": return VarianceAggregate(isDeviation: false, try argument(0))
        case "min", "sortsFirst": return ExtremeAggregate(wantsGreatest: false, try argument(0))
        case "max", "sortsLast": return ExtremeAggregate(wantsGreatest: true, try argument(0))
        case "earliest", "latest":
            let time = keep(try inner.scope.node(NameSyntax(name: "@timestamp", span: name.span)))
            return TimeExtremeAggregate(wantsLatest: function.name == "latest", try argument(0), time: time)
        case "count_distinct": return try values(0, .count)
        case "values": return try values(0, .values)
        case "topk":
            let count = try constant(arguments, 0, function, 1...10_000)
            return try values(1, .top(Int(count)))
        case "pct":
            return try sample(.percentile(Percentage(try constant(arguments, 1, function, 0...100))))
        case "rate":
            let time = keep(try inner.scope.node(NameSyntax(name: "@timestamp", span: name.span)))
            return RateAggregate(try argument(0), time: time, milliseconds: try interval(arguments, function, name))
        case "countOverTime":
            noteInterval(arguments, function)
            return CountAggregate(try argument(0))
        case "sumOverTime":
            noteInterval(arguments, function)
            return SumAggregate(isAverage: false, try argument(0))
        case "histogram":
            let buckets = try constant(arguments, 1, function, 1...Double(NumberRanges.limit))
            return try sample(.histogram(Int(buckets)))
        default: throw QueryError(.unsupported, "`\(function.name)` is not supported yet", name.span)
        }
    }

    /// Aggregates whose values can wait in files: each has a file open, and buffers for it.
    private static let spillLimit = 16

    /// Shares memory among those that keep numbers or different values, once all aggregates are there.
    func shareMemory() {
        let counted = distinct.values.filter { !$0.isListed }
        let count = counted.count + samples.count
        let sharers = count <= AggregateList.spillLimit ? count : 0
        for values in counted { values.sharers = sharers }
        for numbers in samples.values { numbers.sharers = sharers }
    }

    private func text(_ expression: ExpressionSyntax) -> String { CanonicalText(inner.text).expression(expression) }

    /// Notes what an aggregate reads of each row, so that rows can wait in a temporary file.
    private func keep(_ node: Node) -> Node {
        self.arguments.append(node)
        return node
    }

    private func interval(
        _ arguments: [ExpressionSyntax],
        _ function: QueryFunction,
        _ name: NameSyntax
    ) throws(QueryError) -> Int64 {
        guard arguments.count > 1, case .period(let syntax) = arguments[1] else {
            throw QueryError(.semantic, "`\(function.signature)` wants a period such as `1m`", name.span)
        }
        guard let length = try inner.period(syntax).fixedMilliseconds else {
            throw QueryError(.semantic, "an interval is of weeks or less, whose length is fixed", syntax.span)
        }
        return length
    }

    /// The window of a value over time is the bin that the rows are grouped by.
    private func noteInterval(_ arguments: [ExpressionSyntax], _ function: QueryFunction) {
        guard arguments.count > 1 else { return }
        inner.scope.note(
            "`\(function.name)` counts by the bins of `by bin(…)`: an interval here changes nothing",
            arguments[1].span
        )
    }

    /// The value of an argument that has to be a number written out.
    private func constant(
        _ arguments: [ExpressionSyntax],
        _ index: Int,
        _ function: QueryFunction,
        _ range: ClosedRange<Double>
    ) throws(QueryError) -> Double {
        guard index < arguments.count, case .number(let value, let span) = arguments[index] else {
            throw QueryError(
                .semantic,
                "`\(function.signature)` wants a number written out",
                arguments.indices.contains(index) ? arguments[index].span : SourceSpan(0, 0)
            )
        }
        guard range.contains(value) else {
            throw QueryError(
                .semantic,
                "the number has to be from \(CellText.render(range.lowerBound)) to \(CellText.render(range.upperBound))",
                span
            )
        }
        return value
    }
}
