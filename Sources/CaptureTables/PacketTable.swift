package import Columns
package import Packets
package import RoadblockCore

/// The packets of captures as rows; their fields are called as Wireshark calls them.
///
/// `@timestamp` is the packet's time and `@message` its line in a list of packets.
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
        case missing, time, message
        case field(Field)
    }

    private let scan: CaptureScan
    private let columns: [Column]
    private let pool: TextPool
    private let batch: RowBatch
    private let needsAnalysis: Bool
    private var capture: MergedCapture?
    private var isAtEnd = false
    private var analyzer: TCPAnalyzer
    private var reader: FieldReader
    private var clock = CaptureClock()
    private var summary = PacketSummary()
    private let packet = Packet()
    private let facts = PacketFacts()
    private let decoder = Decoder()
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
            default: FieldCatalogue.field(name).map { .field($0) } ?? .missing
            }
        }
        var depth = AnalysisDepth.none
        for column in columns {
            switch column {
            case .message: depth = max(depth, .labels)
            case .field(let field): depth = max(depth, field.analysisDepth)
            case .missing, .time: break
            }
        }
        needsAnalysis = depth > .none
        analyzer = TCPAnalyzer(profile: profile, depth: depth)
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
            bytesRead &+= frame.capturedLength
            clock.advance(to: frame, facts)
            try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in take(frame, bytes) }
        }
        scan.count(capture, records: packets, bytes: bytesRead)
        batch.lend(to: pool)
        return batch.rowCount > 0
    }

    /// Decodes a frame into the next row.
    private func take(_ frame: Frame, _ bytes: borrowing RawSpan) {
        decoder.decode(
            bytes,
            linkType: frame.linkType,
            originalLength: frame.originalLength,
            checkSequenceLength: frame.checkSequenceLength,
            into: packet
        )
        facts.take(packet, bytes)
        if needsAnalysis {
            facts.hasSegment = analyzer.analyze(
                packet,
                bytes,
                time: frame.time,
                number: facts.number,
                into: &facts.segment
            )
        }
        clock.display(facts)
        for index in columns.indices {
            switch columns[index] {
            case .missing: batch.add(.missing, to: index)
            case .time: batch.add(Cell(milliseconds: frame.time.milliseconds), to: index)
            case .message:
                summary.describe(packet, bytes, facts)
                batch.add(text: summary.info, to: index)
            case .field(let field):
                batch.add(to: index) { reader.tableValue(field, packet, bytes, facts, text: &$0) }
            }
        }
        batch.endRow()
    }

    func fill(_ field: Int, _ rows: RowSelection, into column: CellColumn) {
        batch.fill(field, rows, into: column, pool)
    }
}
