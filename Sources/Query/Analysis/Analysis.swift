import Columns
import RoadblockCore

/// A command that makes other rows of all the rows it is given: one worker's share.
class Analysis {
    /// The names of the columns that it makes.
    let columns: [String]
    /// The command's word.
    let word: String

    init(_ word: String, columns: [String]) {
        self.word = word
        self.columns = columns
    }

    /// Takes the selected rows of the current batch.
    func add(_ frame: Frame, _ rows: RowSelection) {}

    /// Takes over another worker's share.
    func merge(_ other: Analysis) {}

    /// The rows that it makes, and what is to be said of them.
    ///
    /// - Throws: `Failure` where that is not possible with such rows.
    func result(_ settings: QuerySettings) throws(Failure) -> (rows: RowList, notes: [String]) {
        (RowList(rows: [], values: CellText(TextPool())), [])
    }
}

/// `pattern`: messages by what they have in common.
class PatternAnalysis: Analysis {
    let table: TemplateTable
    private let argument: Node
    private var scanner = MessageScanner()

    static let columns = ["@pattern", "@ratio", "@sampleCount", "@severityLabel"]

    init(_ word: String, _ argument: Node, columns: [String], table: TemplateTable) {
        self.argument = argument
        self.table = table
        super.init(word, columns: columns)
    }

    convenience init(_ argument: Node) {
        self.init("pattern", argument, columns: PatternAnalysis.columns, table: TemplateTable())
    }

    /// Where a message is counted beside its pattern, once or twice; `nil` where it is left out.
    func slots(
        of row: Int,
        _ tokens: [MessageScanner.Token],
        _ bytes: borrowing Span<UInt8>
    ) -> (first: Int?, second: Int?)? {
        (nil, nil)
    }

    /// Reads the columns that `slots` looks at.
    func prepare(_ frame: Frame, _ rows: RowSelection) {}

    override func add(_ frame: Frame, _ rows: RowSelection) {
        let column = argument.evaluate(frame, rows)
        prepare(frame, rows)
        for index in 0..<rows.count {
            let row = rows[index]
            let cell = column[row]
            if cell.isText {
                frame.pool.withBytes(of: cell) { take($0, row) }
            } else if let text = frame.values.text(cell) {
                take(Array(text.utf8).span, row)
            }
        }
    }

    private func take(_ bytes: borrowing Span<UInt8>, _ row: Int) {
        scanner.scan(bytes)
        guard let (first, second) = slots(of: row, scanner.tokens, bytes) else { return }
        table.add(scanner, bytes, slot: first, second: second)
    }

    override func merge(_ other: Analysis) {
        guard let other = other as? PatternAnalysis else { return }
        table.merge(other.table)
    }

    override func result(_ settings: QuerySettings) throws(Failure) -> (rows: RowList, notes: [String]) {
        let pool = TextPool()
        let (patterns, others) = PatternSearch.patterns(table)
        let rows = patterns.map { PatternAnalysis.cells($0, of: table.count, pool) }
        return (RowList(rows: rows, values: CellText(pool)), notes(others))
    }

    /// The cells of the four columns that a pattern has by itself.
    static func cells(_ pattern: MessagePattern, of total: Int, _ pool: TextPool) -> [Cell] {
        [
            pool.keep(pattern.text), Cell(number: total > 0 ? Double(pattern.count) / Double(total) : 0),
            Cell(number: Double(pattern.count)), pool.keep(severity(pattern.text)),
        ]
    }

    /// The severity that a pattern's text tells.
    static func severity(_ text: String) -> String {
        let text = text.lowercased()
        return text.contains("error") ? "ERROR" : text.contains("warn") ? "WARN" : "INFO"
    }

    /// What is to be said of the patterns.
    func notes(_ others: Int) -> [String] {
        var notes = [
            "`\(word)` finds patterns by a method of its own, after Drain (He and others 2017); CloudWatch's are not published"
        ]
        if table.isCoarse {
            notes.append(
                "there are more kinds of messages than are told apart: of some, only the first words and the form were"
            )
        }
        if others > 0 { notes.append("\(others) messages of the rarest kinds are one, \(PatternSearch.other)") }
        if table.cutCount > 0 {
            notes.append(
                "\(table.cutCount == 1 ? "1 message is" : "\(table.cutCount) messages are") longer than \(MessageScanner.tokenLimit) tokens or "
                    + "\(MessageScanner.byteLimit) bytes, of which the beginning counts"
            )
        }
        return notes
    }
}
