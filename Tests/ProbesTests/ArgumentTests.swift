import Probes
import RoadblockCore
import Testing

struct ArgumentTests {
    static let ports: [(words: [String], ports: [UInt16])] = [
        (["443"], [443]), (["80,443"], [80, 443]), (["8000-8003"], [8000, 8001, 8002, 8003]),
        (["22", "80-81,443", "22"], [22, 80, 81, 443]), (["65535", "1"], [65535, 1]), (["0080"], [80]), (["7-7"], [7]),
    ]

    @Test(arguments: ports)
    func `reads ports, lists and ranges, each port once`(_ row: (words: [String], ports: [UInt16])) throws {
        #expect(try PortList(parsing: row.words).ports == row.ports)
    }

    static let wrongPorts: [(words: [String], code: String, marked: String?)] = [
        ([], "no-port", nil), ([""], "bad-port", ""), (["http"], "bad-port", "http"), (["0"], "bad-port", "0"),
        (["80,65536"], "bad-port", "65536"), (["80,,81"], "bad-port", ""), (["80-"], "bad-port", "80-"),
        (["-80"], "bad-port", "-80"), (["1-2-3"], "bad-port", "1-2-3"), (["22", "90-80"], "bad-port", "90-80"),
        (["+80"], "bad-port", "+80"), (["８０"], "bad-port", nil), (["8\u{1B}"], "bad-port", nil),
        (["99999999999999999999"], "bad-port", "99999999999999999999"), (["1-1001"], "too-many-ports", nil),
        (["1-500", "1001-1501"], "too-many-ports", nil), ([String(repeating: "1,", count: 200)], "bad-port", nil),
    ]

    @Test(arguments: wrongPorts)
    func `says which part is no port`(_ row: (words: [String], code: String, marked: String?)) throws {
        let failure = #expect(throws: Failure.self) { try PortList(parsing: row.words) }
        #expect(failure?.kind == .usage)
        #expect(failure?.code == row.code)
        let marked = failure?.place.map { place in
            String(decoding: Array(place.text.utf8)[place.span.start..<place.span.end], as: UTF8.self)
        }
        #expect(marked == row.marked)
    }

    @Test
    func `takes as many ports as the limit says`() throws {
        #expect(try PortList(parsing: ["1-1000", "500-1000"]).ports.count == 1000)
    }

    static let times: [(text: String, milliseconds: Int?, description: String)] = [
        ("5s", 5000, "5 s"), ("500ms", 500, "500 ms"), ("2", 2000, "2 s"), ("1m", 60_000, "60 s"),
        ("0.5", 500, "500 ms"), ("1.25s", 1250, "1.25 s"), ("10ms", 10, "10 ms"), ("10m", 600_000, "600 s"),
        ("10min", 600_000, "600 s"), ("2 s", 2000, "2 s"), ("9ms", nil, ""), ("0", nil, ""), ("601s", nil, ""),
        ("1h", nil, ""), ("", nil, ""), ("s", nil, ""), ("-1", nil, ""), ("1e3", nil, ""), ("nan", nil, ""),
        ("5 5s", nil, ""), ("1.2.3", nil, ""), ("99999999999999999999", nil, ""), (".", nil, ""),
    ]

    @Test(arguments: times)
    func `reads time limits from 10 ms to 10 minutes`(_ row: (text: String, milliseconds: Int?, description: String)) {
        let limit = try? TimeLimit(parsing: row.text)
        #expect(limit?.milliseconds == row.milliseconds)
        #expect(limit?.description ?? "" == row.description)
    }

    static let targets: [(word: String, ports: [String], host: String, port: UInt16)] = [
        ("db.example.com", ["5432"], "db.example.com", 5432), ("db.example.com:5432", [], "db.example.com", 5432),
        ("10.0.0.8", ["22"], "10.0.0.8", 22), ("10.0.0.8:22", [], "10.0.0.8", 22), ("[fd00::1]:22", [], "fd00::1", 22),
        ("[fd00::1]", ["22"], "fd00::1", 22), ("fd00::1", ["22"], "fd00::1", 22),
        ("[fe80::1%eth0]:22", [], "fe80::1%eth0", 22), ("under_score.example.", ["1"], "under_score.example.", 1),
    ]

    @Test(arguments: targets)
    func `reads a host and its port, in one word or two`(
        _ row: (word: String, ports: [String], host: String, port: UInt16)
    ) throws {
        let (host, ports) = try HostName.parse(row.word, ports: row.ports)
        #expect(host.text == row.host)
        #expect(ports.ports == [row.port])
    }

    static let wrongTargets: [(word: String, ports: [String], code: String)] = [
        ("", ["80"], "bad-host"), (":80", [], "bad-host"), ("[]:80", [], "bad-host"), ("a b", ["80"], "bad-host"),
        ("a\u{1B}[2J", ["80"], "bad-host"), ("a\u{0}b", ["80"], "bad-host"), ("bücher.example", ["80"], "bad-host"),
        (String(repeating: "a", count: 10_000), ["80"], "bad-host"), ("10.0.0.0/8", ["80"], "bad-host"),
        ("https://www.example.com/x", [], "bad-host"), ("host:80", ["80"], "bad-host"), ("a:b:c", ["80"], "bad-host"),
        ("$(id)", ["80"], "bad-host"), ("fd00::1", [], "no-port"), ("host", [], "no-port"), ("host:", [], "bad-port"),
        ("host:http", [], "bad-port"),
    ]

    @Test(arguments: wrongTargets)
    func `refuses what is no host, without repeating what a terminal would act upon`(
        _ row: (word: String, ports: [String], code: String)
    ) {
        let failure = #expect(throws: Failure.self) { try HostName.parse(row.word, ports: row.ports) }
        #expect(failure?.code == row.code)
        let text = failure?.rendered ?? ""
        #expect(text.utf8.count < 500)
        #expect(!text.unicodeScalars.contains { $0 != "\n" && ($0.value < 0x20 || $0.value == 0x7F) })
    }

    @Test(arguments: [
        ("https://www.example.com/x", "roadblock probe www.example.com 443"),
        ("http://10.0.0.8", "roadblock probe 10.0.0.8 80"), ("ssh://host", "roadblock probe host PORT"),
    ])
    func `suggests the host of a web address`(_ word: String, _ suggestion: String) {
        let failure = #expect(throws: Failure.self) { try HostName.parse(word, ports: []) }
        #expect(failure?.suggestion == suggestion)
    }
}
