/// Counts of numbers by their size, for percentiles of more numbers than are kept.
///
/// A quantile lies within 0.1 % of the number at its rank, whatever order the numbers come in.
/// Source: Masson, Rim, Lee: DDSketch, a fast and fully-mergeable quantile sketch (VLDB 2019).
struct QuantileSketch {
    private static let accuracy = 0.001
    private static let base = (1 + accuracy) / (1 - accuracy)
    private static let logarithm = naturalLogarithm(base)
    /// Added to the step of a number's size, so that it is above zero for the least number there is.
    private static let shift = 400_000

    /// By step, negative for negative numbers and 0 for zero: so the order of steps is that of numbers.
    private var counts: [Int: Int] = [:]
    private var least = Double.infinity
    private var greatest = -Double.infinity
    private(set) var count = 0

    /// What the counts take of memory.
    var byteCount: Int { counts.count * 48 }

    mutating func add(_ number: Double) {
        counts[QuantileSketch.step(of: number), default: 0] += 1
        count += 1
        least = min(least, number)
        greatest = max(greatest, number)
    }

    mutating func merge(_ other: QuantileSketch) {
        counts.merge(other.counts, uniquingKeysWith: +)
        count += other.count
        least = min(least, other.least)
        greatest = max(greatest, other.greatest)
    }

    private static func step(of number: Double) -> Int {
        guard number != 0 else { return 0 }
        let step = Int((naturalLogarithm(abs(number)) / logarithm).rounded(.up)) + shift
        return number < 0 ? -step : step
    }

    /// The number at a rank from 1 on, about.
    func number(at rank: Int) -> Double {
        if rank <= 1 { return least }
        if rank >= count { return greatest }
        var before = 0
        for step in counts.keys.sorted() {
            before += counts[step] ?? 0
            guard before >= rank else { continue }
            guard step != 0 else { return 0 }
            let size =
                2 * power(QuantileSketch.base, Double(abs(step) - QuantileSketch.shift)) / (QuantileSketch.base + 1)
            return min(max(step < 0 ? -size : size, least), greatest)
        }
        return greatest
    }
}
