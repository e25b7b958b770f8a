// Invariant: the buffer that a caller passes is writable for `buffer.count` bytes during the call.

package import RoadblockCore

/// A source that first gives what was read ahead to look at, and then reads straight from what lies behind it.
package final class BufferedSource: ByteSource {
    private let ahead: StreamBuffer

    package init(_ ahead: StreamBuffer) { self.ahead = ahead }

    package var endNote: String? { ahead.source.endNote }
    package var bytesConsumed: Int { ahead.source.bytesConsumed }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        guard ahead.available > 0 else { return unsafe try ahead.source.read(into: buffer) }
        let count = min(ahead.available, buffer.count)
        try ahead.withBytes(0, count) { (bytes) throws(Failure) in
            unsafe bytes.withUnsafeBytes { unsafe buffer.copyMemory(from: $0) }
        }
        ahead.consume(count)
        return count
    }
}
