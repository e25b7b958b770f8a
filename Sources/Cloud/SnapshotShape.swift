import RoadblockCore

/// What an object in a saved answer is, told by the names of its members, in any case.
enum SnapshotShape {
    /// A tag, alone or as `describe-tags` lists it.
    case tag
    case instance
    case interface
    /// An answer or a reservation: lists under known names.
    case lists
    /// Something else, and its first members.
    case unknown([String])

    /// Members that hold lists to look into; `TagSet` is what the interfaces' tags are called.
    private static let listNames: Set = [
        "reservations", "reservationset", "instances", "instanceset", "instancesset", "networkinterfaces",
        "networkinterfaceset", "tags", "tagset",
    ]

    /// Looks at the object that comes next, without reading it.
    ///
    /// - Throws: `JSONReader.Problem` for a mistake in what was looked at.
    init(_ json: JSONReader) throws(JSONReader.Problem) {
        var json = json
        var names: Set<String> = []
        var shown: [String] = []
        var hasOtherID = false
        var isFirst = true
        while let name = try json.nextName(&isFirst) {
            if shown.count < 3 { shown.append(name) }
            let name = name.lowercased()
            if SnapshotShape.listNames.contains(name) || SnapshotShape.telling.contains(name) { names.insert(name) }
            if SnapshotShape.decisive.contains(name) {
                self = .lists
                return
            }
            if name.hasSuffix("id"), name != "requestid" { hasOtherID = true }
            try json.skip()
        }
        self = SnapshotShape.shape(names, shown, hasOtherID)
    }

    /// Only answers and reservations have these: a large one need not be looked through.
    private static let decisive: Set = ["reservations", "reservationset", "instances", "instanceset", "instancesset"]
    private static let telling: Set = [
        "key", "value", "count", "resourceid", "instanceid", "networkinterfaceid", "allocationid",
    ]

    private static func shape(_ names: Set<String>, _ shown: [String], _ hasOtherID: Bool) -> SnapshotShape {
        if names.contains("key"), names.contains("value") || names.contains("resourceid") { return .tag }
        // An elastic address names both as well.
        if names.contains("allocationid") { return .unknown(shown) }
        if names.contains("networkinterfaceid") { return .interface }
        if names.contains("instanceid") { return .instance }
        // Something else with an id, such as a network: its tags are its own.
        if hasOtherID { return .unknown(shown) }
        if !names.isDisjoint(with: listNames) || isWrapper(names) { return .lists }
        return .unknown(shown)
    }

    /// Windows PowerShell wraps some lists: `{"value": […], "Count": 2}`.
    private static func isWrapper(_ names: Set<String>) -> Bool { names.contains("value") && names.contains("count") }

    /// True for the members of an answer that are to be read.
    static func isList(_ name: String) -> Bool {
        let name = name.lowercased()
        return listNames.contains(name) || name == "value"
    }
}

extension JSONValue {
    /// The member of a name in any case; the exact spelling first, then the other names.
    func member(_ names: String...) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        for name in names {
            if let exact = members.last(where: { $0.name == name }) { return exact.value }
            if let other = members.last(where: { $0.name.isSameLetters(name) }) { return other.value }
        }
        return nil
    }

    /// The items of a list; PowerShell writes a list of one as its item, and wraps some lists in an object.
    var listed: [JSONValue] {
        switch self {
        case .array(let items): items
        case .object(let members):
            if members.count == 2, let list = member("value"), member("count") != nil { list.listed } else { [self] }
        default: []
        }
    }

    /// A text, or the text of one of the SDK's constants: `{"Value": "running"}`.
    var word: String? { text ?? member("Value")?.text }
}

extension String {
    /// True for names of ASCII letters that differ in case at most.
    fileprivate func isSameLetters(_ other: String) -> Bool {
        utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }
}
