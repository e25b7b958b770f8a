import RoadblockCore

/// Which response belongs to which request of a connection.
final class HTTPConversation {
    struct Request {
        let frame: Int
        let time: Instant
        let method: [UInt8]
        let target: [UInt8]
        let fullURI: [UInt8]
        /// The request before; 0 for the first.
        let previous: Int
    }

    /// The newest request; Wireshark takes a response for its answer, unless it has one.
    private(set) var newest: Request?
    private(set) var isAnswered = false
    /// True once the connection carries something else: what a proxy or an upgrade leads to.
    var isHandedOver = false
    /// What a proxy was asked to connect to, as `host:port`.
    var connectTarget: [UInt8] = []

    func ask(_ line: HTTPMessage.RequestLine, fullURI: [UInt8], time: Instant, frame: Int) -> Request {
        let request = Request(
            frame: frame,
            time: time,
            method: line.method,
            target: line.target,
            fullURI: fullURI,
            previous: newest?.frame ?? 0
        )
        newest = request
        isAnswered = false
        return request
    }

    /// The request that a response answers; an interim response leaves it waiting.
    func answer(isInterim: Bool) -> Request? {
        guard let newest, !isAnswered else { return nil }
        isAnswered = !isInterim
        return newest
    }
}
