/// What is needed before a message of a stream can be read.
enum MessageNeed: Hashable, Sendable {
    /// So many bytes in all from where the message begins.
    case bytes(Int)
    /// Another segment, whatever it holds: only where a few bytes say how long the message is.
    case segment
    /// The end of a line.
    case line
    /// An empty line.
    case emptyLine
    /// Everything up to the end of the stream.
    case end
}

/// How far a protocol has read the bytes that it was given.
enum MessageOutcome: Hashable, Sendable {
    case done
    /// From a place on, more is needed.
    case waits(at: Int, MessageNeed)
    /// From a place on, the connection carries another protocol; `canWait` is false where only what is there is read.
    case changes(at: Int, canWait: Bool)
}

/// The bytes of a message of which a part is still to come.
struct PendingMessage {
    /// Sequence number of the first byte.
    private(set) var start: UInt32
    private(set) var need: MessageNeed
    /// Bytes without a gap from the start on.
    private(set) var bytes: [UInt8]
    /// Bytes behind a gap, by how far they are from the start.
    private var later: [(offset: Int, bytes: [UInt8])] = []
    /// The packets that the bytes came from.
    private(set) var frames: [Int]
    private(set) var heldBytes: Int
    /// Where the bytes begin that were added last.
    private var newStart = 0

    init(start: UInt32, need: MessageNeed, bytes: [UInt8], frames: [Int]) {
        self.start = start
        self.need = need
        self.bytes = bytes
        self.frames = frames
        heldBytes = bytes.count
    }

    /// One past the last byte that is known to belong to the message.
    var end: UInt32 {
        if case .bytes(let wanted) = need {
            start &+ UInt32(truncatingIfNeeded: max(wanted, bytes.count))
        } else {
            start &+ UInt32(truncatingIfNeeded: bytes.count)
        }
    }

    /// How far a sequence number is from the start; negative before it.
    func offset(of sequence: UInt32) -> Int { Int(Int32(bitPattern: sequence &- start)) }

    /// True for bytes at a distance from the start that belong to the message.
    func covers(_ offset: Int) -> Bool {
        guard offset > 0 else { return false }
        return switch need {
        case .bytes(let count): offset < count
        case .segment, .line, .emptyLine: offset <= bytes.count
        case .end: true
        }
    }

    /// How many of some bytes at a distance the message takes.
    func share(of count: Int, at offset: Int) -> Int {
        if case .bytes(let wanted) = need { min(count, wanted - offset) } else { count }
    }

    var isComplete: Bool {
        switch need {
        case .bytes(let count): bytes.count >= count
        case .segment: true
        case .line: hasNewLine
        case .emptyLine: hasNewEmptyLine
        case .end: false
        }
    }

    /// Adds bytes that belong to the message.
    mutating func add(_ more: [UInt8], at offset: Int, frame: Int) {
        if frames.last != frame { frames.append(frame) }
        newStart = bytes.count
        heldBytes += more.count
        if offset > bytes.count {
            if later.count < 1024 { later.append((offset, more)) }
            return
        }
        extend(more, at: offset)
        while let index = later.firstIndex(where: { $0.offset <= bytes.count }) {
            let part = later.remove(at: index)
            extend(part.bytes, at: part.offset)
        }
    }

    /// True where the newest bytes end a line: then, and only then, is it worth reading the message again.
    private var hasNewLine: Bool { bytes[newStart...].contains { $0 == 10 || $0 == 13 } }

    /// True where a line end of the newest bytes follows another one.
    private var hasNewEmptyLine: Bool {
        var place = max(0, newStart - 3)
        var isAtStart = false
        while place < bytes.count {
            let byte = bytes[place]
            guard byte == 10 || byte == 13 else {
                isAtStart = false
                place += 1
                continue
            }
            if isAtStart { return true }
            isAtStart = true
            place += byte == 13 && place + 1 < bytes.count && bytes[place + 1] == 10 ? 2 : 1
        }
        return false
    }

    private mutating func extend(_ more: [UInt8], at offset: Int) {
        let known = bytes.count - offset
        if known < more.count { bytes.append(contentsOf: more[max(0, known)...]) }
    }

    /// The message turned out to need more than was thought.
    mutating func want(_ need: MessageNeed) { self.need = need }

    /// What is left from a place on, where a message begins that is not whole either.
    func rest(from place: Int, need: MessageNeed, frame: Int) -> PendingMessage {
        PendingMessage(
            start: start &+ UInt32(truncatingIfNeeded: place),
            need: need,
            bytes: Array(bytes[min(place, bytes.count)...]),
            frames: [frame]
        )
    }
}
