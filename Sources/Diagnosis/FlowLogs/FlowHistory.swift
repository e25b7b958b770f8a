/// What was accepted of an asker at a service, beside what was refused.
enum FlowHistory: Sendable {
    case never
    /// Accepted until a time, refused since.
    case until(UInt32)
    /// Connections that began before a time went on until another; new ones are refused since.
    case newConnectionsUntil(UInt32, wentOnUntil: UInt32)
    /// Accepted before the first and again after the last refusal.
    case interrupted(before: UInt32, again: UInt32)
    /// Refused at first, accepted since.
    case since(UInt32)
    /// Accepted and refused by turns.
    case mixed(conversations: Int)

    init(_ group: FlowGroup, _ accepted: AcceptedService?) {
        // Times of flow logs are up to a minute off (Amazon VPC User Guide, "Flow log records").
        let slack: UInt32 = group.isBalanced ? 0 : 60
        guard let accepted else {
            self = .never
            return
        }
        if accepted.active <= group.first &+ slack {
            self = .until(min(accepted.active, group.first))
        } else if accepted.first &+ slack >= group.last {
            self = .since(max(accepted.first, group.last))
        } else if accepted.gapStart <= group.first &+ slack, accepted.gapEnd &+ slack >= group.last,
            accepted.gapEnd > 0
        {
            self = .interrupted(
                before: min(accepted.gapStart, group.first),
                again: max(accepted.gapEnd, group.last)
            )
        } else if accepted.last <= group.first &+ slack {
            self = .newConnectionsUntil(min(accepted.last, group.first), wentOnUntil: accepted.active)
        } else {
            self = .mixed(conversations: Int(accepted.conversations))
        }
    }

    /// True where something changed and stayed so.
    var isChange: Bool {
        switch self {
        case .until, .newConnectionsUntil: true
        default: false
        }
    }

    /// What the newest accepted record is, for who reads the evidence.
    var acceptedText: String {
        if isChange { return "ACCEPT, the last one" }
        return isOver ? "ACCEPT, again" : "ACCEPT of the same service"
    }

    /// True where it works again.
    var isOver: Bool {
        switch self {
        case .interrupted, .since: true
        default: false
        }
    }
}
