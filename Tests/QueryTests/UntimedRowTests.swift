import LogFormats
@testable import Query
import RoadblockCore
import Testing

/// Queries over rows of which some have no time.
struct UntimedRowTests {
    /// Two of five have a time; the last but one is before the range of the tests.
    private static let lines = [
        #"{"timestamp": 1704067260000, "level": "a", "n": 1}"#, #"{"level": "a", "n": 2}"#, #"{"level": "b", "n": 3}"#,
        #"{"timestamp": 1704067100000, "level": "b", "n": 4}"#, #"{"level": "b", "n": 5}"#,
    ]

    private func text(_ workers: Int = 1, start: Int64? = nil, end: Int64? = nil) -> LogText {
        var text = LogText(lines: Self.lines, choice: .given(.json))
        (text.workers, text.start, text.end) = (workers, start, end)
        return text
    }

    @Test(arguments: [1, 3])
    func `rows without a time lie in no range`(_ workers: Int) throws {
        let query = "fields n | sort n asc"
        #expect(try text(workers, start: 1_704_067_200_000).rows(query) == ["1"])
        #expect(try text(workers, end: 1_704_067_200_000).rows(query) == ["4"])
        #expect(try text(workers, start: 1_704_067_100_000, end: 1_704_067_260_000).rows(query) == ["1", "4"])
        #expect(try text(workers).rows(query) == ["1", "2", "3", "4", "5"])
        let notes = try text(workers, start: 1_704_067_200_000).result(query).notes
        #expect(notes == ["3 of 5 rows have no @timestamp: the time range leaves such rows out"])
    }

    @Test(arguments: [
        ("stats count(*) by bin(5m)", "3 of 5 rows have no @timestamp: `bin` puts such rows into a group of their own"),
        (
            "filter level = 'a' | stats count(*) by bin(5m)",
            "1 of 2 rows has no @timestamp: `bin` puts such rows into a group of their own"
        ),
        (
            "stats latest(n), earliest(n) by level",
            "3 of 5 rows have no @timestamp: `latest` passes over such rows, `earliest` passes over such rows"
        ),
        ("fields n | sort @timestamp asc", "3 of 5 rows have no @timestamp: such rows have no place in the order"),
        (
            "filter level = 'b' and @timestamp > 5 | fields n",
            "2 of 3 rows have no @timestamp: what is asked of it is missing there"
        ),
        (
            "filter n = 2 | stats max(@timestamp) as t",
            "the only row has no @timestamp: what is asked of it is missing there"
        ),
        (
            "filter n in [3, 5] | fields bin(1h) as t",
            "all 2 rows have no @timestamp: `bin` puts such rows into a group of their own"
        ),
        ("unnest jsonParse('[1,2]') into x | stats count(*) by bin(5m)", "3 of 5 rows have no @timestamp"),
    ])
    func `rows without a time are counted where a query asks for it`(_ query: String, _ note: String) throws {
        for workers in [1, 3] {
            let notes = try text(workers).result(query).notes
            #expect(notes.count == 1 && notes[0].hasPrefix(note), "\(notes)")
        }
    }

    @Test(arguments: [
        "fields @timestamp, n", "stats count(*) by level", "filter ispresent(@timestamp) | fields n",
        "filter n in [1, 4] | stats count(*) by bin(5m)", "fields n as @timestamp | filter @timestamp > 3",
        "stats count(*) as n by level | sort n desc", "limit 3",
    ])
    func `nothing is said where nobody asks, or all have a time`(_ query: String) throws {
        #expect(try text().result(query).notes.isEmpty)
    }
}
