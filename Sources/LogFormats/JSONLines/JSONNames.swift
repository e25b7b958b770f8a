import RoadblockCore

/// The flattened names of the fields of JSON events.
enum JSONNames {
    private static let limit = 5000

    /// The names in some lines, in the order of their first appearance, and how many the line with the most of them has.
    static func found(in lines: [[UInt8]]) -> (names: [String], most: Int) {
        var names: [String] = []
        var seen: Set<String> = []
        var most = 0
        for line in lines where line.count < 1 << 20 {
            var reader = JSONReader(line)
            // What follows an object is none of its fields.
            guard reader.kind() == .object, let value = try? reader.value() else { continue }
            collect(value, "", &names, &seen)
            most = max(most, count(value))
        }
        return (names, most)
    }

    /// The values that are neither objects nor lists.
    private static func count(_ value: JSONValue) -> Int {
        switch value {
        case .object(let members): members.reduce(0) { $0 + count($1.value) }
        case .array(let items): items.reduce(0) { $0 + count($1) }
        default: 1
        }
    }

    private static func collect(_ value: JSONValue, _ path: String, _ names: inout [String], _ seen: inout Set<String>)
    {
        guard names.count < limit else { return }
        func step(_ part: String) -> String {
            path.isEmpty ? (part.hasPrefix("@") ? "@" + part : part) : "\(path).\(part)"
        }
        switch value {
        case .object(let members):
            for member in members { collect(member.value, step(member.name), &names, &seen) }
        case .array(let items):
            for (index, item) in items.enumerated() { collect(item, step(String(index)), &names, &seen) }
        default:
            if !path.isEmpty, seen.insert(path).inserted { names.append(path) }
        }
    }
}
