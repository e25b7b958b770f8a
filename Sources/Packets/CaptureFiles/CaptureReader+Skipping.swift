import Inputs
package import RoadblockCore

/// Where a packet lies in a window of a capture's bytes.
struct PacketPlace {
    /// The packet's own bytes.
    var start: Int
    var length: Int
    /// One past its record.
    var end: Int
}

/// Frames that a screen passed over.
package struct SkippedFrames: Sendable {
    package var count = 0
    /// When the last of them arrived.
    package var last = Instant(nanoseconds: 0)

    package init() {}
}

extension CaptureReader {
    /// Moves over the frames that a screen passes over, and over those that it hits, whose numbers become lines while there
    /// is room for them; up to a count, and stops before the first other one.
    ///
    /// Only whole records in the plain form of each format are looked at: everything else is left to `next`.
    /// - Throws: `Failure` of kind `readOrWrite`.
    @inline(__always)
    func skip<Screen: FrameScreen & ~Copyable>(
        atMost limit: Int,
        _ screen: inout Screen,
        _ lines: inout NumberLines
    ) throws(Failure) -> SkippedFrames {
        finishFrame()
        var skipped = SkippedFrames()
        var isCut = true
        while isCut, skipped.count < limit {
            switch container {
            case .pcap(let format):
                guard format.linkType == .ethernet, format.checkSequenceLength == 0 else { return skipped }
                if let plain = PlainPcapFormat(format) {
                    isCut = try skip(in: plain, limit, &screen, &lines, &skipped)
                } else {
                    isCut = try skip(in: format, limit, &screen, &lines, &skipped)
                }
            case .pcapng(let state): isCut = try skip(in: state, limit, &screen, &lines, &skipped)
            case .ended: return skipped
            }
            // A record that is cut by the window's end is read to its end.
            if isCut { isCut = try buffer.require(buffer.available &+ 1) }
        }
        return skipped
    }

    /// Passes over records in the window; true when the window ended before a frame was found that is no such record.
    @inline(__always)
    private func skip<Screen: FrameScreen & ~Copyable, Layout: RecordLayout>(
        in layout: Layout,
        _ limit: Int,
        _ screen: inout Screen,
        _ lines: inout NumberLines,
        _ skipped: inout SkippedFrames
    ) throws(Failure) -> Bool {
        let room = limit &- skipped.count
        let first = frameCount &+ 1
        let (count, newest, end, isCut) = try buffer.withBytes(0, buffer.available) {
            (bytes) throws(Failure) -> (Int, Int, Int, Bool) in
            var (count, newest, offset) = (0, 0, 0)
            while count < room {
                guard let start = RecordStart(bytes, offset, length: Layout.startLength) else {
                    return (count, newest, offset, true)
                }
                guard let place = layout.place(bytes, start, offset) else { return (count, newest, offset, false) }
                guard place.end <= bytes.byteCount else { return (count, newest, offset, true) }
                guard layout.isSound(bytes, place) else { return (count, newest, offset, false) }
                switch screen.look(bytes, place.start, place.length, .ethernet) {
                case .over: break
                case .hit: guard lines.append(first &+ count) else { return (count, newest, offset, false) }
                case .unknown: return (count, newest, offset, false)
                }
                newest = offset
                offset = place.end
                count &+= 1
            }
            return (count, newest, offset, false)
        }
        guard count > 0 else { return isCut }
        buffer.consume(newest)
        skipped.last = layout.time(buffer)
        buffer.consume(end &- newest)
        skipped.count &+= count
        frameCount &+= count
        return isCut
    }
}

/// How the records of a capture are laid out, as far as packets on Ethernet go.
protocol RecordLayout {
    /// Bytes of a record that have to be there to find its packet.
    static var startLength: Int { get }

    /// The packet of the record at an offset; `nil` for anything but a plain record of a packet on Ethernet.
    func place(_ bytes: borrowing RawSpan, _ start: RecordStart, _ offset: Int) -> PacketPlace?

    /// True where the whole record is as it should be.
    func isSound(_ bytes: borrowing RawSpan, _ place: PacketPlace) -> Bool

    /// Arrival of the packet whose record is at the front.
    func time(_ buffer: StreamBuffer) -> Instant
}

extension PcapFormat: RecordLayout {
    static var startLength: Int { 16 }

    @inline(__always)
    func place(_ bytes: borrowing RawSpan, _ start: RecordStart, _ offset: Int) -> PacketPlace? {
        let (captured, original) = lengths(bytes, start)
        guard captured <= packetLimit, original >= captured else { return nil }
        let start = offset &+ packetHeaderLength
        return PacketPlace(start: start, length: captured, end: start &+ captured)
    }

    @inline(__always)
    func isSound(_ bytes: borrowing RawSpan, _ place: PacketPlace) -> Bool { true }
}

/// The commonest of pcap formats: least significant byte first, lengths in the usual order and nothing else in the header.
private struct PlainPcapFormat: RecordLayout {
    private let format: PcapFormat
    private let packetLimit: Int

    init?(_ format: PcapFormat) {
        guard format.isPlain else { return nil }
        self.format = format
        packetLimit = format.packetLimit
    }

    static var startLength: Int { 16 }

    @inline(__always)
    func place(_ bytes: borrowing RawSpan, _ start: RecordStart, _ offset: Int) -> PacketPlace? {
        let captured = Int(start.word(bytes, 8, isLittleEndian: true))
        guard captured <= packetLimit, Int(start.word(bytes, 12, isLittleEndian: true)) >= captured else { return nil }
        return PacketPlace(start: offset &+ 16, length: captured, end: offset &+ 16 &+ captured)
    }

    @inline(__always)
    func isSound(_ bytes: borrowing RawSpan, _ place: PacketPlace) -> Bool { true }

    func time(_ buffer: StreamBuffer) -> Instant { format.time(buffer) }
}
