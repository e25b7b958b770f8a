import RoadblockCore

/// Takes the events one by one out of the JSON that was put around them, however long it is.
///
/// What `EnvelopeHead` knows is read, also several of them one after the other, as subscriptions deliver them.
struct EnvelopeReader {
    enum Step {
        case event([UInt8], LogEvent)
        case skipped
        case needsMore
        case damaged(String)
        case ended
    }

    private enum Phase {
        /// In front of a head.
        case head
        /// Among the items.
        case items
        /// In a line of something else that is too long to be kept.
        case overlongLine
        /// Behind the list, so many objects and arrays deep.
        case tail(ObjectScan)
        case ended
    }

    private var phase = Phase.head
    private var head = EnvelopeHead()
    private var headCount = 0
    private var waiting: ([UInt8], LogEvent)?
    /// How far the text of the current event was looked through, and in which state.
    private var scan = ObjectScan()
    private var position = 0
    /// How far the end of a line was looked for.
    private var searched = 0
    /// Lines that began an object and did not end one.
    private var openLines = 0
    /// Each of them costs another look at what follows it.
    private static let openLimit = 16
    /// True when nothing follows the bytes.
    var isFinal = false
    /// True where the input may end: behind a list, or between objects that follow one another.
    private(set) var isComplete = false

    /// True for bytes that begin with a known head.
    static func begins(_ bytes: [UInt8]) -> Bool { EnvelopeHead(bytes, from: 0) != nil }

    static func firstMessages(_ bytes: [UInt8], _ count: Int) -> [[UInt8]] {
        var reader = EnvelopeReader()
        var rest = bytes
        var messages: [[UInt8]] = []
        while messages.count < count {
            switch reader.next(&rest) {
            case .event(let message, _): messages.append(message)
            case .skipped: continue
            case .needsMore, .damaged, .ended: return messages
            }
        }
        return messages
    }

    /// True for an input that ends before its first event does.
    static func isCut(_ bytes: [UInt8]) -> Bool {
        var reader = EnvelopeReader()
        var rest = bytes
        reader.isFinal = true
        guard case .needsMore = reader.next(&rest) else { return false }
        return !reader.isComplete
    }

    /// Gives an event again at the next call.
    mutating func putBack(_ message: [UInt8], _ event: LogEvent) { waiting = (message, event) }

    mutating func end() { phase = .ended }

    /// The next event of the bytes, which are dropped from the front as they are used.
    mutating func next(_ bytes: inout [UInt8]) -> Step {
        if let (message, event) = waiting {
            waiting = nil
            return .event(message, event)
        }
        isComplete = false
        while true {
            switch phase {
            case .ended: return .ended
            case .head: if let step = readHead(&bytes) { return step }
            case .items: if let step = readItem(&bytes) { return step }
            case .overlongLine: return skipLine(&bytes)
            case .tail(var scan):
                guard let end = scan.end(bytes, from: position) else {
                    drop(bytes.count, of: &bytes)
                    scan.begin(at: 0)
                    phase = .tail(scan)
                    return .needsMore
                }
                position = end
                phase = .head
            }
        }
    }

    /// Forgets the bytes in front of an offset.
    private mutating func drop(_ count: Int, of bytes: inout [UInt8]) {
        bytes.removeFirst(count)
        position = 0
    }

    /// True when there are only blanks left.
    private mutating func skipSpace(_ bytes: inout [UInt8]) -> Bool {
        while position < bytes.count, EnvelopeHead.isSpace(bytes[position]) { position += 1 }
        guard position == bytes.count else { return false }
        drop(position, of: &bytes)
        return true
    }

    private mutating func readHead(_ bytes: inout [UInt8]) -> Step? {
        if skipSpace(&bytes) {
            isComplete = headCount > 0
            return .needsMore
        }
        guard let found = EnvelopeHead(bytes, from: position) else {
            guard headCount > 0 else { return .damaged("the JSON holds no list of events") }
            if bytes.count - position < EnvelopeHead.limit, bytes[position] == UInt8(ascii: "{") {
                drop(position, of: &bytes)
                return .needsMore
            }
            return .damaged("something else follows the list of events")
        }
        headCount += 1
        head = found
        position = found.start
        phase = .items
        return nil
    }

    private mutating func readItem(_ bytes: inout [UInt8]) -> Step? {
        let floor = position
        while position < bytes.count, EnvelopeHead.isSpace(bytes[position]) || bytes[position] == UInt8(ascii: ",") {
            position += 1
        }
        guard position < bytes.count else {
            isComplete = !head.isList
            // They may be those in front of a line of text.
            if head.isList || position - floor > 4096 { drop(position, of: &bytes) } else { position = floor }
            return .needsMore
        }
        if bytes[position] == UInt8(ascii: "]"), head.isList {
            position += 1
            var scan = ObjectScan(depth: 1)
            scan.begin(at: position)
            phase = head.isInObject ? .tail(scan) : .head
            return nil
        }
        let opening = head.shape == .rows ? UInt8(ascii: "[") : UInt8(ascii: "{")
        guard bytes[position] == opening else {
            return head.isList ? .damaged("an event is no JSON object") : readLine(&bytes, from: floor)
        }
        guard let end = scan.end(bytes, from: position) else {
            let isLong = bytes.count - position > 2 * LineBlock.lineLimit
            if isLong || isFinal, !head.isList, openLines < EnvelopeReader.openLimit {
                // A line that begins as an object does, and is none: what follows it may be some.
                openLines += 1
                scan = ObjectScan()
                return readLine(&bytes, from: position)
            }
            if isLong { return .damaged("an event is too long") }
            scan.shift(position)
            drop(position, of: &bytes)
            return .needsMore
        }
        scan = ObjectScan()
        let range = position..<end
        position = end
        defer {
            // Moved in large steps only, so that many small events are not moved again and again.
            if position > 1 << 20 { drop(position, of: &bytes) }
        }
        if head.isControl { return nil }
        guard let (message, event) = head.event(bytes, range) else { return .skipped }
        return .event(message, event)
    }

    /// A line of something else among objects that follow one another; the blanks in front of it are its own.
    private mutating func readLine(_ bytes: inout [UInt8], from floor: Int) -> Step {
        guard let end = bytes[max(position, searched)...].firstIndex(of: 10) ?? (isFinal ? bytes.count : nil) else {
            searched = bytes.count
            guard bytes.count - position <= LineBlock.lineLimit else {
                phase = .overlongLine
                return skipLine(&bytes)
            }
            position = floor
            return .needsMore
        }
        var start = position
        while start > floor, bytes[start - 1] == 32 || bytes[start - 1] == 9 { start -= 1 }
        // What stands behind an object in its line is no line of its own.
        if start == 0 || bytes[start - 1] != 10 { start = position }
        let line = bytes[start..<end]
        let message = Array(line.last == 13 ? line.dropLast() : line)
        endLine(at: end, &bytes)
        return .event(message, LogEvent())
    }

    private mutating func skipLine(_ bytes: inout [UInt8]) -> Step {
        guard let end = bytes[max(position, searched)...].firstIndex(of: 10) ?? (isFinal ? bytes.count : nil) else {
            drop(bytes.count, of: &bytes)
            searched = 0
            return .needsMore
        }
        phase = .items
        endLine(at: end, &bytes)
        return .skipped
    }

    /// Goes behind a line, whose end stays where it can be seen.
    private mutating func endLine(at end: Int, _ bytes: inout [UInt8]) {
        searched = 0
        position = min(end + 1, bytes.count)
        guard position > 1 << 20 else { return }
        drop(position - 1, of: &bytes)
        position = 1
    }
}

/// Finds the end of a JSON object or array that may come in pieces.
struct ObjectScan {
    private var offset = 0
    private var depth: Int
    private var isInText = false
    private var isEscaped = false

    /// A scan that begins so many objects and arrays deep.
    init(depth: Int = 0) { self.depth = depth }

    /// The offset behind the object that begins at `start`; `nil` while it is not all there.
    mutating func end(_ bytes: [UInt8], from start: Int) -> Int? {
        var index = max(offset, start)
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isInText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
        }
        offset = index
        return nil
    }

    mutating func begin(at offset: Int) { self.offset = offset }

    mutating func shift(_ count: Int) { offset -= count }
}
