// Invariant: the buffer that a caller passes is writable for `buffer.count` bytes during the call.

package import RoadblockCore

/// A text as if it were a file.
package final class TextSource: ByteSource {
    private let bytes: [UInt8]
    package private(set) var bytesConsumed = 0
    package var endNote: String? { nil }

    package init(_ text: String) { bytes = Array(text.utf8) }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let count = min(buffer.count, bytes.count - bytesConsumed)
        unsafe buffer.copyBytes(from: bytes[bytesConsumed..<(bytesConsumed + count)])
        bytesConsumed += count
        return count
    }
}
