import Foundation

/// Builds capture files byte by byte, for tests of what reads them.
package struct CaptureBytes {
    package var bytes: [UInt8] = []
    private let isLittleEndian: Bool

    package init(littleEndian: Bool = true) { isLittleEndian = littleEndian }

    package mutating func word(_ value: UInt32) {
        let ordered = isLittleEndian ? value.byteSwapped : value
        for shift in stride(from: 24, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: ordered >> UInt32(shift)))
        }
    }

    package mutating func half(_ value: UInt16) {
        let ordered = isLittleEndian ? value.byteSwapped : value
        bytes += [UInt8(truncatingIfNeeded: ordered >> 8), UInt8(truncatingIfNeeded: ordered)]
    }

    /// A pcap file header.
    package mutating func fileHeader(
        magic: UInt32 = 0xA1B2_C3D4,
        minor: UInt16 = 4,
        snap: UInt32 = 65_535,
        link: UInt32 = 1
    ) {
        word(magic)
        half(2)
        half(minor)
        word(0)
        word(0)
        word(snap)
        word(link)
    }

    /// A pcap packet.
    package mutating func packet(
        seconds: UInt32,
        fraction: UInt32,
        _ data: [UInt8],
        original: Int? = nil,
        extra: Int = 0
    ) {
        word(seconds)
        word(fraction)
        word(UInt32(data.count))
        word(UInt32(original ?? data.count))
        bytes += Array(repeating: 0, count: extra)
        bytes += data
    }

    /// A pcapng block; the body is padded to words.
    package mutating func block(_ type: UInt32, _ body: (inout CaptureBytes) -> Void) {
        var inner = CaptureBytes(littleEndian: isLittleEndian)
        body(&inner)
        while inner.bytes.count % 4 != 0 { inner.bytes.append(0) }
        word(type)
        word(UInt32(inner.bytes.count + 12))
        bytes += inner.bytes
        word(UInt32(inner.bytes.count + 12))
    }

    package mutating func sectionHeader() {
        block(0x0A0D_0D0A) { block in
            block.word(0x1A2B_3C4D)
            block.half(1)
            block.half(0)
            block.word(.max)
            block.word(.max)
        }
    }

    /// An interface; options as code and value.
    package mutating func interface(link: UInt16 = 1, snap: UInt32 = 0, options: [(UInt16, [UInt8])] = []) {
        block(1) { block in
            block.half(link)
            block.half(0)
            block.word(snap)
            for (code, value) in options {
                block.half(code)
                block.half(UInt16(value.count))
                block.bytes += value
                while block.bytes.count % 4 != 0 { block.bytes.append(0) }
            }
        }
    }

    /// An enhanced packet at a time in the interface's units.
    package mutating func enhancedPacket(
        interface: UInt32 = 0,
        time: UInt64,
        _ data: [UInt8],
        original: Int? = nil
    ) {
        block(6) { block in
            block.word(interface)
            block.word(UInt32(time >> 32))
            block.word(UInt32(truncatingIfNeeded: time))
            block.word(UInt32(data.count))
            block.word(UInt32(original ?? data.count))
            block.bytes += data
        }
    }

    /// Writes the bytes to a new temporary file.
    package func write() throws -> String {
        let url = FileManager.default.temporaryDirectory.appending(path: "roadblock-\(UUID().uuidString).bin")
        try Data(bytes).write(to: url)
        return url.path
    }
}
