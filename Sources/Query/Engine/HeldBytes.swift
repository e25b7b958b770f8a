import RoadblockCore
import Synchronization

/// Counts the bytes that the aggregates of all workers of a query hold for values, of which there may be so many.
final class HeldBytes: Sendable {
    /// Bytes for all of them together: more is refused, so that memory stays bounded.
    private let limit: Int
    private let count = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// Counts that a holder's bytes changed.
    ///
    /// - Throws: `Failure` where there are more than the limit.
    func change(by bytes: Int) throws(Failure) {
        let (_, all) = count.add(bytes, ordering: .relaxed)
        guard bytes > 0, all > limit else { return }
        throw Failure(
            .usage,
            "the aggregates hold more values than fit into \(limit >> 20) MiB",
            code: "too-many-values",
            suggestion: "filter first, ask for fewer of them, or for parts of the time range"
        )
    }

    /// Counts that a holder is gone.
    func release(_ bytes: Int) { count.subtract(bytes, ordering: .relaxed) }
}
