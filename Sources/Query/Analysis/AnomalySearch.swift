import Columns
import RoadblockCore

/// `pattern … | anomaly`: what is unusual about patterns over time.
final class AnomalyAnalysis: PatternAnalysis {
    private let time: Node
    private var times: CellColumn?
    private var buckets = TimeBuckets()

    private static let added = ["@anomalyType", "@priority", "@priorityScore", "@description"]

    init(_ argument: Node, time: Node) {
        self.time = time
        // The second half of the slots counts HTTP errors.
        let table = TemplateTable(slots: TimeBuckets.limit * 2, keepsNumbers: true)
        super.init("anomaly", argument, columns: PatternAnalysis.columns + AnomalyAnalysis.added, table: table)
    }

    override func prepare(_ frame: Frame, _ rows: RowSelection) { times = time.evaluate(frame, rows) }

    override func slots(
        of row: Int,
        _ tokens: [MessageScanner.Token],
        _ bytes: borrowing Span<UInt8>
    ) -> (first: Int?, second: Int?)? {
        guard let cell = times?[row], cell.isTime else { return (nil, nil) }
        let slot = buckets.slot(cell.milliseconds) { table.rearrange($0) }
        return (slot, ErrorStatus.isTold(tokens, bytes) ? TimeBuckets.limit + slot : nil)
    }

    override func merge(_ other: Analysis) {
        guard let other = other as? AnomalyAnalysis else { return }
        TimeBuckets.align(&buckets, { table.rearrange($0) }, &other.buckets, { other.table.rearrange($0) })
        super.merge(other)
    }

    override func result(_ settings: QuerySettings) throws(Failure) -> (rows: RowList, notes: [String]) {
        let (patterns, others) = PatternSearch.patterns(table)
        let pool = TextPool()
        var found: [(anomaly: Anomaly, pattern: MessagePattern)] = []
        let search = AnomalySearch(buckets)
        for pattern in patterns where pattern.text != PatternSearch.other {
            for anomaly in search.anomalies(of: pattern) { found.append((anomaly, pattern)) }
        }
        found.sort { a, b in
            if a.anomaly.strength != b.anomaly.strength { return a.anomaly.strength > b.anomaly.strength }
            if a.pattern.count != b.pattern.count { return a.pattern.count > b.pattern.count }
            return (a.pattern.text, a.anomaly.kind.rawValue) < (b.pattern.text, b.anomaly.kind.rawValue)
        }
        let rows = found.map { anomaly, pattern in
            PatternAnalysis.cells(pattern, of: table.count, pool) + [
                pool.keep(anomaly.kind.rawValue), pool.keep(anomaly.priority(pattern.text)),
                Cell(number: anomaly.score), pool.keep(anomaly.description),
            ]
        }
        var notes = [
            "`anomaly` compares each pattern with a trailing window by modified z-scores (Iglewicz and Hoaglin 1993);"
                + " CloudWatch's model is not published, and its rows differ"
        ]
        if !search.hasEnough {
            notes.append("`anomaly` needs messages of at least \(AnomalySearch.leastBuckets) seconds to compare")
        }
        return (RowList(rows: rows, values: CellText(pool)), notes + self.notes(others).dropFirst())
    }
}

/// What is unusual about a pattern.
struct Anomaly {
    /// The five kinds that CloudWatch documents.
    enum Kind: String {
        case frequency = "Pattern frequency"
        case new = "New pattern"
        case token = "Token variation"
        case number = "Numeric token"
        case status = "HTTP error code"
    }

    var kind: Kind
    /// As a z-score, from the limit on.
    var strength: Double
    var description: String

    /// From 0 at the limit to 1.
    var score: Double { ((1 - AnomalySearch.limit / max(strength, AnomalySearch.limit)) * 1000).rounded() / 1000 }

    func priority(_ text: String) -> String {
        let isError = kind == .status || PatternAnalysis.severity(text) == "ERROR"
        if strength >= 10 || isError && strength >= 5 { return "HIGH" }
        return strength >= 5 ? "MEDIUM" : "LOW"
    }
}

/// Looks for what is unusual in the counts of a pattern by time.
struct AnomalySearch {
    /// The modified z-score from which on a value is unusual (Iglewicz and Hoaglin 1993).
    static let limit = 3.5
    /// Buckets before the first that is judged, and those that one is compared with.
    static let leastBuckets = 8
    static let window = 24

    private let buckets: TimeBuckets
    /// The first bucket of the last quarter.
    private let recent: Int

    init(_ buckets: TimeBuckets) {
        self.buckets = buckets
        recent = buckets.count - buckets.count / 4
    }

    var hasEnough: Bool { buckets.count > AnomalySearch.leastBuckets }

    func anomalies(of pattern: MessagePattern) -> [Anomaly] {
        guard hasEnough else { return [] }
        let counts = counts(pattern.series, 0)
        var found: [Anomaly] = []
        if let new = new(counts) {
            found.append(new)
        } else if let (strength, bucket, usual) = unusual(counts) {
            found.append(
                Anomaly(
                    kind: .frequency,
                    strength: abs(strength),
                    description: "\(Int(counts[bucket])) messages \(span(bucket)), where \(text(usual)) are usual"
                )
            )
        }
        let errors = self.counts(pattern.series, TimeBuckets.limit)
        if let (strength, bucket, usual) = unusual(errors), strength > 0 {
            found.append(
                Anomaly(
                    kind: .status,
                    strength: strength,
                    description: "\(Int(errors[bucket])) HTTP errors \(span(bucket)), where \(text(usual)) are usual"
                )
            )
        }
        if let token = token(pattern) { found.append(token) }
        if let number = number(pattern) { found.append(number) }
        return found
    }

    /// The counts of one pattern, bucket by bucket.
    private func counts(_ series: [UInt32], _ start: Int) -> [Double] {
        (buckets.low...buckets.high).map { Double(series[start + TimeBuckets.slot($0)]) }
    }

    private func new(_ counts: [Double]) -> Anomaly? {
        guard let first = counts.firstIndex(where: { $0 > 0 }), first >= max(recent, AnomalySearch.leastBuckets) else {
            return nil
        }
        return Anomaly(kind: .new, strength: 6, description: "first seen \(span(first))")
    }

    /// The bucket that differs most from those before it, beyond the limit.
    private func unusual(_ counts: [Double]) -> (strength: Double, bucket: Int, usual: Double)? {
        var best: (strength: Double, bucket: Int, usual: Double)?
        for index in AnomalySearch.leastBuckets..<max(AnomalySearch.leastBuckets, counts.count) {
            let before = counts[max(0, index - AnomalySearch.window)..<index]
            let median = AnomalySearch.median(Array(before))
            let deviation = AnomalySearch.median(before.map { abs($0 - median) })
            // Counts vary by their square root even where they happen to have been the same.
            let scale = max(deviation / 0.6745, max(1, median).squareRoot())
            let strength = (counts[index] - median) / scale
            // The last bucket may not be full.
            if strength < 0, index == counts.count - 1 { continue }
            if abs(strength) > max(AnomalySearch.limit, abs(best?.strength ?? 0)) { best = (strength, index, median) }
        }
        return best
    }

    static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// A word whose share in the last quarter is another than before, by the test of two proportions.
    private func token(_ pattern: MessagePattern) -> Anomaly? {
        let edge = buckets.low + Int64(recent)
        let shares = pattern.members.map { member in
            (buckets.low...buckets.high).reduce(into: (early: 0.0, late: 0.0)) { sums, bucket in
                let count = Double(member.series[TimeBuckets.slot(bucket)])
                if bucket < edge { sums.early += count } else { sums.late += count }
            }
        }
        let early = shares.reduce(0) { $0 + $1.early }
        let late = shares.reduce(0) { $0 + $1.late }
        guard early >= 20, late >= 20 else { return nil }
        var best: (strength: Double, word: String, before: Double, after: Double)?
        for place in pattern.varying {
            var sums: [UInt64: (early: Double, late: Double, member: Int)] = [:]
            for (member, template) in pattern.members.enumerated() {
                let token = template.tokens[place]
                if token == Template.varies || MessageScanner.isTyped(token) { continue }
                var sum = sums[token] ?? (0, 0, member)
                sum.early += shares[member].early
                sum.late += shares[member].late
                sums[token] = sum
            }
            for sum in sums.values where sum.late >= 5 {
                let (before, after) = (sum.early / early, sum.late / late)
                let all = (sum.early + sum.late) / (early + late)
                guard after >= 2 * before, all < 1 else { continue }
                let strength = (after - before) / (all * (1 - all) * (1 / early + 1 / late)).squareRoot()
                guard strength > AnomalySearch.limit else { continue }
                let bytes = TemplateForm.word(pattern.members[sum.member].form, place)
                let word = String(decoding: bytes, as: UTF8.self)
                if let known = best, (known.strength, word) >= (strength, known.word) { continue }
                best = (strength, word, before, after)
            }
        }
        return best.map { best in
            Anomaly(
                kind: .token,
                strength: best.strength,
                description:
                    "`\(best.word)` is in \(percent(best.after)) of the last quarter, and was in \(percent(best.before))"
            )
        }
    }

    /// A number far above the others, by Tukey's outer fence (1977) over magnitudes.
    private func number(_ pattern: MessagePattern) -> Anomaly? {
        var best: Anomaly?
        for (place, range) in pattern.numbers.enumerated() where range.count >= 20 {
            let (low, high) = (range.quantile(0.25), range.quantile(0.75))
            let fence = high + 3 * max(high - low, 2)
            let excess = NumberRange.size(range.greatest) - fence
            guard excess > 0, range.greatest > 0 else { continue }
            let strength = AnomalySearch.limit + Double(excess)
            if let known = best, known.strength >= strength { continue }
            let ordinal = ["first", "second", "third"][min(place, 2)]
            best = Anomaly(
                kind: .number,
                strength: strength,
                description: "the \(ordinal) number reaches \(text(range.greatest)); three quarters are below "
                    + text(NumberRange.bound(high))
            )
        }
        return best
    }

    private func span(_ bucket: Int) -> String {
        let start = (buckets.low + Int64(bucket)) * buckets.milliseconds
        return "from \(CellText.time(start)) on (\(buckets.milliseconds / 1000) s)"
    }

    private func text(_ value: Double) -> String { CellText.render((value * 10).rounded() / 10) }
    private func percent(_ share: Double) -> String { "\(CellText.render((share * 100).rounded()))%" }
}

extension NumberRange {
    /// The value that everything of a size lies below.
    static func bound(_ size: Int) -> Double {
        var value = 0.0625
        for _ in 0..<(max(0, size) / 2) { value *= 2 }
        return size % 2 == 1 ? value * 2.0.squareRoot() : value
    }
}

/// HTTP statuses from 400 to 599 in messages.
enum ErrorStatus {
    /// True where such a number follows a word that announces a status, at most one token between them.
    static func isTold(_ tokens: [MessageScanner.Token], _ bytes: borrowing Span<UInt8>) -> Bool {
        for (index, token) in tokens.enumerated()
        where token.kind == .number && token.end - token.start == 3
            && (bytes[token.start] == UInt8(ascii: "4") || bytes[token.start] == UInt8(ascii: "5"))
        {
            for before in tokens[max(0, index - 2)..<index] where before.kind == .word {
                if announces(bytes, before) { return true }
            }
        }
        return false
    }

    private static func announces(_ bytes: borrowing Span<UInt8>, _ token: MessageScanner.Token) -> Bool {
        let word = String(decoding: (token.start..<token.end).map { bytes[$0] }, as: UTF8.self).lowercased()
        return word == "http" || word == "code" || word.contains("status") || word.contains("response")
    }
}
