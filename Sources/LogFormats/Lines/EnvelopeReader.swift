import RoadblockCore

/// Takes the events one by one out of `{"events": [{"timestamp": …, "message": …}, …]}`, however long it is.
///
/// Source: CloudWatch Logs API Reference, "FilterLogEvents" and "GetLogEvents".
struct EnvelopeReader {
    enum Step {
        case event([UInt8], LogEvent)
        case skipped
        case needsMore
        case damaged(String)
        case ended
    }

    private var hasBegun = false
    private var hasEnded = false
    private var waiting: ([UInt8], LogEvent)?
    /// How far the text of the current event was looked through, and in which state.
    private var scan = ObjectScan()
    private var position = 0

    /// True for the beginning of an object with an `events` list of objects.
    static func begins(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first(where: { !isSpace($0) }), first == UInt8(ascii: "{") else { return false }
        return listStart(bytes) != nil
    }

    /// The offset behind the `[` of the list of events, where the members before it are small.
    private static func listStart(_ bytes: [UInt8]) -> Int? {
        let key = Array("\"events\"".utf8)
        let head = bytes.prefix(16 << 10)
        guard let at = head.indices.first(where: { head[$0...].starts(with: key) }) else { return nil }
        // Before the name there may be other members, but no other object's.
        guard head[..<at].count(where: { $0 == UInt8(ascii: "{") }) == 1 else { return nil }
        var index = at + key.count
        var wanted: [UInt8] = [UInt8(ascii: ":"), UInt8(ascii: "[")]
        while index < head.endIndex, let next = wanted.first {
            if head[index] == next { wanted.removeFirst() } else if !isSpace(head[index]) { return nil }
            index += 1
        }
        return wanted.isEmpty ? index : nil
    }

    static func firstMessages(_ bytes: [UInt8], _ count: Int) -> [[UInt8]] {
        var reader = EnvelopeReader()
        var rest = bytes
        var messages: [[UInt8]] = []
        while messages.count < count, case .event(let message, _) = reader.next(&rest) { messages.append(message) }
        return messages
    }

    /// Gives an event again at the next call.
    mutating func putBack(_ message: [UInt8], _ event: LogEvent) { waiting = (message, event) }

    mutating func end() { hasEnded = true }

    /// The next event of the bytes, which are dropped from the front as they are used.
    mutating func next(_ bytes: inout [UInt8]) -> Step {
        if let (message, event) = waiting {
            waiting = nil
            return .event(message, event)
        }
        if hasEnded { return .ended }
        if !hasBegun {
            guard let start = EnvelopeReader.listStart(bytes) else {
                return .damaged("the JSON holds no list of events")
            }
            position = start
            hasBegun = true
        }
        while position < bytes.count, EnvelopeReader.isSpace(bytes[position]) || bytes[position] == UInt8(ascii: ",") {
            position += 1
        }
        guard position < bytes.count else {
            bytes.removeAll(keepingCapacity: true)
            position = 0
            return .needsMore
        }
        if bytes[position] == UInt8(ascii: "]") {
            hasEnded = true
            return .ended
        }
        guard bytes[position] == UInt8(ascii: "{") else { return .damaged("an event is no JSON object") }
        guard let end = scan.end(bytes, from: position) else {
            if bytes.count - position > 2 * LineBlock.lineLimit { return .damaged("an event is too long") }
            if position > 0 {
                bytes.removeFirst(position)
                scan.shift(position)
                position = 0
            }
            return .needsMore
        }
        scan = ObjectScan()
        let range = position..<end
        position = end
        defer {
            // Moved in large steps only, so that many small events are not moved again and again.
            if position > 1 << 20 {
                bytes.removeFirst(position)
                position = 0
            }
        }
        guard let value = try? JSONReader.value(of: bytes, in: range), case .string(let message) = value["message"]
        else { return .skipped }
        let event = LogEvent(
            timestamp: EnvelopeReader.whole(value["timestamp"]),
            ingestionTime: EnvelopeReader.whole(value["ingestionTime"]),
            stream: value["logStreamName"]?.text
        )
        var text = Array(message.utf8)
        while text.last == 10 || text.last == 13 { text.removeLast() }
        return .event(text, event)
    }

    private static func whole(_ value: JSONValue?) -> Int64? {
        switch value {
        case .int(let number): Int64(number)
        case .double(let number): Int64(exactly: number.rounded(.down))
        default: nil
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}

/// Finds the end of a JSON object that may come in pieces.
struct ObjectScan {
    private var offset = 0
    private var depth = 0
    private var isInText = false
    private var isEscaped = false

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
                } else if byte
                    == UInt8(ascii: "\"")
                {
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

    mutating func shift(_ count: Int) { offset -= count }
}
