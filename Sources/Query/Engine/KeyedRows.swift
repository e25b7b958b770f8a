import Columns
import RoadblockCore

/// The different values of a column and, of the right side of a `join`, the rows that have them.
///
/// All of it is in memory, so each of its sizes has a limit.
final class KeyedRows {
    /// How much is kept, and what is said where there is more.
    struct Limits {
        var keys: Int
        var rows: Int
        /// Who keeps the values: the beginning of a message.
        var owner: String
        var advice: String

        /// Values of a query behind `in`.
        static let values = Limits(
            keys: 1_000_000,
            rows: 0,
            owner: "the query inside `in (…)` gives",
            advice: "filter inside of it"
        )
        /// Keys of the right side of a `join`, as CloudWatch Logs has it.
        static let side = Limits(
            keys: 50_000,
            rows: 1_000_000,
            owner: "the right side of the `join` has",
            advice: "make the smaller source the right side, or give it a shorter time range"
        )
        /// Bytes of text.
        static let texts = 64 << 20
    }

    private let key: Node
    /// What is kept of each row; `nil` where only the values count.
    private let outputs: [Node]?
    private let time: Node?
    private let limits: Limits
    private let frame: Frame
    private var places: [UInt64: Int32] = [:]
    private(set) var keys: [Cell] = []
    /// Key, time, ordinal, outputs: one row after the other.
    private var cells: [UInt64] = []
    private var width: Int { 3 + (outputs?.count ?? 0) }

    init(_ frame: Frame, key: Node, outputs: [Node]?, time: Node?, _ limits: Limits) {
        self.frame = frame
        self.key = key
        self.outputs = outputs
        self.time = time
        self.limits = limits
    }

    /// Adds the selected rows of the current batch; those without a value have no partner.
    ///
    /// - Throws: `Failure` where there is more than is kept.
    func add(_ rows: RowSelection, _ cursor: any RowCursor) throws(Failure) {
        let values = key.evaluate(frame, rows)
        let times = time?.evaluate(frame, rows)
        let columns = outputs?.map { $0.evaluate(frame, rows) }
        for index in 0..<rows.count {
            let row = rows[index]
            let value = values[row]
            if value.isMissing || value.isStructure { continue }
            let place = place(of: frame.pool.keep(value))
            guard let columns else { continue }
            cells.append(UInt64(place))
            cells.append(KeyedRows.sortable(times?[row] ?? .missing))
            cells.append(cursor.ordinal(of: row))
            for column in columns { cells.append(frame.pool.keep(column[row]).bits) }
        }
        try check()
    }

    private func place(of cell: Cell) -> Int {
        if let place = places[cell.bits] { return Int(place) }
        places[cell.bits] = Int32(truncatingIfNeeded: keys.count)
        keys.append(cell)
        return keys.count - 1
    }

    /// A time as a number in the same order, what has none before all others.
    private static func sortable(_ cell: Cell) -> UInt64 {
        cell.isTime ? UInt64(bitPattern: cell.milliseconds) ^ (1 << 63) : 0
    }

    private func check() throws(Failure) {
        let hasTooManyKeys = keys.count > limits.keys
        let most = min(limits.rows, RowList.cellLimit / width)
        if hasTooManyKeys || cells.count / width > most {
            let count = KeyedRows.grouped(hasTooManyKeys ? limits.keys : most)
            throw Failure(
                .usage,
                "\(limits.owner) more than \(count) \(hasTooManyKeys ? "different values" : "rows")",
                code: hasTooManyKeys ? "too-many-values" : "too-many-rows",
                suggestion: limits.advice
            )
        }
        guard frame.pool.keptBytes <= Limits.texts else {
            throw Failure(
                .usage,
                "\(limits.owner) more than \(Limits.texts >> 20) MiB of text",
                code: "result-too-large",
                suggestion: limits.advice
            )
        }
    }

    /// A number with commas between thousands.
    private static func grouped(_ number: Int) -> String {
        let digits = String(number)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// Takes over what another worker found.
    ///
    /// - Throws: `Failure` where there is more than is kept.
    func merge(_ other: KeyedRows) throws(Failure) {
        var map: [UInt64] = []
        map.reserveCapacity(other.keys.count)
        for key in other.keys { map.append(UInt64(place(of: frame.pool.take(key, from: other.frame.pool)))) }
        for start in stride(from: 0, to: other.cells.count, by: width) {
            cells.append(map[Int(other.cells[start])])
            cells.append(other.cells[start + 1])
            cells.append(other.cells[start + 2])
            for index in 3..<max(3, width) {
                cells.append(frame.pool.take(Cell(bits: other.cells[start + index]), from: other.frame.pool).bits)
            }
        }
        try check()
    }

    /// The values alone.
    func values() -> ValueSet { ValueSet(keys, frame.pool) }

    /// The rows by key, those of one key the newest first.
    func table() -> JoinTable {
        let starts = stride(from: 0, to: cells.count, by: width).sorted { a, b in
            for index in 0..<3 where cells[a + index] != cells[b + index] {
                return (cells[a + index] < cells[b + index]) == (index == 0)
            }
            return a < b
        }
        var bounds: [Int32] = [0]
        for (row, start) in starts.enumerated() {
            let place = Int(cells[start])
            while bounds.count <= place { bounds.append(Int32(truncatingIfNeeded: row)) }
        }
        while bounds.count <= keys.count { bounds.append(Int32(truncatingIfNeeded: starts.count)) }
        let columns = (outputs ?? []).indices.map { index in
            starts.map { Cell(bits: cells[$0 + 3 + index]) }
        }
        return JoinTable(values: values(), bounds: bounds, columns: columns)
    }
}

/// Different values, each once; never changed once it is made.
final class ValueSet: @unchecked Sendable {
    let cells: [Cell]
    let pool: TextPool

    init(_ cells: [Cell], _ pool: TextPool) {
        self.cells = cells
        self.pool = pool
    }

    /// The values of a result's only column.
    convenience init(_ result: ResultTable) {
        var known: Set<UInt64> = []
        var cells: [Cell] = []
        for row in result.rows {
            guard let cell = row.first, !cell.isMissing, !cell.isStructure, known.insert(cell.bits).inserted else {
                continue
            }
            cells.append(cell)
        }
        self.init(cells, result.pool)
    }
}

/// The rows of the right side of a `join`: those of one key one behind the other.
final class JoinTable: Sendable {
    let values: ValueSet
    /// Where the rows of each value begin, and where the last ones end.
    private let bounds: [Int32]
    /// The cells of the columns, in the pool of the values.
    let columns: [[Cell]]

    init(values: ValueSet, bounds: [Int32], columns: [[Cell]]) {
        self.values = values
        self.bounds = bounds
        self.columns = columns
    }

    /// The rows that have a value.
    func rows(of place: Int) -> Range<Int> { Int(bounds[place])..<Int(bounds[place + 1]) }
}
