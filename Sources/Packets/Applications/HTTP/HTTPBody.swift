import Inputs
import RoadblockCore

/// Where the body of a message ends (RFC 9112 section 6).
enum HTTPBody {
    /// How far a chunked body reaches.
    enum Chunks {
        /// The place behind the last chunk and its trailer, and what the chunks hold.
        case whole(end: Int, content: [Range<Int>])
        case waits(MessageNeed)
        /// What should be a chunk is none.
        case broken(content: [Range<Int>])
    }

    /// Bytes of a body that are decompressed at most.
    private static let inflatedLimit = 1 << 22

    /// The body without its coding; `nil` where it is not coded in a way that is known.
    static func decode(_ body: [UInt8], _ encoding: [UInt8]) -> [UInt8]? {
        switch String(decoding: encoding, as: UTF8.self) {
        case "gzip", "x-gzip": return Inflation.inflate(body, .automatic, limit: inflatedLimit)
        case "deflate", "x-deflate":
            return Inflation.inflate(body, .automatic, limit: inflatedLimit)
                ?? Inflation.inflate(body, .none, limit: inflatedLimit)
        default: return nil
        }
    }

    /// Follows the chunks from a place on; lengths count from `start`.
    static func chunks(_ bytes: borrowing RawSpan, _ place: Int, _ end: Int, message start: Int) -> Chunks {
        var place = place
        var content: [Range<Int>] = []
        while true {
            guard let line = HTTPLines.end(bytes, place, end) else { return .waits(.segment) }
            let size = size(bytes, place, line.end)
            if size == 0 { return trailer(bytes, line.next, end, content) }
            guard line.next + size + 2 <= end else {
                return size < 1 << 40 ? .waits(.bytes(line.next + size + 2 - start)) : .broken(content: content)
            }
            content.append(line.next..<line.next + size)
            place = line.next + size
            // The line feed behind the chunk.
            guard let after = HTTPLines.end(bytes, place, end), after.end == place else {
                return .broken(content: content)
            }
            place = after.next
        }
    }

    private static func trailer(
        _ bytes: borrowing RawSpan,
        _ place: Int,
        _ end: Int,
        _ content: [Range<Int>]
    ) -> Chunks {
        let start = place
        var place = place
        while true {
            guard let line = HTTPLines.end(bytes, place, end) else {
                return place == start && end - place < 2 ? .waits(.segment) : .whole(end: end, content: content)
            }
            if line.end == place { return .whole(end: line.next, content: content) }
            place = line.next
        }
    }

    /// A chunk's size in hexadecimal behind blanks, up to what is no digit; 0 without digits.
    private static func size(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Int {
        var place = start
        while place < end, bytes.byte(place) == 32 || (9...13).contains(bytes.byte(place)) { place += 1 }
        var value = 0
        while place < end, value < 1 << 40 {
            let byte = HTTPLines.lower(bytes.byte(place))
            switch byte {
            case 48...57: value = value << 4 | Int(byte - 48)
            case 97...102: value = value << 4 | Int(byte - 87)
            default: return value
            }
            place += 1
        }
        return value
    }
}
