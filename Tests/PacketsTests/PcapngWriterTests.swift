import Inputs
import Packets
import RoadblockCore
import TestSupport
import Testing

struct PcapngWriterTests {
    /// What a capture holds, as far as a copy keeps it.
    struct Content: Equatable {
        var times: [Int64] = []
        var lengths: [Int] = []
        var links: [UInt16] = []
        var checkSequences: [Int] = []
        var haveNanoseconds: [Bool] = []
        var bytes: [[UInt8]] = []
        var names: [String] = []
        var comments: [[String]] = []
        var remarks: [String] = []
    }

    static func open(_ files: [[UInt8]]) throws -> MergedCapture {
        try MergedCapture(
            files.enumerated().map { index, bytes in
                ("capture\(index)", { () throws(Failure) -> any ByteSource in MemorySource(bytes) })
            }
        )
    }

    static func read(_ files: [UInt8]...) throws -> Content {
        let capture = try open(files)
        var content = Content()
        while let (frame, input) = try capture.next() {
            content.times.append(frame.time.nanoseconds)
            content.lengths.append(frame.originalLength)
            content.links.append(frame.linkType.rawValue)
            content.checkSequences.append(frame.checkSequenceLength)
            content.haveNanoseconds.append(frame.hasNanoseconds)
            try capture.withBytes(of: frame, input: input) { (bytes) throws(Failure) in
                content.bytes.append((0..<bytes.byteCount).map { bytes.byte($0) })
            }
            let record = capture.record(of: frame, input: input)
            content.names.append(record.map { String(decoding: $0.interfaceName, as: UTF8.self) } ?? "unknown")
            content.comments.append((record?.comments ?? []).map { String(decoding: $0, as: UTF8.self) })
            content.remarks.append(
                record.map {
                    "\($0.flags as Any) \($0.drops as Any) \($0.packetID as Any) \($0.queue as Any) \($0.verdicts)"
                }
                    ?? "nil nil nil nil []"
            )
        }
        return content
    }

    /// Copies the frames that are chosen.
    static func copy(_ files: [UInt8]..., choose: (Frame) -> Bool = { _ in true }) throws -> [UInt8] {
        let capture = try open(files)
        var writer = PcapngWriter(inputCount: files.count)
        var text: [UInt8] = []
        writer.appendHeader(application: "test", to: &text)
        while let (frame, input) = try capture.next() {
            guard choose(frame) else { continue }
            try writer.append(frame, input: input, of: capture, to: &text)
        }
        for input in files.indices { writer.appendInterfaces(input, of: capture, to: &text) }
        return text
    }

    static func pcap(_ magic: UInt32, snap: UInt32 = 65_535, link: UInt32 = 1, littleEndian: Bool = true) -> [UInt8] {
        var file = CaptureBytes(littleEndian: littleEndian)
        file.fileHeader(magic: magic, snap: snap, link: link)
        for second in UInt32(1)...5 {
            file.packet(
                seconds: second << 29,
                fraction: 7 * second,
                Array(repeating: UInt8(second), count: Int(second) * 13),
                original: 9000
            )
        }
        file.packet(seconds: .max, fraction: 1, [])
        return file.bytes
    }

    @Test(arguments: [0xA1B2_C3D4, 0xA1B2_3C4D] as [UInt32], [true, false])
    func `a copy of pcap has its frames, times and lengths`(_ magic: UInt32, _ littleEndian: Bool) throws {
        // An Ethernet frame check sequence of four octets, and a snap length that nothing can have.
        let file = Self.pcap(magic, snap: .max, link: 0x2400_0001, littleEndian: littleEndian)
        let copy = try Self.copy(file)
        let content = try Self.read(file)
        #expect(content.times.count == 6 && content.checkSequences[0] == 4)
        #expect(try Self.read(copy) == content)
        #expect(try Self.copy(copy) == copy)
    }

    static func pcapng(littleEndian: Bool) -> [UInt8] {
        func long(_ value: Int64) -> [UInt8] {
            let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> Int64(8 * $0)) }
            return littleEndian ? bytes : bytes.reversed()
        }
        func text(_ text: String) -> [UInt8] { Array(text.utf8) }
        var file = CaptureBytes(littleEndian: littleEndian)
        for section in 0..<2 {
            file.sectionHeader()
            file.interface(link: section == 0 ? 101 : 1, options: [(2, text("eth\(section)")), (9, [9])])
            file.interface(link: 113, snap: 96, options: [(3, text("the other")), (11, [0] + text("tcp"))])
            file.enhancedPacket(interface: 1, time: 1_700_000_000_000_001, Array(1...33))
            file.enhancedPacket(interface: 0, time: 1_700_000_000_000_000_001, [])
            file.interface(options: [(14, long(-86_400)), (9, [3]), (13, [4])])
            file.enhancedPacket(interface: 2, time: 1_700_000_000_001, Array(1...60))
            // A time before 1970, one in parts of 1024, and one without a time.
            file.enhancedPacket(interface: 2, time: 5, Array(1...61))
            file.interface(options: [(9, [0x8A])])
            file.enhancedPacket(interface: 3, time: 1_700_000_000 << 10 | 3, Array(1...62))
            file.block(3) { block in
                block.word(70)
                block.bytes += Array(0..<40)
            }
            file.block(6) { block in
                for number in [0, 0x17, 0x9999, 5, 1500] as [UInt32] { block.word(number) }
                block.bytes += [1, 2, 3, 4, 5, 0, 0, 0]
                for (code, value) in [
                    (1, text("Grüße")), (1, text("again")),
                    (2, Array(long(0x0102_0304).prefix(littleEndian ? 4 : 8).suffix(4))),
                    (4, long(7)), (5, long(-2)), (7, [1] + long(9)), (7, [0, 1, 2, 3]), (0, []),
                ] as [(UInt16, [UInt8])] {
                    block.half(code)
                    block.half(UInt16(value.count))
                    block.bytes += value
                    while block.bytes.count % 4 != 0 { block.bytes.append(0) }
                }
            }
        }
        return file.bytes
    }

    @Test(arguments: [true, false])
    func `a copy of pcapng has what was said of packets and interfaces`(_ littleEndian: Bool) throws {
        let file = Self.pcapng(littleEndian: littleEndian)
        let copy = try Self.copy(file)
        let content = try Self.read(file)
        #expect(content.times.count == 14)
        #expect(content.times[3] < 0 && content.comments[6] == ["Grüße", "again"])
        var copied = try Self.read(copy)
        // Parts of 1024 are written as nanoseconds.
        #expect(copied.haveNanoseconds[4])
        copied.haveNanoseconds = content.haveNanoseconds
        #expect(copied == content)
        #expect(try Self.copy(copy) == copy)
    }

    @Test func `only what is chosen is written, and every interface`() throws {
        let file = Self.pcapng(littleEndian: true)
        let all = try Self.read(file)
        let some = try Self.read(try Self.copy(file) { $0.number % 3 == 0 })
        #expect(some.times == stride(from: 2, to: 14, by: 3).map { all.times[$0] })
        #expect(some.bytes == stride(from: 2, to: 14, by: 3).map { all.bytes[$0] })
        let none = try Self.copy(Self.pcap(0xA1B2_C3D4)) { _ in false }
        #expect(try Self.read(none) == Content())
        // A section header with the program's name, and one interface with its resolution.
        #expect(none.count == 28 + 8 + 4 + 20 + 8 + 4)
    }

    @Test func `inputs keep their interfaces apart`() throws {
        let (first, second) = (Self.pcap(0xA1B2_C3D4, link: 1), Self.pcap(0xA1B2_3C4D, link: 101))
        let both = try Self.read(first, second)
        #expect(both.times.count == 12 && Set(both.links) == [1, 101])
        #expect(try Self.read(try Self.copy(first, second)) == both)
    }

    @Test func `interfaces without number and with endless texts take bounded memory`() throws {
        var file = CaptureBytes()
        file.sectionHeader()
        let text = [UInt8](repeating: 120, count: 4096)
        for _ in 0..<600 {
            file.interface(options: [(1, text), (2, text), (3, text), (11, text), (12, text), (15, text)])
        }
        file.enhancedPacket(interface: 599, time: 1, [1])
        let copy = try Self.copy(file.bytes)
        #expect(copy.count < 6 << 20)
        let content = try Self.read(copy)
        #expect(content.bytes == [[1]] && content.names == ["unknown"])
    }
}
