import Inputs
import Diagnosis
import Foundation
import Packets
import RoadblockCore
import TestSupport
import Testing

/// A hand-made conversation and the detail that it was made to show.
struct VerdictCase: Decodable, Sendable, CustomTestStringConvertible {
    var id: String
    var verdict: String?

    var testDescription: String { id }

    static let all = CaseCaptures.rows("tcp-analysis-cases.jsonl", as: VerdictCase.self).filter { $0.verdict != nil }
}

/// A conversation, or several, with the verdicts of their findings, worst first; none for healthy ones.
struct VerdictRow: Decodable, Sendable, CustomTestStringConvertible {
    var id: String
    var why: String
    var verdicts: [String]

    var testDescription: String { "\(id): \(why)" }

    static let all = CaseCaptures.rows("verdict-cases.jsonl", as: VerdictRow.self)
}

struct CaseVerdictTests {
    /// The verdict of each detail, as the contract's table has it.
    static let verdicts: [String: String] = Dictionary(
        uniqueKeysWithValues: CaseCaptures.table("verdicts.csv").map { ($0["detail"] ?? "", $0["verdict"] ?? "") }
    )

    static func report(_ name: String) throws -> DiagnosisReport {
        let path = CaseCaptures.folder.appending(path: "\(name).pcap").path
        let open = { () throws(Failure) -> any ByteSource in try FileSource(path: path) }
        return try Diagnoser(includesOpen: true).diagnose(MergedCapture([(path, open)]))
    }

    @Test(arguments: VerdictCase.all)
    func `a conversation that was made to show a detail gets its verdict`(_ row: VerdictCase) throws {
        let detail = try #require(row.verdict)
        // Both ways it is open, one way it cannot be told; the cases have both ways.
        let wanted = detail == "midstream" ? "open" : try #require(Self.verdicts[detail])
        let findings = try Self.report(row.id).diagnosis.findings
        let verdicts = findings.map(\.judgement.verdict.rawValue)
        #expect(verdicts.first == wanted, "\(row.id): \(findings.map(\.judgement.detail.rawValue))")
    }

    @Test(arguments: CaseCaptures.table("verdicts.csv"))
    func `the catalogue's details belong to the contract's verdicts`(_ row: [String: String]) throws {
        let detail = try #require(Detail(rawValue: row["detail"] ?? ""))
        #expect(detail.verdict.rawValue == row["verdict"])
        #expect(detail.verdict.isBlocked == (row["blocked"] == "yes"))
    }

    @Test
    func `the catalogue has no detail that the contract lacks`() {
        #expect(Set(Detail.allCases.map(\.rawValue)) == Set(Self.verdicts.keys))
    }

    @Test(arguments: VerdictRow.all)
    func `healthy traffic gives no finding and each blocked service one`(_ row: VerdictRow) throws {
        let path = CaseCaptures.verdictFolder.appending(path: "\(row.id).pcap").path
        let open = { () throws(Failure) -> any ByteSource in try FileSource(path: path) }
        let findings = try Diagnoser().diagnose(MergedCapture([(path, open)])).diagnosis.findings
        #expect(findings.map(\.judgement.verdict.rawValue) == row.verdicts)
        for finding in findings {
            #expect(!finding.evidence.isEmpty && !finding.message.isEmpty && !finding.nextStep.isEmpty)
        }
    }
}
