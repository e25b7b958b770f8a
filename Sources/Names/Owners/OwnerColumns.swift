import RoadblockCore

/// Which columns of a list hold the addresses and the name, as its first lines show.
struct OwnerColumns: Hashable {
    private(set) var delimiter = UInt8(ascii: ",")
    private(set) var hasHeader = false
    /// The column of the prefix or the first address.
    private var address = 0
    /// The column of the name; `nil` where the first column that is no address has it.
    private var name: Int?

    /// Lines that are looked at.
    private static let sampleLimit = 100

    /// Names of columns that say who owns a range, the best first.
    private static let headings = [
        "name", "owner", "organization", "organisation", "org", "org_name", "organization_name", "as_name",
        "autonomous_system_organization", "as_organization", "as_org", "as_description", "isp", "company", "customer",
        "description", "descr", "label", "comment", "service", "netname", "country_name", "country", "country_code",
    ]

    /// A line that names an owner.
    struct Row {
        var range: AddressRange
        var owner: String
    }

    /// A line that could not be read: where, and why.
    struct Damage: Error {
        var place: Range<Int>
        var reason: String
    }

    /// The columns of a text.
    init(of bytes: [UInt8], from start: Int) {
        var best = 0
        var sample = OwnerColumns.sample(bytes, start, delimiter)
        for candidate in [UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: ";")] {
            let rows = OwnerColumns.sample(bytes, start, candidate)
            let good = rows.count { $0.count > 1 && OwnerColumns.addressColumn(in: $0) != nil }
            guard good > best else { continue }
            best = good
            delimiter = candidate
            sample = rows
        }
        if let first = sample.first { hasHeader = OwnerColumns.isHeader(first) }
        let header = hasHeader ? sample.removeFirst() : []
        address = sample.lazy.compactMap(OwnerColumns.addressColumn).first ?? 0
        name =
            OwnerColumns.headings.lazy.compactMap { heading in
                header.firstIndex { OwnerColumns.normalized($0) == heading }
            }.first
        if name == nil { name = wordyColumn(sample) }
    }

    private static func sample(_ bytes: [UInt8], _ start: Int, _ delimiter: UInt8) -> [[ArraySlice<UInt8>]] {
        var reader = RecordReader(bytes, from: start, delimiter: delimiter)
        var rows: [[ArraySlice<UInt8>]] = []
        while rows.count < sampleLimit, reader.next() { rows.append(reader.cells.map(reader.bytes(of:))) }
        return rows
    }

    private static func addressColumn(in row: [ArraySlice<UInt8>]) -> Int? {
        if let column = row.firstIndex(where: { AddressRange.read($0) != nil }) { return column }
        return row.count > 2 && AddressRange.read(number: row[0], number: row[1]) != nil ? 0 : nil
    }

    /// True for a line in which nothing could have been meant as an address.
    private static func isHeader(_ row: [ArraySlice<UInt8>]) -> Bool {
        !row.isEmpty
            && row.allSatisfy { cell in
                guard let first = cell.first else { return true }
                return !(48...57).contains(first) && !cell.contains(UInt8(ascii: ":"))
            }
    }

    /// `AS Name` is `as_name`.
    private static func normalized(_ heading: ArraySlice<UInt8>) -> String {
        String(String(decoding: heading.prefix(64), as: UTF8.self).lowercased().map { " -.".contains($0) ? "_" : $0 })
    }

    /// The first column that mostly holds words, not addresses, numbers or two-letter codes.
    private func wordyColumn(_ rows: [[ArraySlice<UInt8>]]) -> Int? {
        let columns = rows.map(\.count).max() ?? 0
        return (0..<columns).first { column in
            let words = rows.count { row in row.indices.contains(column) && OwnerColumns.isWordy(row[column]) }
            return 2 * words > rows.count
        }
    }

    private static func isWordy(_ cell: ArraySlice<UInt8>) -> Bool {
        let isCode = cell.count == 2 && cell.allSatisfy { (65...90).contains($0) }
        let digits = cell.starts(with: [UInt8(ascii: "A"), UInt8(ascii: "S")]) ? cell.dropFirst(2) : cell
        let isNumber = digits.allSatisfy { (48...57).contains($0) }
        return !isCode && !isNumber && cell.count > 1 && AddressRange.read(cell) == nil
    }

    /// What a record says.
    func read(_ reader: RecordReader) -> Result<Row, Damage> {
        let cells = reader.cells
        let whole = reader.start..<reader.lineEnd(reader.start)
        if reader.isDamaged { return .failure(Damage(place: whole, reason: "a quote that does not end")) }
        guard cells.indices.contains(address) else { return .failure(Damage(place: whole, reason: "no address")) }
        let place = cells[address].start..<cells[address].end
        let first = reader.bytes(of: cells[address])
        let second = cells.indices.contains(address + 1) ? reader.bytes(of: cells[address + 1]) : []
        var range: AddressRange?
        var addresses = 1
        switch AddressRange.read(first) {
        case .range(let block): range = block
        case .address(let from):
            if case .address(let to) = AddressRange.read(second) {
                addresses = 2
                range = AddressRange(from, to)
            } else {
                range = AddressRange(from, from)
            }
        case nil:
            addresses = 2
            range = AddressRange.read(number: first, number: second)
            if range == nil { return .failure(Damage(place: place, reason: "no address")) }
        }
        guard let range else {
            return .failure(
                Damage(
                    place: place.lowerBound..<cells[address + 1].end,
                    reason: "the range does not end behind its start"
                )
            )
        }
        guard let column = name ?? cells.indices.first(where: { !(address..<(address + addresses)).contains($0) }),
            cells.indices.contains(column)
        else { return .failure(Damage(place: whole, reason: "no name")) }
        return .success(Row(range: range, owner: reader.text(of: cells[column])))
    }
}
