import Packets

/// What was learnt of conversations that have ended: what was accepted, and what was not.
struct FlowLedger: ~Copyable {
    /// Groups that are kept apart; of these, at most so many of askers outside.
    static let groupLimit = 500_000
    static let outsideLimit = 400_000

    var book = AddressBook()
    var interfaces = InterfaceFacts()
    private(set) var services = AcceptedServices()
    private(set) var groups = TupleTable<FlowGroup>()
    private var roles = PortRoles()
    private var rates = TupleTable<AskerRate>()
    private let includesOpen: Bool

    private(set) var conversations = 0
    private(set) var healthy = 0
    /// Conversations of which one direction was recorded when room was needed before their time was over.
    private(set) var cutShort = 0
    /// Conversations of which one direction was recorded when their time was over.
    private(set) var unpaired = 0
    /// Conversations beyond the limits of groups, of askers outside and inside.
    private(set) var outsideOverflow = 0
    private(set) var insideOverflow = 0
    private var outsideGroups = 0
    /// Conversations that were answered, and that prove answers which the log lacks.
    private(set) var answered = 0
    private(set) var missingAnswers = 0
    /// The same for requests.
    private(set) var missingRequests = 0
    /// Healthy TCP conversations of which one direction was recorded.
    private(set) var oneDirection = 0
    /// The newest end of a record, and the longest window.
    var newestEnd: UInt32 = 0
    var oldestStart = UInt32.max
    var longestWindow: UInt32 = 0

    private static let rateLimit = 100_000

    /// With `includesOpen`, accepted conversations become groups too.
    init(includesOpen: Bool) { self.includesOpen = includesOpen }

    /// Seconds that a window of this log lasts.
    var window: UInt32 { longestWindow > 60 ? 600 : 60 }

    /// Learns of a conversation without flags of which something is refused, when it begins.
    mutating func noteRefused(_ key: FlowTuple, lowerSent: Bool) {
        roles.noteRefused(key, lowerSent: lowerSent) { AddressSide.isInside(self.book.address($0)) }
    }

    /// Learns of a conversation of which something is accepted, when it begins.
    @inline(__always)
    mutating func noteAccepted(_ key: FlowTuple) {
        if FlowJudge.isUnclear(key) { roles.noteAccepted(key) }
    }

    /// True for a log of which only one direction was recorded.
    var isOneSided: Bool { answered == 0 && missingAnswers + missingRequests > 0 }

    /// Takes a conversation that has ended.
    mutating func take(_ conversation: FlowConversation, _ rejects: RejectedPair?, _ ending: FlowEnding) {
        let judge = FlowJudge(conversation: conversation, rejects: rejects)
        let key = conversation.key
        let lowerAsked = judge.lowerAsked { key in
            self.roles.lowerAsked(key, judge.refusal) { AddressSide.isInside(self.book.address($0)) }
        }
        var fate = judge.fate(lowerAsked: lowerAsked)
        conversations += 1
        let request = lowerAsked ? conversation.forward : conversation.backward
        let answer = lowerAsked ? conversation.backward : conversation.forward
        let service =
            lowerAsked
            ? FlowTuple.service(key.lower, key.upper, key.upperPort, key.protocolNumber)
            : FlowTuple.service(key.upper, key.lower, key.lowerPort, key.protocolNumber)
        // What a firewall says of a connection does not wait for more records.
        let isTold = conversation.asker != .untold
        if ending == .early, !isTold, request.exists != answer.exists || fate == .unanswered {
            cutShort += 1
            if fate == .unanswered || fate == .unacknowledged { return }
        }
        if ending == .ended, rejects == nil, !isTold, request.exists != answer.exists { unpaired += 1 }
        if ending == .atEnd, !isTold, fate == .unanswered || fate == .unacknowledged || fate == .refused {
            let isLast = UInt64(max(request.end, answer.end)) + UInt64(window) > UInt64(newestEnd)
            // A SYN that came again in a later window was not answered in the one before.
            let wasRepeated = request.mostRecords > 1 && request.last > request.first
            // More than SYNs: the answer that let the data flow is in a record to come.
            if isLast, fate == .unanswered, !wasRepeated {
                fate = request.isSYNSized ? .pending : .accepted
            }
            if isLast, fate == .unacknowledged { fate = .accepted }
        }
        // The end of a connection that began before the log looks like SYNs that nobody answers.
        if fate == .unanswered, !request.marks.contains(.known), request.first < oldestStart &+ window,
            request.shape(isIPv6: key.isIPv6) == .small
        {
            fate = .accepted
        }
        if !isTold || answer.exists { weigh(fate, request, answer) }
        if let accepted = acceptance(fate, request, answer, rejects, lowerAsked) {
            services.note(service, accepted.begin, until: accepted.end, book)
        }
        if fate == .accepted {
            healthy += 1
            if key.protocolNumber == IPProtocol.tcp, request.exists != answer.exists { oneDirection += 1 }
            guard includesOpen else { return }
        }
        let sourcePort = lowerAsked ? key.lowerPort : key.upperPort
        guard let place = group(service.with(kind: fate.rawValue)) else { return }
        if groups[place].firewall == nil { groups[place].firewall = conversation.firewall }
        add(place, fate, request, answer, rejects, lowerAsked, sourcePort)
    }

    /// Takes a request to a load balancer, which its log judges by itself.
    mutating func take(_ request: BalancedRequest) {
        conversations += 1
        if request.fate == .accepted {
            healthy += 1
            guard let key = request.key else { return }
            services.note(key.with(kind: 0), request.proof, until: request.proof.time, book)
            guard includesOpen else { return }
        }
        guard let key = request.key, let place = group(key.with(kind: request.fate.rawValue)) else { return }
        groups[place].add(request)
    }

    /// Counts what shows whether the log holds both directions.
    private mutating func weigh(_ fate: FlowFate, _ request: AcceptedWay, _ answer: AcceptedWay) {
        if request.exists, answer.exists {
            answered += 1
        } else if request.marks.contains(.hasRequest), request.flags & 1 != 0 || request.marks.contains(.hasOther) {
            // More than a SYN: the connection was there, and so were its answers.
            missingAnswers += 1
        } else if request.marks.contains(.hasRequest), !request.isSYNSized {
            missingAnswers += 1
        } else if answer.exists, answer.flags & 18 == 18 {
            missingRequests += 1
        }
    }

    /// When a request was accepted and worked, where that is so.
    private func acceptance(
        _ fate: FlowFate,
        _ request: AcceptedWay,
        _ answer: AcceptedWay,
        _ rejects: RejectedPair?,
        _ lowerAsked: Bool
    ) -> (begin: FlowProof, end: UInt32)? {
        switch fate {
        case .accepted:
            let first = request.first <= answer.first ? request.proof : answer.proof
            return (first, max(request.last, answer.last))
        case .rejected:
            // The way was open at the same place before; another device on the way proves nothing.
            guard let refused = lowerAsked ? rejects?.forward : rejects?.backward, request.exists else { return nil }
            let hasFirewall = refused.sites.haveFirewall || request.firewall != nil
            guard refused.sites.contains(deviceOf: request) || answer.exists && !hasFirewall else { return nil }
            return (request.proof, request.last)
        case .answerRejected:
            guard let refused = lowerAsked ? rejects?.backward : rejects?.forward,
                answer.isAccepted(at: refused.interface)
            else { return nil }
            return (answer.proof, answer.last)
        default: return nil
        }
    }

    private mutating func group(_ key: FlowTuple) -> Int? {
        if let index = groups.index(of: key) { return index }
        let isOutside = !AddressSide.isInside(book.address(key.lower))
        if isOutside ? outsideGroups >= Self.outsideLimit : groups.count >= Self.groupLimit {
            if isOutside { outsideOverflow += 1 } else { insideOverflow += 1 }
            return nil
        }
        if isOutside { outsideGroups += 1 }
        return groups.append(FlowGroup(key))
    }

    private mutating func add(
        _ place: Int,
        _ fate: FlowFate,
        _ request: AcceptedWay,
        _ answer: AcceptedWay,
        _ rejects: RejectedPair?,
        _ lowerAsked: Bool,
        _ sourcePort: UInt16
    ) {
        let refused = (lowerAsked ? rejects?.forward : rejects?.backward) ?? RejectedWay()
        let refusedAnswer = (lowerAsked ? rejects?.backward : rejects?.forward) ?? RejectedWay()
        switch fate {
        case .rejected:
            groups[place].add(refused, port: sourcePort)
            noteRate(of: groups[place].key.lower, refused.counted.records, from: refused.first, to: refused.last)
            if request.exists, !groups[place].acceptedProof.exists {
                groups[place].acceptedProof = request.proof
                groups[place].notePassage(of: request)
            }
        case .stale:
            groups[place].add(refused.exists ? refused : refusedAnswer, port: sourcePort)
            if !refused.exists { groups[place].marks.insert(.fromServer) }
        case .strayAnswerRejected: groups[place].add(refusedAnswer, port: sourcePort)
        case .answerRejected:
            if answer.exists, answer.isAccepted(at: refusedAnswer.interface) {
                groups[place].add(refusedAnswer, port: sourcePort)
            } else {
                let (first, last) = (min(request.first, refusedAnswer.first), max(request.last, refusedAnswer.last))
                groups[place].add(request, first, last, port: sourcePort)
                groups[place].prove(refusedAnswer)
            }
            if !groups[place].acceptedProof.exists { groups[place].acceptedProof = request.proof }
        case .unanswered, .pending, .unacknowledged, .refused, .accepted, .closed, .noTarget, .clientGone:
            let asked = request.exists ? request : answer
            groups[place].add(asked, asked.first, asked.last, port: sourcePort)
            groups[place].prove(asked.proof, asked.lastProof)
            groups[place].interface = asked.interface
            if fate != .accepted {
                noteRate(of: groups[place].key.lower, asked.mostRecords, from: asked.first, to: asked.last)
            }
            if asked.otherInterface != 0 { groups[place].otherInterface = asked.otherInterface }
            if fate != .accepted, answer.exists, !groups[place].acceptedProof.exists {
                groups[place].acceptedProof = answer.proof
            }
            guard fate == .unanswered || fate == .pending else { return }
            if !asked.marks.contains(.known) { groups[place].marks.insert(.withoutFlags) }
            let hasGap =
                interfaces.hasGap(at: asked.interface, asked.first, asked.end)
                || interfaces.hasGap(at: asked.otherInterface, asked.first, asked.end)
            groups[place].marks.insert(hasGap ? .inGap : .outsideGap)
        }
    }

    private mutating func noteRate(of asker: UInt64, _ records: UInt32, from first: UInt32, to last: UInt32) {
        let key = FlowTuple.service(asker, 0, 0, 0)
        guard
            let index = rates.index(of: key) ?? (rates.count < Self.rateLimit ? rates.append(AskerRate(key: key)) : nil)
        else { return }
        rates[index].minutes.add(records, from: first, to: last)
    }

    /// Records of an asker's attempts that failed, in its busiest minute.
    func peak(of asker: UInt64) -> UInt32 {
        rates.index(of: FlowTuple.service(asker, 0, 0, 0)).map { rates[$0].minutes.most } ?? 0
    }

    /// Gives the groups away, so that they are in memory only once.
    mutating func takeGroups() -> TupleTable<FlowGroup> {
        var taken = TupleTable<FlowGroup>()
        swap(&taken, &groups)
        return taken
    }
}

extension FlowGroup {
    /// Counts what was refused of one conversation.
    mutating func add(_ refused: RejectedWay, port: UInt16) {
        let counted = refused.counted
        add(
            refused.first,
            refused.last,
            records: counted.records,
            packets: counted.packets,
            bytes: counted.bytes,
            port: port
        )
        prove(refused)
    }

    mutating func prove(_ refused: RejectedWay) {
        sites.merge(refused.sites)
        nameDevice()
        if refused.marks.contains(.hasRequest) { marks.insert(.hasSYN) }
    }

    /// Counts what was asked in one conversation.
    mutating func add(_ asked: AcceptedWay, _ first: UInt32, _ last: UInt32, port: UInt16) {
        add(first, last, records: asked.mostRecords, packets: asked.packets, bytes: asked.bytes, port: port)
    }
}
