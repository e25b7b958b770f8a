import Columns
import RoadblockCore

/// Finds the row of a lookup table for each row.
final class LookupNode: Node {
    enum Index {
        /// By the texts of the keys.
        case exact([[String]: Int])
        /// By the address that the only key is.
        case blocks(AddressBlocks)
    }

    private let keys: [Node]
    private let index: Index
    /// The place in the table, or -1, of each row of the batch.
    private(set) var places: [Int] = []

    init(_ keys: [Node], _ index: Index) {
        self.keys = keys
        self.index = index
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let sources = keys.map { $0.evaluate(frame, rows) }
        if places.count < frame.rowCount { places = Array(repeating: -1, count: frame.rowCount) }
        for number in 0..<rows.count {
            let row = rows[number]
            places[row] = place(frame, sources.map { $0[row] }) ?? -1
        }
    }

    private func place(_ frame: Frame, _ cells: [Cell]) -> Int? {
        switch index {
        case .exact(let rows):
            var key: [String] = []
            for cell in cells {
                guard let text = frame.values.text(cell) else { return nil }
                key.append(text)
            }
            return rows[key]
        case .blocks(let blocks):
            guard let cell = cells.first else { return nil }
            return ScalarFunctions.address(frame, cell).flatMap { blocks.place(of: $0, isIPv4: cell.isAddress) }
        }
    }
}

/// A column of a lookup table; a value that is there already may stay.
final class LookupColumnNode: Node {
    private let lookup: LookupNode
    private let cells: [Cell]
    private let existing: Node?

    init(_ lookup: LookupNode, _ cells: [Cell], existing: Node?) {
        self.lookup = lookup
        self.cells = cells
        self.existing = existing
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        _ = lookup.evaluate(frame, rows)
        let before = existing?.evaluate(frame, rows)
        for number in 0..<rows.count {
            let row = rows[number]
            let place = lookup.places[row]
            if let old = before?[row], !old.isMissing {
                column[row] = old
            } else {
                column[row] = place >= 0 ? cells[place] : .missing
            }
        }
    }
}
