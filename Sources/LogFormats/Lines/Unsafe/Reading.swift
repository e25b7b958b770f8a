// Invariant: the memory that a source writes to is that of an array or a block, and only as long as the call lasts.

import Inputs
import RoadblockCore

/// Appends up to `count` bytes of a source to an array and returns how many there were; 0 is the end.
func readBytes(_ source: any ByteSource, _ count: Int, into bytes: inout [UInt8]) throws(Failure) -> Int {
    var outcome = Result<Int, Failure>.success(0)
    let read = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, got in
        do throws(Failure) {
            unsafe got = try source.read(into: UnsafeMutableRawBufferPointer(buffer))
            outcome = .success(got)
        } catch {
            outcome = .failure(error)
        }
    }
    bytes += read
    return try outcome.get()
}

/// Appends up to `count` bytes of a source to a block and returns how many there were; 0 is the end.
func appendBytes(_ source: any ByteSource, _ count: Int, to block: LineBlock) throws(Failure) -> Int {
    unsafe try block.append(upTo: count) { (target) throws(Failure) in unsafe try source.read(into: target) }
}
