/// The one word that answers "is it blocked?".
package enum Verdict: String, CaseIterable, Sendable {
    case dropped, refused, prohibited, unreachable
    case returnBlocked = "return-blocked"
    case reset, stalled, rejected, scan, lossy, open, undecided

    /// True when the traffic does not get what it asks for.
    package var isBlocked: Bool {
        switch self {
        case .dropped, .refused, .prohibited, .unreachable, .returnBlocked, .reset, .stalled, .rejected: true
        case .scan, .lossy, .open, .undecided: false
        }
    }
}

/// How sure a verdict is.
package enum Confidence: String, Comparable, Sendable {
    /// One feature that has innocent explanations.
    case weak
    case likely
    /// No innocent explanation in this capture.
    case strong
    /// A device said so in a packet.
    case certain

    private var rank: Int {
        switch self {
        case .weak: 0
        case .likely: 1
        case .strong: 2
        case .certain: 3
        }
    }

    package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}

/// The finer name of what happened: the verdict catalogue.
package enum Detail: String, CaseIterable, Sendable {
    case unansweredSYN = "unanswered-syn"
    case arpUnanswered = "arp-unanswered"
    case unansweredRequest = "unanswered-request"
    case refusedRST = "refused-rst"
    case refusedByHost = "refused-by-host"
    case refusedByMiddlebox = "refused-by-middlebox"
    case udpPortClosed = "udp-port-closed"
    case icmpAdminProhibited = "icmp-admin-prohibited"
    case icmpNetUnreachable = "icmp-net-unreachable"
    case icmpHostUnreachable = "icmp-host-unreachable"
    case icmpProtoUnreachable = "icmp-proto-unreachable"
    case icmpPortUnreachable = "icmp-port-unreachable"
    case icmpTTLExceeded = "icmp-ttl-exceeded"
    case noRoute = "no-route"
    case returnPathBlocked = "return-path-blocked"
    case synACKNeverAcked = "synack-never-acked"
    case resetAfterClientHello = "reset-after-client-hello"
    case resetByMiddlebox = "reset-by-middlebox"
    case resetByServer = "reset-by-server"
    case resetByClient = "reset-by-client"
    case idleSessionDropped = "idle-session-dropped"
    case dataNeverAcked = "data-never-acked"
    case sniDrop = "sni-drop"
    case httpDrop = "http-drop"
    case firstDataDrop = "first-data-drop"
    case pmtuBlackHole = "pmtu-black-hole"
    case fragmentFiltered = "fragment-filtered"
    case establishedAfterLoss = "established-after-loss"
    case halfOpenPeer = "half-open-peer"
    case synWithDataDropped = "syn-with-data-dropped"
    case ecnBlocked = "ecn-blocked"
    case rejected
    /// The answer was refused, and nothing is known of its request.
    case answerRejected = "answer-rejected"
    case scan
    case oneWayClient = "one-way-client"
    case oneWayServer = "one-way-server"
    case midstream
    case clientAbortedBeforeAnswer = "client-aborted-before-answer"
    case pending
    case backscatter
    case establishedNormal = "established-normal"
    case establishedOpen = "established-open"
    case probeOpenPort = "probe-open-port"
    case receiverStalled = "receiver-stalled"
    case closeNeverAcked = "close-never-acked"
    case optionStripped = "option-stripped"
    case pmtuReduced = "pmtu-reduced"

    /// The verdict that a detail belongs to; the two that depend on more than the detail are settled by their judges:
    /// `icmp-port-unreachable` (of a reject rule: `prohibited`) and `midstream` (both ways: `open`).
    package var verdict: Verdict {
        switch self {
        case .unansweredSYN, .arpUnanswered, .unansweredRequest: .dropped
        case .refusedRST, .refusedByHost, .refusedByMiddlebox, .udpPortClosed: .refused
        case .icmpAdminProhibited: .prohibited
        case .icmpNetUnreachable, .icmpHostUnreachable, .icmpProtoUnreachable, .icmpPortUnreachable, .icmpTTLExceeded,
            .noRoute:
            .unreachable
        case .returnPathBlocked, .synACKNeverAcked: .returnBlocked
        case .resetAfterClientHello, .resetByMiddlebox, .resetByServer, .resetByClient, .idleSessionDropped: .reset
        case .dataNeverAcked, .sniDrop, .httpDrop, .firstDataDrop, .pmtuBlackHole, .fragmentFiltered: .stalled
        case .establishedAfterLoss, .halfOpenPeer, .synWithDataDropped, .ecnBlocked: .lossy
        case .rejected, .answerRejected: .rejected
        case .scan: .scan
        case .oneWayClient, .oneWayServer, .midstream, .clientAbortedBeforeAnswer, .pending, .backscatter: .undecided
        case .establishedNormal, .establishedOpen, .probeOpenPort, .receiverStalled, .closeNeverAcked,
            .optionStripped, .pmtuReduced:
            .open
        }
    }
}

/// What a judge says of one conversation.
package struct Judgement: Hashable, Sendable {
    package var verdict: Verdict
    package var detail: Detail
    package var confidence: Confidence

    package init(_ detail: Detail, _ confidence: Confidence, verdict: Verdict? = nil) {
        self.verdict = verdict ?? detail.verdict
        self.detail = detail
        self.confidence = confidence
    }
}
