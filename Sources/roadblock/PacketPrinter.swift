import Packets
import RoadblockCore

/// Writes packets as rows in one of the formats.
struct PacketPrinter: ~Copyable {
    /// A column: one of the summary, or a field.
    private enum Column {
        case number, time, source, destination, proto, length, info
        case field(Field)

        /// The name in a header or an object.
        var name: String {
            switch self {
            case .number: "number"
            case .time: "time"
            case .source: "source"
            case .destination: "destination"
            case .proto: "protocol"
            case .length: "length"
            case .info: "info"
            case .field(let field): field.name
            }
        }

        var isSummary: Bool {
            switch self {
            case .number, .time, .length, .field: false
            default: true
            }
        }
    }

    private enum Layout { case nothing, summary, tabs, layers, fields, json, ndjson, csv, tsv, markdown }

    private let layout: Layout
    private let columns: [Column]
    private let names: [String]
    private let style: FieldStyle
    private let aggregator: [UInt8]
    /// `nil` when no format was asked for.
    private let time: TimeColumn?
    private let zone: SystemZone
    private let hasSummary: Bool
    let analysisDepth: AnalysisDepth
    /// True where a column depends on all conversations of the capture.
    let namesStreams: Bool
    let needsTracking: Bool
    let needsRecord: Bool
    /// True where what the analysis says may change what is printed.
    let asksAnalysis: Bool
    /// True where nothing is printed of a packet but its number, in a line of its own.
    let printsNumbersAlone: Bool
    /// The fields of the protocols above the transport that are printed.
    let applications: ApplicationFieldSet
    private var reader: FieldReader
    private var summary = PacketSummary()
    private let tree: PacketTree?
    private var cell: [UInt8] = []
    private var isFirst = true

    /// With `isSilent`, nothing is printed, and nothing is asked of the packets.
    init(
        _ options: ColumnOptions,
        isSilent: Bool,
        _ time: TimeColumn?,
        _ profile: WiresharkProfile,
        _ zone: SystemZone
    ) throws(Failure) {
        // What can throw comes first: a value that cannot be copied is made as a whole or not at all.
        let style = try options.style(profile)
        let summaryColumns: [Column] = [.number, .time, .source, .destination, .proto, .length, .info]
        let chosen = options.fields.isEmpty ? summaryColumns : try PacketPrinter.fields(options.fields)
        let layout = isSilent ? .nothing : PacketPrinter.layout(options)
        let columns = layout == .nothing || layout == .layers ? [] : chosen
        self.style = style
        self.layout = layout
        self.columns = columns
        tree = layout == .layers ? PacketTree(profile: profile, zone: zone) : nil
        aggregator = [style.aggregator]
        self.time = time
        self.zone = zone
        names = options.fields.isEmpty ? columns.map(\.name) : options.fields
        hasSummary = columns.contains { $0.isSummary }
        let isWhole = layout == .layers
        var depth: AnalysisDepth = isWhole ? .flight : hasSummary ? .labels : .none
        var applications = isWhole ? ApplicationFieldSet(ApplicationField.allCases) : ApplicationFieldSet()
        for case .field(let field) in columns {
            depth = max(depth, field.analysisDepth)
            if let own = field.application { applications.insert(own) }
        }
        self.applications = applications
        analysisDepth = depth
        let fields = columns.compactMap { if case .field(let field) = $0 { field } else { nil } }
        asksAnalysis = depth > .none || fields.contains { $0.asksAnalysis }
        // A digit as the separator is escaped.
        printsNumbersAlone =
            layout == .fields && columns.count == 1 && fields.first?.name == "frame.number" && style.quote == nil
            && !(48...57).contains(style.separator)
        namesStreams = isWhole || fields.contains { $0.namesStreams }
        needsRecord = isWhole || fields.contains { $0.needsRecord }
        needsTracking = isWhole || fields.contains { $0.needsTracking }
        reader = FieldReader(profile: profile, zone: zone)
    }

    private static func layout(_ options: ColumnOptions) -> Layout {
        if options.printsLayers { return .layers }
        return switch options.dialect {
        case .fields: .fields
        case .text: .summary
        case .tabs: .tabs
        case .json: .json
        case .ndjson, .ek: .ndjson
        case nil:
            switch options.format {
            case .table: .summary
            case .json: .json
            case .ndjson: .ndjson
            case .csv: .csv
            case .tsv: .tsv
            case .markdown: .markdown
            }
        }
    }

    /// Columns for the names of `-e`; those of the summary are called as in any version.
    private static func fields(_ names: [String]) throws(Failure) -> [Column] {
        func summary(_ name: String) -> Column? {
            switch name {
            case "_ws.col.Info", "_ws.col.info": .info
            case "_ws.col.Protocol", "_ws.col.protocol": .proto
            default: nil
            }
        }
        var fields = try FieldCatalogue.fields(named: names.filter { summary($0) == nil })[...]
        return names.compactMap { summary($0) ?? fields.popFirst().map(Column.field) }
    }

    /// Adds what stands before the first row.
    mutating func begin(_ text: inout [UInt8]) {
        switch layout {
        case .nothing, .summary, .tabs, .layers, .ndjson: break
        case .json: text.append(UInt8(ascii: "["))
        case .fields:
            if style.hasByteOrderMark { text.append(contentsOf: [0xEF, 0xBB, 0xBF]) }
            guard style.hasHeader else { return }
            let separator = String(Character(UnicodeScalar(style.separator)))
            text.append(contentsOf: (names.joined(separator: separator) + "\n").utf8)
        case .csv: text.append(contentsOf: (names.joined(separator: ",") + "\n").utf8)
        case .tsv: text.append(contentsOf: (names.joined(separator: "\t") + "\n").utf8)
        case .markdown:
            let rule = String(repeating: "| --- ", count: names.count)
            text.append(contentsOf: "| \(names.joined(separator: " | ")) |\n\(rule)|\n".utf8)
        }
    }

    /// Adds what stands behind the last row.
    func end(_ text: inout [UInt8]) {
        if case .json = layout { text.append(contentsOf: (isFirst ? "]\n" : "\n]\n").utf8) }
    }

    /// Adds a packet's row.
    @inline(__always)
    mutating func append(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        to text: inout [UInt8]
    ) {
        if hasSummary { summary.describe(packet, bytes, facts) }
        switch layout {
        case .fields: appendFields(packet, bytes, facts, to: &text)
        case .summary, .tabs: appendSummary(facts, to: &text)
        case .layers: tree?.append(packet, bytes, facts, to: &text)
        case .nothing: break
        case .json, .ndjson: appendObject(packet, bytes, facts, to: &text)
        case .csv, .tsv, .markdown: appendRow(packet, bytes, facts, to: &text)
        }
        isFirst = false
    }

    private mutating func appendFields(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        to text: inout [UInt8]
    ) {
        for index in columns.indices {
            if index > 0 { text.append(style.separator) }
            let start = text.count
            guard case .field(let field) = columns[index] else {
                let isInfo = if case .info = columns[index] { true } else { false }
                text.append(contentsOf: isInfo ? summary.info : Array(summary.proto.utf8))
                finishCell(from: start, &text)
                continue
            }
            let isThere = reader.append(
                field,
                style.occurrence,
                aggregator: aggregator,
                packet,
                bytes,
                facts,
                to: &text
            )
            if isThere { finishCell(from: start, &text) }
        }
        text.append(10)
    }

    /// Escapes and quotes a cell that was written from a place on.
    @inline(__always)
    private func finishCell(from start: Int, _ text: inout [UInt8]) {
        if style.escapes, style.separator != 9, text[start...].contains(style.separator) {
            let cell = text[start...].flatMap { $0 == style.separator ? [UInt8(ascii: "\\"), $0] : [$0] }
            text.replaceSubrange(start..., with: cell)
        }
        guard let quote = style.quote else { return }
        text.insert(quote, at: start)
        text.append(quote)
    }

    private mutating func appendSummary(_ facts: PacketFacts, to text: inout [UInt8]) {
        let gap: UInt8 = layout == .tabs ? 9 : 32
        cell.removeAll(keepingCapacity: true)
        FieldPrinter.appendDecimal(Int64(facts.number), to: &cell)
        PacketPrinter.pad(cell, 5, isRight: true, to: &text)
        text.append(gap)
        cell.removeAll(keepingCapacity: true)
        (time ?? .relative).append(facts, zone, to: &cell)
        PacketPrinter.pad(cell, 10, isRight: true, to: &text)
        text.append(gap)
        PacketPrinter.pad(summary.source, layout == .tabs ? 0 : 12, isRight: true, to: &text)
        text.append(gap)
        text.append(contentsOf: "→".utf8)
        text.append(gap)
        PacketPrinter.pad(summary.destination, 12, isRight: false, to: &text)
        text.append(gap)
        text.append(contentsOf: summary.proto.utf8)
        text.append(gap)
        FieldPrinter.appendDecimal(Int64(facts.frame.originalLength), to: &text)
        text.append(gap)
        text.append(contentsOf: summary.info)
        text.append(10)
    }

    private static func pad(_ cell: [UInt8], _ width: Int, isRight: Bool, to text: inout [UInt8]) {
        if !isRight { text.append(contentsOf: cell) }
        if cell.count < width { for _ in cell.count..<width { text.append(32) } }
        if isRight { text.append(contentsOf: cell) }
    }

    /// Adds the plain text of a column; nothing where the packet does not have it.
    private mutating func appendCell(
        _ column: Column,
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        to text: inout [UInt8]
    ) {
        switch column {
        case .number: FieldPrinter.appendDecimal(Int64(facts.number), to: &text)
        case .time:
            if let time { return time.append(facts, zone, to: &text) }
            text.append(contentsOf: facts.frame.time.rfc3339.utf8)
        case .source: text.append(contentsOf: summary.source)
        case .destination: text.append(contentsOf: summary.destination)
        case .proto: text.append(contentsOf: summary.proto.utf8)
        case .length: FieldPrinter.appendDecimal(Int64(facts.frame.originalLength), to: &text)
        case .info: text.append(contentsOf: summary.info)
        case .field(let field):
            _ = reader.append(field, .all, aggregator: aggregator, packet, bytes, facts, to: &text)
        }
    }

    private mutating func appendObject(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        to text: inout [UInt8]
    ) {
        if layout == .json { text.append(contentsOf: (isFirst ? "\n  {" : ",\n  {").utf8) } else { text.append(123) }
        for index in columns.indices {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: "\"\(names[index])\":".utf8)
            switch columns[index] {
            case .field(let field): reader.appendJSON(field, packet, bytes, facts, to: &text)
            case .number, .length: appendCell(columns[index], packet, bytes, facts, to: &text)
            case .time where time?.isNumber ?? false: appendCell(.time, packet, bytes, facts, to: &text)
            default:
                cell.removeAll(keepingCapacity: true)
                var plain = cell
                appendCell(columns[index], packet, bytes, facts, to: &plain)
                var quoted = ""
                JSONValue.quote(String(decoding: plain, as: UTF8.self), to: &quoted)
                text.append(contentsOf: quoted.utf8)
            }
        }
        text.append(contentsOf: (layout == .json ? "}" : "}\n").utf8)
    }

    private mutating func appendRow(
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts,
        to text: inout [UInt8]
    ) {
        if layout == .markdown { text.append(contentsOf: "| ".utf8) }
        for index in columns.indices {
            if index > 0 { text.append(contentsOf: (layout == .csv ? "," : layout == .tsv ? "\t" : " | ").utf8) }
            let start = text.count
            appendCell(columns[index], packet, bytes, facts, to: &text)
            escapeCell(from: start, &text)
        }
        text.append(contentsOf: (layout == .markdown ? " |\n" : "\n").utf8)
    }

    /// Quotes or escapes what would break a row.
    private func escapeCell(from start: Int, _ text: inout [UInt8]) {
        switch layout {
        case .csv:
            guard text[start...].contains(where: { [10, 13, 34, 44].contains($0) }) else { return }
            let quoted = text[start...].flatMap { $0 == 34 ? [34, 34] : [$0] }
            text.replaceSubrange(start..., with: [34] + quoted + [34])
        case .tsv:
            for index in start..<text.count where [9, 10, 13].contains(text[index]) { text[index] = 32 }
        case .markdown:
            guard text[start...].contains(UInt8(ascii: "|")) else { return }
            text.replaceSubrange(start..., with: text[start...].flatMap { $0 == 124 ? [92, 124] : [$0] })
        default: break
        }
    }
}
