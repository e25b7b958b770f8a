import ArgumentParser
import Cloud
import Diagnosis
import RoadblockCore

/// The tags of one instance.
struct TagRow {
    var id: String
    var map: TagMap
}

/// Writes tags in one of the formats.
struct TagPrinter {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, ndjson, csv, tsv, markdown, env, value

        /// True for formats without a place for the instance's id.
        var isForOne: Bool { self == .env || self == .value }
    }

    let format: Format
    /// One column for each; `nil` for all tags, which are then listed one below the other.
    let keys: [String]?
    /// On a terminal no format gives out control characters of a tag.
    let isTerminal: Bool

    /// All rows; `env` and `value` write the first.
    ///
    /// - Throws: `Failure` of kind `usage` for two keys that are the same variable.
    func text(_ rows: [TagRow]) throws(Failure) -> String {
        switch format {
        case .table: table(rows, id: "INSTANCE").aligned { _, _, cell in cell }
        case .markdown: table(rows, id: "id").markdown
        case .json: JSONValue.object(rows.map { .init($0.id, $0.map.json) }).pretty + "\n"
        case .ndjson:
            rows.map { JSONValue.object([.init("id", .string($0.id)), .init("tags", $0.map.json)]).compact + "\n" }
                .joined()
        case .csv: separated(rows, ",", TagPrinter.csvCell)
        case .tsv: separated(rows, "\t", TagPrinter.tsvCell)
        case .env: try rows.first.map(variables) ?? ""
        case .value: rows.first?.map.entries.first?.value.map { plain($0) + "\n" } ?? ""
        }
    }

    /// The cells of all rows, without the header; `nil` where there is no tag, `.some(nil)` where `null` was asked for.
    private func cells(_ rows: [TagRow]) -> [(id: String, cells: [String??])] {
        guard let keys else {
            return rows.flatMap { row -> [(id: String, cells: [String??])] in
                let entries = row.map.entries
                // An instance without tags is not to vanish from the list.
                return entries.isEmpty ? [(row.id, [nil, nil])] : entries.map { (row.id, [$0.key, $0.value]) }
            }
        }
        return rows.map { row in (row.id, keys.map { row.map[$0].map(\.value) }) }
    }

    private var columns: [String] { keys ?? ["key", "value"] }

    // MARK: for people

    private func table(_ rows: [TagRow], id: String) -> TextTable {
        let names = keys?.map(\.visible) ?? (format == .table ? ["KEY", "VALUE"] : columns)
        return TextTable(
            columns: [id] + names,
            rows: cells(rows).map { row in [row.id.visible] + row.cells.map { TagPrinter.shown($0 ?? nil) } }
        )
    }

    /// `-` for nothing; quotes where the value would be taken for something else.
    private static func shown(_ value: String?) -> String {
        guard let value else { return "-" }
        let isPlain = !value.isEmpty && value != "-" && value.first != " " && value.last != " "
        return isPlain ? value.visible : "\"\(value.visible)\""
    }

    // MARK: for programs

    private func separated(_ rows: [TagRow], _ separator: String, _ cell: (String??) -> String) -> String {
        func line(_ cells: [String??]) -> String {
            cells.map { value in cell(value.map { $0.map(plain) }) }.joined(separator: separator) + "\n"
        }
        return line((["id"] + columns).map { $0 }) + cells(rows).map { line([$0.id] + $0.cells) }.joined()
    }

    /// A field of RFC 4180; the empty value is quoted, and so differs from a missing one.
    private static func csvCell(_ value: String??) -> String {
        guard case .some(.some(let text)) = value else { return "" }
        let isPlain = !text.isEmpty && !text.utf8.contains { [10, 13, 34, 44].contains($0) }
        return isPlain ? text : "\"" + replacing("\"", in: text, with: "\"\"") + "\""
    }

    /// `\N` for null, as in the text format of PostgreSQL's COPY, whose escapes these are.
    private static func tsvCell(_ value: String??) -> String {
        guard let value else { return "" }
        guard let value else { return "\\N" }
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Assignments that a shell reads back: `TAG_NAME='web'`.
    private func variables(_ row: TagRow) throws(Failure) -> String {
        var keysByName: [String: String] = [:]
        for key in keys ?? row.map.entries.map(\.key) {
            let name = TagPrinter.variable(key)
            if let other = keysByName.updateValue(key, forKey: name) {
                throw Failure(
                    .usage,
                    "the keys `\(other.visible)` and `\(key.visible)` are both the variable \(name)",
                    code: "same-variable",
                    suggestion: keys == nil ? "choose tags with --key" : nil
                )
            }
        }
        return row.map.entries.map { entry in
            guard let value = entry.value else { return "" }
            let quoted = TagPrinter.replacing("'", in: plain(value), with: "'\\''")
            return "\(TagPrinter.variable(entry.key))='\(quoted)'\n"
        }.joined()
    }

    private static func variable(_ key: String) -> String {
        "TAG_"
            + key.unicodeScalars.map { scalar -> String in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9": String(scalar).uppercased()
                default: "_"
                }
            }.joined()
    }

    /// Scalar by scalar: for `String` a quote with an accent on it is no quote.
    private static func replacing(_ mark: Unicode.Scalar, in text: String, with other: String) -> String {
        text.unicodeScalars.map { $0 == mark ? other : String($0) }.joined()
    }

    private func plain(_ text: String) -> String { isTerminal ? text.visible : text }
}

extension TagMap {
    /// An object of keys and values.
    fileprivate var json: JSONValue { .object(entries.map { .init($0.key, .optional($0.value)) }) }
}
