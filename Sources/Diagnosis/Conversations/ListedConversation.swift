package import Packets
import RoadblockCore

/// A row of the list of conversations, with its verdict.
package struct ListedConversation: Sendable {
    package var row: ConversationRow
    package var verdict: Verdict

    /// True for a row that is listed before another one.
    func isBefore(_ other: ListedConversation) -> Bool {
        if row.firstTime.nanoseconds != other.row.firstTime.nanoseconds {
            return row.firstTime.nanoseconds < other.row.firstTime.nanoseconds
        }
        if row.kind != other.row.kind { return row.kind.rawValue < other.row.kind.rawValue }
        return row.stream < other.row.stream
    }

    /// Who spoke with whom, and what became of it: `tcp 10.0.0.1:40000 → 10.0.0.2:443 SF open`.
    package var line: String {
        func endpoint(_ column: ConversationColumn, _ portColumn: ConversationColumn) -> String {
            guard case .address(let address) = column.value(of: self) else { return "" }
            guard case .number(let port) = portColumn.value(of: self) else { return address.description }
            return address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
        }
        let client = endpoint(.client, .clientPort)
        let server = endpoint(.server, .serverPort)
        return "\(row.kind.name) \(client) → \(server) \(row.state) \(verdict.rawValue)"
    }
}
