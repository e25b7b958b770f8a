import Inputs
import RoadblockCore

/// Where the body of a message ends (RFC 9112 section 6).
enum HTTPBody {
    /// How far a chunked body reaches.
    enum Chunks {
        /// The place behind the last chunk and its trailer.
        case whole(Int)
        case waits(MessageNeed)
    }

    /// Bytes of a body that are decompressed at most.
    private static let inflatedLimit = 1 << 22

    /// The body without its coding; `nil` where it is not coded in a way that is known.
    static func decode(_ body: [UInt8], _ encoding: [UInt8]) -> [UInt8]? {
        switch String(decoding: encoding, as: UTF8.self) {
        case "gzip", "x-gzip", "deflate", "x-deflate":
            return Inflation.inflate(body, .automatic, limit: inflatedLimit)
                ?? Inflation.inflate(body, .none, limit: inflatedLimit)
        default: return nil
        }
    }

    /// Follows the chunks from where it was left, and notes what they hold.
    static func chunks(
        _ bytes: borrowing RawSpan,
        _ end: Int,
        message start: Int,
        _ progress: inout HTTPProgress
    ) -> Chunks {
        while true {
            let place = start + progress.place
            guard let line = HTTPLines.end(bytes, place, end) else { return .waits(.line) }
            let size = size(bytes, place, line.end)
            if size == 0 { return trailer(bytes, line.next, end) }
            let content = line.next..<min(end, line.next + size)
            guard line.next + size + 2 <= end else { return .waits(.bytes(line.next + size + 2 - start)) }
            progress.content.append(content.lowerBound - start..<content.upperBound - start)
            // The line's end behind the chunk; what has none is no chunk, and all of the rest.
            guard let after = HTTPLines.end(bytes, content.upperBound, end), after.end == content.upperBound else {
                progress.content.append(content.upperBound - start..<end - start)
                return .whole(end)
            }
            progress.place = after.next - start
        }
    }

    /// The headers behind the last chunk, up to an empty line.
    private static func trailer(_ bytes: borrowing RawSpan, _ first: Int, _ end: Int) -> Chunks {
        var place = first
        while true {
            guard let line = HTTPLines.end(bytes, place, end) else {
                return place == first && end - place < 2 ? .waits(.line) : .whole(end)
            }
            if line.end == place { return .whole(line.next) }
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
