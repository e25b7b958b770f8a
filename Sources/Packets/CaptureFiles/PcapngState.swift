import Inputs
import RoadblockCore

/// Where a reader is in a pcapng file: byte order and interfaces of the section (IETF draft "PCAP Next Generation").
struct PcapngState {
    static let sectionHeader: UInt32 = 0x0A0D_0D0A

    private var isLittleEndian = false
    /// Ordinal of the section, from 1.
    private(set) var section = 0
    /// The section's interfaces up to here.
    private(set) var interfaces: [CaptureInterface] = []
    /// Bytes that the texts of further interfaces may take.
    private var textRoom = Self.textRoomLimit

    /// What one or several blocks gave.
    enum Step {
        /// A frame whose bytes lie at an offset from the front of a block of a length.
        case frame(Frame, offset: Int, blockLength: Int)
        /// A packet block that could not be read.
        case skipped
        /// Packets that the capturing system says it lost, beyond those said before.
        case dropped(Int)
        /// The rest of the file cannot be read.
        case damaged(String)
    }

    private static let interfaceLimit = 65_536

    /// Reads blocks up to the next one that says something; `nil` at the end.
    mutating func next(_ buffer: StreamBuffer) throws(Failure) -> Step? {
        while true {
            guard try buffer.require(8) else {
                return buffer.available == 0 ? nil : .damaged("cut off in the header of a block")
            }
            let rawType = buffer.big32(0)
            if rawType == Self.sectionHeader {
                guard try buffer.require(12) else { return .damaged("cut off in a section header") }
                switch buffer.big32(8) {
                case 0x1A2B_3C4D: isLittleEndian = false
                case 0x4D3C_2B1A: isLittleEndian = true
                default: return .damaged("a section header has no byte-order magic")
                }
                interfaces = []
                textRoom = Self.textRoomLimit
                section &+= 1
            }
            let type = isLittleEndian ? rawType.byteSwapped : rawType
            let length = Int(word(buffer, 4))
            guard length >= 12, length % 4 == 0 else { return .damaged("a block claims a length of \(length) bytes") }
            let isKnown = rawType == Self.sectionHeader || [1, 2, 3, 5, 6].contains(type)
            guard isKnown, length <= StreamBuffer.limit else {
                guard try buffer.skip(length) else { return .damaged("cut off in a block of type \(type)") }
                continue
            }
            guard try buffer.require(length) else { return .damaged("cut off in a block of type \(type)") }
            guard word(buffer, length - 4) == UInt32(length) else {
                return .damaged("a block's two lengths differ")
            }
            if rawType != Self.sectionHeader, let step = block(type, length, buffer) {
                if case .frame = step { return step }
                buffer.consume(length)
                return step
            }
            buffer.consume(length)
        }
    }

    private func word(_ buffer: StreamBuffer, _ offset: Int) -> UInt32 {
        let value = buffer.big32(offset)
        return isLittleEndian ? value.byteSwapped : value
    }

    private func half(_ buffer: StreamBuffer, _ offset: Int) -> UInt16 {
        let value = buffer.big32(offset)
        let upper = UInt16(value >> 16)
        return isLittleEndian ? upper.byteSwapped : upper
    }

    private mutating func block(_ type: UInt32, _ length: Int, _ buffer: StreamBuffer) -> Step? {
        switch type {
        case 1:
            guard length >= 20, interfaces.count < Self.interfaceLimit else { return .skipped }
            var new = interface(length, buffer)
            if new.textLength > textRoom { new.dropTexts() }
            textRoom -= new.textLength
            interfaces.append(new)
            return nil
        case 6, 2:
            // The obsolete Packet Block has a drop count behind a shorter interface number.
            guard length >= 32 else { return .skipped }
            return packet(
                interface: type == 6 ? Int(word(buffer, 8)) : Int(half(buffer, 8)),
                high: word(buffer, 12),
                low: word(buffer, 16),
                captured: Int(word(buffer, 20)),
                original: Int(word(buffer, 24)),
                offset: 28,
                length
            )
        case 3:
            guard length >= 16, let first = interfaces.first else { return .skipped }
            let original = Int(word(buffer, 8))
            let limit = first.snapLength == 0 ? original : min(original, Int(first.snapLength))
            return packet(
                interface: 0,
                high: 0,
                low: 0,
                captured: min(limit, length - 16),
                original: original,
                offset: 12,
                length
            )
        case 5:
            guard length >= 24 else { return nil }
            return statistics(length, buffer)
        default:
            return nil
        }
    }

    private func packet(
        interface number: Int,
        high: UInt32,
        low: UInt32,
        captured: Int,
        original: Int,
        offset: Int,
        _ length: Int
    ) -> Step {
        guard number < interfaces.count, captured <= length - offset - 4 else { return .skipped }
        let interface = interfaces[number]
        let frame = Frame(
            number: 0,
            time: instant(UInt64(high) << 32 | UInt64(low), interface),
            capturedLength: captured,
            originalLength: max(captured, original),
            linkType: interface.linkType,
            interface: number,
            checkSequenceLength: interface.checkSequenceLength,
            hasNanoseconds: interface.unitsPerSecond > 1_000_000,
            hasInterface: true
        )
        return .frame(frame, offset: offset, blockLength: length)
    }

    private func instant(_ units: UInt64, _ interface: CaptureInterface) -> Instant {
        let perSecond = interface.unitsPerSecond
        let (seconds, rest) = units.quotientAndRemainder(dividingBy: perSecond)
        let (high, low) = rest.multipliedFullWidth(by: 1_000_000_000)
        let fraction = perSecond.dividingFullWidth((high, low)).quotient
        let whole = Int64(truncatingIfNeeded: seconds) &+ interface.offsetSeconds
        let (product, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        return Instant(nanoseconds: overflow ? (whole < 0 ? .min : .max) : product &+ Int64(fraction))
    }

    private func interface(_ length: Int, _ buffer: StreamBuffer) -> CaptureInterface {
        var result = CaptureInterface(linkType: LinkType(rawValue: half(buffer, 8)), snapLength: word(buffer, 12))
        forEachOption(from: 16, to: length - 4, buffer) { code, offset, count in
            switch code {
            case 2: result.name = Self.bytes(buffer, offset, count)
            case 3: result.description = Self.bytes(buffer, offset, count)
            case 1, 11, 12, 15: result.addRemark(code, Self.bytes(buffer, offset, count))
            case 9 where count >= 1:
                result.unitsPerSecond = Self.unitsPerSecond(UInt8(buffer.big32(offset) >> 24))
            case 13 where count >= 1:
                result.checkSequenceLength = Int(buffer.big32(offset) >> 24) & 15
            case 14 where count >= 8:
                let (a, b) = (UInt64(word(buffer, offset)), UInt64(word(buffer, offset + 4)))
                result.offsetSeconds = Int64(bitPattern: isLittleEndian ? b << 32 | a : a << 32 | b)
            default: break
            }
        }
        return result
    }

    /// `if_tsresol`: the top bit chooses powers of two over powers of ten; what 64 bits cannot hold counts as the default.
    private static func unitsPerSecond(_ resolution: UInt8) -> UInt64 {
        let exponent = Int(resolution & 0x7F)
        if resolution & 0x80 != 0 { return exponent <= 63 ? 1 << UInt64(exponent) : 1_000_000 }
        guard exponent <= 19 else { return 1_000_000 }
        return (0..<exponent).reduce(1) { units, _ in units * 10 }
    }

    private mutating func statistics(_ length: Int, _ buffer: StreamBuffer) -> Step? {
        let number = Int(word(buffer, 8))
        guard number < interfaces.count else { return nil }
        var drops = 0
        forEachOption(from: 20, to: length - 4, buffer) { code, offset, count in
            guard code == 5 || code == 7, count >= 8 else { return }
            let (a, b) = (UInt64(word(buffer, offset)), UInt64(word(buffer, offset + 4)))
            drops += Int(clamping: min(isLittleEndian ? b << 32 | a : a << 32 | b, 1 << 53))
        }
        let new = drops - interfaces[number].reportedDrops
        guard new > 0 else { return nil }
        interfaces[number].reportedDrops = drops
        return .dropped(new)
    }

    private static let textLimit = 4096
    private static let textRoomLimit = 4 << 20

    /// Some bytes of a block; longer texts are cut.
    private static func bytes(_ buffer: StreamBuffer, _ offset: Int, _ count: Int) -> [UInt8] {
        (offset..<offset + min(count, textLimit)).map {
            UInt8(truncatingIfNeeded: buffer.big32($0 & ~3) >> UInt32(24 - 8 * ($0 & 3)))
        }
    }

    /// What the block of a packet says beside its bytes; the block must still be at the front.
    func record(of frame: Frame, offset: Int, blockLength: Int, _ buffer: StreamBuffer) -> FrameRecord {
        var record = FrameRecord()
        record.section = section
        guard frame.interface < interfaces.count else { return record }
        let interface = interfaces[frame.interface]
        record.interfaceName = interface.name.isEmpty ? interface.description : interface.name
        if record.interfaceName.isEmpty { record.interfaceName = Array("unknown".utf8) }
        record.interfaceDescription = interface.description
        // A simple packet block, whose bytes begin at 12, has no options.
        guard offset == 28 else { return record }
        record.isLongerThanSaid = word(buffer, 24) < word(buffer, 20)
        let start = offset + (frame.capturedLength + 3) & ~3
        forEachOption(from: start, to: blockLength - 4, buffer) { code, place, count in
            switch code {
            case 1 where record.comments.count < 64: record.comments.append(Self.bytes(buffer, place, count))
            case 3 where count >= 1 && record.hashes.count < 64:
                let all = Self.bytes(buffer, place, count)
                record.hashes.append((all[0], Array(all.dropFirst())))
            case 2 where count == 4: record.flags = word(buffer, place)
            case 4 where count == 8: record.drops = long(buffer, place)
            case 5 where count == 8: record.packetID = long(buffer, place)
            case 6 where count == 4: record.queue = word(buffer, place)
            case 7 where count >= 1 && record.verdicts.count < 64:
                let all = Self.bytes(buffer, place, count)
                let isOrdered = (all[0] == 1 || all[0] == 2) && isLittleEndian
                let content = isOrdered ? Array(all.dropFirst().reversed()) : Array(all.dropFirst())
                record.verdicts.append((all[0], content))
            default: break
            }
        }
        return record
    }

    private func long(_ buffer: StreamBuffer, _ offset: Int) -> UInt64 {
        let (a, b) = (UInt64(word(buffer, offset)), UInt64(word(buffer, offset + 4)))
        return isLittleEndian ? b << 32 | a : a << 32 | b
    }

    /// Visits each option: code, offset of its value from the front, length of its value.
    private func forEachOption(
        from start: Int,
        to end: Int,
        _ buffer: StreamBuffer,
        _ body: (UInt16, Int, Int) -> Void
    ) {
        var offset = start
        while offset + 4 <= end {
            let code = half(buffer, offset)
            let count = Int(half(buffer, offset + 2))
            guard code != 0, offset + 4 + count <= end else { return }
            body(code, offset + 4, count)
            offset += 4 + (count + 3) & ~3
        }
    }
}

extension PcapngState: RecordLayout {
    static var startLength: Int { 28 }

    @inline(__always)
    func place(_ bytes: borrowing RawSpan, _ start: RecordStart, _ offset: Int) -> PacketPlace? {
        func number(_ place: Int) -> Int { Int(start.word(bytes, place, isLittleEndian: isLittleEndian)) }
        guard number(0) == 6 else { return nil }
        let (length, captured, interface) = (number(4), number(20), number(8))
        guard length >= 32, length & 3 == 0, length <= StreamBuffer.limit, captured <= length &- 32,
            captured <= number(24), interface < interfaces.count,
            interfaces[interface].linkType == .ethernet, interfaces[interface].checkSequenceLength == 0
        else { return nil }
        return PacketPlace(start: offset &+ 28, length: captured, end: offset &+ length)
    }

    @inline(__always)
    func isSound(_ bytes: borrowing RawSpan, _ place: PacketPlace) -> Bool {
        let length = bytes.big32(place.end &- 4)
        return Int(isLittleEndian ? length.byteSwapped : length) == place.end &- place.start &+ 28
    }

    func time(_ buffer: StreamBuffer) -> Instant {
        let number = Int(word(buffer, 8))
        guard number < interfaces.count else { return Instant(nanoseconds: 0) }
        return instant(UInt64(word(buffer, 12)) << 32 | UInt64(word(buffer, 16)), interfaces[number])
    }
}
