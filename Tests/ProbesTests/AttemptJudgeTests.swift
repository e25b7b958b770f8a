import Probes
import RoadblockCore
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct AttemptJudgeTests {
    static let target = ScopedAddress(IPAddress(ipv4: 0x0A00_0002))
    static let target6 = ScopedAddress(IPAddress(high: 0xFD00_0000_0000_0000, low: 2))
    static let router = ScopedAddress(IPAddress(ipv4: 0x0A00_0001))
    static let own = ScopedAddress(IPAddress(ipv4: 0x0A00_0009))
    static let limit = TimeLimit(milliseconds: 5000)

    /// An ICMP error, the attempt that it ended, and what is said of it.
    struct ReplyRow {
        var type: UInt8
        var code: UInt8
        var isVersion6 = false
        var sender: ScopedAddress? = AttemptJudgeTests.router
        var verdict: ProbeVerdict
        var reason: String
    }

    static let replies: [ReplyRow] = [
        ReplyRow(
            type: 3,
            code: 13,
            verdict: .prohibited,
            reason: "10.0.0.1 answered with ICMP communication administratively prohibited (type 3, code 13)"
        ),
        ReplyRow(type: 3, code: 9, verdict: .prohibited, reason: "network administratively prohibited"),
        ReplyRow(type: 3, code: 10, verdict: .prohibited, reason: "host administratively prohibited"),
        ReplyRow(type: 3, code: 3, verdict: .prohibited, reason: "10.0.0.1 answered with ICMP port unreachable"),
        ReplyRow(type: 3, code: 3, sender: target, verdict: .unreachable, reason: "the target itself answered"),
        ReplyRow(type: 3, code: 3, sender: own, verdict: .prohibited, reason: "this host's own firewall"),
        ReplyRow(type: 3, code: 13, sender: own, verdict: .prohibited, reason: "this host's own firewall"),
        ReplyRow(type: 3, code: 13, sender: nil, verdict: .prohibited, reason: "a device answered"),
        ReplyRow(type: 3, code: 1, verdict: .unreachable, reason: "10.0.0.1 answered with ICMP host unreachable"),
        ReplyRow(type: 3, code: 1, sender: own, verdict: .unreachable, reason: "no answer to ARP"),
        ReplyRow(type: 3, code: 0, verdict: .unreachable, reason: "ICMP network unreachable (type 3, code 0)"),
        ReplyRow(type: 11, code: 0, verdict: .unreachable, reason: "routing loop"),
        ReplyRow(type: 12, code: 1, verdict: .unreachable, reason: "ICMP type 12, code 1"),
        ReplyRow(type: 1, code: 0, isVersion6: true, verdict: .unreachable, reason: "ICMPv6 no route to destination"),
        ReplyRow(type: 1, code: 1, isVersion6: true, verdict: .prohibited, reason: "(type 1, code 1)"),
        ReplyRow(type: 1, code: 4, isVersion6: true, verdict: .prohibited, reason: "port unreachable"),
        ReplyRow(
            type: 1,
            code: 4,
            isVersion6: true,
            sender: target6,
            verdict: .unreachable,
            reason: "the target itself"
        ),
        ReplyRow(type: 1, code: 5, isVersion6: true, verdict: .prohibited, reason: "policy"),
        ReplyRow(type: 1, code: 6, isVersion6: true, verdict: .prohibited, reason: "reject route"),
        ReplyRow(type: 1, code: 3, isVersion6: true, verdict: .unreachable, reason: "address unreachable"),
        ReplyRow(type: 1, code: 3, isVersion6: true, sender: own, verdict: .unreachable, reason: "neighbour discovery"),
        ReplyRow(type: 3, code: 0, isVersion6: true, verdict: .unreachable, reason: "hop limit exceeded"),
    ]

    @Test(arguments: replies)
    func `an ICMP error is the answer, whether or not the system gave up`(_ row: ReplyRow) throws {
        let target = row.isVersion6 ? AttemptJudgeTests.target6 : AttemptJudgeTests.target
        let judge = AttemptJudge(target: target, timeLimit: try #require(AttemptJudgeTests.limit))
        let reply = ICMPReply(
            type: row.type,
            code: row.code,
            isVersion6: row.isVersion6,
            sender: row.sender,
            errorNumber: EHOSTUNREACH
        )
        for ending in [Attempt.Ending.failed(errorNumber: EHOSTUNREACH, isLocal: false), .timedOut] {
            let judgement = judge.judge(Attempt(ending, reply: reply, local: AttemptJudgeTests.own))
            #expect(judgement.verdict == row.verdict)
            #expect(judgement.reason.contains(row.reason))
        }
        // What came later counts, and an error that the system did not take for the end is none.
        #expect(judge.judge(Attempt(.connected, reply: reply)).verdict == .open)
        let reset = Attempt.Ending.failed(errorNumber: ECONNREFUSED, isLocal: false)
        #expect(judge.judge(Attempt(reset, reply: reply)).verdict == .refused)
    }

    static let endings: [(ending: Attempt.Ending, verdict: ProbeVerdict, reason: String)] = [
        (.connected, .open, "connected"), (.timedOut, .dropped, "no answer within 5 s"),
        (.failed(errorNumber: ECONNREFUSED, isLocal: false), .refused, "reset (RST)"),
        (.failed(errorNumber: ECONNREFUSED, isLocal: true), .refused, "reset (RST)"),
        (.failed(errorNumber: ECONNRESET, isLocal: false), .open, "reset by the other side"),
        (.failed(errorNumber: ETIMEDOUT, isLocal: false), .dropped, "gave up"),
        (.failed(errorNumber: EACCES, isLocal: false), .prohibited, "ICMP"),
        (.failed(errorNumber: EHOSTUNREACH, isLocal: false), .unreachable, "ICMP"),
        (.failed(errorNumber: EACCES, isLocal: true), .prohibited, "this host's own firewall"),
        (.failed(errorNumber: EPERM, isLocal: true), .prohibited, "this host's own firewall"),
        (.failed(errorNumber: ENETUNREACH, isLocal: true), .unreachable, "this host has no route"),
        (.failed(errorNumber: EHOSTUNREACH, isLocal: true), .unreachable, "this host has no route"),
        (.failed(errorNumber: EADDRNOTAVAIL, isLocal: true), .unreachable, "no IPv4 address"),
        (.failed(errorNumber: EINVAL, isLocal: true), .unreachable, "no usable route"),
        (.failed(errorNumber: ENOBUFS, isLocal: true), .unreachable, "this host cannot connect"),
    ]

    @Test(arguments: endings)
    func `judges what the system says`(_ row: (ending: Attempt.Ending, verdict: ProbeVerdict, reason: String)) throws {
        let limit = try #require(AttemptJudgeTests.limit)
        let judgement = AttemptJudge(target: AttemptJudgeTests.target, timeLimit: limit).judge(Attempt(row.ending))
        #expect(judgement.verdict == row.verdict)
        #expect(judgement.reason.contains(row.reason))
    }

    @Test(
        arguments: [
            (ProbeVerdict.open, 0), (.dropped, 1), (.refused, 2), (.prohibited, 3), (.unreachable, 3), (.unresolved, 4),
        ] as [(ProbeVerdict, Int32)]
    )
    func `each verdict has its exit code`(_ verdict: ProbeVerdict, _ code: Int32) {
        #expect(verdict.exitCode == code)
    }
}
