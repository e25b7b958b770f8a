/// What CloudWatch discovers in the lines of a Lambda function.
///
/// `REPORT RequestId: 3f1e… Duration: 12.5 ms Billed Duration: 13 ms Memory Size: 128 MB Max Memory Used: 60 MB`, and what
/// functions print. Durations are milliseconds, sizes bytes; a megabyte has 1,000,000 of them, as CloudWatch's own
/// queries divide by 1,000 twice. Source: CloudWatch Logs User Guide, "Supported logs and discovered fields".
struct LambdaEvent {
    enum Value {
        case text(Range<Int>)
        case number(Double)
    }

    enum Field: Int, CaseIterable {
        case type, requestId, duration, billedDuration, initDuration, maxMemoryUsed, memorySize
        case xrayTraceId, xraySegmentId

        /// The name that queries use.
        var name: String { "@\(self)" }
    }

    static let fieldNames = Field.allCases.map(\.name)

    /// The first words of lines that Lambda itself writes.
    private static let types: [[UInt8]] = [
        "START", "END", "REPORT", "INIT_START", "INIT_REPORT", "RESTORE_START", "RESTORE_REPORT", "EXTENSION",
        "TELEMETRY",
    ].map { Array($0.utf8) }
    /// What stands in front of values, without the colon.
    private static let labels: [(text: [UInt8], field: Field)] = {
        let named: [(String, Field)] = [
            ("RequestId", .requestId), ("Duration", .duration), ("Billed Duration", .billedDuration),
            ("Init Duration", .initDuration), ("Memory Size", .memorySize),
            ("Max Memory Used", .maxMemoryUsed), ("XRAY TraceId", .xrayTraceId), ("SegmentId", .xraySegmentId),
        ]
        return named.map { (Array($0.0.utf8), $0.1) }
    }()
    private static let units: [([UInt8], Double)] = [
        ("ms", 1), ("s", 1000), ("MB", 1e6), ("KB", 1e3), ("GB", 1e9),
    ].map { (Array($0.0.utf8), $0.1) }
    /// Words of a line that are looked at.
    private static let wordLimit = 64

    private let block: LineBlock
    /// The line without what stands in front of it in the output of a command.
    private var range: Range<Int>

    init(_ block: LineBlock, _ range: Range<Int>) {
        self.block = block
        self.range = range
        self.range = body
    }

    /// The line behind the event's time and its stream, `2026/11/24/[$LATEST]3f1e…`, which `aws logs tail` prints first.
    private var body: Range<Int> {
        guard range.count > 20, block.byte(range.lowerBound) &- 48 < 10, let time = word(from: range.lowerBound),
            time.count >= 19, EventTime.isoMilliseconds(block.bytes(time)) != nil,
            let next = word(from: time.upperBound)
        else { return range }
        if isType(next) { return next.lowerBound..<range.upperBound }
        guard next.count > 12, [4, 7, 10].allSatisfy({ block.byte(next.lowerBound + $0) == UInt8(ascii: "/") }),
            next.contains(where: { block.byte($0) == UInt8(ascii: "[") }), let text = word(from: next.upperBound)
        else { return range }
        return text.lowerBound..<range.upperBound
    }

    /// True for a line that only Lambda writes.
    static func isPlatform(_ block: LineBlock, _ range: Range<Int>) -> Bool {
        let event = LambdaEvent(block, range)
        guard let first = event.word(from: event.range.lowerBound), event.isType(first),
            let second = event.word(from: first.upperBound)
        else { return false }
        return ["RequestId:", "Runtime", "Init", "Restore", "Name:"].contains { block.equals(second, $0) }
    }

    /// Reports what the line tells, each field once.
    func run(_ report: (Field, Value) -> Void) {
        guard let first = word(from: range.lowerBound) else { return }
        if isType(first), block.byte(range.lowerBound) != 32 {
            report(.type, .text(first))
            readLabels(from: first.upperBound, report)
        } else if block.equals(first, "XRAY") {
            readLabels(from: first.lowerBound, report)
        } else {
            // What runtimes put before what functions print: a level, a time and the request, with tabs between.
            var start = range.lowerBound
            for _ in 0..<3 {
                let stop = (start..<range.upperBound).first { block.byte($0) == 9 } ?? range.upperBound
                if isRequest(start..<stop) { return report(.requestId, .text(start..<stop)) }
                guard stop < range.upperBound, stop - start < 64 else { return }
                start = stop + 1
            }
        }
    }

    private func isType(_ word: Range<Int>) -> Bool { LambdaEvent.types.contains { holds($0, word) } }

    /// True for the shape `8-4-4-4-12` of hexadecimal digits.
    private func isRequest(_ place: Range<Int>) -> Bool {
        guard place.count == 36 else { return false }
        for (index, offset) in place.enumerated() {
            let byte = block.byte(offset)
            if [8, 13, 18, 23].contains(index) {
                if byte != UInt8(ascii: "-") { return false }
            } else if byte &- 48 > 9, (byte | 32) &- 97 > 5 {
                return false
            }
        }
        return true
    }

    /// Reads `Label: value` after `Label: value`, a unit behind a number.
    private func readLabels(from offset: Int, _ report: (Field, Value) -> Void) {
        var found: Set<Field> = []
        var index = offset
        var label: Range<Int>?
        for _ in 0..<LambdaEvent.wordLimit {
            guard let word = word(from: index) else { return }
            index = word.upperBound
            let begin = label?.lowerBound ?? word.lowerBound
            guard block.byte(word.upperBound - 1) == UInt8(ascii: ":") else {
                label = begin..<word.upperBound
                continue
            }
            let name = begin..<(word.upperBound - 1)
            label = nil
            guard let value = self.word(from: index) else { return }
            index = value.upperBound
            var result = Value.text(value)
            if let number = block.decimal(value), let next = self.word(from: index),
                let unit = LambdaEvent.units.first(where: { holds($0.0, next) })
            {
                result = .number(number * unit.1)
                index = next.upperBound
            }
            guard let field = LambdaEvent.labels.first(where: { holds($0.text, name) })?.field,
                found.insert(field).inserted
            else { continue }
            report(field, result)
        }
    }

    private func holds(_ text: [UInt8], _ place: Range<Int>) -> Bool {
        guard place.count == text.count else { return false }
        for (index, offset) in place.enumerated() where block.byte(offset) != text[index] { return false }
        return true
    }

    /// The word at or behind an offset.
    private func word(from offset: Int) -> Range<Int>? {
        var start = offset
        while start < range.upperBound, EnvelopeHead.isSpace(block.byte(start)) { start += 1 }
        guard start < range.upperBound else { return nil }
        var end = start
        while end < range.upperBound, !EnvelopeHead.isSpace(block.byte(end)) { end += 1 }
        return start..<end
    }

    /// Where the first JSON object of a line begins, which is the only one that is discovered.
    static func fragment(_ block: LineBlock, _ range: Range<Int>) -> Range<Int> {
        fragment(range) { block.byte($0) }
    }

    /// The bytes from the first JSON object on.
    static func fragment(_ line: [UInt8]) -> [UInt8] { Array(line[fragment(line.indices) { line[$0] }]) }

    private static func fragment(_ range: Range<Int>, _ byte: (Int) -> UInt8) -> Range<Int> {
        var brace: Int?
        for index in range {
            let byte = byte(index)
            if let brace, byte == UInt8(ascii: "\"") { return brace..<range.upperBound }
            if byte == UInt8(ascii: "{") { brace = index } else if !EnvelopeHead.isSpace(byte) { brace = nil }
        }
        return range.upperBound..<range.upperBound
    }
}
