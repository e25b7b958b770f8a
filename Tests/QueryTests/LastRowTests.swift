import LogFormats
import Query
import RoadblockCore
import Testing

/// `tail N`: the last rows of the order, in that order.
struct LastRowTests {
    /// Ten rows; every other one is alike.
    private static let lines = (0..<10).map {
        #"{"timestamp": \#(1_704_067_200_000 + $0 * 1000), "n": \#($0), "o": \#($0 % 2)}"#
    }

    @Test(arguments: [
        ("fields n | sort n asc | tail 3", ["7", "8", "9"]), ("fields n | sort n desc | tail 2", ["1", "0"]),
        ("tail 2 | fields n | sort n asc", ["8", "9"]), ("fields n | tail 3", ["2", "1", "0"]),
        ("fields o, n | sort o asc | tail 2", ["1 | 3", "1 | 1"]),
        ("fields n | sort n asc | tail 99 | head 2", ["0", "1"]),
        ("fields n, o | sort n asc | dedup o | tail 1", ["1 | 1"]),
        ("stats sum(n) as s by o | sort s asc | tail 1", ["1 | 25"]), ("fields n | sort n asc | head 2", ["0", "1"]),
    ])
    func `gives the last rows`(_ query: String, _ rows: [String]) throws {
        for workers in [1, 3] {
            var text = LogText(lines: Self.lines, choice: .given(.json))
            text.workers = workers
            #expect(try text.rows(query) == rows)
        }
    }

    @Test
    func `gives the last of more rows than are kept at once`() throws {
        let lines = (0..<20_000).map { "{\"n\":\($0 * 7919 % 20_000)}" }
        var text = LogText(lines: lines, choice: .given(.json))
        text.workers = 2
        #expect(try text.rows("fields n | sort n asc | tail 3") == ["19997", "19998", "19999"])
    }

    @Test
    func `is named in the explanation`() throws {
        let plan = try QueryPlan(QuerySyntax(parsing: "sort n asc | tail 3"))
        #expect(plan.explanation.last == "3. the last 3 of these")
    }
}
