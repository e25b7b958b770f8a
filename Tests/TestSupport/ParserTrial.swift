import Columns
import Diagnosis
import Inputs
import LogFormats
import Packets
import Query
import RoadblockCore

/// A parser with everything behind it, to be given bytes that nobody wrote.
///
/// A fuzzer runs it, and so do the tests that replay what a fuzzer found worth keeping. Whatever the bytes are, it returns.
package enum ParserTrial: String, CaseIterable, Sendable {
    /// Capture files, and the analysis and the conversations of their packets.
    case captures
    /// One frame: its link type, how much of it was captured, and its bytes.
    case headers
    /// Display filters, and what they make of a few packets.
    case filters
    /// Queries in Logs Insights QL.
    case queries
    /// Logs of any format.
    case logs

    package func run(_ bytes: [UInt8]) {
        switch self {
        case .captures: ParserTrial.capture(bytes)
        case .headers: ParserTrial.frames(bytes)
        case .filters: ParserTrial.filter(bytes)
        case .queries: ParserTrial.query(bytes)
        case .logs: ParserTrial.log(bytes)
        }
    }

    private static func capture(_ bytes: [UInt8]) {
        let open = { () throws(Failure) -> any ByteSource in MemorySource(bytes) }
        guard let capture = try? MergedCapture([("-", open)]) else { return }
        var trial = FrameTrial(inputCount: 1)
        var (writer, copy) = (PcapngWriter(inputCount: 1), [] as [UInt8])
        while trial.frames < 100_000, let (frame, input) = try? capture.next() {
            try? capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in trial.take(frame, bytes) }
            try? writer.append(frame, input: input, of: capture, to: &copy)
            copy.removeAll(keepingCapacity: true)
        }
        _ = capture.outcome(0)
        guard let again = try? MergedCapture([("-", open)]) else { return }
        let report = try? Diagnoser(includesOpen: true).diagnose(again)
        _ = report?.terminal(.utc, colored: false)
    }

    private static let linkTypes: [UInt32] = [1, 0, 9, 12, 50, 51, 101, 104, 108, 109, 113, 204, 219, 228, 229, 276]

    /// Frames behind each other, each with its length in front, so that conversations come about.
    private static func frames(_ bytes: [UInt8]) {
        guard bytes.count > 2 else { return }
        var file = CaptureBytes()
        // Some with a frame check sequence of four octets.
        file.fileHeader(link: linkTypes[Int(bytes[0] & 15)] | (bytes[0] >> 4 == 5 ? 0x2400_0000 : 0))
        var rest = bytes.dropFirst()
        var seconds: UInt32 = 0
        while let length = rest.first {
            // A length of 255 takes all that is left; an odd one claims more than was captured.
            let captured = length == 255 ? rest.count - 1 : min(Int(length), rest.count - 1)
            let part = Array(rest.dropFirst().prefix(captured))
            rest = rest.dropFirst(1 + captured)
            file.packet(seconds: seconds, fraction: 0, part, original: captured + (length & 1 == 1 ? 400 : 0))
            seconds += 1
        }
        capture(file.bytes)
    }

    /// A SYN and a question, for filters to look at.
    private static let packets: [[UInt8]] = [
        [
            2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 44, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0,
            2,
            0xC0, 0, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x60, 2, 0xFF, 0xFF, 0, 0, 0, 0, 2, 4, 5, 0xB4,
        ],
        [
            2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 33, 0, 1, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0,
            0, 2,
            0xC0, 0, 0, 53, 0, 13, 0, 0, 104, 101, 108, 108, 111,
        ],
    ]

    private static func filter(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        for profile in [WiresharkProfile.v40, .v46] {
            guard var filter = try? DisplayFilter(text, profile: profile) else { continue }
            let (packet, facts) = (Packet(), PacketFacts())
            for bytes in packets {
                withRawBytes(bytes) { view in
                    Decoder().decode(view, linkType: .ethernet, originalLength: bytes.count, into: packet)
                    facts.take(packet, view)
                    _ = filter.selects(packet, view, facts)
                }
            }
        }
    }

    /// Reads all fields that are found in all rows, in the format that is found and as what Lambda writes.
    private static func table(_ bytes: [UInt8], _ step: Int) {
        for choice in [FormatChoice.automatic, .given(.service(.lambda)), .given(.service(.applicationLoadBalancer))] {
            let input = LogInput(name: "-", choice: choice) { () throws(Failure) -> any ByteSource in
                MemorySource(bytes, step: step)
            }
            let table = LogTable([input])
            guard let fields = try? table.describe().fields else { continue }
            let names = fields.prefix(100) + ["@timestamp", "@message", "@logStream", "@log", "@ptr", "_extra"]
            let pool = TextPool()
            guard let cursor = try? table.cursor(for: Array(names), pool: pool) else { continue }
            let (rows, column) = (RowSelection(), CellColumn())
            while (try? cursor.next()) == true {
                rows.selectAll(cursor.rowCount)
                for field in names.indices { cursor.fill(field, rows, into: column) }
            }
            _ = table.results
        }
    }

    private static func log(_ bytes: [UInt8]) {
        for step in [Int.max, 500] {
            let source = MemorySource(bytes, step: step)
            guard let input = try? OpenLogInput(name: "-", source: source, choice: .automatic) else { return }
            ParserTrial.table(bytes, step)
            if let format = FirewallFormat.evidence(in: input) {
                let texts = FlowTexts()
                let reader = FirewallRecordReader(input, format, texts)
                var record = FlowRecord(start: 0, end: 0, line: 0)
                var diagnoser = FlowDiagnoser(includesOpen: true)
                while (try? reader.next(&record)) == true { diagnoser.receive(record, input: 0) }
                _ = diagnoser.finish(inputs: []) { texts[$0] }
                _ = input.notes
                continue
            }
            guard case .flowLog = input.format, let reader = try? FlowRecordReader(input, FlowTexts()) else { continue }
            var record = FlowRecord(start: 0, end: 0, line: 0)
            while (try? reader.next(&record)) == true {}
            _ = input.notes
        }
    }
}

/// Everything that is done to a frame: headers, fragments, analysis, applications, conversation, summary, every field.
private struct FrameTrial: ~Copyable {
    private var table: ConversationTable
    private var dissection: PacketDissection
    private var reader = FieldReader(profile: .v44, zone: UTCZone())
    private let tree = PacketTree(profile: .v44, zone: UTCZone())
    private var summary = PacketSummary()
    private var text: [UInt8] = []
    /// Frames taken so far.
    private(set) var frames = 0

    init(inputCount: Int) {
        table = ConversationTable(inputCount: inputCount)
        var applications = ApplicationFieldSet()
        for case let own? in FieldCatalogue.fields.map(\.application) { applications.insert(own) }
        dissection = PacketDissection(profile: .v44, depth: .flight, applications: applications, isTracking: true)
    }

    mutating func take(_ frame: Frame, _ bytes: borrowing RawSpan) {
        frames += 1
        let joined = dissection.dissect(frame, bytes)
        dissection.display()
        if let joined {
            withRawBytes(joined) { read(frame, $0) }
        } else {
            read(frame, bytes)
        }
        if table.hasEnded { table.drain() }
    }

    private mutating func read(_ frame: Frame, _ bytes: borrowing RawSpan) {
        let (packet, facts) = (dissection.packet, dissection.facts)
        table.receive(packet, bytes, frame, input: 0)
        summary.describe(packet, bytes, facts)
        // All fields of the first frames; later ones differ by their conversation.
        guard frames <= 3 else { return }
        text.removeAll(keepingCapacity: true)
        for field in FieldCatalogue.fields {
            _ = reader.append(field, .all, aggregator: [44], packet, bytes, facts, to: &text)
        }
        tree.append(packet, bytes, facts, to: &text)
    }
}
