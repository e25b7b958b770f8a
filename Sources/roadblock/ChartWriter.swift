import ArgumentParser
import Charts
import Columns
import Query
import RoadblockCore

extension ChartKind: ExpressibleByArgument {}

/// Draws the rows of a query as charts, one for each column of numbers.
struct ChartWriter {
    let result: ResultTable
    let plan: QueryPlan
    let paper: ChartPaper
    private let values: CellText
    private let roles: [ColumnRole]

    /// Bins that rows without a `stats` are counted in, at most.
    private static let histogramBins = 48

    init(_ result: ResultTable, _ plan: QueryPlan, _ paper: ChartPaper) {
        self.result = result
        self.plan = plan
        self.paper = paper
        values = CellText(result.pool)
        roles = plan.roles(of: result.columns)
    }

    /// The charts' lines.
    ///
    /// - Throws: `Failure` of kind `usage` for rows that cannot be drawn, or not so.
    func text(_ kind: ChartKind?) throws(Failure) -> String {
        var charts = plan.hasStats ? try aggregates(kind) : [try histogram(kind)]
        if result.rows.count >= plan.rowLimit {
            charts.append(["the result has reached its limit of \(plan.rowLimit) rows: what is beyond it is not drawn"])
        }
        return charts.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    // MARK: rows

    /// Rows without a `stats`, counted by time.
    private func histogram(_ kind: ChartKind?) throws(Failure) -> [String] {
        guard let column = result.columns.firstIndex(of: "@timestamp") else {
            throw failure(
                "a chart needs `stats`, or `@timestamp` among the columns",
                "add `| stats count(*) by bin(5m)`"
            )
        }
        let times = result.rows.map { $0[column] }.filter(\.isTime).map(\.milliseconds)
        guard kind != .pie else { throw failure("rows by time have no shares", "use --chart bar") }
        return TimeChart(
            counting: times,
            intoAtMost: ChartWriter.histogramBins,
            timelessRows: result.rows.count - times.count
        )
        .lines(kind, on: paper)
    }

    // MARK: groups

    private func aggregates(_ kind: ChartKind?) throws(Failure) -> [[String]] {
        let drawn = result.columns.indices.filter { column in
            guard case .value = roles[column] else { return false }
            return result.rows.isEmpty || result.rows.contains { values.number($0[column]) != nil }
        }
        guard !drawn.isEmpty else {
            throw failure(
                "no column of the result holds numbers to draw",
                "add an aggregate, as in `stats count(*) by bin(5m)`"
            )
        }
        for (column, role) in roles.enumerated() {
            guard case .bin(let period) = role, kind != .pie else { continue }
            return drawn.map { timeChart($0, time: column, period).lines(kind, on: paper) }
        }
        guard kind != .line, kind != .area else {
            throw failure("a line or an area needs a time in `by`", "add `by bin(5m)`, or use --chart bar")
        }
        var charts: [[String]] = []
        for column in drawn {
            let chart = categoryChart(column)
            guard kind != .pie || chart.hasShares else {
                throw failure("negative values have no shares", "use --chart bar")
            }
            charts.append(chart.lines(withShares: kind == .pie, on: paper))
        }
        return charts
    }

    private func timeChart(_ column: Int, time: Int, _ period: Period) -> TimeChart {
        let timed = result.rows.filter { $0[time].isTime }
        let keys = roles.indices.filter { roles[$0].isKey && $0 != time }
        return TimeChart(
            name: result.columns[column],
            bin: BinLength(period),
            isSum: roles[column] == .value(isSum: true),
            rows: timed.map { row in
                .init(time: row[time].milliseconds, series: name(row, keys), value: values.number(row[column]))
            },
            timelessRows: result.rows.count - timed.count
        )
    }

    private func categoryChart(_ column: Int) -> CategoryChart {
        let keys = roles.indices.filter { roles[$0].isKey }
        return CategoryChart(
            name: result.columns[column],
            isSum: roles[column] == .value(isSum: true),
            rows: result.rows.map { row in
                .init(name: name(row, keys), value: values.number(row[column]))
            }
        )
    }

    /// The group keys of a row as one name; times as they are printed elsewhere.
    private func name(_ row: [Cell], _ keys: [Int]) -> String {
        keys.map { key in
            let cell = row[key]
            if cell.isTime {
                if case .bin(let period) = roles[key] { return paper.zone.text(cell.milliseconds, BinLength(period)) }
                return paper.zone.text(cell.milliseconds)
            }
            let text = values.text(cell) ?? "(none)"
            return text.isEmpty ? "(empty)" : text
        }
        .joined(separator: ", ")
    }

    private func failure(_ message: String, _ suggestion: String) -> Failure {
        Failure(.usage, message, code: "no-chart", suggestion: suggestion)
    }
}

extension BinLength {
    init(_ period: Period) {
        switch period.length {
        case .milliseconds(let count): self = .milliseconds(count)
        case .months(let count): self = .months(count)
        }
    }
}

extension ColumnRole {
    /// True for what rows were grouped by.
    fileprivate var isKey: Bool {
        switch self {
        case .bin, .group: true
        case .value: false
        }
    }
}

extension ChartPaper {
    /// The terminal, or 80 columns where there is none.
    init(_ output: OutputWriter, _ color: ReportOptions.ColorChoice, _ zone: SystemZone?, named name: String) {
        let columns = ProcessFacts.variable("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        let zone = zone.map { zone in
            ChartZone(name: name == "local" ? "local time" : name) { instant in
                .init(seconds: zone.offsetSeconds(at: instant), name: zone.name(at: instant))
            }
        }
        self.init(
            width: columns ?? output.terminalColumns ?? 80,
            hasUnicode: ProcessFacts.hasUnicode,
            hasColor: color.isColored(isTerminal: output.isTerminal),
            zone: zone ?? .utc
        )
    }
}
