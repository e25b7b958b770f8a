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
        if c.error.exists, !(c.replies.total > 0 && c.replies.last.time > c.error.frames.first.time) {
            return ICMPJudge.judge(c.error, target: c.server, isTCP: false)
        }
        if c.replies.total > 0, c.requests.total > 0 { return Judgement(.establishedNormal, .likely) }
        guard !c.startsWithReply, isUnicast(c.server), !ServicePorts.neverAnswers(c.serverPort) || c.isEcho else {
            return nil
        }
        return judgeSilence()
    }

    private func judgeSilence() -> Judgement? {
        let c = conversation
        let requests = c.requests.total
        let answersAlways = c.isEcho || ServicePorts.answersRequests(c.serverPort)
        // A request that is repeated: the same length, pauses between, not many.
        let isRepeated =
            c.hasEqualRequests && c.shortestGap >= 200_000_000 && requests <= 30 && c.requestLength <= 1400
        if requests >= 2, answersAlways { return Judgement(.unansweredRequest, requests >= 3 ? .likely : .weak) }
        if requests >= 2, isRepeated { return Judgement(.unansweredRequest, requests >= 3 ? .likely : .weak) }
        guard requests == 1, answersAlways else { return nil }
        return end.seconds(since: c.requests.first.time) >= 3
            ? Judgement(.unansweredRequest, .weak) : Judgement(.pending, .weak)
    }

    /// False for broadcast, multicast and unspecified addresses.
    private func isUnicast(_ address: IPAddress) -> Bool {
        if let ipv4 = address.ipv4 { return ipv4 >> 28 < 14 && ipv4 & 0xFF != 0xFF && ipv4 != 0 }
        return address.high >> 56 != 0xFF && (address.high | address.low) != 0
    }
}
