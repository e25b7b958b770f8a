import Foundation
import Packets
import RoadblockCore
import TestSupport
import Testing

/// What tshark answers to a filter on one of the hand-made captures: frame numbers, or a class of error and its place.
struct FilterCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Answer: Decodable, Sendable {
        var frames: [Int]?
        var error: String?
        var span: [Int]?

        /// True for our answer: the same frames, or the same class with a place that overlaps or touches.
        func accepts(_ other: Answer) -> Bool {
            if let frames { return other.frames == frames }
            guard let error, let found = other.error else { return false }
            guard error == "any" || error == found else { return false }
            guard let span, let place = other.span else { return true }
            return span[0] <= place[1] && place[0] <= span[1]
        }
    }
    var id: String
    var group: String
    var filter: String
    var capture: String
    var expect: Answer
    var newer: [String: Answer]?
    var prefer: String?
    var confidence: String

    var testDescription: String { "\(id): \(filter)" }
    static let all = CaseCaptures.rows("filters/cases.jsonl", as: FilterCase.self)
    /// Where 4.4.19 alone answered otherwise, for a while: `len` of a protocol there reached to the end of its payload.
    private static let keptAsIn40: Set = ["functions-002", "functions-013"]
    static let groups = Set(all.map(\.group)).sorted()
    /// Cases that need what is not built yet, named one by one.
    static let pending = CaseCaptures.lines("filters/pending.txt")

    /// The answers that are right in a version; what only newer versions accept is right in every one.
    func answers(_ profile: WiresharkProfile) -> [Answer] {
        let recorded = newer ?? [:]
        if prefer == "newer" { return Array(recorded.values) }
        var answers: [Answer] = []
        let own = profile == .v44 ? recorded["4.4.19"] : profile == .v46 ? recorded["4.6.9"] : nil
        answers.append(own ?? expect)
        // What newer versions accept may be accepted or refused, as the older one does.
        if expect.error != nil { answers += recorded.values.filter { $0.frames != nil } + [expect] }
        if FilterCase.keptAsIn40.contains(id) { answers.append(expect) }
        // A reference needs a selected packet, which no run of ours has: that is said.
        if filter.contains("${") { answers.append(Answer(error: "unsupported")) }
        if own?.error != nil { answers.append(expect) }
        return answers
    }
}

struct DisplayFilterTests {
    static func answer(_ row: FilterCase, _ profile: WiresharkProfile) throws -> FilterCase.Answer {
        do {
            var filter = try DisplayFilter(compiling: row.filter, profile: profile)
            return FilterCase.Answer(frames: try frames(row.capture, &filter, profile))
        } catch let error as FilterError {
            return FilterCase.Answer(error: error.errorClass.rawValue, span: [error.span.start, error.span.end])
        }
    }

    /// The numbers of the frames that a filter selects.
    static func frames(
        _ capture: String,
        _ filter: inout DisplayFilter,
        _ profile: WiresharkProfile
    ) throws -> [Int] {
        let reader = try CaseCaptures.reader(capture)
        var dissection = PacketDissection(
            profile: profile,
            depth: .flight,
            applications: filter.applications,
            isTracking: filter.needsTracking
        )
        var numbers: [Int] = []
        while let frame = try reader.next() {
            try reader.withBytes(of: frame) { (bytes) throws(Failure) in
                let joined = dissection.dissect(frame, bytes)
                let isSelected =
                    joined?.withRawBytes { filter.selects(dissection.packet, $0, dissection.facts) }
                    ?? filter.selects(dissection.packet, bytes, dissection.facts)
                guard isSelected else { return }
                numbers.append(frame.number)
                dissection.display()
            }
        }
        return numbers
    }

    @Test(arguments: FilterCase.groups)
    func `selects the frames that tshark selects, and refuses what it refuses`(_ group: String) throws {
        let rows = FilterCase.all.filter { $0.group == group && CaseCaptures.isPresent($0.capture) }
        let pending = rows.filter { FilterCase.pending.contains($0.id) }
        for row in rows {
            let isPending = FilterCase.pending.contains(row.id)
            var isRight = true
            for profile in [WiresharkProfile.v40, .v44, .v46] {
                let answer = try Self.answer(row, profile)
                let agrees = row.answers(profile).contains { $0.accepts(answer) }
                isRight = isRight && agrees
                #expect(agrees || isPending, "\(row) by \(profile): \(answer)")
            }
            #expect(!isRight || !isPending, "\(row.id) is right now, and no longer pending")
        }
        print("filter cases, \(group): \(rows.count - pending.count) of \(rows.count)")
    }

    @Test
    func `never traps on a filter that is cut or spliced`() {
        let filters = FilterCase.all.map(\.filter)
        // One in twenty: looking for the nearest name makes errors slow in a debug build.
        for (index, filter) in filters.enumerated() where index % 20 == 0 {
            let other = filters[(index * 7 + 3) % filters.count]
            for end in filter.indices {
                let start = String(filter[..<end])
                for text in [start, start + String(other.suffix(12))] {
                    do throws(FilterError) {
                        _ = try DisplayFilter(compiling: text, profile: .v44)
                    } catch {
                        #expect(error.span.end <= text.utf8.count, "\(text): \(error)")
                    }
                }
            }
        }
    }

    @Test
    func `nothing lies in a range that begins below zero`() throws {
        for filter in ["tcp.len in {-1..5}", "frame.number in {-1..5}"] {
            var compiled = try DisplayFilter(compiling: filter, profile: .v40)
            #expect(try Self.frames("hs-clean", &compiled, .v40) == [])
        }
    }

    @Test
    func `matches byte by byte, and gives up a search that takes too long`() throws {
        // A middle dot is two bytes, neither of them a digit.
        var bytewise = try DisplayFilter(compiling: #"tcp.flags.str matches r"^\D{23}$""#, profile: .v40)
        #expect(try Self.frames("hs-clean", &bytewise, .v40) == [1, 3, 5, 7, 10])
        #expect(bytewise.notes.isEmpty)
        var slow = try DisplayFilter(compiling: #"tcp.payload matches "(Z|ZZ)+[!?]""#, profile: .v40)
        #expect(try Self.frames("hs-clean", &slow, .v40) == [])
        #expect(slow.notes.count == 1)
        let bad = #expect(throws: FilterError.self) {
            _ = try DisplayFilter(compiling: #"tcp.payload matches "ab(c""#, profile: .v40)
        }
        #expect(bad?.errorClass == .badRegularExpression)
        #expect(bad?.span == SourceSpan(25, 26))
    }

    @Test(
        arguments: [
            "@dns.a == 01:02:03:04": "unsupported",
            "frame.number < ${frame.number}": "unsupported",
            "@tcp.stream == 1": "unsupported", "${mine}": "unknown-macro",
        ]
    )
    func `says what it does not support instead of a wrong answer`(_ filter: String, _ code: String) {
        let error = #expect(throws: FilterError.self) { _ = try DisplayFilter(compiling: filter, profile: .v44) }
        #expect(error?.errorClass.rawValue == code)
    }

    @Test
    func `limits nesting and length`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "tcp" + String(repeating: ")", count: depth)
        }
        _ = try DisplayFilter(compiling: nested(400), profile: .v44)
        for text in [
            nested(600), String(repeating: "!", count: 600) + "tcp",
            "tcp.len == " + String(repeating: "1+", count: 600) + "1",
            String(repeating: "tcp or ", count: 10_000) + "tcp", String(repeating: "{", count: 60_000),
        ] {
            let error = #expect(throws: FilterError.self) { _ = try DisplayFilter(compiling: text, profile: .v44) }
            #expect(error?.errorClass == .tooDeep || error?.errorClass == .tooLong)
        }
        _ = try DisplayFilter(compiling: String(repeating: "tcp or ", count: 9000) + "tcp", profile: .v44)
    }

    @Test(
        arguments: [
            ("tcp.port = 80", "`==`"), ("tcp AND udp", "`and`"), ("TCP", "`tcp`"),
            ("tcp.flag.syn == 1", "`tcp.flags.syn`"),
            ("tcp.len-1 == 99", "`tcp.len - 1`"), ("port 80", "`tcp.port == 80 or udp.port == 80`"),
            ("host 10.0.0.1", "`ip.addr == 10.0.0.1`"), ("tcp[tcpflags] & tcp-syn != 0", "`tcp.flags.syn == 1`"),
            ("tcp.port == \"https\"", "443"), ("ip.addr == 10.0.0", "10.0.0.0/24"), ("ip.addr == ::1", "`ipv6.addr`"),
            ("tcp.flags.ecn == 1", "`tcp.flags.ece`"), ("tcp.analysis.retransmission == 1", "just"),
            ("tcp.payload contains \"a\\.b\"", "raw string"), ("tcp[0:2] == 0x9c40", "9c:40"),
            ("“tcp”", "straight quote"), ("tcp.port in {80 443}", "`80, 443`"),
            ("tcp.port in {80..90 443}", "`90, 443`"),
            ("ip.addr == 10.0.0.0/255.0.0.0", "`10.0.0.0/8`"), ("ip.addr == 10.1.2.0/255.255.254.0", "`10.1.2.0/23`"),
            ("ip.addr == 10.0.0.0/255.0.0.255", "`ip.addr & 255.0.0.255 == …`"), ("1 == 1", "`frame`"),
            ("foo.bar == 1", "no protocol is called `foo`"), ("quagga.dstport == 1", "`tcp.dstport` or `udp.dstport`"),
            ("tcpp.nonsense", "the protocol `tcp`"), ("tcp.syn == 1", "`tcp.flags.syn`"),
        ]
    )
    func `suggests what was meant`(_ filter: String, _ hint: String) {
        let error = #expect(throws: FilterError.self) { _ = try DisplayFilter(compiling: filter, profile: .v44) }
        #expect(error?.suggestion?.contains(hint) ?? false, "\(String(describing: error))")
    }

    @Test
    func `says of each unknown field what was meant`() {
        let failure = #expect(throws: Failure.self) {
            try FieldCatalogue.fields(named: ["tcp.prt", "ip.src", "ip.sr"])
        }
        #expect(failure?.message.contains("ip.sr (did you mean `ip.src`?)") ?? false)
        #expect(failure?.message.contains("tcp.prt (did you mean `tcp.port`?)") ?? false)
        let one = #expect(throws: Failure.self) { try FieldCatalogue.fields(named: ["foo.bar"]) }
        #expect(one?.suggestion?.hasPrefix("no protocol is called `foo`; those that are read: arp, ") ?? false)
    }

    @Test
    func `names every field once`() {
        let names = FieldCatalogue.fields.map(\.name)
        #expect(Set(names).count == names.count)
    }
}
