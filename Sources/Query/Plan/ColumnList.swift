/// The columns of a result, in the order of their first appearance.
struct ColumnList {
    private(set) var columns: [(name: String, node: Node)]
    private var isRestricted = false

    init(_ columns: [(name: String, node: Node)]) { self.columns = columns }

    var isEmpty: Bool { columns.isEmpty }

    /// Puts other nodes in the places of all.
    mutating func map(_ other: (Node) -> Node) {
        for index in columns.indices { columns[index].node = other(columns[index].node) }
    }

    /// From here on only what the last `display` names is shown.
    mutating func restrict() {
        isRestricted = true
        columns = []
    }

    /// Shows a column; one of the same name is replaced in its place.
    mutating func show(_ name: String, _ node: Node) {
        if !isRestricted { display(name, node) }
    }

    /// Shows a column that the last `display` names.
    mutating func display(_ name: String, _ node: Node) {
        if let index = columns.firstIndex(where: { $0.name == name }) {
            columns[index].node = node
        } else {
            columns.append((name, node))
        }
    }
}
