import Columns
import Patterns
import RoadblockCore

/// What the nodes of one worker share: where rows come from, and the texts of the values.
final class Frame {
    let pool: TextPool
    let values: CellText
    let order: NaturalOrder
    let settings: QuerySettings
    /// Where the fields of the current batch come from.
    var cursor: (any RowCursor)?
    /// Counts batches, so that a node knows whether its column is of the current one.
    private(set) var batch = 0
    private var lastBatch = 0
    var rowCount = 0
    /// True once a regular expression was given up at its limit.
    var hitRegexLimit = false
    /// All regular expressions of the query.
    var regexes: [RegularExpression] = []
    /// True once one of them was given up too often.
    var isRegexHopeless: Bool { regexes.contains { $0.isHopeless || $0.isMostlyGivenUp } }
    /// The places among all rows of the rows of the current batch, where they come out of a temporary file.
    var spilledOrdinals: [UInt64] = []

    init(_ settings: QuerySettings) {
        pool = TextPool()
        values = CellText(pool)
        order = NaturalOrder(pool)
        self.settings = settings
    }

    func begin(rows: Int) {
        lastBatch += 1
        batch = lastBatch
        rowCount = rows
    }

    /// The place of a row among all rows, in a batch whose rows mostly follow each other.
    @inline(__always)
    func ordinal(of row: Int, _ firstOrdinal: UInt64) -> UInt64 {
        spilledOrdinals.isEmpty ? firstOrdinal &+ UInt64(row) : spilledOrdinals[row]
    }

    /// Evaluates nodes anew for the rows of the current batch; what they gave before counts again afterwards.
    func anew(_ body: () -> Void) {
        let current = batch
        lastBatch += 1
        batch = lastBatch
        body()
        batch = current
    }
}

/// What a run knows beside the query: moments and modes.
package struct QuerySettings: Sendable {
    /// Epoch seconds that `now()` gives.
    package var now: Int64
    /// Milliseconds since 1970, both inclusive; rows outside are not looked at.
    package var start: Int64?
    package var end: Int64?
    package var isStrict = false
    /// True where `@ptr` is the last column of rows that are log events, as `GetQueryResults` has it.
    package var pointsAtEvents = false
    /// The tables of `lookup` and `cidrlookup`, by name.
    package var lookups: [String: LookupTable] = [:]
    /// The time zones that the query names, as far as they are no fixed offsets.
    package var zones: [String: ZoneOffsets] = [:]
    /// Workers to run.
    package var workers = 2
    /// Bytes that groups, and rows that `dedup` keeps apart, may take before more of them go to temporary files.
    package var memory = 384 << 20
    /// The share of one worker.
    var workerMemory: Int { memory / max(1, workers) }
    /// Bytes that the aggregates of all workers may hold for values that cannot wait in files.
    package var heldMemory = 256 << 20
    /// What of these they hold in one run.
    var held = HeldBytes(limit: 0)
    /// The log groups that the query may name, and its own rows once more.
    package var sources = QuerySources()
    /// What inner queries gave, by their places in the text.
    var inner: [Int: InnerRows] = [:]

    package init(now: Int64) { self.now = now }
}

/// A part of an expression, evaluated for many rows at a time; each worker has nodes of its own.
class Node {
    /// The values of the rows that were last asked for.
    let column = CellColumn()
    private var batch = -1

    /// The values for the selected rows of the current batch.
    ///
    /// They are computed once for a batch: later selections of the same batch are smaller.
    final func evaluate(_ frame: Frame, _ rows: RowSelection) -> CellColumn {
        if batch != frame.batch {
            batch = frame.batch
            column.reserve(frame.rowCount)
            compute(frame, rows)
        }
        return column
    }

    /// The column, to be filled with what the node gave for the rows of the current batch when it was computed before.
    final func preset(_ frame: Frame) -> CellColumn {
        batch = frame.batch
        column.reserve(frame.rowCount)
        return column
    }

    /// Fills the column for the selected rows.
    func compute(_ frame: Frame, _ rows: RowSelection) {}

    /// The value where it is the same for every row.
    var constant: Cell? { nil }
}

/// A field of the rows as they come.
final class FieldNode: Node {
    let field: Int

    init(_ field: Int) { self.field = field }

    override func compute(_ frame: Frame, _ rows: RowSelection) { frame.cursor?.fill(field, rows, into: column) }
}

/// The same value for every row.
final class ConstantNode: Node {
    private let cell: Cell

    init(_ cell: Cell) { self.cell = cell }

    override var constant: Cell? { cell }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        for index in 0..<rows.count { column[rows[index]] = cell }
    }
}

/// A name for another node's values.
final class AliasNode: Node {
    private let target: Node

    init(_ target: Node) { self.target = target }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let source = target.evaluate(frame, rows)
        for index in 0..<rows.count { column[rows[index]] = source[rows[index]] }
    }
}

/// A scalar function, called once a row.
final class CallNode: Node {
    private let arguments: [Node]
    private let function: ScalarFunction
    private var cells: [Cell]
    /// What stays the same from row to row, prepared from arguments that are literals.
    private let prepared: Prepared

    init(_ function: @escaping ScalarFunction, _ arguments: [Node], _ prepared: Prepared) {
        self.function = function
        self.arguments = arguments
        self.prepared = prepared
        cells = Array(repeating: .missing, count: arguments.count)
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let sources = arguments.map { $0.evaluate(frame, rows) }
        for index in 0..<rows.count {
            let row = rows[index]
            for argument in 0..<sources.count { cells[argument] = sources[argument][row] }
            column[row] = function(frame, cells, prepared)
        }
    }
}

/// A scalar function: the arguments' values of one row to a value.
typealias ScalarFunction = @Sendable (Frame, [Cell], Prepared) -> Cell

/// What a function makes of its literal arguments once, before the first row.
struct Prepared {
    var period: Period?
    /// Milliseconds that are added to a time before it is rounded.
    var offset: Int64 = 0
    var regex: RegularExpression?
    var prefix: IPPrefix?
    /// The call's own mark of which of a family it is.
    var text = ""
}
