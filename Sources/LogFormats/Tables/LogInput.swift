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
    /// Records given out, and lines that were none.
    package private(set) var records = 0
    package private(set) var damaged = 0
    package private(set) var bytes = 0
    /// Rows whose text does not fit the format, and the most fields that one of the first JSON events has.
    private var unfit = 0
    private var mostFields = 0
    private let startColumn: Int?
    private let endColumn: Int?
    let clock: LogClock
    /// What is missing in the times of a firewall's log, and its lines of other programs.
    private var marks: TimeMarks = []
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

    /// Fills a block with the next records and finds their columns; false at the end.
    ///
    /// - Throws: `Failure` of kind `readOrWrite`.
    package func fill(_ block: LineBlock) throws(Failure) -> Bool { try reader.fill(block) }

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
        if case .firewall(let format) = format { format.read(block, clock) } else { format.countUnfit(block) }
    }

    /// True where CloudWatch wrote a time in front of each event, as it does in exports.
    package var isExported: Bool {
        if case .flowLog(let layout) = format { return layout.columns.first == .exportTime }
        return reader.isStamped
    }

    /// Counts one more record that could not be read.
    func noteDamage() { damaged += 1 }

    /// Counts what a block held.
    package func count(_ block: LineBlock) {
        records += block.rowCount
        damaged += block.damagedCount + block.firewall.damaged
        marks.formUnion(block.firewall.marks)
        others += block.firewall.others
        unfit += block.unfitCount
        bytes += block.length
    }

    /// The names of the fields that the first records have.
    func fieldNames() -> [String] {
        switch format {
        case .flowLog(let layout):
            let names = layout.columns.filter { $0 != .exportTime }.map(\.discovered)
            let others = [("start", "startTime"), ("end", "endTime")].filter { names.contains($0.0) }.map(\.1)
            return names + others
        case .service(let log): return log.fieldNames + (log.columns == nil ? jsonNames(log == .lambda) : [])
        case .json: return jsonNames(false)
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
    package var skipped: Int { damaged + reader.overlongCount }

    /// What is to be said about the input; complete after the last block.
    package var notes: [String] {
        var notes = reader.notes
        if case .flowLog(let layout) = format, layout.origin == .guessed {
            notes.append("no header: the columns were taken as \(layout.formatText)")
        }
        if case .firewall(let format) = format { notes += format.notes(marks, others: others) }
        if unfit > 0 {
            notes.append(
                unfit == 1
                    ? "1 event does not fit the format \(format.name): there is only its @message"
                    : "\(unfit) events do not fit the format \(format.name): there is only their @message"
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
