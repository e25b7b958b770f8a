import Columns

/// A log whose columns a line `#Fields:` names: what CloudFront writes, and web servers.
///
/// Source: W3C, "Extended Log File Format"; Amazon CloudFront Developer Guide, "Standard logging (access logs)".
package struct HeadedLog: Hashable, Sendable {
    var columns: [String]
    /// What stands between columns: a tab, or blanks.
    var separator = UInt8(ascii: "\t")

    /// CloudFront's columns, for a file whose head is lost.
    package static let cloudFront = HeadedLog(
        columns: [
            "date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status",
            "cs(Referer)", "cs(User-Agent)", "cs-uri-query", "cs(Cookie)", "x-edge-result-type", "x-edge-request-id",
            "x-host-header", "cs-protocol", "cs-bytes", "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher",
            "x-edge-response-result-type", "cs-protocol-version", "fle-status", "fle-encrypted-fields", "c-port",
            "time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type", "sc-content-len", "sc-range-start",
            "sc-range-end",
        ]
    )

    static let fields = Array("#Fields:".utf8)

    init(columns: [String]) { self.columns = columns }

    /// The log that the lines' head names the columns of.
    init?(header lines: [[UInt8]]) {
        let head = lines.prefix(16).prefix { $0.first == UInt8(ascii: "#") }
        guard let line = head.first(where: { $0.starts(with: HeadedLog.fields) }) else { return nil }
        columns = line.dropFirst(HeadedLog.fields.count).split { $0 == 32 || $0 == 9 }
            .map { String(decoding: $0, as: UTF8.self) }
        guard columns.count >= 2, columns.count <= 256 else { return nil }
        // The names have blanks between them in any case; the values may contain some.
        let first = lines.first { $0.first != UInt8(ascii: "#") }
        if let first, !first.contains(9) { separator = 32 }
    }

    /// True for a row that has its columns, or more: later versions append some.
    func fits(_ block: LineBlock, _ range: Range<Int>) -> Bool {
        LineScan(block, range).columns(separator, limit: columns.count).count == columns.count
    }

    /// The time of a row: that of `date` and `time`, which are in UTC, or of `timestamp(ms)` or `timestamp`.
    func time(_ block: LineBlock, _ range: Range<Int>) -> Int64? {
        let scan = LineScan(block, range)
        let places = scan.columns(separator, limit: columns.count)
        func bytes(_ name: String) -> [UInt8]? {
            columns.firstIndex(of: name).flatMap { $0 < places.count ? scan.bytes(places[$0]) : nil }
        }
        if let number = (bytes("timestamp(ms)") ?? bytes("timestamp")) {
            return Double(String(decoding: number, as: UTF8.self)).flatMap(EventTime.milliseconds)
        }
        guard let date = bytes("date"), let time = bytes("time") else { return nil }
        return EventTime.isoMilliseconds(date + [UInt8(ascii: "T")] + time)
    }
}

/// Reads the fields of a log whose columns its head names.
final class HeadedFieldReader {
    private let names: [String]
    private let values: RowValues
    private let hyphen: Cell
    private(set) var log = HeadedLog.cloudFront
    /// The fields and their columns.
    private var wanted: [(field: Int, column: Int)] = []

    init(_ names: [String], _ pool: TextPool) {
        self.names = names
        values = RowValues(count: names.count)
        hyphen = pool.keep("-")
    }

    /// Turns to another input.
    func use(_ log: HeadedLog) {
        self.log = log
        forget()
        wanted = names.enumerated().compactMap { field, name in
            log.columns.firstIndex(of: name).map { (field, $0) }
        }
    }

    /// Forgets the rows of the last block.
    func forget() { values.forget() }

    func time(_ block: LineBlock, _ row: Int) -> Cell {
        log.time(block, block.range(of: row)).map { Cell(milliseconds: $0) } ?? .missing
    }

    func fill(_ field: Int, _ rows: RowSelection, _ column: CellColumn, _ block: LineBlock, _ pool: TextPool) {
        values.fill(field, rows, column, rowCount: block.rowCount) { row in
            let places = LineScan(block, block.range(of: row)).columns(log.separator, limit: log.columns.count)
            for want in wanted where want.column < places.count {
                values[want.field, row] = cell(places[want.column], block, pool)
            }
        }
    }

    private func cell(_ place: Range<Int>, _ block: LineBlock, _ pool: TextPool) -> Cell {
        if place.isEmpty { return .missing }
        if block.isHyphen(place) { return hyphen }
        if let number = block.decimal(place) { return Cell(number: number) }
        return pool.blockText(offset: place.lowerBound, length: place.count)
    }
}
