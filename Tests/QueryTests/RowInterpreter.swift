import Query
import RoadblockCore

/// Answers a query row by row from its syntax tree, in the plainest way: what the engine has to agree with.
struct RowInterpreter {
    /// A value of a row; a missing field has none.
    enum Value: Hashable {
        case number(Double)
        case text(String)
    }

    typealias Row = [String: Value]

    let query: QuerySyntax
    var columns: [String] = []
    var rows: [Row] = []
    /// The rows of other log groups by name, and the query's own before anything was done with them.
    var others: [String: [Row]] = [:]
    var own: [Row] = []
    private var sorts: [[SortKeySyntax]] = []
    private var hasStats = false

    /// The rows, newest first, as text by column.
    static func rows(
        of query: QuerySyntax,
        over rows: [Row],
        others: [String: [Row]] = [:]
    ) -> [[String: String]] {
        var interpreter = RowInterpreter(query: query)
        interpreter.others = others
        interpreter.own = rows
        interpreter.rows = rows
        interpreter.run()
        return interpreter.rows.map { row in
            var shown: [String: String] = [:]
            for column in interpreter.columns { shown[column] = row[column].map(text) }
            return shown
        }
    }

    init(query: QuerySyntax) { self.query = query }

    mutating func run() {
        var limit = 10_000
        let sources = query.commands.compactMap { command in
            if case .source(let source) = command.kind { source } else { nil }
        }
        rows = self.rows(of: sources, or: rows)
        for command in query.commands {
            switch command.kind {
            case .filter(let condition): rows = rows.filter { truth(value(condition, $0)) == true }
            case .fields(let list):
                for item in list { add(item) }
            case .display(let list):
                columns = []
                for item in list { add(item) }
            case .stats(let aggregates, let groups, _): stats(aggregates, groups)
            case .limit(let syntax): limit = min(limit, syntax.count)
            case .join(let syntax): join(syntax)
            case .appendcols(let query):
                settle()
                append(query)
            case .sort(let keys): sorts.append(keys)
            case .source, .parse, .dedup, .unnest, .expand, .rows, .lookup, .unsupported: break
            }
        }
        settle()
        rows = Array(rows.prefix(limit))
    }

    /// Puts the rows into the order that they have by now: newest first, then as `sort` says.
    private mutating func settle() {
        if !hasStats { rows.reverse() }
        hasStats = true
        for keys in sorts { sort(keys) }
        sorts = []
    }

    private mutating func add(_ item: NamedExpression) {
        if !columns.contains(item.name) { columns.append(item.name) }
        for index in rows.indices { rows[index][item.name] = value(item.expression, rows[index]) }
    }

    private mutating func sort(_ keys: [SortKeySyntax]) {
        let keyed = rows.enumerated().map { (place: $0.offset, row: $0.element) }
        rows = keyed.sorted { a, b in
            for key in keys {
                let step = RowInterpreter.order(value(key.expression, a.row), value(key.expression, b.row))
                if step != 0 { return (step < 0) != (key.isDescending ?? false) }
            }
            return a.place < b.place
        }.map(\.row)
    }

    // MARK: groups

    private mutating func stats(_ aggregates: [NamedExpression], _ groups: [NamedExpression]) {
        hasStats = true
        var order: [[Value?]] = []
        var members: [[Value?]: [Row]] = [:]
        for row in rows {
            let key = groups.map { value($0.expression, row) }
            if members[key] == nil { order.append(key) }
            members[key, default: []].append(row)
        }
        if groups.isEmpty, order.isEmpty {
            order = [[]]
            members[[]] = []
        }
        columns = groups.map(\.name) + aggregates.map(\.name)
        rows = order.map { key in
            var row: Row = [:]
            for (group, value) in zip(groups, key) { row[group.name] = value }
            for item in aggregates { row[item.name] = aggregate(item.expression, members[key] ?? [], row) }
            return row
        }
    }

    /// The value of an expression over the rows of a group; `named` has the group's columns so far.
    private func aggregate(_ expression: ExpressionSyntax, _ group: [Row], _ named: Row) -> Value? {
        switch expression {
        case .field(let name): return named[name.name]
        case .unary(let op, let operand, _): return unary(op, aggregate(operand, group, named))
        case .binary(let op, let left, let right, _):
            return binary(op, aggregate(left, group, named), aggregate(right, group, named))
        case .call(let name, let arguments, _, _):
            let values = arguments.first.map { first in group.compactMap { value(first, $0) } } ?? []
            let numbers = values.compactMap(RowInterpreter.number)
            let mean = numbers.isEmpty ? 0 : numbers.reduce(0, +) / Double(numbers.count)
            let spread = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, numbers.count))
            func known(_ number: Double) -> Value? { numbers.isEmpty ? nil : .number(number) }
            switch name.name.lowercased() {
            case "count": return .number(Double(arguments.isEmpty ? group.count : values.count))
            case "count_distinct": return .number(Double(Set(values).count))
            case "sum": return known(numbers.reduce(0, +))
            case "avg": return known(mean)
            case "variance": return known(spread)
            case "stddev": return known(spread.squareRoot())
            case "min": return values.min { RowInterpreter.order($0, $1) < 0 }
            case "max": return values.max { RowInterpreter.order($0, $1) < 0 }
            case "pct":
                guard case .number(let percent, _) = arguments[1], !numbers.isEmpty else { return nil }
                let rank = Int((percent / 100 * Double(numbers.count)).rounded(.up))
                return .number(numbers.sorted()[max(0, min(rank - 1, numbers.count - 1))])
            default: return nil
            }
        default: return value(expression, named)
        }
    }

    // MARK: one row

    private func value(_ expression: ExpressionSyntax, _ row: Row) -> Value? {
        switch expression {
        case .number(let number, _): return .number(number)
        case .string(let text, _): return .text(text)
        case .boolean(let flag, _): return .number(flag ? 1 : 0)
        case .field(let name): return row[name.name]
        case .unary(let op, let operand, _): return unary(op, value(operand, row))
        case .binary(let op, let left, let right, _): return binary(op, value(left, row), value(right, row))
        case .like(let operand, let pattern, let isNegated, _):
            guard let text = value(operand, row).map(RowInterpreter.text), case .string(let part, _) = pattern else {
                return nil
            }
            return flag(text.utf8.contains(sequence: part.utf8) != isNegated)
        case .inList(let operand, let elements, let isNegated, _):
            guard let one = value(operand, row) else { return nil }
            let found = elements.contains { element in
                value(element, row).map { RowInterpreter.equal(one, $0) } ?? false
            }
            return flag(found != isNegated)
        case .inQuery(let operand, let query, let isNegated, _):
            return value(operand, row).map { flag(holds($0, query) != isNegated) }
        case .call(let name, let arguments, _, _):
            return call(name.name.lowercased(), arguments.map { value($0, row) })
        case .path, .period, .regex: return nil
        }
    }

    private func call(_ name: String, _ values: [Value?]) -> Value? {
        let numbers = values.map { $0.flatMap(RowInterpreter.number) }
        let texts = values.map { $0.map(RowInterpreter.text) }
        switch name {
        case "abs": return numbers[0].map { .number(abs($0)) }
        case "ceil": return numbers[0].map { .number($0.rounded(.up)) }
        case "floor": return numbers[0].map { .number($0.rounded(.down)) }
        case "greatest": return numbers.compactMap(\.self).max().map { .number($0) }
        case "coalesce": return values.compactMap(\.self).first
        case "ispresent": return flag(values[0] != nil)
        case "isempty": return flag(texts[0]?.isEmpty ?? true)
        case "if": return truth(values[0]) == true ? values[1] : values[2]
        case "concat": return .text(texts.compactMap(\.self).joined())
        case "strlen": return texts[0].map { .number(Double($0.unicodeScalars.count)) }
        case "tolower": return texts[0].map { .text($0.lowercased()) }
        case "strcontains":
            guard let text = texts[0], let part = texts[1] else { return nil }
            return flag(text.utf8.contains(sequence: part.utf8))
        default: return nil
        }
    }

    private func unary(_ op: UnaryOperator, _ operand: Value?) -> Value? {
        switch op {
        case .negate: operand.flatMap(RowInterpreter.number).map { .number(-$0) }
        case .not: flag(truth(operand) != true)
        }
    }

    private func flag(_ condition: Bool) -> Value { .number(condition ? 1 : 0) }

    private func truth(_ value: Value?) -> Bool? {
        switch value {
        case .number(let number): number != 0
        case .text(let text): RowInterpreter.number(.text(text)).map { $0 != 0 } ?? !text.isEmpty
        case nil: nil
        }
    }

    private func binary(_ op: BinaryOperator, _ a: Value?, _ b: Value?) -> Value? {
        switch op {
        case .and, .or:
            let (x, y) = (truth(a), truth(b))
            let decisive = op == .or
            if x == decisive || y == decisive { return flag(decisive) }
            return x == nil || y == nil ? nil : flag(!decisive)
        case .equal, .notEqual:
            guard let a, let b else { return nil }
            return flag(RowInterpreter.equal(a, b) == (op == .equal))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let a, let b, let step = RowInterpreter.comparison(a, b) else { return nil }
            return flag(op == .less ? step < 0 : op == .lessOrEqual ? step <= 0 : op == .greater ? step > 0 : step >= 0)
        default:
            guard let x = a.flatMap(RowInterpreter.number), let y = b.flatMap(RowInterpreter.number) else { return nil }
            let result: Double? =
                switch op {
                case .add: x + y
                case .subtract: x - y
                case .multiply: x * y
                case .divide: y == 0 ? nil : x / y
                case .remainder: y == 0 ? nil : x.truncatingRemainder(dividingBy: y)
                default: nil
                }
            return result.map { .number($0) }
        }
    }
}
