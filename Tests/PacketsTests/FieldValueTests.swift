import Foundation
import Packets
import RoadblockCore
import TestSupport
import Testing

/// What tshark 4.0 prints of one frame of the capture that `field_cases.py` writes, by field.
struct FieldRow: Decodable, Sendable {
    var frame: Int
    var values: [String: String]

    static let all = CaseCaptures.rows("filters/fields.jsonl", as: FieldRow.self)
}

struct FieldValueTests {
    /// Every field that some frame has and that we know; protocols print as prose in tshark.
    private static let fields: [Field] = Set(FieldRow.all.flatMap(\.values.keys)).sorted()
        .compactMap { FieldCatalogue.field($0) }

    @Test
    func `prints every option, message and tunnel header as tshark does`() throws {
        let reader = try CaseCaptures.fieldReader()
        var printer = FieldReader(profile: .v40, zone: UTCZone())
        let packet = Packet()
        let facts = PacketFacts(isTracking: true)
        var clock = CaptureClock()
        var analyzer = TCPAnalyzer(profile: .v40)
        #expect(Self.fields.count > 300)
        for row in FieldRow.all {
            guard let frame = try reader.next() else { throw CaptureEnded() }
            clock.advance(to: frame, facts)
            try reader.withBytes(of: frame) { (bytes) throws(Failure) in
                Decoder().decode(frame, bytes, into: packet)
                facts.take(packet, bytes)
                facts.hasSegment = analyzer.analyze(
                    packet,
                    bytes,
                    time: frame.time,
                    number: facts.number,
                    into: &facts.segment
                )
                for field in Self.fields {
                    var text: [UInt8] = []
                    let isThere = printer.append(
                        field,
                        .all,
                        aggregator: [UInt8(ascii: ",")],
                        packet,
                        bytes,
                        facts,
                        to: &text
                    )
                    let theirs = row.values[field.name]
                    let ours = isThere ? String(decoding: text, as: UTF8.self) : nil
                    if field.type == .protocol {
                        #expect((ours == nil) == (theirs == nil), "frame \(row.frame): \(field.name)")
                    } else {
                        #expect(ours == theirs, "frame \(row.frame): \(field.name)")
                    }
                }
            }
        }
        #expect(try reader.next() == nil)
    }

    private struct CaptureEnded: Error {}
}
