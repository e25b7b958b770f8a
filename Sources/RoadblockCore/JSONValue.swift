/// A JSON value (RFC 8259) whose objects keep the order in which they were built.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A name and a value of an object.
    package struct Member: Hashable, Sendable {
        package var name: String
        package var value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// A string, or `null` for nothing.
    package static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    /// A number, or `null` for nothing.
    package static func optional(_ number: Int?) -> JSONValue { number.map(JSONValue.int) ?? .null }

    /// The text on one line.
    package var compact: String {
        var text = ""
        write(to: &text, indent: nil)
        return text
    }

    /// The text with two spaces for each level; arrays and objects without nesting stay on one line.
    package var pretty: String {
        var text = ""
        write(to: &text, indent: 0)
        return text
    }

    private var isFlat: Bool {
        switch self {
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        default: true
        }
    }

    private func write(to text: inout String, indent: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value): text += JSONValue.number(value)
        case .string(let value): JSONValue.quote(value, to: &text)
        case .array(let items):
            JSONValue.list(items, "[", "]", indent, items.allSatisfy(\.isFlat), &text) { item, inner, out in
                item.write(to: &out, indent: inner)
            }
        case .object(let members):
            let flat = members.count <= 4 && members.allSatisfy(\.value.isFlat)
            JSONValue.list(members, "{", "}", indent, flat, &text) { member, inner, out in
                JSONValue.quote(member.name, to: &out)
                out += inner == nil && indent == nil ? ":" : ": "
                member.value.write(to: &out, indent: inner)
            }
        }
    }

    private static func list<Item>(
        _ items: [Item],
        _ open: String,
        _ close: String,
        _ indent: Int?,
        _ flat: Bool,
        _ text: inout String,
        _ write: (Item, Int?, inout String) -> Void
    ) {
        text += open
        let broken = indent != nil && !flat && !items.isEmpty
        for (index, item) in items.enumerated() {
            if index > 0 { text += indent != nil && !broken ? ", " : "," }
            if broken, let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
            write(item, indent.map { broken ? $0 + 1 : $0 }, &text)
        }
        if broken, let indent { text += "\n" + String(repeating: "  ", count: indent) }
        text += close
    }

    /// Integers without a fraction, other numbers in their shortest exact form; not-a-number and infinities are `null`.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        if let whole = Int(exactly: value), abs(value) < 1e15 { return String(whole) }
        return String(value)
    }

    /// A quoted string; control characters, quotes and backslashes escaped.
    package static func quote(_ value: String, to text: inout String) {
        text += "\""
        defer { text += "\"" }
        let needsEscape = value.utf8.contains { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C || $0 == 0x7F }
        guard needsEscape else {
            text += value
            return
        }
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
