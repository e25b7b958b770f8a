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
                return BufferedSource(buffer)
            }
        }
        throw Failure(.badInput, "\(name) is compressed more than three times over")
    }
}
