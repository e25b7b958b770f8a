// Invariant: what `allocate` returns is uninitialized room for `count` values, to be given back with `deallocate`.

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Memory for tables that are looked up all over: the system is asked for large pages, which it finds in half of the time.
enum LargePages {
    private static let size = 2 << 20

    /// Room for values; without large pages where it is small, or where the system has none.
    static func allocate<Value>(_: Value.Type, count: Int) -> UnsafeMutablePointer<Value> {
        let byteCount = count * MemoryLayout<Value>.stride
        let isLarge = byteCount >= size
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: isLarge ? size : 64)
        #if os(Linux)
        if isLarge { _ = unsafe madvise(bytes, byteCount, MADV_HUGEPAGE) }
        #endif
        return unsafe bytes.bindMemory(to: Value.self, capacity: count)
    }
}
