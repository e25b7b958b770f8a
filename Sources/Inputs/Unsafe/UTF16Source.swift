// Invariant: the buffer that a caller passes is writable for `buffer.count` bytes during the call; `position` is never
// beyond the end of `text`.

package import RoadblockCore

/// Turns UTF-16 (RFC 2781) into UTF-8; what is no character becomes U+FFFD.
package final class UTF16Source: ByteSource {
    private let units: StreamBuffer
    private let isBigEndian: Bool
    /// UTF-8 that has been made and not yet been given.
    private var text: [UInt8] = []
    private var position = 0

    private static let step = 32 << 10

    /// Reads what stands behind the byte order mark.
    package init(_ units: StreamBuffer, isBigEndian: Bool) {
        self.units = units
        self.isBigEndian = isBigEndian
    }

    package var endNote: String? { units.source.endNote }
    package var bytesConsumed: Int { units.source.bytesConsumed }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        if position == text.count { try convert() }
        let count = min(buffer.count, text.count - position)
        unsafe buffer.copyBytes(from: text[position..<(position + count)])
        position += count
        return count
    }

    /// Makes the next piece of text; none at the end.
    private func convert() throws(Failure) {
        text.removeAll(keepingCapacity: true)
        position = 0
        guard try units.require(2) else {
            if units.available > 0 { append(0xFFFD) }
            units.consume(units.available)
            return
        }
        // Two units more than the step, where they are there: the second half of a pair may be among them.
        _ = try units.require(4)
        let count = min(units.available, UTF16Source.step) & ~1
        let isBigEndian = isBigEndian
        let used = try units.withBytes(0, count) { (bytes) throws(Failure) in
            var offset = 0
            func unit(_ offset: Int) -> UInt32 {
                UInt32(isBigEndian ? bytes.big16(offset) : bytes.little16(offset))
            }
            while offset < count {
                let first = unit(offset)
                if first & 0xFC00 != 0xD800 {
                    append(first)
                } else if offset + 4 <= count {
                    let second = unit(offset + 2)
                    if second & 0xFC00 == 0xDC00 {
                        append(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
                        offset += 2
                    } else {
                        append(0xFFFD)
                    }
                } else if offset > 0 {
                    break
                } else {
                    append(0xFFFD)
                }
                offset += 2
            }
            return offset
        }
        units.consume(used)
    }

    private func append(_ value: UInt32) {
        if value < 0x80 {
            text.append(UInt8(value))
        } else {
            text.append(contentsOf: String(Character(Unicode.Scalar(value) ?? "\u{FFFD}")).utf8)
        }
    }
}
