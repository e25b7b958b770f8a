import RoadblockCore

/// The options of a TCP header (RFC 9293 section 3.1; RFC 7323, 2018, 7413), as far as the header was captured.
package struct TCPOptions: Sendable {
    package var maximumSegmentSize: UInt16?
    /// The shift count.
    package var windowScale: UInt8?
    package var permitsSelectiveAcknowledgment = false
    package var hasTimestamps = false
    package var timestampValue: UInt32 = 0
    package var timestampEcho: UInt32 = 0
    /// Left and right edges of up to four SACK blocks.
    package var selectiveBlocks = InlineArray<4, Block>(repeating: Block(left: 0, right: 0))
    package var selectiveBlockCount = 0
    /// Bytes of a TCP Fast Open cookie; `nil` without the option.
    package var fastOpenCookieLength: Int?
    package var hasMultipath = false
    /// True when the snap length cut the header.
    package var isCut = false
    /// The kinds in order, eight bits each, the first in the lowest; up to eight.
    package var signature: UInt64 = 0

    /// A range of sequence numbers that arrived.
    package struct Block: Sendable {
        package var left: UInt32
        package var right: UInt32
    }

    /// Reads the options of a header; a bad length ends reading.
    package init(_ bytes: borrowing RawSpan, _ tcp: Packet.TCPFields) {
        var offset = tcp.headerOffset + 20
        let end = offset + tcp.optionsCaptured
        isCut = tcp.optionsCaptured < tcp.headerLength - 20
        var count = 0
        while offset < end {
            let kind = bytes.byte(offset)
            if count < 8 { signature |= UInt64(kind) << UInt64(count * 8) }
            count += 1
            if kind == 0 { return }
            if kind == 1 {
                offset += 1
                continue
            }
            guard offset + 1 < end else { return }
            let length = Int(bytes.byte(offset + 1))
            guard length >= 2, offset + length <= end else { return }
            read(kind, length, bytes, offset)
            offset += length
        }
    }

    private mutating func read(_ kind: UInt8, _ length: Int, _ bytes: borrowing RawSpan, _ offset: Int) {
        switch kind {
        case 2 where length == 4: maximumSegmentSize = bytes.big16(offset + 2)
        case 3 where length == 3: windowScale = bytes.byte(offset + 2)
        case 4 where length == 2: permitsSelectiveAcknowledgment = true
        case 5 where length >= 10:
            for index in 0..<min(4, (length - 2) / 8) {
                selectiveBlocks[index] = Block(
                    left: bytes.big32(offset + 2 + index * 8),
                    right: bytes.big32(offset + 6 + index * 8)
                )
                selectiveBlockCount = index + 1
            }
        case 8 where length == 10:
            hasTimestamps = true
            timestampValue = bytes.big32(offset + 2)
            timestampEcho = bytes.big32(offset + 6)
        case 30: hasMultipath = true
        case 34: fastOpenCookieLength = length - 2
        default: break
        }
    }
}
