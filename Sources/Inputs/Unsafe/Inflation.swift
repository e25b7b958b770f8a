// Invariant: `stream` is initialised by `inflateInit2_` and released before the function returns; `next_in` and `next_out`
// point into buffers for no longer than the call that they are set for.

import CZlib

/// Decompresses bytes that are in memory.
package enum Inflation {
    /// What the compressed data is wrapped in.
    package enum Wrapping: Sendable {
        /// gzip (RFC 1952) or zlib (RFC 1950), as its first bytes say.
        case automatic
        /// Nothing (RFC 1951).
        case none
    }

    /// What some bytes hold, as far as they go and up to a limit; `nil` where they are not compressed data.
    package static func inflate(_ compressed: [UInt8], _ wrapping: Wrapping, limit: Int) -> [UInt8]? {
        var stream = unsafe z_stream()
        let bits: Int32 = wrapping == .automatic ? 47 : -15
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(&stream, bits, ZLIB_VERSION, size) == Z_OK else { return nil }
        defer { unsafe inflateEnd(&stream) }
        var input = compressed
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 15)
        var hasFailed = false
        unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe stream.next_in = source.baseAddress
            unsafe stream.avail_in = UInt32(clamping: source.count)
            var isFinished = false
            while !isFinished, output.count < limit {
                let made = unsafe chunk.withUnsafeMutableBufferPointer { target in
                    unsafe stream.next_out = target.baseAddress
                    unsafe stream.avail_out = UInt32(target.count)
                    let code = unsafe zlibInflate(&stream)
                    isFinished = code != Z_OK
                    hasFailed = code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR
                    return unsafe target.count - Int(stream.avail_out)
                }
                output += chunk[..<made]
            }
        }
        return hasFailed && output.isEmpty ? nil : Array(output.prefix(limit))
    }

    private static func zlibInflate(_ stream: UnsafeMutablePointer<z_stream>) -> Int32 {
        unsafe CZlib.inflate(stream, Z_NO_FLUSH)
    }
}
