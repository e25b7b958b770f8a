import Columns
import RoadblockCore

extension ScalarFunctions {
    static let structures: [String: ScalarFunction] = [
        "jsonparse": { frame, cells, _ in
            if cells[0].isStructure { return cells[0] }
            guard let text = frame.values.text(cells[0]) else { return .missing }
            return JSONText.structure(Array(text.utf8)).map { frame.pool.make($0).asStructure } ?? .missing
        },
        "jsonstringify": { _, cells, _ in cells[0].unwrapped },
        "jsonarraysize": { frame, cells, _ in
            JSONText.items(frame, cells[0]).map { Cell(number: Double($0.count)) } ?? .missing
        },
        "jsonarraycontains": { frame, cells, _ in
            guard let items = JSONText.items(frame, cells[0]) else { return .missing }
            return Cell(items.contains { frame.values.areEqual($0, cells[1]) == true })
        },
        "split": { frame, cells, _ in
            guard let text = frame.values.text(cells[0]), let separator = frame.values.text(cells[1]) else {
                return .missing
            }
            let bytes = Array(text.utf8)
            let wanted = Array(separator.utf8)
            var parts: [JSONValue] = []
            var offset = 0
            while !wanted.isEmpty, let end = bytes.span.firstOffset(of: wanted.span, from: offset) {
                parts.append(.string(String(decoding: bytes[offset..<end], as: UTF8.self)))
                offset = end + wanted.count
            }
            parts.append(.string(String(decoding: bytes[offset...], as: UTF8.self)))
            return frame.pool.make(JSONValue.array(parts).compact).asStructure
        },
    ]
}

/// Values inside of JSON text, which is how maps and lists are held.
enum JSONText {
    /// The text without white space between its values, where it is a map or a list; `nil` for anything else.
    static func structure(_ bytes: [UInt8]) -> [UInt8]? {
        var reader = JSONReader(bytes)
        let kind = reader.kind()
        guard kind == .object || kind == .array, let range = try? reader.range(), reader.kind() == .end else {
            return nil
        }
        return compact(bytes[range])
    }

    /// JSON text without the white space between its values.
    private static func compact(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isString = false
        var isEscaped = false
        for byte in bytes {
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isString = true
            } else if byte <= UInt8(ascii: " ") {
                continue
            }
            result.append(byte)
        }
        return result
    }

    /// The items of a list, or of a text that is one; `nil` for anything else.
    static func items(_ frame: Frame, _ cell: Cell) -> [Cell]? {
        guard let text = frame.values.shown(cell), let bytes = structure(Array(text.utf8)) else { return nil }
        var reader = JSONReader(bytes)
        guard reader.kind() == .array else { return nil }
        var items: [Cell] = []
        var isFirst = true
        while (try? reader.nextItem(&isFirst)) == true, let range = try? reader.range() {
            items.append(value(frame, bytes, range))
        }
        return items
    }

    /// What steps lead to in a map or a list; nothing where they lead nowhere.
    static func value(_ frame: Frame, _ cell: Cell, at steps: [PathStep]) -> Cell {
        guard cell.isStructure, let text = frame.values.shown(cell) else { return .missing }
        let bytes = Array(text.utf8)
        var range = 0..<bytes.count
        for step in steps {
            guard let next = (try? child(bytes, range, step)) ?? nil else { return .missing }
            range = next
        }
        return value(frame, bytes, range)
    }

    /// Where a member or an item lies; of members with one name the last counts.
    private static func child(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        _ step: PathStep
    ) throws(JSONReader.Problem) -> Range<Int>? {
        var reader = JSONReader(bytes, in: range)
        var isFirst = true
        switch (step, reader.kind()) {
        case (.key(let wanted), .object):
            var found: Range<Int>?
            while let name = try reader.nextName(&isFirst) {
                let place = try reader.range()
                if name == wanted { found = place }
            }
            return found
        case (.index(let wanted), .array):
            var index = 0
            while try reader.nextItem(&isFirst) {
                let place = try reader.range()
                if index == wanted { return place }
                index += 1
            }
            return nil
        case (.key(let wanted), .array):
            // As in the names of flattened fields: `items.0.id`.
            guard let index = Int(wanted), index >= 0 else { return nil }
            return try child(bytes, range, .index(index))
        default: return nil
        }
    }

    private static func value(_ frame: Frame, _ bytes: [UInt8], _ range: Range<Int>) -> Cell {
        guard let value = try? JSONReader.value(of: bytes, in: range) else { return .missing }
        return switch value {
        case .null: .missing
        case .bool(let truth): Cell(truth)
        case .int(let number): Cell(number: Double(number))
        case .double(let number): Cell(number: number)
        case .string(let text): frame.pool.make(text)
        default: frame.pool.make(Array(bytes[range])).asStructure
        }
    }
}

/// A value inside of a map or a list.
final class PathNode: Node {
    private let base: Node
    private let steps: [PathStep]

    init(_ base: Node, _ steps: [PathStep]) {
        self.base = base
        self.steps = steps
    }

    override func compute(_ frame: Frame, _ rows: RowSelection) {
        let source = base.evaluate(frame, rows)
        for index in 0..<rows.count { column[rows[index]] = JSONText.value(frame, source[rows[index]], at: steps) }
    }
}
