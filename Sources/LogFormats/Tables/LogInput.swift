package import Inputs
package import RoadblockCore

/// One input of a table: a name to print, how to open it, and what is known about its records beforehand.
package struct LogInput: Sendable {
    package var name: String
    package var open: @Sendable () throws(Failure) -> any ByteSource
    package var choice: FormatChoice
    /// `ACCOUNT:NAME` of the log group that the input stands for.
    package var logGroup: String?
    /// When it is read, for times without a year.
    package var clock: LogClock

    package init(
        name: String,
        choice: FormatChoice = .automatic,
        logGroup: String? = nil,
        clock: LogClock = LogClock(),
        open: @escaping @Sendable () throws(Failure) -> any ByteSource
    ) {
        self.name = name
        self.choice = choice
        self.logGroup = logGroup
        self.clock = clock
        self.open = open
    }

    /// A text as an input.
    package init(name: String, choice: FormatChoice = .automatic, logGroup: String? = nil, text: String) {
        self.init(name: name, choice: choice, logGroup: logGroup) { () throws(Failure) -> any ByteSource in
            TextSource(text)
        }
    }
}

/// An input whose records' format is known: the reader stands at the first record.
package final class OpenLogInput {
    package let reader: LineReader
    package let format: RecordFormat
    /// Records given out, and their bytes.
    package private(set) var records = 0
    package private(set) var bytes = 0
    /// Lines that were no records, and rows whose text does not fit the format.
    private var damage = LineNumbers()
    private var unfit = LineNumbers()
    /// Lines of each block, where the reader does not count them.
    private var starts = LineStarts()
    /// Records without a time.
    private var untimed = 0
    /// The most fields that one of the first JSON events has.
    private var mostFields = 0
    private let startColumn: Int?
    private let endColumn: Int?
    /// True for text that may be no log at all.
    package let isPlainText: Bool
    /// The columns of the next rows, where lines among them name these.
    private var headed: HeadedLog?
    let clock: LogClock
    /// What is missing in the times of a firewall's log, and its lines of other programs.
    private var marks: LogMarks = []
    private var others = 0

    /// Opens the input and finds out what its records are.
    ///
    /// - Throws: `Failure` of kind `cannotOpen` or `badInput`.
    package convenience init(_ input: LogInput) throws(Failure) {
        try self.init(name: input.name, source: input.open(), choice: input.choice, clock: input.clock)
    }

    /// Finds out what the records of an opened source are.
    ///
    /// - Throws: `Failure` of kind `badInput`.
    package init(
        name: String,
        source: any ByteSource,
        choice: FormatChoice,
        clock: LogClock = LogClock()
    ) throws(Failure) {
        self.clock = clock
        reader = try LineReader(name: name, source: source)
        let found = try RecordFormat.find(reader, choice)
        format = found.format
        isPlainText = found.isPlainText
        if case .headed(let log) = found.format { headed = log }
        if found.hasHeader, !reader.holdsEvents { reader.skipLine() }
        reader.isStamped = found.isStamped
        if case .flowLog(let layout) = format {
            startColumn = layout.position("start")
            endColumn = layout.position("end")
        } else {
            startColumn = nil
            endColumn = nil
        }
    }

    /// Fills a block with the next records, of so many bytes where none is longer; false at the end.
    ///
    /// - Throws: `Failure` of kind `readOrWrite`.
    package func fill(_ block: LineBlock, size: Int = LineReader.blockSize) throws(Failure) -> Bool {
        guard try reader.fill(block, size: size) else { return false }
        if let headed, !reader.holdsEvents { self.headed = followHeads(block, headed) }
        return true
    }

    /// Lets a block end where the columns change; gives those of its rows.
    private func followHeads(_ block: LineBlock, _ known: HeadedLog) -> HeadedLog {
        var current = known
        var offset = 0
        while let line = block.line(beginningWith: HeadedLog.fields, from: offset) {
            offset = line.upperBound
            guard var log = HeadedLog(header: [block.bytes(line)]) else { continue }
            log.separator = known.separator
            if log == current { continue }
            if line.lowerBound > 0 {
                reader.takeBack(block, from: line.lowerBound)
                break
            }
            current = log
        }
        block.headed = current
        return current
    }

    /// Finds the rows of a block that `fill` gave.
    package func split(_ block: LineBlock) {
        if case .flowLog(let layout) = format {
            if reader.holdsEvents {
                block.splitEvents(layout.columns.count, numbers: startColumn, endColumn)
            } else {
                block.splitColumns(layout.columns.count, numbers: startColumn, endColumn)
            }
            return
        }
        if reader.isStamped { block.splitStamped() } else if !reader.holdsEvents { block.splitLines() }
        if case .headed = format, !reader.holdsEvents { block.dropHeaders() }
        if case .firewall(let format) = format {
            format.read(block, clock)
        } else {
            // Columns may change from block to block.
            (block.headed.map { .headed($0) } ?? format).countUnfit(block)
        }
    }

    /// True where CloudWatch wrote a time in front of each event, as it does in exports.
    package var isExported: Bool {
        if case .flowLog(let layout) = format { return layout.columns.first == .exportTime }
        return reader.isStamped
    }

    /// Notes what is missing in the times of lines.
    func note(_ marks: LogMarks) { self.marks.formUnion(marks) }

    /// Counts one more record that could not be read.
    func noteUntimed() { untimed += 1 }

    /// Counts what a block held.
    package func count(_ block: LineBlock) {
        records += block.rowCount
        // Blocks come in any order where several workers read.
        let place = reader.countsLines ? 0 : Int(truncatingIfNeeded: block.ordinal >> 20 & 0xFFF_FFFF)
        if !reader.countsLines { starts.add(block.linesRead, block: place) }
        damage.add(block.damage, block: place, firstLine: block.firstLine)
        unfit.add(block.unfit, block: place, firstLine: block.firstLine)
        marks.formUnion(block.firewall.marks)
        others += block.firewall.others
        bytes += block.length
    }

    /// The names of the fields that the first records have.
    func fieldNames() -> [String] {
        switch format {
        case .flowLog(let layout):
            let names = layout.columns.dropFirst(layout.exportCount).map(\.discovered)
            let others = [("start", "startTime"), ("end", "endTime")].filter { names.contains($0.0) }.map(\.1)
            let isLonger = reader.firstLines(50).contains {
                $0.split { $0 == 32 || $0 == 9 }.count > layout.columns.count
            }
            return names + others + (isLonger ? ["_extra"] : [])
        case .service(let log): return log.fieldNames + (log.columns == nil ? jsonNames(log == .lambda) : [])
        case .headed(let log): return log.columns
        case .json, .mixed: return jsonNames(false)
        case .text: return []
        case .firewall(let format):
            let found = format.holdsPlainJSON ? jsonNames(false) : []
            let own = (found + format.ownNames).filter { !FirewallFormat.normalised.contains($0) }
            return FirewallFormat.normalised + own
        }
    }

    private func jsonNames(_ isFragment: Bool) -> [String] {
        let lines = reader.firstLines(200)
        var events = reader.isStamped ? ExportStamp.messages(lines) ?? lines : lines
        if isFragment { events = events.map { LambdaEvent.fragment($0) } }
        let (names, most) = JSONNames.found(in: events)
        mostFields = most
        return names
    }

    /// Fields of a JSON event that CloudWatch discovers (User Guide, "Supported logs and discovered fields").
    private static let discovered = 200

    /// Records that could not be read.
    package var skipped: Int { damage.count + untimed + reader.overlongCount }

    /// The numbers of the first lines that could not be read: `line 5`, `lines 5 and 6`; `nil` where there are none.
    package var skippedLines: String? {
        damage.list(starts).map { "\(word)\(damage.count == 1 ? "" : "s") \($0)" }
    }

    private var word: String { reader.holdsMessages ? "event" : "line" }

    /// What is to be said about the input; complete after the last block.
    package var notes: [String] {
        var notes = reader.notes
        if case .flowLog(let layout) = format, layout.origin == .guessed {
            notes.append("no header: the columns were taken as \(layout.formatText)")
        }
        notes += marks.notes
        if case .firewall(let format) = format { notes += format.notes(others: others) }
        if let list = unfit.list(starts) {
            notes.append(
                unfit.count == 1
                    ? "\(word) \(list) does not fit the format \(format.name): there is only its @message"
                    : "\(unfit.count) events do not fit the format \(format.name), there is only their @message: "
                        + "\(word)s \(list)"
            )
        }
        if mostFields > OpenLogInput.discovered {
            notes.append(
                "an event has \(mostFields) fields: CloudWatch discovers \(OpenLogInput.discovered), "
                    + "the others would be blank there"
            )
        }
        return notes
    }
}
