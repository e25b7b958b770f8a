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
///
/// Sums are of distances from one of the numbers: its own square would hide those of small differences.
final class VarianceAggregate: Aggregate {
    private struct State {
        var count = 0.0
        /// The first number.
        var origin = 0.0
        /// Distances from it, and their squares.
        var sum = PreciseSum()
        var squares = PreciseSum()
        var least = Double.infinity
        var greatest = -Double.infinity

        mutating func add(_ number: Double) {
            if count == 0 { origin = number }
            count += 1
            let distance = PreciseSum(number, minus: origin)
            sum.add(distance)
            squares.add(distance, times: distance)
            least = min(least, number)
            greatest = max(greatest, number)
        }

        mutating func add(_ other: State) {
            guard count > 0 else { return self = other }
            // Σ(x-a)² = Σ(x-b)² + 2 (b-a) Σ(x-b) + n (b-a)²
            let shift = PreciseSum(other.origin, minus: origin)
            let times = PreciseSum(other.count, minus: 0)
            var moved = PreciseSum()
            moved.add(shift, times: times)
            squares.add(other.squares)
            squares.add(shift, times: moved)
            squares.add(shift, times: other.sum)
            squares.add(shift, times: other.sum)
            sum.add(other.sum)
            sum.add(moved)
            count += other.count
            least = min(least, other.least)
            greatest = max(greatest, other.greatest)
        }
    }

    private let isDeviation: Bool
    private let argument: Node
    private var states: [State] = []

    init(isDeviation: Bool, _ argument: Node) {
        self.isDeviation = isDeviation
        self.argument = argument
    }

    override var byteCount: Int { states.count * 24 }

    override func grow(to groups: Int) { lengthen(&states, to: groups, with: State()) }

    override func add(_ frame: Frame, _ rows: RowSelection, _ groups: [Int32], _ firstOrdinal: UInt64) {
        argument.eachNumber(frame, rows, groups) { number, group in states[group].add(number) }
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        guard let other = other as? VarianceAggregate else { return }
        for (group, theirs) in other.states.enumerated() where theirs.count > 0 {
            states[Int(map[group])].add(theirs)
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
