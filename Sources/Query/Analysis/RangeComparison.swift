import Columns
import RoadblockCore

/// A range of time and an earlier one of the same length.
struct ComparedRanges {
    /// How far the earlier range lies behind.
    enum Shift: Hashable, Sendable {
        /// Right before.
        case length
        case day, week, month
        case by(Int64)
    }

    var present: ClosedRange<Int64>
    var past: ClosedRange<Int64>

    /// The ranges that `--start` and `--end` tell; `nil` where they do not.
    init?(_ settings: QuerySettings, _ shift: Shift) {
        guard let start = settings.start else { return nil }
        let end = settings.end ?? settings.now &* 1000
        guard start <= end else { return nil }
        present = start...end
        let (length, isOver) = end.subtractingReportingOverflow(start)
        guard !isOver, length < 1 << 46, start.magnitude < 1 << 46 else { return nil }
        let back: Int64 =
            switch shift {
            case .length: length + 1
            case .by(let milliseconds): milliseconds
            case .day: 86_400_000
            case .week: 7 * 86_400_000
            case .month: start - ComparedRanges.monthBefore(start)
            }
        past = (start - back)...(end - back)
    }

    /// The same day and time of the month before, or its last day where it is shorter.
    static func monthBefore(_ time: Int64) -> Int64 {
        guard let month = Period(PeriodSyntax(count: 1, unit: .month, span: .init(0, 0))) else { return time }
        let start = month.floor(time)
        let before = month.floor(start - 1)
        let last = start - 86_400_000 + (time - start) % 86_400_000
        return min(before + (time - start), last)
    }
}

/// `diff` and `logcompare`: how often patterns come in a range of time and in an earlier one.
final class ComparisonAnalysis: PatternAnalysis {
    private let shift: ComparedRanges.Shift
    /// The ranges that are compared; without them the data's own range is taken apart.
    private let ranges: ComparedRanges?
    private let time: Node
    private var times: CellColumn?
    private var buckets = TimeBuckets(shift: 0)
    private var timeless = 0

    private static let names = [
        "@pattern", "@sampleCount", "@differenceCount", "@differenceDescription", "@severityLabel",
    ]

    init(_ word: String, _ argument: Node, time: Node, _ shift: ComparedRanges.Shift, _ ranges: ComparedRanges?) {
        self.shift = shift
        self.time = time
        self.ranges = ranges
        let table = TemplateTable(slots: ranges == nil ? TimeBuckets.limit : 2)
        super.init(word, argument, columns: ComparisonAnalysis.names, table: table)
    }

    override func prepare(_ frame: Frame, _ rows: RowSelection) { times = time.evaluate(frame, rows) }

    override func slots(
        of row: Int,
        _ tokens: [MessageScanner.Token],
        _ bytes: borrowing Span<UInt8>
    ) -> (first: Int?, second: Int?)? {
        guard let cell = times?[row], cell.isTime else {
            timeless += 1
            return nil
        }
        let time = cell.milliseconds
        guard let ranges else { return (buckets.slot(time) { table.rearrange($0) }, nil) }
        // Ranges that overlap, as with a shift shorter than the range, count a message twice.
        let isPresent = ranges.present.contains(time)
        let isPast = ranges.past.contains(time)
        guard isPresent || isPast else { return nil }
        return (isPresent ? 0 : 1, isPresent && isPast ? 1 : nil)
    }

    override func merge(_ other: Analysis) {
        guard let other = other as? ComparisonAnalysis else { return }
        timeless += other.timeless
        if ranges == nil {
            TimeBuckets.align(&buckets, { table.rearrange($0) }, &other.buckets, { other.table.rearrange($0) })
        }
        super.merge(other)
    }

    override func result(_ settings: QuerySettings) throws(Failure) -> (rows: RowList, notes: [String]) {
        let (patterns, others) = PatternSearch.patterns(table)
        let split = try split()
        let pool = TextPool()
        var rows: [(difference: Int, text: String, cells: [Cell])] = []
        for pattern in patterns {
            let present = split.present.reduce(0) { $0 + Int(pattern.series[$1]) }
            let past = split.past.reduce(0) { $0 + Int(pattern.series[$1]) }
            guard present > 0 || past > 0 else { continue }
            let cells = [
                pool.keep(pattern.text), Cell(number: Double(present)), Cell(number: Double(present - past)),
                pool.keep(ComparisonAnalysis.description(present, past)),
                pool.keep(PatternAnalysis.severity(pattern.text)),
            ]
            rows.append((abs(present - past), pattern.text, cells))
        }
        rows.sort { $0.difference != $1.difference ? $0.difference > $1.difference : $0.text < $1.text }
        var notes = [split.note] + notes(others)
        if timeless > 0 { notes.append("\(timeless) messages have no time and are in neither range") }
        return (RowList(rows: rows.map(\.cells), values: CellText(pool)), notes)
    }

    /// How a number compares with an earlier one.
    static func description(_ present: Int, _ past: Int) -> String {
        if past == 0 { return "new" }
        if present == 0 { return "gone" }
        if present == past { return "same" }
        let percent = (Double(abs(present - past)) / Double(past) * 100).rounded()
        return "\(CellText.render(percent))% \(present > past ? "more" : "less")"
    }

    /// The slots of both ranges, and what they are.
    private func split() throws(Failure) -> (present: [Int], past: [Int], note: String) {
        if let ranges {
            let note = ComparisonAnalysis.note(word, ranges.present, ranges.past)
            return ([0], [1], note)
        }
        guard !buckets.isEmpty else { return ([], [], "`\(word)` found no message with a time") }
        let back = try shiftInBuckets()
        // Without a shift the newer half of the data is compared with the older one.
        let length = back ?? Int64(max(1, buckets.count / 2))
        let edge = buckets.high - length
        // The older half has the bucket more of an odd number: no message is in neither.
        let first = back == nil ? buckets.low : max(buckets.low, edge - length + 1)
        let last = max(edge + 1, buckets.low)
        func times(_ low: Int64, _ high: Int64) -> ClosedRange<Int64> {
            let start = low * buckets.milliseconds
            return start...max(start, (high + 1) * buckets.milliseconds - 1)
        }
        let present = Array(last...buckets.high)
        let past = edge >= first ? Array(first...edge) : []
        var note = ComparisonAnalysis.note(
            word,
            times(edge + 1, buckets.high),
            times(back == nil ? first : edge - length + 1, edge)
        )
        note += past.isEmpty ? "; the data is not that old" : "; without --start the data's own range is taken apart"
        return (present.map(TimeBuckets.slot), past.map(TimeBuckets.slot), note)
    }

    /// The shift in whole buckets.
    private func shiftInBuckets() throws(Failure) -> Int64? {
        let back: Int64
        switch shift {
        case .length: return nil
        case .day: back = 86_400_000
        case .week: back = 7 * 86_400_000
        case .month: back = buckets.latest - ComparedRanges.monthBefore(buckets.latest)
        case .by(let milliseconds): back = milliseconds
        }
        guard back >= buckets.milliseconds * 2 || buckets.count <= 2 else {
            throw Failure(
                .usage,
                "`\(word)` cannot look back so little in data from \(CellText.time(buckets.earliest)) "
                    + "to \(CellText.time(buckets.latest))",
                code: "range-needed",
                suggestion: "give the range with --start and --end"
            )
        }
        return max(1, back / buckets.milliseconds)
    }

    private static func note(_ word: String, _ present: ClosedRange<Int64>, _ past: ClosedRange<Int64>) -> String {
        func text(_ range: ClosedRange<Int64>) -> String {
            "\(CellText.time(range.lowerBound)) to \(CellText.time(range.upperBound))"
        }
        return "`\(word)` compares \(text(present)) with \(text(past))"
    }
}
