package import Columns

/// The order that `sort`, `min`, `max`, `sortsFirst` and `sortsLast` follow.
///
/// What is not a number comes before every number, and nothing before everything. Texts are compared in chunks of
/// digits and of other characters; digits first by length, then by value.
package struct NaturalOrder {
    private let values: CellText

    package init(_ pool: TextPool) { values = CellText(pool) }

    /// Negative, zero or positive.
    package func compare(_ a: Cell, _ b: Cell) -> Int {
        if a.isNumber && b.isNumber { return order(a.number, b.number) }
        if a.bits == b.bits { return 0 }
        if a.isAddress && b.isAddress { return compareAddresses(a.ipv4, b.ipv4) }
        let first = rank(a)
        let second = rank(b)
        guard first.rank == second.rank else { return first.rank - second.rank }
        switch first.rank {
        case 0: return 0
        case 2: return order(first.number, second.number)
        default: return compareTexts(a, b)
        }
    }

    private func order(_ a: Double, _ b: Double) -> Int { a < b ? -1 : a > b ? 1 : 0 }

    private func rank(_ cell: Cell) -> (rank: Int, number: Double) {
        switch cell.kind {
        case .missing, .structure: (0, 0)
        case .number: (2, cell.number)
        case .time: (2, Double(cell.milliseconds))
        case .address: (1, 0)
        case .text: values.numericText(cell).map { (2, $0) } ?? (1, 0)
        }
    }

    /// As texts: chunk by chunk an octet is a run of digits, the shorter the smaller.
    private func compareAddresses(_ a: UInt32, _ b: UInt32) -> Int { a < b ? -1 : a > b ? 1 : 0 }

    private func compareTexts(_ a: Cell, _ b: Cell) -> Int {
        guard a.isText, b.isText else {
            return NaturalOrder.compare(
                Array((values.text(a) ?? "").utf8).span,
                Array((values.text(b) ?? "").utf8).span
            )
        }
        return values.pool.withBytes(of: a) { first in
            values.pool.withBytes(of: b) { second in NaturalOrder.compare(first, second) }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    private static func compare(_ a: borrowing Span<UInt8>, _ b: borrowing Span<UInt8>) -> Int {
        var i = 0
        var j = 0
        while i < a.count, j < b.count {
            guard isDigit(a[i]), isDigit(b[j]) else {
                // One of the chunks at least is no number: by code point, which in UTF-8 is by byte.
                if a[i] != b[j] { return a[i] < b[j] ? -1 : 1 }
                i += 1
                j += 1
                continue
            }
            let firstStart = i
            let secondStart = j
            while i < a.count, isDigit(a[i]) { i += 1 }
            while j < b.count, isDigit(b[j]) { j += 1 }
            let lengths = (i - firstStart) - (j - secondStart)
            if lengths != 0 { return lengths }
            for offset in 0..<(i - firstStart) where a[firstStart + offset] != b[secondStart + offset] {
                return a[firstStart + offset] < b[secondStart + offset] ? -1 : 1
            }
        }
        return (a.count - i) - (b.count - j)
    }
}
