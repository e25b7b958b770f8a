// Invariant: libFuzzer's bytes are there until the function returns; they are copied first.

import TestSupport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The parser that `ROADBLOCK_FUZZ` names.
private let trial: ParserTrial = {
    guard let name = unsafe getenv("ROADBLOCK_FUZZ"), let trial = unsafe ParserTrial(rawValue: String(cString: name))
    else { fatalError("ROADBLOCK_FUZZ names no parser: \(ParserTrial.allCases.map(\.rawValue))") }
    return trial
}()

/// What libFuzzer calls with each input.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    trial.run(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
