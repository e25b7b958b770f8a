package import Packets
import RoadblockCore

/// Collects what has ended, and makes the findings once everything has.
///
/// Memory: a group for each asker, service and way of ending, up to a limit; healthy conversations are only counted.
package struct DiagnosisBuilder {
    private struct GroupKey: Hashable {
        var identity: FlowIdentity
        var detail: Detail
    }

    var groups: [FindingGroup] = []
    private var slots: [GroupKey: Int] = [:]
    var context: CaptureContext
    private let includesOpen: Bool
    private(set) var conversations = 0
    private(set) var healthy = 0
    /// Conversations that no verdict fits: one-way datagrams and the like.
    private(set) var unjudged = 0
    /// Conversations that were not kept because there were too many different ones.
    private(set) var overflow = 0

    /// Groups that are kept apart; what comes after them is only counted.
    package static let groupLimit = 50_000

    /// With `includesOpen`, healthy conversations become findings too (`--all`).
    package init(inputCount: Int, includesOpen: Bool = false) {
        context = CaptureContext(inputCount: inputCount)
        self.includesOpen = includesOpen
    }

    /// Takes the conversations that have ended, and lets the table forget them.
    package mutating func collect(from table: inout ConversationTable) {
        for conversation in table.endedTCP { add(conversation, now: table.now) }
        for conversation in table.endedDatagrams { add(conversation, now: table.now) }
        table.drain()
    }

    private mutating func add(_ c: TCPConversation, now: Instant) {
        conversations += 1
        let judgement = TCPJudge(c, end: now).judge()
        context.note(c, judgement)
        if judgement.verdict == .open {
            healthy += 1
            guard includesOpen else { return }
        }
        let identity = FlowIdentity(
            source: c.client,
            destination: c.server,
            port: c.serverPort,
            protocolNumber: IPProtocol.tcp
        )
        slot(identity, judgement, c.firstTime).map { groups[$0].add(c, judgement) }
    }

    private mutating func add(_ c: DatagramConversation, now: Instant) {
        conversations += 1
        let judged = DatagramJudge(conversation: c, end: now).judge()
        context.note(c, isOpen: judged?.verdict == .open)
        guard let judgement = judged else {
            unjudged += 1
            return
        }
        if judgement.verdict == .open {
            healthy += 1
            guard includesOpen else { return }
        }
        let echo = c.server.isIPv4 ? IPProtocol.icmp : IPProtocol.icmpv6
        let identity = FlowIdentity(
            source: c.client,
            destination: c.server,
            port: c.serverPort,
            protocolNumber: c.isEcho ? echo : IPProtocol.udp
        )
        slot(identity, judgement, c.firstTime).map { groups[$0].add(c, judgement) }
    }

    /// Gives the groups away, so that they are in memory only once.
    mutating func takeGroups() -> [FindingGroup] {
        defer {
            groups = []
            slots = [:]
        }
        return groups
    }

    /// Takes an ICMP error whose packet was not captured, or was sent under a translated address.
    mutating func add(_ stray: ConversationTable.StrayError) {
        let quote = stray.quote
        let isTCP = quote.ip.protocolNumber == IPProtocol.tcp
        let judgement = ICMPJudge.judge(stray.answer, target: quote.ip.destination, isTCP: isTCP)
        if let index = translated(quote, judgement) {
            groups[index].add(stray, groups[index].judgement)
            return
        }
        let isSizeError = stray.answer.isVersion6 ? stray.answer.type == 2 : stray.answer.code == 4
        guard !(isSizeError && stray.answer.type <= 3) else { return }
        let identity = FlowIdentity(
            source: quote.ip.source,
            destination: quote.ip.destination,
            port: quote.destinationPort,
            protocolNumber: quote.ip.protocolNumber
        )
        conversations += 1
        slot(identity, judgement, stray.at.time).map { groups[$0].add(stray, judgement) }
    }

    /// The silent group that an error belongs to whose quote was rewritten, or that stood before its SYN: same service, and
    /// a SYN with the same number.
    private mutating func translated(_ quote: Packet.Quote, _ judgement: Judgement) -> Int? {
        guard quote.ip.protocolNumber == IPProtocol.tcp, quote.hasPorts else { return nil }
        let match = groups.firstIndex { group in
            group.identity.destination == quote.ip.destination && group.identity.port == quote.destinationPort
                && (group.judgement.verdict == .dropped || group.judgement.detail == .pending)
                && group.tcp.contains { $0.fromClient.initialSequence == quote.sequence }
        }
        guard let match else { return nil }
        var judged = judgement
        judged.confidence = min(judged.confidence, .likely)
        groups[match].judgement = judged
        return match
    }

    private mutating func slot(_ identity: FlowIdentity, _ judgement: Judgement, _ time: Instant) -> Int? {
        let key = GroupKey(identity: identity, detail: judgement.detail)
        if let found = slots[key] { return found }
        guard groups.count < Self.groupLimit else {
            overflow += 1
            return nil
        }
        slots[key] = groups.count
        groups.append(FindingGroup(identity, judgement, at: time))
        return groups.count - 1
    }
}
