package import RoadblockCore

/// UDP datagrams between two endpoints, or ICMP echo with one identifier, as far as an answer or silence shows something.
///
/// The side that sent the first packet is the client.
package struct DatagramConversation: Sendable {
    package var client: IPAddress
    package var server: IPAddress
    package var clientPort: UInt16
    /// 0 for ICMP echo.
    package var serverPort: UInt16
    package var isEcho: Bool
    package var input: UInt16
    /// The row of a list that it belongs to.
    package var row = RowReference.none
    package var firstTime: Instant
    package var lastTime: Instant

    /// What the client sent.
    package var requests = FrameList<6>()
    package var replies = FrameList<1>()
    package var requestBytes: UInt64 = 0
    package var replyBytes: UInt64 = 0
    /// True while every request had the same length as the first.
    package var hasEqualRequests = true
    package var requestLength = 0
    /// Shortest and longest time between two requests in nanoseconds.
    package var shortestGap: Int64 = .max
    package var longestGap: Int64 = 0
    /// Requests since the newest reply.
    package var unansweredRequests = 0
    /// The first of them.
    package var firstUnanswered = FrameReference.none
    package var error = ICMPAnswer()
    /// An error about an answer.
    package var replyError = ICMPAnswer()
    package var timeToLive: UInt8 = 0
    /// Time to live of the first answer.
    package var replyTimeToLive: UInt8 = 0
    /// What the first request is known by elsewhere.
    package var mark = RequestMark()
    /// True where a request came as the first fragment of a datagram: whether the others came is not followed.
    package var hasFragments = false
    /// True when the first packet says itself that it is an answer: its request was not captured.
    package var startsWithReply = false

    package init(
        client: IPAddress,
        clientPort: UInt16,
        server: IPAddress,
        serverPort: UInt16,
        isEcho: Bool,
        at: FrameReference
    ) {
        self.client = client
        self.clientPort = clientPort
        self.server = server
        self.serverPort = serverPort
        self.isEcho = isEcho
        input = at.input
        firstTime = at.time
        lastTime = at.time
    }

    /// Moves on one datagram.
    package mutating func receive(
        fromClient: Bool,
        payloadLength: Int,
        wireLength: Int,
        timeToLive ttl: UInt8,
        at: FrameReference
    ) {
        if fromClient {
            if requests.isEmpty {
                requestLength = payloadLength
                timeToLive = ttl
            } else {
                let gap = at.time.nanoseconds(since: requests.last.time)
                shortestGap = min(shortestGap, gap)
                longestGap = max(longestGap, gap)
                if payloadLength != requestLength { hasEqualRequests = false }
            }
            requests.add(at)
            if unansweredRequests == 0 { firstUnanswered = at }
            unansweredRequests += 1
            requestBytes &+= UInt64(wireLength)
        } else {
            if replies.isEmpty { replyTimeToLive = ttl }
            replies.add(at)
            unansweredRequests = 0
            replyBytes &+= UInt64(wireLength)
        }
        if at.time > lastTime { lastTime = at.time }
    }
}

/// What tells a request behind a device that translates addresses.
package struct RequestMark: Hashable, Sendable {
    /// Hash of the payload's length and first bytes, and of an echo's number; 0 where there was no request.
    package var content: UInt64 = 0
    /// IPv4 identification, which a translator keeps; 0 where it says nothing.
    package var identification: UInt32 = 0

    package init() {}

    init(_ packet: Packet, _ bytes: borrowing RawSpan) {
        identification = packet.ip.identification
        var hash = UInt64(truncatingIfNeeded: packet.payloadLength) &* 0x9E37_79B9_7F4A_7C15
        if packet.transport != .udp { hash ^= UInt64(packet.icmp.sequence) &+ 1 }
        var offset = packet.payloadOffset
        let end = min(packet.payloadEnd, offset &+ 64)
        while offset < end {
            hash = (hash ^ UInt64(bytes.byte(offset))) &* 0xBF58_476D_1CE4_E5B9
            hash ^= hash >> 29
            offset &+= 1
        }
        content = hash | 1
    }
}
