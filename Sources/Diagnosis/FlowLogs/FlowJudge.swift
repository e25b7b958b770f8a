import Packets

/// What became of a conversation, as far as its flow records tell.
enum FlowFate: UInt8, Sendable {
    case accepted
    /// The request was refused.
    case rejected
    /// Only packets were refused that belong to no request: of a connection that was closed, or begun before the log.
    case stale
    /// The request was accepted and its answer was refused.
    case answerRejected
    /// An answer was refused; nothing is known of its request.
    case strayAnswerRejected
    /// SYNs were accepted and nothing came back.
    case unanswered
    /// The same, too close to the end of the log.
    case pending
    /// SYNs were accepted and resets came back.
    case refused
    /// SYNs and SYN-ACKs were repeated and nothing followed.
    case unacknowledged
    /// Of a load balancer's log: the target closed the connection, there was none, and the client closed first.
    case closed, noTarget, clientGone
}

/// Tells of one conversation who asked, and what became of it.
struct FlowJudge {
    let conversation: FlowConversation
    let rejects: RejectedPair?

    /// Seconds after the newest accepted packet in which refused ones count as late packets of a closed connection.
    static let lateness: UInt32 = 180
    /// The same for a packet or three: security groups forget an idle connection after 350 seconds.
    static let longLateness = FlowConversations.pairingTime

    private static let syn: UInt8 = 2
    private static let synACK: UInt8 = 18

    /// Ports that say nothing of who the server is, by themselves.
    static func isAmbiguous(_ key: FlowTuple) -> Bool {
        key.lowerPort != key.upperPort && key.lowerPort >= 1024 && key.upperPort >= 1024
            && !ServicePorts.isRegisteredService(key.lowerPort) && !ServicePorts.isRegisteredService(key.upperPort)
    }

    /// True when the lower end asked: by flags, else by ports, else by which direction was accepted or came first.
    ///
    /// `roles` tells from what else its ends do, where there are no flags.
    func lowerAsked(roles: (FlowTuple) -> Bool?) -> Bool {
        let key = conversation.key
        if conversation.asker != .untold { return conversation.asker == .lower }
        if key.protocolNumber == IPProtocol.tcp {
            let forward = conversation.forward.flags | (rejects?.forward.flags ?? 0)
            let backward = conversation.backward.flags | (rejects?.backward.flags ?? 0)
            if forward & 16 != 0, backward & 16 == 0 { return false }
            if backward & 16 != 0, forward & 16 == 0 { return true }
            if forward & Self.syn != 0, backward & Self.syn == 0 { return true }
            if backward & Self.syn != 0, forward & Self.syn == 0 { return false }
        }
        let isUnclear = FlowJudge.isUnclear(key)
        if isUnclear, let first = onlyAccepted { return first }
        if key.lowerPort != key.upperPort {
            // A format without one of the ports: the other one is the service's.
            if key.lowerPort == 0 { return true }
            if key.upperPort == 0 { return false }
            if let told = roles(key) { return told }
            return ServicePorts.isServer(key.upperPort, other: key.lowerPort)
        }
        let (forward, backward) = (conversation.forward, conversation.backward)
        if forward.exists || backward.exists { return forward.first <= backward.first }
        return (rejects?.forward.first ?? .max) <= (rejects?.backward.first ?? .max)
    }

    /// Ports of which neither, or both, are a service's.
    static func isUnclear(_ key: FlowTuple) -> Bool {
        key.lowerPort != key.upperPort
            && ServicePorts.isRegisteredService(key.lowerPort) == ServicePorts.isRegisteredService(key.upperPort)
    }

    /// Whether the lower end sent first, where one direction was accepted and only then the other one refused.
    private var onlyAccepted: Bool? {
        guard let rejects else { return nil }
        let (forward, backward) = (conversation.forward, conversation.backward)
        if forward.exists, !backward.exists, !rejects.forward.exists, forward.first <= rejects.backward.first {
            return true
        }
        if backward.exists, !forward.exists, !rejects.backward.exists, backward.first <= rejects.forward.first {
            return false
        }
        return nil
    }

    /// Which of the ends' packets were refused.
    var refusal: PortRoles.Refusal {
        guard let rejects else { return .none }
        if conversation.forward.exists || conversation.backward.exists { return .beside }
        return rejects.forward.exists && rejects.backward.exists ? .beside : .only(lowerSent: rejects.forward.exists)
    }

    /// What became of the conversation when the lower end asked, or did not.
    func fate(lowerAsked: Bool) -> FlowFate {
        let request = lowerAsked ? conversation.forward : conversation.backward
        let answer = lowerAsked ? conversation.backward : conversation.forward
        guard let rejects else { return acceptedFate(request, answer) }
        let refused = lowerAsked ? rejects.forward : rejects.backward
        let refusedAnswer = lowerAsked ? rejects.backward : rejects.forward
        // A firewall's word on a connection holds, whatever else was let through of it.
        if refused.exists, conversation.asker != .untold, !refused.marks.areKnown { return .rejected }
        let isStale = { (way: RejectedWay) in self.isStale(way, request, answer) }
        if refused.exists, !isLate(refused, request, answer, isAnswer: false), !isStale(refused) { return .rejected }
        if refusedAnswer.exists, !isLate(refusedAnswer, request, answer, isAnswer: true), !isStale(refusedAnswer) {
            return request.exists ? .answerRejected : .strayAnswerRejected
        }
        if isStale(refused.exists ? refused : refusedAnswer) { return .stale }
        return acceptedFate(request, answer)
    }

    /// True for refused packets of a connection that was accepted and is over.
    private func isLate(
        _ refused: RejectedWay,
        _ request: AcceptedWay,
        _ answer: AcceptedWay,
        isAnswer: Bool
    ) -> Bool {
        guard request.exists || answer.exists else { return false }
        let isTCP = conversation.key.protocolNumber == IPProtocol.tcp
        if isTCP, refused.marks.areKnown {
            return refused.flags & Self.syn == 0 && !isCutOff(refused, request, answer)
        }
        if refused.marks.contains(.hasRequest) || refused.flags & Self.synACK == Self.synACK { return false }
        // Without flags: the way was open at this very interface, and little was refused after that. SYNs by their size are
        // the begin of another connection; packets that go on and on, and are larger, one that is cut off.
        if isTCP, !isAnswer, refused.isAllSYNs { return false }
        let wasOpen =
            isAnswer
            ? answer.isAccepted(at: refused.interface)
            : isTCP && (request.isAccepted(at: refused.interface) || answer.exists && answer.first <= refused.first)
        let end = max(request.end, answer.end)
        // Sizes tell more only of one connection: without its ports many are one.
        let key = conversation.key
        let isOne = isTCP && key.lowerPort != 0 && key.upperPort != 0 && !refused.marks.contains(.hasNoSize)
        guard wasOpen, refused.records <= 3 || isOne && !isCut(refused, end) else { return false }
        guard refused.last > end else { return true }
        return refused.last - end <= (isTCP ? Self.longLateness : Self.lateness)
    }

    /// True for packets with data that are refused from shortly after the last accepted one on, for minutes.
    private func isCut(_ refused: RejectedWay, _ end: UInt32) -> Bool {
        refused.marks.contains(.hasLarge) && refused.last - refused.first >= Self.lateness
            && refused.first <= end &+ Self.lateness
    }

    /// True for the packets of a connection that went on in both directions, was not closed, and is refused from one
    /// window to the next for minutes.
    private func isCutOff(_ refused: RejectedWay, _ request: AcceptedWay, _ answer: AcceptedWay) -> Bool {
        let end = max(request.end, answer.end)
        return request.exists && answer.exists && (request.flags | answer.flags) & 5 == 0 && refused.records > 3
            && refused.last - refused.first >= Self.lateness && refused.first <= end &+ Self.lateness
    }

    /// True for refused TCP packets without a SYN, of a connection of which nothing was accepted.
    private func isStale(_ refused: RejectedWay, _ request: AcceptedWay, _ answer: AcceptedWay) -> Bool {
        conversation.key.protocolNumber == IPProtocol.tcp && refused.exists && refused.marks.areKnown
            && refused.flags & Self.syn == 0 && !request.exists && !answer.exists
    }

    /// What the flags say of a conversation of which nothing was refused.
    private func acceptedFate(_ request: AcceptedWay, _ answer: AcceptedWay) -> FlowFate {
        if looksUnanswered(request), !answer.exists { return .unanswered }
        // A SYN's record with more than SYNs in it: the connection was made.
        guard conversation.key.protocolNumber == IPProtocol.tcp, request.exists, request.isSYNSized,
            request.flags == Self.syn, request.marks.isDisjoint(with: [.unknown, .hasOther])
        else { return .accepted }
        guard answer.exists else { return .unanswered }
        guard answer.marks.areKnown else { return .accepted }
        if answer.flags & ~4 == 0, answer.flags != 0 { return .refused }
        if answer.flags == Self.synACK, !answer.marks.contains(.hasOther), isRepeatedHandshake(request),
            isRepeatedHandshake(answer)
        {
            return .unacknowledged
        }
        return .accepted
    }

    /// Without flags: all packets as small as a SYN; a lone one not so small that it may be the end of a connection.
    private func looksUnanswered(_ request: AcceptedWay) -> Bool {
        guard conversation.key.protocolNumber == IPProtocol.tcp, !request.marks.contains(.known) else { return false }
        return switch request.shape(isIPv6: conversation.key.isIPv6) {
        case .synSized: true
        case .small: request.packets >= 2
        case .other, .unknown: false
        }
    }

    /// Three packets and more, all as small as a SYN.
    private func isRepeatedHandshake(_ way: AcceptedWay) -> Bool {
        let shape = way.shape(isIPv6: conversation.key.isIPv6)
        return way.packets >= 3 && (shape == .synSized || shape == .small)
    }
}
