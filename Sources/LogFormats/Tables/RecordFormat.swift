import RoadblockCore

/// What the records of an input are.
package enum RecordFormat: Hashable, Sendable {
    case flowLog(FlowLogLayout)
    case service(ServiceLog)
    /// By the columns that its head names.
    case headed(HeadedLog)
    case json
    case text
    /// Lines of text, of which some may be JSON objects with fields.
    case mixed
    case firewall(FirewallFormat)

    /// The formats that `--format` names, and what each is.
    package static let named: [(name: String, meaning: String)] =
        [
            ("vpc-flow", "VPC flow log, default format or with a header line"),
            ("vpc-flow-custom", "VPC flow log in the format that --log-format gives"),
            ("tgw-flow", "transit gateway flow log, default format or with a header line"),
        ] + ServiceLog.allCases.map { ($0.rawValue, $0.meaning) }
        + [("cloudfront", "CloudFront standard log, and others with a line #Fields: (W3C extended format)")]
        + FirewallFormat.named.map { ($0.name, $0.meaning) } + [
            ("json", "one JSON object a line"),
            ("text", "any other text, one event a line"),
        ]
}

extension RecordFormat {
    /// What people call the format.
    package var title: String {
        switch self {
        case .flowLog(let layout):
            layout.position("packets-lost-no-route") == nil
                ? "VPC flow log (\(layout.columns.count) columns)" : "transit gateway flow log"
        case .service(let log): log.title
        case .headed: "log with a head of field names"
        case .json: "JSON lines"
        case .text, .mixed: "text lines"
        case .firewall(let format): format.title
        }
    }

    /// True where rows may have fields that the first ones do not.
    package var isOpen: Bool {
        switch self {
        case .flowLog, .headed: false
        case .service(let log): log.columns == nil
        case .json, .text, .mixed: true
        case .firewall(let format): format.holdsPlainJSON || format.kind == .netfilter
        }
    }

    /// The name that `--format` takes.
    package var name: String {
        switch self {
        case .flowLog(let layout): layout.position("packets-lost-no-route") == nil ? "vpc-flow" : "tgw-flow"
        case .service(let log): log.rawValue
        case .headed: "cloudfront"
        case .json: "json"
        case .text, .mixed: "text"
        case .firewall(let format): format.name
        }
    }

    /// Counts the rows of a block that do not fit; their text is all that there is of them.
    func countUnfit(_ block: LineBlock) {
        switch self {
        case .flowLog, .text, .mixed, .service(.lambda), .firewall: return
        case .json:
            block.noteUnfit { ServiceLog.isObject(block, block.range(of: $0)) }
        case .headed(let log): block.noteUnfit { log.fits(block, block.range(of: $0)) }
        case .service(let log):
            block.noteUnfit { log.fits(block, block.range(of: $0)) }
        }
    }
}

/// What a user says of the records' format.
package enum FormatChoice: Hashable, Sendable {
    /// Found by content.
    case automatic
    /// A flow log, by its header line or in the default format.
    case flowLog
    case given(RecordFormat)
}

extension RecordFormat {
    /// What the first lines of an input say.
    struct Found {
        var format: RecordFormat
        var hasHeader = false
        /// True where an export's time stands in front of each event.
        var isStamped = false
        /// True for text that was not asked for, with few objects among its first lines: it may be no log at all.
        var isPlainText = false
    }

    /// The format of an input by its first lines.
    ///
    /// - Throws: `Failure` of kind `badInput` for a flow log whose columns cannot be told, or for bytes that are no text.
    static func find(_ reader: LineReader, _ choice: FormatChoice) throws(Failure) -> Found {
        let messages = reader.holdsEvents ? nil : ExportStamp.messages(reader.firstLines(50))
        if case .given(let format) = choice { return try found(given: format, reader, messages) }
        if let tokens = headerTokens(reader), let layout = FlowLogLayout(header: tokens) {
            return Found(format: .flowLog(layout), hasHeader: true)
        }
        try refuseBinary(reader)
        if choice == .automatic, reader.holdsTuples {
            return Found(format: .firewall(FirewallFormat(.azure, isJSON: true)))
        }
        let lines = reader.firstLines(50)
        let isStamped = messages != nil
        if choice == .automatic, let format = json(messages ?? lines) {
            return Found(format: format, isStamped: isStamped)
        }
        if let layout = flowLayout(lines) { return Found(format: .flowLog(layout)) }
        if choice == .automatic, let log = ServiceLog.find(messages ?? lines) {
            return Found(format: .service(log), isStamped: isStamped)
        }
        // A plain text may begin with such times of its own, and exports are always compressed.
        let isExport = isStamped && reader.isGzip
        if choice == .automatic {
            let lines = reader.firstLines(200)
            if let format = FirewallFormat.find(inText: isExport ? ExportStamp.messages(lines) ?? lines : lines) {
                return Found(format: .firewall(format), isStamped: isExport)
            }
            if let log = HeadedLog(header: lines) { return Found(format: .headed(log)) }
        }
        guard choice == .automatic, !looksLikeFlowLog(lines) else {
            throw Failure(
                .badInput,
                "the columns of \(reader.name) cannot be told",
                code: "unknown-columns",
                suggestion: "name them as the flow log was made: --log-format '${version} ${srcaddr} …'"
            )
        }
        let first = isExport ? messages ?? [] : lines
        return Found(
            format: .mixed,
            isStamped: isExport,
            isPlainText: first.count(where: isObject) * 2 <= first.count
        )
    }

    private static func isObject(_ line: [UInt8]) -> Bool {
        guard line.first(where: { !isSpace($0) }) == UInt8(ascii: "{") else { return false }
        return (try? JSONReader.value(of: line)) != nil
    }

    /// What a user says of the records, beneath headers and an export's times.
    private static func found(
        given format: RecordFormat,
        _ reader: LineReader,
        _ messages: [[UInt8]]?
    ) throws(Failure) -> Found {
        let isStamped = messages != nil
        switch format {
        case .flowLog(var layout):
            if let tokens = headerTokens(reader), let header = FlowLogLayout(header: tokens) {
                return Found(format: .flowLog(layout.origin == .byDefault ? header : layout), hasHeader: true)
            }
            if isStamped, layout.columns.first?.name != FlowLogField.exportTime.name {
                layout.columns.insert(.exportTime, at: 0)
            }
            return Found(format: .flowLog(layout))
        case .service(.hostedZone):
            let isJSON = json(messages ?? reader.firstLines(50)) != nil
            return Found(format: isJSON ? .service(.resolver) : format, isStamped: isStamped)
        // A plain text may begin with such times of its own, and exports are always compressed.
        case .text: return Found(format: format, isStamped: isStamped && reader.isGzip)
        case .service, .json, .mixed: return Found(format: format, isStamped: isStamped)
        case .headed: return Found(format: HeadedLog(header: reader.firstLines(50)).map { .headed($0) } ?? format)
        case .firewall(let given):
            try refuseBinary(reader)
            let isExport = isStamped && reader.isGzip
            let lines = isExport ? messages ?? [] : reader.firstLines(50)
            return Found(format: .firewall(given.completed(by: lines)), isStamped: isExport)
        }
    }

    /// JSON where the first line that is not empty begins so, or the JSON of a service or a firewall.
    private static func json(_ lines: [[UInt8]]) -> RecordFormat? {
        guard let first = lines.first(where: { !$0.allSatisfy(isSpace) }),
            first.first(where: { !isSpace($0) }) == UInt8(ascii: "{")
        else { return nil }
        if let log = ServiceLog.find(lines) { return .service(log) }
        return FirewallFormat.find(inJSON: lines).map { .firewall($0) } ?? .json
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }

    private static func headerTokens(_ reader: LineReader) -> [String]? {
        guard let first = reader.firstLines(1).first, first.count < 64 << 10 else { return nil }
        return tokens(first)
    }

    private static func tokens(_ line: [UInt8]) -> [String] {
        line.split(whereSeparator: isSpace).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The layout of bare lines: of most of them, so that a damaged line or two do no harm.
    private static func flowLayout(_ lines: [[UInt8]]) -> FlowLogLayout? {
        let split = lines.filter { $0.count < 16 << 10 }.map(tokens)
        if let layout = mostFit(split) { return layout }
        // What CloudWatch exports to S3 has the event's time in front of each record.
        let dropped = split.filter { $0.first.map { EventTime.isoMilliseconds(Array($0.utf8)) != nil } ?? false }
            .map { Array($0.dropFirst()) }
        guard dropped.count * 5 > split.count else { return nil }
        if var layout = mostFit(dropped) {
            layout.columns.insert(.exportTime, at: 0)
            return layout
        }
        // `aws logs tail` prints the stream behind it.
        guard var layout = mostFit(dropped.map { Array($0.dropFirst()) }) else { return nil }
        layout.columns.insert(contentsOf: [.exportTime, .exportStream], at: 0)
        return layout
    }

    /// The layout of the lines that fit one: all shapes of a line are hardly right by chance, so a fifth of them will do.
    private static func mostFit(_ split: [[String]]) -> FlowLogLayout? {
        if let layout = FlowLogLayout(guessedFrom: split) { return layout }
        let fitting = Dictionary(grouping: split.filter { FlowLogLayout(guessedFrom: [$0]) != nil }, by: \.count)
        let most = fitting.values.max { $0.count < $1.count } ?? []
        if !most.isEmpty, most.count * 5 >= split.count { return FlowLogLayout(guessedFrom: most) }
        return split.count(where: FlowLogLayout.beginsByDefault) * 2 > split.count ? .byDefault : nil
    }

    /// True for lines that have what only flow logs have, in columns that are not known.
    private static func looksLikeFlowLog(_ lines: [[UInt8]]) -> Bool {
        let split = lines.filter { $0.count < 16 << 10 }.map(tokens)
        let alike = split.filter { line in
            guard line.count >= 8 else { return false }
            return line.contains { $0 == "ACCEPT" || $0 == "REJECT" }
                && line.contains { $0 == "OK" || $0.hasPrefix("eni-") }
                || line.contains("TransitGateway") && line.contains { $0.hasPrefix("tgw-") }
        }
        return !alike.isEmpty && alike.count * 2 > split.count
    }

    private static func refuseBinary(_ reader: LineReader) throws(Failure) {
        let start = reader.firstBytes
        let known: [([UInt8], String)] = [
            (Array("PAR1".utf8), "Parquet, which this version does not read; ask for text files or use Athena"),
            ([0xD4, 0xC3, 0xB2, 0xA1], "a capture"), ([0xA1, 0xB2, 0xC3, 0xD4], "a capture"),
            ([0x0A, 0x0D, 0x0D, 0x0A], "a capture"), ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive"),
            (Array("BZh".utf8), "bzip2-compressed; unpack it first"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz-compressed; unpack it first"),
            ([0x04, 0x22, 0x4D, 0x18], "LZ4-compressed; unpack it first"),
        ]
        if let match = known.first(where: { start.starts(with: $0.0) }) {
            throw Failure(.badInput, "\(reader.name) is not a log: it is \(match.1)")
        }
        // Zeros in a row are one place, as programs that were cut off leave them.
        let zeros = zip(start, start.dropFirst()).count { $0 == 0 && $1 == 0 }
        let odd = start.count { $0 < 9 || (14...31).contains($0) && $0 != 27 } - zeros
        // A damaged line does no harm to objects before and behind it.
        let lines = reader.firstLines(50)
        let objects = lines.count { $0.first == UInt8(ascii: "{") && $0.last == UInt8(ascii: "}") }
        guard odd * 20 < max(start.count, 60) || objects * 2 > lines.count else {
            throw Failure(.badInput, "\(reader.name) is not a log: expected text, found unknown bytes")
        }
    }
}
