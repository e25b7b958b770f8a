import Columns
import RoadblockCore

/// Reads fields of JSON objects by their flattened names, in place: `a.b.0.c` for `{"a":{"b":[{"c":5}]}}`.
///
/// A row is read once for all fields that a query uses. Booleans are 1 and 0, `null` is nothing, and a key that itself
/// begins with `@` has one more in its name.
final class JSONFieldReader {
    private let names: [[UInt8]]
    private let values: RowValues
    /// True where an object may stand behind other text.
    var isFragment = false
    private static let timeNames: [[UInt8]] = [
        "@timestamp", "timestamp", "time", "eventTime", "event_timestamp", "query_timestamp", "ts",
        "__REALTIME_TIMESTAMP", "timestamp(ms)", "date",
    ].map { Array(($0.hasPrefix("@") ? "@" + $0 : $0).utf8) }
    /// The places of `time` and `date`, which CloudFront has apart.
    private static let (clock, date) = (2, timeNames.count - 1)

    init(_ fields: [String]) {
        names = fields.map { Array($0.utf8) }
        values = RowValues(count: fields.count)
    }

    /// Forgets the rows of the last block.
    func forget() { values.forget() }

    func fill(_ field: Int, _ rows: RowSelection, _ column: CellColumn, _ block: LineBlock, _ pool: TextPool) {
        values.fill(field, rows, column, rowCount: block.rowCount) { read($0, block, pool) }
    }

    private func read(_ row: Int, _ block: LineBlock, _ pool: TextPool) {
        var walk = JSONWalk(block, object(row, block), names)
        walk.run { index, value in
            self.values[index, row] =
                switch value {
                case .number(let number): Cell(number: number)
                case .plain(let start, let end): pool.blockText(offset: start, length: end - start)
                case .escaped(let bytes, _): pool.make(bytes)
                case .nothing: .missing
                }
        }
    }

    /// Where the object of a row may lie.
    private func object(_ row: Int, _ block: LineBlock) -> Range<Int> {
        let range = block.range(of: row)
        return isFragment ? LambdaEvent.fragment(block, range) : range
    }

    /// The time that an event tells of itself, in milliseconds since 1970.
    func time(_ block: LineBlock, _ row: Int) -> Cell {
        let names = JSONFieldReader.timeNames
        var found: [Int64?] = Array(repeating: nil, count: names.count)
        var parts: [Int: [UInt8]] = [:]
        var walk = JSONWalk(block, object(row, block), names)
        walk.run { index, value in
            switch value {
            // A date in digits is no count of seconds.
            case .number(let number): found[index] = index == Self.date ? nil : EventTime.milliseconds(number)
            case .plain(let start, let end):
                let bytes = block.bytes(start..<end)
                let number = Double(String(decoding: bytes, as: UTF8.self)).flatMap(EventTime.milliseconds)
                found[index] = EventTime.isoMilliseconds(bytes) ?? (index == Self.date ? nil : number)
                if bytes.count <= 12 { parts[index] = bytes }
            case .escaped, .nothing: break
            }
        }
        if let known = found.lazy.compactMap({ $0 }).first { return Cell(milliseconds: known) }
        guard let date = parts[Self.date], let time = parts[Self.clock] else { return .missing }
        return EventTime.isoMilliseconds(date + [UInt8(ascii: "T")] + time).map { Cell(milliseconds: $0) } ?? .missing
    }
}

/// One way through a JSON text that stops at the values of some names.
struct JSONWalk {
    enum Value {
        case number(Double)
        /// A text without escapes, in place.
        case plain(Int, Int)
        /// A text with escapes: without them, and where it stands.
        case escaped([UInt8], Range<Int>)
        case nothing
    }

    private let block: LineBlock
    private var index: Int
    private let end: Int
    private let names: [[UInt8]]
    private var path: [UInt8] = []

    private static let depthLimit = 128
    /// Characters of a whole number that is kept as it is written; longer texts are no numbers to the language.
    private static let digitLimit = 64

    init(_ block: LineBlock, _ range: Range<Int>, _ names: [[UInt8]]) {
        self.block = block
        index = range.lowerBound
        end = range.upperBound
        self.names = names
    }

    /// Reports the wanted values; false where the text is no JSON object, or a damaged one.
    @discardableResult
    mutating func run(_ report: (Int, Value) -> Void) -> Bool {
        skipSpace()
        guard index < end, block.byte(index) == UInt8(ascii: "{") else { return false }
        return value(0, report)
    }

    private mutating func skipSpace() {
        while index < end, block.byte(index) == 32 || (9...13).contains(block.byte(index)) { index += 1 }
    }

    private var wanted: Int? { names.firstIndex { $0 == path } }

    /// True while some wanted name could still lie below the path.
    private var leadsSomewhere: Bool {
        path.isEmpty
            || names.contains { name in
                name.count > path.count && name[path.count] == UInt8(ascii: ".") && name.starts(with: path)
            }
    }

    /// Reads a value; false where it is none.
    private mutating func value(_ depth: Int, _ report: (Int, Value) -> Void) -> Bool {
        skipSpace()
        guard index < end, depth < JSONWalk.depthLimit else { return false }
        switch block.byte(index) {
        case UInt8(ascii: "{"): return members(depth, isObject: true, report)
        case UInt8(ascii: "["): return members(depth, isObject: false, report)
        case UInt8(ascii: "\""):
            guard let text = string() else { return false }
            if let wanted { report(wanted, text) }
            return true
        default:
            let start = index
            while index < end, !JSONWalk.endsWord(block.byte(index)) { index += 1 }
            guard index > start else { return false }
            guard let wanted else { return true }
            switch block.byte(start) {
            case UInt8(ascii: "t"): report(wanted, .number(1))
            case UInt8(ascii: "f"): report(wanted, .number(0))
            case UInt8(ascii: "n"): report(wanted, .nothing)
            default:
                let text = String(decoding: block.bytes(start..<index), as: UTF8.self)
                guard let number = Double(text), number.isFinite else { return false }
                // Whole numbers beyond what is exact stay as they are written: ids, mostly.
                let isKept =
                    number.magnitude >= 0x1p53 && index - start <= JSONWalk.digitLimit
                    && text.utf8.allSatisfy { $0 &- 48 < 10 || $0 == UInt8(ascii: "-") }
                report(wanted, isKept ? .plain(start, index) : .number(number))
            }
            return true
        }
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") || byte <= 32
    }

    private mutating func members(_ depth: Int, isObject: Bool, _ report: (Int, Value) -> Void) -> Bool {
        let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        guard leadsSomewhere else { return skipNested() }
        index += 1
        skipSpace()
        if index < end, block.byte(index) == close {
            index += 1
            return true
        }
        var ordinal = 0
        while true {
            let mark = path.count
            if mark > 0 { path.append(UInt8(ascii: ".")) }
            if isObject {
                skipSpace()
                guard index < end, block.byte(index) == UInt8(ascii: "\""), let key = string() else { return false }
                if path.isEmpty, JSONWalk.first(key, block) == UInt8(ascii: "@") { path.append(UInt8(ascii: "@")) }
                switch key {
                case .plain(let start, let stop): path.append(contentsOf: block.bytes(start..<stop))
                case .escaped(let bytes, _): path.append(contentsOf: bytes)
                default: return false
                }
                skipSpace()
                guard index < end, block.byte(index) == UInt8(ascii: ":") else { return false }
                index += 1
            } else {
                path.append(contentsOf: String(ordinal).utf8)
                ordinal += 1
            }
            guard value(depth + 1, report) else { return false }
            path.removeSubrange(mark...)
            skipSpace()
            guard index < end else { return false }
            index += 1
            if block.byte(index - 1) == close { return true }
            guard block.byte(index - 1) == UInt8(ascii: ",") else { return false }
        }
    }

    private static func first(_ key: Value, _ block: LineBlock) -> UInt8? {
        switch key {
        case .plain(let start, let end): start < end ? block.byte(start) : nil
        case .escaped(let bytes, _): bytes.first
        default: nil
        }
    }

    /// Goes over an object or array that holds nothing wanted.
    private mutating func skipNested() -> Bool {
        var depth = 0
        while index < end {
            switch block.byte(index) {
            case UInt8(ascii: "\""):
                guard string() != nil else { return false }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            index += 1
            if depth == 0 { return true }
        }
        return false
    }

    /// Reads a text in quotes; `nil` where it is not closed.
    private mutating func string() -> Value? {
        index += 1
        let start = index
        var hasEscape = false
        while index < end {
            let byte = block.byte(index)
            if byte == UInt8(ascii: "\"") {
                index += 1
                return hasEscape ? unescaped(start, index - 1) : .plain(start, index - 1)
            }
            if byte == UInt8(ascii: "\\") {
                hasEscape = true
                index += 1
            }
            index += 1
        }
        return nil
    }

    private func unescaped(_ start: Int, _ stop: Int) -> Value? {
        JSONWalk.unescaped(block.bytes(start..<stop)).map { .escaped($0, start..<stop) }
    }

    /// The text that the inside of quotes is; `nil` where an escape is none.
    static func unescaped(_ inside: [UInt8]) -> [UInt8]? {
        let quoted = [UInt8(ascii: "\"")] + inside + [UInt8(ascii: "\"")]
        guard case .string(let text)? = try? JSONReader.value(of: quoted) else { return nil }
        return Array(text.utf8)
    }
}
