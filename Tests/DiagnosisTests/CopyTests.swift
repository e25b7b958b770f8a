import Inputs
import Diagnosis
import Foundation
import Packets
import RoadblockCore
import TestSupport
import Testing

/// What must hold for every capture, shown on all hand-made conversations.
struct CopyTests {
    private struct Record {
        var time: Int64
        var data: [UInt8]
        var original: Int
    }

    private static func records(_ name: String) throws -> [Record] {
        let reader = try CaseCaptures.reader(name)
        var records: [Record] = []
        while let frame = try reader.next() {
            try reader.withBytes(of: frame) { (bytes) throws(Failure) in
                records.append(
                    Record(
                        time: frame.time.nanoseconds,
                        data: (0..<frame.capturedLength).map { bytes.byte($0) },
                        original: frame.originalLength
                    )
                )
            }
        }
        return records
    }

    private static func verdicts(_ records: [Record]) throws -> [String] {
        var capture = CaptureBytes()
        capture.fileHeader(magic: 0xA1B2_3C4D)
        for record in records {
            capture.packet(
                seconds: UInt32(record.time / 1_000_000_000),
                fraction: UInt32(record.time % 1_000_000_000),
                record.data,
                original: record.original
            )
        }
        let path = try capture.write()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let open = { () throws(Failure) -> any ByteSource in try FileSource(path: path) }
        let report = try Diagnoser(includesOpen: true).diagnose(MergedCapture([("test", open)]))
        return report.diagnosis.findings.map { "\($0.judgement.verdict) \($0.judgement.detail) \($0.attempts)" }
            .sorted()
    }

    @Test(arguments: VerdictCase.all)
    func `capturing every packet twice changes no verdict`(_ row: VerdictCase) throws {
        let records = try Self.records(row.id)
        let doubled = records.flatMap { record in
            var copy = record
            copy.time += 8_000
            return [record, copy]
        }.sorted { $0.time < $1.time }
        #expect(try Self.verdicts(doubled) == Self.verdicts(records))
    }

    @Test(arguments: VerdictCase.all)
    func `another VLAN tag changes no verdict`(_ row: VerdictCase) throws {
        let records = try Self.records(row.id)
        let tagged = records.map { record in
            var tagged = record
            tagged.data = Array(record.data[..<12] + [0x81, 0x00, 0x00, 0x2A] + record.data[12...])
            tagged.original += 4
            return tagged
        }
        #expect(try Self.verdicts(tagged) == Self.verdicts(records))
    }
}
