import Columns

/// `sum` and `avg` of what is a number; nothing where there is none.
final class SumAggregate: Aggregate {
    private struct State {
        var count = 0.0
        var sum = PreciseSum()
    }

    private let isAverage: Bool
    private let argument: Node
    private var states: [State] = []

    init(isAverage: Bool, _ argument: Node) {
        self.isAverage = isAverage
        self.argument = argument
    }

    override func grow(to groups: Int) { lengthen(&states, to: groups, with: State()) }

    override func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) {
        argument.eachNumber(frame, rows, groups) { number, group in
            states[group].count += 1
            states[group].sum.add(number)
        }
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        guard let other = other as? SumAggregate else { return }
        for (group, theirs) in other.states.enumerated() {
            states[Int(map[group])].count += theirs.count
            states[Int(map[group])].sum.add(theirs.sum)
        }
    }

    override func result(_ group: Int, _ frame: Frame) -> Cell {
        let state = states[group]
        guard state.count > 0 else { return .missing }
        return ScalarFunctions.finite(isAverage ? state.sum.divided(by: state.count) : state.sum.value)
    }
}

/// `variance` and `stddev` of what is a number, over the whole population; nothing where there is none.
final class VarianceAggregate: Aggregate {
    private struct State {
        var count = 0.0
        var sum = PreciseSum()
        var squares = PreciseSum()
        var least = Double.infinity
        var greatest = -Double.infinity
    }

    private let isDeviation: Bool
    private let argument: Node
    private var states: [State] = []

    init(isDeviation: Bool, _ argument: Node) {
        self.isDeviation = isDeviation
        self.argument = argument
    }

    override var byteCount: Int { states.count * 16 }

    override func grow(to groups: Int) { lengthen(&states, to: groups, with: State()) }

    override func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) {
        argument.eachNumber(frame, rows, groups) { number, group in
            states[group].count += 1
            states[group].sum.add(number)
            states[group].squares.addSquare(of: number)
            states[group].least = min(states[group].least, number)
            states[group].greatest = max(states[group].greatest, number)
        }
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        guard let other = other as? VarianceAggregate else { return }
        for (group, theirs) in other.states.enumerated() {
            let mine = Int(map[group])
            states[mine].count += theirs.count
            states[mine].sum.add(theirs.sum)
            states[mine].squares.add(theirs.squares)
            states[mine].least = min(states[mine].least, theirs.least)
            states[mine].greatest = max(states[mine].greatest, theirs.greatest)
        }
    }

    override func result(_ group: Int, _ frame: Frame) -> Cell {
        let state = states[group]
        guard state.count > 0 else { return .missing }
        // Equal numbers do not vary, whatever the last digits of their squares say.
        guard state.least < state.greatest else { return .zero }
        let variance = state.sum.variance(state.squares, count: state.count)
        return ScalarFunctions.finite(isDeviation ? variance.squareRoot() : variance)
    }
}
