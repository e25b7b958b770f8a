package import Inputs
package import RoadblockCore

/// One input of a table: a name to print, how to open it, and what is known about its records beforehand.
package struct LogInput: Sendable {
    package var name: String
    package var open: @Sendable () throws(Failure) -> any ByteSource
    package var choice: FormatChoice
    /// `ACCOUNT:NAME` of the log group that the input stands for.
    package var logGroup: String?

    package init(
        name: String,
        choice: FormatChoice = .automatic,
        logGroup: String? = nil,
        open: @escaping @Sendable () throws(Failure) -> any ByteSource
    ) {
        self.name = name
        self.choice = choice
        self.logGroup = logGroup
        self.open = open
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
    private let startColumn: Int?
    private let endColumn: Int?

    /// Opens the input and finds out what its records are.
    ///
    /// - Throws: `Failure` of kind `cannotOpen` or `badInput`.
    package convenience init(_ input: LogInput) throws(Failure) {
        try self.init(name: input.name, source: input.open(), choice: input.choice)
    }

    /// Finds out what the records of an opened source are.
    ///
    /// - Throws: `Failure` of kind `badInput`.
    package init(name: String, source: any ByteSource, choice: FormatChoice) throws(Failure) {
        reader = try LineReader(name: name, source: source)
        let (format, hasHeader) = try RecordFormat.find(reader, choice)
        self.format = format
        if hasHeader, !reader.holdsEvents { reader.skipLine() }
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
        OpenLogInput.split(block, format, reader.holdsEvents, startColumn, endColumn)
    }

    private static func split(
        _ block: LineBlock,
        _ format: RecordFormat,
        _ holdsEvents: Bool,
        _ startColumn: Int?,
        _ endColumn: Int?
    ) {
        switch format {
        case .flowLog(let layout):
            if holdsEvents {
                block.splitEvents(layout.columns.count, numbers: startColumn, endColumn)
            } else {
                block.splitColumns(layout.columns.count, numbers: startColumn, endColumn)
            }
        case .json, .text:
            if !holdsEvents { block.splitLines() }
        }
    }

    /// Counts what a block held.
    package func count(_ block: LineBlock) {
        records += block.rowCount
        damaged += block.damagedCount
        bytes += block.length
    }

    /// The names of the fields that the first records have.
    var fieldNames: [String] {
        switch format {
        case .flowLog(let layout):
            let names = layout.columns.map(\.discovered)
            let others = [("start", "startTime"), ("end", "endTime")].filter { names.contains($0.0) }.map(\.1)
            return names + others
        case .json: return JSONNames.found(in: reader.firstLines(200))
        case .text: return []
        }
    }

    /// Records that could not be read.
    package var skipped: Int { damaged + reader.overlongCount }

    /// What is to be said about the input; complete after the last block.
    package var notes: [String] {
        var notes = reader.notes
        if case .flowLog(let layout) = format, layout.origin == .guessed {
            notes.append("no header: the columns were taken as \(layout.formatText)")
        }
        return notes
    }
}
