import RoadblockCore

/// Which response belongs to which request of a connection: they come in the same order.
final class HTTPConversation {
    struct Request {
        let frame: Int
        let time: Instant
        let method: [UInt8]
        let fullURI: [UInt8]
        /// The request before; 0 for the first.
        let previous: Int
    }

    /// Requests that may wait for their responses.
    private static let limit = 1024

    private(set) var waiting: [Request] = []
    private(set) var newestRequest = 0
    /// True once the connection carries something else: what a proxy or an upgrade leads to.
    var isHandedOver = false
    /// What a proxy was asked to connect to, as `host:port`.
    var connectTarget: [UInt8] = []

    func ask(_ method: [UInt8], fullURI: [UInt8], time: Instant, frame: Int) -> Request {
        let request = Request(frame: frame, time: time, method: method, fullURI: fullURI, previous: newestRequest)
        newestRequest = frame
        if waiting.count < HTTPConversation.limit { waiting.append(request) }
        return request
    }

    /// The request that a response answers; an interim response leaves it waiting.
    func answer(isInterim: Bool) -> Request? {
        guard let first = waiting.first else { return nil }
        if !isInterim { waiting.removeFirst() }
        return first
    }
}
