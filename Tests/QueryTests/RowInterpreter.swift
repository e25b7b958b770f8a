import Query
import RoadblockCore

/// Answers a query row by row from its syntax tree, in the plainest way: what the engine has to agree with.
struct RowInterpreter {
    /// A value of a row; a missing field has none.
    enum Value: Hashable {
        case number(Double)
        case text(String)
        /// Milliseconds since 1970.
        case time(Int64)
        /// A map or a list.
        case structure(JSONValue)
    }

    typealias Row = [String: Value]

    let query: QuerySyntax
    var columns: [String] = []
    var rows: [Row] = []
    /// The rows of other log groups by name, and the query's own before anything was done with them.
    var others: [String: [Row]] = [:]
    var own: [Row] = []
    /// The names of the last `stats`' groups; `nil` where rows are still events.
    var groups: [NamedExpression]?
    private var binOffset: Int64 = 0

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
        // Newest first; of events at one time the one that comes last.
        rows.reverse()
        sort(rows.map { $0["@timestamp"] }, isDescending: true)
        for command in query.commands {
            switch command.kind {
            case .filter(let condition): rows = rows.filter { truth(value(condition, $0)) == true }
            case .fields(let list):
                for item in list { add(item) }
            case .display(let list):
                columns = []
                for item in list { add(item) }
            case .stats(let aggregates, let groups, let offset):
                binOffset = offset.flatMap(RowInterpreter.milliseconds) ?? 0
                stats(aggregates, groups)
            case .limit(let syntax): limit = min(limit, syntax.count)
            case .sort(let keys):
                for key in keys.reversed() {
                    sort(rows.map { value(key.expression, $0) }, isDescending: key.isDescending ?? false)
                }
            case .parse(let syntax): parse(syntax)
            case .dedup(let names): dedup(names.map(\.name))
            case .unnest(let list, let name):
                expand(name.name, rows.map { value(list, $0) })
            case .expand(let name): expand(name.name, rows.map { $0[name.name] })
            case .rows(let syntax): apply(syntax)
            case .lookup(let syntax): lookUp(syntax)
            case .join(let syntax): join(syntax)
            case .appendcols(let query): append(query)
            case .source, .analysis, .unsupported: break
            }
        }
        rows = Array(rows.prefix(limit))
    }

    /// Shows a column, and sets it in each row.
    mutating func show(_ name: String, _ values: [Value?]) {
        if !columns.contains(name) { columns.append(name) }
        for (index, value) in values.enumerated() { rows[index][name] = value }
    }

    private mutating func add(_ item: NamedExpression) {
        if !columns.contains(item.name) { columns.append(item.name) }
        for index in rows.indices { rows[index][item.name] = value(item.expression, rows[index]) }
    }

    /// Orders the rows by a value of each; those that are equal stay as they are.
    mutating func sort(_ keys: [Value?], isDescending: Bool) {
        rows = rows.indices.sorted { a, b in
            let step = RowInterpreter.order(keys[a], keys[b])
            return step == 0 ? a < b : (step < 0) != isDescending
        }.map { rows[$0] }
    }

    // MARK: groups

    mutating func stats(_ aggregates: [NamedExpression], _ groups: [NamedExpression]) {
        self.groups = groups
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
        // Groups come by their keys.
        for group in groups.reversed() {
            sort(rows.map { $0[group.name] }, isDescending: false)
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
            let mean = numbers.isEmpty ? 0 : RowInterpreter.sum(numbers) / Double(numbers.count)
            func known(_ number: Double) -> Value? { numbers.isEmpty ? nil : .number(number) }
            switch name.name.lowercased() {
            case "count": return .number(Double(arguments.isEmpty ? group.count : values.count))
            case "count_distinct": return .number(Double(Set(values).count))
            case "sum": return known(RowInterpreter.sum(numbers))
            case "avg": return known(mean)
            case "variance": return known(RowInterpreter.spread(numbers))
            case "stddev": return known(RowInterpreter.spread(numbers).squareRoot())
            case "min": return values.min { RowInterpreter.order($0, $1) < 0 }
            case "max": return values.max { RowInterpreter.order($0, $1) < 0 }
            case "sortsfirst": return values.min { RowInterpreter.order($0, $1) < 0 }
            case "sortslast": return values.max { RowInterpreter.order($0, $1) < 0 }
            case "earliest", "latest":
                // Rows are newest first here; of those at one time the last of the input is first.
                let found = group.filter { $0["@timestamp"] != nil }.compactMap { value(arguments[0], $0) }
                return name.name.lowercased() == "latest" ? found.first : found.last
            case "values":
                return list(Array(Set(values)).sorted { RowInterpreter.order($0, $1) < 0 })
            case "topk":
                guard case .number(let most, _) = arguments[0] else { return nil }
                let counts = Dictionary(
                    group.compactMap { value(arguments[1], $0) }.map { ($0, 1) },
                    uniquingKeysWith: +
                )
                let ranked = counts.sorted { a, b in
                    a.value != b.value ? a.value > b.value : RowInterpreter.order(a.key, b.key) < 0
                }
                return list(ranked.prefix(Int(most)).map(\.key))
            case "pct":
                guard case .number(let percent, _) = arguments[1] else { return nil }
                return RowInterpreter.percentile(numbers, percent).map { .number($0) }
            case "rate":
                guard case .period(let period) = arguments[1], let length = RowInterpreter.milliseconds(period) else {
                    return nil
                }
                return rate(group, arguments[0], Double(length)).map { .number($0) }
            case "histogram":
                guard case .number(let buckets, _) = arguments[1] else { return nil }
                return RowInterpreter.histogram(numbers, Int(buckets)).map { .structure($0) }
            default: return nil
            }
        default: return value(expression, named)
        }
    }

    /// A list of values is printed as JSON.
    private func list(_ values: [Value]) -> Value {
        .text(
            JSONValue.array(
                values.map { value in
                    guard case .number(let number) = value else { return .string(RowInterpreter.text(value)) }
                    return Int(exactly: number).map { .int($0) } ?? .double(number)
                }
            ).compact
        )
    }

    // MARK: one row

    func value(_ expression: ExpressionSyntax, _ row: Row) -> Value? {
        switch expression {
        case .number(let number, _): return .number(number)
        case .string(let text, _): return .text(text)
        case .boolean(let flag, _): return .number(flag ? 1 : 0)
        case .field(let name):
            if let value = row[name.name] { return value }
            // A step into what the first part names.
            return name.parts.count > 1 ? name.parts.dropFirst().reduce(row[name.parts[0]], RowInterpreter.step) : nil
        case .path(let base, let steps, _):
            return steps.reduce(value(base, row)) { found, step in
                switch step {
                case .key(let name): RowInterpreter.step(found, name)
                case .index(let index): RowInterpreter.step(found, String(index))
                }
            }
        case .unary(let op, let operand, _): return unary(op, value(operand, row))
        case .binary(let op, let left, let right, _): return binary(op, value(left, row), value(right, row))
        case .like(let operand, let pattern, let isNegated, _):
            guard let text = value(operand, row).flatMap(RowInterpreter.plainText) else { return nil }
            switch pattern {
            case .string(let part, _): return flag(text.utf8.contains(sequence: part.utf8) != isNegated)
            case .regex(let source, _): return flag((RowInterpreter.match(source, text, at: 0) != nil) != isNegated)
            default: return nil
            }
        case .inList(let operand, let elements, let isNegated, _):
            guard let one = value(operand, row) else { return nil }
            let found = elements.contains { element in
                value(element, row).map { RowInterpreter.equal(one, $0) } ?? false
            }
            return flag(found != isNegated)
        case .inQuery(let operand, let query, let isNegated, _):
            return value(operand, row).map { flag(holds($0, query) != isNegated) }
        case .call(let name, let arguments, _, _):
            if name.name == "bin", case .period(let period) = arguments[0] {
                guard case .time(let time) = row["@timestamp"], let length = RowInterpreter.milliseconds(period) else {
                    return nil
                }
                return .time(((time + binOffset) / length) * length)
            }
            return call(name.name.lowercased(), arguments.map { value($0, row) })
        case .period, .regex: return nil
        }
    }

    private func call(_ name: String, _ values: [Value?]) -> Value? {
        let numbers = values.map { $0.flatMap(RowInterpreter.number) }
        let texts = values.map { $0.flatMap(RowInterpreter.plainText) }
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
        case "jsonparse":
            if case .structure? = values[0] { return values[0] }
            return texts[0].flatMap(RowInterpreter.structure)
        case "jsonstringify":
            guard case .structure(let structure)? = values[0] else { return values[0] }
            return .text(structure.compact)
        case "jsonarraysize": return RowInterpreter.items(values[0]).map { .number(Double($0.count)) }
        case "jsonarraycontains":
            guard let items = RowInterpreter.items(values[0]) else { return nil }
            guard let wanted = values[1] else { return flag(false) }
            return flag(items.compactMap(\.self).contains { RowInterpreter.equal($0, wanted) })
        case "split":
            guard let text = texts[0], let separator = texts[1] else { return nil }
            return .structure(.array(RowInterpreter.pieces(text, separator).map { .string($0) }))
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

    func flag(_ condition: Bool) -> Value { .number(condition ? 1 : 0) }

    func truth(_ value: Value?) -> Bool? {
        switch value {
        case .number(let number): number != 0
        case .text(let text): RowInterpreter.number(.text(text)).map { $0 != 0 } ?? !text.isEmpty
        case .time, .structure: true
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
