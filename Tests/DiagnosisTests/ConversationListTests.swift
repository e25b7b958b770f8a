import Diagnosis
import Foundation
import Inputs
import Packets
import RoadblockCore
import TestSupport
import Testing

/// A case with a verdict, and what two passes of tshark print of its streams.
struct ListedCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Packet: Decodable, Sendable {
        var n: Int
        var stream: Int?
        var complete: Int?
    }

    struct Change: Decodable, Sendable {
        var complete: Int?
    }

    var id: String
    var verdict: String?
    var packets: [String]
    var expect: [Packet]
    var two_pass: [Change]?

    var testDescription: String { id }

    static let all = CaseCaptures.rows("tcp-analysis-cases.jsonl", as: ListedCase.self)
    static let withVerdict = all.filter { $0.verdict != nil }

    /// The completeness of each stream behind its last packet, in the second pass.
    var completeness: [Int: Int] {
        var found: [Int: Int] = [:]
        for (index, packet) in expect.enumerated() {
            guard let stream = packet.stream else { continue }
            let change = two_pass.flatMap { index < $0.count ? $0[index].complete : nil }
            if let value = change ?? packet.complete { found[stream] = value }
        }
        return found
    }
}

/// The rows of a case, as `conversations` prints them.
private func rows(
    _ name: String,
    filter: String = "",
    profile: WiresharkProfile = .v40,
    copies: Int = 1
) throws -> [ListedConversation] {
    let path = CaseCaptures.folder.appending(path: "\(name).pcap").path
    let open = { () throws(Failure) -> any ByteSource in try FileSource(path: path) }
    let capture = try MergedCapture(Array(repeating: (path, open), count: copies))
    var lister = ConversationLister(
        filter: try DisplayFilter(filter, profile: profile),
        profile: profile,
        inputCount: copies
    )
    while let (frame, input) = try capture.next() {
        try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
            lister.receive(bytes, frame, input: input)
        }
    }
    lister.finish()
    return lister.finished
}

struct ConversationListTests {
    /// State and history by case and stream, as `Tools/checks/conversation_states.py` tells them from the packet lists.
    static let expected = Dictionary(grouping: CaseCaptures.table("conversation-states.csv")) { $0["case"] ?? "" }

    /// The verdict of each detail, as the contract's table has it.
    static let verdicts: [String: String] = Dictionary(
        uniqueKeysWithValues: CaseCaptures.table("verdicts.csv").map { ($0["detail"] ?? "", $0["verdict"] ?? "") }
    )

    @Test(arguments: ListedCase.withVerdict)
    func `a conversation gets the state, the letters and the verdict of its packets`(_ item: ListedCase) throws {
        let wanted = try #require(Self.expected[item.id])
        let found = try rows(item.id).filter { $0.row.kind == .tcp }
        #expect(found.map { String($0.row.stream) }.sorted() == wanted.map { $0["stream"] ?? "" }.sorted())
        for listed in found {
            let row = try #require(wanted.first { $0["stream"] == String(listed.row.stream) })
            #expect(listed.row.state == row["state"])
            #expect(listed.row.history.text == row["history"])
        }
        let detail = try #require(item.verdict)
        let verdict = detail == "midstream" ? "open" : try #require(Self.verdicts[detail])
        // An error about a conversation that the capture does not hold is a finding, and no row.
        let hasStray = item.id == "icmp-only"
        #expect(hasStray || found.contains { $0.verdict.rawValue == verdict }, "\(found.map(\.verdict))")
    }

    @Test(arguments: ListedCase.withVerdict)
    func `the state is one that the catalogue allows for the verdict`(_ item: ListedCase) throws {
        let detail = try #require(item.verdict)
        // Of details that are not here the catalogue says nothing.
        let allowed: [String: Set<String>] = [
            "unanswered-syn": ["S0"], "icmp-admin-prohibited": ["S0"], "icmp-host-unreachable": ["S0"],
            "icmp-ttl-exceeded": ["S0"], "receiver-stalled": ["S1"], "refused-rst": ["REJ"],
            "close-never-acked": ["S2", "S3"], "reset-by-server": ["RSTR"], "reset-by-middlebox": ["RSTR"],
            "client-aborted-before-answer": ["RSTOS0"], "one-way-client": ["SH"], "backscatter": ["RSTRH"],
            "midstream": ["OTH"],
            // SYN/ACKs alone, with neither the reset nor the FIN that RSTRH and SHR speak of.
            "one-way-server": ["RSTRH", "SHR", "OTH"],
            // Its client gives up with a reset.
            "idle-session-dropped": ["S1", "RSTO"],
            // Closed, or still open when the capture ends.
            "established-normal": ["SF", "S1"],
        ]
        guard let states = allowed[detail] else { return }
        for listed in try rows(item.id) where listed.row.kind == .tcp { #expect(states.contains(listed.row.state)) }
    }

    @Test(arguments: ListedCase.all)
    func `the completeness is what a second pass of tshark prints in the end`(_ item: ListedCase) throws {
        let found = try rows(item.id).filter { $0.row.kind == .tcp }
        for listed in found {
            guard let wanted = item.completeness[listed.row.stream] else { continue }
            #expect(Int(listed.row.completeness) == wanted, "stream \(listed.row.stream)")
        }
    }

    @Test
    func `a filter chooses the packets that are counted and nothing else`() throws {
        let all = try #require(try rows("hs-clean").first)
        let some = try #require(try rows("hs-clean", filter: "tcp.len > 0").first)
        #expect((all.row.clientPackets, all.row.serverPackets) == (6, 4))
        #expect((some.row.clientPackets, some.row.serverPackets) == (1, 1))
        #expect(all.row.duration == 80_000_000)
        #expect(some.row.duration == 19_000_000)
        #expect(some.row.history.text == all.row.history.text)
        #expect(some.row.synCount == 1)
        #expect(some.row.completeness == all.row.completeness)
        #expect(try rows("hs-clean", filter: "udp").isEmpty)
    }

    @Test
    func `a checksum that is wrong has a letter where the side has shown right ones`() throws {
        var history = ConversationHistory()
        for checksum in [.wrong, .unknown, .right, .wrong, .wrong] as [ChecksumState] {
            history.note(checksum, fromClient: true)
        }
        history.note(.wrong, fromClient: false)
        #expect(history.text == "C")
        // Whose checksums are all wrong leaves them to its network card.
        let row = try #require(try rows("checksum-offload").first).row
        #expect(row.history.text == "ShADT" && row.state == "S1")
    }

    @Test
    func `a packet that two captures show is counted once`() throws {
        let once = try #require(try rows("rtx-rto").first)
        let twice = try rows("rtx-rto", copies: 2)
        #expect(twice.count == 1)
        #expect(twice.first?.row.packets == once.row.packets)
        #expect(twice.first?.row.retransmissions == 1)
        #expect(twice.first?.row.history.text == once.row.history.text)
    }

    @Test
    func `repeated SYNs are counted`() throws {
        let row = try #require(try rows("syn-noanswer-linux").first?.row)
        #expect((row.synCount, row.retransmissions, row.initialRTT) == (7, 6, 0))
    }

    @Test
    func `the initial round trip is that of the handshake`() throws {
        #expect(try rows("hs-clean").first?.row.initialRTT == 20_000_000)
    }

    @Test
    func `a tunnel is a conversation beside the one that it carries`() throws {
        let found = try rows("vxlan-inner")
        #expect(found.map(\.row.kind) == [.tcp, .udp])
        #expect(found.map(\.row.packets) == [3, 3])
    }

    /// A SYN over Ethernet and IPv4, without options.
    private static func syn(host: Int, port: UInt16) -> [UInt8] {
        let ports = [UInt8(port >> 8), UInt8(port & 255), 0x01, 0xBB]
        let ip: [UInt8] = [0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, UInt8(host >> 8 & 255), UInt8(host & 255), 1]
        let tcp: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xFF, 0xFF, 0, 0, 0, 0]
        return Array(repeating: 0, count: 12) + [8, 0] + ip + [10, 255, 0, 1] + ports + tcp
    }

    @Test
    func `too many conversations make room by silence, and it is said`() throws {
        var file = CaptureBytes()
        file.fileHeader()
        var time: UInt32 = 0
        for index in 0..<ConversationList.limit + 20_000 {
            time += 100
            let port = UInt16(10_000 + index % 1000)
            file.packet(
                seconds: 1 + time / 1_000_000,
                fraction: time % 1_000_000,
                Self.syn(host: index / 1000, port: port)
            )
            if index % 1000 == 0 {
                file.packet(seconds: 1 + time / 1_000_000, fraction: time % 1_000_000, Self.syn(host: 0xFFFF, port: 9))
            }
        }
        let bytes = file.bytes
        let capture = try MergedCapture([("many", { () throws(Failure) -> any ByteSource in MemorySource(bytes) })])
        var lister = ConversationLister(profile: .v44, inputCount: 1)
        var listed: [ListedConversation] = []
        var batches = 0
        while let (frame, input) = try capture.next() {
            try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
                lister.receive(bytes, frame, input: input)
            }
            if !lister.finished.isEmpty {
                batches += 1
                listed += lister.finished
                lister.drain()
            }
        }
        lister.finish()
        listed += lister.finished
        #expect(batches == 2)
        #expect(lister.notes.count == 1)
        #expect(listed.count == ConversationList.limit + 20_001)
        // What is heard again and again stays one row.
        let steadyRows = listed.filter { $0.row.clientPort == 9 }
        #expect(steadyRows.map(\.row.clientPackets) == [86])
        #expect(steadyRows.first?.verdict == .dropped)
        // Each batch is in the order of its start.
        let last = lister.finished.map(\.row.firstTime)
        #expect(last == last.sorted())
    }
}
