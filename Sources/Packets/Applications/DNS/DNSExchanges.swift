import RoadblockCore

/// Which question an answer belongs to: questions are known by their endpoints and identifier.
struct DNSExchanges: ~Copyable {
    private struct Exchange {
        var request = 0
        var requestTime = Instant(nanoseconds: 0)
        var response = 0
    }

    private struct Key: Hashable {
        let flow: FlowKey
        let identifier: UInt16
        /// The stream of HTTP/2; 0 elsewhere.
        let stream: UInt32
    }

    /// Questions that are remembered; the oldest make room.
    private static let limit = 1 << 16
    /// A question with the same identifier after so long is a new one, in nanoseconds.
    private static let repetitionTime: Int64 = 5_000_000_000

    private var exchanges: [Key: Exchange] = [:]
    private var order: [Key] = []
    private var oldest = 0

    /// Adds what the message is to those before it.
    mutating func note(
        _ message: DNSMessage,
        _ flow: FlowKey,
        stream: UInt32 = 0,
        time: Instant,
        number: Int,
        into items: inout ApplicationItems
    ) {
        let key = Key(flow: flow, identifier: message.identifier, stream: stream)
        var exchange = exchanges[key]
        var repeated: (mark: ApplicationField, frame: ApplicationField, number: Int)?
        if !message.isResponse {
            if let known = exchange, known.response == 0,
                time.nanoseconds(since: known.requestTime) < DNSExchanges.repetitionTime
            {
                repeated = (.dnsRepeatedRequest, .dnsRepeatedRequestOf, known.request)
            } else {
                exchange = Exchange(request: number, requestTime: time)
            }
        } else if let known = exchange {
            if known.response == 0 {
                exchange?.response = number
            } else {
                repeated = (.dnsRepeatedResponse, .dnsRepeatedResponseOf, known.response)
            }
        }
        if let exchange { remember(key, exchange) }
        // Wireshark shows this behind all records, and so not where one of them is malformed.
        guard message.isWhole else { return }
        guard let exchange else { return items.mark(.dnsUnsolicited) }
        if message.isResponse, repeated == nil {
            items.add(.dnsResponseTo, exchange.request)
            items.add(.dnsTime, Int(time.nanoseconds(since: exchange.requestTime)))
        }
        guard let repeated else { return }
        items.mark(.dnsRetransmission)
        items.mark(repeated.mark)
        items.add(repeated.frame, repeated.number)
    }

    private mutating func remember(_ key: Key, _ exchange: Exchange) {
        guard exchanges.updateValue(exchange, forKey: key) == nil else { return }
        if order.count < DNSExchanges.limit {
            order.append(key)
        } else {
            exchanges[order[oldest]] = nil
            order[oldest] = key
            oldest = (oldest + 1) % DNSExchanges.limit
        }
    }
}
