import Packets
import RoadblockCore

/// Who asked whom for what.
struct FlowIdentity: Hashable, Sendable {
    var source: IPAddress
    var destination: IPAddress
    /// 0 for protocols without ports.
    var port: UInt16
    var protocolNumber: UInt8

    var protocolName: String { IPProtocol.name(protocolNumber) }
    var hasPort: Bool { protocolNumber == IPProtocol.tcp || protocolNumber == IPProtocol.udp }
}

/// The conversations of one asker with one service that ended in one way.
struct FindingGroup: Sendable {
    var identity: FlowIdentity
    var judgement: Judgement
    /// What its conversations were judged to be before the group was settled.
    private(set) var details: [Detail]
    var conversations = 0
    var attempts = 0
    var packets = 0
    var bytes = 0
    var firstSeen: Instant
    var lastSeen: Instant
    /// Most copies of one SYN or request.
    var mostCopies = 0
    /// The first conversations, which the evidence is taken from.
    var tcp: [TCPConversation] = []
    var datagrams: [DatagramConversation] = []
    var strays: [ConversationTable.StrayError] = []
    /// Attempts in the newest minutes since 1970, and the most of the minutes before them.
    private var finishedPeak = 0
    private var minutes: [(minute: Int32, attempts: Int32)] = []
    /// Source ports differ: separate attempts, not one socket.
    var sourcePort: UInt16?
    var hasOneSourcePort = true

    private static let exampleLimit = 3
    private static let minuteLimit = 16

    init(_ identity: FlowIdentity, _ judgement: Judgement, at time: Instant) {
        self.identity = identity
        self.judgement = judgement
        details = [judgement.detail]
        firstSeen = time
        lastSeen = time
    }

    /// The input of the first example.
    var input: Int {
        Int(tcp.first?.input ?? datagrams.first?.input ?? strays.first?.at.input ?? 0)
    }

    /// Attempts in the busiest minute.
    var peakPerMinute: Int { max(finishedPeak, Int(minutes.map(\.attempts).max() ?? 0)) }

    mutating func add(_ conversation: TCPConversation, _ judged: Judgement) {
        count(judged, conversation.firstTime, conversation.lastTime, port: conversation.clientPort)
        let copies = max(1, conversation.syns.total)
        attempts += copies
        mostCopies = max(mostCopies, copies)
        packets += Int(conversation.packets)
        bytes += Int(conversation.bytes)
        for reference in conversation.syns.references { note(minuteOf: reference.time) }
        if conversation.syns.isEmpty { note(minuteOf: conversation.firstTime) }
        if tcp.count < Self.exampleLimit { tcp.append(conversation) }
    }

    mutating func add(_ conversation: DatagramConversation, _ judged: Judgement) {
        // Where answers came at first, the finding is about what came after the last of them.
        let isTail = judged.detail == .unansweredRequest && conversation.replies.total > 0
        let first = isTail ? conversation.firstUnanswered.time : conversation.firstTime
        count(judged, first, conversation.lastTime, port: conversation.clientPort)
        let copies = max(1, isTail ? conversation.unansweredRequests : conversation.requests.total)
        attempts += copies
        mostCopies = max(mostCopies, copies)
        packets += conversation.requests.total + conversation.replies.total
        bytes += Int(conversation.requestBytes + conversation.replyBytes)
        for reference in conversation.requests.references { note(minuteOf: reference.time) }
        if datagrams.count < Self.exampleLimit { datagrams.append(conversation) }
    }

    mutating func add(_ stray: ConversationTable.StrayError, _ judged: Judgement) {
        count(judged, stray.at.time, stray.at.time, port: stray.quote.sourcePort)
        attempts += 1
        packets += 1
        note(minuteOf: stray.at.time)
        if strays.count < Self.exampleLimit { strays.append(stray) }
    }

    /// Takes over what another group of the same flow counted.
    mutating func merge(_ other: FindingGroup) {
        if other.judgement.confidence > judgement.confidence { judgement = other.judgement }
        for detail in other.details where !details.contains(detail) { details.append(detail) }
        conversations += other.conversations
        attempts += other.attempts
        packets += other.packets
        bytes += other.bytes
        firstSeen = min(firstSeen, other.firstSeen)
        lastSeen = max(lastSeen, other.lastSeen)
        mostCopies = max(mostCopies, other.mostCopies)
        tcp += other.tcp.prefix(max(0, Self.exampleLimit - tcp.count))
        datagrams += other.datagrams.prefix(max(0, Self.exampleLimit - datagrams.count))
        strays += other.strays.prefix(max(0, Self.exampleLimit - strays.count))
        finishedPeak = max(finishedPeak, other.finishedPeak)
        for entry in other.minutes { note(entry.attempts, in: entry.minute) }
        hasOneSourcePort = hasOneSourcePort && other.hasOneSourcePort && sourcePort == other.sourcePort
    }

    private mutating func count(_ judged: Judgement, _ first: Instant, _ last: Instant, port: UInt16) {
        if conversations == 0 || judged.confidence > judgement.confidence { judgement = judged }
        conversations += 1
        firstSeen = conversations == 1 ? first : min(firstSeen, first)
        lastSeen = conversations == 1 ? last : max(lastSeen, last)
        if sourcePort == nil { sourcePort = port }
        if sourcePort != port { hasOneSourcePort = false }
    }

    private mutating func note(minuteOf time: Instant) {
        note(1, in: Int32(truncatingIfNeeded: time.nanoseconds / 60_000_000_000))
    }

    private mutating func note(_ attempts: Int32, in minute: Int32) {
        if let index = minutes.lastIndex(where: { $0.minute == minute }) {
            minutes[index].attempts += attempts
            return
        }
        if minutes.count == Self.minuteLimit {
            finishedPeak = max(finishedPeak, Int(minutes.removeFirst().attempts))
        }
        minutes.append((minute, attempts))
    }
}
