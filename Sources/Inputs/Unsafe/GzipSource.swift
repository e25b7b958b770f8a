// Invariant: `stream` is initialised by `inflateInit2_` in `init` and released in `deinit`; `input` outlives every call
// that points `next_in` into it, and `next_in`/`avail_in` always describe a part of `input`.

import CZlib
package import RoadblockCore

/// Decompresses gzip (RFC 1952), any number of members one after the other.
@safe
package final class GzipSource: ByteSource {
    private var stream = unsafe z_stream()
    private let input: UnsafeMutableRawBufferPointer
    private let compressed: StreamBuffer
    private var isFinished = false
    private var isBetweenMembers = false
    package private(set) var endNote: String?
    package var bytesConsumed: Int { compressed.source.bytesConsumed }

    package init(_ compressed: StreamBuffer) {
        self.compressed = compressed
        unsafe input = .allocate(byteCount: 128 << 10, alignment: 16)
        // 15 bits of window, and 16 to expect the gzip header.
        unsafe inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    }

    deinit {
        unsafe inflateEnd(&stream)
        unsafe input.deallocate()
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let wanted = min(buffer.count, 1 << 30)
        unsafe stream.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.avail_out = UInt32(wanted)
        while !isFinished, unsafe stream.avail_out == UInt32(wanted) {
            if unsafe stream.avail_in == 0 {
                let count = try refill()
                guard count > 0 else {
                    isFinished = true
                    if !isBetweenMembers { endNote = "the gzip stream ends early" }
                    break
                }
            }
            if isBetweenMembers {
                // Padding with zeros after a member is tolerated; anything else but a new member ends the data.
                guard unsafe stream.next_in.pointee == 0x1F else {
                    isFinished = true
                    break
                }
                unsafe inflateReset(&stream)
                isBetweenMembers = false
            }
            switch unsafe inflate(&stream, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: isBetweenMembers = true
            default:
                isFinished = true
                endNote = "the gzip stream is damaged"
            }
        }
        return unsafe wanted - Int(stream.avail_out)
    }

    private func refill() throws(Failure) -> Int {
        guard try compressed.require(1) else { return 0 }
        let count = unsafe min(compressed.available, input.count)
        try compressed.withBytes(0, count) { (bytes) throws(Failure) in
            unsafe bytes.withUnsafeBytes { source in unsafe input.copyMemory(from: source) }
        }
        compressed.consume(count)
        unsafe stream.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.avail_in = UInt32(count)
        return count
    }
}
