// Invariant: `decoder` is made in `init` and freed in `deinit`; `inputPosition..<inputCount` is the unread part of
// `input`, which outlives every call that points into it.

import CZstd
package import RoadblockCore

/// Decompresses Zstandard (RFC 8878), any number of frames, skippable ones passed over.
@safe
package final class ZstdSource: ByteSource {
    private let decoder: OpaquePointer?
    private let input: UnsafeMutableRawBufferPointer
    private var inputPosition = 0
    private var inputCount = 0
    private let compressed: StreamBuffer
    private var isFinished = false
    private var isBetweenFrames = true
    package private(set) var endNote: String?
    package var bytesConsumed: Int { compressed.source.bytesConsumed }

    package init(_ compressed: StreamBuffer) {
        self.compressed = compressed
        unsafe input = .allocate(byteCount: 128 << 10, alignment: 16)
        unsafe decoder = ZSTD_createDCtx()
        // A window of at most 128 MiB, whatever the frame asks for.
        unsafe ZSTD_DCtx_setParameter(decoder, ZSTD_d_windowLogMax, 27)
    }

    deinit {
        unsafe ZSTD_freeDCtx(decoder)
        unsafe input.deallocate()
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        var output = unsafe ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while !isFinished, unsafe output.pos == 0 {
            if inputPosition == inputCount, try !refill() {
                isFinished = true
                if !isBetweenFrames { endNote = "the zstd stream ends early" }
                break
            }
            var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: inputCount, pos: inputPosition)
            let result = unsafe ZSTD_decompressStream(decoder, &output, &source)
            unsafe inputPosition = source.pos
            if ZSTD_isError(result) != 0 {
                isFinished = true
                endNote = "the zstd stream is damaged"
            } else {
                isBetweenFrames = result == 0
            }
        }
        return unsafe output.pos
    }

    private func refill() throws(Failure) -> Bool {
        guard try compressed.require(1) else { return false }
        let count = unsafe min(compressed.available, input.count)
        try compressed.withBytes(0, count) { (bytes) throws(Failure) in
            unsafe bytes.withUnsafeBytes { source in unsafe input.copyMemory(from: source) }
        }
        compressed.consume(count)
        inputPosition = 0
        inputCount = count
        return true
    }
}
