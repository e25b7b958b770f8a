import RoadblockCore

/// Reads the frames of an HTTP/2 connection (RFC 9113 section 4), as far as others depend on them.
struct HTTP2Frames {
    let session: HTTP2Session
    let side: Int
    /// False where the rest of a frame will not come.
    let canWait: Bool

    /// What a client opens the connection with (section 3.4).
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    static func hasPreface(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int) -> Bool {
        end - start >= preface.count && bytes.copy(start, start + preface.count) == preface
    }

    /// Reads the frames from `start` to `end`.
    func read(_ bytes: borrowing RawSpan, _ start: Int, _ end: Int, into items: inout ApplicationItems)
        -> MessageOutcome
    {
        var place = start
        var isEntered = false
        func enter() {
            if !isEntered { items.enter(.http2) }
            isEntered = true
        }
        while place < end {
            if HTTP2Frames.hasPreface(bytes, place, end) {
                enter()
                items.add(.tcpMessageSize, HTTP2Frames.preface.count)
                place += HTTP2Frames.preface.count
                continue
            }
            guard place + 9 <= end else {
                if canWait { return .waits(at: place, .segment) }
                enter()
                return .done
            }
            let length = Int(bytes.big32(place) >> 8)
            if place + 9 + length > end, canWait { return .waits(at: place, .bytes(9 + length)) }
            enter()
            items.add(.tcpMessageSize, 9 + length)
            frame(bytes, place, min(end, place + 9 + length))
            place += 9 + length
        }
        return .done
    }

    private func frame(_ bytes: borrowing RawSpan, _ place: Int, _ end: Int) {
        let type = bytes.byte(place + 3)
        let flags = bytes.byte(place + 4)
        let stream = bytes.big32(place + 5) & 0x7FFF_FFFF
        var start = place + 9
        var last = end
        if type <= 1 || type == 5, flags & 8 != 0, start < end {
            last -= Int(bytes.byte(start))
            start += 1
        }
        switch type {
        case 0: session.takeBody(side, stream, bytes, start, last)
        case 1, 5, 9:
            if type == 1, flags & 0x20 != 0 { start += 5 }
            if type == 5 { start += 4 }
            session.takeHeaders(side, stream, bytes.copy(start, last), isLast: flags & 4 != 0)
        default: return
        }
        if type <= 1, flags & 1 != 0 { session.end(side, stream) }
    }
}
