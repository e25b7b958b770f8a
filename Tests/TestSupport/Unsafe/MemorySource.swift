// Invariant: the buffer that a caller passes is writable for `buffer.count` bytes during the call.

import Inputs
package import RoadblockCore

/// Bytes of an array, given in pieces of at most a size.
package final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private let step: Int
    package private(set) var bytesConsumed = 0
    package let endNote: String?

    package init(_ bytes: [UInt8], step: Int = .max, endNote: String? = nil) {
        self.bytes = bytes
        self.step = step
        self.endNote = endNote
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let count = min(buffer.count, step, bytes.count - bytesConsumed)
        unsafe buffer.copyBytes(from: bytes[bytesConsumed..<(bytesConsumed + count)])
        bytesConsumed += count
        return count
    }
}
