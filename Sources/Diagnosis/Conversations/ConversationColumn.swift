import Packets
package import RoadblockCore

/// A column of the list of conversations, in the order in which they are printed.
package enum ConversationColumn: String, CaseIterable, Sendable {
    case stream, start, duration
    case proto = "protocol"
    case client, clientPort, server, serverPort, state, history, completeness, synCount, retransmissions
    case clientPackets, clientBytes, serverPackets, serverBytes, initialRTT, verdict

    /// What a column holds in one row.
    package enum Value: Hashable, Sendable {
        /// Nothing: the conversation has no such thing.
        case none
        case number(Int)
        /// Seconds, as nanoseconds.
        case seconds(Int64)
        case time(Instant)
        case address(IPAddress)
        case text(String)
    }

    package var isNumber: Bool {
        switch self {
        case .start, .proto, .client, .server, .state, .history, .verdict: false
        default: true
        }
    }

    /// The column's value in a row.
    package func value(of listed: ListedConversation) -> Value {
        let row = listed.row
        let isTCP = row.kind == .tcp
        switch self {
        case .stream: return row.kind.hasPorts ? .number(row.stream) : .none
        case .start: return .time(row.firstTime)
        case .duration: return .seconds(row.duration)
        case .proto: return .text(row.kind.name)
        case .client: return .address(row.client)
        case .clientPort: return row.kind.hasPorts ? .number(Int(row.clientPort)) : .none
        case .server: return .address(row.server)
        case .serverPort: return row.kind.hasPorts ? .number(Int(row.serverPort)) : .none
        case .state: return .text(row.state)
        case .history:
            let text = row.history.text
            return text.isEmpty ? .none : .text(text)
        case .completeness: return isTCP ? .number(Int(row.completeness)) : .none
        case .synCount: return isTCP ? .number(row.synCount) : .none
        case .retransmissions: return isTCP ? .number(row.retransmissions) : .none
        case .clientPackets: return .number(row.clientPackets)
        case .clientBytes: return .number(row.clientBytes)
        case .serverPackets: return .number(row.serverPackets)
        case .serverBytes: return .number(row.serverBytes)
        case .initialRTT: return row.initialRTT != 0 ? .seconds(row.initialRTT) : .none
        case .verdict: return .text(listed.verdict.rawValue)
        }
    }
}
