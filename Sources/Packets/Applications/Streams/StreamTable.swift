/// What is known of one TCP connection above its bytes.
final class ApplicationStream {
    let number: Int
    /// What the connection carries, once that is decided; `nil` for nothing that is read here.
    var kind: ApplicationProtocol?
    var isDecided = false
    /// The port that the SYN went to; 0 when it was not seen.
    var serverPort: UInt16 = 0
    /// The port that a proxy was asked to connect to; 0 without a proxy.
    var tunnelPort: UInt16 = 0
    /// The bytes that wait, by direction.
    var pending: [PendingMessage?] = [nil, nil]
    /// The messages that took several segments, by direction.
    var spanned = [SpannedMessages(), SpannedMessages()]
    var tls: TLSSession?
    var http: HTTPConversation?
    var http2: HTTP2Session?

    init(number: Int) { self.number = number }

    /// Takes the bytes of a direction out, so that adding to them copies none.
    func takePending(_ side: Int) -> PendingMessage? {
        defer { pending[side] = nil }
        return pending[side]
    }

    var heldBytes: Int {
        (pending[0]?.heldBytes ?? 0) + (pending[1]?.heldBytes ?? 0) + (tls?.heldBytes ?? 0) + (http2?.heldBytes ?? 0)
    }
}

/// The connections whose bytes are read, by their number; the longest known make room for new ones.
struct StreamTable: ~Copyable {
    /// Connections that are remembered at once.
    static let streamLimit = 1 << 15
    /// Bytes that one direction of a connection may hold back.
    static let messageLimit = 1 << 24
    /// Bytes that all connections together may hold back.
    static let byteLimit = 1 << 26

    private var streams: [Int: ApplicationStream] = [:]
    private var order: [Int] = []
    private var oldest = 0
    private var heldBytes = 0
    /// Messages that were given up because there was no room for them.
    private(set) var droppedMessages = 0
    /// Connections that were forgotten while bytes of them waited.
    private(set) var droppedStreams = 0

    /// The connection of a number, new where it is not known.
    mutating func stream(_ number: Int) -> ApplicationStream {
        if let known = streams[number] { return known }
        let stream = ApplicationStream(number: number)
        streams[number] = stream
        if order.count < StreamTable.streamLimit {
            order.append(number)
        } else {
            forget(order[oldest])
            order[oldest] = number
            oldest = (oldest + 1) % StreamTable.streamLimit
        }
        return stream
    }

    private mutating func forget(_ number: Int) {
        guard let stream = streams.removeValue(forKey: number) else { return }
        if stream.heldBytes > 0 { droppedStreams += 1 }
        heldBytes -= stream.heldBytes
    }

    /// Sees to the limits after a connection held some bytes before and holds others now.
    mutating func account(for stream: ApplicationStream, before: Int) {
        heldBytes += stream.heldBytes - before
        for side in 0..<2 where stream.pending[side]?.heldBytes ?? 0 > StreamTable.messageLimit {
            drop(side, of: stream)
        }
        guard heldBytes > StreamTable.byteLimit else { return }
        // The connections known longest give up what they hold.
        for step in 0..<order.count where heldBytes > StreamTable.byteLimit / 4 * 3 {
            let number = order[(oldest + step) % order.count]
            guard number != stream.number, let other = streams[number] else { continue }
            for side in 0..<2 { drop(side, of: other) }
            heldBytes -= other.heldBytes
            other.tls?.fragments = [[], []]
            other.http2?.release()
        }
    }

    private mutating func drop(_ side: Int, of stream: ApplicationStream) {
        guard let pending = stream.pending[side] else { return }
        heldBytes -= pending.heldBytes
        stream.pending[side] = nil
        stream.http?.progress[side] = nil
        droppedMessages += 1
    }
}
