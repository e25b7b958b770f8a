// Invariant: `bytes` addresses `capacity` bytes until `deinit`, of which the first `count` are written.

/// Numbers as lines of text, collected in a buffer of their own.
@safe
package struct NumberLines: ~Copyable {
    private let bytes: UnsafeMutableRawBufferPointer
    private var count = 0

    /// Digits of the largest number, and the end of the line.
    private static let lineLimit = 20

    /// A buffer for so many bytes; none takes no numbers.
    package init(capacity: Int = 64 << 10) { unsafe bytes = .allocate(byteCount: max(0, capacity), alignment: 16) }

    deinit { unsafe bytes.deallocate() }

    /// Adds a number from 0 on; false where there is no room.
    @inline(__always)
    mutating func append(_ number: Int) -> Bool {
        guard unsafe count &+ Self.lineLimit <= bytes.count, number >= 0 else { return false }
        let length = Self.digitCount(number)
        var left = UInt64(truncatingIfNeeded: number)
        var place = count &+ length
        unsafe bytes.storeBytes(of: 10, toByteOffset: place, as: UInt8.self)
        count = place &+ 1
        repeat {
            place &-= 1
            unsafe bytes.storeBytes(of: 48 &+ UInt8(truncatingIfNeeded: left % 10), toByteOffset: place, as: UInt8.self)
            left /= 10
        } while left > 0
        return true
    }

    @inline(__always)
    private static func digitCount(_ number: Int) -> Int {
        var (length, bound) = (1, 10)
        while length < 19, number >= bound {
            length &+= 1
            bound = bound &* 10
        }
        return length
    }

    /// Moves the lines to the end of a text.
    package mutating func move(to text: inout [UInt8]) {
        guard count > 0 else { return }
        unsafe text.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        count = 0
    }
}
