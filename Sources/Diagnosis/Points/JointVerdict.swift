import Packets
import RoadblockCore

/// What several capture points together say of one conversation.
struct JointVerdict: Hashable, Sendable {
    /// Where packets were lost, by ordinals of the sightings in the order from client to server.
    struct Loss: Hashable, Sendable {
        var last: Int
        /// `nil` where it lies outside of all points.
        var missing: Int?
        var isReply: Bool
    }

    /// `nil` for traffic that no verdict fits.
    var judgement: Judgement?
    var loss: Loss?
    /// The place of the loss where the next point is not among the sightings.
    var outside: Finding.LostBetween?
    /// The sighting that shows it best.
    var best = 0
    /// The sighting that shows it by what it lacks, where nothing was lost.
    var witness: Int?

    /// The verdict of the sighting whose own says most: blocked before lossy before open before undecided.
    static func strongest(_ judgements: [Judgement?]) -> JointVerdict {
        func weight(_ judgement: Judgement?) -> Int {
            guard let judgement else { return 0 }
            if judgement.verdict.isBlocked { return 4 }
            return switch judgement.verdict {
            case .lossy, .scan: 3
            case .open: 2
            default: 1
            }
        }
        var best = 0
        for (index, judgement) in judgements.enumerated().dropFirst() {
            let difference = weight(judgement) - weight(judgements[best])
            let isSurer = difference == 0 && (judgement?.confidence ?? .weak) > (judgements[best]?.confidence ?? .weak)
            if difference > 0 || isSurer { best = index }
        }
        return JointVerdict(judgement: judgements.isEmpty ? nil : judgements[best], best: best)
    }

    /// The request was seen by all up to a point, and then no more.
    static func request(_ judgement: Judgement?, lostBehind last: Int, before missing: Int? = nil, best: Int = 0)
        -> Self
    {
        Self(judgement: judgement, loss: Loss(last: last, missing: missing, isReply: false), best: best)
    }

    /// The answer left a point and did not come to the one before it.
    static func reply(_ judgement: Judgement?, lostBehind last: Int, best: Int = 0) -> Self {
        Self(judgement: judgement, loss: Loss(last: last, missing: last - 1, isReply: true), best: best)
    }

    /// What an error about a request tells, by the points that saw it; `nil` where its place does not show.
    ///
    /// A device behind all points, which rejects the request, loses it. An error of the target itself is an answer: it is
    /// lost, if it is, on its way back.
    static func error(_ judgement: Judgement?, _ errors: [ICMPAnswer], targets: [IPAddress]) -> Self? {
        guard let first = errors.firstIndex(where: \.exists), let last = errors.lastIndex(where: \.exists) else {
            return nil
        }
        if zip(errors, targets).contains(where: { $0.exists && $0.sender == $1 }) {
            return first > 0
                ? .reply(judgement, lostBehind: first, best: first) : Self(judgement: judgement, best: first)
        }
        return last == errors.count - 1 ? .request(judgement, lostBehind: last, best: first) : nil
    }
}
