import Columns
import RoadblockCore

/// Maps and lists that are made of the formats which `parse` knows by name.
enum TextFormats {
    /// The pairs of `key=value key2="two words"` as a map, values as texts; a key alone is true.
    static let logfmt: ScalarFunction = { frame, cells, _ in
        guard let text = frame.values.text(cells[0]) else { return .missing }
        var scalars = text.unicodeScalars[...]
        var members: [JSONValue.Member] = []
        while true {
            scalars = scalars.drop(while: \.properties.isWhitespace)
            guard !scalars.isEmpty else { break }
            let key = scalars.prefix { $0 != "=" && !$0.properties.isWhitespace }
            scalars = scalars[key.endIndex...]
            guard scalars.first == "=" else {
                members.append(.init(String(key), .bool(true)))
                continue
            }
            scalars = scalars.dropFirst()
            let value = scalars.first == "\"" ? quoted(&scalars) : plain(&scalars)
            if !key.isEmpty { members.append(.init(String(key), .string(value))) }
        }
        return frame.pool.make(JSONValue.object(members).compact).asStructure
    }

    /// Values with commas between them as a list (RFC 4180), without the blanks around those that have no quotes.
    static let csv: ScalarFunction = { frame, cells, _ in
        guard let text = frame.values.text(cells[0]) else { return .missing }
        var scalars = text.unicodeScalars[...]
        var items: [JSONValue] = []
        while true {
            scalars = scalars.drop { $0 == " " || $0 == "\t" }
            var item = ""
            if scalars.first == "\"" {
                scalars = scalars.dropFirst()
                while let scalar = scalars.popFirst() {
                    if scalar == "\"" {
                        guard scalars.first == "\"" else { break }
                        scalars = scalars.dropFirst()
                    }
                    item.unicodeScalars.append(scalar)
                }
                scalars = scalars.drop { $0 != "," }
            } else {
                var raw = scalars.prefix { $0 != "," }
                scalars = scalars[raw.endIndex...]
                while let last = raw.last, last.properties.isWhitespace { raw.removeLast() }
                item = String(raw)
            }
            items.append(.string(item))
            guard scalars.popFirst() != nil else { break }
        }
        return frame.pool.make(JSONValue.array(items).compact).asStructure
    }

    private static func plain(_ scalars: inout Substring.UnicodeScalarView) -> String {
        let value = scalars.prefix { !$0.properties.isWhitespace }
        scalars = scalars[value.endIndex...]
        return String(value)
    }

    private static func quoted(_ scalars: inout Substring.UnicodeScalarView) -> String {
        scalars = scalars.dropFirst()
        var value = ""
        while let scalar = scalars.popFirst(), scalar != "\"" {
            guard scalar == "\\", let next = scalars.popFirst() else {
                value.unicodeScalars.append(scalar)
                continue
            }
            switch next {
            case "n": value += "\n"
            case "t": value += "\t"
            default: value.unicodeScalars.append(next)
            }
        }
        return value
    }
}
