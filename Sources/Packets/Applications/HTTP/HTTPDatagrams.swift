import RoadblockCore

/// The exchanges of HTTP in datagrams, by their endpoints; those known longest make room for new ones.
struct HTTPDatagrams: ~Copyable {
    private static let limit = 1 << 14

    private var conversations: [FlowKey: HTTPConversation] = [:]
    private var order: [FlowKey] = []
    private var oldest = 0

    /// The conversation between two endpoints, new where it is not known.
    mutating func conversation(_ key: FlowKey) -> HTTPConversation {
        if let known = conversations[key] { return known }
        let conversation = HTTPConversation()
        conversations[key] = conversation
        if order.count < HTTPDatagrams.limit {
            order.append(key)
        } else {
            conversations[order[oldest]] = nil
            order[oldest] = key
            oldest = (oldest + 1) % HTTPDatagrams.limit
        }
        return conversation
    }
}
