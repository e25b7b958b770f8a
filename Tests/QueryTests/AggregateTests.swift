import Columns
import LogFormats
import Query
import RoadblockCore
import Testing

/// Aggregates of numbers: exact ranks, sums in any order, and bounded memory.
struct AggregateTests {
    private static func log(_ numbers: [some CustomStringConvertible], workers: Int = 1) -> LogText {
        var log = LogText(lines: numbers.map { "{\"n\":\($0)}" }, choice: .given(.json), workers: workers)
        log.heldMemory = 8 << 20
        return log
    }

    /// The definition: the least value that at least so many percent of all do not exceed, in tenths of a percent.
    private static func rank(_ tenths: Int, of count: Int) -> Int {
        (1...count).first { $0 * 1000 >= tenths * count } ?? count
    }

    @Test(arguments: [
        (1000, 999), (2000, 999), (100, 70), (100, 140), (100, 280), (100, 550), (100, 560), (25, 280), (3000, 999),
        (7, 1000), (7, 0), (7, 1), (1, 500), (1250, 648),
    ])
    func `percentiles are those of the nearest rank`(_ row: (count: Int, tenths: Int)) throws {
        let percent = "\(row.tenths / 10).\(row.tenths % 10)"
        let rows = try Self.log(Array(1...row.count)).rows("stats pct(n, \(percent)) as p")
        #expect(rows == ["\(Self.rank(row.tenths, of: row.count))"])
    }

    @Test
    func `percentages of many digits do not fail`() throws {
        let log = Self.log(Array(1...1000))
        #expect(try log.rows("stats pct(n, 0.0000000000000000001) as p") == ["1"])
        #expect(try log.rows("stats pct(n, 99.9000000000001) as p") == ["1000"])
        #expect(try log.rows("stats pct(n, 12.345678901234567) as p") == ["124"])
    }

    private static let decimals = ["0.1", "0.2", "0.3", "1e15", "-0.7", "12345.67", "-1e15", "0.05", "3.3", "1e-3"]

    @Test(arguments: [1, 3])
    func `sums do not depend on the order of the rows`(workers: Int) throws {
        let query = "stats sum(n) as s, avg(n) as a, variance(n) as v, stddev(n) as d"
        let expected = try Self.log(Self.decimals).rows(query)
        #expect(expected[0].hasPrefix("12348.921 | 1234.8921 | "))
        for shift in 1..<Self.decimals.count {
            let moved = Array(Self.decimals[shift...] + Self.decimals[..<shift])
            #expect(try Self.log(moved, workers: workers).rows(query) == expected)
            #expect(try Self.log(moved.reversed(), workers: workers).rows(query) == expected)
        }
    }

    @Test(arguments: [
        (["0.1", "0.1", "0.1"], "0.1 | 0 | 0"), (["1e16", "1", "-1e16"], "0.3333333333333333 | "),
        (["1700000000000", "1700000000001"], "1700000000000.5 | 0.25 | 0.5"), (["5"], "5 | 0 | 0"),
        (["1e308", "1e308"], " | 0 | 0"), (["1e308", "-1e308"], "0 |  | "), (["5e-324", "1"], "0.5 | 0.25 | 0.5"),
    ])
    func `means and variances are exact`(_ row: (numbers: [String], expected: String)) throws {
        let rows = try Self.log(row.numbers).rows("stats avg(n) as a, variance(n) as v, stddev(n) as d")
        #expect(rows[0].hasPrefix(row.expected), "\(rows)")
    }

    /// The variance of numbers, from whole-number sums over their distances from a base.
    private static func variance(_ offsets: [Int], unit: Int) -> Double {
        let (n, sum) = (offsets.count, offsets.reduce(0, +))
        let squares = offsets.reduce(0) { $0 + $1 * $1 }
        return Double(n * squares - sum * sum) / Double(n * n) * Double(unit * unit)
    }

    @Test(arguments: [
        (1_700_000_000_000_000, 1), (170_000_000_000_000_000, 32), (1_700_000_000_000_000_000, 256), (-9_000_000, 1),
    ])
    func `small differences of large numbers vary as they do alone`(_ row: (base: Int, unit: Int)) throws {
        let offsets = (0..<3000).map { $0 * 7919 % 21 }
        let expected = Self.variance(offsets, unit: row.unit)
        let query = "stats variance(n) as v, stddev(n) as d"
        for workers in [1, 4] {
            let result = try Self.log(offsets.map { row.base + $0 * row.unit }, workers: workers).result(query)
            #expect(result.rows == [[Cell(number: expected), Cell(number: expected.squareRoot())]])
            // A first number that lies far away.
            let mixed = try Self.log([0] + offsets.map { row.base + $0 * row.unit }, workers: workers).rows(query)
            #expect(try Self.log(offsets.map { row.base + $0 * row.unit } + [0], workers: workers).rows(query) == mixed)
        }
    }

    @Test
    func `what is too large for a variance is none`() throws {
        let rows = try Self.log(["1e160", "3e160"]).rows("stats variance(n) as v, stddev(n) as d, avg(n) / 1e160 as a")
        #expect(rows == [" |  | 2"])
    }

    @Test(arguments: [0, 20_000, 1 << 20])
    func `numbers that wait in files give the same percentiles and ranges`(memory: Int) throws {
        let lines = (0..<6000).map { "{\"g\":\($0 * 31 % 7),\"n\":\($0 * 7919 % 6007 - 99),\"m\":\($0 % 13).5}" }
        let query = """
            stats pct(n, 0) as a, pct(n, 50) as b, pct(n, 99.9) as c, pct(n, 100) as d, pct(n + m, 37.5) as e, \
            histogram(n, 5) as h, count_distinct(n) as k by g
            """
        var log = LogText(lines: lines, choice: .given(.json))
        let expected = try log.rows(query)
        #expect(expected.count == 7)
        log.memory = memory
        for workers in [1, 3] {
            log.workers = workers
            #expect(try log.rows(query) == expected)
        }
        #expect(try log.rows("stats pct(x, 50) as a by g | display a") == Array(repeating: "", count: 7))
    }

    @Test
    func `aggregates of one argument share what they keep`() throws {
        // 64 KB of numbers, which 300 copies of would not fit.
        let log = Self.log(Array(1...4000), workers: 2)
        let many = (0..<300).map { "pct(n, \(Double($0) / 4)) as p\($0)" }.joined(separator: ", ")
        let result = try log.result("stats \(many), histogram(n, 2) as h")
        #expect(result.rows[0][100] == Cell(number: 1000))
        #expect(result.rows[0][1] == Cell(number: 10))
        let listed = (0..<90).map { "values(n) as v\($0)" }.joined(separator: ", ")
        #expect(try log.result("stats count_distinct(n) as d, \(listed) | display d").rows == [[Cell(number: 4000)]])
    }

    @Test(arguments: ["pct(n + X, 50)", "values(n + X)", "histogram(n + X, 3)", "count_distinct(n + X)"])
    func `what all aggregates of all workers hold is bounded together`(call: String) throws {
        let many = (0..<200).map { call.replacing("X", with: "\($0)") + " as p\($0)" }.joined(separator: ", ")
        let failure = #expect(throws: Failure.self) {
            try Self.log(Array(1...4000), workers: 2).result("stats \(many)")
        }
        #expect(failure?.code == "too-many-values")
        #expect(failure?.message == "the aggregates hold more values than fit into 8 MiB")
    }

    @Test
    func `what one worker takes over from another counts once`() throws {
        let many = (0..<120).map { "pct(n + \($0), 50) as p\($0)" }.joined(separator: ", ")
        let result = try Self.log(Array(1...4000), workers: 2).result("stats \(many)")
        #expect(result.rows[0][119] == Cell(number: 2119))
    }

    @Test
    func `a rate is the change from the first to the last row, and windows are those of bins`() throws {
        let lines = [(60, 99), (0, 10), (120, 40)].map { seconds, number in
            "{\"timestamp\":\(1_704_067_200_000 + seconds * 1000),\"n\":\(number)}"
        }
        let log = LogText(lines: lines + [#"{"timestamp":1704067300000,"x":1}"#], choice: .given(.json))
        #expect(try log.rows("stats rate(n, 1m) as a, rate(n, 1s) as b") == ["15 | 0.25"])
        #expect(try log.rows("stats countOverTime(n, 1m) as a, sumOverTime(n, 1s) as b") == ["3 | 149"])
        #expect(try log.rows("stats rate(n, 1m) as a by bin(1s) as t | display a") == ["", "", "", ""])
    }
}
