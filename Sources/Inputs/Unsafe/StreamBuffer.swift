// Invariant: `storage` addresses `storage.count` allocated bytes until `deinit`; `0 <= start <= end <= storage.count`;
// the bytes in `start..<end` have been written by a source. Views made of them end with the closure that receives them.

package import RoadblockCore

/// Where bytes come from: a file, standard input, or a decompressor over another source.
package protocol ByteSource: AnyObject {
    /// Writes up to `buffer.count` bytes and returns how many; 0 is the end.
    ///
    /// - Throws: `Failure` when reading fails.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int

    /// What is to be said about the input once it has ended, such as a compressed stream that ends early.
    var endNote: String? { get }

    /// Bytes taken from the file so far, before decompression.
    var bytesConsumed: Int { get }
}

/// A window over a source: bytes are read ahead in large pieces and consumed from the front.
@safe
package final class StreamBuffer {
    private var storage: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var isAtEnd = false
    package let source: any ByteSource

    /// The most bytes that one `require` may ask for.
    package static let limit = 64 << 20

    package init(_ source: any ByteSource, capacity: Int = 512 << 10) {
        self.source = source
        unsafe storage = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { unsafe storage.deallocate() }

    /// Bytes that can be looked at without reading.
    package var available: Int { end - start }

    /// Reads until `count` bytes are available; false when the source ends before.
    @inline(__always)
    package func require(_ count: Int) throws(Failure) -> Bool {
        end &- start >= count ? true : try fill(count)
    }

    private func fill(_ count: Int) throws(Failure) -> Bool {
        guard count <= Self.limit else { return false }
        if start > 0 {
            unsafe storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[start..<end]))
            end -= start
            start = 0
        }
        if unsafe count > storage.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: count + count / 4, alignment: 16)
            unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[0..<end]))
            unsafe storage.deallocate()
            unsafe storage = larger
        }
        while end < count, !isAtEnd {
            let got = unsafe try source.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[end...]))
            if got == 0 { isAtEnd = true }
            end += got
        }
        return end >= count
    }

    /// Drops bytes from the front.
    package func consume(_ count: Int) {
        precondition(count >= 0 && count <= end - start)
        start += count
    }

    /// Drops bytes from the front, reading over them where they are not yet here; false when the source ends before.
    package func skip(_ count: Int) throws(Failure) -> Bool {
        var left = count
        while left > 0 {
            if start == end, try !require(1) { return false }
            let step = min(left, end - start)
            start += step
            left -= step
        }
        return true
    }

    /// Gives a view of available bytes, counted from the front.
    @inline(__always)
    package func withBytes<Result>(
        _ offset: Int,
        _ count: Int,
        _ body: (borrowing RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(offset >= 0 && count >= 0 && offset &+ count <= end &- start)
        let bytes = unsafe RawSpan(
            _unsafeBytes: UnsafeRawBufferPointer(rebasing: storage[(start &+ offset)..<(start &+ offset &+ count)])
        )
        return try body(bytes)
    }

    /// A 32-bit number at an offset from the front, big-endian; the bytes must be available.
    @inline(__always)
    package func big32(_ offset: Int) -> UInt32 {
        precondition(offset >= 0 && offset &+ 4 <= end &- start)
        return unsafe UInt32(bigEndian: storage.loadUnaligned(fromByteOffset: start &+ offset, as: UInt32.self))
    }

    /// A copy of available bytes, counted from the front.
    package func prefix(_ count: Int) -> [UInt8] {
        unsafe Array(storage[start..<min(end, start + count)])
    }
}
