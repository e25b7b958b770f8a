import Columns
import RoadblockCore

/// `count_distinct`, `values` and `topk`, exactly; of those with the same argument the first keeps the values.
final class DistinctAggregate: Aggregate {
    enum Kind {
        case count
        case values
        case top(Int)

        var isCount: Bool { if case .count = self { true } else { false } }
    }

    private let kind: Kind
    private let values: DistinctValues
    private let isOwner: Bool

    init(_ kind: Kind, _ values: DistinctValues, isOwner: Bool) {
        self.kind = kind
        self.values = values
        self.isOwner = isOwner
        if !kind.isCount { values.isListed = true }
    }

    override var byteCount: Int { isOwner ? values.byteCount : 0 }
    override var held: Int { isOwner ? values.held : 0 }

    override func grow(to groups: Int) { if isOwner { values.grow(to: groups) } }

    override func add(
        _ frame: Frame,
        _ rows: RowSelection,
        _ groups: [Int32],
        _ firstOrdinal: UInt64
    ) throws(Failure) {
        if isOwner { try values.add(frame, rows, groups) }
    }

    override func merge(_ other: Aggregate, _ map: [Int32], _ frame: Frame, _ otherFrame: Frame) {
        if isOwner, let other = other as? DistinctAggregate { values.merge(other.values, map, frame, otherFrame) }
    }

    override func complete(_ frame: Frame) throws(Failure) { if isOwner { try values.complete(frame) } }

    override func result(_ group: Int, _ frame: Frame) -> Cell {
        switch kind {
        case .count: Cell(number: Double(values.count(of: group)))
        case .values: values.list(of: group, mostFrequent: nil, frame)
        case .top(let count): values.list(of: group, mostFrequent: count, frame)
        }
    }
}
