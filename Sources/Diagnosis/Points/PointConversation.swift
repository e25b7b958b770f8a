import Packets
import RoadblockCore

/// What several capture points may see of the same traffic: a connection attempt, or datagrams between two endpoints.
protocol PointConversation: Sendable {
    var client: IPAddress { get set }
    var server: IPAddress { get set }
    var clientPort: UInt16 { get set }
    var serverPort: UInt16 { get set }
    var input: UInt16 { get }
    var firstTime: Instant { get }
    var lastTime: Instant { get }
    var protocolNumber: UInt8 { get }

    /// By which the same conversation is found at another point, the strictest first; under other addresses as well.
    var keys: [UInt64] { get }
    /// Weaker keys, for what is left in the end.
    var lateKeys: [UInt64] { get }
    /// True for the same conversation, of one that has an equal key.
    func isSame(as other: Self) -> Bool
    /// True for the same conversation under other addresses, of one that has an equal late key and began some seconds apart.
    func isTranslated(_ other: Self, secondsApart: Double) -> Bool

    /// When the first request and its first answer came by; `nil` where that is not certain.
    var requestTime: Instant? { get }
    var replyTime: Instant? { get }
    /// Requests and answers that came by: equal numbers at two points show that the first ones are the same.
    var requestCount: Int { get }
    var replyCount: Int { get }
    /// Time to live of what each side sends; 0 when unknown.
    var clientTimeToLive: UInt8 { get }
    var serverTimeToLive: UInt8 { get }
    var clientSpoke: Bool { get }
    var serverSpoke: Bool { get }
    /// True when data or a handshake went both ways.
    var isAnswered: Bool { get }
    var errors: [ICMPAnswer] { get }
}

extension PointConversation {
    /// A moment that two points saw both, on the clock of each: the first answer or request, else the beginning.
    func sharedMoment(with other: Self) -> (Instant, Instant) {
        if replyCount == other.replyCount, let here = replyTime, let there = other.replyTime { return (here, there) }
        if requestCount == other.requestCount, let here = requestTime, let there = other.requestTime {
            return (here, there)
        }
        return (firstTime, other.firstTime)
    }

    func hasSameEnds(as other: Self) -> Bool {
        client == other.client && clientPort == other.clientPort && server == other.server
            && serverPort == other.serverPort
    }

    /// Hash of both ends and a number.
    func endpointKey(_ number: UInt64) -> UInt64 {
        var hash = client.low &* 0x9E37_79B9_7F4A_7C15 ^ client.high ^ server.low.byteSwapped ^ server.high
        hash = (hash ^ hash >> 29) &* 0xBF58_476D_1CE4_E5B9
        hash ^= UInt64(clientPort) << 48 | UInt64(serverPort) << 32 | UInt64(protocolNumber)
        hash = (hash ^ number) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash >> 31 | 1 << 63
    }

    /// The conversation under the addresses of another point.
    func named(as other: Self) -> Self {
        var copy = self
        copy.client = other.client
        copy.clientPort = other.clientPort
        copy.server = other.server
        copy.serverPort = other.serverPort
        return copy
    }
}

extension TCPConversation: PointConversation {
    var protocolNumber: UInt8 { IPProtocol.tcp }

    /// The client's initial sequence number, with both ends and without: translators of addresses leave it alone.
    var keys: [UInt64] {
        let number = UInt64(fromClient.initialSequence)
        return fromClient.hasSYN ? [endpointKey(number), number] : []
    }

    func isSame(as other: TCPConversation) -> Bool {
        guard fromClient.initialSequence == other.fromClient.initialSequence else { return false }
        if hasSameEnds(as: other) { return true }
        guard let a = synTimestamp, let b = other.synTimestamp else {
            let sharesServer = server == other.server && serverPort == other.serverPort
            let sharesClient = client == other.client && clientPort == other.clientPort
            let sharesNumber = synIdentification != 0 && synIdentification == other.synIdentification
            return synWindow == other.synWindow && (sharesServer || sharesClient || sharesNumber)
        }
        // Copies of one SYN carry times of at most some minutes apart, in milliseconds or less often.
        return abs(Int32(bitPattern: a &- b)) < 200_000
    }

    /// Where a device also rewrites sequence numbers, the timestamp; without a SYN, the numbers at the end.
    var lateKeys: [UInt64] {
        var keys: [UInt64] = []
        if let synTimestamp { keys.append(1 << 32 | UInt64(synTimestamp)) }
        if fromServer.hasSequence, fromClient.hasSequence {
            keys.append(2 << 32 | UInt64(fromServer.next))
            keys.append(3 << 32 | UInt64(fromClient.next))
        }
        return keys
    }

    func isTranslated(_ other: TCPConversation, secondsApart: Double) -> Bool {
        if fromClient.hasSYN, other.fromClient.hasSYN {
            // Connections of one millisecond may share a timestamp: their identification tells them apart.
            let isNumbered = synIdentification != 0 || other.synIdentification != 0
            let sharesPort = serverPort == other.serverPort || clientPort == other.clientPort
            return synTimestamp != nil && synTimestamp == other.synTimestamp && synWindow == other.synWindow
                && (isNumbered ? synIdentification == other.synIdentification : sharesPort)
        }
        let server = Int32(bitPattern: fromServer.next &- other.fromServer.next).magnitude
        let client = Int32(bitPattern: fromClient.next &- other.fromClient.next).magnitude
        return (server == 0 && client < 1 << 22) || (client == 0 && server < 1 << 22)
    }

    var requestTime: Instant? { syns.isEmpty ? nil : syns.first.time }
    var replyTime: Instant? { synACKs.isEmpty ? (refusals.isEmpty ? nil : refusals.first.time) : synACKs.first.time }
    var requestCount: Int { syns.total }
    var replyCount: Int { synACKs.isEmpty ? refusals.total : synACKs.total }
    var clientTimeToLive: UInt8 { fromClient.timeToLive }
    var serverTimeToLive: UInt8 { fromServer.timeToLive }
    var clientSpoke: Bool { fromClient.packets > 0 }
    var serverSpoke: Bool { fromServer.packets > 0 }
    var isAnswered: Bool { isEstablished }
    var errors: [ICMPAnswer] { error.exists ? [error] : [] }
}

extension DatagramConversation: PointConversation {
    var protocolNumber: UInt8 { isEcho ? (server.isIPv4 ? IPProtocol.icmp : IPProtocol.icmpv6) : IPProtocol.udp }

    /// The first request, with both ends: requests of many askers may be alike.
    var keys: [UInt64] { mark.content == 0 ? [] : [endpointKey(mark.content ^ UInt64(mark.identification))] }

    func isSame(as other: DatagramConversation) -> Bool {
        hasSameEnds(as: other) && isEcho == other.isEcho && mark == other.mark
    }

    var lateKeys: [UInt64] { mark.content == 0 ? [] : [mark.content] }

    func isTranslated(_ other: DatagramConversation, secondsApart: Double) -> Bool {
        guard isEcho == other.isEcho, secondsApart < 2, mark.content == other.mark.content else { return false }
        let sharesNumber = mark.identification != 0 && mark.identification == other.mark.identification
        let sharesPort = serverPort == other.serverPort || clientPort == other.clientPort
        return sharesNumber || (mark.identification == 0 && other.mark.identification == 0 && sharesPort)
    }

    var requestTime: Instant? { requests.isEmpty ? nil : requests.first.time }
    var replyTime: Instant? { replies.isEmpty ? nil : replies.first.time }
    var requestCount: Int { requests.total }
    var replyCount: Int { replies.total }
    var clientTimeToLive: UInt8 { timeToLive }
    var serverTimeToLive: UInt8 { replyTimeToLive }
    var clientSpoke: Bool { !requests.isEmpty }
    var serverSpoke: Bool { !replies.isEmpty }
    var isAnswered: Bool { !requests.isEmpty && !replies.isEmpty }
    var errors: [ICMPAnswer] { [error, replyError].filter(\.exists) }
}
