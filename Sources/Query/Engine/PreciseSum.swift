/// A sum of doubles to some 106 bits, so that it does not depend on the order of what is added.
///
/// Knuth's sum without loss (The Art of Computer Programming, vol. 2, 4.2.2, theorem B) keeps what rounding takes away.
/// What is added to it is exact where all lies within 106 bits, as of sums of numbers with a few decimals.
struct PreciseSum {
    private var high = 0.0
    private var low = 0.0

    /// The nearest double; no number once a sum was too large.
    var value: Double { high + low }

    @inline(__always)
    mutating func add(_ number: Double) {
        let (sum, error) = PreciseSum.sum(high, number)
        (high, low) = PreciseSum.sum(sum, error + low)
    }

    /// The difference of two numbers without loss.
    init(_ number: Double, minus other: Double) { (high, low) = PreciseSum.sum(number, -other) }

    init() {}

    /// Adds the product of two sums, whose product without loss is its rounded one and what a fused step leaves.
    @inline(__always)
    mutating func add(_ a: PreciseSum, times b: PreciseSum) {
        addProduct(a.high, b.high)
        addProduct(a.high, b.low)
        addProduct(a.low, b.high)
        addProduct(a.low, b.low)
    }

    @inline(__always)
    mutating func add(_ other: PreciseSum) {
        let (sum, error) = PreciseSum.sum(high, other.high)
        let (rest, more) = PreciseSum.sum(low, other.low)
        let (next, last) = PreciseSum.sum(sum, error + rest)
        (high, low) = PreciseSum.sum(next, last + more)
    }

    /// The sum divided by a count.
    func divided(by count: Double) -> Double {
        let quotient = high / count
        return quotient + (high.addingProduct(-quotient, count) + low) / count
    }

    /// The variance of `count` numbers with this sum, and with a sum of squares: (n Σx² - (Σx)²) / n².
    ///
    /// It is exact where the sum is small beside the squares; no number where these are too large.
    func variance(_ squares: PreciseSum, count: Double) -> Double {
        var difference = PreciseSum()
        difference.addProduct(squares.high, count)
        difference.addProduct(squares.low, count)
        difference.addProduct(-high, high)
        difference.addProduct(-2 * high, low)
        difference.addProduct(-low, low)
        let variance = difference.divided(by: count * count)
        return variance < 0 ? 0 : variance
    }

    @inline(__always)
    private mutating func addProduct(_ a: Double, _ b: Double) {
        let product = a * b
        add(product)
        add((-product).addingProduct(a, b))
    }

    @inline(__always)
    private static func sum(_ a: Double, _ b: Double) -> (sum: Double, error: Double) {
        let sum = a + b
        let part = sum - a
        return (sum, (a - (sum - part)) + (b - part))
    }
}
