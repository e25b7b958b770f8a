import Inputs
import RoadblockCore
import Testing

/// A query of the conformance table and what is expected of it.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
    var id: String
    var group: String
    var query: String
    /// The class of the error that is expected; `nil` where rows are.
    var error: String?

    var testDescription: String { "\(id): \(query)" }

    static let all: [ConformanceCase] = rows("queries/logs-insights-conformance.jsonl").map { row in
        ConformanceCase(
            id: text(row, "id"),
            group: text(row, "group"),
            query: text(row, "query"),
            error: row["expect"]?["error"].map { text(.object([.init("error", $0)]), "error") }
        )
    }

    private static func text(_ row: JSONValue, _ name: String) -> String {
        guard case .string(let text)? = row[name] else { preconditionFailure("\(name) is no text in \(row.compact)") }
        return text
    }

    private static func rows(_ name: String) -> [JSONValue] {
        lines(name).filter { !$0.isEmpty }.map { line in
            do {
                return try JSONReader.value(of: Array(line.utf8))
            } catch {
                preconditionFailure("\(name): \(error)")
            }
        }
    }

    /// The lines of a file in `Tests/Data`.
    static func lines(_ name: String) -> [String] {
        let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        do {
            let buffer = StreamBuffer(try FileSource(path: (tests + ["Data", name[...]]).joined(separator: "/")))
            // All of it: more than there is cannot be had.
            _ = try buffer.require(StreamBuffer.limit)
            let bytes = buffer.prefix(buffer.available)
            return bytes.split(separator: 10, omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
        } catch {
            preconditionFailure("\(name): \(error)")
        }
    }
}
