import Columns

/// The scalar functions by their canonical names in lower case.
enum ScalarFunctions {
    static let all: [String: ScalarFunction] = numeric.merging(times) { a, _ in a }.merging(general) { a, _ in a }
        .merging(addresses) { a, _ in a }.merging(strings) { a, _ in a }.merging(encodings) { a, _ in a }
        .merging(structures) { a, _ in a }.merging(digests) { a, _ in a }

    private static func number(_ operation: @escaping @Sendable (Double) -> Double) -> ScalarFunction {
        { frame, cells, _ in
            guard let value = frame.values.number(cells[0]) else { return .missing }
            return finite(operation(value))
        }
    }

    static func finite(_ value: Double) -> Cell { value.isFinite ? Cell(number: value) : .missing }

    private static func extreme(_ isBetter: @escaping @Sendable (Double, Double) -> Bool) -> ScalarFunction {
        { frame, cells, _ in
            var best: Double?
            for cell in cells {
                guard let value = frame.values.number(cell) else { continue }
                if best.map({ isBetter(value, $0) }) ?? true { best = value }
            }
            return best.map { Cell(number: $0) } ?? .missing
        }
    }

    private static let toNumber: ScalarFunction = { frame, cells, _ in
        frame.values.number(cells[0]).map { Cell(number: $0) } ?? .missing
    }

    private static let toWhole: ScalarFunction = { frame, cells, _ in
        frame.values.number(cells[0]).map { Cell(number: $0.rounded(.towardZero)) } ?? .missing
    }

    private static let numeric: [String: ScalarFunction] = [
        "abs": number { Swift.abs($0) },
        "ceil": number { $0.rounded(.up) },
        "floor": number { $0.rounded(.down) },
        "sqrt": number { $0.squareRoot() },
        "log": number { $0 > 0 ? naturalLogarithm($0) : .nan },
        "greatest": extreme { $0 > $1 },
        "least": extreme { $0 < $1 },
        "round": { frame, cells, _ in
            guard let value = frame.values.number(cells[0]) else { return .missing }
            guard cells.count > 1 else { return finite(value.rounded(.toNearestOrAwayFromZero)) }
            guard let digits = frame.values.number(cells[1]), digits >= -300 else { return .missing }
            let scale = power(10, min(digits.rounded(), 300))
            // A double has no digits behind 2^53 of the last wanted place.
            guard (value * scale).magnitude < 0x1p53 else { return finite(value) }
            return finite((value * scale).rounded(.toNearestOrAwayFromZero) / scale)
        },
        "haversine": { frame, cells, _ in
            let degrees = cells.compactMap { frame.values.number($0) }
            guard degrees.count == 4 else { return .missing }
            return finite(greatCircleKilometres(degrees[0], degrees[1], degrees[2], degrees[3]))
        },
        "tonumber": toNumber, "todouble": toNumber, "toint": toWhole, "tolong": toWhole,
    ]

    private static let times: [String: ScalarFunction] = [
        // The first argument of `bin` is the event's time.
        "bin": { _, cells, prepared in rounded(cells[0], prepared.period) { $1.floor($0 &+ prepared.offset) } },
        "datefloor": { _, cells, prepared in rounded(cells[0], prepared.period) { $1.floor($0) } },
        "dateceil": { _, cells, prepared in rounded(cells[0], prepared.period) { $1.ceiling($0) } },
        "frommillis": { frame, cells, _ in
            guard let value = frame.values.number(cells[0]), let whole = Int64(exactly: value.rounded()) else {
                return .missing
            }
            return Cell(milliseconds: whole)
        },
        "tomillis": { _, cells, _ in cells[0].isTime ? Cell(number: Double(cells[0].milliseconds)) : .missing },
        "now": { frame, _, _ in Cell(number: Double(frame.settings.now)) },
        "querystarttime": { frame, _, _ in
            frame.settings.start.map { Cell(number: Double($0)) } ?? .missing
        },
        "queryendtime": { frame, _, _ in
            Cell(number: Double(end(frame.settings)))
        },
        "querytimerange": { frame, _, _ in
            guard let start = frame.settings.start else { return .missing }
            let (length, isOver) = end(frame.settings).subtractingReportingOverflow(start)
            return isOver ? .missing : Cell(number: Double(length))
        },
        "formatdate": { frame, cells, _ in
            guard let time = milliseconds(frame, cells[0]), let format = frame.values.text(cells[1]),
                let offset = offset(frame, cells, at: time)
            else { return .missing }
            return frame.pool.make(DateFormats.format(time, format, offsetSeconds: offset))
        },
        "parsedate": { frame, cells, _ in
            guard let text = frame.values.text(cells[0]), let pattern = frame.values.text(cells[1]),
                let plain = DateFormats.parse(text, pattern, offsetSeconds: 0),
                let offset = offset(frame, cells, atLocal: plain),
                let time = offset == 0 ? plain : DateFormats.parse(text, pattern, offsetSeconds: offset)
            else { return .missing }
            return Cell(number: Double(time))
        },
    ]

    /// Milliseconds since 1970 at which the query's range ends.
    private static func end(_ settings: QuerySettings) -> Int64 { settings.end ?? settings.now &* 1000 }

    private static func rounded(_ cell: Cell, _ period: Period?, _ step: (Int64, Period) -> Int64) -> Cell {
        guard let period, cell.isTime || cell.isNumber else { return .missing }
        if cell.isTime { return Cell(milliseconds: step(cell.milliseconds, period)) }
        guard let time = Int64(exactly: cell.number.rounded(.down)), Period.times.contains(time) else {
            return .missing
        }
        return Cell(milliseconds: step(time, period))
    }

    private static func milliseconds(_ frame: Frame, _ cell: Cell) -> Int64? {
        if cell.isTime { return cell.milliseconds }
        return frame.values.number(cell).flatMap { Int64(exactly: $0.rounded(.down)) }
    }

    /// The offset from UTC at a time in the zone of a third argument; 0 without one, `nil` where it is no zone.
    private static func offset(_ frame: Frame, _ cells: [Cell], at time: Int64) -> Int? {
        zone(frame, cells) { $0.seconds(at: time) }
    }

    private static func offset(_ frame: Frame, _ cells: [Cell], atLocal time: Int64) -> Int? {
        zone(frame, cells) { $0.seconds(atLocal: time) }
    }

    private static func zone(_ frame: Frame, _ cells: [Cell], _ seconds: (ZoneOffsets) -> Int) -> Int? {
        guard cells.count > 2 else { return 0 }
        guard let name = frame.values.text(cells[2]) else { return nil }
        return DateFormats.offset(name) ?? frame.settings.zones[name].map(seconds)
    }

    private static let general: [String: ScalarFunction] = [
        "ispresent": { _, cells, _ in Cell(!cells[0].isMissing) },
        "coalesce": { _, cells, _ in cells.first { !$0.isMissing } ?? .missing },
        "if": { frame, cells, _ in frame.values.truth(cells[0]) == true ? cells[1] : cells[2] },
        "case": { frame, cells, _ in
            var index = 0
            while index + 1 < cells.count {
                if frame.values.truth(cells[index]) == true { return cells[index + 1] }
                index += 2
            }
            return index < cells.count ? cells[index] : .missing
        },
        "isnumeric": { frame, cells, _ in
            Cell(!cells[0].isTime && !cells[0].isAddress && frame.values.number(cells[0]) != nil)
        },
        "messagesize": { frame, cells, _ in
            frame.values.text(cells[0]).map { Cell(number: Double($0.utf8.count)) } ?? .missing
        },
        "unmask": { _, cells, _ in cells[0] },
    ]
}
