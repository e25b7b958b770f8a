import Inputs
import Packets
import RoadblockCore
import TestSupport

/// Fields of packets as `-T fields` prints them.
enum FieldRows {
    /// One row for each frame, an empty text where it does not have the field; and what had to be left out.
    static func read(
        _ names: [String],
        _ frames: [[UInt8]],
        profile: WiresharkProfile = .v40
    ) throws -> (rows: [[String]], notices: [String]) {
        var capture = CaptureBytes()
        capture.fileHeader()
        for (index, frame) in frames.enumerated() {
            capture.packet(seconds: 1_700_000_000, fraction: UInt32(index * 10), frame)
        }
        let reader = try CaptureReader(name: "test", source: MemorySource(capture.bytes))
        let fields = try FieldCatalogue.fields(named: names)
        var dissection = PacketDissection(
            profile: profile,
            depth: fields.map(\.analysisDepth).max() ?? .none,
            applications: ApplicationFieldSet(fields.compactMap(\.application)),
            isTracking: fields.contains { $0.needsTracking }
        )
        var printer = FieldReader(profile: profile, zone: UTCZone())
        var rows: [[String]] = []
        while let frame = try reader.next() {
            try reader.withBytes(of: frame) { (bytes) throws(Failure) in
                func print(_ bytes: borrowing RawSpan) -> [String] {
                    fields.map { field in
                        var text: [UInt8] = []
                        _ = printer.append(
                            field,
                            .all,
                            aggregator: [UInt8(ascii: ",")],
                            dissection.packet,
                            bytes,
                            dissection.facts,
                            to: &text
                        )
                        return String(decoding: text, as: UTF8.self)
                    }
                }
                guard let joined = dissection.dissect(frame, bytes) else { return rows.append(print(bytes)) }
                rows.append(joined.withRawBytes { print($0) })
            }
        }
        return (rows, dissection.notices)
    }
}
