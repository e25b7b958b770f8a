import Packets
import RoadblockCore

/// Judges UDP datagrams between two endpoints, or ICMP echo.
///
/// Silence means something only where an answer was to be expected: on services that answer every request, or where
/// the same request is sent again. Streams, broadcasts and one-way services are no requests.
struct DatagramJudge {
    let conversation: DatagramConversation
    let end: Instant

    /// `nil` for traffic that no verdict fits.
    func judge() -> Judgement? {
        let c = conversation
        if isTraceroute { return nil }
        if c.error.exists, !(c.replies.total > 0 && c.replies.last.time > c.error.frames.first.time) {
            return ICMPJudge.judge(c.error, target: c.server, isTCP: false)
        }
        if c.replies.total > 0, c.requests.total > 0 { return judgeAnswered() }
        guard !c.startsWithReply, isUnicast(c.server), !ServicePorts.neverAnswers(c.serverPort) || c.isEcho else {
            return nil
        }
        return judgeSilence()
    }

    /// UDP to traceroute's ports with few hops to live: the errors are the answers that it wants.
    private var isTraceroute: Bool {
        let c = conversation
        return !c.isEcho && (33_434...33_689).contains(c.serverPort) && c.timeToLive <= 32
    }

    private var answersAlways: Bool {
        conversation.isEcho || ServicePorts.answersRequests(conversation.serverPort)
    }

    /// Answered at first; then, perhaps, no more.
    private func judgeAnswered() -> Judgement {
        let c = conversation
        let isSilentNow =
            answersAlways && c.unansweredRequests >= 4
            && c.requests.last.time.seconds(since: c.firstUnanswered.time) >= 3
        return isSilentNow ? Judgement(.unansweredRequest, .likely) : Judgement(.establishedNormal, .likely)
    }

    private func judgeSilence() -> Judgement? {
        let c = conversation
        let requests = c.requests.total
        if answersAlways {
            if requests >= 2 { return Judgement(.unansweredRequest, requests >= 3 ? .likely : .weak) }
            return end.seconds(since: c.requests.first.time) >= 3
                ? Judgement(.unansweredRequest, .weak) : Judgement(.pending, .weak)
        }
        // A request that is repeated: the same length, pauses between, not many. A steady beat is a stream of its own.
        let isBeat = requests >= 8 && Double(c.longestGap) < 1.5 * Double(c.shortestGap)
        let isRepeated =
            requests >= 2 && c.hasEqualRequests && c.shortestGap >= 200_000_000 && requests <= 30
            && (2...1400).contains(c.requestLength)
        return isRepeated && !isBeat ? Judgement(.unansweredRequest, .weak) : nil
    }

    /// False for broadcast, multicast and unspecified addresses.
    private func isUnicast(_ address: IPAddress) -> Bool {
        if let ipv4 = address.ipv4 { return ipv4 >> 28 < 14 && ipv4 & 0xFF != 0xFF && ipv4 != 0 }
        return address.high >> 56 != 0xFF && (address.high | address.low) != 0
    }
}
