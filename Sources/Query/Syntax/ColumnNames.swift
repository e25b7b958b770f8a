import RoadblockCore

/// The text of a column without a name of its own, in the form in which such texts are compared.
///
/// Neither blanks count nor the case of functions, which are called in any case.
struct ColumnText: Hashable {
    private let bytes: [UInt8]

    init(_ text: some Sequence<UInt8>) {
        var bytes: [UInt8] = []
        var quote: UInt8?
        /// Where the name begins that was read last.
        var nameStart = 0
        var isInName = false
        for byte in text {
            if let open = quote {
                bytes.append(byte)
                if byte == open { quote = nil }
                continue
            }
            guard byte > 32 else {
                isInName = false
                continue
            }
            let isName = ColumnText.isName(byte)
            if isName, !isInName { nameStart = bytes.count }
            isInName = isName
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): quote = byte
            case UInt8(ascii: "("):
                for index in nameStart..<bytes.count where (65...90).contains(bytes[index]) { bytes[index] |= 0x20 }
            default: break
            }
            bytes.append(byte)
            if !isName { nameStart = bytes.count }
        }
        self.bytes = bytes
    }

    /// A name that may be such a text; `nil` for one that needs no backticks, which is a field's or an alias.
    init?(name: String) {
        guard !name.utf8.allSatisfy({ ColumnText.isName($0) || $0 == UInt8(ascii: ".") }) else { return nil }
        self.init(name.utf8)
    }

    private static func isName(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte | 0x20) || byte >= 128 || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "@")
    }
}

/// The columns that a `stats` leaves, as the commands behind it may write them.
struct ColumnNames {
    private(set) var names: Set<String> = []
    private var texts: Set<ColumnText> = []
    /// Columns that hold maps or lists.
    private var structures: Set<String> = []

    init(_ items: [NamedExpression] = []) {
        for item in items { add(item) }
    }

    mutating func add(_ item: NamedExpression) {
        names.insert(item.name)
        if isStructure(item.expression) { structures.insert(item.name) }
        if item.isNamedByText { texts.insert(ColumnText(item.text.utf8)) }
    }

    mutating func add(_ name: NameSyntax, isStructure: Bool = false) {
        names.insert(name.name)
        if isStructure { structures.insert(name.name) }
    }

    private func isStructure(_ expression: ExpressionSyntax) -> Bool {
        if case .field(let name) = expression { return structures.contains(name.name) }
        return StructureNames.makes(expression)
    }

    /// True for the name of a column, for its text in backticks, and for a step into a map or a list.
    func contains(_ name: NameSyntax) -> Bool {
        if names.contains(name.name) { return true }
        if let text = ColumnText(name: name.name), texts.contains(text) { return true }
        return name.parts.indices.dropFirst().contains { structures.contains(name.parts[..<$0].joined(separator: ".")) }
    }

    /// True for an expression that is written like a column, and is read as that column; `query` is the whole text.
    func contains(_ expression: ExpressionSyntax, in query: [UInt8]) -> Bool {
        guard !texts.isEmpty, expression.isComputed else { return false }
        let span = expression.span
        return span.end <= query.count && texts.contains(ColumnText(query[span.start..<span.end]))
    }
}

extension NamedExpression {
    /// True for a column whose name is its text.
    var isNamedByText: Bool { alias == nil && expression.isComputed }
}

extension ExpressionSyntax {
    /// True for what is neither a field nor a literal.
    var isComputed: Bool {
        switch self {
        case .number, .string, .boolean, .field, .period, .regex: false
        case .path, .call, .unary, .binary, .like, .inList, .inQuery: true
        }
    }

    /// The fields that this expression reads.
    var fieldNames: Set<String> {
        if case .field(let name) = self { return [name.name] }
        return parts.reduce(into: []) { $0.formUnion($1.fieldNames) }
    }
}
