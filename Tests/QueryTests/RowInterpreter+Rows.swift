@testable import Query
import RoadblockCore

/// Commands that work from row to row, in the order that the rows have.
extension RowInterpreter {
    mutating func apply(_ syntax: RowCommandSyntax) {
        switch syntax {
        case .accum(let field, let name):
            var sum = 0.0
            show(
                (name ?? field).name,
                rows.map { row in
                    guard let number = row[field.name].flatMap(RowInterpreter.number) else { return nil }
                    sum += number
                    return .number(sum)
                }
            )
        case .autoregress(let field, let name, let nearest, let farthest):
            let before = rows.map { $0[field.name] }
            for distance in nearest...farthest {
                show(
                    name?.name ?? "\(field.name)_p\(distance)",
                    rows.indices.map { $0 >= distance ? before[$0 - distance] : nil }
                )
            }
        case .filldown(let patterns):
            // Fields that are named are shown with it.
            let named = patterns.map(\.text).filter { !$0.hasSuffix("*") && !columns.contains($0) }
            let filled = columns.filter { name in
                patterns.isEmpty || patterns.contains { $0.text == name || $0.text == "*" }
            }
            for name in filled + named {
                var last: Value?
                show(
                    name,
                    rows.map { row in
                        last = row[name] ?? last
                        return last
                    }
                )
            }
        case .fillmissing(let values): fillBins(values)
        case .addtotals(let fields, let name, let ofRows, let ofColumns):
            let names = fields.isEmpty ? columns : fields.map(\.name)
            if ofRows { show(name.name, rows.map { row in sum(names.map { row[$0] }) }) }
            guard ofColumns, !rows.isEmpty else { return }
            var last: Row = [:]
            for column in names + (ofRows ? [name.name] : []) { last[column] = sum(rows.map { $0[column] }) }
            rows.append(last)
        case .countFrequent(let fields):
            let span = fields[0].span
            let count = ExpressionSyntax.call(.init(name: "count", span: span), [], isStar: true, span)
            let alias = NameSyntax(name: "_approxcount", span: span)
            stats(
                [.init(expression: count, alias: alias, text: "")],
                fields.map { .init(expression: .field($0), alias: nil, text: $0.name) }
            )
            sort(rows.map { $0["_approxcount"] }, isDescending: true)
        case .sessionize(let fields, let pause, let name):
            number(fields.map(\.name), pause.flatMap(RowInterpreter.milliseconds) ?? 1_800_000, name.name)
        case .outlier(let fields, let removes, let factor, let usesLower, let marks):
            clip(fields.isEmpty ? columns : fields.map(\.name), removes, factor, usesLower, marks)
        }
    }

    private func sum(_ values: [Value?]) -> Value? {
        let numbers = values.compactMap { $0.flatMap(RowInterpreter.number) }
        return numbers.isEmpty ? nil : .number(numbers.reduce(0, +))
    }

    private mutating func number(_ names: [String], _ pause: Int64, _ session: String) {
        var last: [[Value]: (time: Int64, session: Int)] = [:]
        var numbers: [Int: Int] = [:]
        var count = 0
        let byTime = rows.indices.sorted { a, b in
            let step = RowInterpreter.order(rows[a]["@timestamp"], rows[b]["@timestamp"])
            return step == 0 ? a < b : step < 0
        }
        for index in byTime {
            let key = names.compactMap { rows[index][$0] }
            guard key.count == names.count, case .time(let time)? = rows[index]["@timestamp"] else { continue }
            if let open = last[key], time - open.time <= pause {
                last[key] = (time, open.session)
            } else {
                count += 1
                last[key] = (time, count)
            }
            numbers[index] = last[key]?.session
        }
        show(session, rows.indices.map { index in numbers[index].map { .number(Double($0)) } })
    }

    private mutating func clip(
        _ names: [String],
        _ removes: Bool,
        _ factor: Double,
        _ usesLower: Bool,
        _ marks: Bool
    ) {
        var gone: Set<Int> = []
        for name in names {
            let numbers = rows.map { $0[name].flatMap(RowInterpreter.number) }
            let sorted = numbers.compactMap(\.self).sorted()
            guard sorted.count > 1 else { continue }
            func quantile(_ share: Double) -> Double {
                let place = share * Double(sorted.count - 1)
                let (low, high) = (sorted[Int(place)], sorted[min(Int(place) + 1, sorted.count - 1)])
                return low + (place - place.rounded(.down)) * (high - low)
            }
            let reach = factor * (quantile(0.75) - quantile(0.25))
            for (index, number) in numbers.enumerated() {
                guard let number else { continue }
                let (low, high) = (quantile(0.5) - reach, quantile(0.5) + reach)
                let limit = number > high ? high : usesLower && number < low ? low : number
                guard limit != number else { continue }
                gone.insert(index)
                rows[index][name] = marks ? .text("000" + RowInterpreter.text(.number(limit))) : .number(limit)
            }
        }
        if removes { rows = rows.indices.filter { !gone.contains($0) }.map { rows[$0] } }
    }

    private mutating func fillBins(_ values: [(value: ExpressionSyntax, field: NameSyntax)]) {
        guard let groups,
            let bin = groups.first(where: { if case .call = $0.expression { true } else { false } }),
            case .call(_, let arguments, _, _) = bin.expression, case .period(let period)? = arguments.first,
            let length = RowInterpreter.milliseconds(period)
        else { return }
        let others = groups.map(\.name).filter { $0 != bin.name }
        let times = rows.compactMap { row -> Int64? in
            if case .time(let time)? = row[bin.name] { time } else { nil }
        }
        guard let first = times.min(), let last = times.max() else { return }
        var kinds: [[Value?]] = []
        for row in rows where row[bin.name] != nil {
            let kind = others.map { row[$0] }
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        for time in stride(from: first, through: last, by: Int(length)) {
            for kind in kinds {
                let isThere = rows.contains { row in
                    row[bin.name] == .time(time) && others.map { row[$0] } == kind
                }
                if isThere { continue }
                var row: Row = [bin.name: .time(time)]
                for (name, value) in zip(others, kind) { row[name] = value }
                for (expression, field) in values { row[field.name] = value(expression, [:]) }
                rows.append(row)
            }
        }
        sort(rows.map { $0[bin.name] }, isDescending: false)
    }
}
