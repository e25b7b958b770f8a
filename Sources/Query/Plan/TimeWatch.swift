import Columns
import RoadblockCore

/// Counts the rows without a time where a query first asks for it, so that nobody takes what it makes of them for more.
final class TimeWatch {
    /// The condition before which rows are counted, or the number of conditions: behind all of them.
    let place: Int
    private let time: Node
    /// What becomes of rows without a time.
    private let outcome: String
    private var rows = 0
    private var without = 0

    init(_ place: Int, _ time: Node, _ outcome: String) {
        self.place = place
        self.time = time
        self.outcome = outcome
    }

    func count(_ frame: Frame, _ selection: RowSelection) {
        let times = time.evaluate(frame, selection)
        rows &+= selection.count
        for index in 0..<selection.count where !times[selection[index]].isTime { without &+= 1 }
    }

    func merge(_ other: TimeWatch) {
        rows &+= other.rows
        without &+= other.without
    }

    /// What is to be said; `nil` where all rows have a time.
    var note: String? {
        guard without > 0 else { return nil }
        if rows == 1 { return "the only row has no @timestamp: \(outcome)" }
        let count = without == rows ? "all \(rows)" : "\(without) of \(rows)"
        return "\(count) rows \(without == 1 ? "has" : "have") no @timestamp: \(outcome)"
    }
}

/// What a query asks the time of events for.
struct TimeUse {
    private var outcomes: [String] = []

    /// Looks through the commands over the rows as they come, up to what makes others of them.
    init(_ plan: QueryPlan) {
        for stage in plan.stages {
            for step in stage.steps {
                switch step.kind {
                case .filter(let condition): look(at: condition)
                case .fields(let list), .display(let list):
                    // Shown alone, a missing time is seen.
                    for item in list { if case .field = item.expression {} else { look(at: item.expression) } }
                default: break
                }
            }
            if case .stats(let aggregates, let groups, _)? = stage.stats?.kind {
                for item in groups + aggregates { look(at: item.expression) }
                return
            }
            if case .rows(.sessionize)? = stage.rows?.kind { add("`sessionize` has no place for such rows") }
            if case .analysis(let analysis)? = (stage.follower ?? stage.analysis)?.kind {
                switch analysis {
                case .anomaly, .diff, .logcompare: add("`\(analysis.word)` leaves such rows out")
                default: break
                }
                return
            }
            for key in stage.sorts.joined() where TimeUse.asks(key.expression) {
                add("such rows have no place in the order")
            }
        }
    }

    /// What becomes of rows without a time; `nil` where nobody asks for it.
    var outcome: String? { outcomes.isEmpty ? nil : outcomes.joined(separator: ", ") }

    /// True where an expression needs the time.
    static func asks(_ expression: ExpressionSyntax) -> Bool {
        var use = TimeUse()
        use.look(at: expression)
        return !use.outcomes.isEmpty
    }

    private init() {}

    private mutating func add(_ outcome: String) {
        if !outcomes.contains(outcome) { outcomes.append(outcome) }
    }

    private mutating func look(at expression: ExpressionSyntax) {
        switch expression {
        case .field(let name):
            if name.name.lowercased() == "@timestamp" { add("what is asked of it is missing there") }
        case .call(let name, let arguments, _, _):
            let word = FunctionCatalogue.function(named: name.name)?.name ?? name.name
            switch word {
            case "bin": add("`bin` puts such rows into a group of their own")
            case "earliest", "latest", "rate": add("`\(word)` passes over such rows")
            // Who asks whether it is there knows.
            case "ispresent", "isempty", "isblank": return
            default: break
            }
            for argument in arguments { look(at: argument) }
        default: for part in expression.parts { look(at: part) }
        }
    }
}
