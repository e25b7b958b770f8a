package import Packets
import RoadblockCore

/// Collects what has ended, and makes the findings once everything has.
///
/// Memory: a group for each asker, service and way of ending, up to a limit; healthy conversations are only counted.
package struct DiagnosisBuilder {
    /// What tells groups apart until they are settled.
    struct GroupKey: Hashable {
        var identity: FlowIdentity
        var detail: Detail

        // Few details share an identity.
        func hash(into hasher: inout Hasher) { hasher.combine(identity) }
    }

    var groups: [FindingGroup] = []
    private var slots: [GroupKey: Int] = [:]
    var context: CaptureContext
    var points = PointLedger()
    let includesOpen: Bool
    private let limit: Int
    /// False where only verdicts are asked for: then plain endings are counted and no more.
    private let keepsPlainEndings: Bool
    /// True where inputs with one direction each are read as one capture.
    let joinsHalves: Bool
    /// What the inputs show beside conversations.
    var facts = CaptureFacts()
    private var strays: [ConversationTable.StrayError] = []
    private(set) var conversations = 0
    var healthy = 0
    /// Conversations that no verdict fits: one-way datagrams and the like.
    private(set) var unjudged = 0
    /// Conversations that were not kept because there were too many different ones.
    private(set) var overflow = 0

    /// Groups that are kept apart; what comes after them is only counted.
    package static let groupLimit = 50_000

    /// With `includesOpen`, healthy conversations become findings too (`--all`).
    package init(
        inputCount: Int,
        includesOpen: Bool = false,
        joinsHalves: Bool = false,
        limit: Int = DiagnosisBuilder.groupLimit,
        keepsPlainEndings: Bool = true
    ) {
        self.keepsPlainEndings = keepsPlainEndings
        self.joinsHalves = joinsHalves
        context = CaptureContext(inputCount: inputCount)
        facts.inputs = Array(repeating: CaptureFacts.Input(), count: inputCount)
        self.includesOpen = includesOpen
        self.limit = limit
    }

    /// Notes at which capture point an input was recorded, and how many points there are at least.
    package mutating func place(_ input: Int, at point: Int, of count: Int) {
        context.inputs[input].point = point
        points.count = max(points.count, count)
    }

    /// Takes the conversations of a capture point that have ended, and lets its table forget them.
    package mutating func collect(from table: inout ConversationTable, point: Int = 0) {
        let start = points.count < 2 ? table.now : table.facts.inputs.lazy.compactMap(\.firstTime).min() ?? table.now
        for conversation in table.endedTCP {
            let judgement = TCPJudge(conversation, end: table.now).judge()
            context.note(conversation)
            guard points.count > 1 else {
                add(conversation, judgement)
                continue
            }
            join(Sighting(point: point, conversation: conversation, judgement: judgement, start: start, end: table.now))
        }
        for conversation in table.endedDatagrams {
            let judgement = DatagramJudge(conversation: conversation, end: table.now).judge()
            context.note(conversation)
            guard points.count > 1 else {
                add(conversation, judgement)
                continue
            }
            join(Sighting(point: point, conversation: conversation, judgement: judgement, start: start, end: table.now))
        }
        table.drain()
    }

    /// The judgement of one conversation by itself, and the group that it went to.
    struct Judged {
        var key: GroupKey
        var verdict: Verdict
    }

    /// Takes the conversations that have ended, and says to which row of a list each belonged and how it was judged.
    mutating func collect(from table: inout ConversationTable, _ body: (RowReference, Judged?) -> Void) {
        var next = 0
        for ending in table.endedPlain {
            while next < ending.position {
                body(table.endedTCP[next].row, judge(table.endedTCP[next], end: table.now))
                next += 1
            }
            body(ending.row, judge(ending))
        }
        for index in next..<table.endedTCP.count {
            body(table.endedTCP[index].row, judge(table.endedTCP[index], end: table.now))
        }
        for conversation in table.endedDatagrams {
            let judgement = DatagramJudge(conversation: conversation, end: table.now).judge()
            context.note(conversation)
            add(conversation, judgement)
            let identity = FlowIdentity(conversation)
            body(
                conversation.row,
                judgement.map { Judged(key: GroupKey(identity: identity, detail: $0.detail), verdict: $0.verdict) }
            )
        }
        table.drain()
    }

    private mutating func judge(_ conversation: TCPConversation, end: Instant) -> Judged {
        let judgement = TCPJudge(conversation, end: end).judge()
        context.note(conversation)
        let key = GroupKey(identity: FlowIdentity(conversation), detail: judgement.detail)
        if keepsPlainEndings || !judgement.detail.isPlainEnding {
            add(conversation, judgement)
        } else {
            conversations += 1
            healthy += judgement.verdict == .open ? 1 : 0
            context.noteOutcome(conversation, judgement)
        }
        return Judged(key: key, verdict: judgement.verdict)
    }

    /// What `judge` says of a conversation with such an ending.
    private mutating func judge(_ ending: PlainEnding) -> Judged {
        let detail: Detail = ending.isOver ? .establishedNormal : .establishedOpen
        context.note(ending)
        let identity = FlowIdentity(
            source: ending.client,
            destination: ending.server,
            port: ending.serverPort,
            protocolNumber: IPProtocol.tcp
        )
        let key = GroupKey(identity: identity, detail: detail)
        conversations += 1
        healthy += 1
        return Judged(key: key, verdict: detail.verdict)
    }

    /// Takes what a point's table has left once everything was read.
    package mutating func close(_ table: inout ConversationTable, point: Int = 0) {
        while table.endSome() { collect(from: &table, point: point) }
        collect(from: &table, point: point)
        learn(from: table, point: point)
    }

    /// Takes what a point's table knows beside its conversations.
    mutating func learn(from table: borrowing ConversationTable, point: Int = 0) {
        facts.add(table.facts)
        if points.count > 1 {
            for (address, neighbour) in table.facts.neighbours where neighbour.isAlive {
                points.paths.hear(address, at: point)
            }
        }
        // An error that several points saw is one error.
        let known = Set(strays.map { ErrorKey($0) })
        strays += table.strayErrors.filter { !known.contains(ErrorKey($0)) }
    }

    /// What an error is about, and who says so.
    private struct ErrorKey: Hashable {
        var sender: IPAddress
        var type: UInt8
        var code: UInt8
        var source: IPAddress
        var destination: IPAddress
        var ports: UInt32
        var number: UInt32

        init(_ stray: ConversationTable.StrayError) {
            sender = stray.answer.sender
            type = stray.answer.type
            code = stray.answer.code
            source = stray.quote.ip.source
            destination = stray.quote.ip.destination
            ports = UInt32(stray.quote.sourcePort) << 16 | UInt32(stray.quote.destinationPort)
            number = stray.quote.ip.identification
        }
    }

    /// Counts a conversation; returns the place of its group where it becomes part of a finding.
    @discardableResult
    mutating func add(_ c: TCPConversation, _ judgement: Judgement, example: TCPConversation? = nil) -> Int? {
        conversations += 1
        context.noteOutcome(c, judgement)
        if judgement.verdict == .open {
            healthy += 1
            guard includesOpen else { return nil }
        }
        guard let slot = slot(FlowIdentity(c), judgement, c.firstTime) else { return nil }
        groups[slot].add(c, judgement, example: example ?? c)
        return slot
    }

    /// Counts datagrams; returns the place of their group where they become part of a finding.
    @discardableResult
    mutating func add(_ c: DatagramConversation, _ judged: Judgement?, example: DatagramConversation? = nil) -> Int? {
        conversations += 1
        context.noteOutcome(c, isOpen: judged?.verdict == .open)
        guard let judgement = judged else {
            unjudged += 1
            return nil
        }
        if judgement.verdict == .open {
            healthy += 1
            guard includesOpen else { return nil }
        }
        guard let slot = slot(FlowIdentity(c), judgement, c.firstTime) else { return nil }
        groups[slot].add(c, judgement, example: example ?? c)
        return slot
    }

    /// Gives the groups away, so that they are in memory only once.
    mutating func takeGroups() -> [FindingGroup] {
        defer {
            groups = []
            slots = [:]
        }
        return groups
    }

    /// Takes ICMP errors whose packets were not captured, or were sent under a translated address.
    mutating func addStrays() {
        guard !strays.isEmpty else { return }
        var silent: [SilentSYN: Int] = [:]
        for (index, group) in groups.enumerated()
        where group.judgement.verdict == .dropped || group.judgement.detail == .pending {
            for conversation in group.tcp { silent[SilentSYN(group.identity, conversation)] = index }
        }
        for stray in strays { add(stray, silent) }
        strays = []
    }

    /// What tells a SYN whose source was translated: its destination and its sequence number.
    private struct SilentSYN: Hashable {
        var destination: IPAddress
        var port: UInt16
        var sequence: UInt32

        init(_ identity: FlowIdentity, _ conversation: TCPConversation) {
            destination = identity.destination
            port = identity.port
            sequence = conversation.fromClient.initialSequence
        }

        init(_ quote: Packet.Quote) {
            destination = quote.ip.destination
            port = quote.destinationPort
            sequence = quote.sequence
        }
    }

    private mutating func add(_ stray: ConversationTable.StrayError, _ silent: [SilentSYN: Int]) {
        guard !stray.answer.isSizeError else { return }
        let quote = stray.quote
        let isTCP = quote.ip.protocolNumber == IPProtocol.tcp
        var judgement = ICMPJudge.judge(stray.answer, target: quote.ip.destination, isTCP: isTCP)
        if isTCP, quote.hasPorts, let index = silent[SilentSYN(quote)] {
            // The quote was rewritten on its way, or stood before its SYN in the file.
            judgement.confidence = min(judgement.confidence, .likely)
            groups[index].judgement = judgement
            groups[index].add(stray, judgement)
            return
        }
        let identity = FlowIdentity(
            source: quote.ip.source,
            destination: quote.ip.destination,
            port: quote.destinationPort,
            protocolNumber: quote.ip.protocolNumber
        )
        conversations += 1
        slot(identity, judgement, stray.at.time).map { groups[$0].add(stray, judgement) }
    }

    private mutating func slot(_ identity: FlowIdentity, _ judgement: Judgement, _ time: Instant) -> Int? {
        let key = GroupKey(identity: identity, detail: judgement.detail)
        if let found = slots[key] { return found }
        guard groups.count < limit else {
            overflow += 1
            return nil
        }
        slots[key] = groups.count
        groups.append(FindingGroup(identity, judgement, at: time))
        return groups.count - 1
    }
}

extension Detail {
    /// True for endings whose verdict nothing else in the capture changes, and which change no other.
    var isPlainEnding: Bool {
        switch self {
        case .establishedNormal, .establishedOpen, .establishedAfterLoss: true
        default: false
        }
    }
}
