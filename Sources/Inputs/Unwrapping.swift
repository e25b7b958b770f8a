package import RoadblockCore

/// Takes the wrappings off an input, found by its first bytes: gzip, zstd, UTF-16 and a UTF-8 byte order mark.
package enum Unwrapping {
    /// A source of the bytes inside.
    ///
    /// - Throws: `Failure` of kind `badInput` for an input that is compressed more than three times over.
    package static func source(_ name: String, _ buffer: StreamBuffer) throws(Failure) -> any ByteSource {
        var buffer = buffer
        for _ in 0..<4 {
            guard try buffer.require(4) else { return BufferedSource(buffer) }
            let magic = buffer.big32(0)
            if magic >> 16 == 0x1F8B {
                buffer = StreamBuffer(GzipSource(buffer))
            } else if magic == 0x28B5_2FFD || magic & 0xF0FF_FFFF == 0x502A_4D18 {
                buffer = StreamBuffer(ZstdSource(buffer))
            } else {
                if magic >> 8 == 0xEFBBBF { buffer.consume(3) }
                guard let isBigEndian = isBigEndianUTF16(magic) else { return BufferedSource(buffer) }
                if magic >> 24 > 0x7F { buffer.consume(2) }
                return UTF16Source(buffer, isBigEndian: isBigEndian)
            }
        }
        throw Failure(.badInput, "\(name) is compressed more than three times over")
    }

    /// Tells UTF-16 by its byte order mark, or by two ASCII characters at the start; `nil` for anything else.
    private static func isBigEndianUTF16(_ start: UInt32) -> Bool? {
        switch start >> 16 {
        case 0xFFFE: return false
        case 0xFEFF: return true
        default: break
        }
        func isText(_ first: UInt32, _ second: UInt32) -> Bool {
            [first, second].allSatisfy { (32...126).contains($0) || (9...13).contains($0) }
        }
        if start & 0x00FF_00FF == 0, isText(start >> 24, start >> 8 & 0xFF) { return false }
        if start & 0xFF00_FF00 == 0, isText(start >> 16 & 0xFF, start & 0xFF) { return true }
        return nil
    }
}
