import Inputs
import Diagnosis
import Foundation
import Names
import Packets
import RoadblockCore
import TestSupport
import Testing

/// Who addresses belong to, in the findings.
struct OwnerTests {
    /// The diagnosis of unanswered SYNs to some addresses.
    static func report(_ targets: [UInt32], copies: UInt32 = 4, owners text: String?) throws -> DiagnosisReport {
        var capture = CaptureBytes()
        capture.fileHeader()
        for second in 1...copies {
            for (index, target) in targets.enumerated() {
                let syn = ScanTests.segment(
                    from: 0x0A00_0105,
                    40_000 + UInt16(index),
                    to: target,
                    443,
                    flags: 2,
                    identification: UInt16(second)
                )
                capture.packet(seconds: second, fraction: 0, syn)
            }
        }
        capture.packet(seconds: 60, fraction: 0, [0])
        let path = try capture.write()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let open = { () throws(Failure) -> any ByteSource in try FileSource(path: path) }
        var owners: OwnerTable?
        if let text {
            var builder = OwnerTable.Builder()
            try builder.add(Array(text.utf8), name: "owners.csv")
            owners = builder.table()
        }
        return try Diagnoser(owners: owners).diagnose(MergedCapture([("test", open)]))
    }

    static let rows: [(target: UInt32, owners: String?, name: String?, text: String)] = [
        (0xCB00_7109, "203.0.113.0/24,Example Scanner Ltd", "Example Scanner Ltd", "203.0.113.9 (Example Scanner Ltd)"),
        (0xCB00_7109, nil, nil, "203.0.113.9"),
        (0x0A00_0209, "203.0.113.0/24,Example Scanner Ltd", nil, "10.0.2.9"),
        (0xA9FE_A9FE, nil, nil, "169.254.169.254 (EC2 instance metadata)"),
        (0xA9FE_A9FE, "169.254.0.0/16,Mine", "Mine", "169.254.169.254 (Mine)"),
        (
            0xCB00_7109, "203.0.113.9,A company whose name is longer than a column should be",
            "A company whose name is longer than a column should be",
            "203.0.113.9 (A company whose name is longer than a c…)"
        ),
    ]

    @Test(arguments: rows)
    func `names the owner where no host name is known`(
        _ row: (target: UInt32, owners: String?, name: String?, text: String)
    ) throws {
        let report = try Self.report([row.target], owners: row.owners)
        let finding = try #require(report.json["findings"]?.items?.first)
        #expect(finding["destination"]?["name"] == .optional(row.name))
        #expect(finding["source"]?["name"] == .null)
        #expect(finding["message"]?.text?.contains(" to \(row.text), TCP port 443") == true)
        #expect(report.terminal(.utc, colored: false).contains("  \(row.text)  tcp/443"))
        #expect(report.table.rows.first?[10] == row.name ?? "")
    }

    @Test func `a host name of the capture stands before the owner`() throws {
        let path = CaseCaptures.root.appending(path: "samples/captures/client.pcap").path
        let open = { () throws(Failure) -> any ByteSource in try FileSource(path: path) }
        var builder = OwnerTable.Builder()
        try builder.add(Array("0.0.0.0/0,Somebody".utf8), name: "owners.csv")
        let report = try Diagnoser(owners: builder.table()).diagnose(MergedCapture([("test", open)]))
        let findings = try #require(report.json["findings"]?.items)
        let names = findings.compactMap { $0["destination"]?["name"]?.text }
        #expect(names.contains("db-1.internal.example") && names.contains("Somebody"))
        #expect(report.terminal(.utc, colored: false).contains("db-1.internal.example (10.0.2.9)"))
    }

    @Test func `a scan's source has its owner, and its many targets have none`() throws {
        let report = try Self.report(
            Array(0xCB00_7101...0xCB00_7140),
            copies: 1,
            owners: "10.0.1.5,Monitor\n203.0.113.0/24,Outside"
        )
        let finding = try #require(report.json["findings"]?.items?.first)
        #expect(finding["verdict"]?.text == "scan")
        #expect(finding["source"]?["name"]?.text == "Monitor")
        #expect(finding["destination"]?["name"] == .null)
    }
}
