import RoadblockCore
import Testing

@testable import Probes

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct ProbeRowTests {
    static let limit = TimeLimit(milliseconds: 1000)

    static func address(_ number: UInt32) -> ScopedAddress { ScopedAddress(IPAddress(ipv4: 0x0A00_0000 + number)) }

    /// An attempt that ends with a verdict.
    static func attempt(_ verdict: ProbeVerdict, _ microseconds: Int? = nil) -> Attempt {
        switch verdict {
        case .open: Attempt(.connected, microseconds: microseconds)
        case .refused: Attempt(.failed(errorNumber: ECONNREFUSED, isLocal: false), microseconds: microseconds)
        case .prohibited: Attempt(.failed(errorNumber: EACCES, isLocal: false), microseconds: microseconds)
        case .unreachable: Attempt(.failed(errorNumber: ENETUNREACH, isLocal: true))
        case .dropped, .unresolved: Attempt(.timedOut)
        }
    }

    static let choices: [(found: [ProbeVerdict], best: Int)] = [
        ([.open], 0), ([.dropped, .open], 1), ([.open, .open], 0), ([.refused, .dropped], 0),
        ([.dropped, .refused], 1),
        ([.prohibited, .refused, .unreachable], 1), ([.unreachable, .dropped], 1), ([.dropped, .prohibited], 1),
        ([.unreachable, .unreachable], 0), ([.dropped, .unreachable, .dropped], 0),
    ]

    @Test(arguments: choices)
    func `the row is the best address's, of equals the resolver's first`(
        _ row: (found: [ProbeVerdict], best: Int)
    ) throws {
        let limit = try #require(ProbeRowTests.limit)
        let results = row.found.enumerated().map { index, verdict in
            AddressResult(ProbeRowTests.address(UInt32(index)), [ProbeRowTests.attempt(verdict)], timeLimit: limit)
        }
        let probed = ProbeRow(host: "name.test", port: 80, results: results)
        #expect(probed.best?.address == ProbeRowTests.address(UInt32(row.best)))
        #expect(probed.judgement.verdict == row.found[row.best])
        #expect(probed.others.count == row.found.count - 1)
        #expect(probed.addresses == results.map(\.address))
    }

    static let repeats: [(found: [ProbeVerdict], verdict: ProbeVerdict, reason: String)] = [
        ([.open, .open, .open], .open, "3 of 3 attempts connected"),
        ([.open, .dropped, .open], .dropped, "2 of 3 open, 1 of 3 dropped: no answer within 1 s"),
        ([.dropped, .refused], .refused, "1 of 2 refused, 1 of 2 dropped: answered with a reset"),
        ([.refused, .dropped, .dropped], .dropped, "1 of 3 refused, 2 of 3 dropped: no answer"),
        ([.prohibited, .prohibited], .prohibited, "2 of 2 prohibited: "),
    ]

    @Test(arguments: repeats)
    func `repeats are open only when all are, and counted`(
        _ row: (found: [ProbeVerdict], verdict: ProbeVerdict, reason: String)
    ) throws {
        let attempts = row.found.map { ProbeRowTests.attempt($0) }
        let result = AddressResult(
            ProbeRowTests.address(1),
            attempts,
            timeLimit: try #require(ProbeRowTests.limit)
        )
        #expect(result.judgement.verdict == row.verdict)
        #expect(result.judgement.reason.hasPrefix(row.reason))
    }

    @Test(arguments: [([], nil), ([5], 5), ([9, 1, 5], 5), ([1, 4], 2), ([8, nil, 2, 4], 4)] as [([Int?], Int?)])
    func `the time is the median of the answers'`(_ times: [Int?], _ median: Int?) throws {
        let attempts = times.map { $0.map { ProbeRowTests.attempt(.open, $0) } ?? ProbeRowTests.attempt(.dropped) }
        let result = AddressResult(
            ProbeRowTests.address(1),
            attempts,
            timeLimit: try #require(ProbeRowTests.limit)
        )
        #expect(result.microseconds == median)
    }

    @Test
    func `an unresolved name keeps the whole shape`() {
        let row = ProbeRow(host: "name.test", port: 443, unresolved: "there is no such name")
        #expect(
            row.json.compact == #"{"host":"name.test","address":null,"port":443,"verdict":"unresolved","#
                + #""milliseconds":null,"reason":"there is no such name","others":[],"ComputerName":"name.test","#
                + #""RemoteAddress":null,"RemotePort":443,"InterfaceAlias":null,"SourceAddress":null,"#
                + #""TcpTestSucceeded":false,"NameResolutionSucceeded":false,"ResolvedAddresses":[],"#
                + #""PingSucceeded":null}"#
        )
        #expect(row.cells.count == ProbeRow.columns.count)
        #expect(row.visibleCells == ["name.test", "-", "443", "unresolved", "-", "there is no such name"])
    }

    @Test
    func `a row names the other addresses`() throws {
        let limit = try #require(ProbeRowTests.limit)
        var attempt = ProbeRowTests.attempt(.open, 1234)
        attempt.local = ProbeRowTests.address(9)
        let row = ProbeRow(
            host: "name.test",
            port: 443,
            results: [
                AddressResult(ProbeRowTests.address(1), [ProbeRowTests.attempt(.dropped)], timeLimit: limit),
                AddressResult(ProbeRowTests.address(2), [attempt], timeLimit: limit),
            ]
        )
        #expect(row.visibleCells.suffix(3) == ["open", "1.2 ms", "connected; 10.0.0.1 dropped"])
        let json = row.json.compact
        #expect(json.contains(#""milliseconds":1.234,"#))
        #expect(
            json.contains(
                #""others":[{"address":"10.0.0.1","verdict":"dropped","milliseconds":null,"#
                    + #""reason":"no answer within 1 s"}]"#
            )
        )
        #expect(json.contains(#""SourceAddress":"10.0.0.9","TcpTestSucceeded":true,"NameResolutionSucceeded":true"#))
        #expect(json.contains(#""ResolvedAddresses":["10.0.0.1","10.0.0.2"]"#))
    }

    @Test
    func `silence beside ICMP errors may be their rate limit`() throws {
        let limit = try #require(ProbeRowTests.limit)
        let reply = ICMPReply(type: 3, code: 13, isVersion6: false, sender: nil, errorNumber: EHOSTUNREACH)
        let attempts = [Attempt(.timedOut, reply: reply), Attempt(.timedOut), Attempt(.connected)]
        func rows(_ attempts: [Attempt]) -> [ProbeRow] {
            var rows = attempts.map { attempt in
                let result = AddressResult(ProbeRowTests.address(1), [attempt], timeLimit: limit)
                return ProbeRow(host: "10.0.0.1", port: 1, results: [result])
            }
            ProbeRow.noteRateLimits(&rows)
            return rows
        }
        #expect(rows(attempts).map { $0.judgement.reason.contains("so many a second") } == [false, true, false])
        #expect(rows(Array(attempts[1...])).allSatisfy { !$0.judgement.reason.contains("so many a second") })
    }
}
