// Invariant: the span that the closure gets ends with the closure, while the array is alive; loads from it are checked.

extension [UInt8] {
    /// Gives the array's bytes to what reads frames and put-together messages alike.
    @inline(__always)
    package func withRawBytes<Result>(_ body: (borrowing RawSpan) -> Result) -> Result {
        unsafe withUnsafeBytes { buffer in
            let view = unsafe RawSpan(_unsafeBytes: buffer)
            return body(view)
        }
    }
}
