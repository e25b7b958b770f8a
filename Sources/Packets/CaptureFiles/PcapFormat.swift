import Inputs
import RoadblockCore

/// How a pcap file is written: byte order, unit of the time's fraction, header variants (IETF draft "PCAP Capture File
/// Format", and the variants found in the wild).
struct PcapFormat: Sendable {
    private var isLittleEndian: Bool
    private(set) var isNanoseconds: Bool
    private var fileHeaderLength: Int
    private(set) var packetHeaderLength: Int
    private var hasSwappedLengths = false
    private(set) var linkType = LinkType.null
    private(set) var checkSequenceLength = 0
    private(set) var snapLength: UInt32 = 0
    private(set) var packetLimit = CaptureReader.packetLimit

    /// The variant that a magic number stands for, read as big-endian; `nil` for another file.
    init?(magic: UInt32) {
        let variants: [(magic: UInt32, nanoseconds: Bool, file: Int, packet: Int)] = [
            (0xA1B2_C3D4, false, 24, 16), (0xA1B2_3C4D, true, 24, 16),
            // Kuznetzov's patched libpcap: interface, protocol and packet type behind each packet header.
            (0xA1B2_CD34, false, 24, 24), (0xA1B2_34CD, false, 24, 24), (0xA12B_3C4D, true, 24, 16),
            // IXIA lcap: hardware and software; the file header ends with the length of all records.
            (0x1C00_01AC, true, 28, 16), (0x1C00_01AB, true, 28, 16),
        ]
        guard let variant = variants.first(where: { $0.magic == magic || $0.magic.byteSwapped == magic }) else {
            return nil
        }
        isLittleEndian = variant.magic != magic
        isNanoseconds = variant.nanoseconds
        fileHeaderLength = variant.file
        packetHeaderLength = variant.packet
    }

    /// Reads and consumes the file header.
    ///
    /// - Throws: `Failure` of kind `badInput` when the file ends within it.
    func reading(header buffer: StreamBuffer, _ name: String) throws(Failure) -> PcapFormat {
        guard try buffer.require(fileHeaderLength) else {
            throw Failure(.badInput, "\(name) is cut off in the pcap file header")
        }
        var format = self
        let version = word(buffer, 4)
        let (major, minor) = isLittleEndian ? (version & 0xFFFF, version >> 16) : (version >> 16, version & 0xFFFF)
        format.hasSwappedLengths = major < 2 || (major == 2 && minor < 3)
        format.snapLength = word(buffer, 16)
        let snapLength = Int(format.snapLength)
        // A snap length above the usual maximum is believed up to 16 MiB.
        if snapLength > CaptureReader.packetLimit, snapLength <= 16 << 20 { format.packetLimit = snapLength }
        let link = word(buffer, 20)
        format.linkType = LinkType(rawValue: UInt16(truncatingIfNeeded: link))
        format.checkSequenceLength = link & 1 << 26 != 0 ? Int(link >> 28) * 2 : 0
        buffer.consume(fileHeaderLength)
        return format
    }

    /// True for packet headers that only have times and lengths, in the usual order, least significant byte first.
    var isPlain: Bool { isLittleEndian && !hasSwappedLengths && packetHeaderLength == 16 }

    /// The one interface of the file.
    var interface: CaptureInterface {
        var interface = CaptureInterface(linkType: linkType, snapLength: snapLength)
        if isNanoseconds { interface.unitsPerSecond = 1_000_000_000 }
        interface.checkSequenceLength = checkSequenceLength
        return interface
    }

    @inline(__always)
    private func word(_ buffer: StreamBuffer, _ offset: Int) -> UInt32 {
        let value = buffer.big32(offset)
        return isLittleEndian ? value.byteSwapped : value
    }

    /// Stored and original length of the packet whose header is at the front.
    @inline(__always)
    func lengths(_ buffer: StreamBuffer) -> (captured: Int, original: Int) {
        let (first, second) = (Int(word(buffer, 8)), Int(word(buffer, 12)))
        return hasSwappedLengths ? (second, first) : (first, second)
    }

    /// Stored and original length of the packet whose header starts a record.
    @inline(__always)
    func lengths(_ bytes: borrowing RawSpan, _ start: RecordStart) -> (captured: Int, original: Int) {
        let first = Int(start.word(bytes, 8, isLittleEndian: isLittleEndian))
        let second = Int(start.word(bytes, 12, isLittleEndian: isLittleEndian))
        return hasSwappedLengths ? (second, first) : (first, second)
    }

    /// What is odd about the header of a packet at the front.
    func record(_ buffer: StreamBuffer) -> FrameRecord {
        var record = FrameRecord()
        record.interfaceName = Array("unknown".utf8)
        record.hasOddTime = word(buffer, 4) >= (isNanoseconds ? 1_000_000_000 : 1_000_000)
        let lengths = lengths(buffer)
        record.isLongerThanSaid = lengths.original < lengths.captured
        return record
    }

    /// Arrival of the packet whose header is at the front; a fraction of a second or more is carried over.
    @inline(__always)
    func time(_ buffer: StreamBuffer) -> Instant {
        let fraction = Int64(word(buffer, 4))
        return Instant(
            nanoseconds: Int64(word(buffer, 0)) &* 1_000_000_000 &+ (isNanoseconds ? fraction : fraction &* 1000)
        )
    }
}
