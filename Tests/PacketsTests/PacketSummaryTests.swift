import Packets
import RoadblockCore
import TestSupport
import Testing

/// What tshark 4.0 shows for each packet of a capture: protocol and info.
struct SummaryCase: Decodable, Sendable, CustomTestStringConvertible {
    var capture: String
    var lines: [String]

    var testDescription: String { capture }
    static let all = CaseCaptures.rows("filters/summaries.jsonl", as: SummaryCase.self)
}

struct PacketSummaryTests {
    @Test(arguments: SummaryCase.all)
    func `describes packets in the shape that tshark users know`(_ row: SummaryCase) throws {
        let reader = try CaseCaptures.reader(row.capture)
        var analyzer = TCPAnalyzer(profile: .v40)
        var clock = CaptureClock()
        var summary = PacketSummary()
        let packet = Packet()
        let facts = PacketFacts()
        var lines: [String] = []
        while let frame = try reader.next() {
            try reader.withBytes(of: frame) { (bytes) throws(Failure) in
                Decoder().decode(frame, bytes, into: packet)
                clock.advance(to: frame, facts)
                facts.take(packet, bytes)
                facts.hasSegment = analyzer.analyze(
                    packet,
                    bytes,
                    time: frame.time,
                    number: facts.number,
                    into: &facts.segment
                )
                summary.describe(packet, bytes, facts)
            }
            lines.append("\(summary.proto) \(String(decoding: summary.info, as: UTF8.self))")
        }
        #expect(lines == row.lines)
    }
}
