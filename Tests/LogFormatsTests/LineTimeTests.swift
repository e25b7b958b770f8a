import RoadblockCore
import Testing

@testable import LogFormats

/// The times that lines of text begin with: every one of them is 17:00:01 UTC on 27 November 2026.
struct LineTimeTests {
    private static let second: Int64 = 1_795_798_801_000

    private func time(_ line: String) -> Int64? {
        let block = LineBlock(of: [Array(line.utf8)])
        // The day behind.
        return LineTime(block, block.range(of: 0), LogClock(now: Self.second + 86_400_000)).time
    }

    @Test(arguments: [
        ("2026-11-27T17:00:01Z INFO start", 0), ("2026-11-27T18:00:01.25+0100 host app: x", 250),
        ("2026-11-27T18:00:01.25+01:00 x", 250), ("2026-11-27 17:00:01,123 ERROR [main] x", 123),
        ("2026-11-27 17:00:01 x", 0), ("2026-11-27 17:00:01", 0), ("2026-11-27T17:00:01Z", 0),
        ("[2026-11-27 17:00:01.5] x", 500), ("[2026-11-27T17:00:01.123456789Z] x", 123),
        ("2026/11/27 17:00:01 [error] 12#0: x", 0), ("2026-11-27T17:00:01Z,a,b", 0),
        ("<34>1 2026-11-27T17:00:01.003Z host app - ID47 - x", 3), ("<34>Nov 27 17:00:01 host su: x", 0),
        ("Nov 27 17:00:01 host su[2]: x", 0), ("Fri Nov 27 17:00:01 2026 x", 0),
        ("Fri 2026-11-27 18:00:01 CET host app[1]: x", 0), ("Fri 2026-11-27 17:00:01 UTC host app[1]: x", 0),
        (#"10.0.0.1 - joe [27/Nov/2026:18:00:01 +0100] "GET / HTTP/1.1" 200 12"#, 0),
        (#"10.0.0.1 - - [27/Nov/2026:17:00:01] "GET / HTTP/1.1" 200 12"#, 0), ("1795798801 x", 0),
        ("1795798801.123    120 10.0.0.1 TCP_MISS/200", 123), ("1795798801123 x", 123),
        ("2026-11-27 22:30:01 +0530 x", 0), ("2026-11-27 12:00:01.5 -05:00 x", 500), ("2026-11-27 17:00:01 Z x", 0),
        ("2026-11-27 22:30:01.25 +0530 IST m=+0.1 x", 250), ("2026-11-27 12:00:01 EST [1] x", 0),
        ("[2026-11-27 18:00:01,5 CET] x", 500), ("2026-11-27 17:00:01 UTC", 0), ("2026-11-27 17:00:01 INFO x", 0),
        ("2026-11-27 17:00:01 -12 x", 0), ("2026-11-27 17:00:01 +9912 x", 0), ("2026-11-27 17:00:01 EST5 x", 0),
        ("2026-11-27 17:00:01 Zed x", 0), ("2026-11-27 17:00:01 - x", 0),
        (#"time="2026-11-27 18:00:01 +0100" level=info"#, 0), (#"time="2026-11-27T17:00:01Z" level=info msg=x"#, 0),
        ("ts=1795798801.5 caller=x", 500),
    ])
    func `reads the time in front of a line`(_ row: (String, Int64)) {
        #expect(time(row.0) == Self.second + row.1)
    }

    @Test(arguments: [
        "", "x", "    at com.example", "2026-13-27 17:00:01 x", "2026-11-27", "17:00:01 x", "[   12.345678] usb 1-1: x",
        "1795798801", "0795798801 x", "12345678901 x", "2125551234 called support", "9995551234567 x",
        "10.0.0.1 - - [x]", "[27/Nov/2026",
        "[27/Foo/2026:17:00:01 +0100]",
        "time=", "Nov 27 x", "<34>", "<34>1 ",
    ])
    func `finds no time where there is none`(_ line: String) { #expect(time(line) == nil) }

    @Test(arguments: [("CST", true), ("IST", true), ("EST", false), ("GET", false), ("+0530", false)])
    func `says that the name of a zone means several`(_ row: (name: String, isTold: Bool)) throws {
        let rows = try TableRows("2026-11-27 17:00:01 \(row.name) x\n", ["@timestamp"])
        #expect(rows.notes.contains { $0.contains("no zone") } == row.isTold)
    }

    @Test
    func `29 February is of the last year that has one`() throws {
        let block = LineBlock(of: [Array("Feb 29 10:00:00 h a: z".utf8)])
        let found = LineTime(block, block.range(of: 0), LogClock(now: Self.second))
        // 29 February 2024.
        #expect(found.time == 1_709_200_800_000)
        let none = LineBlock(of: [Array("Feb 30 10:00:00 h a: z".utf8)])
        #expect(LineTime(none, none.range(of: 0), LogClock(now: Self.second)).time == nil)
    }

    @Test
    func `a zone behind a blank is read in fields too`() throws {
        for time in ["2026-11-27 22:30:01 +0530", "2026-11-27 17:00:01 UTC", "2026-11-27 12:00:01 EST"] {
            let rows = try TableRows("{\"time\":\"\(time)\"}\n", ["@timestamp"])
            #expect(rows.rows == [["\(Self.second)"]])
        }
    }

    @Test
    func `says that a year was missing`() throws {
        let rows = try TableRows("Nov 27 17:00:01 host su: x\nno time\n", ["@timestamp", "@message"])
        #expect(rows.rows.map(\.[1]) == ["Nov 27 17:00:01 host su: x", "no time"])
        #expect(rows.notes.contains { $0.contains("no year") })
    }
}
