import Columns
import RoadblockCore

/// The fields that a table is known to have.
package struct TableFields: Sendable {
    /// Names that rows have, as far as they are known.
    package var known: [String]
    /// True where rows may have other fields than the known ones (JSON): a name that is not known may still be right.
    package var isOpen: Bool
    /// True where a row may have several values of one field, which conditions look at one by one.
    package var hasSeveral: Bool
    /// What the values of fields are, where that is known.
    package var kinds: [String: FieldKind] = [:]
    /// Fields that CloudWatch may not discover in these records.
    package var undiscovered: Set<String> = []

    package static let system = ["@timestamp", "@message", "@logStream", "@log", "@ingestionTime", "@ptr"]

    package init(known: [String], isOpen: Bool, hasSeveral: Bool = false) {
        self.known = known
        self.isOpen = isOpen
        self.hasSeveral = hasSeveral
    }

    /// What the values of a field are, its name in any case.
    func kind(of name: String) -> FieldKind? {
        kinds[name] ?? kinds.first { $0.key.lowercased() == name.lowercased() }?.value
    }
}

/// What a name means at one place of the pipeline: a computed column, or a field of the rows.
final class Scope {
    private(set) var aliases: [String: Node] = [:]
    /// Columns without names of their own.
    private var texts: [ColumnText: Node] = [:]
    /// Names that no row has and of which that was said.
    private var explained: Set<String> = []
    /// Fields that the rows are asked for, by their place in the cursor.
    private(set) var fields: [String] = []
    private var fieldNodes: [String: Node] = [:]
    /// Where rows come from a table; otherwise the columns of a `stats` before.
    let table: TableFields?
    /// The command that left the columns.
    let command: String
    private let isStrict: Bool
    /// Where rows are made of other rows: what their names mean, and how a value comes along.
    private let origin: (scope: Scope, pass: (Node) -> Int)?
    /// What the names of two sides mean, where rows are joined.
    private let sides: JoinSides?
    /// The nodes of values that came along, one for each, so that commands mean the same column by the same node.
    private var passedNodes: [Int: Node] = [:]
    private(set) var notices: [QueryNotice] = []

    init(table: TableFields, isStrict: Bool) {
        self.table = table
        self.isStrict = isStrict
        origin = nil
        command = ""
        sides = nil
    }

    /// The scope of rows that are made of others': their names are known, and `pass` makes a field of what a node gives.
    init(of scope: Scope, _ sides: JoinSides? = nil, pass: @escaping (Node) -> Int) {
        table = scope.table
        command = scope.command
        isStrict = scope.isStrict
        origin = (scope, pass)
        self.sides = sides
    }

    /// A node of the rows as they were, among those that were made of them.
    func passed(_ node: Node) -> Node {
        guard let origin else { return node }
        if node.constant != nil { return node }
        let field = origin.pass(node)
        if let known = passedNodes[field] { return known }
        let passed = FieldNode(field)
        passedNodes[field] = passed
        return passed
    }

    /// The scope behind a command that makes other rows, such as `stats`: its columns, under their names, of which some
    /// are the columns' texts.
    init(
        columns: [(name: String, node: Node)],
        texts: [String] = [],
        of command: String = "stats",
        isStrict: Bool
    ) {
        self.command = command
        table = nil
        origin = nil
        sides = nil
        self.isStrict = isStrict
        for column in columns { aliases[column.name] = column.node }
        for text in texts { if let node = aliases[text] { keep(text, node) } }
    }

    func note(_ message: String, _ span: SourceSpan) {
        let notice = QueryNotice(message: message, span: span)
        if !notices.contains(notice) { notices.append(notice) }
    }

    /// Gives a name to a node; a name that is taken is refused in strict mode and replaced otherwise.
    func define(_ name: NameSyntax, _ node: Node) throws(QueryError) {
        if isTaken(name.name) {
            try take(name)
        }
        aliases[name.name] = node
    }

    /// Gives a name a new meaning, which is refused in strict mode.
    func take(_ name: NameSyntax) throws(QueryError) {
        guard !isStrict else {
            throw QueryError(.alias, "the name `\(name.name)` is taken already", name.span)
        }
        note("`\(name.name)` is taken already: CloudWatch refuses that, here the new meaning counts", name.span)
    }

    private func isTaken(_ name: String) -> Bool {
        aliases[name] != nil || fields.contains(name) || origin?.scope.isTaken(name) == true
    }

    /// Gives a name to a node that takes the place of what had it.
    func replace(_ name: String, _ node: Node) { aliases[name] = node }

    /// A column that has no name of its own, under its text.
    func define(text: String, _ node: Node) {
        if aliases[text] == nil { aliases[text] = node }
        keep(text, node)
    }

    /// Of two columns whose texts differ in blanks alone, the first is found by any other.
    private func keep(_ text: String, _ node: Node) {
        let key = ColumnText(text.utf8)
        if texts[key] == nil { texts[key] = node }
    }

    /// The column with this text: how columns without a name of their own are referred to.
    func column(text: String) -> Node? {
        if let node = aliases[text] ?? ColumnText(name: text).flatMap({ texts[$0] }) { return node }
        return origin.flatMap { origin in origin.scope.column(text: text).map(passed) }
    }

    /// The names that the query itself gave, in order.
    var columnNames: [String] { aliases.keys.sorted() }

    /// True for a name that the query itself gave.
    func isColumn(_ name: String) -> Bool { aliases[name] != nil || origin?.scope.isColumn(name) == true }

    /// True for a name that this scope knows: a column, or a field of the rows.
    func has(_ name: String) -> Bool {
        if aliases[name] != nil { return true }
        if let origin { return origin.scope.has(name) }
        guard let table else { return false }
        return table.known.contains(name) || TableFields.system.contains(name)
    }

    /// The node of a name; fields that rows do not have are missing in all of them.
    func node(_ name: NameSyntax) throws(QueryError) -> Node {
        if let node = aliases[name.name] ?? step(name) { return node }
        if !has(name.name), let node = column(text: name.name) { return node }
        if let origin {
            if let sides, let node = try side(name, sides, origin.scope) { return node }
            defer { notices += origin.scope.takeNotices() }
            return passed(try origin.scope.node(name))
        }
        guard let table else {
            if !isStrict, let other = columnNames.first(where: { $0.lowercased() == name.name.lowercased() }),
                let node = aliases[other]
            {
                note("there is no `\(name.name)` here: read as `\(other)`", name.span)
                return node
            }
            throw QueryError(
                .semantic,
                "`\(command)` left no column `\(name.name)`",
                name.span,
                suggestion: nearest(to: name.name, among: Array(aliases.keys)).map { "did you mean `\($0)`?" }
                    ?? "the columns are \(aliases.keys.sorted().map { "`\($0)`" }.joined(separator: ", "))"
            )
        }
        let known = table.known + TableFields.system
        if known.contains(name.name) {
            noteSynonym(name, table)
            return field(name.name)
        }
        if explained.contains(name.name) { return field(name.name) }
        let candidates = known + Array(aliases.keys)
        if let other = candidates.first(where: { $0.lowercased() == name.name.lowercased() }) {
            guard !isStrict else {
                note("no row has a field `\(name.name)`: did you mean `\(other)`?", name.span)
                return field(name.name)
            }
            note("no row has a field `\(name.name)`: read as `\(other)`, which CloudWatch does not", name.span)
            return try node(NameSyntax(name: other, span: name.span))
        }
        if !table.isOpen || !known.contains(where: { $0.hasPrefix(name.name + ".") }) {
            let likely = FieldHabit.field(for: name.name, among: known) ?? nearest(to: name.name, among: candidates)
            if let hint = Scope.derived(name.name) {
                note("no row has a field `\(name.name)`: \(hint)", name.span)
                return field(name.name)
            }
            let isWord = likely == nil && Scope.looksLikeText(name.name)
            if isWord {
                note("no row has a field `\(name.name)`: a text needs quotes, `\"\(name.name)\"`", name.span)
            } else if !table.isOpen || likely != nil {
                note(
                    "no row has a field `\(name.name)`" + (likely.map { ": did you mean `\($0)`?" } ?? ""),
                    name.span
                )
            }
        }
        return field(name.name)
    }

    /// Leaves it at what is said elsewhere of a name that no row has.
    func explain(_ name: String) {
        if let origin { return origin.scope.explain(name) }
        explained.insert(name)
    }

    /// Says in strict mode of a flow log's time that CloudWatch's documentation has two names for it.
    private func noteSynonym(_ name: NameSyntax, _ table: TableFields) {
        let pair = [("start", "startTime"), ("end", "endTime")].first { $0.0 == name.name || $0.1 == name.name }
        guard isStrict, let (first, second) = pair, table.kinds[first] != nil, table.known.contains(second) else {
            return
        }
        note(
            "CloudWatch's documentation has both `\(first)` and `\(second)` for this field: here either is read, there one "
                + "of them may be empty",
            name.span
        )
    }

    /// True for rows of two sides.
    var isJoined: Bool { sides != nil || origin?.scope.isJoined == true }

    /// A field of one of the two sides of a `join`; `nil` for a name that says no side, which is of the left one.
    private func side(_ name: NameSyntax, _ sides: JoinSides, _ left: Scope) throws(QueryError) -> Node? {
        let field = NameSyntax(parts: Array(name.parts.dropFirst()), span: name.span)
        switch name.parts.count > 1 ? name.parts[0] : "" {
        case sides.left:
            defer { notices += left.takeNotices() }
            return passed(try left.node(field))
        case sides.right: return right(field, sides)
        default: break
        }
        let isRight = !left.has(name.name) && sides.rightHas(name.name)
        if name.name.utf8.first != UInt8(ascii: "@") {
            let side = isRight ? sides.right : sides.left
            note("`\(name.name)` is read as `\(side).\(name.name)`: behind a `join` fields name their side", name.span)
        }
        return isRight ? right(name, sides) : nil
    }

    /// The message that has a field's list, and the field's parts in it.
    ///
    /// Behind a `join` it is the message of the side that the name says.
    func message(with name: NameSyntax) -> (message: NameSyntax, parts: [String]) {
        if let sides, name.parts.count > 1, [sides.left, sides.right].contains(name.parts[0]) {
            return (NameSyntax(parts: [name.parts[0], "@message"], span: name.span), Array(name.parts.dropFirst()))
        }
        return origin?.scope.message(with: name) ?? (NameSyntax(name: "@message", span: name.span), name.parts)
    }

    private func right(_ name: NameSyntax, _ sides: JoinSides) -> Node {
        if let node = fieldNodes[name.name] { return node }
        let node = sides.field(name)
        fieldNodes[name.name] = node
        return node
    }

    /// A value inside of a map or a list that has a name: `event.attributes`, where `event` is one.
    private func step(_ name: NameSyntax) -> Node? {
        for count in name.parts.indices.dropFirst().reversed() {
            guard let base = aliases[name.parts[..<count].joined(separator: ".")] else { continue }
            return PathNode(base, name.parts[count...].map { .key($0) })
        }
        return nil
    }

    /// What fills a field that does not come from the rows themselves.
    private static func derived(_ name: String) -> String? {
        if ["srcOwner", "dstOwner"].contains(name) { return "--owners FILE fills it" }
        let isTag = ["srcTag.", "dstTag.", "tag."].contains { name.hasPrefix($0) }
        return isTag ? "--snapshot FILE fills it" : nil
    }

    /// True for words that logs have as values, `REJECT`: capitals only.
    private static func looksLikeText(_ name: String) -> Bool {
        name.utf8.count > 1 && name.utf8.allSatisfy { (65...90).contains($0) || $0 == UInt8(ascii: "_") }
    }

    private func takeNotices() -> [QueryNotice] {
        defer { notices = [] }
        return notices
    }

    /// A field of the rows, asked for once.
    func field(_ name: String) -> Node {
        if let origin { return passed(origin.scope.field(name)) }
        if let node = fieldNodes[name] { return node }
        fields.append(name)
        let node = FieldNode(fields.count - 1)
        fieldNodes[name] = node
        return node
    }
}

/// The names of the sides of a `join`.
struct JoinSides {
    let left: String
    let right: String
    /// True for a field that the right side is known to have.
    let rightHas: (String) -> Bool
    /// The node of a field of the right side.
    let field: (NameSyntax) -> Node
}
