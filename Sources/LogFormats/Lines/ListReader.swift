import RoadblockCore

/// Takes the objects one by one out of a JSON list of a firewall's log, however long it is: `[{…}, …]`, or `{"records": [{…}, …]}`, and
/// several of these behind each other.
///
/// The first is what `gcloud logging read --format json` prints, the second what Azure writes to storage accounts.
struct ListReader {
    enum Step {
        /// An object, and the line in which it begins.
        case item([UInt8], line: Int)
        /// An object that is longer than a block may be.
        case skipped
        case needsMore
        case damaged(String)
        case ended
    }

    /// True between the brackets of a list.
    private var isInList = false
    private var hasEnded = false
    private var scan = ObjectScan()
    private var position = 0
    /// The line of `position`, from 1.
    private var line = 1
    private var waiting: ([UInt8], line: Int)?

    /// Bytes in front of a list that are looked through.
    private static let headLimit = 16 << 10
    private static let key = Array("\"records\"".utf8)

    /// True for the beginning of a list that holds a firewall's log.
    static func begins(_ bytes: [UInt8]) -> Bool {
        guard let start = listStart(bytes, from: 0), bytes[start...].first(where: { !isSpace($0) }) == UInt8(ascii: "{")
        else { return false }
        return FirewallFormat.holdsTuples(bytes) || FirewallFormat.find(inJSON: firstItems(bytes, 20)) != nil
    }

    /// The offset behind the `[` of a list that begins at an offset, or is the member `records` of an object there.
    private static func listStart(_ bytes: [UInt8], from offset: Int) -> Int? {
        guard let first = bytes[offset...].firstIndex(where: { !isSpace($0) }) else { return nil }
        if bytes[first] == UInt8(ascii: "[") { return first + 1 }
        guard bytes[first] == UInt8(ascii: "{") else { return nil }
        let head = bytes[first...].prefix(headLimit)
        var index = first + 1
        // Before the name there may be other members, but no other object's.
        while index < head.endIndex, head[index] != UInt8(ascii: "{") {
            guard head[index] == key[0], head[index...].starts(with: key) else {
                index += 1
                continue
            }
            index += key.count
            for wanted in [UInt8(ascii: ":"), UInt8(ascii: "[")] {
                while index < head.endIndex, isSpace(head[index]) { index += 1 }
                guard index < head.endIndex, head[index] == wanted else { return nil }
                index += 1
            }
            return index
        }
        return nil
    }

    static func firstItems(_ bytes: [UInt8], _ count: Int) -> [[UInt8]] {
        var reader = ListReader()
        var rest = bytes
        var items: [[UInt8]] = []
        while items.count < count, case .item(let item, _) = reader.next(&rest) { items.append(item) }
        return items
    }

    /// True for an input that ends before its first item does.
    static func isCut(_ bytes: [UInt8]) -> Bool {
        var reader = ListReader()
        var rest = bytes
        reader.isFinal = true
        guard case .needsMore = reader.next(&rest) else { return false }
        return reader.isOpen
    }

    /// Gives an item again at the next call.
    mutating func putBack(_ item: [UInt8], line: Int) { waiting = (item, line) }

    mutating func end() { hasEnded = true }

    /// True where the list that was begun is not at its end.
    var isOpen: Bool { isInList }

    /// The next object of the bytes, which are dropped from the front as they are used.
    mutating func next(_ bytes: inout [UInt8]) -> Step {
        if let (item, line) = waiting {
            waiting = nil
            return .item(item, line: line)
        }
        while !hasEnded {
            guard isInList else {
                if let step = enter(&bytes) { return step }
                continue
            }
            skip(bytes) { ListReader.isSpace($0) || $0 == UInt8(ascii: ",") }
            guard position < bytes.count else { return more(&bytes) }
            if bytes[position] == UInt8(ascii: "]") {
                position += 1
                isInList = false
                continue
            }
            return item(&bytes)
        }
        return .ended
    }

    private mutating func item(_ bytes: inout [UInt8]) -> Step {
        guard bytes[position] == UInt8(ascii: "{") else { return .damaged("an item of the JSON list is no object") }
        guard let end = scan.end(bytes, from: position) else {
            if bytes.count - position > LineBlock.lineLimit { return .damaged("an item of the JSON list is too long") }
            return more(&bytes)
        }
        scan = ObjectScan()
        guard end - position < LineBlock.lineLimit - 1024 else {
            skip(bytes, to: end)
            drop(&bytes)
            return .skipped
        }
        let item = Array(bytes[position..<end])
        let begin = line
        skip(bytes, to: end)
        if position > 1 << 20 { drop(&bytes) }
        return .item(item, line: begin)
    }

    /// Goes into the next list; `nil` where it is in one.
    private mutating func enter(_ bytes: inout [UInt8]) -> Step? {
        // What closes the object around the last list.
        skip(bytes) { ListReader.isSpace($0) || $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: ",") }
        guard position < bytes.count else { return more(&bytes) }
        if let start = ListReader.listStart(bytes, from: position) {
            skip(bytes, to: start)
            isInList = true
            return nil
        }
        if bytes.count - position < ListReader.headLimit, !isFinal { return more(&bytes) }
        return .damaged("what follows the JSON list is none")
    }

    /// True once there is no more to read.
    var isFinal = false

    private mutating func more(_ bytes: inout [UInt8]) -> Step {
        drop(&bytes)
        return .needsMore
    }

    private mutating func drop(_ bytes: inout [UInt8]) {
        bytes.removeFirst(position)
        scan.shift(position)
        position = 0
    }

    private mutating func skip(_ bytes: [UInt8], _ isSkipped: (UInt8) -> Bool) {
        while position < bytes.count, isSkipped(bytes[position]) {
            if bytes[position] == 10 { line += 1 }
            position += 1
        }
    }

    private mutating func skip(_ bytes: [UInt8], to end: Int) {
        while position < end {
            if bytes[position] == 10 { line += 1 }
            position += 1
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
