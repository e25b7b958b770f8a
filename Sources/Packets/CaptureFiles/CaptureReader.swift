package import Inputs
package import RoadblockCore

/// Reads a capture from front to back: pcap and pcapng, plain, gzip or zstd, found by content.
///
/// One buffer, no seeking: memory does not depend on the capture's length. A file that is cut or damaged gives the
/// frames before that place, and `notes` says what happened.
package final class CaptureReader {
    /// The name to print: a path, or `-`.
    package let name: String
    let buffer: StreamBuffer
    private(set) var container: Container
    private var frameOffset = 0
    private var pending = 0

    /// Frames given so far.
    package internal(set) var frameCount = 0
    /// True for a regular file that is not compressed: reading it again is cheap and gives the same.
    package let isPlainFile: Bool
    /// Records that could not be read.
    package private(set) var skippedCount = 0
    /// What is to be said about the file as a whole; complete after the last frame.
    package private(set) var notes: [String] = []
    /// Packets that the capturing system says it lost (pcapng Interface Statistics Block).
    package private(set) var droppedCount = 0

    /// The section that the newest frame is of, and its interfaces up to there; the last one at the end of the file.
    private var lastInterfaces: (section: Int, all: [CaptureInterface]) = (0, [])

    enum Container {
        case pcap(PcapFormat)
        case pcapng(PcapngState)
        case ended
    }

    /// Nothing larger is taken for a packet: a length field beyond it is damage.
    package static let packetLimit = 256 << 10

    /// Opens the decompressors and reads the file header.
    ///
    /// - Throws: `Failure` of kind `badInput` for an empty file or an unknown format.
    package init(name: String, source: any ByteSource) throws(Failure) {
        self.name = name
        (buffer, container) = try CaptureReader.open(name, source)
        isPlainFile = buffer.source === source && (source as? FileSource)?.isReopenable == true
    }

    private static func open(
        _ name: String,
        _ source: any ByteSource
    ) throws(Failure) -> (StreamBuffer, Container) {
        var buffer = StreamBuffer(source)
        for _ in 0..<4 {
            guard try buffer.require(4) else {
                let had = buffer.available
                throw Failure(
                    .badInput,
                    had == 0 && buffer.source.bytesConsumed == 0
                        ? "\(name) is empty" : "\(name) is cut off within its first bytes"
                )
            }
            let magic = buffer.big32(0)
            if magic >> 16 == 0x1F8B {
                buffer = StreamBuffer(GzipSource(buffer))
            } else if magic == 0x28B5_2FFD || magic & 0xF0FF_FFFF == 0x502A_4D18 {
                buffer = StreamBuffer(ZstdSource(buffer))
            } else if magic == PcapngState.sectionHeader {
                return (buffer, .pcapng(PcapngState()))
            } else if let byteOrder = PcapFormat(magic: magic) {
                return (buffer, .pcap(try byteOrder.reading(header: buffer, name)))
            } else {
                throw CaptureReader.unknownFormat(name, buffer.prefix(16))
            }
        }
        throw Failure(.badInput, "\(name) is compressed more than three times over")
    }

    /// True when the file's first bytes say that it is a capture; decompression included.
    package static func isCapture(_ source: any ByteSource) -> Bool {
        (try? open("", source)) != nil
    }

    /// True for the first four bytes of a capture, taken as a big-endian number.
    package static func isCapture(magic: UInt32) -> Bool {
        magic == PcapngState.sectionHeader || PcapFormat(magic: magic) != nil
    }

    private static func unknownFormat(_ name: String, _ start: [UInt8]) -> Failure {
        let known: [(prefix: [UInt8], what: String)] = [
            ([0xFF, 0xD8, 0xFF], "a JPEG picture"), ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"),
            ([0x25, 0x50, 0x44, 0x46], "a PDF document"), ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive"),
            (Array("snoop\0\0\0".utf8), "a snoop capture; convert it with `editcap -F pcapng`"),
            (Array("GMBU".utf8), "a Network Monitor capture; convert it with `editcap -F pcapng`"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz-compressed; unpack it first"),
            (Array("BZh".utf8), "bzip2-compressed; unpack it first"),
            ([0x04, 0x22, 0x4D, 0x18], "LZ4-compressed; unpack it first"),
            ([0x7F, 0x45, 0x4C, 0x46], "a program"),
        ]
        if let match = known.first(where: { start.starts(with: $0.prefix) }) {
            return Failure(.badInput, "\(name) is not a capture: it is \(match.what)")
        }
        let isText = start.allSatisfy { (32...126).contains($0) || [9, 10, 13].contains($0) }
        return Failure(
            .badInput,
            "\(name) is not a capture: expected pcap or pcapng, found \(isText ? "text" : "unknown bytes")",
            suggestion: isText ? "tcpdump writes a capture with `-w FILE`" : nil
        )
    }

    /// The next frame; `nil` at the end.
    ///
    /// - Throws: `Failure` of kind `readOrWrite`; `badInput` when the file held no readable frame and was damaged.
    @inline(__always)
    package func next() throws(Failure) -> Frame? {
        finishFrame()
        switch container {
        case .pcap(let format): return try nextPcap(format)
        case .pcapng(var state):
            container = .ended
            while let step = try state.next(buffer) {
                switch step {
                case .frame(var frame, let offset, let blockLength):
                    frameCount += 1
                    frame.number = frameCount
                    frameOffset = offset
                    pending = blockLength
                    container = .pcapng(state)
                    return frame
                case .skipped: skippedCount += 1
                case .dropped(let count): droppedCount += count
                case .damaged(let what):
                    lastInterfaces = (state.section, state.interfaces)
                    try end(damage: what)
                    return nil
                }
            }
            lastInterfaces = (state.section, state.interfaces)
            try end(damage: nil)
            return nil
        case .ended: return nil
        }
    }

    /// Leaves the frame that `next` returned last.
    @inline(__always)
    func finishFrame() {
        guard pending > 0 else { return }
        buffer.consume(pending)
        pending = 0
    }

    /// Gives the bytes of the frame that `next` returned last.
    @inline(__always)
    package func withBytes<Result>(
        of frame: Frame,
        _ body: (borrowing RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try buffer.withBytes(frameOffset, frame.capturedLength, body)
    }

    /// What the file says of the frame that `next` returned last beside its bytes.
    package func record(of frame: Frame) -> FrameRecord? {
        switch container {
        case .pcap(let format): format.record(buffer)
        case .pcapng(let state): state.record(of: frame, offset: frameOffset, blockLength: pending, buffer)
        case .ended: nil
        }
    }

    /// The interfaces that the file has named so far, and the ordinal of the section that they are of.
    var interfaces: (section: Int, all: [CaptureInterface]) {
        switch container {
        case .pcap(let format): (0, [format.interface])
        case .pcapng(let state): (state.section, state.interfaces)
        case .ended: lastInterfaces
        }
    }

    /// The same without the interfaces themselves: only how many there are.
    var interfaceCount: (section: Int, count: Int) {
        switch container {
        case .pcap: (0, 1)
        case .pcapng(let state): (state.section, state.interfaces.count)
        case .ended: (lastInterfaces.section, lastInterfaces.all.count)
        }
    }

    @inline(__always)
    private func nextPcap(_ format: PcapFormat) throws(Failure) -> Frame? {
        let headerLength = format.packetHeaderLength
        guard try buffer.require(headerLength) else {
            let rest = buffer.available
            try end(damage: rest == 0 ? nil : "cut off in the header of frame \(frameCount + 1)")
            return nil
        }
        let lengths = format.lengths(buffer)
        guard lengths.captured <= format.packetLimit else {
            try end(damage: "frame \(frameCount + 1) claims \(lengths.captured) bytes: damaged from there on")
            return nil
        }
        guard try buffer.require(headerLength &+ lengths.captured) else {
            try end(damage: "cut off in frame \(frameCount + 1)")
            return nil
        }
        frameCount &+= 1
        frameOffset = headerLength
        pending = headerLength &+ lengths.captured
        return Frame(
            number: frameCount,
            time: format.time(buffer),
            capturedLength: lengths.captured,
            originalLength: max(lengths.captured, lengths.original),
            linkType: format.linkType,
            interface: 0,
            checkSequenceLength: format.checkSequenceLength,
            hasNanoseconds: format.isNanoseconds
        )
    }

    private func end(damage: String?) throws(Failure) {
        if case .pcap(let format) = container { lastInterfaces = (0, [format.interface]) }
        container = .ended
        if let damage {
            skippedCount += 1
            notes.append(damage)
        }
        if let note = buffer.source.endNote { notes.append(note) }
        if droppedCount > 0 { notes.append("the capturing system lost \(droppedCount) packets") }
        if frameCount == 0, let reason = damage ?? buffer.source.endNote {
            throw Failure(.badInput, "\(name) holds no readable frame: \(reason)")
        }
    }

    /// Bytes taken from the file so far, before decompression.
    package var bytesConsumed: Int { buffer.source.bytesConsumed }
}
