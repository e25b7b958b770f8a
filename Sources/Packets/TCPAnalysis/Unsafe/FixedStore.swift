// Invariant: `elements` addresses `capacity` places until `deinit`; the first `count` of them hold an element, and a
// subscript reaches no others. Bitwise copyable elements own nothing, so that nothing has to be destroyed.

/// Elements in one piece of memory that neither grows nor moves; places that were never used cost nothing.
@safe
struct FixedStore<Element: BitwiseCopyable>: ~Copyable {
    private let elements: UnsafeMutablePointer<Element>
    private let capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        unsafe elements = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { unsafe elements.deallocate() }

    subscript(place: Int) -> Element {
        @inline(__always)
        unsafeAddress {
            precondition(place >= 0 && place < count)
            return unsafe UnsafePointer(elements + place)
        }
        @inline(__always)
        unsafeMutableAddress {
            precondition(place >= 0 && place < count)
            return unsafe elements + place
        }
    }

    /// Adds an element behind the last one; the owner has looked that there is room.
    @inline(__always)
    mutating func append(_ element: Element) {
        precondition(count < capacity)
        unsafe (elements + count).initialize(to: element)
        count &+= 1
    }
}
