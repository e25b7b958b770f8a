import Inputs
import Foundation
import Packets
import RoadblockCore
import TestSupport
import Testing

struct CaptureReaderTests {
    static let frame: [UInt8] = Array(0..<60)

    struct Read: Equatable {
        var times: [Int64] = []
        var lengths: [Int] = []
        var links: [UInt16] = []
        var skipped = 0
        var notes: [String] = []
    }

    static func read(_ capture: CaptureBytes) throws -> Read {
        let path = try capture.write()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let reader = try CaptureReader(name: "test", source: FileSource(path: path))
        var result = Read()
        while let frame = try reader.next() {
            result.times.append(frame.time.nanoseconds)
            result.lengths.append(frame.capturedLength)
            result.links.append(frame.linkType.rawValue)
        }
        result.skipped = reader.skippedCount
        result.notes = reader.notes
        return result
    }

    /// Magic, fraction of a packet, the nanoseconds that it means, extra bytes of the packet header.
    static let variants: [(magic: UInt32, fraction: UInt32, nanoseconds: Int64, extra: Int)] = [
        (0xA1B2_C3D4, 5, 5000, 0), (0xA1B2_3C4D, 5, 5, 0), (0xA1B2_CD34, 5, 5000, 8),
        (0xA1B2_C3D4, 1_500_000, 1_500_000_000, 0),
    ]

    @Test(arguments: variants, [true, false])
    func `reads every pcap variant in both byte orders`(
        _ variant: (magic: UInt32, fraction: UInt32, nanoseconds: Int64, extra: Int),
        _ littleEndian: Bool
    ) throws {
        var capture = CaptureBytes(littleEndian: littleEndian)
        capture.fileHeader(magic: variant.magic)
        for second in 7...9 {
            capture.packet(
                seconds: UInt32(second),
                fraction: variant.fraction,
                Self.frame,
                original: 1500,
                extra: variant.extra
            )
        }
        let result = try Self.read(capture)
        #expect(result.times == (7...9).map { $0 * 1_000_000_000 + variant.nanoseconds })
        #expect(result.lengths == [60, 60, 60])
        #expect(result.notes.isEmpty)
    }

    @Test
    func `swaps the two lengths of files older than version 2_3`() throws {
        var capture = CaptureBytes()
        capture.fileHeader(minor: 2)
        capture.word(1)
        capture.word(0)
        capture.word(1500)
        capture.word(60)
        capture.bytes += Self.frame
        #expect(try Self.read(capture).lengths == [60])
    }

    @Test
    func `delivers the frames before a cut and says where it is`() throws {
        var capture = CaptureBytes()
        capture.fileHeader()
        capture.packet(seconds: 1, fraction: 0, Self.frame)
        capture.packet(seconds: 2, fraction: 0, Self.frame)
        capture.bytes.removeLast(10)
        let result = try Self.read(capture)
        #expect(result.lengths == [60])
        #expect(result.notes == ["cut off in frame 2"])
        #expect(result.skipped == 1)
    }

    @Test
    func `stops at a length that no packet has`() throws {
        var capture = CaptureBytes()
        capture.fileHeader()
        capture.packet(seconds: 1, fraction: 0, Self.frame)
        capture.word(2)
        capture.word(0)
        capture.word(0xFFFF_FFF0)
        capture.word(60)
        let result = try Self.read(capture)
        #expect(result.lengths == [60])
        #expect(result.notes.count == 1)
    }

    @Test
    func `a header without packets is a valid empty capture`() throws {
        var capture = CaptureBytes()
        capture.fileHeader()
        #expect(try Self.read(capture) == Read())
    }

    /// Option 9, units a second, and option 14: the value and the time of a packet at one and a half seconds.
    static let resolutions: [(options: [(UInt16, [UInt8])], units: UInt64, nanoseconds: Int64)] = [
        ([], 1_500_000, 1_500_000_000), ([(9, [9])], 1_500_000_000, 1_500_000_000),
        ([(9, [0x8A])], 1536, 1_500_000_000),
        ([(9, [0])], 2, 2_000_000_000), ([(9, [3]), (14, [10, 0, 0, 0, 0, 0, 0, 0])], 1500, 11_500_000_000),
        ([(14, Array(repeating: 0xFF, count: 8))], 1_500_000, 500_000_000),
    ]

    @Test(arguments: resolutions)
    func `applies the resolution and offset of a pcapng interface`(
        _ row: (options: [(UInt16, [UInt8])], units: UInt64, nanoseconds: Int64)
    ) throws {
        var capture = CaptureBytes()
        capture.sectionHeader()
        capture.interface(options: row.options)
        capture.enhancedPacket(time: row.units, Self.frame)
        #expect(try Self.read(capture).times == [row.nanoseconds])
    }

    @Test
    func `starts interfaces and byte order anew in each pcapng section and skips unknown blocks`() throws {
        var capture = CaptureBytes(littleEndian: true)
        capture.sectionHeader()
        capture.interface(link: 101)
        capture.interface(link: 113)
        capture.block(0x0BAD) { $0.bytes += [1, 2, 3] }
        capture.enhancedPacket(interface: 1, time: 1, Self.frame)
        capture.enhancedPacket(interface: 7, time: 1, Self.frame)
        var second = CaptureBytes(littleEndian: false)
        second.sectionHeader()
        second.interface(link: 1)
        second.enhancedPacket(interface: 0, time: 2, Self.frame)
        second.block(3) { block in
            block.word(60)
            block.bytes += Self.frame
        }
        capture.bytes += second.bytes
        let result = try Self.read(capture)
        #expect(result.links == [113, 1, 1])
        #expect(result.times == [1000, 2000, 0])
        #expect(result.skipped == 1)
    }

    @Test
    func `keeps the frames before a pcapng block whose lengths differ`() throws {
        var capture = CaptureBytes()
        capture.sectionHeader()
        capture.interface()
        capture.enhancedPacket(time: 1, Self.frame)
        capture.enhancedPacket(time: 2, Self.frame)
        capture.bytes[capture.bytes.count - 1] ^= 0x40
        let result = try Self.read(capture)
        #expect(result.lengths == [60])
        #expect(result.notes == ["a block's two lengths differ"])
    }

    @Test(arguments: [(["gzip", "-c"], false), (["zstd", "-q", "-c"], false), (["gzip", "-c"], true)])
    func `unpacks compressed captures and keeps what a cut stream gives`(_ command: [String], _ isCut: Bool) throws {
        guard let packed = try Self.compress(Self.manyFrames(), command) else { return }
        var capture = CaptureBytes()
        capture.bytes = isCut ? Array(packed.prefix(packed.count * 2 / 3)) : packed
        let result = try Self.read(capture)
        #expect(isCut ? (1..<2000).contains(result.lengths.count) : result.lengths.count == 2000)
        #expect(result.notes.isEmpty != isCut)
    }

    /// Frames that do not compress to nothing.
    private static func manyFrames() -> [UInt8] {
        var capture = CaptureBytes()
        capture.fileHeader()
        var state: UInt64 = 1
        for second in 0..<2000 {
            let data = (0..<60).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            }
            capture.packet(seconds: UInt32(second), fraction: 0, data)
        }
        return capture.bytes
    }

    /// The output of a compressor; `nil` where it is not installed.
    private static func compress(_ bytes: [UInt8], _ command: [String]) throws -> [UInt8]? {
        var capture = CaptureBytes()
        capture.bytes = bytes
        let path = try capture.write()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command + [path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? Array(data) : nil
    }

    /// The first bytes of things that are no capture, and a word of the message.
    static let strangers: [(bytes: [UInt8], word: String)] = [
        ([], "empty"), ([0xA1], "cut off"), ([0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0], "JPEG"),
        (Array("12:00:00 IP a > b".utf8), "text"), (Array("snoop\0\0\0\0\0\0\u{2}".utf8), "snoop"),
        ([0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0], "cut off in the pcap file header"),
    ]

    @Test(arguments: strangers)
    func `says what a file is that is no capture`(_ row: (bytes: [UInt8], word: String)) throws {
        var capture = CaptureBytes()
        capture.bytes = row.bytes
        let failure = #expect(throws: Failure.self) { try Self.read(capture) }
        #expect(failure?.kind == .badInput)
        #expect(failure?.message.contains(row.word) ?? false, "\(failure?.message ?? "")")
    }
}
