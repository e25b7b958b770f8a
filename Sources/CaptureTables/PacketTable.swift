package import Columns
package import Packets
package import RoadblockCore

/// The packets of captures as rows; their fields are called as Wireshark calls them.
///
/// `@timestamp` is the packet's time and `@message` its line in a list of packets. Fields may have several values in a row.
package final class PacketTable: RowTable {
    private let scan: CaptureScan
    private let profile: WiresharkProfile
    private let zone: any LocalZone

    package init(_ scan: CaptureScan, profile: WiresharkProfile, zone: any LocalZone) {
        self.scan = scan
        self.profile = profile
        self.zone = zone
    }

    /// The names of all fields.
    package static var fieldNames: [String] { FieldCatalogue.fields.map(\.name) }

    package func cursor(for fields: [String], pool: TextPool) throws(Failure) -> any RowCursor {
        // A field that no version knows is missing in every row; one that is not read yet is an error.
        let known = fields.map { FieldCatalogue.isKnown($0) ? $0 : nil }
        _ = try FieldCatalogue.fields(named: known.compactMap(\.self))
        return PacketCursor(scan, fields, profile, zone, pool)
    }
}

/// The one reader of a packet table.
private final class PacketCursor: RowCursor {
    private enum Column {
        case missing, time, message, logGroup, pointer
        case field(Field)
    }

    private let scan: CaptureScan
    private let columns: [Column]
    private let pool: TextPool
    private let batch: RowBatch
    private var capture: MergedCapture?
    private var isAtEnd = false
    private var dissection: PacketDissection
    private var reader: FieldReader
    private var summary = PacketSummary()
    private let needsRecord: Bool
    private var input = 0
    private var packets = 0
    private var bytesRead = 0

    private(set) var firstOrdinal: UInt64 = 0
    var rowCount: Int { batch.rowCount }

    init(
        _ scan: CaptureScan,
        _ fields: [String],
        _ profile: WiresharkProfile,
        _ zone: any LocalZone,
        _ pool: TextPool
    ) {
        self.scan = scan
        self.pool = pool
        columns = fields.map { name in
            switch name {
            case "@timestamp": .time
            case "@message": .message
            case "@log": .logGroup
            case "@ptr": .pointer
            default: FieldCatalogue.field(name).map { .field($0) } ?? .missing
            }
        }
        var depth = AnalysisDepth.none
        var applications = ApplicationFieldSet()
        var (isTracking, needsRecord) = (false, false)
        for column in columns {
            switch column {
            case .message: depth = max(depth, .labels)
            case .field(let field):
                depth = max(depth, field.analysisDepth)
                isTracking = isTracking || field.needsTracking
                needsRecord = needsRecord || field.needsRecord
                if let own = field.application { applications.insert(own) }
            case .missing, .time, .logGroup, .pointer: break
            }
        }
        self.needsRecord = needsRecord
        dissection = PacketDissection(
            profile: profile,
            depth: depth,
            applications: applications,
            isTracking: isTracking
        )
        reader = FieldReader(profile: profile, zone: zone)
        batch = RowBatch(fieldCount: fields.count)
    }

    func next() throws(Failure) -> Bool {
        if capture == nil, !isAtEnd { capture = try scan.begin() }
        guard let capture, !isAtEnd else { return false }
        firstOrdinal &+= UInt64(batch.rowCount)
        batch.clear()
        while !batch.isFull {
            guard let (frame, input) = try capture.next() else {
                isAtEnd = true
                break
            }
            packets &+= 1
            self.input = input
            bytesRead &+= frame.capturedLength
            if needsRecord { dissection.facts.record = capture.record(of: frame, input: input) }
            try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in take(frame, bytes) }
        }
        scan.count(capture, records: packets, bytes: bytesRead)
        batch.lend(to: pool)
        return batch.rowCount > 0
    }

    /// Decodes a frame into the next row.
    private func take(_ frame: Frame, _ bytes: borrowing RawSpan) {
        if let joined = dissection.dissect(frame, bytes) {
            joined.withRawBytes { add(frame, $0) }
        } else {
            add(frame, bytes)
        }
        dissection.display()
    }

    private func add(_ frame: Frame, _ bytes: borrowing RawSpan) {
        let (packet, facts) = (dissection.packet, dissection.facts)
        for index in columns.indices {
            switch columns[index] {
            case .missing: batch.add(.missing, to: index)
            case .pointer: batch.add(text: String(packets, radix: 36), to: index)
            case .logGroup: batch.add(text: scan.logGroup(of: input), to: index)
            case .time: batch.add(Cell(milliseconds: frame.time.milliseconds), to: index)
            case .message:
                summary.describe(packet, bytes, facts)
                batch.add(text: summary.info, to: index)
            case .field(let field):
                batch.add(to: index) { reader.tableValue(field, packet, bytes, facts, text: &$0) }
                let count = reader.tableValueCount(field)
                if count > 1 {
                    batch.add(count, valuesTo: index) { reader.tableValue($0, of: field, bytes, text: &$1) }
                }
            }
        }
        batch.endRow()
    }

    func fill(_ field: Int, _ rows: RowSelection, into column: CellColumn) {
        batch.fill(field, rows, into: column, pool)
    }

    func valueCount(_ field: Int) -> Int { batch.valueCount(field) }

    func fill(_ field: Int, value: Int, _ rows: RowSelection, into column: CellColumn) {
        batch.fill(field, value: value, rows, into: column, pool)
    }
}
