package import Columns
import Diagnosis
package import Packets
package import RoadblockCore

/// The conversations of captures as rows; their fields are the columns of the list of conversations.
///
/// `@timestamp` is the start and `@message` a line of who, state and verdict.
package final class ConversationRows: RowTable {
    private let scan: CaptureScan
    private let profile: WiresharkProfile

    package init(_ scan: CaptureScan, profile: WiresharkProfile) {
        self.scan = scan
        self.profile = profile
    }

    /// The names of all fields.
    package static var fieldNames: [String] { ConversationColumn.allCases.map(\.rawValue) }

    package func cursor(for fields: [String], pool: TextPool) throws(Failure) -> any RowCursor {
        ConversationCursor(scan, fields, profile, pool)
    }
}

/// The one reader of a table of conversations.
private final class ConversationCursor: RowCursor {
    private enum Column {
        case missing, message, logGroup, pointer
        case listed(ConversationColumn)
    }

    private let scan: CaptureScan
    private let columns: [Column]
    private let pool: TextPool
    private let batch: RowBatch
    private var capture: MergedCapture?
    private var lister: ConversationLister
    private var isAtEnd = false
    private var given = 0
    private var conversations = 0
    private var bytesRead = 0

    private(set) var firstOrdinal: UInt64 = 0
    var rowCount: Int { batch.rowCount }

    init(_ scan: CaptureScan, _ fields: [String], _ profile: WiresharkProfile, _ pool: TextPool) {
        self.scan = scan
        self.pool = pool
        columns = fields.map { name in
            switch name {
            case "@timestamp": .listed(.start)
            case "@message": .message
            case "@log": .logGroup
            case "@ptr": .pointer
            default: ConversationColumn(rawValue: name).map { .listed($0) } ?? .missing
            }
        }
        batch = RowBatch(fieldCount: fields.count)
        lister = ConversationLister(profile: profile, inputCount: scan.inputCount)
    }

    func next() throws(Failure) -> Bool {
        if capture == nil, !isAtEnd { capture = try scan.begin() }
        guard let capture else { return false }
        firstOrdinal &+= UInt64(batch.rowCount)
        batch.clear()
        if given == lister.finished.count { try read(capture) }
        while given < lister.finished.count, !batch.isFull {
            add(lister.finished[given])
            given += 1
        }
        batch.lend(to: pool)
        return batch.rowCount > 0
    }

    /// Reads until there are rows, or no more packets.
    private func read(_ capture: MergedCapture) throws(Failure) {
        lister.drain()
        given = 0
        while lister.finished.isEmpty, !isAtEnd {
            if let (frame, input) = try capture.next() {
                bytesRead &+= frame.capturedLength
                try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
                    lister.receive(bytes, frame, input: input)
                }
            } else {
                isAtEnd = true
                lister.finish()
            }
        }
        conversations &+= lister.finished.count
        scan.count(capture, records: conversations, bytes: bytesRead, notes: lister.notes)
    }

    private func add(_ listed: ListedConversation) {
        for index in columns.indices {
            switch columns[index] {
            case .missing: batch.add(.missing, to: index)
            case .pointer: batch.add(text: String(firstOrdinal + UInt64(batch.rowCount), radix: 36), to: index)
            case .logGroup: batch.add(text: scan.logGroup, to: index)
            case .message: batch.add(text: Array(listed.line.utf8), to: index)
            case .listed(let column):
                switch column.value(of: listed) {
                case .none: batch.add(.missing, to: index)
                case .number(let number): batch.add(Cell(number: Double(number)), to: index)
                case .seconds(let nanoseconds): batch.add(Cell(number: Double(nanoseconds) / 1e9), to: index)
                case .time(let time): batch.add(Cell(milliseconds: time.milliseconds), to: index)
                case .address(let address): batch.add(text: Array(address.description.utf8), to: index)
                case .text(let text): batch.add(text: Array(text.utf8), to: index)
                }
            }
        }
        batch.endRow()
    }

    func fill(_ field: Int, _ rows: RowSelection, into column: CellColumn) {
        batch.fill(field, rows, into: column, pool)
    }
}
