/// A percentage as its decimal digits say, so that ranks are exact: a binary fraction cannot hold most percentages.
struct Percentage: Hashable {
    /// Digits behind the point that count: a percentage from 10 on has no more in its shortest form.
    private static let digits = 15
    /// What 100 percent are in `parts`.
    private static let whole: UInt64 = 100_000_000_000_000_000

    private let parts: UInt64

    /// A percentage from 0 to 100.
    init(_ percent: Double) {
        let text = CellText.render(min(max(percent, 0), 100)).split(separator: ".")
        let fraction = text.count > 1 ? String(text[1]) : ""
        let kept = fraction.prefix(Percentage.digits)
        let zeros = String(repeating: "0", count: Percentage.digits - kept.count)
        // What lies behind the last digit rounds up, as ranks do.
        let rest: UInt64 = fraction.count > kept.count ? 1 : 0
        parts = (UInt64("\(text[0])\(kept)\(zeros)") ?? 0) + rest
    }

    /// The nearest rank among so many values, from 1 on: the least that has at least this share of them up to it.
    func rank(of count: Int) -> Int {
        let product = parts.multipliedFullWidth(by: UInt64(count))
        let (rank, rest) = Percentage.whole.dividingFullWidth(product)
        return min(max(Int(rank) + (rest > 0 ? 1 : 0), 1), count)
    }
}
