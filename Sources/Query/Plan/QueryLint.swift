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
        case .fields(let list):
            for item in list { look(atRemoval: item) }
            look(at: list)
        case .display(let list): look(at: list)
        case .stats(let aggregates, let groups, _): look(at: groups + aggregates)
        case .parse(let syntax):
            if let source = syntax.source { look(at: source) }
            if case .expression(let pattern, _, _) = syntax.pattern { look(atRegex: pattern, syntax.patternSpan) }
            names.formUnion(syntax.names.map(\.name))
        case .unnest(let list, let name):
            look(at: list)
            names.insert(name.name)
        default: break
        }
    }

    private mutating func look(at list: [NamedExpression]) {
        for item in list {
            look(atColumn: item)
            look(atQuotedField: item.expression)
            look(at: item.expression)
            if let alias = item.alias { names.insert(alias.name) }
        }
    }

    private mutating func look(at key: SortKeySyntax) {
        look(at: key.expression)
        look(atQuotedField: key.expression)
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
        case .string where isCondition, .number where isCondition: look(atLiteral: expression)
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
        case .regex(let pattern, let span): look(atRegex: pattern, span)
        case .call(let name, let arguments, _, _):
            look(atCall: name, arguments)
            for part in arguments { look(at: part) }
        case .inList(let operand, let elements, _, _):
            for element in elements { look(atValue: element, of: operand, .equal) }
            look(at: operand)
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
        switch right {
        case .string, .number: break
        default: return false
        }
        let other = canonical.expression(right)
        var last = left
        while case .binary(.or, _, let inner, _) = last { last = inner }
        var hint = ""
        switch last {
        case .binary(.equal, .field(let name), let value, _) where value.isLiteralValue:
            hint = ": write `\(CanonicalText.name(name)) in [\(canonical.expression(value)), \(other)]`"
        case .like(.field(let name), .string(let text, _), isNegated: false, _):
            let field = CanonicalText.name(name)
            hint = ": write `\(field) like \(CanonicalText.quoted(text)) or \(field) like \(other)`"
        default: break
        }
        look(atLiteral: right, hint)
        return true
    }

    /// A text or a number in the place of a condition.
    private mutating func look(atLiteral literal: ExpressionSyntax, _ hint: String = "") {
        let (kind, isTrue): (String, Bool)
        switch literal {
        case .number(let value, _): (kind, isTrue) = ("number", value != 0)
        case .string(let text, _):
            (kind, isTrue) = ("text", CellText.number(Array(text.utf8).span).map { $0 != 0 } ?? !text.isEmpty)
        default: return
        }
        warn("a \(kind) alone is no condition: it is \(isTrue ? "true" : "false") for every row\(hint)", literal.span)
    }

    /// `fields "srcAddr"`, which is the same text for every row.
    private mutating func look(atQuotedField expression: ExpressionSyntax) {
        guard case .string(let text, let span) = expression else { return }
        let known = names.sorted() + table.known + TableFields.system
        guard let name = known.first(where: { $0.lowercased() == text.lowercased() }) else { return }
        let field = CanonicalText.name(NameSyntax(name: name, span: span))
        warn("a text in quotes is the same for every row: the field is `\(field)`", span)
    }

    /// `fields - bytes`, which removes a column in Splunk.
    private mutating func look(atRemoval item: NamedExpression) {
        guard item.alias == nil, case .unary(.negate, .field(let name), let span) = item.expression, !isText(name)
        else { return }
        warn(
            "this is the negated number: columns are not removed, `display` names those to keep",
            span
        )
    }

    /// `kb = bytes / 1024`, which is a comparison.
    private mutating func look(atColumn item: NamedExpression) {
        guard item.alias == nil, case .binary(.equal, .field(let name), let value, let span) = item.expression,
            !isKnown(name.name), !value.isLiteralValue
        else { return }
        if case .field = value { return }
        explained.append(name.span)
        let column = "\(canonical.expression(value)) as \(CanonicalText.name(name))"
        warn("`=` compares: a new column is written `\(column)`", span)
    }

    /// Arguments that are hardly meant as the function takes them.
    private mutating func look(atCall name: NameSyntax, _ arguments: [ExpressionSyntax]) {
        guard let function = FunctionCatalogue.function(named: name.name) else { return }
        if function.prefixArgument == 1, arguments.count == 2, case .string(let text, let span) = arguments[0],
            text.contains("/"), IPPrefix(parsing: text) != nil
        {
            let call = "\(function.name)(\(canonical.expression(arguments[1])), \(CanonicalText.quoted(text)))"
            warn("a block is no address, so no row fits: write `\(call)`", span)
        }
        if function.kind == .aggregate, let argument = arguments.first { look(atQuotedField: argument) }
        if function.name == "regexReplace", arguments.count > 2 { look(atReplacement: arguments[2]) }
        if function.name == "count", let condition = arguments.first, condition.isTest {
            let call = "sum(\(canonical.expression(condition)))"
            warn("`count` counts false as well as true: for the rows where it holds write `\(call)`", condition.span)
        }
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
        if canonical.isSecondMinus(right.span.start) {
            warn("`--` are two minus signs: a comment starts with `#`", span)
        }
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
