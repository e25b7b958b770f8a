import RoadblockCore

/// The flattened names of the fields of JSON events.
enum JSONNames {
    private static let limit = 5000

    /// The names in some lines, in the order of their first appearance.
    static func found(in lines: [[UInt8]]) -> [String] {
        var names: [String] = []
        var seen: Set<String> = []
        for line in lines where line.count < 1 << 20 {
            guard let value = try? JSONReader.value(of: line) else { continue }
            collect(value, "", &names, &seen)
        }
        return names
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
