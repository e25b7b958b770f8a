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

    func hash(into hasher: inout Hasher) {
        hasher.combine(source)
        hasher.combine(destination)
        hasher.combine(UInt32(port) << 8 | UInt32(protocolNumber))
    }
}

extension FlowIdentity {
    init(_ c: TCPConversation) {
        self.init(source: c.client, destination: c.server, port: c.serverPort, protocolNumber: c.protocolNumber)
    }

    init(_ c: DatagramConversation) {
        self.init(source: c.client, destination: c.server, port: c.serverPort, protocolNumber: c.protocolNumber)
    }
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
    /// The first example as other capture points saw it.
    var elsewhere = Elsewhere()
    /// The input that shows by what it lacks who made an answer.
    var witness: Int?
    /// Where packets were lost, and of how many conversations.
    private var losses: [(loss: Finding.LostBetween, count: Int)] = []
    /// Attempts in the newest minutes since 1970, and the most of the minutes before them.
    private var finishedPeak = 0
    private var minutes: [(minute: Int32, attempts: Int32)] = []
    /// Source ports differ: separate attempts, not one socket.
    var sourcePort: UInt16?
    var hasOneSourcePort = true

    private static let exampleLimit = 3
    private static let minuteLimit = 16
    private static let lossLimit = 16

    /// What capture points beside the one that the example is of show of it.
    struct Elsewhere: Sendable {
        var sights: [Sight] = []
        /// Its ends in another input, where they are not those of the finding.
        var translation: Translation?

        /// The first packet of a kind in another input, and how many of it came by there.
        struct Sight: Sendable {
            var kind: Kind
            var reference: FrameReference
            var total: Int

            enum Kind: String, Sendable {
                case syn = "the SYN"
                case synACK = "the SYN/ACK"
                case refusal = "RST to the SYN"
                case reset = "RST of the server"
                case error = "an ICMP error"
                case request = "the request"
                case reply = "the reply"
            }
        }

        struct Translation: Sendable {
            var input: Int
            var client: IPAddress
            var clientPort: UInt16
            var server: IPAddress
            var serverPort: UInt16

            /// `10.0.2.1:40000 to 10.0.2.9:443`.
            func text(hasPorts: Bool) -> String {
                func end(_ address: IPAddress, _ port: UInt16) -> String {
                    guard hasPorts else { return "\(address)" }
                    return address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
                }
                return "\(end(client, clientPort)) to \(end(server, serverPort))"
            }
        }

        var isEmpty: Bool { sights.isEmpty }

        mutating func add<let count: Int>(_ kind: Sight.Kind, _ frames: FrameList<count>) {
            if !frames.isEmpty { sights.append(Sight(kind: kind, reference: frames.first, total: frames.total)) }
        }

        mutating func add(_ c: TCPConversation) {
            add(.syn, c.syns)
            add(.synACK, c.synACKs)
            add(.refusal, c.refusals)
            add(.error, c.error.frames)
            guard c.fromServer.resetCount > 0 else { return }
            sights.append(
                Sight(kind: .reset, reference: c.fromServer.resetFirst, total: Int(c.fromServer.resetCount))
            )
        }

        mutating func add(_ c: DatagramConversation) {
            add(.request, c.requests)
            add(.reply, c.replies)
            add(.error, c.error.frames)
        }
    }

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

    mutating func add(_ conversation: TCPConversation, _ judged: Judgement, example: TCPConversation) {
        count(judged, conversation.firstTime, conversation.lastTime, port: conversation.clientPort)
        let copies = max(1, conversation.syns.total)
        attempts += copies
        mostCopies = max(mostCopies, copies)
        packets += Int(conversation.packets)
        bytes += Int(conversation.bytes)
        for reference in conversation.syns.references { note(minuteOf: reference.time) }
        if conversation.syns.isEmpty { note(minuteOf: conversation.firstTime) }
        if tcp.count < Self.exampleLimit { tcp.append(example) }
    }

    mutating func add(_ conversation: DatagramConversation, _ judged: Judgement, example: DatagramConversation) {
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
        if datagrams.count < Self.exampleLimit { datagrams.append(example) }
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
        if elsewhere.isEmpty { elsewhere = other.elsewhere }
        witness = witness ?? other.witness
        for entry in other.losses { note(entry.loss, count: entry.count) }
    }

    /// Where most of the packets were lost, as far as that is known.
    var loss: Finding.LostBetween? {
        losses.reduce(nil as (loss: Finding.LostBetween, count: Int)?) { best, entry in
            best.map { $0.count >= entry.count ? $0 : entry } ?? entry
        }?.loss
    }

    /// Notes where a conversation's packets were lost.
    mutating func note(_ loss: Finding.LostBetween, count: Int = 1) {
        if let index = losses.firstIndex(where: { $0.loss == loss }) {
            losses[index].count += count
        } else if losses.count < Self.lossLimit {
            losses.append((loss, count))
        }
    }

    /// Drops places that rest on an input which does not hold both directions.
    mutating func forgetLosses(where isUnsure: (Int) -> Bool) {
        losses.removeAll { [$0.loss.last, $0.loss.missing].compactMap(\.self).contains(where: isUnsure) }
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
