package import RoadblockCore

/// A table that `lookup` and `cidrlookup` take values from: CSV with a header line.
package struct LookupTable: Sendable {
    let columns: [String]
    /// By row, then by column; cells behind the last of a row are not there.
    let rows: [[String]]

    /// Bytes of a table, as CloudWatch Logs has it.
    package static let byteLimit = 10 << 20

    /// Reads the table `name`.
    ///
    /// - Throws: `Failure` of kind `badInput` where the file is no such table.
    package init(_ name: String, csv bytes: [UInt8]) throws(Failure) {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var reader = RecordReader(bytes, from: start, delimiter: UInt8(ascii: ","), hasComments: false)
        guard reader.next(), !reader.isDamaged else {
            throw Failure(.badInput, "the lookup table `\(name)` has no header line with the names of its columns")
        }
        let columns = reader.cells.map { reader.text(of: $0) }
        guard columns.count < RecordReader.cellLimit else {
            throw Failure(
                .badInput,
                "the lookup table `\(name)` has \(RecordReader.cellLimit) columns or more",
                suggestion: "leave out those that no query takes"
            )
        }
        if let twice = columns.indices.first(where: { columns[..<$0].contains(columns[$0]) }) {
            throw Failure(.badInput, "the lookup table `\(name)` has two columns named `\(columns[twice])`")
        }
        var rows: [[String]] = []
        while reader.next() {
            guard !reader.isDamaged else {
                throw Failure(
                    .badInput,
                    "the lookup table `\(name)` has a quote that does not end in line \(reader.line)"
                )
            }
            rows.append(reader.cells.map { reader.text(of: $0, atMost: LookupTable.byteLimit) })
        }
        self.columns = columns
        self.rows = rows
    }

    /// The rows by the values of some columns: of several with the same the first.
    func index(_ keys: [Int]) -> [[String]: Int] {
        var index: [[String]: Int] = [:]
        for (place, row) in rows.enumerated() where keys.allSatisfy({ $0 < row.count }) {
            let key = keys.map { row[$0] }
            if index[key] == nil { index[key] = place }
        }
        return index
    }

    /// The rows by the block of addresses in a column; what is no block is passed over and counted.
    func blocks(_ column: Int) -> AddressBlocks {
        var blocks = AddressBlocks()
        for (place, row) in rows.enumerated() {
            let text = column < row.count ? row[column] : ""
            if let prefix = IPPrefix(parsing: text) { blocks.add(prefix, place) } else { blocks.refuse(text) }
        }
        return blocks
    }
}

/// Blocks of addresses, of which the smallest that holds an address is found.
struct AddressBlocks {
    private var places: [IPPrefix: Int] = [:]
    /// The lengths that occur, the longest first.
    private var lengths: [Int] = []
    /// Texts that are no blocks: how many, and the first.
    private(set) var refused: (count: Int, first: String)?

    mutating func refuse(_ text: String) { refused = ((refused?.count ?? 0) + 1, refused?.first ?? text) }

    /// Adds a block; of equal ones the first counts.
    mutating func add(_ prefix: IPPrefix, _ place: Int) {
        guard places[prefix.first] == nil else { return }
        places[prefix.first] = place
        if !lengths.contains(prefix.length) {
            lengths.append(prefix.length)
            lengths.sort(by: >)
        }
    }

    /// The place of the smallest block that holds an address of a family; `::ffff:10.0.0.1` is one of IPv6.
    func place(of address: IPAddress, isIPv4: Bool) -> Int? {
        for length in lengths {
            if let block = IPPrefix(address, length: length, isIPv4: isIPv4), let place = places[block.first] {
                return place
            }
        }
        return nil
    }
}
