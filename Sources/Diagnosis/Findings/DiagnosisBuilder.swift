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
    }

    var groups: [FindingGroup] = []
    private var slots: [GroupKey: Int] = [:]
    var context: CaptureContext
    let includesOpen: Bool
    private let limit: Int
    private(set) var conversations = 0
    var healthy = 0
    /// Conversations that no verdict fits: one-way datagrams and the like.
    private(set) var unjudged = 0
    /// Conversations that were not kept because there were too many different ones.
    private(set) var overflow = 0

    /// Groups that are kept apart; what comes after them is only counted.
    package static let groupLimit = 50_000

    /// With `includesOpen`, healthy conversations become findings too (`--all`).
    package init(inputCount: Int, includesOpen: Bool = false, limit: Int = DiagnosisBuilder.groupLimit) {
        context = CaptureContext(inputCount: inputCount)
        self.includesOpen = includesOpen
        self.limit = limit
    }

    /// Takes the conversations that have ended, and lets the table forget them.
    package mutating func collect(from table: inout ConversationTable) {
        collect(from: &table) { _, _ in }
    }

    /// Takes the conversations that have ended, and says to which row of a list each belonged and how it was judged.
    mutating func collect(from table: inout ConversationTable, _ body: (RowReference, Judged?) -> Void) {
        for conversation in table.endedTCP { body(conversation.row, add(conversation, now: table.now)) }
        for conversation in table.endedDatagrams { body(conversation.row, add(conversation, now: table.now)) }
        table.drain()
    }

    /// The judgement of one conversation by itself, and the group that it went to.
    struct Judged {
        var key: GroupKey
        var verdict: Verdict
    }

    private mutating func add(_ c: TCPConversation, now: Instant) -> Judged {
        conversations += 1
        let judgement = TCPJudge(c, end: now).judge()
        context.note(c, judgement)
        let identity = FlowIdentity(
            source: c.client,
            destination: c.server,
            port: c.serverPort,
            protocolNumber: IPProtocol.tcp
        )
        let judged = Judged(key: GroupKey(identity: identity, detail: judgement.detail), verdict: judgement.verdict)
        if judgement.verdict == .open {
            healthy += 1
            guard includesOpen else { return judged }
        }
        slot(identity, judgement, c.firstTime).map { groups[$0].add(c, judgement) }
        return judged
    }

    private mutating func add(_ c: DatagramConversation, now: Instant) -> Judged? {
        conversations += 1
        let judged = DatagramJudge(conversation: c, end: now).judge()
        context.note(c, isOpen: judged?.verdict == .open)
        guard let judgement = judged else {
            unjudged += 1
            return nil
        }
        let echo = c.server.isIPv4 ? IPProtocol.icmp : IPProtocol.icmpv6
        let identity = FlowIdentity(
            source: c.client,
            destination: c.server,
            port: c.serverPort,
            protocolNumber: c.isEcho ? echo : IPProtocol.udp
        )
        let key = GroupKey(identity: identity, detail: judgement.detail)
        if judgement.verdict == .open {
            healthy += 1
            guard includesOpen else { return Judged(key: key, verdict: .open) }
        }
        slot(identity, judgement, c.firstTime).map { groups[$0].add(c, judgement) }
        return Judged(key: key, verdict: judgement.verdict)
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
    mutating func addStrays(_ strays: [ConversationTable.StrayError]) {
        guard !strays.isEmpty else { return }
        var silent: [SilentSYN: Int] = [:]
        for (index, group) in groups.enumerated()
        where group.judgement.verdict == .dropped || group.judgement.detail == .pending {
            for conversation in group.tcp { silent[SilentSYN(group.identity, conversation)] = index }
        }
        for stray in strays { add(stray, silent) }
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
