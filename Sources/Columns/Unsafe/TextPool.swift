// Invariant: `entries[0..<entryCount]` and `scratchEntries` describe ranges inside `kept[0..<keptEnd]` and
// `scratch[0..<scratchEnd]`, both allocated until `deinit`; `block` addresses `blockLength` bytes that the owner of the
// block keeps alive until the next `setBlock`. A cell's index is checked before its bytes are looked at.

import RoadblockCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The texts that cells of one worker refer to: kept ones, those of the current block, and those of the current batch.
@safe
package final class TextPool {
    @usableFromInline struct Entry {
        @usableFromInline var start: Int
        @usableFromInline var length: Int
    }

    private var kept: UnsafeMutablePointer<UInt8>
    private var keptCapacity: Int
    private var keptEnd = 0
    private var entries: [Entry] = []
    /// Index of an entry plus one by the hash of its text; 0 is free.
    private var table: [UInt32] = []
    /// The short words that came last, by their hash.
    private var shortWords = Array(repeating: (key: UInt64(0), length: 0, cell: Cell.missing), count: 64)
    private var block: UnsafePointer<UInt8>?
    private var blockLength = 0
    private var scratch: UnsafeMutablePointer<UInt8>
    private var scratchCapacity: Int
    private var scratchEnd = 0
    private var scratchEntries: [Entry] = []
    /// True once a batch made more text than `scratchLimit`: results are then incomplete and the run has to end.
    package private(set) var isExhausted = false

    /// Bytes that functions may make of one batch.
    package static let scratchLimit = 256 << 20

    package init() {
        keptCapacity = 4096
        scratchCapacity = 4096
        unsafe kept = .allocate(capacity: keptCapacity)
        unsafe scratch = .allocate(capacity: scratchCapacity)
    }

    deinit {
        unsafe kept.deallocate()
        unsafe scratch.deallocate()
    }

    /// Bytes of all kept texts.
    package var keptBytes: Int { keptEnd + entries.count * 20 }
    /// Bytes of the texts that functions made of the current batch.
    package var scratchBytes: Int { scratchEnd }
    /// Number of kept texts.
    package var keptCount: Int { entries.count }

    /// Names the bytes that block texts lie in, and forgets the texts of the last batch.
    ///
    /// Behind them `padding` more bytes may be read.
    package func setBlock(_ bytes: UnsafeRawBufferPointer, padding: Int) {
        precondition(padding >= 8)
        unsafe block = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        blockLength = bytes.count
        forgetScratch()
    }

    /// Forgets the texts that functions made of the last batch.
    package func forgetScratch() {
        scratchEnd = 0
        scratchEntries.removeAll(keepingCapacity: true)
    }

    // MARK: making cells

    /// The cell of a part of the current block: an address where it reads as one, else a text in place.
    @inline(__always)
    package func blockText(offset: Int, length: Int) -> Cell {
        precondition(offset >= 0 && length >= 0 && offset &+ length <= blockLength && length <= 0xFF_FFFF)
        guard let block = unsafe block, length > 0 else { return Cell(blockOffset: 0, length: 0) }
        if unsafe isDigit(block[offset]), let address = unsafe shortIPv4(block + offset, length) {
            return Cell(ipv4: address)
        }
        return Cell(blockOffset: offset, length: length)
    }

    /// The cell of a part of the current block that is expected to come again and again: kept once.
    @inline(__always)
    package func blockWord(offset: Int, length: Int) -> Cell {
        precondition(offset >= 0 && length >= 0 && offset &+ length <= blockLength && length <= 0xFF_FFFF)
        guard let block = unsafe block else { return Cell(blockOffset: 0, length: 0) }
        let isFull = entries.count > 1 << 16
        if length <= 8, length > 0, !isFull { return unsafe shortWord(block + offset, length) }
        if length > 256 || isFull { return blockText(offset: offset, length: length) }
        if length > 0, unsafe isDigit(block[offset]), let address = unsafe shortIPv4(block + offset, length) {
            return Cell(ipv4: address)
        }
        return unsafe intern(block + offset, length)
    }

    /// A word of up to eight bytes, which are compared at once.
    @inline(__always)
    private func shortWord(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Cell {
        let word = unsafe UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self)
        let key = word & (~0 >> UInt64(64 &- 8 &* length))
        let slot = Int(truncatingIfNeeded: ((key ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15) >> 58)
        let found = shortWords[slot]
        if found.key == key && found.length == length { return found.cell }
        if length > 6, unsafe isDigit(bytes[0]), let address = unsafe shortIPv4(bytes, length) {
            return Cell(ipv4: address)
        }
        let cell = unsafe intern(bytes, length)
        shortWords[slot] = (key, length, cell)
        return cell
    }

    /// The cell of a text that outlives the batch; equal texts give equal cells.
    package func keep(_ text: String) -> Cell {
        var text = text
        return text.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return unsafe intern(UnsafePointer(kept), 0) }
            if let address = unsafe shortIPv4(base, bytes.count) { return Cell(ipv4: address) }
            return unsafe intern(base, bytes.count)
        }
    }

    /// The same value in a form that outlives the batch; equal texts give equal cells.
    @inline(__always)
    package func keep(_ cell: Cell) -> Cell {
        if cell.isText { return cell.isKept ? cell : keepText(cell) }
        return cell.isStructure ? keepStructure(cell) : cell
    }

    private func keepStructure(_ cell: Cell) -> Cell { keep(cell.unwrapped).asStructure }

    private func keepText(_ cell: Cell) -> Cell {
        unsafe withPointer(of: cell) { unsafe intern($0, $1) }
    }

    /// The value of a cell of another pool as a cell of this one, kept.
    package func take(_ cell: Cell, from other: TextPool) -> Cell {
        guard cell.isText else {
            return cell.isStructure ? take(cell.unwrapped, from: other).asStructure : cell
        }
        return unsafe other.withPointer(of: cell) { unsafe intern($0, $1) }
    }

    /// The value of a cell of another pool as a cell of this one, for the current batch.
    package func borrow(_ cell: Cell, from other: TextPool) -> Cell {
        if other === self { return cell }
        guard cell.isText else {
            return cell.isStructure ? borrow(cell.unwrapped, from: other).asStructure : cell
        }
        return unsafe other.withPointer(of: cell) { pointer, length in
            unsafe make(UnsafeRawBufferPointer(start: pointer, count: length), findsAddress: false)
        }
    }

    /// The kept cell of a value of another pool; `nil` for a text that is not kept.
    @inline(__always)
    package func find(_ cell: Cell, from other: TextPool) -> Cell? {
        if cell.isText { return findText(cell, other) }
        return cell.isStructure ? findText(cell.unwrapped, other)?.asStructure : cell
    }

    private func findText(_ cell: Cell, _ other: TextPool) -> Cell? {
        if other === self, cell.isKept { return cell }
        guard !table.isEmpty else { return nil }
        return unsafe other.withPointer(of: cell) { bytes, length in
            let slot = unsafe slot(bytes, length)
            return table[slot] == 0 ? nil : Cell(kept: Int(table[slot]) - 1)
        }
    }

    /// The cell of a text that a function made for the current batch.
    package func make(_ text: String) -> Cell {
        var text = text
        return text.withUTF8 { bytes in unsafe make(UnsafeRawBufferPointer(bytes)) }
    }

    /// The cell of bytes that a function made for the current batch.
    package func make(_ bytes: [UInt8]) -> Cell {
        unsafe bytes.withUnsafeBytes { unsafe make($0) }
    }

    /// The cell of a text that is to be looked into: a text even where it reads as an address.
    package func makePlain(_ text: String) -> Cell {
        var text = text
        return text.withUTF8 { bytes in unsafe make(UnsafeRawBufferPointer(bytes), findsAddress: false) }
    }

    /// The cell of bytes for the current batch: a text even where it reads as an address.
    package func makePlain(_ bytes: [UInt8]) -> Cell {
        unsafe bytes.withUnsafeBytes { unsafe make($0, findsAddress: false) }
    }

    private func make(_ bytes: UnsafeRawBufferPointer, findsAddress: Bool = true) -> Cell {
        let start = scratchEnd
        guard let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            scratchEntries.append(Entry(start: 0, length: 0))
            return Cell(scratch: scratchEntries.count - 1)
        }
        if findsAddress, let address = unsafe shortIPv4(base, bytes.count) { return Cell(ipv4: address) }
        guard start + bytes.count <= TextPool.scratchLimit else {
            isExhausted = true
            return .missing
        }
        if start + bytes.count > scratchCapacity {
            scratchCapacity = max(start + bytes.count, scratchCapacity * 2)
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: scratchCapacity)
            unsafe larger.update(from: scratch, count: scratchEnd)
            unsafe scratch.deallocate()
            unsafe scratch = larger
        }
        unsafe (scratch + start).update(from: base, count: bytes.count)
        scratchEnd += bytes.count
        scratchEntries.append(Entry(start: start, length: bytes.count))
        return Cell(scratch: scratchEntries.count - 1)
    }

    /// A part of a text: in place where it can be.
    package func part(of cell: Cell, offset: Int, length: Int) -> Cell {
        if cell.bits >> 48 == Cell.Region.block.rawValue, offset >= 0, offset + length <= cell.blockLength {
            return blockText(offset: cell.blockOffset + offset, length: length)
        }
        return make(
            withBytes(of: cell) { bytes in
                (max(0, offset)..<min(bytes.count, offset + length)).map { bytes[$0] }
            }
        )
    }

    // MARK: reading texts

    /// Gives the bytes of a text; an empty view for anything else.
    @inline(__always)
    package func withBytes<Result>(of cell: Cell, _ body: (borrowing Span<UInt8>) -> Result) -> Result {
        unsafe withPointer(of: cell) { pointer, length in
            unsafe body(Span(_unsafeElements: UnsafeBufferPointer(start: pointer, count: length)))
        }
    }

    /// The text as a string; ill-formed UTF-8 is repaired.
    package func string(_ cell: Cell) -> String {
        unsafe withPointer(of: cell) { pointer, length in
            unsafe String(decoding: UnsafeBufferPointer(start: pointer, count: length), as: UTF8.self)
        }
    }

    @inline(__always)
    private func withPointer<Result>(of cell: Cell, _ body: (UnsafePointer<UInt8>, Int) -> Result) -> Result {
        switch cell.bits >> 48 {
        case Cell.Region.kept.rawValue:
            let entry = entries[cell.index]
            return unsafe body(UnsafePointer(kept + entry.start), entry.length)
        case Cell.Region.block.rawValue:
            let offset = cell.blockOffset
            let length = cell.blockLength
            guard let block = unsafe block, offset + length <= blockLength else {
                return unsafe body(UnsafePointer(kept), 0)
            }
            return unsafe body(block + offset, length)
        case Cell.Region.scratch.rawValue:
            let entry = scratchEntries[cell.index]
            return unsafe body(UnsafePointer(scratch + entry.start), entry.length)
        default: return unsafe body(UnsafePointer(kept), 0)
        }
    }

    /// True when two texts are the same bytes.
    @inline(__always)
    package func areEqual(_ a: Cell, _ b: Cell) -> Bool {
        if a.bits == b.bits { return true }
        if a.isKept && b.isKept { return false }
        return unsafe withPointer(of: a) { first, firstLength in
            unsafe withPointer(of: b) { second, secondLength in
                unsafe firstLength == secondLength && memcmp(first, second, firstLength) == 0
            }
        }
    }

    // MARK: keeping

    private func intern(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Cell {
        if (entries.count + 1) * 2 > table.count { growTable() }
        let slot = unsafe slot(bytes, length)
        if table[slot] != 0 { return Cell(kept: Int(table[slot]) - 1) }
        let start = keptEnd
        if start + length > keptCapacity {
            keptCapacity = max(start + length, keptCapacity * 2)
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: keptCapacity)
            unsafe larger.update(from: kept, count: keptEnd)
            // The text itself may lie in the memory that is let go.
            unsafe (larger + start).update(from: bytes, count: length)
            unsafe kept.deallocate()
            unsafe kept = larger
        } else {
            unsafe (kept + start).update(from: bytes, count: length)
        }
        keptEnd += length
        entries.append(Entry(start: start, length: length))
        table[slot] = UInt32(entries.count)
        return Cell(kept: entries.count - 1)
    }

    /// The kept text with the same bytes, without keeping any; `nil` where there is none.
    package func find(_ cell: Cell) -> Cell? {
        if cell.isKept { return cell }
        guard !table.isEmpty else { return nil }
        return unsafe withPointer(of: cell) { bytes, length in
            let found = table[unsafe slot(bytes, length)]
            return found == 0 ? nil : Cell(kept: Int(found) - 1)
        }
    }

    /// Where a text is in the table, or where it would be: a free slot.
    @inline(__always)
    private func slot(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Int {
        let mask = table.count - 1
        var slot = unsafe Int(truncatingIfNeeded: hash(bytes, length)) & mask
        while true {
            let found = table[slot]
            if found == 0 { return slot }
            let entry = entries[Int(found) - 1]
            if entry.length == length, unsafe memcmp(kept + entry.start, bytes, length) == 0 { return slot }
            slot = (slot + 1) & mask
        }
    }

    private func growTable() {
        let size = max(256, table.count * 2)
        table = Array(repeating: 0, count: size)
        for (index, entry) in entries.enumerated() {
            var slot = unsafe Int(truncatingIfNeeded: hash(kept + entry.start, entry.length)) & (size - 1)
            while table[slot] != 0 { slot = (slot + 1) & (size - 1) }
            table[slot] = UInt32(index + 1)
        }
    }
}

@inline(__always)
private func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

/// A hash of a text, eight bytes at a time.
@inline(__always)
private func hash(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
    var state = UInt64(truncatingIfNeeded: length) &* 0x9E37_79B9_7F4A_7C15
    var offset = 0
    while offset &+ 8 <= length {
        let word = unsafe UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        state = (state ^ word) &* 0xBF58_476D_1CE4_E5B9
        state ^= state >> 29
        offset &+= 8
    }
    while offset < length {
        state = (state ^ UInt64(unsafe bytes[offset])) &* 0x94D0_49BB_1331_11EB
        offset &+= 1
    }
    return state ^ state >> 32
}
