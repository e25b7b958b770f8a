// Invariant: `storage` addresses `capacity` allocated bytes until `deinit` or the next `append`; its first `count` are
// initialised, and `padding` more lie behind them. A pool that it is lent to is lent the next block before it is changed.

import Columns

/// The texts of a batch of rows, one behind the other.
@safe
final class TextBlock {
    private static let padding = 8
    private var storage: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    /// Bytes that a cell can point into.
    static let limit = 0xFF_FFFF

    init() {
        capacity = 1 << 16
        unsafe storage = .allocate(byteCount: capacity, alignment: 8)
        unsafe storage.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
    }

    deinit { unsafe storage.deallocate() }

    func clear() { count = 0 }

    /// Adds a text; false where there is no room for it.
    func append(_ text: [UInt8]) -> Bool {
        guard count + text.count <= TextBlock.limit else { return false }
        if count + text.count + TextBlock.padding > capacity {
            capacity = max(capacity * 2, count + text.count + TextBlock.padding)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
            unsafe larger.initializeMemory(as: UInt8.self, repeating: 0, count: capacity)
            unsafe larger.copyMemory(from: storage, byteCount: count)
            unsafe storage.deallocate()
            unsafe storage = larger
        }
        unsafe text.withUnsafeBytes { source in
            if let base = source.baseAddress {
                unsafe (storage + count).copyMemory(from: base, byteCount: source.count)
            }
        }
        count += text.count
        return true
    }

    /// Makes the texts those that a pool's block cells lie in.
    func lend(to pool: TextPool) {
        unsafe pool.setBlock(UnsafeRawBufferPointer(start: storage, count: count), padding: TextBlock.padding)
    }
}
