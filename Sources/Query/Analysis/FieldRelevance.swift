import Columns
import RoadblockCore

/// `relevantfields`: which fields tell the rows for which a condition holds from the others.
final class RelevanceAnalysis: Analysis {
    private let fields: [(name: String, node: Node)]
    private let condition: Node
    private var tallies: [FieldTally]
    private let pool = TextPool()
    private var matching = 0
    private var others = 0
    /// What else is to be said.
    private let remark: String?

    private static let names = [
        "@fieldName", "@relevanceScore", "@topRelevanceContributors", "@conditionalMedian", "@baselineMedian",
    ]

    init(_ fields: [(name: String, node: Node)], where condition: Node, remark: String?) {
        self.fields = fields
        self.condition = condition
        self.remark = remark
        tallies = fields.map { _ in FieldTally() }
        super.init("relevantfields", columns: RelevanceAnalysis.names)
    }

    override func add(_ frame: Frame, _ rows: RowSelection) {
        let holds = condition.evaluate(frame, rows)
        let columns = fields.map { $0.node.evaluate(frame, rows) }
        for index in 0..<rows.count {
            let row = rows[index]
            let isMatch = frame.values.truth(holds[row]) == true
            if isMatch { matching += 1 } else { others += 1 }
            for field in fields.indices {
                tallies[field].take(columns[field][row], isMatch, frame.values, pool)
            }
        }
    }

    override func merge(_ other: Analysis) {
        guard let other = other as? RelevanceAnalysis else { return }
        matching += other.matching
        others += other.others
        for field in tallies.indices { tallies[field].merge(other.tallies[field], pool, from: other.pool) }
    }

    override func result(_ settings: QuerySettings) throws(Failure) -> (rows: RowList, notes: [String]) {
        let values = CellText(pool)
        var rows: [(score: Double, name: String, cells: [Cell])] = []
        for (field, tally) in zip(fields, tallies) {
            let score = (tally.divergence(matching, others, values) * 1000).rounded() / 1000
            let medians = tally.isNumeric ? (tally.median(ofMatches: true), tally.median(ofMatches: false)) : nil
            let shifts = tally.isNumeric ? nil : tally.shifts(matching, others, values)
            let cells = [
                pool.keep(field.name), Cell(number: score), shifts.map { pool.keep($0) } ?? .missing,
                medians?.0.map { Cell(number: $0) } ?? .missing, medians?.1.map { Cell(number: $0) } ?? .missing,
            ]
            rows.append((score, field.name, cells))
        }
        rows.sort { $0.score != $1.score ? $0.score > $1.score : $0.name < $1.name }
        var notes = [
            "`relevantfields` scores by the Jensen-Shannon divergence (Lin 1991) of a field's values;"
                + " CloudWatch's score is not published"
        ]
        let rough = zip(fields, tallies).filter { $1.isNumeric && $1.isFolded }.map { "`\($0.0.name)`" }
        if !rough.isEmpty {
            notes.append(
                "medians of \(rough.joined(separator: ", ")) are within 2 %: there are more than \(FieldTally.limit) values"
            )
        }
        if matching == 0 { notes.append("the condition holds for no row, so that there is nothing to compare") }
        if others == 0, matching > 0 { notes.append("the condition holds for every row: nothing to compare with") }
        if let remark { notes.append(remark) }
        return (RowList(rows: rows.map(\.cells), values: values), notes)
    }
}

/// The values of one field, in the rows that match and in the others; in bounded memory.
struct FieldTally {
    /// Values that are told apart; with more, texts are counted by their hash and numbers by their magnitude.
    static let limit = 4096
    /// Bins of texts, and behind them those of numbers.
    private static let textBins = 1024
    private static let numberBins = 4096
    /// A value that came less often tells nothing by itself; of few rows one that came only once does not.
    private var leastCount: Int { numbers + texts < 50 ? 2 : 5 }

    private var values: [Cell: Pair] = [:]
    private var bins: [Pair] = []
    private var missing = Pair()
    private var numbers = 0
    private var texts = 0

    private struct Pair {
        var matching = 0
        var other = 0

        var sum: Int { matching + other }

        mutating func add(_ pair: Pair) {
            matching += pair.matching
            other += pair.other
        }
    }

    /// True where every value is a number.
    var isNumeric: Bool { texts == 0 && numbers > 0 }

    mutating func take(_ cell: Cell, _ isMatch: Bool, _ text: CellText, _ pool: TextPool) {
        let pair = isMatch ? Pair(matching: 1) : Pair(other: 1)
        // A lone hyphen is what flow logs have in place of a value.
        if cell.isMissing || cell.isStructure || FieldTally.isHyphen(cell, text.pool) { return missing.add(pair) }
        let number = cell.isTime ? nil : text.number(cell)
        if number == nil { texts += 1 } else { numbers += 1 }
        guard bins.isEmpty else {
            return bins[FieldTally.bin(number, cell, text.pool)].add(pair)
        }
        // One spelling for a number, whether it was a text or not.
        add(number.map { Cell(number: $0) } ?? pool.take(cell, from: text.pool), pair, pool)
    }

    private static func isHyphen(_ cell: Cell, _ pool: TextPool) -> Bool {
        cell.isText && pool.withBytes(of: cell) { $0.count == 1 && $0[0] == UInt8(ascii: "-") }
    }

    private mutating func add(_ cell: Cell, _ pair: Pair, _ pool: TextPool) {
        guard bins.isEmpty else {
            return bins[FieldTally.bin(cell.isNumber ? cell.number : nil, cell, pool)].add(pair)
        }
        values[cell, default: Pair()].add(pair)
        if values.count > FieldTally.limit { fold(pool) }
    }

    /// Gives up the values for bins.
    private mutating func fold(_ pool: TextPool) {
        bins = Array(repeating: Pair(), count: FieldTally.textBins + FieldTally.numberBins)
        for (cell, pair) in values {
            bins[FieldTally.bin(cell.isNumber ? cell.number : nil, cell, pool)].add(pair)
        }
        values = [:]
    }

    mutating func merge(_ other: FieldTally, _ pool: TextPool, from theirs: TextPool) {
        missing.add(other.missing)
        numbers += other.numbers
        texts += other.texts
        if !other.bins.isEmpty {
            if bins.isEmpty { fold(pool) }
            for index in bins.indices { bins[index].add(other.bins[index]) }
        }
        for (cell, pair) in other.values { add(pool.take(cell, from: theirs), pair, pool) }
    }

    /// True once values are counted by bins.
    var isFolded: Bool { !bins.isEmpty }

    /// The bin of a value: a text by its hash, a number by its sign and logarithm.
    private static func bin(_ number: Double?, _ cell: Cell, _ pool: TextPool) -> Int {
        guard let number else {
            var state: UInt64 = cell.isText ? 0xCBF2_9CE4_8422_2325 : cell.bits
            if cell.isText {
                pool.withBytes(of: cell) { bytes in
                    for index in bytes.indices { state = (state ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
                }
            }
            return Int(MessageScanner.mix(0, state) >> 54)
        }
        return textBins + numberBin(number)
    }

    /// 32 bins for each power of two: a value lies within 2 % of its bin's middle.
    private static func numberBin(_ number: Double) -> Int {
        let half = numberBins / 2
        guard number.magnitude >= 1.0 / 1024 else { return half }
        let exponent = min(53, Int(number.exponent)) + 10
        let part = min(half - 2, exponent * 32 + Int((number.significand.magnitude - 1) * 32))
        return number < 0 ? half - 1 - part : half + 1 + part
    }

    private static func middle(_ bin: Int) -> Double {
        let half = numberBins / 2
        if bin == half { return 0 }
        let part = bin > half ? bin - half - 1 : half - 1 - bin
        let value = (1 + (Double(part % 32) + 0.5) / 32) * power(2, Double(part / 32 - 10))
        return bin > half ? value : -value
    }

    /// Jensen-Shannon divergence of the two distributions, from 0 to 1.
    func divergence(_ matching: Int, _ others: Int, _ text: CellText) -> Double {
        guard matching > 0, others > 0 else { return 0 }
        var sum = 0.0
        for pair in categories() {
            let p = Double(pair.matching) / Double(matching)
            let q = Double(pair.other) / Double(others)
            let middle = (p + q) / 2
            if p > 0 { sum += p / 2 * binaryLogarithm(p / middle) }
            if q > 0 { sum += q / 2 * binaryLogarithm(q / middle) }
        }
        return min(1, max(0, sum))
    }

    private func binaryLogarithm(_ value: Double) -> Double { naturalLogarithm(value) / naturalLogarithm(2) }

    /// What is compared: values that came often enough, numbers of many values by their magnitude; in a fixed order.
    private func categories() -> [Pair] {
        var categories = [missing]
        if isNumeric, values.count > 32 || !bins.isEmpty {
            var coarse = Array(repeating: Pair(), count: 192)
            for (cell, pair) in values { coarse[FieldTally.coarse(cell.number)].add(pair) }
            for index in bins.indices where index >= FieldTally.textBins && bins[index].sum > 0 {
                coarse[FieldTally.coarse(FieldTally.middle(index - FieldTally.textBins))].add(bins[index])
            }
            return categories + coarse
        }
        var rare = Pair()
        let pairs = values.values.sorted { ($0.matching, $0.other) < ($1.matching, $1.other) } + bins
        for pair in pairs {
            if pair.sum < leastCount { rare.add(pair) } else { categories.append(pair) }
        }
        return categories + [rare]
    }

    private static func coarse(_ number: Double) -> Int {
        number < 0 ? NumberRange.size(number) : 96 + NumberRange.size(number)
    }

    /// The median of the numbers: exact, unless there were more values than are told apart.
    func median(ofMatches isMatch: Bool) -> Double? {
        var pairs = values.map { (value: $0.key.number, count: isMatch ? $0.value.matching : $0.value.other) }
        for index in bins.indices where index >= FieldTally.textBins {
            let count = isMatch ? bins[index].matching : bins[index].other
            if count > 0 { pairs.append((FieldTally.middle(index - FieldTally.textBins), count)) }
        }
        pairs.sort { $0.value < $1.value }
        let total = pairs.reduce(0) { $0 + $1.count }
        guard total > 0 else { return nil }
        func value(_ rank: Int) -> Double {
            var seen = 0
            for pair in pairs {
                seen += pair.count
                if seen > rank { return pair.value }
            }
            return 0
        }
        return total % 2 == 1 ? value(total / 2) : (value(total / 2 - 1) + value(total / 2)) / 2
    }

    /// The values whose share grows most where the condition holds, with both shares.
    func shifts(_ matching: Int, _ others: Int, _ text: CellText) -> String? {
        guard matching > 0, others > 0 else { return nil }
        var shares: [(name: String, after: Double, before: Double)] = []
        for (cell, pair) in values where pair.sum >= leastCount {
            shares.append(
                (
                    text.text(cell) ?? "", Double(pair.matching) / Double(matching),
                    Double(pair.other) / Double(others)
                )
            )
        }
        shares.sort { a, b in
            let (first, second) = (a.after - a.before, b.after - b.before)
            return first != second ? first > second : a.name < b.name
        }
        let grown = shares.prefix(3).filter { $0.after > $0.before }
        guard !grown.isEmpty else { return nil }
        func percent(_ share: Double) -> String { "\(CellText.render((share * 1000).rounded() / 10))%" }
        return grown.map { "\($0.name): \(percent($0.after)) instead of \(percent($0.before))" }
            .joined(separator: ", ")
    }
}
