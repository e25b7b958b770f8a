/// The fragments of one IP datagram that have been seen.
struct FragmentedDatagram {
    struct Part {
        let offset: Int
        let bytes: [UInt8]
        let frame: Int
        var overlaps = false
        var conflicts = false
        var isTooLong = false
        var isOtherTail = false
    }

    /// Fragments of one datagram that are kept; a datagram of the smallest fragments has as many.
    static let partLimit = 8192

    /// By offset; those with the same one as they came.
    private(set) var parts: [Part] = []
    /// Bytes of the whole datagram, once its last fragment is known.
    private(set) var length: Int?
    private(set) var heldBytes = 0

    mutating func add(_ bytes: [UInt8], at offset: Int, isLast: Bool, frame: Int) {
        var part = Part(offset: offset, bytes: bytes, frame: frame)
        if isLast {
            if let length, length != offset + bytes.count {
                part.isOtherTail = true
            } else {
                length = offset + bytes.count
            }
        }
        let place = parts.firstIndex { $0.offset > offset } ?? parts.count
        parts.insert(part, at: place)
        heldBytes += bytes.count
    }

    /// True when no byte is missing.
    var isComplete: Bool {
        guard let length, heldBytes >= length else { return false }
        var reached = 0
        for part in parts {
            if part.offset > reached { return false }
            reached = max(reached, part.offset + part.bytes.count)
        }
        return reached >= length
    }

    /// The datagram's bytes; where fragments overlap, those of the one that begins first count.
    mutating func join() -> [UInt8] {
        let length = length ?? 0
        var joined: [UInt8] = []
        joined.reserveCapacity(length)
        for index in parts.indices {
            let part = parts[index]
            let end = part.offset + part.bytes.count
            if end > length { parts[index].isTooLong = true }
            if part.offset < joined.count {
                parts[index].overlaps = true
                let shared = min(end, joined.count) - part.offset
                if joined[part.offset..<part.offset + shared] != part.bytes[..<shared] {
                    parts[index].conflicts = true
                }
            }
            let known = joined.count - part.offset
            if known < part.bytes.count, joined.count < length {
                joined += part.bytes[known..<min(part.bytes.count, known + length - joined.count)]
            }
        }
        return joined
    }
}
