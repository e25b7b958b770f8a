import Cloud
import Columns
import Names
import Query
import RoadblockCore

/// The fields that a query gets beside those of its records: `srcOwner` and `dstOwner` of an owners file,
/// `srcTag.KEY`, `dstTag.KEY` and `tag.KEY` of a snapshot.
struct DerivedFields: Sendable {
    private var owners: OwnerTable?
    private var snapshot: ResourceSnapshot?
    /// Names to suggest; tags have any key.
    private(set) var names: [String] = []

    mutating func addOwners(_ table: OwnerTable) {
        owners = table
        names += ["srcOwner", "dstOwner"]
    }

    mutating func addTags(_ snapshot: ResourceSnapshot) {
        self.snapshot = snapshot
        let keys = Set(snapshot.instances.flatMap { $0.tags.map(\.key) }).sorted()
        names += ["srcTag", "dstTag", "tag"].flatMap { prefix in keys.map { "\(prefix).\($0)" } }
    }

    /// The rows of a source with these fields.
    func rows(of source: QuerySource) -> RowSource {
        var fields = TableFields(
            known: source.fields + names,
            isOpen: source.isOpen,
            hasSeveral: source.hasSeveral
        )
        fields.kinds = source.kinds
        fields.undiscovered = source.undiscovered
        return RowSource(fields, over(source.table), isSequential: source.isSequential)
    }

    /// The table with these fields.
    private func over(_ table: any RowTable) -> any RowTable {
        if owners == nil && snapshot == nil { return table }
        let fields = self
        return DerivedTable(table) { fields.field($0) }
    }

    private func field(_ name: String) -> DerivedTable.Field? {
        if let owners, let source = ["srcOwner": "srcAddr", "dstOwner": "dstAddr"][name] {
            return .init(name: name, source: source) { text in
                IPAddress(parsing: text).flatMap { owners.name(of: $0) }
            }
        }
        guard let snapshot, let mark = name.firstIndex(of: ".") else { return nil }
        let key = String(name[name.index(after: mark)...])
        switch name[..<mark] {
        case "srcTag", "dstTag":
            let source = name.hasPrefix("src") ? "srcAddr" : "dstAddr"
            return .init(name: name, source: source) { text in
                IPAddress(parsing: text).flatMap { snapshot.instance(at: $0)?.tag(key) }
            }
        case "tag":
            return .init(name: name, source: "interfaceId") { snapshot.instance(ofInterface: $0)?.tag(key) }
        default: return nil
        }
    }
}
