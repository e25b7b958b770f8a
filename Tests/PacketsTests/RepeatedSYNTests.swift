import Inputs
import Packets
import RoadblockCore
import TestSupport
import Testing

/// Random segments of few conversations, with many SYNs among them, in many kinds of frames.
struct RandomSegments {
    private var state: UInt64
    private let onlySYNs: Bool
    /// Microseconds.
    private var time: Int64 = 1_000_000_000

    private init(seed: Int) {
        state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        onlySYNs = seed % 5 < 2
    }

    private mutating func below(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % limit
    }

    private mutating func one<Element>(of choices: [Element]) -> Element { choices[below(choices.count)] }

    /// A capture of some of them, as pcap or as pcapng.
    static func capture(seed: Int) -> [UInt8] {
        var segments = RandomSegments(seed: seed)
        var capture = CaptureBytes(littleEndian: seed % 3 > 0)
        let isPcapng = seed % 4 == 0
        if isPcapng {
            capture.sectionHeader()
            capture.interface()
            capture.interface(options: [(9, [6])])
        } else {
            capture.fileHeader()
        }
        for number in 1...(6 + seed % 35) {
            for frame in segments.next(number) {
                let time = segments.time
                if isPcapng {
                    capture.enhancedPacket(
                        interface: UInt32(number % 2),
                        time: UInt64(time),
                        frame.bytes,
                        original: frame.original
                    )
                } else {
                    capture.packet(
                        seconds: UInt32(time / 1_000_000),
                        fraction: UInt32(time % 1_000_000),
                        frame.bytes,
                        original: frame.original
                    )
                }
            }
        }
        return capture.bytes
    }

    /// The next frames: one, or the two fragments of a segment.
    private mutating func next(_ number: Int) -> [(bytes: [UInt8], original: Int)] {
        time += one(of: [0, 1000, 2500, 10_000, 1_000_000, -1000])
        let fromClient = below(2) == 0
        let usual: [UInt8] =
            onlySYNs
            ? (fromClient ? [0x02] : [0x12, 0x12, 0x14])
            : fromClient ? [0x02, 0x02, 0x02, 0x10, 0x18, 0x11] : [0x12, 0x12, 0x10, 0x18, 0x14, 0x11]
        let flags =
            below(onlySYNs ? 60 : 8) == 0
            ? one(of: [0x02, 0x12, 0x10, 0x14, 0x04, 0x06, 0x03, 0x00, 0x52]) : one(of: usual)
        let base = fromClient ? 1000 : 5000
        let sequence =
            below(onlySYNs ? 60 : 12) == 0
            ? one(of: [0, 0xFFFF_FFFF, 0x8000_0000]) : base + one(of: [0, 0, 0, 1, 2, 700])
        let acknowledgment =
            flags & 0x10 == 0 && below(10) > 0 ? 0 : (fromClient ? 5000 : 1000) + one(of: [0, 1, 1, 1, 2, 701])
        let isSYN = flags & 2 != 0
        let content = [UInt8](
            repeating: 7,
            count: below(isSYN ? (onlySYNs ? 60 : 12) : 3) == 0 ? one(of: [1, 2, 700]) : 0
        )
        let options: [UInt8] = below(3) == 0 ? [2, 4, 5, 180, 1, 3, 3, 7] : []
        let ports = [UInt16(40000 + below(3)), 443].map { PacketBytes.word(Int($0)) }
        let header =
            (fromClient ? ports[0] + ports[1] : ports[1] + ports[0])
            + PacketBytes.long(sequence) + PacketBytes.long(acknowledgment)
            + [UInt8(5 + options.count / 4) << 4, flags] + PacketBytes.word(one(of: [0, 8192, 8192]))
            + [0, 0, 0, 0] + options
        return frames(header + content, fromClient, number)
    }

    private mutating func frames(
        _ segment: [UInt8],
        _ fromClient: Bool,
        _ number: Int
    ) -> [(bytes: [UInt8], original: Int)] {
        let plain = PacketBytes.internet(segment, protocol: 6, fromClient: fromClient, identification: number)
        var bytes = plain
        switch below(24) {
        case 0: bytes = Array(plain[..<12]) + [0x81, 0, 0, 5] + Array(plain[12...])
        case 1:
            bytes =
                Array(plain[..<14]) + [0x46] + Array(plain[15..<16])
                + PacketBytes.word(24 + segment.count) + Array(plain[18..<34]) + [1, 1, 1, 0] + segment
        case 2, 3, 4, 5:
            let low: [UInt8] = fromClient ? [1, 2] : [2, 1]
            let prefix: [UInt8] = [0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 0, count: 11)
            bytes =
                Array(plain[..<12]) + [0x86, 0xDD, 0x60, 0, 0, 0] + PacketBytes.word(segment.count) + [6, 64]
                + prefix + [low[0]] + prefix + [low[1]] + segment
        case 6:
            // An ICMP error that quotes the segment.
            bytes = PacketBytes.internet(
                [3, 1, 0, 0, 0, 0, 0, 0] + Array(plain[14...]),
                protocol: 1,
                fromClient: !fromClient
            )
        case 7 where segment.count > 24:
            return [(0..<24, 0x2000), (24..<segment.count, 3)].map { range, word in
                frame(
                    PacketBytes.internet(
                        Array(segment[range]),
                        protocol: 6,
                        fromClient: fromClient,
                        identification: number,
                        fragment: word
                    ),
                    cutTo: .max
                )
            }
        case 8: return [frame(bytes, cutTo: 54 + below(12))]
        case 9: bytes += [UInt8](repeating: 0, count: 6)
        default: break
        }
        return [frame(bytes, cutTo: .max)]
    }

    private func frame(_ bytes: [UInt8], cutTo limit: Int) -> (bytes: [UInt8], original: Int) {
        (Array(bytes.prefix(limit)), bytes.count)
    }
}

struct RepeatedSYNTests {
    static let filters = [
        "tcp.analysis.retransmission && tcp.flags.syn==1", "tcp.flags == 0x012 && tcp.analysis.retransmission",
        "tcp.flags.syn==1 && tcp.analysis.retransmission && ip.ttl > 1",
    ]

    /// The numbers of the frames that a filter selects, other than those that a screen passes over; what the screen decides
    /// alone is taken from its lines.
    static func selected<Screen: FrameScreen & ~Copyable>(
        _ text: String,
        _ profile: WiresharkProfile,
        _ depth: AnalysisDepth,
        _ bytes: [UInt8],
        _ screen: inout Screen,
        lines: consuming NumberLines = NumberLines(capacity: 0)
    ) throws -> [Int] {
        var filter = try DisplayFilter(text, profile: profile)
        var dissection = PacketDissection(profile: profile, depth: depth)
        let capture = try MergedCapture([("test", { () throws(Failure) -> any ByteSource in MemorySource(bytes) })])
        var numbers: [Int] = []
        while true {
            dissection.skip(try screen.skip(in: capture, atMost: .max, &lines))
            var text: [UInt8] = []
            lines.move(to: &text)
            numbers += String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
            guard let (frame, input) = try capture.next() else { return numbers }
            let isSelected = try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
                guard !screen.passesOver(frame, bytes) else {
                    dissection.skip(frame)
                    return false
                }
                let joined = dissection.dissect(frame, bytes)
                guard screen.takes(dissection.packet, dissection.facts) else { return false }
                return joined.map { $0.withRawBytes { filter.selects(dissection.packet, $0, dissection.facts) } }
                    ?? filter.selects(dissection.packet, bytes, dissection.facts)
            }
            if isSelected { numbers.append(dissection.facts.number) }
        }
    }

    @Test(arguments: [WiresharkProfile.v40, .v42, .v44, .v46])
    func `tells the same repeated SYNs as the analysis`(_ profile: WiresharkProfile) throws {
        var (told, toldByAnalysis) = (0, 0)
        let count = seedCount(600)
        for seed in 0..<count {
            let capture = RandomSegments.capture(seed: seed)
            let text = Self.filters[seed % Self.filters.count]
            var open = OpenScreen()
            let expected = try Self.selected(text, profile, .flight, capture, &open)
            let flags = try DisplayFilter(text, profile: profile).flagScreen
            var screen = RepeatedSYNs.make(profile: profile, flags: flags, isJudging: true)
            let isExact = flags.isExact && seed % 2 == 0
            let lines = NumberLines(capacity: isExact ? 1 << 10 : 0)
            let judged = try Self.selected(text, profile, .none, capture, &screen, lines: lines)
            let end = screen.firstUnjudged ?? .max
            #expect(judged == expected.filter { $0 < end }, "seed \(seed)")
            told += judged.count
            toldByAnalysis += expected.count - judged.count

            // The second look, at what may hold one, selects all of them.
            var wanted = screen.wanted()
            let again = try Self.selected(text, profile, .flight, capture, &wanted)
            #expect(again == expected, "seed \(seed), second look")
        }
        #expect(told > count / 15 && toldByAnalysis > count / 8, "\(told) told, \(toldByAnalysis) not")
    }

    @Test func `finds what may repeat a SYN without judging`() throws {
        for seed in 0..<seedCount(100) {
            let capture = RandomSegments.capture(seed: seed)
            let text = Self.filters[0]
            var open = OpenScreen()
            let expected = try Self.selected(text, .v44, .flight, capture, &open)
            let flags = try DisplayFilter(text, profile: .v44).flagScreen
            var screen = RepeatedSYNs.make(profile: .v44, flags: flags, isJudging: false)
            let none = try Self.selected(text, .v44, .none, capture, &screen)
            #expect(none.isEmpty && screen.firstUnjudged == 1)
            var wanted = screen.wanted()
            #expect(try Self.selected(text, .v44, .flight, capture, &wanted) == expected, "seed \(seed)")
        }
    }

    /// A frame with a TCP segment at the end of a tunnel's headers.
    static let inner = PacketBytes.segment([], port: 443, sequence: 1, flags: 2)

    /// Ports of UDP, and types of ICMP and ICMPv6, with a frame or a packet behind the header.
    @Test func `passes over no datagram that has a segment in it`() throws {
        let screen = try DisplayFilter("tcp.flags.syn==1", profile: .v44).flagScreen
        let packet = Packet()
        let quoted = Array(Self.inner[14...])
        let addresses = [UInt8](repeating: 1, count: 32)
        var (passed, withSegment) = (0, 0)
        func check(_ bytes: [UInt8]) {
            bytes.withRawBytes { bytes in
                let isPassed = screen.look(bytes, 0, bytes.byteCount, .ethernet) == .over
                Decoder().decode(bytes, linkType: .ethernet, originalLength: bytes.byteCount, into: packet)
                let hasSegment = (0..<packet.layerCount).contains { packet.layers[$0].kind == .tcp }
                #expect(!(isPassed && hasSegment))
                passed += isPassed ? 1 : 0
                withSegment += hasSegment ? 1 : 0
            }
        }
        for content in [Self.inner, quoted] {
            for port in 0...0xFFFF {
                let kind: UInt8 = content.count == quoted.count ? 1 : 3
                check(
                    PacketBytes.internet(
                        PacketBytes.datagram([8, 0, 0, kind, 0, 0, 0, 0] + content, from: 9, to: port),
                        protocol: 17
                    )
                )
            }
        }
        for type in UInt8.min...UInt8.max {
            check(PacketBytes.internet([type, 0, 0, 0, 0, 0, 0, 0] + quoted, protocol: 1))
            let message = [type, 0, 0, 0, 0, 0, 0, 0] + quoted
            check(
                Array(Self.inner[..<12]) + [0x86, 0xDD, 0x60, 0, 0, 0] + PacketBytes.word(message.count) + [58, 64]
                    + addresses + message
            )
        }
        #expect(passed > 130_000 && withSegment > 8)
    }

    /// How a filter is answered: by flags alone, by the label of a repeated SYN alone, or otherwise.
    static let demands: [(filter: String, isExact: Bool, asksRepetitionAlone: Bool, selectsRepeatedSYNs: Bool)] = [
        ("tcp.flags.syn==1", true, false, false),
        ("tcp.flags.syn==1 && tcp.flags.ack==0", true, false, false),
        ("tcp.flags.syn==1 && tcp.flags.syn==0", false, false, false),
        ("tcp.flags==0x002", false, false, false),
        ("tcp.flags.res==0 && tcp.flags.syn==1", false, false, false),
        ("tcp.flags.syn==1 && ip.ttl > 3", false, false, false),
        ("tcp.analysis.retransmission && tcp.flags.syn==1", true, true, true),
        ("tcp.analysis.retransmission && tcp.flags.syn==1 && ip.ttl > 3", false, true, true),
        ("tcp.analysis.fast_retransmission && tcp.flags.syn==1", false, false, true),
        ("tcp.analysis.retransmission && tcp.flags.syn==1 && tcp.analysis.rto > 1", false, false, true),
        (
            "tcp.analysis.retransmission && tcp.flags.syn==1 && !tcp.analysis.spurious_retransmission", false, false,
            true
        ),
        ("tcp.analysis.retransmission && tcp.flags.ack==1", true, true, false),
        ("tcp.analysis.retransmission || tcp.flags.syn==1", false, false, false),
        ("tcp.analysis.retransmission && tcp.flags.syn==1 && tcp.stream==1", false, false, false),
    ]

    @Test(arguments: demands)
    func `knows what a filter asks`(
        _ demand: (filter: String, isExact: Bool, asksRepetitionAlone: Bool, selectsRepeatedSYNs: Bool)
    ) throws {
        let filter = try DisplayFilter(demand.filter, profile: .v44)
        #expect(filter.flagScreen.isExact == demand.isExact)
        #expect(filter.asksRepetitionAlone == demand.asksRepetitionAlone)
        #expect(filter.selectsRepeatedSYNs == demand.selectsRepeatedSYNs)
    }
}
