// Invariant: `cells` and `indices` address as many initialised elements as `capacity` says, from `init` (or the last
// `reserve`) until `deinit`; every subscript checks its index against `capacity`.

/// The cells of one field for the rows of a batch, by row number.
///
/// Only rows that were asked for are filled; the others hold whatever was there before.
@safe
public final class CellColumn {
    @usableFromInline var cells: UnsafeMutablePointer<UInt64>
    public private(set) var capacity: Int

    package init(capacity: Int = 0) {
        self.capacity = max(capacity, 1)
        unsafe cells = .allocate(capacity: self.capacity)
        unsafe cells.initialize(repeating: Cell.missing.bits, count: self.capacity)
    }

    deinit { unsafe cells.deallocate() }

    /// Makes room for rows `0..<count`; what was there is lost when there was not.
    package func reserve(_ count: Int) {
        guard count > capacity else { return }
        unsafe cells.deallocate()
        capacity = count + count / 4
        unsafe cells = .allocate(capacity: capacity)
        unsafe cells.initialize(repeating: Cell.missing.bits, count: capacity)
    }

    @inlinable @inline(__always)
    public subscript(row: Int) -> Cell {
        get {
            precondition(row >= 0 && row < capacity)
            return unsafe Cell(bits: cells[row])
        }
        set {
            precondition(row >= 0 && row < capacity)
            unsafe cells[row] = newValue.bits
        }
    }
}

/// Which rows of a batch are still of interest, in ascending order.
@safe
public final class RowSelection {
    @usableFromInline var indices: UnsafeMutablePointer<Int32>
    @usableFromInline var capacity: Int
    /// Rows selected.
    public private(set) var count = 0

    package init(capacity: Int = 0) {
        self.capacity = max(capacity, 1)
        unsafe indices = .allocate(capacity: self.capacity)
        unsafe indices.initialize(repeating: 0, count: self.capacity)
    }

    deinit { unsafe indices.deallocate() }

    /// Selects rows `0..<rows`.
    package func selectAll(_ rows: Int) {
        reserve(rows)
        for row in 0..<rows { unsafe indices[row] = Int32(truncatingIfNeeded: row) }
        count = rows
    }

    /// Selects what another selection has.
    package func copy(_ other: RowSelection) {
        reserve(other.count)
        for position in 0..<other.count { unsafe indices[position] = other.indices[position] }
        count = other.count
    }

    private func reserve(_ rows: Int) {
        guard rows > capacity else { return }
        unsafe indices.deallocate()
        capacity = rows + rows / 4
        unsafe indices = .allocate(capacity: capacity)
        unsafe indices.initialize(repeating: 0, count: capacity)
    }

    /// The row at a position of the selection.
    @inlinable @inline(__always)
    public subscript(position: Int) -> Int {
        precondition(position >= 0 && position < capacity)
        return unsafe Int(indices[position])
    }

    /// Keeps only the rows that pass.
    @inlinable @inline(__always)
    public func keep(_ passes: (Int) -> Bool) {
        var kept = 0
        for position in 0..<count {
            let row = unsafe indices[position]
            unsafe indices[kept] = row
            if passes(Int(row)) { kept &+= 1 }
        }
        truncate(kept)
    }

    /// Keeps only the first rows of the selection.
    @usableFromInline
    package func truncate(_ newCount: Int) { count = min(count, max(0, newCount)) }
}
