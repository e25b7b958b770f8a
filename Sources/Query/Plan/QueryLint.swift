import RoadblockCore

/// What a field's values are, where that is known beforehand.
package enum FieldKind: Hashable, Sendable {
    case number
    case address
    /// Any other text.
    case text
    /// A text that is one of a few.
    case choice([String])
}

/// Looks through a query for what AWS does without a word, and for what is hardly meant as it is written.
struct QueryLint {
    private(set) var notices: [QueryNotice] = []
    /// Places of which everything is said: what else there is to say of a name in them is none.
    var explained: [SourceSpan] = []
    /// Values that are taken as another kind than they were written as.
    private(set) var facts: [String] = []
    let table: TableFields
    let canonical: CanonicalText
    /// Names that the query gives.
    var names: Set<String> = []
    /// True where names are those of a table's rows, not of a `stats`.
    var isOverRows = true

    init(_ plan: QueryPlan, _ table: TableFields) {
        self.table = table
        canonical = CanonicalText(plan.text)
        for stage in plan.stages {
            for step in stage.steps { look(at: step) }
            if let stats = stage.stats { look(at: stats) }
            if let expansion = stage.expansion { look(at: expansion) }
            for key in stage.sorts.flatMap({ $0 }) { look(at: key) }
            if let dedup = stage.dedup { look(atKeys: dedup) }
            if stage.stats != nil { isOverRows = false }
            // Behind a `join` names begin with their side.
            if case .join? = stage.expansion?.kind { isOverRows = false }
        }
    }

    /// These notices and those of others, in the order of the text, each once.
    func merged(with others: [QueryNotice]) -> [QueryNotice] {
        let rest = others.filter { other in
            !explained.contains { $0.start <= other.span.start && other.span.end <= $0.end }
        }
        return QueryLint.sorted(rest + notices)
    }

    /// Notices in the order of the text, each once.
    static func sorted(_ notices: [QueryNotice]) -> [QueryNotice] {
        var seen: Set<String> = []
        return notices.enumerated()
            .sorted { ($0.element.span.start, $0.offset) < ($1.element.span.start, $1.offset) }.map(\.element)
            .filter { seen.insert($0.message).inserted }
    }

    mutating func warn(_ message: String, _ span: SourceSpan) {
        notices.append(QueryNotice(message: message, span: span))
    }

    mutating func state(_ fact: String) {
        if !facts.contains(fact) { facts.append(fact) }
    }

    // MARK: commands

    private mutating func look(at command: CommandSyntax) {
        switch command.kind {
        case .filter(let condition): look(at: condition, asCondition: true)
        case .fields(let list), .display(let list): look(at: list)
        case .stats(let aggregates, let groups, _): look(at: groups + aggregates)
        case .parse(let syntax):
            if let source = syntax.source { look(at: source) }
            switch syntax.pattern {
            case .glob(_, let list), .expression(_, let list, _), .csv(let list): names.formUnion(list.map(\.name))
            case .logfmt(let name): names.insert(name.name)
            }
        case .unnest(let list, let name):
            look(at: list)
            names.insert(name.name)
        default: break
        }
    }

    private mutating func look(at list: [NamedExpression]) {
        for item in list {
            look(at: item.expression)
            if let alias = item.alias { names.insert(alias.name) }
        }
    }

    private mutating func look(at key: SortKeySyntax) {
        look(at: key.expression)
        if case .binary(.subtract, .number(let count, _), .field(let name), let span) = key.expression {
            explained.append(span)
            let order = "sort \(CanonicalText.name(name)) desc | limit \(CellText.render(count))"
            warn("sorts by a difference: the first rows in an order are `\(order)`", span)
        }
        if case .unary(.negate, .field(let name), let span) = key.expression {
            explained.append(span)
            warn(
                "sorts by the negated number: `sort \(CanonicalText.name(name)) desc` turns the order of texts too",
                span
            )
        }
    }

    private mutating func look(atKeys keys: [NameSyntax]) {
        guard let first = keys.first else { return }
        let list = keys.map(CanonicalText.name).joined(separator: ", ")
        state("rows in which one of \(list) is missing are all kept by `dedup`")
        look(at: .field(first))
    }

    // MARK: expressions

    private mutating func look(at expression: ExpressionSyntax, asCondition isCondition: Bool = false) {
        switch expression {
        case .string(let text, let span) where isCondition:
            warn(
                "a text alone is no condition: it is true for every row"
                    + (text.isEmpty ? " where it is not empty" : ""),
                span
            )
        case .number(_, let span) where isCondition:
            warn("a number alone is no condition: it is true for every row", span)
        case .field(let name): look(atField: name)
        case .binary(let operation, let left, let right, let span):
            switch operation {
            case .and, .or:
                if operation == .or, look(atList: left, right) { return look(at: left, asCondition: true) }
                look(at: left, asCondition: true)
                look(at: right, asCondition: true)
                return
            case .subtract: look(atDifference: left, right, span)
            case .add: look(atSum: left, right, span)
            case .multiply, .divide, .remainder, .power: break
            default: look(atComparison: operation, left, right, span)
            }
            look(at: left)
            look(at: right)
        case .unary(.not, let operand, _): look(at: operand, asCondition: true)
        case .unary(.negate, .field(let name), let span) where isText(name):
            warn(
                "`\(CanonicalText.name(name))` is no number, so this is missing: columns are not removed, `display` "
                    + "names those to keep",
                span
            )
        case .like(let operand, let pattern, _, _):
            look(at: operand)
            if case .string(let text, let place) = pattern {
                look(atSubstring: text, of: operand, place)
            } else {
                look(at: pattern)
            }
        case .inList(let operand, let elements, _, _):
            for element in elements { look(atValue: element, of: operand, .equal) }
            look(at: operand)
        case .call(let name, let arguments, _, _):
            if name.name.lowercased() == "regexreplace", arguments.count > 2 { look(atReplacement: arguments[2]) }
            for argument in arguments { look(at: argument) }
        default:
            for part in expression.parts { look(at: part) }
        }
    }

    /// `regexReplace(a, /(b)/, "$1")`, which puts in no group.
    private mutating func look(atReplacement new: ExpressionSyntax) {
        guard case .string(let text, let span) = new else { return }
        let bytes = Array(text.utf8)
        let isReference = zip(bytes, bytes.dropFirst()).contains { sign, digit in
            (sign == UInt8(ascii: "$") || sign == UInt8(ascii: "\\")) && digit &- 48 < 10
        }
        if isReference { warn("the text is put in as it stands: groups of the match are not", span) }
    }

    /// `a = "x" or "y"`, of which the second is no condition.
    private mutating func look(atList left: ExpressionSyntax, _ right: ExpressionSyntax) -> Bool {
        var last = left
        while case .binary(.or, _, let inner, _) = last { last = inner }
        if case .number(_, let span) = right {
            look(atNumber: right, span, behind: last)
            return true
        }
        guard case .string(let other, let span) = right else { return false }
        var hint = ""
        switch last {
        case .binary(.equal, .field(let name), .string(let text, _), _):
            let values = "\(CanonicalText.quoted(text)), \(CanonicalText.quoted(other))"
            hint = ": write `\(CanonicalText.name(name)) in [\(values)]`"
        case .like(.field(let name), .string(let text, _), isNegated: false, _):
            let field = CanonicalText.name(name)
            hint =
                ": write `\(field) like \(CanonicalText.quoted(text)) or \(field) like \(CanonicalText.quoted(other))`"
        default: break
        }
        warn("a text alone is no condition: it is true for every row\(hint)", span)
        return true
    }

    /// `a = 1 or 2`, of which the second is no condition.
    private mutating func look(atNumber number: ExpressionSyntax, _ span: SourceSpan, behind last: ExpressionSyntax) {
        var hint = ""
        if case .binary(.equal, .field(let name), let first, _) = last, case .number = first {
            let values = "\(canonical.expression(first)), \(canonical.expression(number))"
            hint = ": write `\(CanonicalText.name(name)) in [\(values)]`"
        }
        warn("a number alone is no condition: it is true for every row\(hint)", span)
    }

    private mutating func look(atField name: NameSyntax) {
        guard isOverRows, !names.contains(name.name) else { return }
        if table.undiscovered.contains(name.name) {
            warn(
                "of this custom format CloudWatch may show `\(name.name)` empty: it reads the default format's fields",
                name.span
            )
        }
    }

    /// `x-y` without blanks, which is a name elsewhere.
    private mutating func look(atDifference left: ExpressionSyntax, _ right: ExpressionSyntax, _ span: SourceSpan) {
        guard case .field(let first) = left, case .field(let second) = right, first.span.end + 1 == second.span.start
        else {
            return
        }
        let name = "\(first.name)-\(second.name)"
        defer { if notices.last?.span == span { explained.append(span) } }
        let isField = table.known.contains(name)
        let isDifference = [first, second].allSatisfy { isKnown($0.name) }
        guard isField || !isDifference else { return }
        let joined = (first.name + second.name).lowercased()
        let known = isField ? nil : table.known.first { $0.lowercased() == joined }
        warn(
            "`\(name)` is read as \(first.name) minus \(second.name): "
                + (known.map { "the field is `\($0)`" } ?? "a field of this name stands in backticks"),
            span
        )
    }

    /// Texts that are added instead of put together.
    private mutating func look(atSum left: ExpressionSyntax, _ right: ExpressionSyntax, _ span: SourceSpan) {
        let isText = [left, right].contains { side in
            if case .string(let text, _) = side { CellText.number(Array(text.utf8).span) == nil } else { false }
        }
        guard isText else { return }
        let call = "concat(\(canonical.expression(left)), \(canonical.expression(right)))"
        warn("`+` adds numbers, so this is missing: texts are put together by `\(call)`", span)
    }

    private func isText(_ name: NameSyntax) -> Bool {
        guard isOverRows, !names.contains(name.name), let kind = table.kind(of: name.name) else { return false }
        return kind != .number
    }

    func isKnown(_ name: String) -> Bool {
        names.contains(name) || !isOverRows || TableFields.system.contains(name)
            || table.known.contains { $0.lowercased() == name.lowercased() }
    }

    private mutating func look(atSubstring text: String, of operand: ExpressionSyntax, _ span: SourceSpan) {
        if text.count > 1, text.hasPrefix("%") || text.hasSuffix("%") || text.hasPrefix("*") || text.hasSuffix("*") {
            let plain = text.drop { $0 == "%" || $0 == "*" }
            let core = String(plain.reversed().drop { $0 == "%" || $0 == "*" }.reversed())
            let sign = text.hasPrefix("%") || text.hasSuffix("%") ? "%" : "*"
            warn(
                "`like` finds its text anywhere in the field and `\(sign)` stands for itself: write "
                    + "`like \(CanonicalText.quoted(core))`",
                span
            )
            return
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.hasSuffix("."), (2...4).contains(parts.count), parts.dropLast().allSatisfy({ UInt8($0) != nil })
        else {
            return
        }
        guard let other = LiteralShape.other(holding: text, Array(parts.dropLast())) else { return }
        let block = parts.dropLast().joined(separator: ".") + String(repeating: ".0", count: 5 - parts.count)
        warn(
            "`like \"\(text)\"` also finds \(other): the addresses of the block are "
                + "`isIpv4InSubnet(\(canonical.expression(operand)), \"\(block)/\((parts.count - 1) * 8)\")`",
            span
        )
    }
}
