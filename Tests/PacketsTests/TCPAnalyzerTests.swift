import Foundation
import Packets
import RoadblockCore
import TestSupport
import Testing

/// What tshark says of every packet of the hand-made conversations.
struct AnalysisCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Packet: Decodable, Sendable {
        var n: Int
        var flags: [String]?
        var stream: Int?
        var seq: UInt32?
        var nxtseq: UInt32?
        var ack: UInt32?
        var window: Int?
        var complete: UInt8?
        var acks_frame: Int?
        var ack_rtt: String?
        var rto_frame: Int?
        var irtt: String?
        var bif: Int?
        var pushed: Int?
        var dup_num: Int?
        var dup_frame: Int?
        var t_rel: String?
        var t_delta: String?
    }
    struct Difference: Decodable, Sendable {
        var flags: [String]?
        var stream: Int?
    }
    var id: String
    var expect: [Packet]
    var other_versions: [String: [String: Difference]]

    var testDescription: String { id }
    static let all = CaseCaptures.rows("tcp-analysis-cases.jsonl", as: AnalysisCase.self)
}

struct TCPAnalyzerTests {
    static let names: [(AnalysisFlags, String)] = [
        (.retransmission, "retransmission"), (.fastRetransmission, "fast_retransmission"),
        (.spuriousRetransmission, "spurious_retransmission"), (.outOfOrder, "out_of_order"),
        (.lostSegment, "lost_segment"), (.ackLostSegment, "ack_lost_segment"), (.keepAlive, "keep_alive"),
        (.keepAliveACK, "keep_alive_ack"), (.duplicateACK, "duplicate_ack"), (.zeroWindow, "zero_window"),
        (.zeroWindowProbe, "zero_window_probe"), (.zeroWindowProbeACK, "zero_window_probe_ack"),
        (.windowUpdate, "window_update"), (.windowFull, "window_full"), (.reusedPorts, "reused_ports"),
        (.fastOpenSYN, "tfo_syn"), (.fastOpenACK, "tfo_ack"),
        (.fastOpenIgnored, "tfo_ignored"), (.partialACK, "partial_ack"),
    ]

    static func analyses(_ name: String, _ profile: WiresharkProfile) throws -> [SegmentAnalysis?] {
        let reader = try CaseCaptures.reader(name)
        var analyzer = TCPAnalyzer(profile: profile)
        let packet = Packet()
        var results: [SegmentAnalysis?] = []
        while let frame = try reader.next() {
            try reader.withBytes(of: frame) { (bytes) throws(Failure) in
                Decoder().decode(frame, bytes, into: packet)
                var segment = SegmentAnalysis()
                let isAnalyzed = analyzer.analyze(
                    packet,
                    bytes,
                    time: frame.time,
                    number: frame.number,
                    into: &segment
                )
                results.append(isAnalyzed ? segment : nil)
            }
        }
        return results
    }

    @Test(arguments: AnalysisCase.all)
    func `labels every segment as tshark 4.0 does`(_ row: AnalysisCase) throws {
        let results = try Self.analyses(row.id, .v40)
        #expect(results.count == row.expect.count)
        for expected in row.expect {
            let result = results[expected.n - 1]
            let place = "packet \(expected.n)"
            let hidden = result?.isHidden ?? false
            let flags = hidden ? [] : Self.names.filter { result?.flags.contains($0.0) ?? false }.map(\.1)
            #expect(Set(flags) == Set(expected.flags ?? []), "\(place)")
            #expect(result?.stream == expected.stream, "stream of \(place)")
            guard let result, !hidden, expected.seq != nil else { continue }
            #expect(result.sequence == expected.seq, "seq of \(place)")
            #expect(result.nextSequence == expected.nxtseq ?? result.nextSequence, "nxtseq of \(place)")
            #expect(result.acknowledgment == expected.ack ?? result.acknowledgment, "ack of \(place)")
            #expect(result.windowSize == expected.window ?? result.windowSize, "window of \(place)")
            #expect(result.completeness == expected.complete ?? result.completeness, "completeness of \(place)")
            #expect(result.acksFrame == expected.acks_frame ?? 0, "acks_frame of \(place)")
            #expect(result.rtoFrame == expected.rto_frame ?? 0, "rto_frame of \(place)")
            #expect(result.bytesInFlight == expected.bif ?? 0, "bytes in flight of \(place)")
            #expect(result.pushBytesSent == expected.pushed ?? 0, "push bytes of \(place)")
            #expect(result.duplicateACKNumber == expected.dup_num ?? 0, "duplicate number of \(place)")
            #expect(result.duplicateACKFrame == expected.dup_frame ?? 0, "duplicate frame of \(place)")
        }
    }

    @Test(arguments: AnalysisCase.all, [("4.2.2", WiresharkProfile.v42), ("4.4.7", .v44), ("4.6.4", .v46)])
    func `gives the flags and streams of newer versions`(
        _ row: AnalysisCase,
        _ version: (name: String, profile: WiresharkProfile)
    ) throws {
        let results = try Self.analyses(row.id, version.profile)
        let differences = row.other_versions[version.name] ?? [:]
        for expected in row.expect {
            let result = results[expected.n - 1]
            let other = differences[String(expected.n)]
            let hidden = result?.isHidden ?? false
            let flags = hidden ? [] : Self.names.filter { result?.flags.contains($0.0) ?? false }.map(\.1)
            let wanted = Set(other?.flags ?? expected.flags ?? []).subtracting(["ambiguous_ack"])
            #expect(Set(flags) == wanted, "packet \(expected.n)")
            #expect(result?.stream == other?.stream ?? expected.stream, "stream of packet \(expected.n)")
        }
    }
}
