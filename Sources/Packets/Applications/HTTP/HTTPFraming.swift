import RoadblockCore

/// Where the head of a message ends, and what it says of the body's length (RFC 9112 section 6).
///
/// Every line up to the empty one counts, headers or not; what is shown of them is told by `HTTPHeaders`.
struct HTTPFraming {
    /// The place behind the empty line, counted from the message's start.
    var bodyStart: Int
    var contentLength: Int?
    var isChunked = false
    var isKeptAlive = false

    /// `nil` where the empty line is still to come.
    init?(_ bytes: borrowing RawSpan, _ headers: Int, _ end: Int, message start: Int) {
        bodyStart = 0
        var place = headers
        while let line = HTTPLines.end(bytes, place, end) {
            if line.end == place {
                bodyStart = line.next - start
                return
            }
            take(bytes, place, line.end)
            place = line.next
        }
        return nil
    }

    /// A head that is cut, whose body is unknown.
    init(cutAt end: Int) { bodyStart = end }

    private mutating func take(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) {
        func value(_ name: StaticString) -> Int? {
            let colon = start + name.utf8CodeUnitCount
            guard colon < end, bytes.byte(colon) == 58, HTTPLines.matches(bytes, start, colon, name) else { return nil }
            return HTTPLines.skipSpaces(bytes, colon + 1, end)
        }
        if let place = value("content-length") {
            var last = end
            while last > place, bytes.byte(last - 1) == 32 { last -= 1 }
            if let length = HTTPLines.number(bytes, place, last) { contentLength = length }
        } else if let place = value("transfer-encoding") {
            if HTTPLines.matches(bytes, place, min(end, place + 7), "chunked") { isChunked = true }
        } else if let place = value("connection") {
            isKeptAlive = HTTPLines.matches(bytes, place, end, "keep-alive")
        }
    }
}

/// How far a message has been read whose chunks are not all there.
struct HTTPProgress {
    let framing: HTTPFraming
    /// Where the next chunk begins, counted from the message's start.
    var place: Int
    /// What the chunks hold, counted likewise.
    var content: [Range<Int>] = []
}
