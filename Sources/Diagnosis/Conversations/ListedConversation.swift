package import Packets
import RoadblockCore

/// A row of the list of conversations, with its verdict.
package struct ListedConversation: Sendable {
    package var row: ConversationRow
    package var verdict: Verdict

    /// Where a row stands in the list: by start, kind and stream, and as it came.
    struct Order: Comparable {
        let time: Int64
        let kind: UInt8
        let stream: Int
        let place: Int

        init(_ listed: ListedConversation, place: Int) {
            time = listed.row.firstTime.nanoseconds
            kind = listed.row.kind.rawValue
            stream = listed.row.stream
            self.place = place
        }

        static func < (a: Order, b: Order) -> Bool {
            if a.time != b.time { return a.time < b.time }
            if a.kind != b.kind { return a.kind < b.kind }
            return a.stream != b.stream ? a.stream < b.stream : a.place < b.place
        }
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
