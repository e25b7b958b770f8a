import Columns

/// Reads the fields of services' logs, a row at a time for all fields that a query uses.
final class ServiceFieldReader {
    private let names: [String]
    private let values: RowValues
    private let hyphen: Cell
    private var log = ServiceLog.lambda
    private var columns: ServiceColumns?
    /// For each column of the log, the fields that are made of it.
    private var wanted: [[(field: Int, part: ServiceColumns.Part)]] = []
    private var lambdaFields: [Int?] = []

    init(_ names: [String], _ pool: TextPool) {
        self.names = names
        values = RowValues(count: names.count)
        hyphen = pool.keep("-")
    }

    /// Turns to another input.
    func use(_ log: ServiceLog) {
        self.log = log
        columns = log.columns
        forget()
        wanted = []
        for (index, name) in names.enumerated() {
            guard let field = columns?.field(name) else { continue }
            while wanted.count <= field.column { wanted.append([]) }
            wanted[field.column].append((index, field.part))
        }
        lambdaFields = LambdaEvent.Field.allCases.map { names.firstIndex(of: $0.name) }
    }

    /// Forgets the rows of the last block.
    func forget() { values.forget() }

    func fill(_ field: Int, _ rows: RowSelection, _ column: CellColumn, _ block: LineBlock, _ pool: TextPool) {
        values.fill(field, rows, column, rowCount: block.rowCount) { row in
            if columns != nil { readColumns(row, block, pool) } else { readLambda(row, block, pool) }
        }
    }

    /// The time that a line tells, in milliseconds since 1970.
    func time(_ block: LineBlock, _ row: Int) -> Cell {
        guard let columns else { return .missing }
        var walk = ColumnWalk(block, block.range(of: row), hasBrackets: columns.hasBrackets)
        for _ in 0..<columns.time where walk.next() == nil { return .missing }
        guard let place = walk.next() else { return .missing }
        let text = block.bytes(place)
        let time = columns.hasBrackets ? LineTime.commonLog(text) : EventTime.isoMilliseconds(text)
        return time.map { Cell(milliseconds: $0) } ?? .missing
    }

    private func readColumns(_ row: Int, _ block: LineBlock, _ pool: TextPool) {
        guard let columns, columns.fits(block, block.range(of: row)) else { return }
        var walk = ColumnWalk(block, block.range(of: row), hasBrackets: columns.hasBrackets)
        for column in wanted.indices {
            guard let place = walk.next() else { return }
            for want in wanted[column] {
                values[want.field, row] = cell(want.part, columns.columns[column].kind, place, block, pool)
            }
        }
    }

    private func cell(
        _ part: ServiceColumns.Part,
        _ kind: ServiceColumns.Kind,
        _ place: Range<Int>,
        _ block: LineBlock,
        _ pool: TextPool
    ) -> Cell {
        if block.isHyphen(place) { return hyphen }
        switch part {
        case .whole:
            switch kind {
            case .number: return block.decimal(place).map { Cell(number: $0) } ?? text(place, pool)
            case .word: return pool.blockWord(offset: place.lowerBound, length: place.count)
            case .text, .endpoint, .request: return text(place, pool)
            }
        case .host:
            guard let host = block.endpoint(place)?.host else { return text(place, pool) }
            return pool.blockWord(offset: host.lowerBound, length: host.count)
        case .port:
            guard let port = block.endpoint(place)?.port else { return .missing }
            return block.number(port.lowerBound, port.upperBound).map { Cell(number: Double($0)) } ?? .missing
        case .verb, .url, .version:
            guard let word = ServiceFieldReader.word(part, place, block) else { return .missing }
            return part == .url ? text(word, pool) : pool.blockWord(offset: word.lowerBound, length: word.count)
        }
    }

    private func text(_ place: Range<Int>, _ pool: TextPool) -> Cell {
        pool.blockText(offset: place.lowerBound, length: place.count)
    }

    /// A word of a request: the first, the last, or what is between, which may hold blanks.
    private static func word(_ part: ServiceColumns.Part, _ place: Range<Int>, _ block: LineBlock) -> Range<Int>? {
        guard let first = place.first(where: { block.byte($0) == 32 }),
            let last = place.last(where: { block.byte($0) == 32 })
        else { return nil }
        let word =
            switch part {
            case .verb: place.lowerBound..<first
            case .version: (last + 1)..<place.upperBound
            default: first + 1..<max(last, first + 1)
            }
        return word.isEmpty ? nil : word
    }

    private func readLambda(_ row: Int, _ block: LineBlock, _ pool: TextPool) {
        LambdaEvent(block, block.range(of: row)).run { field, value in
            guard let index = self.lambdaFields[field.rawValue] else { return }
            self.values[index, row] =
                switch value {
                case .number(let number): Cell(number: number)
                case .text(let place): pool.blockWord(offset: place.lowerBound, length: place.count)
                }
        }
    }
}
