// Invariant: `memchr` and `memcmp` are given the memory of two spans and only as long as both are borrowed.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension Span<UInt8> {
    /// The offset of the first occurrence of some bytes, at or behind an offset; `nil` where there is none.
    func firstOffset(of part: borrowing Span<UInt8>, from start: Int = 0) -> Int? {
        guard start <= count else { return nil }
        guard part.count > 0 else { return start }
        let first = Int32(part[0])
        let width = part.count
        return unsafe withUnsafeBufferPointer { bytes -> Int? in
            unsafe part.withUnsafeBufferPointer { wanted -> Int? in
                guard let base = bytes.baseAddress, let needle = wanted.baseAddress else { return nil }
                var offset = start
                while offset + width <= bytes.count,
                    let found = unsafe memchr(base + offset, first, bytes.count - width + 1 - offset)
                {
                    if unsafe memcmp(found, needle, width) == 0 {
                        return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
                    }
                    offset = unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
                }
                return nil
            }
        }
    }

    /// True when the bytes occur somewhere.
    func contains(_ part: borrowing Span<UInt8>) -> Bool { firstOffset(of: part) != nil }
}

/// A number to a power, as the C library has it.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// The natural logarithm.
func naturalLogarithm(_ number: Double) -> Double { log(number) }

/// The great-circle distance in kilometres between two places in degrees, on a sphere of the mean Earth radius.
func greatCircleKilometres(_ latitude1: Double, _ longitude1: Double, _ latitude2: Double, _ longitude2: Double)
    -> Double
{
    let degree = Double.pi / 180
    let a = sin((latitude2 - latitude1) * degree / 2)
    let b = sin((longitude2 - longitude1) * degree / 2)
    let h = a * a + cos(latitude1 * degree) * cos(latitude2 * degree) * b * b
    return 2 * 6371.0088 * asin(min(1, h.squareRoot()))
}
