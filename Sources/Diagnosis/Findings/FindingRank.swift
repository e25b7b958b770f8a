/// Where a finding stands in a report: the operator's own before noise, blocked before scans, losses and the undecided, then
/// by attempts, confidence and time; ends tell the rest apart, so that two runs print the same.
struct FindingRank: Comparable {
    var judgement: Judgement
    var isNoise: Bool
    var attempts: Int
    /// When it began, in one unit for all.
    var first: Int64
    /// Numbers that stand for both ends.
    var ends: (UInt64, UInt64, UInt64, UInt64, UInt64)

    private var rank: Int { judgement.rank(isNoise: isNoise) }

    static func == (a: Self, b: Self) -> Bool { !(a < b) && !(b < a) }

    static func < (a: Self, b: Self) -> Bool {
        if a.rank != b.rank { return a.rank < b.rank }
        if a.attempts != b.attempts { return a.attempts > b.attempts }
        if a.judgement.confidence != b.judgement.confidence { return a.judgement.confidence > b.judgement.confidence }
        if a.first != b.first { return a.first < b.first }
        return a.ends < b.ends
    }
}

extension Judgement {
    /// Where findings of this verdict stand in the report: smaller first.
    fileprivate func rank(isNoise: Bool) -> Int {
        let kind =
            switch verdict {
            case .scan: 1
            case .lossy: 2
            case .undecided: 3
            case .open: 4
            default: 0
            }
        return isNoise ? kind + 10 : kind
    }
}
