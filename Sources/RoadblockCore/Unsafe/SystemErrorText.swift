// Invariant: the string that the C library owns is copied before another call can change it.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The system's words for an error number.
package func systemErrorText(_ number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
}
