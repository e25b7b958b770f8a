import Inputs
import Packets
import RoadblockCore
import TestSupport
import Testing

/// What tshark 4.0 prints of an Ethernet frame that the snap length cuts, by field (`Tools/cases/cut_cases.py --answers`).
struct CutRow: Decodable, Sendable, CustomTestStringConvertible {
    var bytes: String
    /// Bytes on the wire.
    var length: Int
    var values: [String: String]

    var testDescription: String { "\(bytes.utf8.count / 2) of \(length) bytes, \(values["frame.protocols"] ?? "")" }

    static let all = CaseCaptures.rows("filters/cut.jsonl", as: CutRow.self)
}

struct CutFieldTests {
    /// Names under which tshark shows fields of two kinds, and what needs more than headers.
    private static let excluded: Set<String> = ["vxlan.flags", "vxlan.flags_reserved", "frame.protocols"]

    /// Every field of some row that we know.
    private static let fields: [Field] = Set(CutRow.all.flatMap(\.values.keys)).subtracting(excluded).sorted()
        .compactMap { FieldCatalogue.field($0) }

    @Test(arguments: CutRow.all)
    func `shows the fields in front of the cut, and none behind it`(_ row: CutRow) throws {
        let bytes = stride(from: 0, to: row.bytes.utf8.count, by: 2).map { place in
            let start = row.bytes.index(row.bytes.startIndex, offsetBy: place)
            return UInt8(row.bytes[start..<row.bytes.index(start, offsetBy: 2)], radix: 16) ?? 0
        }
        var printer = FieldReader(profile: .v40, zone: UTCZone())
        let packet = Packet()
        let facts = PacketFacts(isTracking: true)
        var clock = CaptureClock()
        var analyzer = TCPAnalyzer(profile: .v40)
        var capture = CaptureBytes()
        capture.fileHeader()
        capture.packet(seconds: 1_600_000_000, fraction: 0, bytes, original: row.length)
        let reader = try CaptureReader(name: "test", source: MemorySource(capture.bytes))
        let frame = try #require(try reader.next())
        clock.advance(to: frame, facts)
        withRawBytes(bytes) { span in
            Decoder().decode(frame, span, into: packet)
            facts.take(packet, span)
            facts.hasSegment = analyzer.analyze(packet, span, time: frame.time, number: 1, into: &facts.segment)
            for field in Self.fields {
                var text: [UInt8] = []
                let isThere = printer.append(field, .all, aggregator: [44], packet, span, facts, to: &text)
                let ours = isThere ? String(decoding: text, as: UTF8.self) : nil
                let theirs = row.values[field.name]
                if field.type == .protocol {
                    #expect((ours == nil) == (theirs == nil), "\(field.name)")
                } else {
                    #expect(ours == theirs, "\(field.name)")
                }
            }
        }
    }

    @Test
    func `a checksum is wrong where nobody could have meant it`() {
        // 10.0.0.1 port 40000 to 10.0.0.2 port 443: a SYN of 20 bytes.
        var bytes: [UInt8] = [
            0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0x9C, 0x40, 1, 0xBB, 0, 0, 3, 0xE8, 0, 0,
            0, 0,
            0x50, 2, 3, 0xE8, 0, 0, 0, 0,
        ]
        func isWrong(_ checksum: Int, captured: Int = 40) -> Bool {
            bytes[36] = UInt8(checksum >> 8)
            bytes[37] = UInt8(checksum & 0xFF)
            let packet = Packet()
            var isWrong = false
            withRawBytes(Array(bytes.prefix(captured))) { span in
                Decoder().decode(span, linkType: .raw, originalLength: 40, into: packet)
                isWrong = packet.checksum(span) == .wrong
            }
            return isWrong
        }
        // Of the pseudo-header: addresses, protocol 6, length 20; then of all.
        let pseudo = 0x0A00 + 1 + 0x0A00 + 2 + 6 + 20
        let all = pseudo + 0x9C40 + 0x01BB + 0x03E8 + 0x5002 + 0x03E8
        let right = 0xFFFF - (all & 0xFFFF) - all >> 16
        #expect(!isWrong(right))
        #expect(isWrong(right ^ 0x0100))
        // Left to the network card: nothing, or the pseudo-header with or without the length.
        #expect(!isWrong(0) && !isWrong(pseudo) && !isWrong(pseudo - 20))
        #expect(!isWrong(right ^ 0x0100, captured: 38))
    }
}
