// Invariant: the view that the closure gets ends with the closure, while the array is alive.

/// Gives a view of an array's bytes.
package func withRawBytes(_ bytes: [UInt8], _ body: (borrowing RawSpan) -> Void) {
    unsafe bytes.withUnsafeBytes { buffer in
        let view = unsafe RawSpan(_unsafeBytes: buffer)
        body(view)
    }
}
