import Inputs
import Diagnosis
import Foundation
import Packets
import RoadblockCore
import TestSupport
import Testing

/// Sweeps, and what only looks like one.
struct ScanTests {
    /// A SYN or an answer to it in an Ethernet frame, as bytes.
    static func segment(
        from source: UInt32,
        _ sourcePort: UInt16,
        to destination: UInt32,
        _ destinationPort: UInt16,
        flags: UInt8,
        acknowledgment: UInt32 = 0,
        identification: UInt16
    ) -> [UInt8] {
        var capture = CaptureBytes(littleEndian: false)
        capture.bytes = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0]
        capture.half(40)
        capture.half(identification)
        capture.bytes += [0x40, 0, 64, 6, 0, 0]
        capture.word(source)
        capture.word(destination)
        capture.half(sourcePort)
        capture.half(destinationPort)
        capture.word(1000)
        capture.word(acknowledgment)
        capture.bytes += [0x50, flags, 0xFA, 0xF0, 0, 0, 0, 0]
        return capture.bytes
    }

    static func findings(_ capture: CaptureBytes) throws -> [Finding] {
        let path = try capture.write()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let open = { () throws(Failure) -> any ByteSource in try FileSource(path: path) }
        return try Diagnoser().diagnose(MergedCapture([("test", open)])).diagnosis.findings
    }

    /// SYNs of one source to many places, each sent so often, refused or not.
    static func sweep(ports: Range<UInt16>, hosts: Range<UInt32>, copies: Int, refused: Bool, source: UInt32) throws
        -> [Finding]
    {
        var capture = CaptureBytes()
        capture.fileHeader()
        var identification: UInt16 = 1
        for copy in 0..<copies {
            for host in hosts {
                for port in ports {
                    identification += 1
                    let sourcePort = 40_000 + port + UInt16(truncatingIfNeeded: host & 0xFF)
                    let seconds = UInt32(10 + (1 << copy))
                    let syn = segment(
                        from: source,
                        sourcePort,
                        to: host,
                        port,
                        flags: 2,
                        identification: identification
                    )
                    capture.packet(seconds: seconds, fraction: UInt32(identification), syn)
                    guard refused else { continue }
                    let reset = segment(
                        from: host,
                        port,
                        to: source,
                        sourcePort,
                        flags: 0x14,
                        acknowledgment: 1001,
                        identification: 0
                    )
                    capture.packet(seconds: seconds, fraction: UInt32(identification), reset)
                }
            }
        }
        capture.packet(seconds: 60, fraction: 0, Array(repeating: 0, count: 60))
        return try findings(capture)
    }

    static let inside: UInt32 = 0x0A00_0001
    static let outside: UInt32 = 0xCB00_7105

    @Test(arguments: [true, false], [inside, outside])
    func `fifteen ports of one host are a scan, one finding`(_ refused: Bool, _ source: UInt32) throws {
        let findings = try Self.sweep(
            ports: 20..<35,
            hosts: 0x0A00_0102..<0x0A00_0103,
            copies: 1,
            refused: refused,
            source: source
        )
        let scan = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(scan.judgement.verdict == .scan)
        #expect(scan.targetPorts == 15 && scan.targetHosts == 1)
        #expect(scan.destination.address != nil && scan.destination.port == nil)
        #expect(scan.isNoise == (source == Self.outside))
    }

    @Test
    func `fifteen hosts on one port are a scan`() throws {
        let findings = try Self.sweep(
            ports: 8088..<8089,
            hosts: 0x0A00_0102..<0x0A00_0111,
            copies: 1,
            refused: false,
            source: Self.outside
        )
        #expect(findings.map(\.judgement.verdict) == [.scan])
        #expect(findings.first?.targetHosts == 15)
        #expect(findings.first?.destination.port == 8088)
    }

    @Test
    func `fourteen ports are no scan`() throws {
        let findings = try Self.sweep(
            ports: 20..<34,
            hosts: 0x0A00_0102..<0x0A00_0103,
            copies: 1,
            refused: true,
            source: Self.inside
        )
        #expect(findings.count == 14)
        #expect(findings.allSatisfy { $0.judgement.verdict == .refused })
    }

    @Test
    func `an application that waits through its retries is no scan`() throws {
        let findings = try Self.sweep(
            ports: 20..<40,
            hosts: 0x0A00_0102..<0x0A00_0103,
            copies: 4,
            refused: false,
            source: Self.inside
        )
        #expect(findings.count == 20)
        #expect(findings.allSatisfy { $0.judgement.verdict == .dropped })
    }

    @Test
    func `four attempts for a port from outside are noise, five are not`() throws {
        for copies in 4...5 {
            let findings = try Self.sweep(
                ports: 443..<444,
                hosts: 0x0A00_0102..<0x0A00_0103,
                copies: copies,
                refused: true,
                source: Self.outside
            )
            #expect(findings.map(\.isNoise) == [copies == 4])
        }
    }
}
