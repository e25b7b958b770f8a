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

    /// What the connection carries once HTTP/1 has ended.
    enum Successor {
        /// What a proxy passes on.
        case tunnel
        case other(ApplicationProtocol)
    }

    /// The newest request; Wireshark takes a response for its answer, unless it has one, and else for one without request.
    private var request: Request?
    private var isAnswered = false
    /// True once a request was seen.
    private(set) var hasSeenRequest = false
    /// The request that the next response answers.
    var waiting: Request? { isAnswered ? nil : request }

    /// How far the message of a side has been read that is not whole, by side.
    var progress: [HTTPProgress?] = [nil, nil]
    /// What an upgrade, a proxy or the preface of HTTP/2 leads to.
    var successor: Successor?
    /// Bodies that are DNS messages (RFC 8484), still to be read.
    private var embedded: [[UInt8]] = []
    /// What a proxy was asked to connect to, as `host:port`.
    var connectTarget: [UInt8] = []

    /// Takes the progress of a side out, so that adding to it copies nothing.
    func takeProgress(_ side: Int) -> HTTPProgress? {
        defer { progress[side] = nil }
        return progress[side]
    }

    func noteNotification() { hasSeenRequest = true }

    func embed(_ message: [UInt8]) { embedded.append(message) }

    func takeEmbedded() -> [[UInt8]] {
        guard !embedded.isEmpty else { return [] }
        defer { embedded = [] }
        return embedded
    }

    func ask(_ line: HTTPMessage.RequestLine, fullURI: [UInt8], time: Instant, frame: Int) -> Request {
        let request = Request(
            frame: frame,
            time: time,
            method: line.method,
            target: line.target,
            fullURI: fullURI,
            previous: self.request?.frame ?? 0
        )
        self.request = request
        hasSeenRequest = true
        isAnswered = false
        return request
    }

    /// The request that a response answers, which an interim one leaves waiting, and the frame of the request before.
    func answer(isInterim: Bool) -> (request: Request?, previous: Int) {
        if let waiting {
            isAnswered = !isInterim
            return (waiting, waiting.previous)
        }
        let previous = request?.frame ?? 0
        request = nil
        isAnswered = true
        return (nil, previous)
    }
}
