import Inputs
import Packets
import RoadblockCore
import TestSupport
import Testing

/// What tshark 4.0 prints of a frame of the captures that `Tools/cases/rare_cases.py` writes, by field; of a protocol, how
/// often it is there.
struct RareRow: Decodable, Sendable {
    var capture: String
    var frame: Int
    var values: [String: String]

    static let all = CaseCaptures.rows("filters/rare.jsonl", as: RareRow.self)
}

struct RareFieldTests {
    private static let fields: [Field] = Set(RareRow.all.flatMap(\.values.keys)).sorted()
        .compactMap { FieldCatalogue.field($0) }

    @Test(arguments: Set(RareRow.all.map(\.capture)).sorted())
    func `says of headers that cannot be what tshark says`(_ capture: String) throws {
        let rows = RareRow.all.filter { $0.capture == capture }
        let reader = try CaseCaptures.rareReader(capture)
        var printer = FieldReader(profile: .v40, zone: UTCZone())
        var dissection = PacketDissection(
            profile: .v40,
            depth: .flight,
            applications: ApplicationFieldSet(Self.fields.compactMap(\.application)),
            isTracking: true
        )
        for row in rows {
            let frame = try #require(try reader.next())
            dissection.facts.record = reader.record(of: frame)
            try reader.withBytes(of: frame) { (bytes) throws(Failure) in
                _ = dissection.dissect(frame, bytes)
                for field in Self.fields {
                    let ours = Self.text(field, &printer, dissection.packet, bytes, dissection.facts)
                    #expect(ours == row.values[field.name], "\(capture), frame \(row.frame): \(field.name)")
                }
            }
        }
        #expect(try reader.next() == nil)
    }

    private static func text(
        _ field: Field,
        _ printer: inout FieldReader,
        _ packet: Packet,
        _ bytes: borrowing RawSpan,
        _ facts: PacketFacts
    ) -> String? {
        var text: [UInt8] = []
        let isThere = printer.append(
            field,
            .all,
            aggregator: [UInt8(ascii: "|")],
            packet,
            bytes,
            facts,
            to: &text
        )
        guard isThere, !text.isEmpty else { return nil }
        let printed = String(decoding: text, as: UTF8.self)
        return field.type == .protocol ? String(printed.split(separator: "|").count) : printed
    }
}
